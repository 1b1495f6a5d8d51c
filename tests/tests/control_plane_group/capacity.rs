//! Nodes: as many as the topology says, spread as it says, and behind the load balancer.

use std::collections::BTreeMap;
use std::time::Duration;

use kubeha_tests::emulator::Lag;
use kubeha_tests::lifecycle::{PROVIDER, Size, Stage};
use serde_json::{Value as Json, json};

use crate::subject::{LEFT_ALONE, SUBJECT, instances, with_subnets};

/// How many of the group's living instances each zone has.
fn spread(stage: &Stage) -> BTreeMap<String, u64> {
    let name = stage.values()["name"].as_str().unwrap().to_owned();
    let name = ("AutoScalingGroupNames.member.1", name.as_str());
    let answer = stage.aws.autoscaling("DescribeAutoScalingGroups", &[name]);
    let group = answer.text("Instances");
    let mut zones = BTreeMap::new();
    for part in group.split("<AvailabilityZone>").skip(1) {
        let (zone, _) = part.split_once("</AvailabilityZone>").unwrap();
        *zones.entry(zone.to_owned()).or_default() += 1;
    }
    zones
}

/// The shares that the state tells.
fn placement(values: &Json) -> BTreeMap<String, u64> {
    let shares = values["placement"].as_array().unwrap().iter();
    shares
        .map(|share| {
            (
                share["zone"].as_str().unwrap().to_owned(),
                share["nodes"].as_u64().unwrap(),
            )
        })
        .collect()
}

fn sorted(shares: impl IntoIterator<Item = u64>) -> Vec<u64> {
    let mut shares: Vec<_> = shares.into_iter().filter(|share| *share > 0).collect();
    shares.sort_unstable();
    shares
}

#[test]
fn one_to_six_zones_have_the_nodes_that_the_topology_says() {
    let stage = Stage::new(&SUBJECT);
    let letters = ["a", "b", "c", "d", "e", "f"];
    for (zones, size, quorum) in [
        (1, 1, 1),
        (2, 3, 2),
        (3, 3, 2),
        (4, 5, 3),
        (5, 5, 3),
        (6, 7, 4),
    ] {
        let subnets = stage.network.subnets_hcl(&letters[..zones]);
        let target = &stage.network.target_groups[0];
        let name = format!("zones-{zones}");
        stage.write(
            PROVIDER,
            &format!(
                "{}\ntarget_group_arns = [\"{target}\"]\nname = \"{name}\"",
                // Every zone has this type.
                with_subnets(&stage.network, &subnets).replace("m5.large", "m4.large")
            ),
        );
        let planned = stage.planned(&name);
        let after = &planned["change"]["after"];
        assert_eq!(after["size"], json!(size), "{zones} zones");
        assert_eq!(after["quorum"], json!(quorum), "{zones} zones");
        stage.apply_planned().succeeds();
        stage.plan_is_empty(&name);

        let (found, values) = (spread(&stage), stage.values());
        assert_eq!(found.values().sum::<u64>(), size, "{found:?}");
        let promised = placement(&values);
        assert_eq!(
            sorted(found.into_values()),
            sorted(promised.into_values()),
            "{zones} zones"
        );
        let mut nodes = instances(&stage.aws, &values);
        nodes.sort();
        assert_eq!(targets(&stage, target), nodes, "{zones} zones");

        stage.destroy().succeeds();
        assert_eq!(targets(&stage, target), [""; 0], "{zones} zones");
        stage.nothing_left(&name);
    }
}

/// The targets that aren't on their way out, sorted.
fn targets(stage: &Stage, arn: &str) -> Vec<String> {
    let answer = stage
        .aws
        .elb("DescribeTargetHealth", &[("TargetGroupArn", arn)]);
    let states = answer.texts("State");
    let mut found: Vec<_> = answer
        .texts("Id")
        .into_iter()
        .zip(states)
        .filter(|(_, state)| state != "draining")
        .map(|(id, _)| id)
        .collect();
    found.sort();
    found
}

