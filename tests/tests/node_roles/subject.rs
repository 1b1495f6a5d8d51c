//! What the life-cycle harness needs to know of node roles.

use kubeha_tests::lifecycle::calls::Measured;
use kubeha_tests::lifecycle::{Aws, Calls, Lifecycle, Network, Size, Stage, Vanishing};
use serde_json::{Value as Json, json};

use crate::drifts::{DRIFT, DRIFTLESS};

/// The name of the provider's inline policy.
pub(crate) const POLICY: &str = "kubeha";

pub(crate) static SUBJECT: Lifecycle = Lifecycle {
    resource: "kubeha_node_roles",
    arguments,
    one_more: "session_manager = true",
    import_id,
    never_set: &[],
    vanishing: &[
        Vanishing {
            what: "a policy",
            delete: |aws, values| delete_policy(aws, text(values, "control_plane_role_name")),
            planned: &["update"],
        },
        Vanishing {
            what: "who may take on a role",
            delete: |aws, values| let_lambda_take(aws, text(values, "worker_role_name")),
            planned: &["update"],
        },
        Vanishing {
            what: "the role in an instance profile",
            delete: |aws, values| empty_profile(aws, text(values, "control_plane_role_name")),
            planned: &["update"],
        },
        Vanishing {
            what: "an instance profile",
            delete: |aws, values| delete_profile(aws, text(values, "worker_role_name")),
            planned: &["update"],
        },
        Vanishing {
            what: "a role",
            delete: |aws, values| delete_role(aws, values, "worker"),
            planned: &["update"],
        },
        Vanishing {
            what: "both roles",
            delete: |aws, values| {
                delete_role(aws, values, "worker");
                delete_role(aws, values, "control_plane");
            },
            planned: &["update"],
        },
        Vanishing {
            what: "all of it",
            delete: |aws, values| {
                for kind in ["worker", "control_plane"] {
                    delete_role(aws, values, kind);
                    let name = text(values, &format!("{kind}_role_name"));
                    aws.iam("DeleteInstanceProfile", &[("InstanceProfileName", name)]);
                }
            },
            planned: &["create"],
        },
    ],
    drift: DRIFT,
    driftless: DRIFTLESS,
    // What IAM has taken needs no wait: who launches nodes tries until EC2 has heard of it.
    waits: &[],
    calls: &[
        Calls {
            phase: Measured::Create,
            writes: &[
                ("iam:AddRoleToInstanceProfile", 2),
                ("iam:AttachRolePolicy", 3),
                ("iam:CreateInstanceProfile", 2),
                ("iam:CreateRole", 2),
                ("iam:PutRolePolicy", 2),
            ],
            // The writes; four names and AWS's policy at plan.
            floor: 11 + 5,
        },
        Calls {
            phase: Measured::Refresh,
            writes: &[],
            // Two roles, each with its policy, what is attached to it, and its instance profile.
            floor: 2 * 4,
        },
        Calls {
            phase: Measured::Update,
            writes: &[("iam:PutRolePolicy", 2)],
            // A refresh that needn't know what is attached, and the writes.
            floor: 2 * 3 + 2,
        },
        Calls {
            phase: Measured::Destroy,
            writes: &[
                ("iam:DeleteInstanceProfile", 2),
                ("iam:DeleteRole", 2),
                ("iam:DeleteRolePolicy", 2),
                ("iam:DetachRolePolicy", 3),
                ("iam:RemoveRoleFromInstanceProfile", 2),
            ],
            // A refresh and the writes.
            floor: 8 + 11,
        },
    ],
};

/// A policy of AWS's own.
const READ_IMAGES: &str = "arn:aws:iam::aws:policy/AmazonEC2ContainerRegistryReadOnly";

/// A key that nothing asks for.
const KEY: &str = "arn:aws:kms:us-east-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab";

