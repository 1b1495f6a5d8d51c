//! What AWS shows of a cluster, as plain data.

use std::collections::{BTreeMap, BTreeSet};

/// The parts of a cluster at one moment.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Cluster {
    pub(super) control_plane: Group,
    pub(super) workers: Vec<Group>,
    /// The targets of every target group asked for, by its ARN.
    pub(super) targets: BTreeMap<String, Vec<Target>>,
}

/// An Auto Scaling group.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Group {
    pub(super) name: String,
    /// How many instances it tries to have.
    pub(super) desired: u32,
    /// The zones it launches into.
    pub(super) zones: BTreeSet<String>,
    pub(super) is_being_deleted: bool,
    pub(super) instances: Vec<Instance>,
    /// The target groups in which its instances must be healthy.
    pub(super) watched: BTreeSet<String>,
    /// Further ones, in which they should be: those of services, for a control plane. Its quorum
    /// doesn't hang on them.
    pub(super) serves: BTreeSet<String>,
    /// The target groups in which AWS registers its instances.
    pub(super) attached: BTreeSet<String>,
}

/// An instance of a group.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Instance {
    pub(super) id: String,
    pub(super) zone: String,
    /// AWS's word, such as `InService`.
    pub(super) lifecycle_state: String,
    /// AWS's word, `Healthy` or `Unhealthy`.
    pub(super) health_status: String,
    /// Whether its group would launch another machine today.
    pub(super) is_outdated: bool,
}

/// A target of a target group.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Target {
    /// An instance's id.
    pub(super) id: String,
    /// AWS's word, such as `healthy`.
    pub(super) state: String,
    /// AWS's code and explanation, where it isn't healthy.
    pub(super) reason: Option<String>,
}

/// What AWS calls an instance that its group counts as working.
const IN_SERVICE: &str = "InService";
/// How AWS's words for an instance begin that is on its way into service.
const PENDING: &str = "Pending";
/// What AWS calls an instance that passes the group's own checks.
const HEALTHY_INSTANCE: &str = "Healthy";
/// What AWS calls a target that passes its health checks.
pub(super) const HEALTHY: &str = "healthy";
/// What AWS calls a target that is being registered, or checked for the first time.
const INITIAL: &str = "initial";
/// Our word for an instance that a target group doesn't know, in the style of AWS's.
pub(super) const UNREGISTERED: &str = "unregistered";

impl Instance {
    pub(super) fn is_in_service(&self) -> bool {
        self.lifecycle_state == IN_SERVICE
    }

    pub(super) fn is_pending(&self) -> bool {
        self.lifecycle_state.starts_with(PENDING)
    }

    /// Whether the group's own health checks pass.
    pub(super) fn passes_group_checks(&self) -> bool {
        self.health_status == HEALTHY_INSTANCE
    }
}

impl Cluster {
    /// How an instance does in a target group: its worst target there, since it may be registered
    /// with several ports. `None` if it isn't registered at all.
    pub(super) fn target(&self, target_group: &str, instance: &str) -> Option<&Target> {
        let targets = self.targets.get(target_group)?;
        let mut own = targets.iter().filter(|target| target.id == instance);
        let first = own.next()?;
        Some(
            own.find(|target| !target.is_healthy())
                .map_or(
                    first,
                    |other| {
                        if first.is_healthy() { other } else { first }
                    },
                ),
        )
    }

    /// Whether an instance does its work: in service, and healthy in the eyes of its group and of
    /// each target group that counts.
    pub(super) fn is_healthy(&self, group: &Group, instance: &Instance) -> bool {
        self.is_fit(group, instance, Target::is_healthy)
    }

    /// Whether an instance isn't healthy yet, and nothing says that it won't be: it is being
    /// launched, or checked for the first time.
    pub(super) fn is_starting(&self, group: &Group, instance: &Instance) -> bool {
        let may_be = |target: &Target| target.is_healthy() || target.is_initial();
        instance.is_pending()
            || (self.is_fit(group, instance, may_be) && !self.is_healthy(group, instance))
    }

    fn is_fit(&self, group: &Group, instance: &Instance, fits: fn(&Target) -> bool) -> bool {
        instance.is_in_service()
            && instance.passes_group_checks()
            && group
                .watched
                .iter()
                .all(|arn| self.target(arn, &instance.id).is_some_and(fits))
    }
}

impl Target {
    pub(super) fn is_healthy(&self) -> bool {
        self.state == HEALTHY
    }

    pub(super) fn is_initial(&self) -> bool {
        self.state == INITIAL
    }
}
