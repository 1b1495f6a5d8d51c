//! The groups and their rules as parts: names, marks of ownership, tags for Kubernetes. Pure.

use aws::names::security_group_name;
use aws::ownership::{CLUSTER_KEY, KIND_KEY};
use aws::tags::Tags;
use topology::ports::Group;

use crate::part_tags::{KUBERNETES, PartTags};
use crate::provider::Data;

/// The kind in rules' marks of ownership.
const RULE_KIND: &str = "security-group-rule";

/// The kind in a group's marks of ownership.
pub(super) fn kind(group: Group) -> &'static str {
    match group {
        Group::ApiLoadBalancer => "api-load-balancer-security-group",
        Group::ControlPlane => "control-plane-security-group",
        Group::ServiceLoadBalancer => "service-load-balancer-security-group",
        Group::Worker => "worker-security-group",
    }
}

/// A group's name, which no other of its VPC has.
pub(super) fn name(cluster: &str, group: Group) -> String {
    security_group_name(cluster, part(group))
}

/// What AWS shows as a group's description, and can't change.
pub(super) fn description(group: Group) -> &'static str {
    match group {
        Group::ApiLoadBalancer => "Load balancer of the Kubernetes API",
        Group::ControlPlane => "Control plane nodes of Kubernetes",
        Group::ServiceLoadBalancer => "Load balancer of Kubernetes services",
        Group::Worker => "Workers of Kubernetes",
    }
}

fn part(group: Group) -> &'static str {
    match group {
        Group::ApiLoadBalancer => "api-load-balancer",
        Group::ControlPlane => "control-plane",
        Group::ServiceLoadBalancer => "service-load-balancer",
        Group::Worker => "worker",
    }
}

/// The tags that Kubernetes looks for: of several groups on a node, its cloud controller takes the
/// one that has it.
/// <https://github.com/kubernetes/cloud-provider-aws/blob/master/pkg/providers/v1/tags.go>
pub(super) fn kubernetes_tags(cluster: &str) -> Tags {
    let key = format!("{KUBERNETES}cluster/{cluster}");
    Tags::from([(key, "owned".to_owned())])
}

/// A group's tags beside the user's.
pub(super) fn group_tags(data: &Data, cluster: &str, group: Group) -> PartTags {
    PartTags {
        marks: data.ownership(cluster, kind(group)).tags(),
        ..shown_tags(cluster, group)
    }
}

/// The same, but for the marks of ownership.
pub(super) fn shown_tags(cluster: &str, group: Group) -> PartTags {
    PartTags {
        kubernetes: if group.is_of_nodes() {
            kubernetes_tags(cluster)
        } else {
            Tags::new()
        },
        name: Some(name(cluster, group)),
        ..PartTags::default()
    }
}

/// A rule's tags beside the user's.
pub(super) fn rule_tags(data: &Data, cluster: &str) -> PartTags {
    PartTags {
        marks: data.ownership(cluster, RULE_KIND).tags(),
        ..PartTags::default()
    }
}

/// Whether a rule bears the cluster's marks. In a group that is ours it is ours then, whoever's
/// state named it.
pub(super) fn is_marked(cluster: &str, tags: &Tags) -> bool {
    let says = |key: &str, value: &str| tags.get(key).is_some_and(|found| found == value);
    says(CLUSTER_KEY, cluster) && says(KIND_KEY, RULE_KIND)
}
