//! What a roll or a resize is to reach.

use std::collections::BTreeSet;

use topology::{ControlPlaneSize, Zones};

use crate::settings::Settings;

/// What the control plane is to be: so many nodes, none outdated, all in the planned zones,
/// all in service and healthy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Goal {
    /// How many nodes.
    pub size: ControlPlaneSize,
    /// In which zones. The group must launch in just these already; nodes elsewhere are replaced.
    pub zones: Zones,
    /// The target groups that are attached to the group.
    pub target_groups: TargetGroups,
    /// The id of the instance to replace or remove last, such as that of etcd's leader: fewer
    /// elections. An id that the group doesn't have is no error, since a finished roll leaves one.
    pub roll_last: Option<String>,
    /// How careful, and how patient.
    pub settings: Settings,
}

/// The target groups that the group registers its instances with, by ARN.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TargetGroups {
    /// Those of the API load balancer. Health in all of them is what every gate asks for; without
    /// one there is no telling, and nothing is replaced, added or removed.
    pub api: BTreeSet<String>,
    /// Those of the service load balancer, if the nodes are schedulable. Nodes are taken out of
    /// them and put back; health in them decides nothing.
    pub service: BTreeSet<String>,
}
