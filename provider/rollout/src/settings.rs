//! How careful and how patient a roll is, and which settings can't work together.

use std::fmt;
use std::time::Duration;

use crate::words::span;

/// Settings that fit together. [`Wishes::check`] makes them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Settings(Wishes);

impl Settings {
    /// How long a node goes on running after the last target group has let go of it.
    pub fn drain_delay(&self) -> Duration {
        self.0.drain_delay
    }

    /// How long a node must have been healthy to count as healthy.
    pub fn stable_for(&self) -> Duration {
        self.0.stable_for
    }

    /// How long one change may take.
    pub fn replacement_timeout(&self) -> Duration {
        self.0.replacement_timeout
    }

    /// Whether steps are allowed that no number of healthy nodes makes safe.
    pub fn allow_control_plane_outage(&self) -> bool {
        self.0.allow_control_plane_outage
    }

    /// Checks the settings against the timing of an API target group.
    ///
    /// # Errors
    /// [`Error::TimeoutBelowTargetGroup`] if the target group alone takes too long.
    pub fn check_against(&self, timing: &TargetGroupTiming) -> Result<(), Error> {
        let least = [
            timing.deregistration_delay,
            self.drain_delay(),
            timing.until_healthy(),
            self.stable_for(),
        ];
        let least = least
            .into_iter()
            .fold(Duration::ZERO, Duration::saturating_add);
        if self.replacement_timeout() > least {
            return Ok(());
        }
        Err(Error::TimeoutBelowTargetGroup {
            replacement_timeout: self.replacement_timeout(),
            least,
        })
    }

    /// What is legal with the timing of an API target group, but should be known.
    pub fn warnings(&self, timing: &TargetGroupTiming) -> Vec<Warning> {
        if self.stable_for() >= timing.until_unhealthy() {
            return Vec::new();
        }
        vec![Warning::StableBelowDetection {
            stable_for: self.stable_for(),
            detection: timing.until_unhealthy(),
        }]
    }

    /// For thinking a roll through, where time doesn't pass.
    pub(crate) fn timeless(self) -> Self {
        Self(Wishes {
            drain_delay: Duration::ZERO,
            stable_for: Duration::ZERO,
            ..self.0
        })
    }
}

/// Settings as somebody wishes for them. The default is what most want.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Wishes {
    /// How long a node goes on running after the last target group has let go of it. It serves
    /// those who are still sent to it: on an NLB a deregistration takes a while to be known
    /// everywhere.
    pub drain_delay: Duration,
    /// How long a node must have been healthy behind the API load balancer, in two looks at
    /// least, before the next step relies on it.
    pub stable_for: Duration,
    /// How long one change may take: from a node's deregistration until its successor has been
    /// healthy for `stable_for`; or until an added node is, or a removed one is gone; or until
    /// the group is fit for the first change.
    pub replacement_timeout: Duration,
    /// Whether steps are allowed that no number of healthy nodes makes safe: to replace the only
    /// node, and to shrink to a single one.
    pub allow_control_plane_outage: bool,
}

impl Wishes {
    /// 30 seconds: failures were seen for some ten to thirty seconds after a control-plane node
    /// began to drain behind an NLB (kubernetes-sigs/cluster-api-provider-aws#6254).
    pub const DRAIN_DELAY: Duration = Duration::from_secs(30);

    /// 60 seconds: three times what the API load balancer's default health check needs to notice
    /// a failure (20 seconds), and well above the 5 seconds for which etcd wants members
    /// connected before it lets its membership change.
    pub const STABLE_FOR: Duration = Duration::from_secs(60);

    /// 15 minutes, as long as kOps waits for a cluster to validate after it replaced a node.
    pub const REPLACEMENT_TIMEOUT: Duration = Duration::from_secs(15 * 60);

    /// Takes the settings, if they can work together.
    ///
    /// # Errors
    /// [`Error::TimeoutBelowDelays`].
    pub fn check(self) -> Result<Settings, Error> {
        let delays = self.drain_delay.saturating_add(self.stable_for);
        if self.replacement_timeout > delays {
            return Ok(Settings(self));
        }
        Err(Error::TimeoutBelowDelays {
            replacement_timeout: self.replacement_timeout,
            drain_delay: self.drain_delay,
            stable_for: self.stable_for,
        })
    }
}

impl Default for Wishes {
    fn default() -> Self {
        Self {
            drain_delay: Self::DRAIN_DELAY,
            stable_for: Self::STABLE_FOR,
            replacement_timeout: Self::REPLACEMENT_TIMEOUT,
            allow_control_plane_outage: false,
        }
    }
}

/// How quick an API target group is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct TargetGroupTiming {
    /// The time between two health checks of one target.
    pub interval: Duration,
    /// How many checks in a row must pass.
    pub healthy_threshold: u32,
    /// How many checks in a row must fail.
    pub unhealthy_threshold: u32,
    /// How long a deregistered target is draining.
    pub deregistration_delay: Duration,
}

impl TargetGroupTiming {
    /// How long a node that works is not yet known to.
    pub fn until_healthy(&self) -> Duration {
        self.interval.saturating_mul(self.healthy_threshold)
    }

    /// How long a node that fails is still taken for healthy.
    pub fn until_unhealthy(&self) -> Duration {
        self.interval.saturating_mul(self.unhealthy_threshold)
    }
}

