//! A node port that changes while an Auto Scaling group is attached to the target group.

use kubeha_tests::lifecycle::{IMAGE_X86_64, Stage, kill};
use serde_json::json;

use crate::listeners::{configure, groups, leads};
use crate::subject::{SUBJECT, group_of};

const GROUP: &str = "workers";

/// An Auto Scaling group that is attached to the target group of port 80.
fn attached_group(stage: &Stage, size: &str) {
    let template = [
        ("LaunchTemplateName", GROUP),
        ("LaunchTemplateData.ImageId", IMAGE_X86_64),
        ("LaunchTemplateData.InstanceType", "t3.micro"),
    ];
    stage.aws.ec2("CreateLaunchTemplate", &template);
    let values = stage.values();
    let subnets = ["us-east-1a", "us-east-1b"].map(|zone| &*stage.network.subnets[zone]);
    let parameters = [
        ("AutoScalingGroupName", GROUP),
        ("LaunchTemplate.LaunchTemplateName", GROUP),
        ("LaunchTemplate.Version", "1"),
        ("MinSize", size),
        ("MaxSize", size),
        ("VPCZoneIdentifier", &subnets.join(",")),
        ("TargetGroupARNs.member.1", group_of(&values, "80")),
    ];
    stage.aws.autoscaling("CreateAutoScalingGroup", &parameters);
}

/// What a group's own resource does once its target groups are others.
fn reattach(stage: &Stage, old: &str, new: &str) {
    for (action, arn) in [
        ("AttachLoadBalancerTargetGroups", new),
        ("DetachLoadBalancerTargetGroups", old),
    ] {
        let parameters = [
            ("AutoScalingGroupName", GROUP),
            ("TargetGroupARNs.member.1", arn),
        ];
        stage.aws.autoscaling(action, &parameters);
    }
}

fn delete_group(stage: &Stage) {
    let group = [("AutoScalingGroupName", GROUP), ("ForceDelete", "true")];
    stage.aws.autoscaling("DeleteAutoScalingGroup", &group);
    let template = [("LaunchTemplateName", GROUP)];
    stage.aws.ec2("DeleteLaunchTemplate", &template);
}

/// A load balancer whose listener has moved from one target group to another, while an Auto Scaling
/// group of this size holds the first: ARNs of both.
fn moved(stage: &Stage, size: &str) -> (String, String) {
    configure(stage, &[(80, 30080)]);
    stage.apply().succeeds();
    let old = group_of(&stage.values(), "80").to_owned();
    attached_group(stage, size);
    configure(stage, &[(80, 30081)]);
    stage.apply().succeeds();
    let values = stage.values();
    assert_eq!(values["retired_target_groups"], json!({ &*old: "held" }));
    assert_eq!(leads(stage), json!({ "80": "acc-service-80-30081" }));
    (old, group_of(&values, "80").to_owned())
}

#[test]
fn what_a_group_holds_is_kept_and_deleted_by_the_apply_after() {
    let stage = Stage::new(&SUBJECT);
    let (old, new) = moved(&stage, "2");
    // Nothing can be done about it yet, so nothing is planned.
    stage.plan_is_empty("still held");
    let both = ["acc-service-80-30080", "acc-service-80-30081"];
    assert_eq!(groups(&stage), both);
    reattach(&stage, &old, &new);
    let planned = stage.planned("let go of");
    let change = &planned["change"];
    assert_eq!(change["actions"], json!(["update"]), "{planned:#}");
    assert_eq!(
        change["before"]["retired_target_groups"],
        json!({ &*old: "free" })
    );
    // Nothing else changes, and nothing that a group depends on.
    assert_eq!(
        change["after_unknown"]["target_group_arns"],
        json!([false]),
        "{planned:#}"
    );
    stage.apply_planned().succeeds();
    stage.plan_is_empty("deleted");
    assert_eq!(stage.values()["retired_target_groups"], json!({}));
    assert_eq!(groups(&stage), ["acc-service-80-30081"]);
    delete_group(&stage);
    stage.destroy().succeeds();
    assert_eq!(groups(&stage), [""; 0]);
}

/// A group without instances has no targets, and is attached all the same.
#[test]
fn what_a_group_without_instances_holds_is_kept_too() {
    let stage = Stage::new(&SUBJECT);
    let (old, new) = moved(&stage, "0");
    stage.plan_is_empty("still held");
    reattach(&stage, &old, &new);
    stage.apply().succeeds();
    assert_eq!(groups(&stage), ["acc-service-80-30081"]);
    stage.plan_is_empty("deleted");
}

/// A target group that is held stays through other changes, and back again it is in use.
#[test]
fn a_held_target_group_survives_other_changes_and_can_be_used_again() {
    let stage = Stage::new(&SUBJECT);
    let (old, _) = moved(&stage, "0");
    configure(&stage, &[(80, 30081), (443, 30443)]);
    stage.apply().succeeds();
    stage.plan_is_empty("one more listener");
    let values = stage.values();
    assert_eq!(values["retired_target_groups"], json!({ &*old: "held" }));
    configure(&stage, &[(80, 30080), (443, 30443)]);
    stage.apply().succeeds();
    stage.plan_is_empty("back again");
    let values = stage.values();
    assert_eq!(group_of(&values, "80"), old);
    assert_eq!(values["retired_target_groups"], json!({}));
}

#[test]
fn a_destroy_takes_held_target_groups_along() {
    let stage = Stage::new(&SUBJECT);
    moved(&stage, "0");
    stage.destroy().succeeds();
    assert_eq!(groups(&stage), [""; 0]);
    delete_group(&stage);
    stage.nothing_left("destroyed");
}

/// The writes of the update: the new target group, its settings, the listener.
const WRITES: std::ops::RangeInclusive<u64> = 1..=3;

#[test]
fn killed_after_any_write_the_old_target_group_is_not_forgotten() {
    for nth in WRITES {
        let stage = Stage::new(&SUBJECT);
        configure(&stage, &[(80, 30080)]);
        stage.apply().succeeds();
        let old = group_of(&stage.values(), "80").to_owned();
        attached_group(&stage, "0");
        configure(&stage, &[(80, 30081)]);
        kill::after_write(&stage, &["apply", "-auto-approve"], nth);
        stage.apply().succeeds();
        let values = stage.values();
        let when = format!("killed after write {nth}");
        assert_eq!(
            values["retired_target_groups"],
            json!({ &*old: "held" }),
            "{when}"
        );
        stage.plan_is_empty(&when);
        reattach(&stage, &old, group_of(&values, "80"));
        stage.apply().succeeds();
        stage.plan_is_empty(&when);
        assert_eq!(groups(&stage), ["acc-service-80-30081"], "{when}");
        delete_group(&stage);
        stage.destroy().succeeds();
        stage.nothing_left(&when);
    }
}

/// The configuration goes back to what it was: no state has ever known of the new target group.
#[test]
fn killed_and_taken_back_the_new_target_group_is_not_forgotten() {
    for nth in WRITES {
        let stage = Stage::new(&SUBJECT);
        configure(&stage, &[(80, 30080)]);
        stage.apply().succeeds();
        let before = stage.values();
        configure(&stage, &[(80, 30081)]);
        kill::after_write(&stage, &["apply", "-auto-approve"], nth);
        configure(&stage, &[(80, 30080)]);
        let when = format!("killed after write {nth} and taken back");
        stage.apply().succeeds().says("0 added, 1 changed");
        stage.plan_is_empty(&when);
        assert_eq!(groups(&stage), ["acc-service-80-30080"], "{when}");
        assert_eq!(stage.values()["target_groups"], before["target_groups"]);
    }
}
