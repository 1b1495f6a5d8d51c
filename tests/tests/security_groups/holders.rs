//! What a destroy waits for, and what it says when it gives up.

use kubeha_tests::lifecycle::{IMAGE_X86_64, PROVIDER, Size, Stage};
use serde_json::json;

use crate::subject::{SUBJECT, id, rules_of};

fn with_patience(stage: &Stage, seconds: u32) {
    let arguments = stage.arguments(Size::Minimal);
    let patience = format!("timeouts {{\n  delete = \"{seconds}s\"\n}}");
    stage.write(PROVIDER, &format!("{arguments}\n{patience}"));
}

fn instance(stage: &Stage, group: &str) -> String {
    let subnet = &stage.network.subnets["us-east-1a"];
    let launch = [
        ("ImageId", IMAGE_X86_64),
        ("InstanceType", "t3.small"),
        ("MinCount", "1"),
        ("MaxCount", "1"),
        ("SubnetId", subnet),
        ("SecurityGroupId.1", group),
    ];
    stage.aws.ec2("RunInstances", &launch).text("instanceId")
}

#[test]
fn nothing_is_touched_while_an_instance_has_a_group() {
    let stage = Stage::new(&SUBJECT);
    with_patience(&stage, 10);
    stage.apply().succeeds();
    let worker = id(&stage.values(), "worker").to_owned();
    let rules = rules_of(&stage.aws, &worker).len();
    let instance = instance(&stage, &worker);
    let outcome = stage.destroy().fails();
    assert!(
        outcome.text().contains(&format!("(instance {instance})")),
        "{outcome}"
    );
    assert_eq!(rules_of(&stage.aws, &worker).len(), rules);
    stage.plan_is_empty("still there");
    stage
        .aws
        .ec2("TerminateInstances", &[("InstanceId.1", &instance)]);
    stage.destroy().succeeds();
}

#[test]
fn a_rule_of_another_group_holds_a_group_and_is_named() {
    let stage = Stage::new(&SUBJECT);
    with_patience(&stage, 10);
    stage.apply().succeeds();
    let worker = id(&stage.values(), "worker").to_owned();
    let other = &stage.network.security_groups[0];
    let rule = [
        ("GroupId", other.as_str()),
        ("IpPermissions.1.IpProtocol", "tcp"),
        ("IpPermissions.1.FromPort", "5432"),
        ("IpPermissions.1.ToPort", "5432"),
        ("IpPermissions.1.Groups.1.GroupId", &worker),
    ];
    stage.aws.ec2("AuthorizeSecurityGroupIngress", &rule);
    let outcome = stage.destroy().fails();
    assert!(
        outcome.text().contains(&format!("a rule of {other}")),
        "{outcome}"
    );
    // What is left is still known, and goes later.
    stage.aws.ec2("RevokeSecurityGroupIngress", &rule);
    stage.destroy().succeeds();
    stage.nothing_left("destroyed");
}

#[test]
fn what_a_load_balancer_leaves_behind_is_waited_for() {
    let stage = Stage::new(&SUBJECT);
    with_patience(&stage, 60);
    stage.apply().succeeds();
    stage
        .account
        .set(json!({ "interface_linger_seconds": 300 }));
    let group = id(&stage.values(), "api_load_balancer").to_owned();
    let subnet = &stage.network.subnets["us-east-1a"];
    let balancer = [
        ("Name", "api"),
        ("Type", "network"),
        ("Subnets.member.1", subnet),
        ("SecurityGroups.member.1", &group),
    ];
    let made = stage.aws.elb("CreateLoadBalancer", &balancer);
    let arn = made.text("LoadBalancerArn");
    stage
        .aws
        .elb("DeleteLoadBalancer", &[("LoadBalancerArn", &arn)]);
    let running = stage.start(&["destroy", "-auto-approve"]);
    let deletes = |stage: &Stage| {
        let calls = stage.proxy.calls();
        let of = calls
            .iter()
            .filter(|call| call.action == "ec2:DeleteSecurityGroup");
        of.count()
    };
    // It tries again and again.
    let begun = std::time::Instant::now();
    while deletes(&stage) < 2 && begun.elapsed().as_secs() < 60 {
        std::thread::sleep(std::time::Duration::from_millis(20));
    }
    stage.account.advance(std::time::Duration::from_secs(301));
    running.wait().succeeds();
    stage.nothing_left("destroyed");
}
