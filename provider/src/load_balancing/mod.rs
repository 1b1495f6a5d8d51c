//! What the load balancers of a cluster have in common, whatever stands behind them: the network
//! load balancer itself, target groups, listeners and the name in Route 53.
//!
//! A resource type has a model with the attributes of a [`Balancer`] among its own, a [`Type`], and
//! a life cycle put together from these parts: [`plan`] and [`preflight`] for what a plan says,
//! [`observed`] for what AWS has, [`Walk`] for making it so, [`delete`] and [`import`].

mod balancer;
pub(crate) mod delete;
mod desired;
pub(crate) mod health_check;
pub(crate) mod import;
pub(crate) mod observed;
pub(crate) mod openings;
pub(crate) mod plan;
pub(crate) mod preflight;
mod records;
pub(crate) mod target_settings;
mod walk;

pub(crate) use balancer::{AccessLogs, Balancer, HasBalancer, has_balancer, loses_a_subnet};
pub(crate) use desired::{TargetGroupSpec, number};
pub(crate) use walk::{Walk, unlike};

use aws::elbv2::Attributes;
use aws::tags::Tags;

/// What tells one type of load balancer from another.
#[derive(Debug)]
pub(crate) struct Type {
    /// The resource type's name.
    pub(crate) resource: &'static str,
    /// What people call it, behind "a" or "the".
    pub(crate) noun: &'static str,
    /// What stands behind the cluster's name in the names of its parts.
    pub(crate) part: &'static str,
    /// Kind of the load balancer in its marks of ownership.
    pub(crate) load_balancer: &'static str,
    /// Kind of its listeners.
    pub(crate) listener: &'static str,
    /// Kind of its target groups.
    pub(crate) target_group: &'static str,
    /// What a plan is doing, for the head of its errors.
    pub(crate) planning: &'static str,
    /// The same for a read.
    pub(crate) reading: &'static str,
    /// The same for a delete.
    pub(crate) deleting: &'static str,
    /// The same for an import.
    pub(crate) importing: &'static str,
}

/// A load balancer or a target group with its settings and tags.
pub(crate) type Whole<T> = (T, Attributes, Tags);

/// A name in Route 53, and the hosted zone it stands in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct WantedRecord {
    pub(crate) zone_id: String,
    pub(crate) fqdn: String,
}

/// A domain name as names are compared: lower case, without the dot at the end.
pub(crate) fn normal_name(name: &str) -> String {
    name.trim_end_matches('.').to_ascii_lowercase()
}