fn arguments(network: &Network, size: Size) -> String {
    let [one, two, three] = &network.policies;
    match size {
        Size::Minimal => String::new(),
        Size::Full => format!(
            r#"
            cluster_name              = "acc"
            path                      = "/"
            permissions_boundary      = "{one}"
            control_plane_role_name   = "acc-control-plane"
            worker_role_name          = "acc-worker"
            control_plane_policy_arns = ["{one}", "{two}"]
            worker_policy_arns        = ["{READ_IMAGES}"]
            cloud_controller          = false
            ebs_csi                   = true
            cluster_autoscaler        = true
            ecr_read                  = true
            session_manager           = true
            pki_parameter_path        = "/kubeha/acc/pki"
            pki_kms_key_arn           = "{KEY}"
            tags                      = {{ team = "a", env = "test" }}
            timeouts {{
              create = "4m"
              update = "4m"
              delete = "4m"
            }}
            "#
        ),
        Size::Changed => format!(
            r#"
            control_plane_policy_arns = ["{two}", "{three}"]
            worker_policy_arns        = ["{one}"]
            cloud_controller          = true
            ebs_csi                   = false
            cluster_autoscaler        = false
            ecr_read                  = false
            session_manager           = false
            pki_parameter_path        = "/other/pki"
            tags                      = {{ team = "b" }}
            "#
        ),
    }
}

fn import_id(_: &Network, values: &Json) -> String {
    let names = ["control_plane_role_name", "worker_role_name"].map(|name| text(values, name));
    names.join(",")
}

/// Sets a tag of all parts.
pub(crate) fn set_tag(stage: &Stage, key: &str, value: &str) {
    let values = stage.values();
    for name in ["control_plane_role_name", "worker_role_name"] {
        let name = text(&values, name);
        for of in ["Role", "InstanceProfile"] {
            tag(&stage.aws, of, name, key, value);
        }
    }
}

/// Sets a tag of one part: a `Role` or an `InstanceProfile`.
pub(crate) fn tag(aws: &Aws, of: &str, name: &str, key: &str, value: &str) {
    let named = format!("{of}Name");
    let parameters = [
        (named.as_str(), name),
        ("Tags.member.1.Key", key),
        ("Tags.member.1.Value", value),
    ];
    aws.iam(&format!("Tag{of}"), &parameters);
}

/// A text attribute.
pub(crate) fn text<'a>(values: &'a Json, name: &str) -> &'a str {
    values[name]
        .as_str()
        .unwrap_or_else(|| panic!("no {name} in {values:#}"))
}

fn delete_policy(aws: &Aws, role: &str) {
    let parameters = [("RoleName", role), ("PolicyName", POLICY)];
    aws.iam("DeleteRolePolicy", &parameters);
}

/// Replaces the policy that lets EC2 take on a role.
fn let_lambda_take(aws: &Aws, role: &str) {
    let document = json!({
        "Version": "2012-10-17",
        "Statement": [{
            "Effect": "Allow",
            "Principal": { "Service": "lambda.amazonaws.com" },
            "Action": "sts:AssumeRole",
        }],
    });
    let document = document.to_string();
    let parameters = [("RoleName", role), ("PolicyDocument", document.as_str())];
    aws.iam("UpdateAssumeRolePolicy", &parameters);
}

/// Takes the role out of the instance profile of its name.
pub(crate) fn empty_profile(aws: &Aws, name: &str) {
    let parameters = [("InstanceProfileName", name), ("RoleName", name)];
    aws.iam("RemoveRoleFromInstanceProfile", &parameters);
}

fn delete_profile(aws: &Aws, name: &str) {
    empty_profile(aws, name);
    aws.iam("DeleteInstanceProfile", &[("InstanceProfileName", name)]);
}

/// Deletes a role, and leaves its instance profile without one.
fn delete_role(aws: &Aws, values: &Json, kind: &str) {
    let name = text(values, &format!("{kind}_role_name"));
    let arns = values[format!("{kind}_policy_arns")].as_array();
    for arn in arns.into_iter().flatten() {
        let parameters = [("RoleName", name), ("PolicyArn", arn.as_str().unwrap())];
        aws.iam("DetachRolePolicy", &parameters);
    }
    delete_policy(aws, name);
    empty_profile(aws, name);
    aws.iam("DeleteRole", &[("RoleName", name)]);
}
