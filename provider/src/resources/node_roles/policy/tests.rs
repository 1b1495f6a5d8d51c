//! Policies as they are written, and what they allow.

use std::path::Path;

use ::pki::Part;
use serde_json::Value as Json;

use super::evaluator::{Call, is_allowed};
use super::*;
use crate::authorities::Layout;

fn scope() -> Scope {
    Scope::of("arn:aws:iam::123456789012:role/prod-worker", "eu-west-1").unwrap()
}

fn everything() -> Grants {
    Grants {
        cluster: "prod".to_owned(),
        cloud_controller: true,
        ebs_csi: true,
        cluster_autoscaler: true,
        ecr_read: true,
        session_manager: true,
        pki: Some(Pki {
            path: "/kubeha/prod/pki".to_owned(),
            key_arn: Some("arn:aws:kms:eu-west-1:123456789012:key/1".to_owned()),
        }),
    }
}

fn nothing() -> Grants {
    Grants {
        cluster: "prod".to_owned(),
        ..Grants::default()
    }
}

/// With `UPDATE_GOLDEN=1` the files are written instead.
#[track_caller]
fn is_golden(name: &str, policy: &Policy) {
    let parsed: Json = serde_json::from_str(&policy.text()).unwrap();
    let text = format!("{parsed:#}\n");
    let file = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("src/resources/node_roles/policy/golden")
        .join(name);
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        std::fs::write(&file, &text).unwrap();
    }
    let golden = std::fs::read_to_string(&file).unwrap_or_default();
    assert_eq!(text, golden, "UPDATE_GOLDEN=1 writes {}", file.display());
}

#[test]
fn policies_are_these() {
    let policy = |kind, grants: &Grants| policy(kind, grants, &scope());
    is_golden(
        "control_plane_all.json",
        &policy(Kind::ControlPlane, &everything()),
    );
    is_golden(
        "control_plane_least.json",
        &policy(Kind::ControlPlane, &nothing()),
    );
    is_golden("worker_all.json", &policy(Kind::Worker, &everything()));
    is_golden("worker_least.json", &policy(Kind::Worker, &nothing()));
    is_golden("trust.json", &trust("eu-west-1"));
}

#[test]
fn china_has_its_own_names() {
    assert!(trust("cn-north-1").text().contains("ec2.amazonaws.com.cn"));
    let scope = Scope::of("arn:aws-cn:iam::123456789012:role/a", "cn-north-1").unwrap();
    let text = policy(Kind::ControlPlane, &everything(), &scope).text();
    let ours = text.replace("arn:aws:kms:eu-west-1:123456789012:key/1", "");
    assert!(!ours.contains("arn:aws:"), "{ours}");
}

/// 10,240 characters are for all inline policies of a role; what is left is the user's.
#[test]
fn all_of_it_fits_with_room_to_spare() {
    let grants = Grants {
        cluster: "x".repeat(106),
        ..everything()
    };
    for kind in Kind::ALL {
        let size = policy(kind, &grants, &Scope::longest()).size();
        assert!(size < MAX_SIZE - 1_000, "{kind:?}: {size}");
    }
}

#[test]
fn what_a_policy_grants_can_be_read_from_it() {
    let other = |change: fn(&mut Grants)| {
        let mut grants = everything();
        change(&mut grants);
        grants
    };
    for grants in [
        everything(),
        nothing(),
        other(|grants| grants.cloud_controller = false),
        other(|grants| grants.ebs_csi = false),
        other(|grants| grants.cluster_autoscaler = false),
        other(|grants| grants.ecr_read = false),
        other(|grants| grants.session_manager = false),
        other(|grants| grants.pki.as_mut().unwrap().key_arn = None),
        other(|grants| grants.pki.as_mut().unwrap().path = "/other".to_owned()),
    ] {
        for before in [everything(), nothing()] {
            let policy = |kind| policy(kind, &grants, &scope());
            let kind = Kind::ControlPlane;
            assert_eq!(before.read(kind, &policy(kind), &scope()), grants);
            let kind = Kind::Worker;
            let found = before.read(kind, &policy(kind), &scope());
            assert_eq!(found.pki, grants.pki);
            assert_eq!(found.ecr_read, grants.ecr_read);
            assert_eq!(found.session_manager, grants.session_manager);
            // Of what only the control plane is granted a worker's policy says nothing.
            assert_eq!(found.cloud_controller, before.cloud_controller);
        }
    }
}

