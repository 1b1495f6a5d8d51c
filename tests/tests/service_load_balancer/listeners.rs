//! Listeners that come, go, change places, or are somebody else's.

use kubeha_tests::lifecycle::{PROVIDER, Size, Stage};
use serde_json::{Value as Json, json};

use crate::subject::{SUBJECT, delete_listener, group_of, listener_of, text};

/// Writes a configuration with these listeners: port and node port.
pub(crate) fn configure(stage: &Stage, listeners: &[(u16, u16)]) {
    let minimal = stage.arguments(Size::Minimal);
    let (required, _) = minimal.split_once("listener").expect("a listener");
    let blocks = listeners.iter().map(|(port, node_port)| {
        format!("listener {{\n  port = {port}\n  node_port = {node_port}\n}}\n")
    });
    stage.write(
        PROVIDER,
        &(required.to_owned() + &blocks.collect::<String>()),
    );
}

/// The names of all target groups there are beside those of the network.
pub(crate) fn groups(stage: &Stage) -> Vec<String> {
    let mut inventory = stage.account.inventory();
    let groups = inventory.remove("target-group").unwrap_or_default();
    let of_network = &stage.network.target_groups;
    let mut names: Vec<_> = (groups.into_iter())
        .filter(|group| !of_network.contains(&group.id))
        .map(|group| group.name)
        .collect();
    names.sort();
    names
}

/// Where each listener leads: the name of its target group by port.
pub(crate) fn leads(stage: &Stage) -> Json {
    let values = stage.values();
    let found = stage.aws.elb(
        "DescribeListeners",
        &[("LoadBalancerArn", text(&values, "arn"))],
    );
    let (ports, arns) = (found.texts("Port"), found.texts("DefaultActions"));
    let name = |actions: &String| {
        let rest = actions.split_once(":targetgroup/").expect("an ARN").1;
        rest.split('/').next().unwrap_or_default().to_owned()
    };
    ports.into_iter().zip(arns.iter().map(name)).collect()
}

#[test]
fn exchanged_node_ports_are_exchanged() {
    let stage = Stage::new(&SUBJECT);
    configure(&stage, &[(80, 30001), (443, 30002)]);
    stage.apply().succeeds();
    let before = stage.values();
    configure(&stage, &[(80, 30002), (443, 30001)]);
    stage.apply().succeeds();
    stage.plan_is_empty("exchanged");
    assert_eq!(
        leads(&stage),
        json!({ "80": "acc-service-80-30002", "443": "acc-service-443-30001" })
    );
    assert_eq!(
        groups(&stage),
        ["acc-service-443-30001", "acc-service-80-30002"]
    );
    let after = stage.values();
    for port in ["80", "443"] {
        assert_eq!(listener_of(&after, port), listener_of(&before, port));
    }
    assert_eq!(after["retired_target_groups"], json!({}));
}

#[test]
fn two_listeners_may_lead_to_one_node_port() {
    let stage = Stage::new(&SUBJECT);
    configure(&stage, &[(80, 30080), (8080, 30080)]);
    stage.apply().succeeds();
    stage.plan_is_empty("made");
    assert_eq!(
        groups(&stage),
        ["acc-service-80-30080", "acc-service-8080-30080"]
    );
    let arns = stage.values()["target_group_arns"].clone();
    assert_eq!(arns.as_array().map(Vec::len), Some(2), "{arns}");
}

#[test]
fn the_order_of_listeners_means_nothing_to_aws() {
    let stage = Stage::new(&SUBJECT);
    configure(&stage, &[(443, 30443), (80, 30080)]);
    stage.apply().succeeds();
    stage.plan_is_empty("made");
    configure(&stage, &[(80, 30080), (443, 30443)]);
    stage.proxy.clear();
    stage.apply().succeeds();
    let writes = stage.proxy.calls();
    assert!(writes.iter().all(|call| call.is_read()), "{writes:#?}");
    stage.plan_is_empty("reordered");
}

#[test]
fn listeners_come_and_go() {
    let stage = Stage::new(&SUBJECT);
    configure(&stage, &[(80, 30080), (443, 30443)]);
    stage.apply().succeeds();
    let before = stage.values();
    configure(&stage, &[(443, 30443), (8443, 30843)]);
    let planned = stage.planned("one goes and one comes");
    let after = &planned["change"]["after"];
    assert_eq!(
        after["target_groups"],
        json!({ "443": group_of(&before, "443") })
    );
    let open = &planned["change"]["after_unknown"]["target_groups"];
    assert_eq!(*open, json!({ "8443": true }));
    stage.apply_planned().succeeds();
    stage.plan_is_empty("one went and one came");
    assert_eq!(
        groups(&stage),
        ["acc-service-443-30443", "acc-service-8443-30843"]
    );
}

