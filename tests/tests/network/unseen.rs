//! What AWS made just before provider and terraform were killed, and doesn't show yet when the next apply
//! looks for it. No kind of object of a network has a name, and the client tokens of a process end with it.

use kubeha_tests::lifecycle::unseen::{Next, Unseen, overlooked};
use kubeha_tests::lifecycle::{Size, Stage};

use crate::subject::{SUBJECT, text};

#[test]
fn a_vpc_that_is_overlooked_is_taken_and_the_new_one_goes() {
    overlooked(
        &SUBJECT,
        Unseen {
            create: "ec2:CreateVpc",
            reads: "DescribeVpcs",
            looks: 3,
            then: Next::Mends,
        },
    );
}

#[test]
#[ignore = "more kinds: make test-all"]
fn what_else_is_overlooked_and_made_twice_goes() {
    of_kinds(
        Next::Mends,
        &[
            ("ec2:CreateInternetGateway", "DescribeInternetGateways", 2),
            ("ec2:AllocateAddress", "DescribeAddresses", 1),
            ("ec2:CreateRouteTable", "DescribeRouteTables", 1),
        ],
    );
}

/// A subnet's block and a NAT gateway's address can't be had twice.
#[test]
#[ignore = "more kinds: make test-all"]
fn what_is_overlooked_and_can_t_be_made_twice_is_found_by_the_next_apply() {
    of_kinds(
        Next::Fails,
        &[
            ("ec2:CreateSubnet", "DescribeSubnets", 2),
            ("ec2:CreateNatGateway", "DescribeNatGateways", 1),
        ],
    );
}

/// By create: the reads that overlook what it made, and how many of them.
fn of_kinds(then: Next, kinds: &[(&'static str, &'static str, u64)]) {
    for (create, reads, looks) in kinds {
        let looks = *looks;
        overlooked(
            &SUBJECT,
            Unseen {
                create,
                reads,
                looks,
                then,
            },
        );
    }
}

/// AWS may show the second one first, and the first only when nobody looks any more.
#[test]
fn what_stays_overlooked_goes_with_the_network_but_for_a_vpc() {
    let stage = Stage::new(&SUBJECT);
    stage.configure(Size::Minimal);
    stage.apply().succeeds();
    let network = stage.made();
    let vpc_id = text(&stage.values(), "vpc_id").to_owned();
    let zone = "us-east-1a";
    let another = |create: &str, of: &str, kind: &str, more: &[(&str, &str)]| {
        let marks = [
            ("kubeha.io/cluster", "acc"),
            ("kubeha.io/kind", kind),
            ("kubeha.io/owner", "acceptance/acc"),
            ("kubeha.io/vpc", &vpc_id),
            ("kubeha.io/zone", zone),
        ];
        let mut parameters = vec![("TagSpecification.1.ResourceType".to_owned(), of)];
        // A VPC is in no zone, and in no other.
        let marks = &marks[..if kind == "vpc" { 3 } else { 5 }];
        for (at, (key, value)) in (1..).zip(marks) {
            parameters.push((format!("TagSpecification.1.Tag.{at}.Key"), key));
            parameters.push((format!("TagSpecification.1.Tag.{at}.Value"), value));
        }
        parameters.extend(
            more.iter()
                .map(|(name, value)| ((*name).to_owned(), *value)),
        );
        let parameters: Vec<_> = parameters
            .iter()
            .map(|(name, value)| (name.as_str(), *value))
            .collect();
        stage.aws.ec2(create, &parameters)
    };
    let block = [("CidrBlock", "10.1.0.0/16")];
    let vpc = another("CreateVpc", "vpc", "vpc", &block).text("vpcId");
    another(
        "CreateInternetGateway",
        "internet-gateway",
        "internet-gateway",
        &[],
    );
    another(
        "AllocateAddress",
        "elastic-ip",
        "nat-address",
        &[("Domain", "vpc")],
    );
    let inside = [("VpcId", vpc_id.as_str())];
    another(
        "CreateRouteTable",
        "route-table",
        "private-route-table",
        &inside,
    );
    stage.plan_is_empty("others bear the marks of its parts");

    stage.destroy().succeeds();
    let left = stage.made();
    assert_eq!(left.keys().collect::<Vec<_>>(), ["vpc"], "{left:#?}");

    // The next create goes on with it.
    stage.apply().succeeds();
    assert_eq!(text(&stage.values(), "vpc_id"), vpc);
    assert_eq!(stage.made(), network);
    stage.destroy().succeeds();
    stage.nothing_left("destroyed");
}
