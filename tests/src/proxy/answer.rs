//! Answers: what the upstream or the proxy says, and how that is sent.

use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::Bytes;
use http::header::{CONTENT_LENGTH, CONTENT_TYPE};
use http::{HeaderMap, HeaderValue, Response, StatusCode};
use http_body::{Body, Frame, SizeHint};
use serde_json::Value;

use super::Malformed;
use super::action::Wire;

/// A whole answer.
#[derive(Clone, Debug)]
pub(super) struct Answer {
    pub(super) status: StatusCode,
    /// Without those that belong to one connection or follow from the body.
    pub(super) headers: HeaderMap,
    pub(super) body: Bytes,
}

impl Answer {
    /// An answer of the proxy's own, in the wire format's content type.
    pub(super) fn of(status: StatusCode, wire: Wire, body: impl Into<Bytes>) -> Self {
        let kind = match wire {
            Wire::Ec2 | Wire::Query | Wire::RestXml => "text/xml",
            Wire::Json => "application/x-amz-json-1.1",
        };
        Self::typed(status, kind, body)
    }

    /// An answer of the proxy's own.
    pub(super) fn typed(status: StatusCode, kind: &'static str, body: impl Into<Bytes>) -> Self {
        let headers = HeaderMap::from_iter([(CONTENT_TYPE, HeaderValue::from_static(kind))]);
        Self {
            status,
            headers,
            body: body.into(),
        }
    }

    /// The code, if this is an error in one of AWS's forms.
    pub(super) fn error_code(&self) -> Option<String> {
        if self.status.as_u16() < 400 {
            return None;
        }
        let named = self
            .headers
            .get("x-amzn-errortype")
            .and_then(|code| code.to_str().ok());
        if let Some(code) = named {
            return Some(bare(code).to_owned());
        }
        if let Ok(document) = serde_json::from_slice::<Value>(&self.body) {
            return document
                .get("__type")
                .and_then(Value::as_str)
                .map(|code| bare(code).to_owned());
        }
        let text = std::str::from_utf8(&self.body).ok()?;
        let (_, rest) = text.split_once("<Code>")?;
        let (code, _) = rest.split_once("</Code>")?;
        Some(code.trim().to_owned())
    }

    /// Spoils the answer.
    pub(super) fn spoil(self, how: Malformed, wire: Wire) -> Sent {
        let half = self.body.slice(..self.body.len() / 2);
        let body = match how {
            Malformed::Truncated => half,
            Malformed::CutOff => {
                let promised = self.body.len();
                return Sent {
                    cut_off_of: Some(promised),
                    answer: Self { body: half, ..self },
                };
            }
            Malformed::Garbage => Bytes::from_static(b"\x00\xff\xfe garbage \x80"),
            Malformed::Alien => match wire {
                Wire::Json => Bytes::from_static(b"[]"),
                Wire::Ec2 | Wire::Query | Wire::RestXml => Bytes::from_static(b"<Alien/>"),
            },
            Malformed::Empty => Bytes::new(),
        };
        Self { body, ..self }.into()
    }
}

/// JSON error codes may come as `namespace#Code` or `Code:uri`.
fn bare(code: &str) -> &str {
    let code = code.rsplit('#').next().unwrap_or(code);
    code.split(':').next().unwrap_or(code)
}

/// An answer on its way to the client.
#[derive(Debug)]
pub(super) struct Sent {
    answer: Answer,
    /// The length of the body that is promised, if the connection ends before.
    cut_off_of: Option<usize>,
}

impl From<Answer> for Sent {
    fn from(answer: Answer) -> Self {
        Self {
            answer,
            cut_off_of: None,
        }
    }
}

impl Sent {
    pub(super) fn answer(&self) -> &Answer {
        &self.answer
    }

    pub(super) fn into_response(self) -> Response<SentBody> {
        let Answer {
            status,
            headers,
            body,
        } = self.answer;
        let end = if self.cut_off_of.is_some() {
            End::Flush
        } else {
            End::Sound
        };
        let mut response = Response::new(SentBody {
            data: Some(body),
            end,
        });
        *response.status_mut() = status;
        *response.headers_mut() = headers;
        if let Some(promised) = self.cut_off_of {
            response
                .headers_mut()
                .insert(CONTENT_LENGTH, HeaderValue::from(promised));
        }
        response
    }
}

/// A body that may fail half-way.
#[derive(Debug)]
pub(super) struct SentBody {
    data: Option<Bytes>,
    end: End,
}

#[derive(Debug)]
enum End {
    Sound,
    /// To fail, but only after what was sent is on the wire.
    Flush,
    Fail,
}

impl Body for SentBody {
    type Data = Bytes;
    type Error = CutOff;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, CutOff>>> {
        if let Some(data) = self.data.take() {
            return Poll::Ready(Some(Ok(Frame::data(data))));
        }
        match self.end {
            End::Sound => Poll::Ready(None),
            End::Flush => {
                self.end = End::Fail;
                cx.waker().wake_by_ref();
                Poll::Pending
            }
            End::Fail => Poll::Ready(Some(Err(CutOff))),
        }
    }

    fn is_end_stream(&self) -> bool {
        matches!(self.end, End::Sound) && self.data.as_ref().is_none_or(Bytes::is_empty)
    }

    fn size_hint(&self) -> SizeHint {
        match (&self.end, &self.data) {
            // Cut off: the header promises more than there is.
            (End::Flush | End::Fail, _) => SizeHint::default(),
            (End::Sound, data) => {
                SizeHint::with_exact(data.as_ref().map_or(0, |data| data.len() as u64))
            }
        }
    }
}

/// The error that ends a connection half-way.
#[derive(Debug, thiserror::Error)]
#[error("cut off on purpose")]
pub(super) struct CutOff;

#[cfg(test)]
mod tests {
    use super::*;

    fn code(status: u16, kind: &'static str, body: &'static str) -> Option<String> {
        Answer::typed(StatusCode::from_u16(status).unwrap(), kind, body).error_code()
    }

    #[test]
    fn codes_are_found_in_each_form() {
        let query = "<ErrorResponse><Error><Type>Sender</Type><Code>Throttling</Code></Error></ErrorResponse>";
        assert_eq!(code(400, "text/xml", query).as_deref(), Some("Throttling"));
        let ec2 = "<Response><Errors><Error><Code>InvalidVpcID.NotFound</Code></Error></Errors></Response>";
        assert_eq!(
            code(400, "text/xml", ec2).as_deref(),
            Some("InvalidVpcID.NotFound")
        );
        let json = r#"{"__type":"com.amazonaws.ssm#ParameterNotFound","message":"no"}"#;
        assert_eq!(
            code(400, "application/x-amz-json-1.1", json).as_deref(),
            Some("ParameterNotFound")
        );
        assert_eq!(code(503, "text/html", "<html>busy</html>"), None);
        assert_eq!(code(200, "text/xml", "<Code>not an error</Code>"), None);
    }
}
