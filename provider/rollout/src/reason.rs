//! Why a roll stops.

use std::collections::BTreeSet;
use std::fmt;
use std::time::Duration;

use crate::goal::Goal;
use crate::observation::{Group, QuorumLeft};
use crate::step::Awaited;
use crate::words::{count, list, span};

/// Why nothing further is touched.
///
/// [`summary`](Self::summary) is a headline; `Display` says what happened, what is left, and what
/// to do.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Reason {
    /// The group isn't as planned, so that a successor wouldn't be either.
    GroupChanged(GroupChange),
    /// No API target group is attached to the group, so no node can be seen to be healthy.
    NoApiTargetGroup,
    /// To shrink to one node passes two, which have no quorum without each other.
    ShrinkToOne {
        /// How many nodes there are.
        size: u32,
    },
    /// The only node would have to be replaced.
    SingleNode {
        /// The instance.
        id: String,
        /// Its zone.
        zone: String,
    },
    /// Something didn't come in time.
    TimedOut {
        /// What.
        awaited: Awaited,
        /// How long the change has taken.
        after: Duration,
        /// How the quorum stands.
        quorum_left: QuorumLeft,
    },
}

impl Reason {
    /// A headline.
    pub fn summary(&self) -> &'static str {
        match self {
            Self::GroupChanged(_) => "The control-plane group was changed meanwhile",
            Self::NoApiTargetGroup => "No API target group to see the nodes' health in",
            Self::ShrinkToOne { .. } => "Shrinking to one node stops the control plane",
            Self::SingleNode { .. } => "Replacing the only node stops the control plane",
            Self::TimedOut { .. } => "The control plane was not fit for the next step in time",
        }
    }

    /// The instance that it is about, if it is one.
    pub fn instance(&self) -> Option<&str> {
        match self {
            Self::SingleNode { id, .. } => Some(id),
            Self::TimedOut { awaited, .. } => awaited.instance(),
            Self::GroupChanged(_) | Self::NoApiTargetGroup | Self::ShrinkToOne { .. } => None,
        }
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::GroupChanged(change) => write!(
                f,
                "{change} Nodes launched now would not be as planned, so nothing further is \
                 touched. Find out who changed the group, then apply again.",
            ),
            Self::NoApiTargetGroup => f.write_str(
                "Nodes are replaced, added and removed one at a time only while all others are \
                 healthy in the API target group, and none is attached to the group. Set \
                 target_group_arns; or leave the nodes to others with strategy = \"none\".",
            ),
            Self::ShrinkToOne { size } => write!(
                f,
                "On the way from {} to one there are two, which have no quorum without each \
                 other: when one of them leaves, the Kubernetes API stops unless the node takes \
                 its etcd member out of the cluster before, and etcd may have to be restored. \
                 Take a backup of etcd and set allow_control_plane_outage if that is wanted, or \
                 keep three nodes.",
                count(*size, "node"),
            ),
            Self::SingleNode { id, zone } => write!(
                f,
                "{id} in {zone} is the only control-plane node. To replace it stops the \
                 Kubernetes API, and what its etcd holds is gone with its disk. Grow to three \
                 nodes first, which are replaced without an outage; or take a backup of etcd and \
                 set allow_control_plane_outage.",
            ),
            Self::TimedOut {
                awaited,
                after,
                quorum_left,
            } => write!(
                f,
                "Waited {} for {awaited}. {} Nothing further is touched. {} Then apply again: it \
                 goes on from here.",
                span(*after),
                standing(*quorum_left),
                remedy(awaited),
            ),
        }
    }
}

/// What is left, and what that means.
fn standing(left: QuorumLeft) -> String {
    let (members, healthy, quorum) = (left.members, left.healthy, left.quorum());
    let nodes = count(members, "node");
    let means = match healthy.checked_sub(quorum) {
        None => "the Kubernetes API stops if the others are really down".to_owned(),
        Some(0) => "the Kubernetes API stays, but not if another fails".to_owned(),
        Some(spare) => format!("the Kubernetes API stays even if {spare} more fail"),
    };
    format!("{healthy} of {nodes} are healthy and quorum is {quorum}: {means}.")
}

