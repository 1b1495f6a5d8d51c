//! How each attribute of node roles can change behind Terraform's back.

use kubeha_tests::lifecycle::{Aws, Drift, Network};
use serde_json::{Value as Json, json};

use crate::subject::{POLICY, tag};

/// The cases.
pub(crate) const DRIFT: &[Drift] = &[
    Drift {
        also: &["worker_permissions_boundary"],
        ..Drift::of("permissions_boundary", "of workers", |aws, network, _| {
            let parameters = [
                ("RoleName", WORKER),
                ("PermissionsBoundary", network.policies[1].as_str()),
            ];
            aws.iam("PutRolePermissionsBoundary", &parameters);
        })
    },
    Drift {
        also: &["control_plane_permissions_boundary"],
        ..Drift::of("permissions_boundary", "lifted", |aws, _, _| {
            let parameters = [("RoleName", CONTROL_PLANE)];
            aws.iam("DeleteRolePermissionsBoundary", &parameters);
        })
    },
    Drift::of(
        "control_plane_policy_arns",
        "one more",
        |aws, network, _| {
            attach(aws, "AttachRolePolicy", CONTROL_PLANE, &network.policies[2]);
        },
    ),
    Drift::of(
        "control_plane_policy_arns",
        "one less",
        |aws, network, _| {
            attach(aws, "DetachRolePolicy", CONTROL_PLANE, &network.policies[0]);
        },
    ),
    Drift::of("worker_policy_arns", "one more", |aws, network, _| {
        attach(aws, "AttachRolePolicy", WORKER, &network.policies[1]);
    }),
    control_plane("cloud_controller", |aws, _, _| {
        edit(aws, CONTROL_PLANE, |policy| {
            let statement = json!({
                "Sid": "CloudControllerDescribe",
                "Effect": "Allow",
                "Action": "ec2:DescribeVpcs",
                "Resource": "*",
            });
            policy["Statement"].as_array_mut().unwrap().push(statement);
        });
    }),
    control_plane("ebs_csi", |aws, _, _| {
        edit(aws, CONTROL_PLANE, |policy| without(policy, "EbsCsi"));
    }),
    control_plane("cluster_autoscaler", |aws, _, _| {
        edit(aws, CONTROL_PLANE, |policy| without(policy, "Autoscaler"));
    }),
    control_plane("session_manager", |aws, _, _| {
        edit(aws, CONTROL_PLANE, |policy| {
            without(policy, "SessionManager");
        });
    }),
    worker("ecr_read", |aws, _, _| {
        edit(aws, WORKER, |policy| without(policy, "EcrRead"));
    }),
    worker("pki_parameter_path", |aws, _, _| {
        edit(aws, WORKER, |policy| {
            replace(policy, "/kubeha/acc/", "/kubeha/x/");
        });
    }),
    control_plane("pki_kms_key_arn", |aws, _, _| {
        edit(aws, CONTROL_PLANE, |policy| {
            replace(policy, "key/1234", "key/5678");
        });
    }),
    Drift::tags("of a role, another value", |aws, _, _| {
        tag(aws, "Role", WORKER, "team", "z");
    }),
    Drift::tags("of an instance profile, one more", |aws, _, _| {
        tag(aws, "InstanceProfile", CONTROL_PLANE, "more", "z");
    }),
    Drift::tags("of an instance profile, one less", |aws, _, _| {
        let parameters = [("InstanceProfileName", WORKER), ("TagKeys.member.1", "env")];
        aws.iam("UntagInstanceProfile", &parameters);
    }),
    // One key to IAM, so the old form goes with the new one.
    Drift::tags("of a role, a key in another case", |aws, _, _| {
        tag(aws, "Role", CONTROL_PLANE, "Team", "a");
    }),
];

/// What can't drift.
pub(crate) const DRIFTLESS: &[(&str, &str)] = &[
    (
        "cluster_name",
        "not AWS's: it stands in a mark of ownership, which is set when it is made",
    ),
    ("path", "IAM can't change the path of a role"),
    ("control_plane_role_name", "IAM can't rename a role"),
    ("worker_role_name", "IAM can't rename a role"),
];

pub(crate) const CONTROL_PLANE: &str = "acc-control-plane";
pub(crate) const WORKER: &str = "acc-worker";

const fn control_plane(attribute: &'static str, change: fn(&Aws, &Network, &Json)) -> Drift {
    Drift {
        also: &["control_plane_policy"],
        ..Drift::of(attribute, "", change)
    }
}

const fn worker(attribute: &'static str, change: fn(&Aws, &Network, &Json)) -> Drift {
    Drift {
        also: &["worker_policy"],
        ..Drift::of(attribute, "", change)
    }
}

fn attach(aws: &Aws, action: &str, role: &str, arn: &str) {
    aws.iam(action, &[("RoleName", role), ("PolicyArn", arn)]);
}

/// Changes the policy that a role has.
pub(crate) fn edit(aws: &Aws, role: &str, change: impl FnOnce(&mut Json)) {
    let named = [("RoleName", role), ("PolicyName", POLICY)];
    let text = aws.iam("GetRolePolicy", &named).text("PolicyDocument");
    let text = form_urlencoded::parse(format!("d={}", text.replace('+', "%2B")).as_bytes())
        .next()
        .unwrap()
        .1
        .into_owned();
    let mut policy = serde_json::from_str(&text).unwrap();
    change(&mut policy);
    let document = policy.to_string();
    let parameters = [named[0], named[1], ("PolicyDocument", &document)];
    aws.iam("PutRolePolicy", &parameters);
}

/// Takes out the statements whose names begin so.
fn without(policy: &mut Json, beginning: &str) {
    let statements = policy["Statement"].as_array_mut().unwrap();
    let before = statements.len();
    statements.retain(|one| !one["Sid"].as_str().unwrap().starts_with(beginning));
    assert!(statements.len() < before, "no {beginning}");
}

fn replace(policy: &mut Json, from: &str, to: &str) {
    let text = policy.to_string();
    assert!(text.contains(from), "no {from} in {text}");
    *policy = serde_json::from_str(&text.replace(from, to)).unwrap();
}
