//! Health checks: between the attributes, their rules, and AWS's terms.

use tfplug::{Attr, Diagnostic, Diagnostics, Path, Result};

use super::desired::number;

/// The attributes of a health check. What they mean stands at the models' fields of the same names.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Check {
    pub(crate) protocol: Attr<String>,
    pub(crate) port: Attr<i64>,
    pub(crate) path: Attr<String>,
    pub(crate) matcher: Attr<String>,
    pub(crate) interval: Attr<i64>,
    pub(crate) timeout: Attr<i64>,
    pub(crate) healthy_threshold: Attr<i64>,
    pub(crate) unhealthy_threshold: Attr<i64>,
}

/// Converts between [`Check`] and a model that has the attributes as fields of the same names.
macro_rules! converts_to_check {
    ($model:ident) => {
        impl From<$model> for $crate::load_balancing::health_check::Check {
            fn from(from: $model) -> Self {
                Self {
                    protocol: from.protocol,
                    port: from.port,
                    path: from.path,
                    matcher: from.matcher,
                    interval: from.interval,
                    timeout: from.timeout,
                    healthy_threshold: from.healthy_threshold,
                    unhealthy_threshold: from.unhealthy_threshold,
                }
            }
        }

        impl From<$crate::load_balancing::health_check::Check> for $model {
            fn from(from: $crate::load_balancing::health_check::Check) -> Self {
                Self {
                    protocol: from.protocol,
                    port: from.port,
                    path: from.path,
                    matcher: from.matcher,
                    interval: from.interval,
                    timeout: from.timeout,
                    healthy_threshold: from.healthy_threshold,
                    unhealthy_threshold: from.unhealthy_threshold,
                }
            }
        }
    };
}
pub(crate) use converts_to_check;

/// AWS's word for "the port that traffic goes to".
const TRAFFIC_PORT: &str = "traffic-port";

/// What a web check asks for, and the answer that means healthy, unless the configuration says.
#[derive(Clone, Copy, Debug)]
pub(crate) struct WebDefaults {
    pub(crate) path: &'static str,
    pub(crate) matcher: &'static str,
}

impl Check {
    /// Completes a planned health check, and checks that its times can work.
    pub(crate) fn complete(
        &mut self,
        configured: Option<&Self>,
        defaults: WebDefaults,
        path: &Path,
        errors: &mut Diagnostics,
    ) {
        for (value, config, default, name) in [
            (
                &mut self.path,
                configured.map(|check| &check.path),
                defaults.path,
                "path",
            ),
            (
                &mut self.matcher,
                configured.map(|check| &check.matcher),
                defaults.matcher,
                "matcher",
            ),
        ] {
            let configured = config.is_some_and(|config| !config.is_null());
            match self.protocol.text() {
                Some("TCP") if configured => errors.push(
                    Diagnostic::error(
                        "Conflicting attributes",
                        format!("A TCP check has no \"{name}\". Remove it, or check by HTTPS."),
                    )
                    .at(path.clone().and(name)),
                ),
                Some("TCP") => *value = Attr::Null,
                Some(_) if !configured => *value = default.into(),
                _ => {}
            }
        }
        let (Some(&interval), Some(&timeout)) = (self.interval.known(), self.timeout.known())
        else {
            return;
        };
        if timeout > interval {
            errors.push(
                Diagnostic::error(
                    "Health check can't work",
                    format!(
                        "A check may take {timeout} seconds, but the next one starts after \
                         {interval}. Make \"timeout\" at most \"interval\"."
                    ),
                )
                .at(path.clone().and("timeout")),
            );
        }
    }

    /// The check in AWS's terms. `path` is that of the health check.
    ///
    /// # Errors
    /// A value that must be known by now isn't, which is a defect.
    pub(crate) fn desired(&self, path: &str) -> Result<aws::elbv2::HealthCheck> {
        let at = |name: &str| format!("{path}.{name}");
        Ok(aws::elbv2::HealthCheck {
            protocol: self.protocol.get(&at("protocol"))?.clone(),
            port: self
                .port
                .known()
                .map_or_else(|| TRAFFIC_PORT.to_owned(), ToString::to_string),
            path: self.path.known().cloned(),
            matcher: self.matcher.known().cloned(),
            interval_seconds: number(&self.interval, &at("interval"))?,
            timeout_seconds: number(&self.timeout, &at("timeout"))?,
            healthy_threshold: number(&self.healthy_threshold, &at("healthy_threshold"))?,
            unhealthy_threshold: number(&self.unhealthy_threshold, &at("unhealthy_threshold"))?,
        })
    }

    /// The check as AWS has it.
    pub(crate) fn observed(check: &aws::elbv2::HealthCheck) -> Self {
        Self {
            protocol: check.protocol.as_str().into(),
            port: check
                .port
                .parse::<i64>()
                .ok()
                .filter(|_| check.port != TRAFFIC_PORT)
                .into(),
            path: check.path.clone().into(),
            matcher: check.matcher.clone().into(),
            interval: i64::from(check.interval_seconds).into(),
            timeout: i64::from(check.timeout_seconds).into(),
            healthy_threshold: i64::from(check.healthy_threshold).into(),
            unhealthy_threshold: i64::from(check.unhealthy_threshold).into(),
        }
    }
}
