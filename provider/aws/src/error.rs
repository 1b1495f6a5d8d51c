//! What can go wrong between this provider and AWS.

use std::error::Error as StdError;
use std::sync::Arc;
use std::time::Duration;

use aws_credential_types::provider::error::CredentialsError;
use aws_sdk_sts::error::{ProvideErrorMetadata, SdkError};
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_types::request_id::RequestId;

use crate::codes;
use crate::settings::Service;
use crate::setup::SetupError;

/// Any failure of this crate. Cheap to clone: one failed call may have several askers.
#[derive(Clone, Debug, thiserror::Error)]
pub enum Error {
    /// The settings can't work; no call was made.
    #[error(transparent)]
    Setup(#[from] Arc<SetupError>),

    /// AWS answered with an error, or didn't answer.
    #[error(transparent)]
    Call(#[from] Arc<CallError>),

    /// A wait was stopped by the user.
    #[error(
        "cancelled while waiting for {what} after {}, last seen {last_state}", seconds(*waited)
    )]
    Cancelled {
        /// What was awaited.
        what: String,
        /// For how long.
        waited: Duration,
        /// The state seen last.
        last_state: String,
    },

    /// A wait reached its deadline.
    #[error("gave up waiting for {what} after {}, last seen {last_state}", seconds(*waited))]
    TimedOut {
        /// What was awaited.
        what: String,
        /// For how long.
        waited: Duration,
        /// The state seen last.
        last_state: String,
    },

    /// A read shared with others ended without an answer: the provider is stopping, or the read
    /// has panicked.
    #[error("a read from AWS was abandoned")]
    Abandoned,

    /// What was awaited can't come about any more.
    #[error("{what} has failed: {state}")]
    Failed {
        /// What was awaited.
        what: String,
        /// The final state, with AWS's reason.
        state: String,
    },
}

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

/// The sorts of failure of a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum CallFailure {
    /// No source has credentials.
    NoCredentials,
    /// A source of credentials has failed, such as a role that can't be assumed.
    CredentialsSource,
    /// The credentials have expired.
    ExpiredCredentials,
    /// AWS doesn't know the credentials, or they don't fit the region or endpoint.
    RejectedCredentials,
    /// The credentials are good, and may not do this.
    Denied,
    /// No connection to the endpoint.
    Unreachable,
    /// The endpoint was too slow to answer. The call may have had its effect.
    TimedOut,
    /// The answer was not understood. The call may have had its effect.
    Malformed,
    /// The request could not be built.
    Unsendable,
    /// AWS refused, for the reason that the code tells.
    Refused,
}

