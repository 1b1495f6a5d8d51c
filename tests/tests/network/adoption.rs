//! Whose a network is: what is gone on with, what is refused, and what a delete waits for.

use kubeha_tests::lifecycle::refusals::{Said, refused};
use kubeha_tests::lifecycle::{PROVIDER, Size, Stage};
use kubeha_tests::proxy::{Failure, Fault, On, StatusCode};
use serde_json::json;

use crate::subject::{SUBJECT, entry, text};

const NONE: &str = "nat_gateway_mode = \"none\"";

fn in_zones(zones: &str, more: &str) -> String {
    format!("availability_zones = {zones}\ncidr_block = \"10.1.0.0/16\"\n{NONE}\n{more}")
}

const A: &str = "[\"us-east-1a\"]";

#[test]
fn a_network_of_another_owner_is_not_taken() {
    let stage = Stage::new(&SUBJECT);
    stage.write(PROVIDER, &in_zones(A, ""));
    stage.apply().succeeds();
    let vpc_id = text(&stage.values(), "vpc_id").to_owned();
    let desk = stage.another_desk();
    let case = |provider: &str, detail: &str| {
        let said = Said {
            summary: "Planning network",
            detail,
            at: "",
        };
        refused(&desk, provider, &in_zones(A, ""), &[said]);
    };
    case(
        "cluster_name = \"acc\"\nowner = \"somebody/else\"",
        "belongs to the owner \"acceptance/acc\"",
    );
    let command = format!("terraform import kubeha_network.NAME '{vpc_id}'");
    case("cluster_name = \"acc\"", &command);
    // Another cluster's is another network.
    desk.write("cluster_name = \"other\"", &in_zones(A, ""));
    desk.plan().succeeds().says("1 to add");
}

#[test]
fn two_blocks_cannot_be_one_cluster_s_network() {
    let stage = Stage::new(&SUBJECT);
    stage.write(PROVIDER, &in_zones(A, ""));
    let second = |more: &str| {
        let arguments = in_zones(A, more);
        let block = format!("resource \"kubeha_network\" \"second\" {{\n{arguments}\n}}\n");
        stage.workspace().file("second.tf", &block);
    };
    second("");
    stage.plan().fails().says("Network claimed twice");
    second("cluster_name = \"other\"");
    stage.plan().succeeds().says("2 to add");
}

/// The places of zones in an unfinished network don't fit other zones.
#[test]
fn an_unfinished_network_of_other_zones_is_imported_as_told() {
    let stage = Stage::new(&SUBJECT);
    stage.write(PROVIDER, &in_zones("[\"us-east-1a\", \"us-east-1b\"]", ""));
    stage.apply().succeeds();
    let vpc_id = text(&stage.values(), "vpc_id").to_owned();
    // Nothing is in this state, as after a create that was killed with terraform.
    let desk = stage.another_desk();
    desk.write(PROVIDER, &in_zones("[\"us-east-1b\"]", ""));
    let outcome = desk.apply().fails();
    let command = format!("terraform import kubeha_network.NAME '{vpc_id}'");
    assert!(outcome.text().contains(&command), "{outcome}");
    desk.run(&["import", &desk.address(), &vpc_id]).succeeds();
    desk.apply().succeeds();
    desk.plan_is_empty("imported and applied");
    desk.destroy().succeeds();
    stage.nothing_left("destroyed");
}

#[test]
fn another_block_of_addresses_is_another_network() {
    let stage = Stage::new(&SUBJECT);
    stage.write(PROVIDER, &in_zones(A, ""));
    stage.apply().succeeds();
    let before = stage.values();
    let other = in_zones(A, "").replace("10.1.0.0/16", "10.2.0.0/16");
    stage.write(PROVIDER, &other);
    let planned = stage.planned("another block");
    assert_eq!(planned["change"]["actions"], json!(["delete", "create"]));
    stage.apply_planned().succeeds();
    stage.plan_is_empty("replaced");
    assert_ne!(text(&stage.values(), "vpc_id"), text(&before, "vpc_id"));
    stage.destroy().succeeds();
    stage.nothing_left("destroyed");
}

#[test]
fn what_is_created_before_it_is_destroyed_is_not_destroyed_under_itself() {
    let stage = Stage::new(&SUBJECT);
    let first = "\nlifecycle {\n  create_before_destroy = true\n}\n";
    stage.write(PROVIDER, &in_zones(A, first));
    stage.apply().succeeds();
    let before = stage.values();
    stage.run(&["taint", &stage.address()]).succeeds();
    stage.apply().succeeds().says("Nothing was replaced");
    stage.plan_is_empty("taken over");
    assert_eq!(text(&stage.values(), "vpc_id"), text(&before, "vpc_id"));
    stage.destroy().succeeds();
    stage.nothing_left("destroyed");
}

/// AWS may say for a while that what was just made isn't there.
#[test]
fn what_aws_does_not_know_yet_is_asked_for_again() {
    let stage = Stage::new(&SUBJECT);
    for (action, code) in [
        ("ec2:ModifyVpcAttribute", "InvalidVpcID.NotFound"),
        ("ec2:CreateSubnet", "InvalidVpcID.NotFound"),
        (
            "ec2:AttachInternetGateway",
            "InvalidInternetGatewayID.NotFound",
        ),
        ("ec2:AssociateRouteTable", "InvalidRouteTableID.NotFound"),
        ("ec2:CreateRoute", "InvalidRouteTableID.NotFound"),
    ] {
        let failure = Failure::coded(StatusCode::BAD_REQUEST, code, "does not exist");
        stage
            .proxy
            .fault(On::action(action).nth(1), Fault::Fail(failure));
    }
    stage.write(PROVIDER, &in_zones(A, ""));
    stage.apply().succeeds();
    stage.plan_is_empty("created");
    stage.destroy().succeeds();
    stage.nothing_left("destroyed");
}

