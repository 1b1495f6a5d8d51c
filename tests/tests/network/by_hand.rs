//! A network that was made without this provider: its subnets are named, the rest is found, and from
//! then on it is like any other.

use kubeha_tests::lifecycle::{Aws, PROVIDER, Stage};
use serde_json::json;

use crate::subject::{SUBJECT, entry, text};

/// Ids of what was made.
struct ByHand {
    vpc: String,
    public: [String; 2],
    private: [String; 2],
    nat_gateway: String,
    private_table: String,
}

/// Two zones, one NAT gateway, and one route table for both private subnets, as many modules do.
fn make(aws: &Aws) -> ByHand {
    let vpc = aws
        .ec2("CreateVpc", &[("CidrBlock", "10.3.0.0/16")])
        .text("vpcId");
    let subnet = |letter: &str, block: &str| {
        let zone = format!("us-east-1{letter}");
        let parameters = [
            ("VpcId", vpc.as_str()),
            ("CidrBlock", block),
            ("AvailabilityZone", &zone),
        ];
        aws.ec2("CreateSubnet", &parameters).text("subnetId")
    };
    let public = [subnet("a", "10.3.101.0/24"), subnet("b", "10.3.102.0/24")];
    let private = [subnet("a", "10.3.1.0/24"), subnet("b", "10.3.2.0/24")];
    let gateway = aws
        .ec2("CreateInternetGateway", &[])
        .text("internetGatewayId");
    aws.ec2(
        "AttachInternetGateway",
        &[("InternetGatewayId", &gateway), ("VpcId", &vpc)],
    );
    let address = aws
        .ec2("AllocateAddress", &[("Domain", "vpc")])
        .text("allocationId");
    let nat_gateway = aws
        .ec2(
            "CreateNatGateway",
            &[("SubnetId", &public[0]), ("AllocationId", &address)],
        )
        .text("natGatewayId");
    let table = |target: (&str, &str), subnets: &[String; 2]| {
        let id = aws
            .ec2("CreateRouteTable", &[("VpcId", &vpc)])
            .text("routeTableId");
        let route = [
            ("RouteTableId", id.as_str()),
            ("DestinationCidrBlock", "0.0.0.0/0"),
            target,
        ];
        aws.ec2("CreateRoute", &route);
        for subnet in subnets {
            aws.ec2(
                "AssociateRouteTable",
                &[("RouteTableId", &id), ("SubnetId", subnet)],
            );
        }
        id
    };
    table(("GatewayId", &gateway), &public);
    let private_table = table(("NatGatewayId", &nat_gateway), &private);
    ByHand {
        vpc,
        public,
        private,
        nat_gateway,
        private_table,
    }
}

#[test]
fn its_subnets_stay_and_its_ways_out_become_ours() {
    let stage = Stage::new(&SUBJECT);
    let made = make(&stage.aws);
    const ZONES: &str = "[\"us-east-1a\", \"us-east-1b\"]";
    let arguments = |zones: &str| {
        format!(
            "availability_zones = {zones}\ncidr_block = \"10.3.0.0/16\"\n\
             nat_gateway_mode = \"single\""
        )
    };
    let configure = |zones: &str| stage.write(PROVIDER, &arguments(zones));
    configure(ZONES);
    let [public, private] = [("public", &made.public), ("private", &made.private)]
        .map(|(kind, ids)| format!("{kind}={},{kind}={}", ids[0], ids[1]));
    let id = format!("{},{public},{private}", made.vpc);
    let desk = stage.another_desk();
    desk.write("owner = \"acceptance/acc\"", &arguments(ZONES));
    desk.run(&["import", &desk.address(), &id]).succeeds();
    desk.plan()
        .fails()
        .says("don't say which cluster it is for");
    stage.run(&["import", &stage.address(), &id]).succeeds();

    let planned = stage.planned("imported");
    assert_eq!(
        planned["change"]["actions"],
        json!(["update"]),
        "{planned:#}"
    );
    stage.apply_planned().succeeds();
    stage.plan_is_empty("applied");
    let values = stage.values();
    assert_eq!(text(&values, "vpc_id"), made.vpc);
    assert_eq!(entry(&values, "private_subnets", "b"), made.private[1]);
    assert_eq!(entry(&values, "nat_gateway_ids", "a"), made.nat_gateway);
    assert_eq!(
        values["private_subnet_cidr_blocks"],
        json!({ "us-east-1a": "10.3.1.0/24", "us-east-1b": "10.3.2.0/24" })
    );
    let tables = ["a", "b"].map(|zone| entry(&values, "private_route_table_ids", zone));
    assert_eq!(tables[0], made.private_table);
    assert_ne!(tables[1], tables[0], "each zone has its own");
    let nat = made.nat_gateway.as_str();
    assert_eq!(
        values["private_default_routes"],
        json!({ "us-east-1a": nat, "us-east-1b": nat })
    );

    // Place 0 is where the hand-made subnets are, and so is the first public one.
    configure("[\"us-east-1a\", \"us-east-1b\", \"us-east-1c\"]");
    stage.apply().succeeds();
    stage.plan_is_empty("one more zone");
    let blocks = &stage.values()["private_subnet_cidr_blocks"];
    assert_eq!(blocks["us-east-1c"], "10.3.16.0/20");

    stage.destroy().succeeds();
    stage.nothing_left("destroyed");
}

#[test]
fn somebody_s_subnet_is_not_built_upon() {
    let stage = Stage::new(&SUBJECT);
    let arguments = |zones: &str| {
        format!(
            "availability_zones = {zones}\ncidr_block = \"10.3.0.0/16\"\n\
             nat_gateway_mode = \"none\""
        )
    };
    stage.write(PROVIDER, &arguments("[\"us-east-1a\"]"));
    stage.apply().succeeds();
    let vpc_id = text(&stage.values(), "vpc_id").to_owned();
    let theirs = [
        ("VpcId", vpc_id.as_str()),
        ("CidrBlock", "10.3.20.0/24"),
        ("AvailabilityZone", "us-east-1a"),
    ];
    let id = stage.aws.ec2("CreateSubnet", &theirs).text("subnetId");
    stage.plan_is_empty("it is nobody's business");
    stage.write(PROVIDER, &arguments("[\"us-east-1a\", \"us-east-1b\"]"));
    stage.plan().fails().says(&format!(
        "would have the addresses 10.3.16.0/20, but {id} is there"
    ));
    stage.aws.ec2("DeleteSubnet", &[("SubnetId", &id)]);
    stage.apply().succeeds();
    stage.plan_is_empty("there is room");
}
