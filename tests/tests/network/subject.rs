//! What the life-cycle harness needs to know of a network.

use kubeha_tests::lifecycle::calls::Measured;
use kubeha_tests::lifecycle::{
    Aws, Calls, Lifecycle, Network, Phase, Size, Stage, Vanishing, Waiting,
};
use serde_json::Value as Json;

use crate::drifts::{DRIFT, DRIFTLESS};

pub(crate) static SUBJECT: Lifecycle = Lifecycle {
    resource: "kubeha_network",
    arguments,
    one_more: "map_public_ip_on_launch = true",
    import_id: |_, values| text(values, "vpc_id").to_owned(),
    never_set: &[],
    vanishing: &[
        Vanishing {
            what: "a private subnet's default route",
            delete: |aws, values| {
                delete_default_route(aws, &entry(values, "private_route_table_ids", "b"));
            },
            planned: &["update"],
        },
        Vanishing {
            what: "a public subnet's use of its route table",
            delete: |aws, values| disassociate(aws, &entry(values, "public_subnets", "b")),
            planned: &["update"],
        },
        Vanishing {
            what: "a private subnet's use of its own route table",
            delete: |aws, values| {
                let association = association(aws, &entry(values, "private_subnets", "b"));
                let parameters = [
                    ("AssociationId", association.as_str()),
                    ("RouteTableId", text(values, "public_route_table_id")),
                ];
                aws.ec2("ReplaceRouteTableAssociation", &parameters);
            },
            planned: &["update"],
        },
        Vanishing {
            what: "the internet gateway's attachment",
            delete: detach,
            planned: &["update"],
        },
        Vanishing {
            what: "the NAT gateway with its address",
            delete: |aws, values| {
                delete_nat_gateway(aws, values);
                release_address(aws, values);
            },
            planned: &["update"],
        },
        Vanishing {
            what: "a private subnet with its route table",
            delete: |aws, values| {
                delete_subnet(aws, &entry(values, "private_subnets", "c"));
                delete_table(aws, &entry(values, "private_route_table_ids", "c"));
            },
            planned: &["update"],
        },
        Vanishing {
            what: "the VPC but not the address",
            delete: delete_vpc_and_all,
            planned: &["update"],
        },
        Vanishing {
            what: "all of it",
            delete: |aws, values| {
                delete_vpc_and_all(aws, values);
                release_address(aws, values);
            },
            planned: &["create"],
        },
    ],
    drift: DRIFT,
    driftless: DRIFTLESS,
    waits: &[
        Waiting {
            what: "for the VPC to be seen",
            phase: Phase::Create,
            after: "ec2:CreateVpc",
            nth: 1,
            polls: "ec2:DescribeVpcs",
        },
        Waiting {
            what: "for the internet gateway to be seen",
            phase: Phase::Create,
            after: "ec2:CreateInternetGateway",
            nth: 1,
            polls: "ec2:DescribeInternetGateways",
        },
        Waiting {
            what: "for an address to be seen",
            phase: Phase::Create,
            after: "ec2:AllocateAddress",
            nth: 2,
            polls: "ec2:DescribeAddresses",
        },
        Waiting {
            what: "for route tables to be seen",
            phase: Phase::Create,
            after: "ec2:CreateRouteTable",
            nth: 3,
            polls: "ec2:DescribeRouteTables",
        },
        Waiting {
            what: "for NAT gateways to be available",
            phase: Phase::Create,
            after: "ec2:AssociateRouteTable",
            nth: 4,
            polls: "ec2:DescribeNatGateways",
        },
        Waiting {
            what: "for a NAT gateway to be gone",
            phase: Phase::Update,
            after: "ec2:DeleteNatGateway",
            nth: 1,
            polls: "ec2:DescribeNatGateways",
        },
        Waiting {
            what: "for a subnet to be unused",
            phase: Phase::Update,
            after: "ec2:ReleaseAddress",
            nth: 1,
            polls: "ec2:DeleteSubnet",
        },
        Waiting {
            what: "for NAT gateways to be gone",
            phase: Phase::Destroy,
            after: "ec2:DeleteNatGateway",
            nth: 2,
            polls: "ec2:DescribeNatGateways",
        },
        Waiting {
            what: "for an address to be free",
            phase: Phase::Destroy,
            after: "ec2:DeleteNatGateway",
            nth: 2,
            polls: "ec2:ReleaseAddress",
        },
        Waiting {
            what: "for a route table to be unused",
            phase: Phase::Destroy,
            after: "ec2:DeleteSubnet",
            nth: 4,
            polls: "ec2:DeleteRouteTable",
        },
        Waiting {
            what: "for the internet gateway to be unused",
            phase: Phase::Destroy,
            after: "ec2:DeleteRouteTable",
            nth: 3,
            polls: "ec2:DetachInternetGateway",
        },
        Waiting {
            what: "for the VPC to be unused",
            phase: Phase::Destroy,
            after: "ec2:DeleteInternetGateway",
            nth: 1,
            polls: "ec2:DeleteVpc",
        },
    ],
    calls: &[
        Calls {
            phase: Measured::Create,
            writes: &[
                ("ec2:AllocateAddress", 2),
                ("ec2:AssociateRouteTable", 4),
                ("ec2:AttachInternetGateway", 1),
                ("ec2:CreateInternetGateway", 1),
                ("ec2:CreateNatGateway", 2),
                ("ec2:CreateRoute", 3),
                ("ec2:CreateRouteTable", 3),
                ("ec2:CreateSubnet", 4),
                ("ec2:CreateVpc", 1),
                ("ec2:ModifySubnetAttribute", 2),
                ("ec2:ModifyVpcAttribute", 1),
            ],
            // The writes; zones and the cluster's VPC at plan; a wait.
            floor: 24 + 2 + 1,
        },
        Calls {
            phase: Measured::Refresh,
            writes: &[],
            // VPC, two attributes of it, subnets, tables, NAT gateways, internet gateway, addresses.
            floor: 8,
        },
        Calls {
            phase: Measured::Update,
            writes: &[("ec2:ModifySubnetAttribute", 1)],
            // A refresh, and the write.
            floor: 8 + 1,
        },
        Calls {
            phase: Measured::Destroy,
            writes: &[
                ("ec2:DeleteInternetGateway", 1),
                ("ec2:DeleteNatGateway", 2),
                ("ec2:DeleteRouteTable", 3),
                ("ec2:DeleteSubnet", 4),
                ("ec2:DeleteVpc", 1),
                ("ec2:DetachInternetGateway", 1),
                ("ec2:ReleaseAddress", 2),
            ],
            // A refresh, the writes, a wait.
            floor: 8 + 14 + 1,
        },
    ],
};

