//! How each attribute of the security groups can change behind Terraform's back.

use kubeha_tests::lifecycle::Drift;

use crate::subject::{id, rules_of, tag, untag};

/// The cases.
pub(crate) const DRIFT: &[Drift] = &[
    Drift::tags(
        "of a load balancer's group, another value",
        |aws, _, values| {
            tag(aws, id(values, "api_load_balancer"), "team", "z");
        },
    ),
    Drift::tags("of a group of nodes, another name", |aws, _, values| {
        tag(aws, id(values, "worker"), "Name", "z");
    }),
    Drift::tags("of a group, one more", |aws, _, values| {
        tag(aws, id(values, "service_load_balancer"), "more", "z");
    }),
    Drift::tags("of a rule, one less", |aws, _, values| {
        let (rule, _) = &rules_of(aws, id(values, "control_plane"))[0];
        untag(aws, rule, "env");
    }),
];

/// What can't drift by itself: it is seen in `rules`, which follow from it.
pub(crate) const DRIFTLESS: &[(&str, &str)] = &[
    ("api_allowed_cidrs", IN_RULES),
    ("api_port", IN_RULES),
    ("api_target_port", IN_RULES),
    (
        "cluster_name",
        "not AWS's: it stands in a mark of ownership, which is set when it is made",
    ),
    ("cni", IN_RULES),
    ("enable_metrics_ports", IN_RULES),
    (
        "exclusive",
        "not AWS's: rules of others show in `foreign_rules`",
    ),
    ("schedulable_control_plane", IN_RULES),
    ("service_allowed_cidrs", IN_RULES),
    ("service_node_ports", IN_RULES),
    ("service_ports", IN_RULES),
    ("ssh_allowed_cidrs", IN_RULES),
    ("vpc_id", "a group can't change its VPC"),
];

const IN_RULES: &str = "a rule that follows from it and is gone or changed shows in `rules`";
