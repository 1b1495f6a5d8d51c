//! How often a call is tried, and how the attempts are spaced.

use std::time::Duration;

use aws_config::retry::RetryConfig;
use aws_config::timeout::TimeoutConfig;
use aws_smithy_runtime::client::retries::{RetryPartition, TokenBucket};

use crate::environment::Environment;
use crate::settings::{DEFAULT_MAX_ATTEMPTS, RetryMode, Service, Settings};
use crate::setup::SetupError;

/// Attempts and mode: settings, then environment, then hashicorp/aws's defaults. The SDK tells
/// throttling (in every service's words) and transient failures from the rest, and heeds
/// `x-amz-retry-after`.
pub(crate) fn config(settings: &Settings, env: &Environment) -> Result<RetryConfig, SetupError> {
    let expected = "it must be a whole number of attempts, 1 or more";
    let attempts = match (settings.max_retries, env.get("AWS_MAX_ATTEMPTS")) {
        (Some(given), _) => positive(given).ok_or_else(|| SetupError::Retries {
            setting: "max_retries",
            value: given.to_string(),
            expected,
        })?,
        (None, Some(text)) => {
            text.parse()
                .ok()
                .and_then(positive)
                .ok_or_else(|| SetupError::Retries {
                    setting: "AWS_MAX_ATTEMPTS",
                    value: text.into(),
                    expected,
                })?
        }
        (None, None) => DEFAULT_MAX_ATTEMPTS,
    };
    let mode = match (settings.retry_mode, env.get("AWS_RETRY_MODE")) {
        (Some(mode), _) => mode,
        // "legacy" is the oldest SDKs' word; those that dropped it read it as standard.
        (None, None | Some("standard" | "legacy")) => RetryMode::Standard,
        (None, Some("adaptive")) => RetryMode::Adaptive,
        (None, Some(other)) => {
            return Err(SetupError::Retries {
                setting: "AWS_RETRY_MODE",
                value: other.into(),
                expected: "it must be standard or adaptive",
            });
        }
    };
    let base = match mode {
        RetryMode::Standard => RetryConfig::standard(),
        RetryMode::Adaptive => RetryConfig::adaptive(),
    };
    Ok(base.with_max_attempts(attempts))
}

/// A service's budget of retries. The SDK's own (500 tokens, 5 or 10 a retry) is made for
/// servers under steady load and gives up early when one apply meets a throttling AWS;
/// hashicorp/aws raises it to the same number.
pub(crate) fn partition(service: Service) -> RetryPartition {
    RetryPartition::custom(service.name())
        .token_bucket(TokenBucket::new(10_000))
        .build()
}

/// How long one attempt may take. A connection that hangs would otherwise hang the apply; no
/// call here takes AWS near a minute.
pub(crate) fn timeouts() -> TimeoutConfig {
    TimeoutConfig::builder()
        .connect_timeout(Duration::from_secs(10))
        .read_timeout(Duration::from_secs(60))
        .build()
}

fn positive(attempts: u32) -> Option<u32> {
    (attempts > 0).then_some(attempts)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn resolve(max: Option<u32>, env: &[(&str, &str)]) -> Result<RetryConfig, SetupError> {
        let settings = Settings {
            max_retries: max,
            ..Settings::default()
        };
        config(&settings, &env.iter().copied().collect())
    }

    #[test]
    fn setting_then_variable_then_default() {
        let env = [("AWS_MAX_ATTEMPTS", "7")];
        assert_eq!(resolve(Some(3), &env).unwrap().max_attempts(), 3);
        assert_eq!(resolve(None, &env).unwrap().max_attempts(), 7);
        assert_eq!(resolve(None, &[]).unwrap().max_attempts(), 25);
    }

    #[test]
    fn nonsense_names_its_setting() {
        let error = resolve(Some(0), &[]).unwrap_err();
        assert_eq!(error.settings(), ["max_retries"]);
        let error = resolve(None, &[("AWS_MAX_ATTEMPTS", "many")]).unwrap_err();
        assert!(error.to_string().contains("AWS_MAX_ATTEMPTS"));
        let error = resolve(None, &[("AWS_RETRY_MODE", "eager")]).unwrap_err();
        assert_eq!(error.settings(), ["retry_mode"]);
    }
}