fn arguments(_: &Network, size: Size) -> String {
    match size {
        Size::Minimal => {
            "availability_zones = [\"us-east-1a\"]\ncidr_block = \"10.1.0.0/16\"".to_owned()
        }
        Size::Full => r#"
            cluster_name            = "acc"
            availability_zones      = ["us-east-1a", "us-east-1b"]
            cidr_block              = "10.1.0.0/16"
            nat_gateway_mode        = "per_zone"
            map_public_ip_on_launch = true
            pod_cidr                = "10.244.0.0/16"
            service_cidr            = "10.96.0.0/12"
            tags                    = { team = "a", env = "test" }
            timeouts {
              create = "5m"
              update = "5m"
              delete = "5m"
            }
            "#
        .to_owned(),
        Size::Changed => r#"
            availability_zones      = ["us-east-1c", "us-east-1b"]
            cidr_block              = "10.1.0.0/16"
            nat_gateway_mode        = "single"
            map_public_ip_on_launch = false
            tags                    = { team = "b" }
            "#
        .to_owned(),
    }
}

/// The maps of ids of parts that have tags.
const ZONAL: [&str; 5] = [
    "public_subnets",
    "private_subnets",
    "private_route_table_ids",
    "nat_gateway_ids",
    "nat_gateway_allocation_ids",
];

/// Sets a tag of all parts.
pub(crate) fn set_tag(stage: &Stage, key: &str, value: &str) {
    let values = stage.values();
    for id in ["vpc_id", "internet_gateway_id", "public_route_table_id"] {
        tag(&stage.aws, text(&values, id), key, value);
    }
    for map in ZONAL {
        for id in ids(&values, map) {
            tag(&stage.aws, &id, key, value);
        }
    }
}

