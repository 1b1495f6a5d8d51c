//! One instance of the group: what AWS says of it, and what that comes to.

use std::collections::BTreeMap;

use crate::goal::TargetGroups;

/// An instance of the Auto Scaling group, as observed.
///
/// Scale-in protection isn't among the facts: `TerminateInstanceInAutoScalingGroup`, by which
/// nodes leave, isn't held up by it (Amazon EC2 Auto Scaling User Guide, "Use instance scale-in
/// protection").
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Instance {
    /// The instance's id, such as `i-0123456789abcdef0`.
    pub id: String,
    /// The name of the zone it runs in.
    pub zone: String,
    /// Where it stands in the life the group gives it.
    pub lifecycle: Lifecycle,
    /// Whether a roll has to replace it: it was launched from a version of the template that
    /// makes other machines than the planned one. Versions that differ in tags alone don't count.
    pub outdated: bool,
    /// Its health in each target group that lists it, by the target group's ARN. A target group
    /// that isn't here doesn't know the instance.
    pub targets: BTreeMap<String, TargetHealth>,
}

/// Where an instance stands in the life that its group gives it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Lifecycle {
    /// On its way into service; launch hooks may hold it.
    Joining,
    /// In service.
    InService,
    /// On its way out, or gone; termination hooks may hold it.
    Leaving,
    /// Taken out of service by somebody, still running, and not counted by the group.
    Standby,
    /// None of the above, such as an instance of a warm pool.
    Other,
}

impl Lifecycle {
    /// Reads AWS's `LifecycleState`, such as `Pending:Wait`, and `HealthStatus`, `Healthy` or
    /// `Unhealthy`.
    ///
    /// Whom the group has found unhealthy it is about to replace, though its state is
    /// `InService` for a little longer.
    pub fn from_aws(state: &str, health_status: &str) -> Self {
        match state.split(':').next().unwrap_or(state) {
            "Pending" => Self::Joining,
            "InService" if health_status == "Unhealthy" => Self::Leaving,
            "InService" => Self::InService,
            "Terminating" | "Terminated" | "Detaching" | "Detached" => Self::Leaving,
            "EnteringStandby" | "Standby" => Self::Standby,
            _ => Self::Other,
        }
    }
}

/// The health of an instance in one target group.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum TargetHealth {
    /// Registered, and its health checks pass.
    Healthy,
    /// Registered, and its health checks fail.
    Unhealthy,
    /// Registered, and not checked often enough yet.
    Initial,
    /// Deregistered; connections that exist may go on for a while.
    Draining,
    /// Registered, and not checked: `unused` or `unavailable`, as when no listener leads here.
    Unknown,
}

impl TargetHealth {
    /// Reads AWS's `TargetHealth`: its state, such as `healthy`, and its reason, such as
    /// `Target.NotRegistered`. `None` if the target isn't registered.
    ///
    /// `unhealthy.draining` is a registered target that fails its checks, not one that leaves.
    pub fn from_aws(state: &str, reason: Option<&str>) -> Option<Self> {
        match state {
            _ if reason == Some("Target.NotRegistered") => None,
            "healthy" => Some(Self::Healthy),
            "unhealthy" | "unhealthy.draining" => Some(Self::Unhealthy),
            "initial" => Some(Self::Initial),
            "draining" => Some(Self::Draining),
            _ => Some(Self::Unknown),
        }
    }
}

/// What lifecycle and targets come to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum Condition {
    /// On its way into service.
    Joining,
    /// In service and registered, not known yet to be healthy or not.
    Unproven,
    /// In service, registered everywhere, healthy in every API target group.
    Serving,
    /// In service and registered, and unhealthy in an API target group.
    Unhealthy,
    /// In service, and deregistered from some of its target groups only.
    PartlyOut,
    /// In service, deregistered from all target groups, draining in one at least.
    Draining,
    /// In service, and unknown to all target groups.
    Out,
    /// On its way out of the group.
    Leaving,
    /// In standby, or in a state that this crate doesn't know.
    Away,
}

impl Condition {
    /// Whether the instance is in service, but was taken out of a target group.
    pub(crate) fn is_out(self) -> bool {
        matches!(self, Self::PartlyOut | Self::Draining | Self::Out)
    }

    /// Whether the group counts the instance among those that it desires.
    pub(crate) fn is_counted(self) -> bool {
        !matches!(self, Self::Leaving | Self::Away)
    }

    /// Whether the instance is in service.
    pub(crate) fn is_in_service(self) -> bool {
        self.is_counted() && self != Self::Joining
    }
}