#[test]
fn a_zone_without_capacity_is_told_with_aws_s_reason() {
    let stage = Stage::new(&SUBJECT);
    stage.account.kill_zone("us-east-1b");
    let arguments = format!(
        "{}\nwait_for_capacity_timeout = \"3s\"",
        stage.arguments(Size::Minimal)
    );
    stage.write(PROVIDER, &arguments);
    let outcome = stage.apply().fails();
    for said in [
        "Gave up waiting for the nodes of acc-control-plane",
        "us-east-1b: 0",
        "InsufficientInstanceCapacity",
        "terraform untaint",
    ] {
        let text = outcome
            .text()
            .split_whitespace()
            .collect::<Vec<_>>()
            .join(" ");
        assert!(text.replace("│ ", "").contains(said), "{said}\n{outcome}");
    }
    // As told: untainted, it is kept, and the zone's nodes come by themselves.
    stage.run(&["untaint", &stage.address()]).succeeds();
    stage.plan_is_empty("untainted");
    stage.account.revive_zone("us-east-1b");
    stage.account.advance(Duration::from_secs(120));
    assert_eq!(sorted(spread(&stage).into_values()), [1, 2]);
    stage.plan_is_empty("complete");
    stage.destroy().succeeds();
    stage.nothing_left("destroyed");
}

#[test]
fn it_need_not_wait() {
    let stage = Stage::new(&SUBJECT);
    stage.account.kill_zone("us-east-1b");
    let arguments = format!(
        "{}\nwait_for_capacity_timeout = \"0\"",
        stage.arguments(Size::Minimal)
    );
    stage.write(PROVIDER, &arguments);
    stage.apply().succeeds();
    stage.plan_is_empty("not complete");
}

/// Only a look tells its ARN.
#[test]
fn a_group_that_aws_shows_late_is_looked_for_again() {
    for timeout in ["0", "5m"] {
        let stage = Stage::new(&SUBJECT);
        let arguments = format!(
            "{}\nwait_for_capacity_timeout = \"{timeout}\"",
            stage.arguments(Size::Minimal)
        );
        stage.write(PROVIDER, &arguments);
        let create = "autoscaling:CreateAutoScalingGroup";
        stage.account.lag(create, Lag::Calls(2));
        stage.apply().succeeds();
        let arn = stage.values()["arn"].to_string();
        assert!(arn.contains(":autoScalingGroup:"), "{timeout}: {arn}");
        stage.plan_is_empty("shown late");
        stage.destroy().succeeds();
        stage.nothing_left("destroyed");
    }
}

#[test]
fn without_rollout_a_group_grows_and_does_not_shrink() {
    let stage = Stage::new(&SUBJECT);
    let alone = |subnets: &str| {
        let arguments = with_subnets(&stage.network, subnets);
        format!("{arguments}\n{LEFT_ALONE}")
    };
    let one = stage.network.subnets_hcl(&["a"]);
    stage.write(PROVIDER, &alone(&one));
    stage.apply().succeeds().says("A single control-plane node");
    assert_eq!(stage.values()["size"], json!(1));
    let three = stage.network.subnets_hcl(&["a", "b", "c"]);
    stage.write(PROVIDER, &alone(&three));
    stage.apply().succeeds();
    stage.plan_is_empty("grown");
    assert_eq!(sorted(spread(&stage).into_values()), [1, 1, 1]);
    stage.write(PROVIDER, &alone(&one));
    stage
        .plan()
        .fails()
        .says("Control plane can't shrink")
        .says("size = 3");
    // Kept as large, it may leave zones: the nodes stay, and that is said.
    let kept = format!("{}\nsize = 3", alone(&one));
    stage.write(PROVIDER, &kept);
    stage
        .apply()
        .succeeds()
        .says("Nodes stay in a zone that is left");
    stage.plan_is_empty("left");
    assert_eq!(sorted(spread(&stage).into_values()), [1, 1, 1]);
    stage.destroy().succeeds();
    stage.nothing_left("destroyed");
}

#[test]
fn a_lost_node_is_aws_s_to_replace() {
    let stage = Stage::new(&SUBJECT);
    stage.configure(Size::Minimal);
    stage.apply().succeeds();
    let before = instances(&stage.aws, &stage.values());
    stage
        .aws
        .ec2("TerminateInstances", &[("InstanceId.1", &before[0])]);
    stage.plan_is_empty("a node was lost");
    stage.account.advance(Duration::from_secs(60));
    let after = instances(&stage.aws, &stage.values());
    assert_eq!(after.len(), 3);
    assert!(!after.contains(&before[0]));
    stage.plan_is_empty("it was replaced");
}
