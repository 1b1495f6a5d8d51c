//! What one look at AWS shows.

use std::collections::BTreeSet;
use std::time::Duration;

use topology::Members;

use crate::instance::Instance;

/// One look at the group, its instances and their targets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Observation {
    /// The group itself.
    pub group: Group,
    /// Every instance that the group lists, whatever its state and in any order.
    pub instances: Vec<Instance>,
    /// How long ago the previous look was that went into the same [`Memory`]; zero for the first.
    ///
    /// [`Memory`]: crate::Memory
    pub elapsed: Duration,
}

/// The group's own settings, as far as they bear on a roll.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Group {
    /// The least number of instances.
    pub min: u32,
    /// The greatest number of instances.
    pub max: u32,
    /// The number of instances that the group keeps up.
    pub desired: u32,
    /// The names of the zones it launches in.
    pub zones: BTreeSet<String>,
    /// Whether what it launches next comes from the planned version of the planned template.
    pub launches_as_planned: bool,
    /// The processes that are suspended, in AWS's words, such as `AZRebalance`.
    pub suspended_processes: BTreeSet<String>,
    /// Whether an instance refresh of the group is going on.
    pub is_refreshing: bool,
}

/// How the quorum stands: how many members there are, and how many of them are known to be up.
///
/// Health behind the API load balancer is taken for membership: `/readyz` includes etcd. A node
/// that isn't healthy there may still be a working member, so this never says too much.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct QuorumLeft {
    /// How many nodes there should be.
    pub members: u32,
    /// How many are in service and healthy behind the API load balancer.
    pub healthy: u32,
}

impl QuorumLeft {
    /// How many members must be up for the Kubernetes API to work.
    pub fn quorum(self) -> u32 {
        quorum(self.members)
    }
}

/// The majority of a number of members. None have none, and the least majority is one.
pub(crate) fn quorum(members: u32) -> u32 {
    Members::new(i64::from(members)).map_or(1, Members::quorum)
}
