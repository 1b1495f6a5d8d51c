//! Elastic Load Balancing, version 2: Network Load Balancers and what belongs to them.
//!
//! Reads of one object answer `None` where AWS says "not found"; deletes of what is gone succeed.

mod attributes;
mod listener;
mod load_balancer;
mod tagging;
mod target_group;
mod target_health;
#[cfg(test)]
mod tests;

use aws_types::SdkConfig;

pub use attributes::Attributes;
pub use listener::{Listener, ListenerSpec};
pub use load_balancer::{LoadBalancer, LoadBalancerState, NewLoadBalancer};
pub use target_group::{HealthCheck, NewTargetGroup, TargetGroup};
pub use target_health::TargetHealth;

use crate::clients::client_of;
use crate::coalesce::{Coalescer, Memory};
use crate::settings::{Service, Settings};
use crate::tags::Tags;

const SERVICE: Service = Service::Elbv2;

/// How many objects one Describe may name. AWS documents 20 for load balancers and tags, and
/// nothing for the rest, which keep to the same.
/// <https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_DescribeTags.html>
const BATCH: usize = 20;

/// How many load balancers or target groups a page of a list has at most.
/// <https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_DescribeLoadBalancers.html>
const PAGE: i32 = 400;

/// Elastic Load Balancing. Reads that arrive together share their calls.
#[derive(Debug)]
pub struct Elbv2 {
    client: aws_sdk_elasticloadbalancingv2::Client,
    load_balancers: Coalescer<String, LoadBalancer>,
    load_balancers_by_name: Coalescer<String, LoadBalancer>,
    target_groups: Coalescer<String, TargetGroup>,
    target_groups_by_look: Coalescer<target_group::Look, Vec<TargetGroup>>,
    listeners: Coalescer<String, Listener>,
    ssl_policies: Coalescer<String, ()>,
    tags: Coalescer<String, Tags>,
    /// What target groups' attributes were set to, or seen to be.
    target_group_attributes: Memory<String, Attributes>,
}

pub(crate) fn client(
    settings: &Settings,
    sdk: &SdkConfig,
) -> aws_sdk_elasticloadbalancingv2::Client {
    client_of!(aws_sdk_elasticloadbalancingv2, SERVICE, settings, sdk)
}

impl Elbv2 {
    pub(crate) fn new(client: aws_sdk_elasticloadbalancingv2::Client) -> Self {
        Self {
            load_balancers: load_balancer::by_arn(client.clone()),
            load_balancers_by_name: load_balancer::by_name(client.clone()),
            target_groups: target_group::by_arn(client.clone()),
            target_groups_by_look: target_group::by_look(client.clone()),
            listeners: listener::by_arn(client.clone()),
            ssl_policies: listener::ssl_policies(client.clone()),
            tags: tagging::by_arn(client.clone()),
            target_group_attributes: Memory::default(),
            client,
        }
    }
}
