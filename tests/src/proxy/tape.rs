//! Answers kept whole, to be played back elsewhere.

use bytes::Bytes;
use http::header::{AUTHORIZATION, CONTENT_TYPE};
use http::request::Parts;

use super::answer::Answer;

/// A call with its answer, as it went over the wire.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Taped {
    /// Service and operation, such as `ec2:DescribeVpcs`; of Route 53, service, method and path.
    pub action: String,
    /// Method, target and body.
    pub request: String,
    /// The status.
    pub status: u16,
    /// The answer's content type; empty if it has none.
    pub content_type: String,
    /// The answer's body.
    pub body: String,
}

impl Taped {
    pub(super) fn new(head: &Parts, body: &Bytes, answer: &Answer) -> Self {
        let text = |name: &str| {
            let value = head.headers.get(name).and_then(|value| value.to_str().ok());
            value.unwrap_or_default()
        };
        let body = String::from_utf8_lossy(body);
        let line = format!("{} {}", head.method, head.uri);
        let operation = match text("x-amz-target").rsplit('.').next() {
            Some(operation) if !operation.is_empty() => operation.to_owned(),
            _ => form_urlencoded::parse(body.as_bytes())
                .find(|(name, _)| name == "Action")
                .map_or_else(|| line.clone(), |(_, action)| action.into_owned()),
        };
        // .../20260101/us-east-1/ec2/aws4_request, SignedHeaders=...
        let scope = text(AUTHORIZATION.as_str());
        let service = scope.split('/').nth(3).unwrap_or_default();
        let content_type = answer.headers.get(CONTENT_TYPE);
        Self {
            action: format!("{service}:{operation}"),
            request: format!("{line} {body}"),
            status: answer.status.as_u16(),
            content_type: content_type
                .and_then(|kind| kind.to_str().ok())
                .unwrap_or_default()
                .to_owned(),
            body: String::from_utf8_lossy(&answer.body).into_owned(),
        }
    }
}