impl CallFailure {
    /// The settings to look at, if the failure is theirs.
    #[must_use]
    pub fn settings(self) -> &'static [&'static str] {
        match self {
            Self::NoCredentials => &["profile", "access_key", "secret_key"],
            Self::CredentialsSource => &["profile", "assume_role", "assume_role_with_web_identity"],
            Self::ExpiredCredentials => &["profile", "token"],
            Self::RejectedCredentials => &["access_key", "secret_key", "token", "profile"],
            Self::Unreachable => &["region", "endpoints", "https_proxy", "custom_ca_bundle"],
            _ => &[],
        }
    }

    fn meaning(self) -> &'static str {
        match self {
            Self::NoCredentials => "no AWS credentials were found",
            Self::CredentialsSource => "the AWS credentials could not be obtained",
            Self::ExpiredCredentials => "the AWS credentials have expired",
            Self::RejectedCredentials => "AWS rejects the credentials",
            Self::Denied => "the credentials do not permit it",
            Self::Unreachable => "the endpoint can't be reached",
            Self::TimedOut => "the endpoint did not answer in time",
            Self::Malformed => "the answer was not understood",
            Self::Unsendable => "the request could not be built",
            Self::Refused => "AWS refused",
        }
    }
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
        let sort = sort_of(&error);
        let source = error.into_source().unwrap_or_else(|error| Box::new(error));
        let kind =
            credentials_failure(source.as_ref()).unwrap_or_else(|| of_code(code.as_deref(), sort));
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

    /// The failed call, if this is one.
    #[must_use]
    pub fn as_call(&self) -> Option<&CallError> {
        match self {
            Self::Call(call) => Some(call),
            _ => None,
        }
    }

    /// AWS's error code.
    #[must_use]
    pub fn code(&self) -> Option<&str> {
        self.as_call().and_then(|call| call.code.as_deref())
    }

    /// AWS's request id.
    #[must_use]
    pub fn request_id(&self) -> Option<&str> {
        self.as_call().and_then(|call| call.request_id.as_deref())
    }

    /// Whether the object, or one that the call names, doesn't exist.
    #[must_use]
    pub fn is_not_found(&self) -> bool {
        self.code().is_some_and(codes::is_not_found)
    }

    /// Whether AWS asked for fewer calls, and went on asking through all retries.
    #[must_use]
    pub fn is_throttled(&self) -> bool {
        self.code().is_some_and(codes::is_throttled)
    }

    /// Whether something that exists stands in the way: of the same name, in use, or just
    /// being changed.
    #[must_use]
    pub fn is_conflict(&self) -> bool {
        self.code().is_some_and(codes::is_conflict)
    }

    /// Whether the user stopped the wait.
    #[must_use]
    pub fn is_cancelled(&self) -> bool {
        matches!(self, Self::Cancelled { .. })
    }

    /// Whether the call may have had its effect in spite of the error: find out, don't repeat.
    #[must_use]
    pub fn effect_unknown(&self) -> bool {
        self.as_call().is_some_and(|call| {
            matches!(
                call.kind,
                CallFailure::Unreachable | CallFailure::TimedOut | CallFailure::Malformed
            ) || call.status.is_some_and(|status| status >= 500)
        })
    }

    /// The provider's settings to look at first, if they are the likely cause.
    #[must_use]
    pub fn settings(&self) -> &'static [&'static str] {
        match self {
            Self::Setup(setup) => setup.settings(),
            Self::Call(call) => call.kind.settings(),
            _ => &[],
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
            (Some(message), _) => write!(f, ": {message}")?,
            (None, Some(source)) => write!(f, ": {}", causes(source.as_ref()))?,
            (None, None) => {}
        }
        let tail: Vec<String> = [
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

/// An error with all that caused it, in one line. The SDK's `DisplayErrorContext` says the same
/// and appends a debug print of the whole chain, raw request included, which no user can read.
pub(crate) fn causes(error: &(dyn StdError + 'static)) -> String {
    let mut parts: Vec<String> = Vec::new();
    for error in chain(error) {
        let text = error.to_string();
        // Wrappers often repeat the error they wrap.
        if parts.last().is_none_or(|last| !last.contains(&text)) {
            parts.push(text);
        }
    }
    parts.join(": ")
}

fn sort_of<E>(error: &SdkError<E, HttpResponse>) -> CallFailure {
    match error {
        SdkError::ConstructionFailure(_) => CallFailure::Unsendable,
        SdkError::TimeoutError(_) => CallFailure::TimedOut,
        SdkError::DispatchFailure(_) => CallFailure::Unreachable,
        SdkError::ResponseError(_) => CallFailure::Malformed,
        SdkError::ServiceError(_) => CallFailure::Refused,
        _ => CallFailure::Malformed,
    }
}

fn of_code(code: Option<&str>, otherwise: CallFailure) -> CallFailure {
    let Some(code) = code else {
        // The SDK takes an answer that it can't parse for a refusal without a code.
        let refused = otherwise == CallFailure::Refused;
        return if refused {
            CallFailure::Malformed
        } else {
            otherwise
        };
    };
    if codes::is_expired(code) {
        CallFailure::ExpiredCredentials
    } else if codes::is_rejected(code) {
        CallFailure::RejectedCredentials
    } else if codes::is_denied(code) {
        CallFailure::Denied
    } else {
        otherwise
    }
}

/// What is wrong with the credentials, if the chain of causes holds their error.
fn credentials_failure(error: &(dyn StdError + 'static)) -> Option<CallFailure> {
    let found = chain(error).find_map(|error| error.downcast_ref::<CredentialsError>())?;
    if matches!(found, CredentialsError::CredentialsNotLoaded(_)) {
        return Some(CallFailure::NoCredentials);
    }
    // A role's credentials come by a call of their own, which may say more.
    let inner = chain(error)
        .find_map(|error| error.downcast_ref::<Error>())
        .and_then(Error::as_call);
    if let Some(inner) = inner {
        return Some(match inner.kind {
            kind @ (CallFailure::NoCredentials
            | CallFailure::ExpiredCredentials
            | CallFailure::RejectedCredentials
            | CallFailure::Unreachable) => kind,
            _ => CallFailure::CredentialsSource,
        });
    }
    // Sources outside this crate (single sign-on above all) tell an expired session by text only.
    if causes(error).to_lowercase().contains("expired") {
        return Some(CallFailure::ExpiredCredentials);
    }
    Some(CallFailure::CredentialsSource)
}

fn chain<'a>(
    error: &'a (dyn StdError + 'static),
) -> impl Iterator<Item = &'a (dyn StdError + 'static)> {
    let mut next = Some(error);
    std::iter::from_fn(move || {
        let error = next?;
        next = error.source();
        Some(error)
    })
}

fn seconds(time: Duration) -> String {
    format!("{} s", time.as_secs())
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
    use aws_sdk_sts::operation::get_caller_identity::GetCallerIdentityError;
    use aws_smithy_runtime_api::client::result::ConnectorError;

    use super::fake::{refused, response};
    use super::*;

    #[test]
    fn a_refusal_keeps_code_message_and_object() {
        let error = refused("LoadBalancerNotFound");
        assert!(error.is_not_found());
        assert_eq!(error.code(), Some("LoadBalancerNotFound"));
        assert_eq!(
            error.to_string(),
            "sts Op: AWS refused (id-1): because (code LoadBalancerNotFound)"
        );
        assert!(StdError::source(error.as_call().unwrap()).is_some());
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