/// Why settings can't work.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The delays alone use the time up.
    #[error(
        "a replacement may take {}, but drain_delay ({}) and stable_for ({}) alone take as long",
        span(*replacement_timeout), span(*drain_delay), span(*stable_for)
    )]
    TimeoutBelowDelays {
        /// The time allowed.
        replacement_timeout: Duration,
        /// How long a node runs on after it is drained.
        drain_delay: Duration,
        /// How long its successor must be healthy.
        stable_for: Duration,
    },

    /// The delays and the target group's own times use the time up.
    #[error(
        "a replacement may take {}, but {} go by before a successor can count as healthy, however \
         quickly it starts: the target group's deregistration delay, drain_delay, the target \
         group's health checks and stable_for",
        span(*replacement_timeout), span(*least)
    )]
    TimeoutBelowTargetGroup {
        /// The time allowed.
        replacement_timeout: Duration,
        /// The time that goes by in any case.
        least: Duration,
    },
}

impl Error {
    /// The setting that has to change.
    pub fn field(&self) -> Field {
        match self {
            Self::TimeoutBelowDelays { .. } | Self::TimeoutBelowTargetGroup { .. } => {
                Field::ReplacementTimeout
            }
        }
    }
}

/// What is legal, but proves less than it seems to. `Display` says what and what to do.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Warning {
    /// A node that fails is still shown as healthy for longer than it has to be healthy.
    StableBelowDetection {
        /// How long a node must have been healthy.
        stable_for: Duration,
        /// How long the target group needs to notice a failure.
        detection: Duration,
    },
}

impl Warning {
    /// The setting to change.
    pub fn field(&self) -> Field {
        match self {
            Self::StableBelowDetection { .. } => Field::StableFor,
        }
    }

    /// A headline.
    pub fn summary(&self) -> &'static str {
        match self {
            Self::StableBelowDetection { .. } => "A failed node could pass for a stable one",
        }
    }
}

impl fmt::Display for Warning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::StableBelowDetection {
                stable_for,
                detection,
            } => write!(
                f,
                "The API target group needs {} to notice that a node has failed, and a roll goes \
                 on when a node has been healthy for {}. A node that fails just after it became \
                 healthy would not be noticed in time. Set stable_for to {} or more.",
                span(*detection),
                span(*stable_for),
                span(*detection),
            ),
        }
    }
}

/// A setting that an error or a warning is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Field {
    /// `replacement_timeout`.
    ReplacementTimeout,
    /// `stable_for`.
    StableFor,
}

impl Field {
    /// The name users type.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::ReplacementTimeout => "replacement_timeout",
            Self::StableFor => "stable_for",
        }
    }
}

impl fmt::Display for Field {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const DEFAULT_TIMING: TargetGroupTiming = TargetGroupTiming {
        interval: Duration::from_secs(10),
        healthy_threshold: 2,
        unhealthy_threshold: 2,
        deregistration_delay: Duration::from_secs(30),
    };

    fn wishes(drain_delay: u64, stable_for: u64, replacement_timeout: u64) -> Wishes {
        Wishes {
            drain_delay: Duration::from_secs(drain_delay),
            stable_for: Duration::from_secs(stable_for),
            replacement_timeout: Duration::from_secs(replacement_timeout),
            allow_control_plane_outage: false,
        }
    }

    #[test]
    fn the_defaults_work_and_warn_of_nothing() {
        let settings = Wishes::default().check().unwrap();
        assert_eq!(settings.check_against(&DEFAULT_TIMING), Ok(()));
        assert_eq!(settings.warnings(&DEFAULT_TIMING), []);
        assert!(!settings.allow_control_plane_outage());
    }

    #[test]
    fn a_timeout_must_leave_room_for_the_delays() {
        assert!(wishes(0, 0, 1).check().is_ok());
        assert!(wishes(30, 60, 91).check().is_ok());
        for (drain_delay, stable_for, timeout) in [(0, 0, 0), (30, 60, 90), (600, 600, 900)] {
            let error = wishes(drain_delay, stable_for, timeout)
                .check()
                .unwrap_err();
            assert_eq!(error.field().as_str(), "replacement_timeout");
        }
        let endless = Wishes {
            drain_delay: Duration::MAX,
            stable_for: Duration::MAX,
            ..Wishes::default()
        };
        assert!(endless.check().is_err());
        assert_eq!(
            wishes(600, 600, 900).check().unwrap_err().to_string(),
            "a replacement may take 15 min, but drain_delay (10 min) and stable_for (10 min) alone \
             take as long"
        );
    }

    /// 30 s draining, 30 s delay, 20 s health checks, 60 s stable.
    #[test]
    fn a_timeout_must_leave_room_for_the_target_group() {
        let tight = wishes(30, 60, 140).check().unwrap();
        let error = tight.check_against(&DEFAULT_TIMING).unwrap_err();
        assert_eq!(error.field(), Field::ReplacementTimeout);
        assert!(
            error.to_string().contains("140 s, but 140 s go by"),
            "{error}"
        );
        let fits = wishes(30, 60, 141).check().unwrap();
        assert_eq!(fits.check_against(&DEFAULT_TIMING), Ok(()));
    }

    #[test]
    fn a_short_look_at_a_node_is_warned_of() {
        assert_eq!(
            wishes(0, 20, 900)
                .check()
                .unwrap()
                .warnings(&DEFAULT_TIMING),
            []
        );
        let warnings = wishes(0, 19, 900)
            .check()
            .unwrap()
            .warnings(&DEFAULT_TIMING);
        let [warning] = warnings.as_slice() else {
            panic!("{warnings:?}");
        };
        assert_eq!(warning.field().as_str(), "stable_for");
        assert!(
            warning
                .to_string()
                .ends_with("Set stable_for to 20 s or more.")
        );
    }
}
