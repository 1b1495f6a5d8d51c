//! Changes that need a new group, and what protects one.

use kubeha_tests::lifecycle::{PROVIDER, Size, Stage};
use serde_json::json;

use crate::subject::{SUBJECT, delete_group, text};

#[test]
fn another_name_is_another_group() {
    let stage = Stage::new(&SUBJECT);
    let arguments = stage.arguments(Size::Minimal);
    stage.write(PROVIDER, &arguments);
    stage.apply().succeeds();
    let before = stage.values();
    stage.write(PROVIDER, &format!("{arguments}\nname = \"other\""));
    let planned = stage.planned("another name");
    assert_eq!(planned["change"]["actions"], json!(["delete", "create"]));
    stage.apply_planned().succeeds();
    stage.plan_is_empty("replaced");
    assert_ne!(text(&stage.values(), "arn"), text(&before, "arn"));
    stage.destroy().succeeds();
    stage.nothing_left("destroyed");
}

#[test]
fn a_tainted_one_is_replaced_without_an_owner_too() {
    let stage = Stage::with_provider(&SUBJECT, "cluster_name = \"acc\"");
    stage.configure(Size::Minimal);
    stage.apply().succeeds();
    stage.run(&["taint", &stage.address()]).succeeds();
    stage
        .apply()
        .succeeds()
        .says("1 added, 0 changed, 1 destroyed");
    stage.plan_is_empty("replaced");
}

/// The new object finds the old one under its name.
#[test]
fn what_is_created_before_it_is_destroyed_is_not_destroyed_under_itself() {
    let stage = Stage::new(&SUBJECT);
    let first = "\nlifecycle {\n  create_before_destroy = true\n}\n";
    stage.write(PROVIDER, &(stage.arguments(Size::Minimal) + first));
    stage.apply().succeeds();
    let before = stage.values();
    stage.run(&["taint", &stage.address()]).succeeds();
    stage.apply().succeeds().says("Nothing was replaced");
    stage.plan_is_empty("taken over");
    assert_eq!(text(&stage.values(), "arn"), text(&before, "arn"));
}

#[test]
fn a_protected_group_is_neither_destroyed_nor_replaced() {
    let stage = Stage::new(&SUBJECT);
    let arguments = stage.arguments(Size::Minimal);
    let protected = format!("{arguments}\ndeletion_protection = \"prevent-all-deletion\"");
    stage.write(PROVIDER, &protected);
    stage.apply().succeeds();
    stage.destroy().fails().says("Deletion protection is on");
    stage.write(PROVIDER, &format!("{protected}\nname = \"other\""));
    stage.plan().fails().says("Deletion protection is on");
    stage.write(PROVIDER, &arguments);
    stage.apply().succeeds();
    stage.destroy().succeeds();
    stage.nothing_left("destroyed");
}

#[test]
fn by_force_hooks_are_skipped() {
    let stage = Stage::new(&SUBJECT);
    let hook = "termination_hook = {\nheartbeat_timeout = 7200\n}\nforce_delete = true";
    stage.write(
        PROVIDER,
        &format!("{}\n{hook}", stage.arguments(Size::Minimal)),
    );
    stage.apply().succeeds();
    stage.destroy().succeeds();
    stage.nothing_left("destroyed");
}

/// Somebody made another group of the same name in place of ours: it isn't ours, whoever's it is.
#[test]
fn a_group_of_the_same_name_is_not_taken_for_ours() {
    let stage = Stage::new(&SUBJECT);
    stage.configure(Size::Minimal);
    stage.apply().succeeds();
    let values = stage.values();
    delete_group(&stage.aws, &values);
    let template = (
        "LaunchTemplate.LaunchTemplateId",
        text(&values, "launch_template_id"),
    );
    let subnet = stage.network.subnets["us-east-1a"].clone();
    let foreign = [
        ("AutoScalingGroupName", text(&values, "name")),
        template,
        ("LaunchTemplate.Version", "1"),
        ("MinSize", "0"),
        ("MaxSize", "0"),
        ("VPCZoneIdentifier", subnet.as_str()),
    ];
    stage.aws.autoscaling("CreateAutoScalingGroup", &foreign);
    stage
        .apply()
        .fails()
        .says("has no tags that say this provider made it");
    // A destroy takes what is ours, and no more.
    let launched = stage.destroy();
    assert_eq!(launched.code(), Some(0), "{launched}");
    let left = stage.account.inventory();
    assert_eq!(left["auto-scaling-group"].len(), 1);
}
