//! Creates that AWS can't tell from their own repetition: of objects with neither a unique name nor
//! a client token.
//!
//! The SDK repeats a call whose answer got lost, and would make such an object twice. So these are
//! repeated only where AWS says that it did nothing: when it throttles. After any other failure
//! the caller has to look ([`Error::effect_unknown`]).

use std::time::Duration;

use aws_sdk_ec2::Client;
use aws_sdk_ec2::config::Builder;
use aws_sdk_ec2::config::retry::RetryConfig;

use crate::error::Error;
use crate::settings::DEFAULT_MAX_ATTEMPTS;
use crate::wait::Backoff;

/// The SDK's own first and longest pauses.
const FIRST_PAUSE: Duration = Duration::from_secs(1);
const LONGEST_PAUSE: Duration = Duration::from_secs(20);

/// Makes a call until it isn't throttled, as often as the client would.
///
/// The call must have [`no_repetition`] as its override.
pub(super) async fn once<T, F, Fut>(client: &Client, call: F) -> Result<T, Error>
where
    F: Fn() -> Fut,
    Fut: Future<Output = Result<T, Error>>,
{
    let retries = client.config().retry_config();
    let attempts = retries.map_or(DEFAULT_MAX_ATTEMPTS, RetryConfig::max_attempts);
    let mut backoff = Backoff::new(FIRST_PAUSE, LONGEST_PAUSE, u64::from(std::process::id()));
    let mut attempt = 1;
    loop {
        match call().await {
            Err(error) if error.is_throttled() && attempt < attempts => {
                attempt += 1;
                tokio::time::sleep(backoff.pause()).await;
            }
            result => return result,
        }
    }
}

/// What keeps the SDK from repeating a call.
pub(super) fn no_repetition() -> Builder {
    aws_sdk_ec2::Config::builder().retry_config(RetryConfig::disabled())
}
