//! A call that failed, and how the SDK's error becomes one.

use std::error::Error as StdError;
use std::sync::Arc;

use aws_sdk_sts::error::{ProvideErrorMetadata, SdkError};
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_types::request_id::RequestId;

use super::Error;
use super::failure::{CallFailure, causes};
use crate::settings::Service;

/// A call that failed.
///
/// Its text names the operation and the object, then the causes down to the first, then AWS's
/// code and request id.
#[derive(Debug)]
pub struct CallError {
    /// The service that was called.
    pub service: Service,
    /// The API's name of the operation, such as `CreateLoadBalancer`.
    pub operation: &'static str,
    /// The object it was about: an id, ARN or name, or several separated by commas.
    pub object: String,
    /// The sort of failure.
    pub kind: CallFailure,
    /// AWS's error code, such as `Throttling`.
    pub code: Option<String>,
    /// AWS's own message.
    pub message: Option<String>,
    /// What AWS support asks for.
    pub request_id: Option<String>,
    /// The HTTP status of the answer, if there was one.
    pub status: Option<u16>,
    source: Option<Box<dyn StdError + Send + Sync>>,
}

impl Error {
    /// A call's failure, taken out of the SDK's error.
    pub(crate) fn call<E>(
        service: Service,
        operation: &'static str,
        object: impl Into<String>,
        error: SdkError<E, HttpResponse>,
    ) -> Self
    where
        E: ProvideErrorMetadata + StdError + Send + Sync + 'static,
    {
        let meta = error.meta();
        let code = meta.code().map(str::to_owned);
        let message = meta.message().map(str::to_owned);
        let request_id = meta
            .request_id()
            .or_else(|| error.request_id())
            .map(str::to_owned);
        let status = error
            .raw_response()
            .map(|response| response.status().as_u16());
        let sort = CallFailure::sort_of(&error);
        let source = error.into_source().unwrap_or_else(|error| Box::new(error));
        let kind = sort.refine(source.as_ref(), code.as_deref());
        if kind == CallFailure::NoCredentials {
            // Why each source has none is for those who know which should have.
            tracing::debug!("no credentials: {}", causes(source.as_ref()));
        }
        let object = object.into();
        Self::Call(Arc::new(CallError {
            service,
            operation,
            object,
            kind,
            code,
            message,
            request_id,
            status,
            source: Some(source),
        }))
    }

    /// An answer without a part that the API promises.
    pub(crate) fn lacking(
        service: Service,
        operation: &'static str,
        object: impl Into<String>,
        part: &'static str,
    ) -> Self {
        Self::Call(Arc::new(CallError {
            service,
            operation,
            object: object.into(),
            kind: CallFailure::Malformed,
            code: None,
            message: Some(format!("the answer has no {part}")),
            request_id: None,
            status: None,
            source: None,
        }))
    }

    /// A request that the SDK won't build.
    pub(crate) fn unsendable(
        service: Service,
        operation: &'static str,
        object: &str,
        error: impl StdError + Send + Sync + 'static,
    ) -> Self {
        Self::Call(Arc::new(CallError {
            service,
            operation,
            object: object.to_owned(),
            kind: CallFailure::Unsendable,
            code: None,
            message: None,
            request_id: None,
            status: None,
            source: Some(Box::new(error)),
        }))
    }

    /// The same as a refusal with this code and message, if AWS's own place for the message was
    /// empty and there is one.
    pub(crate) fn or_refused(self, code: &str, message: String) -> Self {
        match self {
            Self::Call(call) if call.message.is_none() && !message.is_empty() => {
                match Arc::try_unwrap(call) {
                    Ok(call) => Self::Call(Arc::new(CallError {
                        kind: CallFailure::Refused,
                        code: call.code.or_else(|| Some(code.to_owned())),
                        message: Some(message),
                        ..call
                    })),
                    Err(shared) => Self::Call(shared),
                }
            }
            other => other,
        }
    }
}

impl std::fmt::Display for CallError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(
            f,
            "{} {}: {}",
            self.service,
            self.operation,
            self.kind.meaning()
        )?;
        if !self.object.is_empty() {
            write!(f, " ({})", self.object)?;
        }
        match (&self.message, &self.source) {
            _ if self.kind == CallFailure::NoCredentials => {}
            (Some(message), _) => write!(f, ": {message}")?,
            (None, Some(source)) => write!(f, ": {}", causes(source.as_ref()))?,
            (None, None) => {}
        }
        // Whoever gave an answer that isn't AWS's, such as a proxy, says most by its status.
        let odd = self.kind == CallFailure::Malformed;
        let tail: Vec<String> = [
            self.status
                .filter(|_| odd)
                .map(|status| format!("HTTP status {status}")),
            self.code.as_ref().map(|code| format!("code {code}")),
            self.request_id
                .as_ref()
                .map(|id| format!("request id {id}")),
        ]
        .into_iter()
        .flatten()
        .collect();
        if !tail.is_empty() {
            write!(f, " ({})", tail.join(", "))?;
        }
        let settings = self.kind.settings();
        if !settings.is_empty() {
            write!(f, "; settings to look at: {}", settings.join(", "))?;
        }
        Ok(())
    }
}

