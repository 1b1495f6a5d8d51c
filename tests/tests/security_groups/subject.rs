//! What the life-cycle harness needs to know of the security groups.

use kubeha_tests::lifecycle::calls::Measured;
use kubeha_tests::lifecycle::{
    Aws, Calls, Lifecycle, Network, Phase, Size, Stage, Vanishing, Waiting,
};
use serde_json::Value as Json;

use crate::drifts::{DRIFT, DRIFTLESS};

pub(crate) static SUBJECT: Lifecycle = Lifecycle {
    resource: "kubeha_security_groups",
    arguments,
    one_more: "ssh_allowed_cidrs = [\"10.9.0.0/16\"]",
    import_id: |network, _| format!("{}/acc", network.vpc_id),
    never_set: &[],
    vanishing: &[
        Vanishing {
            what: "the rule by which etcd's members reach each other",
            delete: |aws, values| revoke(aws, values, "control_plane", &["<fromPort>2379<"]),
            planned: &["update"],
        },
        Vanishing {
            what: "the rule by which the API's load balancer reaches API servers",
            delete: |aws, values| {
                let needles = ["<isEgress>true<", "<ipProtocol>tcp<"];
                revoke(aws, values, "api_load_balancer", &needles);
            },
            planned: &["update"],
        },
        Vanishing {
            what: "a worker's way out",
            delete: |aws, values| revoke(aws, values, "worker", &["<cidrIpv4>0.0.0.0/0<"]),
            planned: &["update"],
        },
        Vanishing {
            what: "the tag by which Kubernetes finds the workers' group",
            delete: |aws, values| {
                let id = id(values, "worker");
                untag(aws, id, "kubernetes.io/cluster/acc");
            },
            planned: &["update"],
        },
        Vanishing {
            what: "the workers' group",
            delete: |aws, values| delete_groups(aws, values, &["worker"]),
            planned: &["update"],
        },
        Vanishing {
            what: "all but the workers' group",
            delete: |aws, values| {
                let groups = [
                    "api_load_balancer",
                    "control_plane",
                    "service_load_balancer",
                ];
                delete_groups(aws, values, &groups);
            },
            planned: &["update"],
        },
        Vanishing {
            what: "all of them",
            delete: |aws, values| delete_groups(aws, values, &GROUPS),
            planned: &["create"],
        },
    ],
    drift: DRIFT,
    driftless: DRIFTLESS,
    waits: &[
        Waiting {
            what: "for the groups to be seen",
            phase: Phase::Create,
            after: "ec2:CreateSecurityGroup",
            nth: 4,
            polls: "ec2:DescribeSecurityGroupRules",
        },
        Waiting {
            what: "for the groups to be unused",
            phase: Phase::Destroy,
            after: "ec2:DescribeSecurityGroupRules",
            nth: 2,
            polls: "ec2:DescribeNetworkInterfaces",
        },
        Waiting {
            what: "for a group to be unused",
            phase: Phase::Destroy,
            after: "ec2:DeleteSecurityGroup",
            nth: 1,
            polls: "ec2:DeleteSecurityGroup",
        },
    ],
    calls: &[
        Calls {
            phase: Measured::Create,
            writes: &[
                ("ec2:AuthorizeSecurityGroupEgress", 4),
                ("ec2:AuthorizeSecurityGroupIngress", 4),
                ("ec2:CreateSecurityGroup", 4),
                ("ec2:CreateTags", 1),
                ("ec2:RevokeSecurityGroupEgress", 2),
                ("ec2:UpdateSecurityGroupRuleDescriptionsEgress", 2),
            ],
            // The writes; the VPC and the names at plan; a wait.
            floor: 17 + 2 + 1,
        },
        Calls {
            phase: Measured::Refresh,
            writes: &[],
            // Groups and rules.
            floor: 2,
        },
        Calls {
            phase: Measured::Update,
            writes: &[("ec2:AuthorizeSecurityGroupIngress", 2)],
            // A refresh, and the writes.
            floor: 2 + 2,
        },
        Calls {
            phase: Measured::Destroy,
            writes: &[
                ("ec2:DeleteSecurityGroup", 4),
                ("ec2:RevokeSecurityGroupEgress", 2),
                ("ec2:RevokeSecurityGroupIngress", 4),
            ],
            // A refresh, what has the groups, the writes.
            floor: 2 + 1 + 10,
        },
    ],
};