/// One that an apply left behind whose answer came too late.
#[test]
fn addresses_and_gateways_that_nobody_uses_go_with_the_network() {
    let stage = Stage::new(&SUBJECT);
    stage.configure(Size::Minimal);
    stage.apply().succeeds();
    let values = stage.values();
    let marks = |kind: &str, resource: &'static str| -> Vec<(String, String)> {
        let mut parameters = vec![("TagSpecification.1.ResourceType".into(), resource.into())];
        let tags = [
            ("kubeha.io/cluster", "acc"),
            ("kubeha.io/kind", kind),
            ("kubeha.io/owner", "acceptance/acc"),
            ("kubeha.io/zone", "us-east-1a"),
            ("kubeha.io/vpc", text(&values, "vpc_id")),
        ];
        for (at, (key, value)) in tags.iter().enumerate() {
            let name = |part: &str| format!("TagSpecification.1.Tag.{}.{part}", at + 1);
            parameters.push((name("Key"), (*key).to_owned()));
            parameters.push((name("Value"), (*value).to_owned()));
        }
        parameters
    };
    let make = |action: &str, parameters: &[(String, String)]| {
        let parameters: Vec<_> = parameters
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()))
            .collect();
        stage.aws.ec2(action, &parameters);
    };
    make("AllocateAddress", &marks("nat-address", "elastic-ip"));
    make(
        "CreateInternetGateway",
        &marks("internet-gateway", "internet-gateway"),
    );
    stage.plan_is_empty("they are nobody's business");
    stage.destroy().succeeds();
    stage.nothing_left("destroyed");
}

/// A delete that something holds up says what.
#[test]
fn a_delete_names_what_is_still_there() {
    let stage = Stage::new(&SUBJECT);
    stage.write(PROVIDER, &in_zones(A, "timeouts {\n  delete = \"12s\"\n}"));
    stage.apply().succeeds();
    let values = stage.values();
    let subnet = entry(&values, "private_subnets", "a");
    let interface = stage
        .aws
        .ec2(
            "CreateNetworkInterface",
            &[("SubnetId", &subnet), ("Description", "of a controller")],
        )
        .text("networkInterfaceId");
    let held = format!("in use by {interface} (of a controller)");
    stage.destroy().fails().says(&held);
    assert!(stage.in_state().is_some());
    stage.aws.ec2(
        "DeleteNetworkInterface",
        &[("NetworkInterfaceId", &interface)],
    );

    let group = [
        ("GroupName", "theirs"),
        ("GroupDescription", "x"),
        ("VpcId", text(&values, "vpc_id")),
    ];
    let id = stage.aws.ec2("CreateSecurityGroup", &group).text("groupId");
    stage
        .destroy()
        .fails()
        .says(&format!("in use by {id} (theirs)"));
    stage.aws.ec2("DeleteSecurityGroup", &[("GroupId", &id)]);
    stage.destroy().succeeds();
    stage.nothing_left("destroyed");
}

/// What AWS keeps for a while is waited for.
#[test]
fn a_delete_waits_until_a_subnet_is_unused() {
    let stage = Stage::new(&SUBJECT);
    stage.write(PROVIDER, &in_zones(A, ""));
    stage.apply().succeeds();
    let subnet = entry(&stage.values(), "public_subnets", "a");
    let interface = stage
        .aws
        .ec2("CreateNetworkInterface", &[("SubnetId", &subnet)])
        .text("networkInterfaceId");
    stage.proxy.clear();
    let mut running = stage.start(&["destroy", "-auto-approve"]);
    let looked = |action: &str| {
        let calls = stage.proxy.calls();
        calls.iter().filter(|call| call.action == action).count()
    };
    while looked("ec2:DescribeNetworkInterfaces") == 0 {
        assert!(!running.has_ended(), "it doesn't wait: {running:?}");
        std::thread::sleep(std::time::Duration::from_millis(20));
    }
    stage.aws.ec2(
        "DeleteNetworkInterface",
        &[("NetworkInterfaceId", &interface)],
    );
    running.wait().succeeds();
    stage.nothing_left("destroyed");
}

/// A NAT gateway that never comes ends the wait at once, and the next apply goes on.
#[test]
fn a_nat_gateway_that_somebody_deletes_meanwhile_is_not_waited_for() {
    let stage = Stage::new(&SUBJECT);
    stage.configure(Size::Minimal);
    stage.account.set(json!({ "nat_gateway_seconds": 60 }));
    stage.account.set_clock_factor(0.0);
    let gate = stage
        .proxy
        .hold_before(On::action("ec2:DescribeNatGateways").nth(1));
    let running = stage.start(&["apply", "-auto-approve"]);
    assert!(gate.wait(std::time::Duration::from_secs(60)).is_some());
    let id = stage
        .aws
        .ec2("DescribeNatGateways", &[])
        .text("natGatewayId");
    stage.aws.ec2("DeleteNatGateway", &[("NatGatewayId", &id)]);
    gate.release();
    let outcome = running.wait();
    assert_eq!(outcome.code(), Some(1), "{outcome}");
    outcome.says("was deleted");
    stage.account.set(json!({ "nat_gateway_seconds": 0 }));
    // The one that is deleted lets go of its address.
    stage.account.advance(std::time::Duration::from_secs(61));
    stage.account.set_clock_factor(1.0);
    stage.apply().succeeds();
    stage.plan_is_empty("gone on");
    stage.destroy().succeeds();
    stage.nothing_left("destroyed");
}
