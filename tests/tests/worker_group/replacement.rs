//! Changes that need a new group, what protects one, and what is put right.

use kubeha_tests::lifecycle::{PROVIDER, Size, Stage};
use serde_json::json;

use crate::subject::{SUBJECT, group, with};

#[test]
fn another_name_is_another_group() {
    let stage = Stage::new(&SUBJECT);
    stage.configure(Size::Minimal);
    stage.apply().succeeds();
    let before = stage.values();
    stage.write(PROVIDER, &with(&stage, "name = \"other\""));
    let planned = stage.planned("another name");
    assert_eq!(planned["change"]["actions"], json!(["delete", "create"]));
    stage.apply_planned().succeeds();
    stage.plan_is_empty("replaced");
    let after = stage.values();
    assert_ne!(after["arn"], before["arn"]);
    assert_eq!(after["autoscaling_group_name"], "acc-worker-other");
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

#[test]
fn a_protected_group_is_neither_destroyed_nor_replaced() {
    let stage = Stage::new(&SUBJECT);
    let protection = "deletion_protection = \"prevent-all-deletion\"";
    stage.write(PROVIDER, &with(&stage, protection));
    stage.apply().succeeds();
    stage.destroy().fails().says("Deletion protection is on");
    let renamed = format!("{protection}\nname = \"other\"");
    stage.write(PROVIDER, &with(&stage, &renamed));
    stage.plan().fails().says("Deletion protection is on");
    stage.configure(Size::Minimal);
    stage.apply().succeeds();
    stage.destroy().succeeds();
    stage.nothing_left("destroyed");
}

#[test]
fn by_force_hooks_are_skipped_and_protected_nodes_go() {
    let stage = Stage::new(&SUBJECT);
    let more = "termination_hook = { heartbeat_timeout = 7200 }\n\
                force_delete = true\n\
                protect_from_scale_in = true";
    stage.write(PROVIDER, &with(&stage, more));
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
    let ours = group(&stage.aws, &values);
    ours.delete();
    let subnet = stage.network.subnets["us-east-1a"].clone();
    let foreign = [
        (
            "LaunchTemplate.LaunchTemplateId",
            values["launch_template_id"].as_str().unwrap(),
        ),
        ("LaunchTemplate.Version", "1"),
        ("MinSize", "0"),
        ("MaxSize", "0"),
        ("VPCZoneIdentifier", subnet.as_str()),
    ];
    ours.call("CreateAutoScalingGroup", &foreign);
    stage
        .apply()
        .fails()
        .says("has no tags that say this provider made it");
    stage.destroy().succeeds();
    let left = stage.account.inventory();
    assert_eq!(left["auto-scaling-group"].len(), 1);
}

#[test]
fn what_no_attribute_stands_for_is_put_right_too() {
    let stage = Stage::new(&SUBJECT);
    let types = "instance_types = [\"m5.large\", \"m6i.large\"]";
    stage.write(PROVIDER, &with(&stage, types));
    stage.apply().succeeds();
    let values = stage.values();
    let group = group(&stage.aws, &values);
    let launch = "MixedInstancesPolicy.LaunchTemplate";
    let template = "LaunchTemplateSpecification";
    let weighted = [
        (
            format!("{launch}.{template}.LaunchTemplateId"),
            values["launch_template_id"].as_str().unwrap(),
        ),
        (format!("{launch}.{template}.Version"), "$Latest"),
        (
            format!("{launch}.Overrides.member.1.InstanceType"),
            "m5.large",
        ),
        (format!("{launch}.Overrides.member.1.WeightedCapacity"), "2"),
        (
            format!("{launch}.Overrides.member.2.InstanceType"),
            "m6i.large",
        ),
    ];
    let weighted: Vec<_> = weighted
        .iter()
        .map(|(name, of)| (name.as_str(), *of))
        .collect();
    group.call("UpdateAutoScalingGroup", &weighted);
    group.update("DefaultCooldown", "60");
    group.untag("kubeha.io/role");
    let planned = stage.planned("settings were changed");
    let change = &planned["change"];
    let told = change["before"]["drifted_settings"].to_string();
    for setting in [
        "m5.large has a weight of 2",
        "default_cooldown is 60, not 300",
        "tag kubeha.io/role",
    ] {
        assert!(told.contains(setting), "{setting}: {told}");
    }
    assert_eq!(change["after"]["drifted_settings"], json!([]));
    let version = &change["after_unknown"]["launch_template_version"];
    assert_eq!(*version, json!(true), "{planned:#}");
    stage.apply_planned().succeeds();
    stage.plan_is_empty("put right");
    let after = stage.values();
    assert_eq!(after["drifted_settings"], json!([]));
    assert_eq!(after["launch_template_version"], json!(1));
}
