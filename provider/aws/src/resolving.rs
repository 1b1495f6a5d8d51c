//! Whether a host whose name leads nowhere is worth another try.
//!
//! Networks come back, so calls that don't get through are repeated for minutes. A region that
//! doesn't exist has no endpoint, though, and never will. The two are told apart by what the resolver
//! says, and by whether anything has ever answered in this run: until then nothing was begun that
//! giving up could leave half-done.

use std::net::IpAddr;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use aws_smithy_runtime_api::box_error::BoxError;
use aws_smithy_runtime_api::client::result::ConnectorError;
use tokio::time::Instant;

use crate::error::causes;

/// How long a name that doesn't exist is looked for. Resolvers that are just starting deny names too.
const PATIENCE: Duration = Duration::from_secs(5);

/// What resolvers say of a name that they don't know, beginning with the standard library's words:
/// those of Unix, and those of Windows.
const DENIED: [&str; 2] = [
    "failed to lookup address information",
    "No such host is known",
];
/// What they say when they can't tell: glibc's and macOS's words, then musl's.
const PERHAPS: [&str; 2] = ["Temporary failure in name resolution", "Try again"];

/// What this run knows of the way to names.
#[derive(Debug, Default)]
pub(crate) struct Resolving(Mutex<State>);

#[derive(Debug, Default)]
struct State {
    answered: bool,
    denied_since: Option<Instant>,
}

impl Resolving {
    /// Notes that there was an answer. Those of plain addresses, such as an instance's metadata
    /// service, say nothing about names.
    pub(crate) fn answered(&self, uri: &str) {
        if host(uri).parse::<IpAddr>().is_err() {
            self.state().answered = true;
        }
    }

    /// The failure of an attempt, as the SDK is to see it: as one that isn't repeated, if another
    /// attempt is hopeless.
    pub(crate) fn failed(&self, uri: &str, error: ConnectorError, now: Instant) -> ConnectorError {
        if !self.is_hopeless(&causes(&error), now) {
            return error;
        }
        // No other kind of connectors' errors is never repeated.
        ConnectorError::user(Box::new(NoHost {
            host: host(uri).to_owned(),
            source: error.into_source(),
        }))
    }

    fn is_hopeless(&self, text: &str, now: Instant) -> bool {
        let has = |words: &[&str]| words.iter().any(|words| text.contains(words));
        if !has(&DENIED) || has(&PERHAPS) {
            return false;
        }
        let mut state = self.state();
        let since = *state.denied_since.get_or_insert(now);
        !state.answered && now.duration_since(since) >= PATIENCE
    }

    fn state(&self) -> std::sync::MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A name that no host has.
#[derive(Debug, thiserror::Error)]
#[error("there is no host {host}")]
struct NoHost {
    host: String,
    source: BoxError,
}

/// Host of a URI.
fn host(uri: &str) -> &str {
    let rest = uri.split_once("://").map_or(uri, |(_, rest)| rest);
    let authority = rest.split(['/', '?']).next().unwrap_or_default();
    let host = match authority.strip_prefix('[') {
        Some(v6) => v6.split(']').next(),
        None => authority.split(':').next(),
    };
    host.unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    const UNKNOWN: &str = "failed to lookup address information: Name or service not known";

    fn later(now: Instant, seconds: u64) -> Instant {
        now + Duration::from_secs(seconds)
    }

    /// A region that doesn't exist was looked for for more than two minutes.
    #[tokio::test]
    async fn a_name_that_does_not_exist_is_given_up_soon() {
        let (resolving, now) = (Resolving::default(), Instant::now());
        assert!(!resolving.is_hopeless(UNKNOWN, now));
        assert!(!resolving.is_hopeless(UNKNOWN, later(now, 4)));
        assert!(resolving.is_hopeless(UNKNOWN, later(now, 5)));
        // The metadata service of an instance has answered.
        resolving.answered("http://169.254.169.254/latest/api/token");
        resolving.answered("http://[fd00:ec2::254]:80/latest");
        assert!(resolving.is_hopeless(UNKNOWN, later(now, 6)));
    }

    #[tokio::test]
    async fn outages_are_waited_for() {
        let now = Instant::now();
        for text in [
            "failed to lookup address information: Temporary failure in name resolution",
            "failed to lookup address information: Try again",
            "connection refused",
        ] {
            let resolving = Resolving::default();
            assert!(!resolving.is_hopeless(text, now), "{text}");
            assert!(!resolving.is_hopeless(text, later(now, 100)), "{text}");
        }
        // What has answered once will do so again.
        let resolving = Resolving::default();
        resolving.answered("https://ec2.eu-west-1.amazonaws.com/");
        assert!(!resolving.is_hopeless(UNKNOWN, now));
        assert!(!resolving.is_hopeless(UNKNOWN, later(now, 100)));
    }

    #[tokio::test]
    async fn what_is_hopeless_is_told_as_it_was_and_not_repeated() {
        let (resolving, now) = (Resolving::default(), Instant::now());
        let failure = || ConnectorError::io(UNKNOWN.into());
        let uri = "https://ec2.eu-west-9.amazonaws.com/";
        assert!(resolving.failed(uri, failure(), now).is_io());
        let last = resolving.failed(uri, failure(), later(now, 60));
        assert!(last.is_user());
        let text = causes(&last);
        assert!(
            text.contains("there is no host ec2.eu-west-9.amazonaws.com"),
            "{text}"
        );
        assert!(text.contains(UNKNOWN), "{text}");
    }
}