/// What to do about something that doesn't come.
fn remedy(awaited: &Awaited) -> String {
    match awaited {
        Awaited::Drained { id, .. } => format!(
            "See in which target group {id} is still listed; if it drains for longer than \
             replacement_timeout, raise that or lower the deregistration delay."
        ),
        Awaited::Gone { id, .. } => {
            format!("See what holds {id}, such as a termination hook that nobody completes.")
        }
        Awaited::Healthy { id, .. } | Awaited::Stable { id, .. } => format!(
            "See on {id} why its API server isn't ready and mend it; if its template is at \
             fault, correct that, and {id} is replaced first; if it is lost, terminate it and the \
             group launches another."
        ),
        Awaited::Joined { id, .. } => format!(
            "See what holds {id}, such as a launch hook that nobody completes, and the group's \
             activities."
        ),
        Awaited::Launched { .. } => "See in the group's activities why it launches nothing, such \
                                     as a zone that has failed or has no capacity."
            .to_owned(),
        Awaited::LingeredOn { .. } => "Raise replacement_timeout or lower drain_delay.".to_owned(),
        Awaited::Quorum { .. } => "Bring the unhealthy nodes back; if they are lost for good, \
                                   restore etcd from a backup."
            .to_owned(),
        Awaited::Registered { id, .. } => {
            format!("Register {id} with the group's target groups, or find out who deregisters it.")
        }
        Awaited::Return { id, .. } => {
            format!("Put {id} back in service, or terminate it.")
        }
        Awaited::Sized { .. } => "Find out who else sets the group's size.".to_owned(),
        Awaited::Surplus { .. } => {
            "See in the group's activities why it doesn't come to rest.".to_owned()
        }
    }
}

/// How the group differs from the plan. `Display` is a sentence.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum GroupChange {
    /// What it launches next isn't from the planned version of the planned template.
    Template,
    /// An instance refresh replaces its instances.
    Refreshing,
    /// AZRebalance isn't suspended, so that AWS may terminate nodes to even out zones.
    Rebalancing,
    /// A process without which a roll can't go on is suspended.
    Suspended {
        /// AWS's name of it.
        process: &'static str,
    },
    /// It launches in other zones.
    Zones {
        /// Where it launches.
        found: Vec<String>,
    },
}

/// What a roll needs of the group: to terminate, to launch a successor, and to register it.
const NEEDED_PROCESSES: [&str; 3] = ["AddToLoadBalancer", "Launch", "Terminate"];

impl GroupChange {
    /// The first difference, if there is one.
    pub(crate) fn find(goal: &Goal, group: &Group) -> Option<Self> {
        let suspended = |process: &str| group.suspended_processes.contains(process);
        if !group.launches_as_planned {
            return Some(Self::Template);
        }
        let planned: BTreeSet<_> = goal.zones.iter().map(|zone| zone.as_str()).collect();
        if planned != group.zones.iter().map(String::as_str).collect() {
            return Some(Self::Zones {
                found: group.zones.iter().cloned().collect(),
            });
        }
        if group.is_refreshing {
            return Some(Self::Refreshing);
        }
        if let Some(process) = NEEDED_PROCESSES
            .into_iter()
            .find(|process| suspended(process))
        {
            return Some(Self::Suspended { process });
        }
        (!suspended("AZRebalance")).then_some(Self::Rebalancing)
    }
}

impl fmt::Display for GroupChange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Template => {
                f.write_str("The group no longer launches from the planned template version.")
            }
            Self::Refreshing => f.write_str("An instance refresh of the group is going on."),
            Self::Rebalancing => f.write_str(
                "The group's process AZRebalance is no longer suspended, so AWS may terminate \
                 nodes to even out zones.",
            ),
            Self::Suspended { process } => {
                write!(f, "The group's process {process} is suspended.")
            }
            Self::Zones { found } => write!(f, "The group launches in {}.", list(found)),
        }
    }
}