fn arguments(network: &Network, size: Size) -> String {
    let rest = match size {
        Size::Minimal => "api_allowed_cidrs = [\"10.0.0.0/8\"]",
        Size::Full => {
            r#"
            cluster_name              = "acc"
            cni                       = "calico"
            api_allowed_cidrs         = ["10.0.0.0/8", "2001:db8::/32"]
            api_port                  = 443
            api_target_port           = 6443
            service_allowed_cidrs     = ["0.0.0.0/0"]
            service_ports             = [443]
            service_node_ports        = ["30000-30010", "10254"]
            schedulable_control_plane = true
            enable_metrics_ports      = true
            ssh_allowed_cidrs         = ["10.9.0.0/16"]
            exclusive                 = true
            tags                      = { team = "a", env = "test" }
            timeouts {
              create = "5m"
              update = "5m"
              delete = "5m"
            }
            "#
        }
        Size::Changed => {
            r#"
            cni                       = "flannel"
            api_allowed_cidrs         = ["192.168.0.0/16"]
            api_port                  = 6443
            api_target_port           = 8443
            service_allowed_cidrs     = ["10.0.0.0/8"]
            service_ports             = [80, 443]
            service_node_ports        = ["31000"]
            schedulable_control_plane = false
            enable_metrics_ports      = false
            ssh_allowed_cidrs         = []
            exclusive                 = false
            tags                      = { team = "b" }
            "#
        }
    };
    format!("vpc_id = \"{}\"\n{rest}", network.vpc_id)
}

/// The groups, as the attributes that hold their ids name them.
pub(crate) const GROUPS: [&str; 4] = [
    "api_load_balancer",
    "control_plane",
    "service_load_balancer",
    "worker",
];

/// A group's id.
pub(crate) fn id<'a>(values: &'a Json, group: &str) -> &'a str {
    let name = format!("{group}_id");
    let id = values[&name].as_str();
    id.unwrap_or_else(|| panic!("no {name} in {values:#}"))
}

/// Ids and texts of a group's rules.
pub(crate) fn rules_of(aws: &Aws, group: &str) -> Vec<(String, String)> {
    let filter = [("Filter.1.Name", "group-id"), ("Filter.1.Value.1", group)];
    let found = aws.ec2("DescribeSecurityGroupRules", &filter);
    let rules = found.pieces("securityGroupRuleId").into_iter();
    rules
        .map(|text| (text.split('<').next().unwrap_or_default().to_owned(), text))
        .collect()
}

/// Takes away a group's rules whose texts have all of these in them.
pub(crate) fn revoke(aws: &Aws, values: &Json, group: &str, needles: &[&str]) {
    let id = id(values, group);
    let rules = rules_of(aws, id);
    let fits = |text: &str| needles.iter().all(|needle| text.contains(needle));
    let mut revoked = 0;
    for (rule, text) in rules.iter().filter(|(_, text)| fits(text)) {
        revoke_one(aws, id, rule, text);
        revoked += 1;
    }
    assert!(revoked > 0, "no such rule: {rules:#?}");
}

fn revoke_one(aws: &Aws, group: &str, rule: &str, text: &str) {
    let action = if text.contains("<isEgress>true<") {
        "RevokeSecurityGroupEgress"
    } else {
        "RevokeSecurityGroupIngress"
    };
    aws.ec2(
        action,
        &[("GroupId", group), ("SecurityGroupRuleId.1", rule)],
    );
}

/// Deletes groups, and before that all rules about them.
fn delete_groups(aws: &Aws, values: &Json, groups: &[&str]) {
    let gone: Vec<_> = groups.iter().map(|group| id(values, group)).collect();
    for group in GROUPS.map(|group| id(values, group)) {
        for (rule, text) in rules_of(aws, group) {
            let about = text.split_once("<referencedGroupInfo>");
            let is_about = |id: &&str| about.is_some_and(|(_, peer)| peer.contains(*id));
            if gone.iter().any(is_about) {
                revoke_one(aws, group, &rule, &text);
            }
        }
    }
    for id in gone {
        aws.ec2("DeleteSecurityGroup", &[("GroupId", id)]);
    }
}

/// Lets something through, as somebody else would.
pub(crate) fn authorize(aws: &Aws, group: &str, port: &str, from: &str) {
    let parameters = [
        ("GroupId", group),
        ("IpPermissions.1.IpProtocol", "tcp"),
        ("IpPermissions.1.FromPort", port),
        ("IpPermissions.1.ToPort", port),
        ("IpPermissions.1.IpRanges.1.CidrIp", from),
        ("IpPermissions.1.IpRanges.1.Description", "by somebody"),
    ];
    aws.ec2("AuthorizeSecurityGroupIngress", &parameters);
}

/// Sets a tag of all groups and rules.
pub(crate) fn set_tag(stage: &Stage, key: &str, value: &str) {
    let values = stage.values();
    for group in GROUPS.map(|group| id(&values, group)) {
        tag(&stage.aws, group, key, value);
        for (rule, _) in rules_of(&stage.aws, group) {
            tag(&stage.aws, &rule, key, value);
        }
    }
}

/// Sets a tag of one object.
pub(crate) fn tag(aws: &Aws, id: &str, key: &str, value: &str) {
    let parameters = [
        ("ResourceId.1", id),
        ("Tag.1.Key", key),
        ("Tag.1.Value", value),
    ];
    aws.ec2("CreateTags", &parameters);
}

/// Removes a tag of one object.
pub(crate) fn untag(aws: &Aws, id: &str, key: &str) {
    aws.ec2("DeleteTags", &[("ResourceId.1", id), ("Tag.1.Key", key)]);
}
