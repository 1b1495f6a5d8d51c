//! What nodes are launched as, and what may change without a new one.

use kubeha_tests::lifecycle::{PROVIDER, Size, Stage};
use serde_json::json;

use crate::drifts::launch;
use crate::subject::{SUBJECT, group, instances, processes, text, volumes};

/// A plan's change, and whether the launch template's version is open in it.
fn changes(stage: &Stage, when: &str) -> (serde_json::Value, bool) {
    let planned = stage.planned(when);
    let unknown = planned["change"]["after_unknown"]["launch_template_version"] == json!(true);
    (planned["change"]["actions"].clone(), unknown)
}

fn with(stage: &Stage, more: &str) -> String {
    let arguments = stage.arguments(Size::Minimal);
    format!("{arguments}\n{more}")
}

#[test]
fn a_change_of_nodes_makes_a_version_and_touches_no_node() {
    let stage = Stage::new(&SUBJECT);
    stage.write(PROVIDER, &with(&stage, ""));
    stage.apply().succeeds();
    let before = stage.values();
    assert_eq!(before["launch_template_version"], json!(1));
    assert_eq!(before["outdated_instance_ids"], json!([]));
    let nodes = instances(&stage.aws, &before);

    stage.write(PROVIDER, &with(&stage, "user_data = \"other\""));
    assert_eq!(changes(&stage, "user data"), (json!(["update"]), true));
    stage.apply_planned().succeeds();
    stage.plan_is_empty("user data");
    let after = stage.values();
    assert_eq!(after["launch_template_version"], json!(2));
    assert_eq!(instances(&stage.aws, &after), nodes);
    assert_eq!(after["outdated_instance_ids"].as_array().unwrap().len(), 3);

    // Who is replaced is launched as the group says now.
    stage
        .aws
        .ec2("TerminateInstances", &[("InstanceId.1", &nodes[0])]);
    stage.account.advance(std::time::Duration::from_secs(60));
    stage
        .run(&["apply", "-refresh-only", "-auto-approve"])
        .succeeds();
    assert_eq!(
        stage.values()["outdated_instance_ids"]
            .as_array()
            .unwrap()
            .len(),
        2
    );
    // And back again: the nodes that there are become what they were.
    stage.write(PROVIDER, &with(&stage, ""));
    stage.apply().succeeds();
    stage.plan_is_empty("taken back");
    assert_eq!(
        stage.values()["outdated_instance_ids"]
            .as_array()
            .unwrap()
            .len(),
        1
    );
}

#[test]
fn a_change_of_tags_reaches_what_lives_and_makes_nobody_outdated() {
    let stage = Stage::new(&SUBJECT);
    stage.write(
        PROVIDER,
        &with(&stage, "tags = { team = \"a\", gone = \"x\" }"),
    );
    stage.apply().succeeds();
    let nodes = instances(&stage.aws, &stage.values());
    stage.write(PROVIDER, &with(&stage, "tags = { team = \"b\" }"));
    assert_eq!(changes(&stage, "tags"), (json!(["update"]), true));
    stage.apply_planned().succeeds();
    stage.plan_is_empty("tags");
    let values = stage.values();
    assert_eq!(instances(&stage.aws, &values), nodes);
    assert_eq!(values["outdated_instance_ids"], json!([]));
    let inventory = stage.account.inventory();
    for kind in ["instance", "volume"] {
        for object in &inventory[kind] {
            assert_eq!(
                object.tags.get("team").map(String::as_str),
                Some("b"),
                "{object:?}"
            );
            assert_eq!(object.tags.get("gone"), None, "{object:?}");
        }
    }
}

/// Volumes that others attach to nodes are theirs, and so are tags that others put on them.
#[test]
fn what_others_put_on_nodes_is_left_alone() {
    let stage = Stage::new(&SUBJECT);
    stage.write(PROVIDER, &with(&stage, "tags = { team = \"a\" }"));
    stage.apply().succeeds();
    let values = stage.values();
    let node = &instances(&stage.aws, &values)[0];
    let zone = stage
        .aws
        .ec2("DescribeInstances", &[("InstanceId.1", node)])
        .text("availabilityZone");
    let volume = stage
        .aws
        .ec2(
            "CreateVolume",
            &[("AvailabilityZone", &zone), ("Size", "1")],
        )
        .text("volumeId");
    let attached = [
        ("VolumeId", volume.as_str()),
        ("InstanceId", node),
        ("Device", "/dev/sdz"),
    ];
    stage.aws.ec2("AttachVolume", &attached);
    assert!(volumes(&stage.aws, &values).contains(&volume));
    let tag = [
        ("ResourceId.1", node.as_str()),
        ("Tag.1.Key", "theirs"),
        ("Tag.1.Value", "1"),
    ];
    stage.aws.ec2("CreateTags", &tag);
    stage.plan_is_empty("others' tags");
    stage.write(PROVIDER, &with(&stage, "tags = { team = \"b\" }"));
    stage.apply().succeeds();
    stage.plan_is_empty("tags");
    let inventory = stage.account.inventory();
    let of = |kind: &str, id: &str| {
        let found = inventory[kind].iter().find(|object| object.id == id);
        found.unwrap().tags.clone()
    };
    assert!(of("volume", &volume).is_empty());
    assert_eq!(of("instance", node)["theirs"], "1");
    assert_eq!(of("instance", node)["team"], "b");
}