const GROUP: &str = "arn:aws:autoscaling:eu-west-1:123456789012:autoScalingGroup:\
                     1-2:autoScalingGroupName/prod-worker-a";
const BALANCER: &str = "arn:aws:elasticloadbalancing:eu-west-1:123456789012:loadbalancer/net/a/1";
const FIREWALL: &str = "arn:aws:ec2:eu-west-1:123456789012:security-group/sg-1";
const VOLUME: &str = "arn:aws:ec2:eu-west-1:123456789012:volume/vol-1";
const SNAPSHOT: &str = "arn:aws:ec2:eu-west-1::snapshot/snap-1";
const INSTANCE: &str = "arn:aws:ec2:eu-west-1:123456789012:instance/i-1";
const KEY: &str = "arn:aws:kms:eu-west-1:123456789012:key/1";

const OURS: (&str, &str) = ("aws:ResourceTag/kubeha.io/cluster", "prod");
const THEIRS: (&str, &str) = ("aws:ResourceTag/kubeha.io/cluster", "other");
const OWNED: (&str, &str) = ("aws:ResourceTag/kubernetes.io/cluster/prod", "owned");
const SHARED: (&str, &str) = ("aws:ResourceTag/kubernetes.io/cluster/prod", "shared");
const OWNED_BY_OTHERS: (&str, &str) = ("aws:ResourceTag/kubernetes.io/cluster/other", "owned");
const TAGGING: (&str, &str) = ("aws:RequestTag/kubernetes.io/cluster/prod", "owned");
const TAGGING_OTHERS: (&str, &str) = ("aws:RequestTag/kubernetes.io/cluster/other", "owned");
const SCALED: (&str, &str) = ("aws:ResourceTag/k8s.io/cluster-autoscaler/enabled", "true");
const VIA: (&str, &str) = ("kms:ViaService", "ssm.eu-west-1.amazonaws.com");

fn parameter(name: &str) -> String {
    format!("arn:aws:ssm:eu-west-1:123456789012:parameter{name}")
}

/// The kinds of nodes to which everything is granted and that may do this.
fn who_may(action: &str, resource: &str, context: &[(&str, &str)]) -> Vec<Kind> {
    let call = Call {
        action,
        resource,
        context,
    };
    let may = |kind: &Kind| is_allowed(&policy(*kind, &everything(), &scope()).text(), &call);
    Kind::ALL.into_iter().filter(may).collect()
}

const NOBODY: [Kind; 0] = [];
const CONTROL_PLANE: [Kind; 1] = [Kind::ControlPlane];
const BOTH: [Kind; 2] = Kind::ALL;

/// Action, resource, and what IAM knows of the call.
type Tried<'a> = (&'a str, &'a str, &'a [(&'a str, &'a str)]);

