//! How each attribute of a network can change behind Terraform's back.

use kubeha_tests::lifecycle::Drift;

use crate::subject::{entry, tag, text, untag};

/// The cases.
pub(crate) const DRIFT: &[Drift] = &[
    Drift::of(
        "map_public_ip_on_launch",
        "of one subnet",
        |aws, _, values| {
            let parameters = [
                ("SubnetId", entry(values, "public_subnets", "b")),
                ("MapPublicIpOnLaunch.Value", "false".to_owned()),
            ];
            let parameters: Vec<_> = parameters
                .iter()
                .map(|(name, value)| (*name, value.as_str()))
                .collect();
            aws.ec2("ModifySubnetAttribute", &parameters);
        },
    ),
    Drift::tags("of the VPC, another value", |aws, _, values| {
        tag(aws, text(values, "vpc_id"), "team", "z");
    }),
    Drift::tags("of the VPC, another name", |aws, _, values| {
        tag(aws, text(values, "vpc_id"), "Name", "z");
    }),
    Drift::tags("of the internet gateway, one less", |aws, _, values| {
        untag(aws, text(values, "internet_gateway_id"), "env");
    }),
    Drift::tags("of a subnet, one more", |aws, _, values| {
        tag(aws, &entry(values, "private_subnets", "b"), "more", "z");
    }),
    Drift::tags(
        "of the public route table, another value",
        |aws, _, values| {
            tag(aws, text(values, "public_route_table_id"), "team", "z");
        },
    ),
    Drift::tags("of a private route table, one less", |aws, _, values| {
        untag(aws, &entry(values, "private_route_table_ids", "b"), "team");
    }),
    Drift::tags("of a NAT gateway, another value", |aws, _, values| {
        tag(aws, &entry(values, "nat_gateway_ids", "a"), "team", "z");
    }),
    Drift::tags("of an address, another value", |aws, _, values| {
        let id = entry(values, "nat_gateway_allocation_ids", "b");
        tag(aws, &id, "team", "z");
    }),
];

/// What can't drift, or not by itself.
pub(crate) const DRIFTLESS: &[(&str, &str)] = &[
    (
        "cluster_name",
        "not AWS's: it stands in a mark of ownership, which is set when it is made",
    ),
    (
        "availability_zones",
        "a subnet can't change its zone; one that is gone shows in `public_subnets` or \
         `private_subnets`",
    ),
    ("cidr_block", "AWS can't change a VPC's first block"),
    (
        "nat_gateway_mode",
        "not AWS's: a gateway that is gone shows in `nat_gateway_ids`",
    ),
    ("pod_cidr", "checked and not stored"),
    ("service_cidr", "checked and not stored"),
];
