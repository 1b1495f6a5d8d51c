//! Errors as AWS's services word them.

use std::time::Duration;

use http::{HeaderName, HeaderValue, StatusCode};

use super::action::{Request, Wire};
use super::answer::Answer;

/// An error answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    kind: Kind,
    retry_after: Option<Duration>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Kind {
    Throttled,
    Internal,
    Unavailable,
    Coded {
        status: StatusCode,
        code: String,
        message: String,
    },
    Plain(StatusCode),
}

impl Failure {
    /// Too many requests, with the service's own code and status: `RequestLimitExceeded` and 503 for EC2,
    /// `ThrottlingException` and 400 for Elastic Load Balancing and JSON services, `Throttling` and 400 for others.
    ///
    /// Sources: "Request throttling for the Amazon EC2 API", "Request throttling for the Elastic Load Balancing API",
    /// and the services' "Common Errors" pages.
    #[must_use]
    pub fn throttled() -> Self {
        Self::of(Kind::Throttled)
    }

    /// 500 with the service's code for an error inside AWS: `InternalError` for EC2, `InternalFailure` for others.
    #[must_use]
    pub fn internal() -> Self {
        Self::of(Kind::Internal)
    }

    /// 503 with the service's code for overload: `Unavailable` for EC2, `ServiceUnavailable` for others.
    #[must_use]
    pub fn unavailable() -> Self {
        Self::of(Kind::Unavailable)
    }

    /// Any error, in the service's wire format.
    #[must_use]
    pub fn coded(status: StatusCode, code: &str, message: &str) -> Self {
        Self::of(Kind::Coded {
            status,
            code: code.to_owned(),
            message: message.to_owned(),
        })
    }

    /// An error of something in front of the service: HTML without an AWS code.
    #[must_use]
    pub fn plain(status: StatusCode) -> Self {
        Self::of(Kind::Plain(status))
    }

    /// Asks the client to wait before it tries again: `x-amz-retry-after` in milliseconds, which AWS's SDKs obey, and
    /// HTTP's `Retry-After` in whole seconds, rounded up.
    #[must_use]
    pub fn with_retry_after(self, wait: Duration) -> Self {
        Self {
            retry_after: Some(wait),
            ..self
        }
    }

    fn of(kind: Kind) -> Self {
        Self {
            kind,
            retry_after: None,
        }
    }

    /// The answer to this request.
    pub(super) fn answer(&self, request: &Request) -> Answer {
        let mut answer = match &self.kind {
            Kind::Throttled => {
                let (status, code) = throttling(request);
                coded(request, status, code, "Rate exceeded")
            }
            Kind::Internal => {
                let code = if request.wire == Wire::Ec2 {
                    "InternalError"
                } else {
                    "InternalFailure"
                };
                coded(
                    request,
                    StatusCode::INTERNAL_SERVER_ERROR,
                    code,
                    "An internal error has occurred",
                )
            }
            Kind::Unavailable => {
                let code = if request.wire == Wire::Ec2 {
                    "Unavailable"
                } else {
                    "ServiceUnavailable"
                };
                coded(
                    request,
                    StatusCode::SERVICE_UNAVAILABLE,
                    code,
                    "The service is unavailable",
                )
            }
            Kind::Coded {
                status,
                code,
                message,
            } => coded(request, *status, code, message),
            Kind::Plain(status) => Answer::typed(
                *status,
                "text/html",
                format!("<html><h1>{status}</h1></html>"),
            ),
        };
        if let Some(wait) = self.retry_after {
            let seconds = wait.as_secs() + u64::from(wait.subsec_nanos() > 0);
            let millis = u64::try_from(wait.as_millis()).unwrap_or(u64::MAX);
            answer
                .headers
                .insert(http::header::RETRY_AFTER, HeaderValue::from(seconds));
            answer.headers.insert(
                HeaderName::from_static("x-amz-retry-after"),
                HeaderValue::from(millis),
            );
        }
        answer
    }
}

/// An error in the request's wire format.
pub(super) fn coded(request: &Request, status: StatusCode, code: &str, message: &str) -> Answer {
    let side = if status.is_server_error() {
        "Receiver"
    } else {
        "Sender"
    };
    let error = format!(
        "<Code>{}</Code><Message>{}</Message>",
        escaped(code),
        escaped(message)
    );
    let body = match request.wire {
        Wire::Ec2 => {
            format!(
                "<Response><Errors><Error>{error}</Error></Errors><RequestID>{REQUEST_ID}</RequestID></Response>"
            )
        }
        Wire::Query | Wire::RestXml => format!(
            "<ErrorResponse><Error><Type>{side}</Type>{error}</Error><RequestId>{REQUEST_ID}</RequestId></ErrorResponse>"
        ),
        Wire::Json => serde_json::json!({ "__type": code, "message": message }).to_string(),
    };
    let mut answer = Answer::of(status, request.wire, body);
    answer.headers.insert(
        HeaderName::from_static("x-amzn-requestid"),
        HeaderValue::from_static(REQUEST_ID),
    );
    answer
}

/// Tells answers of the proxy from the upstream's in error messages.
const REQUEST_ID: &str = "made-by-the-proxy";

fn throttling(request: &Request) -> (StatusCode, &'static str) {
    match (request.wire, request.service.as_str()) {
        (Wire::Ec2, _) => (StatusCode::SERVICE_UNAVAILABLE, "RequestLimitExceeded"),
        (Wire::Json, _) | (_, "elasticloadbalancing") => {
            (StatusCode::BAD_REQUEST, "ThrottlingException")
        }
        (Wire::Query | Wire::RestXml, _) => (StatusCode::BAD_REQUEST, "Throttling"),
    }
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
}
