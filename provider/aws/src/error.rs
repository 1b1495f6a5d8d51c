//! What can go wrong between this provider and AWS.

use std::sync::Arc;
use std::time::Duration;

mod call;
mod failure;

pub use call::CallError;
#[cfg(test)]
pub(crate) use call::fake;
pub use failure::CallFailure;
pub(crate) use failure::causes;

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

impl Error {
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
        self.as_call().is_some_and(|call| {
            let code = call.code.as_deref().unwrap_or_default();
            let message = call.message.as_deref().unwrap_or_default();
            codes::is_not_found(code)
                || call.service == Service::AutoScaling
                    && codes::is_not_found_in_words(code, message)
        })
    }

    /// Whether AWS asked for fewer calls, and went on asking through all retries.
    #[must_use]
    pub fn is_throttled(&self) -> bool {
        self.code().is_some_and(codes::is_throttled)
    }

    /// Whether the account has all that its quotas allow of something.
    #[must_use]
    pub fn is_quota(&self) -> bool {
        self.code().is_some_and(codes::is_quota)
    }

    /// Whether something that exists stands in the way: of the same name, in use, or just
    /// being changed.
    #[must_use]
    pub fn is_conflict(&self) -> bool {
        self.code().is_some_and(codes::is_conflict)
    }

    /// Whether the user stopped the wait, or the operation before this call.
    #[must_use]
    pub fn is_cancelled(&self) -> bool {
        let stopped = |call: &CallError| call.kind == CallFailure::Stopped;
        matches!(self, Self::Cancelled { .. }) || self.as_call().is_some_and(stopped)
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

fn seconds(time: Duration) -> String {
    format!("{} s", time.as_secs())
}