/// Sets a tag of one part.
pub(crate) fn tag(aws: &Aws, id: &str, key: &str, value: &str) {
    let parameters = [
        ("ResourceId.1", id),
        ("Tag.1.Key", key),
        ("Tag.1.Value", value),
    ];
    aws.ec2("CreateTags", &parameters);
}

/// Removes a tag of one part.
pub(crate) fn untag(aws: &Aws, id: &str, key: &str) {
    aws.ec2("DeleteTags", &[("ResourceId.1", id), ("Tag.1.Key", key)]);
}

/// A text attribute.
pub(crate) fn text<'a>(values: &'a Json, name: &str) -> &'a str {
    values[name]
        .as_str()
        .unwrap_or_else(|| panic!("no {name} in {values:#}"))
}

/// The entry of a map for the zone of this letter.
pub(crate) fn entry(values: &Json, map: &str, letter: &str) -> String {
    text(&values[map], &format!("us-east-1{letter}")).to_owned()
}

/// The values of a map.
pub(crate) fn ids(values: &Json, map: &str) -> Vec<String> {
    let entries = values[map].as_object().into_iter().flatten();
    entries
        .map(|(_, id)| id.as_str().expect("an id").to_owned())
        .collect()
}

fn delete_default_route(aws: &Aws, table: &str) {
    let parameters = [
        ("RouteTableId", table),
        ("DestinationCidrBlock", "0.0.0.0/0"),
    ];
    aws.ec2("DeleteRoute", &parameters);
}

fn disassociate(aws: &Aws, subnet: &str) {
    let id = association(aws, subnet);
    aws.ec2("DisassociateRouteTable", &[("AssociationId", &id)]);
}

/// The id of a subnet's association with a route table.
fn association(aws: &Aws, subnet: &str) -> String {
    let filter = [
        ("Filter.1.Name", "association.subnet-id"),
        ("Filter.1.Value.1", subnet),
    ];
    let found = aws.ec2("DescribeRouteTables", &filter);
    // Several subnets may use the table.
    let items = found.texts("item");
    let ours = items.iter().find(|item| item.contains(subnet));
    let id = ours.and_then(|item| {
        let (_, rest) = item.split_once("<routeTableAssociationId>")?;
        Some(rest.split_once('<')?.0.to_owned())
    });
    id.expect("an association")
}

pub(crate) fn detach(aws: &Aws, values: &Json) {
    // It can't go while anything has a public address.
    delete_nat_gateway(aws, values);
    let parameters = [
        ("InternetGatewayId", text(values, "internet_gateway_id")),
        ("VpcId", text(values, "vpc_id")),
    ];
    aws.ec2("DetachInternetGateway", &parameters);
}

fn delete_nat_gateway(aws: &Aws, values: &Json) {
    for id in ids(values, "nat_gateway_ids") {
        aws.ec2("DeleteNatGateway", &[("NatGatewayId", &id)]);
    }
}

fn release_address(aws: &Aws, values: &Json) {
    for id in ids(values, "nat_gateway_allocation_ids") {
        aws.ec2("ReleaseAddress", &[("AllocationId", &id)]);
    }
}

fn delete_subnet(aws: &Aws, id: &str) {
    aws.ec2("DeleteSubnet", &[("SubnetId", id)]);
}

fn delete_table(aws: &Aws, id: &str) {
    aws.ec2("DeleteRouteTable", &[("RouteTableId", id)]);
}

fn delete_vpc_and_all(aws: &Aws, values: &Json) {
    detach(aws, values);
    let gateway = text(values, "internet_gateway_id");
    aws.ec2("DeleteInternetGateway", &[("InternetGatewayId", gateway)]);
    for map in ["public_subnets", "private_subnets"] {
        for id in ids(values, map) {
            delete_subnet(aws, &id);
        }
    }
    for id in ids(values, "private_route_table_ids") {
        delete_table(aws, &id);
    }
    delete_table(aws, text(values, "public_route_table_id"));
    aws.ec2("DeleteVpc", &[("VpcId", text(values, "vpc_id"))]);
}