impl StdError for CallError {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.source
            .as_deref()
            .map(|source| source as &(dyn StdError + 'static))
    }
}

/// Errors for tests of this crate.
#[cfg(test)]
pub(crate) mod fake {
    use aws_sdk_sts::error::ErrorMetadata;
    use aws_sdk_sts::operation::get_caller_identity::GetCallerIdentityError;
    use aws_smithy_runtime_api::http::StatusCode;
    use aws_smithy_types::body::SdkBody;

    use super::*;

    pub(crate) fn response() -> HttpResponse {
        HttpResponse::new(StatusCode::try_from(400).unwrap(), SdkBody::empty())
    }

    /// A refusal of operation `Op` on `id-1` with this code.
    pub(crate) fn refused(code: &str) -> Error {
        let meta = ErrorMetadata::builder()
            .code(code)
            .message("because")
            .build();
        let error = GetCallerIdentityError::generic(meta);
        Error::call(
            Service::Sts,
            "Op",
            "id-1",
            SdkError::service_error(error, response()),
        )
    }
}

#[cfg(test)]
mod tests {
    use aws_credential_types::provider::error::CredentialsError;
    use aws_sdk_sts::operation::get_caller_identity::GetCallerIdentityError;
    use aws_smithy_runtime_api::client::result::ConnectorError;
    use aws_smithy_types::body::SdkBody;

    use super::fake::{refused, response};
    use super::*;

    #[test]
    fn a_refusal_keeps_code_message_and_object() {
        let error = refused("LoadBalancerNotFound");
        assert!(error.is_not_found());
        assert_eq!(error.code(), Some("LoadBalancerNotFound"));
        assert_eq!(
            error.to_string(),
            "STS Op: AWS refused (id-1): because (code LoadBalancerNotFound)"
        );
        assert!(StdError::source(error.as_call().unwrap()).is_some());
    }

    #[test]
    fn an_answer_that_is_not_aws_s_is_told_by_its_status() {
        let error = SdkError::service_error(
            GetCallerIdentityError::unhandled("no root element"),
            HttpResponse::new(501.try_into().unwrap(), SdkBody::empty()),
        );
        let error = Error::call(Service::Sts, "Op", "", error);
        assert_eq!(
            error.to_string(),
            "STS Op: the answer was not understood: unhandled error: no root element \
             (HTTP status 501)"
        );
    }

    #[test]
    fn codes_about_credentials_name_their_settings() {
        for (code, kind, setting) in [
            ("ExpiredToken", CallFailure::ExpiredCredentials, "token"),
            (
                "InvalidClientTokenId",
                CallFailure::RejectedCredentials,
                "access_key",
            ),
        ] {
            let error = refused(code);
            assert_eq!(error.as_call().unwrap().kind, kind);
            assert!(error.settings().contains(&setting), "{code}");
            assert!(error.to_string().contains(setting), "{code}: {error}");
        }
    }

    #[test]
    fn missing_credentials_are_told_from_a_dead_endpoint() {
        let dispatch = |source: Box<dyn StdError + Send + Sync>| {
            let connector = ConnectorError::other(source, None);
            let error: SdkError<GetCallerIdentityError, HttpResponse> =
                SdkError::dispatch_failure(connector);
            Error::call(Service::Sts, "Op", "", error)
                .as_call()
                .unwrap()
                .kind
        };
        let none = CredentialsError::not_loaded("nothing here");
        assert_eq!(dispatch(Box::new(none)), CallFailure::NoCredentials);
        assert_eq!(dispatch("refused".into()), CallFailure::Unreachable);
        let role = CredentialsError::provider_error(refused("AccessDenied"));
        assert_eq!(dispatch(Box::new(role)), CallFailure::CredentialsSource);
        let role = CredentialsError::provider_error(refused("ExpiredToken"));
        assert_eq!(dispatch(Box::new(role)), CallFailure::ExpiredCredentials);
        let sso = CredentialsError::provider_error("the SSO session has expired");
        assert_eq!(dispatch(Box::new(sso)), CallFailure::ExpiredCredentials);
    }

    #[test]
    fn an_answer_not_understood_may_have_had_its_effect() {
        let error: SdkError<GetCallerIdentityError, HttpResponse> =
            SdkError::response_error("not XML", response());
        let error = Error::call(Service::Sts, "Op", "", error);
        assert_eq!(error.as_call().unwrap().kind, CallFailure::Malformed);
        assert!(error.effect_unknown());
        assert!(!refused("ValidationError").effect_unknown());
    }
}
