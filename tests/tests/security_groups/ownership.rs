//! Whose groups are: what is gone on with, what is refused, what an import takes.

use kubeha_tests::lifecycle::refusals::{Said, refused};
use kubeha_tests::lifecycle::{Network, PROVIDER, Size, Stage};

use crate::subject::{GROUPS, SUBJECT, id};

#[test]
fn groups_of_another_owner_are_not_taken() {
    let stage = Stage::new(&SUBJECT);
    stage.configure(Size::Minimal);
    stage.apply().succeeds();
    let desk = stage.another_desk();
    let arguments = stage.arguments(Size::Minimal);
    let case = |provider: &str, detail: &str| {
        let said = Said {
            summary: "Planning security groups",
            detail,
            at: "",
        };
        refused(&desk, provider, &arguments, &[said]);
    };
    case(
        "cluster_name = \"acc\"\nowner = \"somebody/else\"",
        "belongs to the owner \"acceptance/acc\"",
    );
    let vpc_id = &stage.network.vpc_id;
    let command = format!("terraform import kubeha_security_groups.NAME '{vpc_id}/acc'");
    case("cluster_name = \"acc\"", &command);
    // Another cluster's have other names.
    desk.write("cluster_name = \"other\"", &arguments);
    desk.plan().succeeds().says("1 to add");
}

#[test]
fn two_blocks_cannot_be_one_cluster_s_groups() {
    let stage = Stage::new(&SUBJECT);
    stage.configure(Size::Minimal);
    let arguments = stage.arguments(Size::Minimal);
    let second = |more: &str| {
        let block =
            format!("resource \"kubeha_security_groups\" \"second\" {{\n{arguments}\n{more}\n}}\n");
        stage.workspace().file("second.tf", &block);
    };
    second("");
    stage.plan().fails().says("Security groups claimed twice");
    second("cluster_name = \"other\"");
    stage.apply().succeeds().says("2 added");
    stage.plan_is_empty("two clusters in one VPC");
}

/// Groups of a cluster that was built otherwise become this resource's, with the rules that they
/// have.
#[test]
fn groups_made_by_hand_are_imported_by_their_ids() {
    let stage = Stage::new(&SUBJECT);
    let vpc_id = &stage.network.vpc_id;
    let ids = GROUPS.map(|name| (name, Network::security_group(&stage.aws, vpc_id, name)));
    stage.configure(Size::Minimal);
    let given = ids.each_ref().map(|(name, id)| format!("{name}={id}"));
    let given = given.join(",");
    stage.run(&["import", &stage.address(), &given]).succeeds();
    stage.apply().succeeds().says("1 changed");
    stage.plan_is_empty("imported and applied");
    let values = stage.values();
    for (name, made) in &ids {
        assert_eq!(id(&values, name), made);
    }
    stage.destroy().succeeds();
    stage.nothing_left("destroyed");
}

#[test]
fn another_vpc_means_other_groups() {
    let stage = Stage::new(&SUBJECT);
    stage.configure(Size::Minimal);
    stage.apply().succeeds();
    let other = Network::vpc(&stage.aws);
    let arguments = stage.arguments(Size::Minimal);
    let arguments = arguments.replace(&stage.network.vpc_id, &other);
    stage.write(PROVIDER, &arguments);
    let planned = stage.planned("another VPC");
    let actions = &planned["change"]["actions"];
    assert_eq!(*actions, serde_json::json!(["delete", "create"]));
    stage.apply_planned().succeeds();
    stage.plan_is_empty("replaced");
    stage.destroy().succeeds();
}

#[test]
fn what_is_created_before_it_is_destroyed_is_not_destroyed_under_itself() {
    let stage = Stage::new(&SUBJECT);
    let arguments = stage.arguments(Size::Minimal);
    let first = "\nlifecycle {\n  create_before_destroy = true\n}\n";
    stage.write(PROVIDER, &format!("{arguments}{first}"));
    stage.apply().succeeds();
    let before = stage.values();
    stage.run(&["taint", &stage.address()]).succeeds();
    stage.apply().succeeds().says("Nothing was replaced");
    stage.plan_is_empty("taken over");
    assert_eq!(id(&stage.values(), "worker"), id(&before, "worker"));
    stage.destroy().succeeds();
    stage.nothing_left("destroyed");
}