impl Instance {
    pub(crate) fn condition(&self, groups: &TargetGroups) -> Condition {
        match self.lifecycle {
            Lifecycle::Joining => return Condition::Joining,
            Lifecycle::Leaving => return Condition::Leaving,
            Lifecycle::Standby | Lifecycle::Other => return Condition::Away,
            Lifecycle::InService => {}
        }
        let draining = |health: &TargetHealth| *health == TargetHealth::Draining;
        let registered = |arn: &String| self.targets.get(arn).is_some_and(|h| !draining(h));
        if !groups.api.iter().chain(&groups.service).all(registered) {
            return if self.targets.is_empty() {
                Condition::Out
            } else if self.targets.values().all(draining) {
                Condition::Draining
            } else {
                Condition::PartlyOut
            };
        }
        let mut api = groups.api.iter().filter_map(|arn| self.targets.get(arn));
        if api.clone().all(|health| *health == TargetHealth::Healthy) {
            Condition::Serving
        } else if api.any(|health| *health == TargetHealth::Unhealthy) {
            Condition::Unhealthy
        } else {
            Condition::Unproven
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use TargetHealth::{Draining, Healthy, Initial, Unhealthy, Unknown};

    #[test]
    fn lifecycle_states_of_aws_are_read() {
        for (state, health, lifecycle) in [
            ("Pending", "Healthy", Lifecycle::Joining),
            ("Pending:Wait", "Healthy", Lifecycle::Joining),
            ("InService", "Healthy", Lifecycle::InService),
            ("InService", "Unhealthy", Lifecycle::Leaving),
            ("Terminating:Proceed", "Unhealthy", Lifecycle::Leaving),
            ("Terminated", "Healthy", Lifecycle::Leaving),
            ("Detaching", "Healthy", Lifecycle::Leaving),
            ("EnteringStandby", "Healthy", Lifecycle::Standby),
            ("Standby", "Unhealthy", Lifecycle::Standby),
            ("Warmed:Stopped", "Healthy", Lifecycle::Other),
            ("", "", Lifecycle::Other),
        ] {
            assert_eq!(
                Lifecycle::from_aws(state, health),
                lifecycle,
                "{state} {health}"
            );
        }
    }

    #[test]
    fn target_states_of_aws_are_read() {
        for (state, reason, health) in [
            ("healthy", None, Some(Healthy)),
            (
                "unhealthy",
                Some("Target.FailedHealthChecks"),
                Some(Unhealthy),
            ),
            ("unhealthy.draining", None, Some(Unhealthy)),
            ("initial", Some("Elb.RegistrationInProgress"), Some(Initial)),
            (
                "draining",
                Some("Target.DeregistrationInProgress"),
                Some(Draining),
            ),
            ("unused", Some("Target.NotInUse"), Some(Unknown)),
            ("unused", Some("Target.NotRegistered"), None),
            ("unavailable", None, Some(Unknown)),
        ] {
            assert_eq!(TargetHealth::from_aws(state, reason), health, "{state}");
        }
    }

    /// Two API target groups and a service one.
    #[test]
    fn targets_come_to_a_condition() {
        let groups = TargetGroups {
            api: BTreeSet::from(["a".to_owned(), "b".to_owned()]),
            service: BTreeSet::from(["s".to_owned()]),
        };
        let (h, u) = (Some(Healthy), Some(Unhealthy));
        for (a, b, s, condition) in [
            (h, h, h, Condition::Serving),
            // Behind the service load balancer health doesn't matter, being there does.
            (h, h, u, Condition::Serving),
            (h, h, None, Condition::PartlyOut),
            (h, u, h, Condition::Unhealthy),
            (Some(Initial), u, h, Condition::Unhealthy),
            (h, Some(Initial), h, Condition::Unproven),
            (h, Some(Unknown), h, Condition::Unproven),
            (h, None, h, Condition::PartlyOut),
            (h, Some(Draining), h, Condition::PartlyOut),
            (Some(Draining), None, None, Condition::Draining),
            (None, None, Some(Draining), Condition::Draining),
            (None, None, None, Condition::Out),
        ] {
            let targets = [("a", a), ("b", b), ("s", s)];
            let instance = Instance {
                id: "i-1".to_owned(),
                zone: "eu-west-1a".to_owned(),
                lifecycle: Lifecycle::InService,
                outdated: false,
                targets: targets
                    .into_iter()
                    .filter_map(|(arn, health)| Some((arn.to_owned(), health?)))
                    .collect(),
            };
            assert_eq!(instance.condition(&groups), condition, "{a:?} {b:?} {s:?}");
        }
    }
}