#[track_caller]
fn may<const N: usize>(who: [Kind; N], calls: &[Tried<'_>]) {
    for (action, resource, context) in calls {
        let found = who_may(action, resource, context);
        assert_eq!(found, who, "{action} {resource} {context:?}");
    }
}

/// The layout by which `kubeha_pki` names its parameters, at the path that is granted.
fn layout() -> Layout {
    Layout::new("/kubeha/prod/pki")
}

/// The private keys that a `kubeha_pki` makes: of each part, before, in and after a rotation.
fn private_keys() -> Vec<String> {
    let generations = |part| [1, 2, 10].map(|generation| layout().private(part, generation));
    Part::ALL.into_iter().flat_map(generations).collect()
}

#[test]
fn private_keys_are_the_control_planes() {
    for name in private_keys() {
        let key = &parameter(&name);
        may(
            CONTROL_PLANE,
            &[
                ("ssm:GetParameter", key, &[]),
                ("ssm:GetParameters", key, &[]),
            ],
        );
        let context = ("kms:EncryptionContext:PARAMETER_ARN", key.as_str());
        may(CONTROL_PLANE, &[("kms:Decrypt", KEY, &[VIA, context])]);
        // Nodes read authorities; they never make or replace them.
        may(
            NOBODY,
            &[
                ("ssm:PutParameter", key, &[]),
                ("ssm:DeleteParameter", key, &[]),
                ("ssm:GetParameterHistory", key, &[]),
                ("kms:Encrypt", KEY, &[VIA, context]),
            ],
        );
    }
    let by_path = parameter(&layout().all_private());
    may(CONTROL_PLANE, &[("ssm:GetParametersByPath", &by_path, &[])]);
}

#[test]
fn certificates_and_join_material_are_for_every_node() {
    for part in Part::ALL {
        let public = parameter(&layout().public(part));
        may(
            BOTH,
            &[
                ("ssm:GetParameter", &public, &[]),
                ("ssm:GetParameters", &public, &[]),
            ],
        );
        may(
            NOBODY,
            &[
                ("ssm:PutParameter", &public, &[]),
                ("ssm:DeleteParameter", &public, &[]),
            ],
        );
    }
    let token = parameter("/kubeha/prod/pki/join/token");
    let public = parameter("/kubeha/prod/pki/public");
    let join = parameter("/kubeha/prod/pki/join");
    may(
        BOTH,
        &[
            ("ssm:GetParameters", &token, &[]),
            ("ssm:GetParametersByPath", &public, &[]),
            ("ssm:GetParametersByPath", &join, &[]),
        ],
    );
    may(CONTROL_PLANE, &[("ssm:PutParameter", &token, &[])]);
}

#[test]
fn other_clusters_authorities_are_nobodys() {
    for name in [
        "/kubeha/other/pki/public/etcd/certificate",
        "/kubeha/other/pki/private/etcd/private_key_1",
        "/kubeha/prod/pki2/private/etcd/private_key_1",
        // Those of kubeha_certificate are for other machines.
        "/kubeha/prod/certificates/etcd-0/certificate",
        "/kubeha/prod/certificates/etcd-0/private_key",
        "/kubeha/prod/pki-private/etcd",
        "/app/password",
    ] {
        may(NOBODY, &[("ssm:GetParameter", &parameter(name), &[])]);
    }
    let elsewhere = "arn:aws:ssm:us-east-1:123456789012:parameter/kubeha/prod/pki/public/a";
    may(NOBODY, &[("ssm:GetParameter", elsewhere, &[])]);
}

/// Reading by path from above would show what is below, denied or not.
#[test]
fn no_other_policy_lets_workers_read_private_keys() {
    let own = policy(Kind::Worker, &everything(), &scope()).text();
    let mut both: Json = serde_json::from_str(&own).unwrap();
    let open = serde_json::json!({"Effect": "Allow", "Action": "*", "Resource": "*"});
    both["Statement"].as_array_mut().unwrap().push(open);
    let both = both.to_string();
    let allowed = |action, name: &str| {
        let resource = parameter(name);
        let call = Call {
            action,
            resource: &resource,
            context: &[],
        };
        is_allowed(&both, &call)
    };
    for action in [
        "ssm:GetParameter",
        "ssm:GetParameters",
        "ssm:GetParameterHistory",
        "ssm:PutParameter",
    ] {
        for name in private_keys() {
            assert!(!allowed(action, &name), "{action} {name}");
        }
        assert!(allowed(action, "/app/password"));
    }
    for path in [
        "/",
        "/kubeha",
        "/kubeha/",
        "/kubeha/prod",
        "/kubeha/prod/pki",
        "/kubeha/prod/pki/",
        "/kubeha/prod/pki/private",
        "/kubeha/prod/pki/private/etcd",
    ] {
        assert!(!allowed("ssm:GetParametersByPath", path), "{path}");
    }
    assert!(allowed("ssm:GetParametersByPath", "/app"));
    assert!(allowed("ssm:GetParametersByPath", "/kubeha/other"));
}

#[test]
fn the_key_is_used_for_the_clusters_parameters_alone() {
    let context = |name: &'static str| ("kms:EncryptionContext:PARAMETER_ARN", name);
    let private = context(
        "arn:aws:ssm:eu-west-1:123456789012:parameter/kubeha/prod/pki/private/etcd/private_key_1",
    );
    let join = context("arn:aws:ssm:eu-west-1:123456789012:parameter/kubeha/prod/pki/join/token");
    let other = context("arn:aws:ssm:eu-west-1:123456789012:parameter/app/password");
    may(CONTROL_PLANE, &[("kms:Decrypt", KEY, &[VIA, private])]);
    may(BOTH, &[("kms:Decrypt", KEY, &[VIA, join])]);
    may(CONTROL_PLANE, &[("kms:Encrypt", KEY, &[VIA, join])]);
    may(
        NOBODY,
        &[
            ("kms:Decrypt", KEY, &[]),
            ("kms:Decrypt", KEY, &[private]),
            ("kms:Decrypt", KEY, &[VIA, other]),
            (
                "kms:Decrypt",
                KEY,
                &[("kms:ViaService", "s3.eu-west-1.amazonaws.com"), private],
            ),
            ("kms:Encrypt", KEY, &[VIA, private]),
            (
                "kms:Decrypt",
                "arn:aws:kms:eu-west-1:123456789012:key/2",
                &[VIA, private],
            ),
            ("kms:CreateGrant", KEY, &[VIA]),
        ],
    );
}

#[test]
fn a_node_speaks_for_groups_of_its_cluster() {
    let complete = "autoscaling:CompleteLifecycleAction";
    let beat = "autoscaling:RecordLifecycleActionHeartbeat";
    may(
        CONTROL_PLANE,
        &[(complete, GROUP, &[OURS]), (beat, GROUP, &[OURS])],
    );
    may(
        NOBODY,
        &[
            (complete, GROUP, &[]),
            (complete, GROUP, &[THEIRS]),
            (beat, GROUP, &[THEIRS]),
        ],
    );
}

#[test]
fn only_groups_that_are_marked_for_it_are_scaled() {
    for action in [
        "autoscaling:SetDesiredCapacity",
        "autoscaling:TerminateInstanceInAutoScalingGroup",
    ] {
        may(CONTROL_PLANE, &[(action, GROUP, &[OURS, SCALED])]);
        may(
            NOBODY,
            &[
                // The control plane's own group is not marked.
                (action, GROUP, &[OURS]),
                (action, GROUP, &[THEIRS, SCALED]),
                (action, GROUP, &[]),
            ],
        );
    }
    may(
        NOBODY,
        &[
            ("autoscaling:UpdateAutoScalingGroup", GROUP, &[OURS, SCALED]),
            ("autoscaling:DeleteAutoScalingGroup", GROUP, &[OURS, SCALED]),
            ("autoscaling:CreateOrUpdateTags", GROUP, &[OURS, SCALED]),
        ],
    );
}

#[test]
fn nobody_ends_or_changes_instances() {
    for action in [
        "ec2:TerminateInstances",
        "ec2:StopInstances",
        "ec2:RunInstances",
        "ec2:ModifyInstanceAttribute",
        "ec2:CreateTags",
        "iam:PassRole",
    ] {
        may(NOBODY, &[(action, INSTANCE, &[OURS, OWNED])]);
    }
}

#[test]
fn load_balancers_of_the_cluster_are_the_controllers() {
    may(
        CONTROL_PLANE,
        &[
            (
                "elasticloadbalancing:CreateLoadBalancer",
                BALANCER,
                &[TAGGING],
            ),
            (
                "elasticloadbalancing:AddTags",
                BALANCER,
                &[
                    TAGGING,
                    ("elasticloadbalancing:CreateAction", "CreateLoadBalancer"),
                ],
            ),
            ("elasticloadbalancing:CreateListener", BALANCER, &[OWNED]),
            (
                "elasticloadbalancing:DeleteLoadBalancer",
                BALANCER,
                &[OWNED],
            ),
        ],
    );
    may(
        NOBODY,
        &[
            ("elasticloadbalancing:CreateLoadBalancer", BALANCER, &[]),
            (
                "elasticloadbalancing:CreateLoadBalancer",
                BALANCER,
                &[TAGGING_OTHERS],
            ),
            // That of the API is not a controller's, and can't be made one by tagging it.
            ("elasticloadbalancing:DeleteLoadBalancer", BALANCER, &[OURS]),
            ("elasticloadbalancing:AddTags", BALANCER, &[OURS, TAGGING]),
            (
                "elasticloadbalancing:DeleteLoadBalancer",
                BALANCER,
                &[OWNED_BY_OTHERS],
            ),
        ],
    );
}

#[test]
fn security_groups_of_the_cluster_are_the_controllers() {
    let new = ("ec2:CreateAction", "CreateSecurityGroup");
    let vpc = "arn:aws:ec2:eu-west-1:123456789012:vpc/vpc-1";
    may(
        CONTROL_PLANE,
        &[
            ("ec2:CreateSecurityGroup", vpc, &[TAGGING]),
            ("ec2:CreateSecurityGroup", FIREWALL, &[TAGGING]),
            ("ec2:CreateTags", FIREWALL, &[TAGGING, new]),
            ("ec2:AuthorizeSecurityGroupIngress", FIREWALL, &[OWNED]),
            ("ec2:RevokeSecurityGroupIngress", FIREWALL, &[SHARED]),
            ("ec2:DeleteSecurityGroup", FIREWALL, &[OWNED]),
        ],
    );
    may(
        NOBODY,
        &[
            ("ec2:CreateSecurityGroup", FIREWALL, &[]),
            ("ec2:CreateTags", FIREWALL, &[TAGGING]),
            ("ec2:CreateTags", FIREWALL, &[TAGGING_OTHERS, new]),
            ("ec2:AuthorizeSecurityGroupIngress", FIREWALL, &[]),
            (
                "ec2:AuthorizeSecurityGroupIngress",
                FIREWALL,
                &[OWNED_BY_OTHERS],
            ),
            ("ec2:DeleteSecurityGroup", FIREWALL, &[SHARED]),
        ],
    );
}

#[test]
fn volumes_of_the_cluster_are_the_drivers() {
    let new = ("ec2:CreateAction", "CreateVolume");
    may(
        CONTROL_PLANE,
        &[
            ("ec2:CreateVolume", VOLUME, &[TAGGING]),
            ("ec2:CreateVolume", SNAPSHOT, &[OWNED]),
            ("ec2:CreateSnapshot", SNAPSHOT, &[TAGGING]),
            ("ec2:CreateSnapshot", VOLUME, &[OWNED]),
            ("ec2:CreateTags", VOLUME, &[TAGGING, new]),
            ("ec2:AttachVolume", VOLUME, &[OWNED]),
            ("ec2:AttachVolume", INSTANCE, &[OWNED]),
            ("ec2:DeleteSnapshot", SNAPSHOT, &[OWNED]),
        ],
    );
    may(
        NOBODY,
        &[
            ("ec2:CreateVolume", VOLUME, &[]),
            ("ec2:CreateTags", VOLUME, &[TAGGING]),
            ("ec2:AttachVolume", INSTANCE, &[OWNED_BY_OTHERS]),
            ("ec2:DeleteVolume", VOLUME, &[OWNED_BY_OTHERS]),
            ("ec2:DeleteVolume", VOLUME, &[]),
        ],
    );
}

#[test]
fn every_node_can_find_out_about_itself_and_pull_images() {
    may(
        BOTH,
        &[
            ("ec2:DescribeInstances", "*", &[]),
            (
                "ecr:BatchGetImage",
                "arn:aws:ecr:eu-west-1:1:repository/a",
                &[],
            ),
            ("ssmmessages:OpenDataChannel", "*", &[]),
        ],
    );
    may(
        CONTROL_PLANE,
        &[("autoscaling:DescribeAutoScalingGroups", "*", &[])],
    );
    may(
        NOBODY,
        &[
            ("ecr:PutImage", "arn:aws:ecr:eu-west-1:1:repository/a", &[]),
            ("ssm:SendCommand", "*", &[]),
            ("s3:GetObject", "arn:aws:s3:::b/k", &[]),
        ],
    );
}

#[test]
fn what_is_not_granted_is_not_allowed() {
    let call = |action, resource| Call {
        action,
        resource,
        context: &[OURS, OWNED, TAGGING, SCALED, VIA],
    };
    let certificate = parameter("/kubeha/prod/pki/public/etcd/certificate");
    for (action, resource) in [
        ("elasticloadbalancing:CreateLoadBalancer", BALANCER),
        ("ec2:CreateVolume", VOLUME),
        ("autoscaling:SetDesiredCapacity", GROUP),
        ("ecr:BatchGetImage", "*"),
        ("ssmmessages:OpenDataChannel", "*"),
        ("ssm:GetParameter", certificate.as_str()),
        ("kms:Decrypt", KEY),
    ] {
        for kind in Kind::ALL {
            let text = policy(kind, &nothing(), &scope()).text();
            let allowed = is_allowed(&text, &call(action, resource));
            assert!(!allowed, "{kind:?} {action}");
        }
    }
}