#[test]
fn other_user_data_shows_by_its_hash_and_never_by_itself() {
    let stage = Stage::new(&SUBJECT);
    stage.write(
        PROVIDER,
        &with(&stage, "user_data = \"#!/bin/sh\\nsecret-word\\n\""),
    );
    let planned = stage.planned("created");
    assert!(!planned.to_string().contains("secret-word"), "{planned:#}");
    stage.apply_planned().succeeds();
    let values = stage.values();
    assert!(!values.to_string().contains("secret-word"));
    let hash = text(&values, "user_data_sha256").to_owned();
    assert_eq!(hash.len(), 64);

    launch(&stage.aws, &values, &[("UserData", "b3RoZXI=")]);
    let planned = stage.planned("other user data");
    let change = &planned["change"];
    assert_ne!(change["before"]["user_data_sha256"], json!(hash));
    assert_eq!(change["after"]["user_data_sha256"], json!(hash));
    stage.apply_planned().succeeds();
    stage.plan_is_empty("repaired");

    // In base64 it is the same.
    let encoded = "user_data_base64 = base64encode(\"#!/bin/sh\\nsecret-word\\n\")";
    stage.write(PROVIDER, &with(&stage, encoded));
    stage.plan_is_empty("the same in base64");
}

#[test]
fn what_is_fixed_is_put_right_when_somebody_changed_it() {
    let stage = Stage::new(&SUBJECT);
    stage.write(PROVIDER, &with(&stage, ""));
    stage.apply().succeeds();
    let values = stage.values();
    let aws = &stage.aws;
    let settings = [
        ("HealthCheckType", "ELB"),
        ("CapacityRebalance", "true"),
        ("MaxInstanceLifetime", "86400"),
        ("TerminationPolicies.member.1", "OldestInstance"),
        (
            "AvailabilityZoneDistribution.CapacityDistributionStrategy",
            "balanced-best-effort",
        ),
        ("NewInstancesProtectedFromScaleIn", "false"),
        ("InstanceMaintenancePolicy.MinHealthyPercentage", "90"),
        ("InstanceMaintenancePolicy.MaxHealthyPercentage", "110"),
    ];
    group(aws, &values, "UpdateAutoScalingGroup", &settings);
    processes(aws, &values, "ResumeProcesses", "AZRebalance");
    processes(aws, &values, "SuspendProcesses", "Launch");
    let node = &instances(aws, &values)[0];
    let bare = [
        ("InstanceIds.member.1", node.as_str()),
        ("ProtectedFromScaleIn", "false"),
    ];
    group(aws, &values, "SetInstanceProtection", &bare);
    let role = [
        ("Tags.member.1.ResourceId", text(&values, "name")),
        ("Tags.member.1.ResourceType", "auto-scaling-group"),
        ("Tags.member.1.Key", "kubeha.io/role"),
    ];
    aws.autoscaling("DeleteTags", &role);

    let planned = stage.planned("settings were changed");
    let change = &planned["change"];
    let told = change["before"]["drifted_settings"].to_string();
    for setting in [
        "health_check_type is \\\"ELB\\\", not \\\"EC2\\\"",
        "capacity_rebalance",
        "max_instance_lifetime",
        "termination_policies",
        "capacity_distribution_strategy",
        "new_instances_protected_from_scale_in",
        "instance_maintenance_policy",
        "process AZRebalance isn't suspended",
        "process Launch is suspended",
        &format!("instance {node} isn't protected"),
        "tag kubeha.io/role",
    ] {
        assert!(told.contains(setting), "{setting}: {told}");
    }
    assert_eq!(change["after"]["drifted_settings"], json!([]));
    stage.apply_planned().succeeds();
    stage.plan_is_empty("put right");
    assert_eq!(stage.values()["drifted_settings"], json!([]));
}

#[test]
fn what_is_fixed_of_the_launch_template_is_put_right_too() {
    let stage = Stage::new(&SUBJECT);
    stage.write(PROVIDER, &with(&stage, ""));
    stage.apply().succeeds();
    let data = [
        ("MetadataOptions.HttpTokens", "optional"),
        ("MetadataOptions.HttpEndpoint", "enabled"),
        ("MetadataOptions.HttpPutResponseHopLimit", "1"),
        ("BlockDeviceMapping.1.DeviceName", "/dev/xvda"),
        ("BlockDeviceMapping.1.Ebs.VolumeSize", "64"),
        ("BlockDeviceMapping.1.Ebs.VolumeType", "gp3"),
        ("BlockDeviceMapping.1.Ebs.DeleteOnTermination", "true"),
    ];
    launch(&stage.aws, &stage.values(), &data);
    let planned = stage.planned("IMDSv1 and no encryption");
    let told = planned["change"]["before"]["drifted_settings"].to_string();
    assert!(told.contains("http_tokens is optional") && told.contains("/dev/xvda isn't encrypted"));
    stage.apply_planned().succeeds();
    stage.plan_is_empty("put right");
}

/// The newest version is whatever somebody makes it.
#[test]
fn a_group_never_follows_the_newest_version() {
    let stage = Stage::new(&SUBJECT);
    stage.write(PROVIDER, &with(&stage, ""));
    stage.apply().succeeds();
    let values = stage.values();
    let newest = [
        (
            "LaunchTemplate.LaunchTemplateId",
            text(&values, "launch_template_id"),
        ),
        ("LaunchTemplate.Version", "$Latest"),
    ];
    group(&stage.aws, &values, "UpdateAutoScalingGroup", &newest);
    assert_eq!(changes(&stage, "$Latest"), (json!(["update"]), true));
    stage.apply_planned().succeeds();
    stage.plan_is_empty("put right");
    assert_eq!(stage.values()["launch_template_version"], json!(1));
}
