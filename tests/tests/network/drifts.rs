//! How each attribute of a network can change behind Terraform's back.

use kubeha_tests::lifecycle::{Aws, Drift, Network};
use serde_json::Value as Json;

use crate::subject::{entry, tag, text, untag};

/// The cases.
pub(crate) const DRIFT: &[Drift] = &[
    case(
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
    tags("of the VPC, another value", |aws, _, values| {
        tag(aws, text(values, "vpc_id"), "team", "z");
    }),
    tags("of the VPC, another name", |aws, _, values| {
        tag(aws, text(values, "vpc_id"), "Name", "z");
    }),
    tags("of the internet gateway, one less", |aws, _, values| {
        untag(aws, text(values, "internet_gateway_id"), "env");
    }),
    tags("of a subnet, one more", |aws, _, values| {
        tag(aws, &entry(values, "private_subnets", "b"), "more", "z");
    }),
    tags(
        "of the public route table, another value",
        |aws, _, values| {
            tag(aws, text(values, "public_route_table_id"), "team", "z");
        },
    ),
    tags("of a private route table, one less", |aws, _, values| {
        untag(aws, &entry(values, "private_route_table_ids", "b"), "team");
    }),
    tags("of a NAT gateway, another value", |aws, _, values| {
        tag(aws, &entry(values, "nat_gateway_ids", "a"), "team", "z");
    }),
    tags("of an address, another value", |aws, _, values| {
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

const fn case(
    attribute: &'static str,
    how: &'static str,
    change: fn(&Aws, &Network, &Json),
) -> Drift {
    Drift {
        attribute,
        how,
        change,
        also: &[],
        replaces: false,
    }
}

const fn tags(how: &'static str, change: fn(&Aws, &Network, &Json)) -> Drift {
    Drift {
        also: &["tags_all"],
        ..case("tags", how, change)
    }
}
