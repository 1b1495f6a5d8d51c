//! The sorts of failure, and how they are told apart.

use std::error::Error as StdError;

use aws_config::imds::client::error::TokenError;
use aws_credential_types::provider::error::CredentialsError;
use aws_sdk_sts::error::SdkError;
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_smithy_runtime_api::client::result::ConnectorError;

use super::Error;
use crate::codes;
use crate::http::Halted;

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
    /// The user stopped the operation before this call, which was not made.
    Stopped,
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

    /// What it means, to follow the operation's name.
    pub(super) fn meaning(self) -> &'static str {
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
            Self::Stopped => "stopped before this call",
        }
    }

    /// The sort as far as the kind of the SDK's error tells.
    pub(super) fn sort_of<E>(error: &SdkError<E, HttpResponse>) -> Self {
        match error {
            SdkError::ConstructionFailure(_) => Self::Unsendable,
            SdkError::TimeoutError(_) => Self::TimedOut,
            SdkError::DispatchFailure(_) => Self::Unreachable,
            SdkError::ServiceError(_) => Self::Refused,
            _ => Self::Malformed,
        }
    }

    /// The sort, told by the causes and AWS's code too.
    pub(super) fn refine(self, source: &(dyn StdError + 'static), code: Option<&str>) -> Self {
        if chain(source).any(|error| error.is::<Halted>()) {
            return Self::Stopped;
        }
        if let Some(of_credentials) = credentials_failure(source) {
            return of_credentials;
        }
        match code {
            Some(code) if codes::is_expired(code) => Self::ExpiredCredentials,
            Some(code) if codes::is_rejected(code) => Self::RejectedCredentials,
            Some(code) if codes::is_denied(code) => Self::Denied,
            // The SDK takes an answer that it can't parse for a refusal without a code.
            None if self == Self::Refused => Self::Malformed,
            _ => self,
        }
    }
}

/// An error with all that caused it, in one line. The SDK's `DisplayErrorContext` says the same
/// and appends a debug print of the whole chain, raw request included, which no user can read.
pub(crate) fn causes(error: &(dyn StdError + 'static)) -> String {
    let mut parts: Vec<String> = Vec::new();
    for error in chain(error) {
        let text = error.to_string();
        // The SDK's wrappers name a kind and nothing else, or repeat the error they wrap.
        if error.is::<ConnectorError>() && error.source().is_some() {
            continue;
        }
        if parts.last().is_none_or(|last| !last.contains(&text)) {
            parts.push(text);
        }
    }
    parts.join(": ")
}

/// What is wrong with the credentials, if the chain of causes holds their error.
fn credentials_failure(error: &(dyn StdError + 'static)) -> Option<CallFailure> {
    let found = chain(error).find_map(|error| error.downcast_ref::<CredentialsError>())?;
    // The metadata service is the last source that is asked. One that gives no token isn't there for
    // this process: switched off, not meant for it, or something else that answers at its address.
    let no_metadata = || chain(error).any(|error| error.is::<TokenError>());
    if matches!(found, CredentialsError::CredentialsNotLoaded(_)) || no_metadata() {
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
