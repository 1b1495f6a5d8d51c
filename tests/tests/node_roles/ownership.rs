//! Whose roles are taken, and whose are not.

use kubeha_tests::lifecycle::{PROVIDER, Size, Stage};
use serde_json::json;

use crate::subject::{SUBJECT, text};

fn make_role(stage: &Stage, name: &str, tags: &[(&str, &str)], description: &str) {
    let trust = json!({
        "Version": "2012-10-17",
        "Statement": [{
            "Effect": "Allow",
            "Principal": { "Service": "ec2.amazonaws.com" },
            "Action": "sts:AssumeRole",
        }],
    });
    let trust = trust.to_string();
    let keys: Vec<_> = (1..).map(|n| format!("Tags.member.{n}")).take(3).collect();
    let keys: Vec<_> = keys
        .iter()
        .map(|at| (format!("{at}.Key"), format!("{at}.Value")))
        .collect();
    let mut parameters = vec![
        ("RoleName", name),
        ("AssumeRolePolicyDocument", &trust),
        ("Description", description),
    ];
    for ((key_at, value_at), (key, value)) in keys.iter().zip(tags) {
        parameters.push((key_at, key));
        parameters.push((value_at, value));
    }
    stage.aws.iam("CreateRole", &parameters);
}

const MARKS: [(&str, &str); 3] = [
    ("kubeha.io/cluster", "acc"),
    ("kubeha.io/kind", "control-plane-role"),
    ("kubeha.io/owner", "acceptance/acc"),
];

#[test]
fn somebodys_role_is_refused_before_anything_is_made() {
    let stage = Stage::new(&SUBJECT);
    make_role(&stage, "acc-worker", &[("team", "x")], "");
    stage.configure(Size::Minimal);
    let refused = stage.plan().fails();
    refused
        .says("A role named \"acc-worker\" exists")
        .says("terraform import kubeha_node_roles.NAME 'acc-control-plane,acc-worker'");
    stage.write(PROVIDER, "worker_role_name = \"acc-nodes\"");
    stage.apply().succeeds();
    stage.plan_is_empty("another name");
}

#[test]
fn a_cluster_of_the_same_name_in_another_region_needs_other_roles() {
    let stage = Stage::new(&SUBJECT);
    let there = "Control plane nodes of a Kubernetes cluster in eu-west-1";
    make_role(&stage, "acc-control-plane", &MARKS, there);
    stage.configure(Size::Minimal);
    stage
        .plan()
        .fails()
        .says("clusters of one name in two regions need a \"control_plane_role_name\" each");
    stage.write(
        PROVIDER,
        "control_plane_role_name = \"acc-us-control-plane\"",
    );
    stage.apply().succeeds();
}

#[test]
fn roles_of_others_can_be_imported_and_are_brought_into_line() {
    let stage = Stage::new(&SUBJECT);
    for name in ["theirs-1", "theirs-2"] {
        make_role(&stage, name, &[], "of before");
        let named = [("InstanceProfileName", name)];
        stage.aws.iam("CreateInstanceProfile", &named);
        let parameters = [("InstanceProfileName", name), ("RoleName", name)];
        stage.aws.iam("AddRoleToInstanceProfile", &parameters);
    }
    let names = "control_plane_role_name = \"theirs-1\"\nworker_role_name = \"theirs-2\"";
    stage.write(PROVIDER, names);
    let import = ["import", &stage.address(), "theirs-1,theirs-2"];
    stage.run(&import).succeeds();
    let planned = stage.planned("imported");
    assert_eq!(
        planned["change"]["actions"],
        json!(["update"]),
        "{planned:#}"
    );
    stage.apply_planned().succeeds();
    stage.plan_is_empty("brought into line");
    let values = stage.values();
    assert_eq!(text(&values, "worker_instance_profile"), "theirs-2");
    stage.destroy().succeeds();
}

#[test]
fn imports_need_two_names_that_are_roles() {
    let stage = Stage::new(&SUBJECT);
    stage.configure(Size::Minimal);
    let import = |id| stage.run(&["import", &stage.address(), id]).fails();
    import("acc").says("is not an import id");
    import("a,b").says("There is no role \"a\", and no role \"b\".");
}

#[test]
fn replaced_roles_keep_their_names() {
    let stage = Stage::with_provider(&SUBJECT, "cluster_name = \"acc\"");
    stage.configure(Size::Minimal);
    stage.apply().succeeds();
    stage.write(&stage.provider, "path = \"/k8s/\"");
    let planned = stage.planned("another path");
    assert_eq!(planned["change"]["actions"], json!(["delete", "create"]));
    stage.apply_planned().succeeds();
    stage.plan_is_empty("replaced");
    let values = stage.values();
    assert!(text(&values, "worker_role_arn").ends_with(":role/k8s/acc-worker"));
    stage.destroy().succeeds();
    stage.nothing_left("destroyed");
}

/// The new roles found the old ones under their names and took them over; the old ones' delete would
/// then take them away under the new ones.
#[test]
fn what_is_created_before_it_is_destroyed_is_not_destroyed_under_itself() {
    let stage = Stage::new(&SUBJECT);
    let first = "lifecycle {\n  create_before_destroy = true\n}\n";
    stage.write(PROVIDER, first);
    stage.apply().succeeds();
    let before = stage.values();
    stage.run(&["taint", &stage.address()]).succeeds();
    stage.apply().succeeds().says("Nothing was replaced");
    stage.plan_is_empty("taken over");
    assert_eq!(stage.values(), before);
    stage.destroy().succeeds();
    stage.nothing_left("destroyed");
}
