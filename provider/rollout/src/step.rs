//! What a decision can be, and what can be waited for.

use std::fmt;
use std::time::Duration;

use crate::reason::Reason;
use crate::words::{count, list};

/// The one thing to do now.
///
/// Those that change something are harmless if they were done already. If AWS refuses one, end
/// there and report AWS's answer: the next run looks again.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Step {
    /// Take a node out of every target group that is attached to the group, API first.
    Deregister {
        /// The instance.
        id: String,
    },
    /// The goal is reached, and the group is at rest.
    Done,
    /// Put a node back into every target group that is attached to the group: it was taken out,
    /// and is not the next to leave.
    Register {
        /// The instance.
        id: String,
    },
    /// Set the group's sizes, in one call.
    SetSize {
        /// The least number of instances.
        min: u32,
        /// The greatest number of instances.
        max: u32,
        /// The number of instances to keep up.
        desired: u32,
    },
    /// Touch nothing further, and fail.
    Stop(Reason),
    /// Have the group terminate a node (`TerminateInstanceInAutoScalingGroup`).
    Terminate {
        /// The instance.
        id: String,
        /// Whether the group shrinks by it. If not, the group launches a successor.
        decrement: bool,
    },
    /// Do nothing, look again later. Some seconds are a good interval.
    Wait {
        /// What for.
        awaited: Awaited,
        /// How long at most, until it becomes a [`Step::Stop`].
        time_left: Duration,
    },
}

impl Step {
    /// Whether the step changes something in AWS.
    pub fn is_change(&self) -> bool {
        !matches!(self, Self::Done | Self::Stop(_) | Self::Wait { .. })
    }
}

/// What is waited for. `Display` reads on after "waiting for".
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Awaited {
    /// A node's connections end, and its target groups forget it.
    Drained {
        /// The instance.
        id: String,
        /// Its zone.
        zone: String,
    },
    /// A node leaves the group.
    Gone {
        /// The instance.
        id: String,
        /// Its zone.
        zone: String,
    },
    /// A node becomes healthy in every API target group.
    Healthy {
        /// The instance.
        id: String,
        /// Its zone.
        zone: String,
        /// Whether it is known to be unhealthy, rather than not known to be healthy.
        is_unhealthy: bool,
    },
    /// A node comes into service.
    Joined {
        /// The instance.
        id: String,
        /// Its zone.
        zone: String,
    },
    /// The group launches what it lacks.
    Launched {
        /// How many instances it lacks.
        missing: u32,
        /// The planned zones without a node.
        empty_zones: Vec<String>,
    },
    /// The time after a node's draining is over.
    LingeredOn {
        /// The instance.
        id: String,
        /// Its zone.
        zone: String,
    },
    /// Enough other nodes are healthy.
    Quorum {
        /// How many others are healthy.
        healthy: u32,
        /// How many have to be.
        needed: u32,
    },
    /// A node is registered with its target groups again.
    Registered {
        /// The instance.
        id: String,
        /// Its zone.
        zone: String,
    },
    /// A node that somebody took out of service comes back.
    Return {
        /// The instance.
        id: String,
        /// Its zone.
        zone: String,
    },
    /// The group's sizes show what was set.
    Sized {
        /// The number of instances to keep up.
        desired: u32,
    },
    /// A node has been healthy for long enough.
    Stable {
        /// The instance.
        id: String,
        /// Its zone.
        zone: String,
    },
    /// The group has as many instances as it should.
    Surplus {
        /// How many there are.
        counted: u32,
        /// How many there should be.
        desired: u32,
    },
}

impl Awaited {
    /// The instance that is waited for, if it is one.
    pub fn instance(&self) -> Option<&str> {
        match self {
            Self::Drained { id, .. }
            | Self::Gone { id, .. }
            | Self::Healthy { id, .. }
            | Self::Joined { id, .. }
            | Self::LingeredOn { id, .. }
            | Self::Registered { id, .. }
            | Self::Return { id, .. }
            | Self::Stable { id, .. } => Some(id),
            Self::Launched { .. }
            | Self::Quorum { .. }
            | Self::Sized { .. }
            | Self::Surplus { .. } => None,
        }
    }
}

impl fmt::Display for Awaited {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Drained { id, zone } => {
                write!(
                    f,
                    "{id} in {zone} to drain: its target groups still list it"
                )
            }
            Self::Gone { id, zone } => write!(f, "{id} in {zone} to terminate"),
            Self::Healthy {
                id,
                zone,
                is_unhealthy,
            } => {
                let now = if *is_unhealthy {
                    "it is unhealthy"
                } else {
                    "it has not passed its health checks yet"
                };
                write!(
                    f,
                    "{id} in {zone} to be healthy in the API target group: {now}"
                )
            }
            Self::Joined { id, zone } => write!(f, "{id} in {zone} to come into service"),
            Self::Launched {
                missing,
                empty_zones,
            } => {
                write!(f, "the group to launch {}", count(*missing, "instance"))?;
                if !empty_zones.is_empty() {
                    write!(f, " (no node is in {})", list(empty_zones))?;
                }
                Ok(())
            }
            Self::LingeredOn { id, zone } => {
                write!(f, "drain_delay to pass since {id} in {zone} was drained")
            }
            Self::Quorum { healthy, needed } => write!(
                f,
                "enough other nodes to be healthy: {healthy} are, and {needed} must be"
            ),
            Self::Registered { id, zone } => {
                write!(
                    f,
                    "{id} in {zone} to be registered with its target groups again"
                )
            }
            Self::Return { id, zone } => {
                write!(
                    f,
                    "{id} in {zone} to return: somebody took it out of service"
                )
            }
            Self::Sized { desired } => write!(
                f,
                "the group to show its new size: {}",
                count(*desired, "instance")
            ),
            Self::Stable { id, zone } => {
                write!(f, "{id} in {zone} to have been healthy for stable_for")
            }
            Self::Surplus { counted, desired } => write!(
                f,
                "the group to come down to {}: it has {counted}",
                count(*desired, "instance")
            ),
        }
    }
}