/// Of a listener that somebody added, the load balancer is rid again; of its target group it isn't,
/// since that may be anybody's.
#[test]
fn a_listener_of_somebody_else_goes_and_its_target_group_stays() {
    let stage = Stage::new(&SUBJECT);
    configure(&stage, &[(80, 30080)]);
    stage.apply().succeeds();
    let values = stage.values();
    for (protocol, port) in [("TCP", "9000"), ("UDP", "80")] {
        let group = [
            ("Name", &*format!("theirs-{port}")),
            ("Protocol", protocol),
            ("Port", port),
            ("VpcId", text(&values, "vpc_id")),
        ];
        let group = stage.aws.elb("CreateTargetGroup", &group);
        let listener = [
            ("LoadBalancerArn", text(&values, "arn")),
            ("Protocol", protocol),
            ("Port", port),
            ("DefaultActions.member.1.Type", "forward"),
            (
                "DefaultActions.member.1.TargetGroupArn",
                &*group.text("TargetGroupArn"),
            ),
        ];
        stage.aws.elb("CreateListener", &listener);
    }
    let planned = stage.planned("two listeners were added");
    let shown = planned["change"]["before"]["listener"].as_array();
    let shown: Vec<_> = shown.into_iter().flatten().collect();
    let ports: Vec<_> = shown.iter().map(|one| one["port"].clone()).collect();
    assert_eq!(ports, [80, 80, 9000], "{planned:#}");
    stage.apply_planned().succeeds();
    stage.plan_is_empty("they are gone");
    assert_eq!(leads(&stage), json!({ "80": "acc-service-80-30080" }));
    assert_eq!(
        groups(&stage),
        ["acc-service-80-30080", "theirs-80", "theirs-9000"]
    );
}

/// Made by hand, the parts have names of their own, and keep them.
#[test]
fn a_load_balancer_made_by_hand_is_taken_as_it_is() {
    let stage = Stage::new(&SUBJECT);
    let network = &stage.network;
    let group = [
        ("Name", "by-hand"),
        ("Protocol", "TCP"),
        ("Port", "30080"),
        ("VpcId", &*network.vpc_id),
    ];
    let group = stage.aws.elb("CreateTargetGroup", &group);
    let group = group.text("TargetGroupArn");
    let balancer = [
        ("Name", "by-hand"),
        ("Type", "network"),
        ("Subnets.member.1", &*network.subnets["us-east-1a"]),
        ("Subnets.member.2", &*network.subnets["us-east-1b"]),
        ("SecurityGroups.member.1", &*network.security_groups[0]),
    ];
    let balancer = stage.aws.elb("CreateLoadBalancer", &balancer);
    let listener = [
        ("LoadBalancerArn", &*balancer.text("LoadBalancerArn")),
        ("Protocol", "TCP"),
        ("Port", "80"),
        ("DefaultActions.member.1.Type", "forward"),
        ("DefaultActions.member.1.TargetGroupArn", &*group),
    ];
    stage.aws.elb("CreateListener", &listener);
    let write = |node_port| {
        configure(&stage, &[(80, node_port)]);
        let minimal = stage.arguments(Size::Minimal);
        let arguments = minimal.replace("30080", &node_port.to_string());
        stage.write(PROVIDER, &(arguments + "\nname = \"by-hand\""));
    };
    write(30080);
    stage
        .run(&["import", &stage.address(), "by-hand"])
        .succeeds();
    let planned = stage.planned("imported");
    assert_eq!(planned["change"]["actions"], json!(["update"]));
    stage.apply_planned().succeeds();
    stage.plan_is_empty("brought into line");
    assert_eq!(group_of(&stage.values(), "80"), group);
    // Its next target group has our name, and the first one goes.
    write(30081);
    stage.apply().succeeds();
    stage.plan_is_empty("moved");
    assert_eq!(groups(&stage), ["by-hand-80-30081"]);
    stage.destroy().succeeds();
    stage.nothing_left("destroyed");
}

/// A create was killed and its configuration changed since: what it made is brought into line, and
/// what nobody wants any more goes.
#[test]
fn a_listener_that_vanished_leaves_its_target_group_to_the_next() {
    let stage = Stage::new(&SUBJECT);
    configure(&stage, &[(80, 30080), (443, 30443)]);
    stage.apply().succeeds();
    let before = stage.values();
    delete_listener(&stage.aws, &before, "443");
    stage
        .run(&["apply", "-refresh-only", "-auto-approve"])
        .succeeds();
    let group = group_of(&before, "443");
    assert_eq!(
        stage.values()["retired_target_groups"],
        json!({ group: "free" })
    );
    stage.apply().succeeds();
    stage.plan_is_empty("made again");
    assert_eq!(group_of(&stage.values(), "443"), group);
}
