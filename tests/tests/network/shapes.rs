//! Zones that come and go, and ways out that change: in place, and nothing else moves.

use std::collections::BTreeMap;

use kubeha_tests::lifecycle::{PROVIDER, Stage};
use serde_json::{Value as Json, json};

use crate::subject::{SUBJECT, entry, ids};

/// A network in the zones of these letters, with more arguments.
fn configure(stage: &Stage, letters: &str, more: &str) {
    let zones: Vec<_> = letters
        .chars()
        .map(|letter| format!("\"us-east-1{letter}\""))
        .collect();
    let arguments = format!(
        "availability_zones = [{}]\ncidr_block = \"10.1.0.0/16\"\n{more}",
        zones.join(", ")
    );
    stage.write(PROVIDER, &arguments);
}

fn apply(stage: &Stage, letters: &str, more: &str) -> Json {
    configure(stage, letters, more);
    stage.apply().succeeds();
    stage.plan_is_empty(letters);
    stage.values()
}

fn blocks(values: &Json) -> BTreeMap<String, String> {
    let entries = values["private_subnet_cidr_blocks"].as_object().unwrap();
    let zone = |zone: &str| zone.trim_start_matches("us-east-1").to_owned();
    let entries = entries.iter();
    entries
        .map(|(name, block)| (zone(name), block.as_str().unwrap().to_owned()))
        .collect()
}

fn expected(blocks: &[(&str, &str)]) -> BTreeMap<String, String> {
    let blocks = blocks.iter();
    blocks
        .map(|(zone, block)| ((*zone).to_owned(), (*block).to_owned()))
        .collect()
}

#[test]
fn zones_keep_their_places_whatever_comes_and_goes() {
    let stage = Stage::new(&SUBJECT);
    let none = "nat_gateway_mode = \"none\"";
    let first = apply(&stage, "cb", none);
    let places = [("b", "10.1.0.0/20"), ("c", "10.1.16.0/20")];
    assert_eq!(blocks(&first), expected(&places));
    configure(&stage, "bc", none);
    stage.plan_is_empty("the same zones in another order");

    let second = apply(&stage, "abc", none);
    let places = [
        ("a", "10.1.32.0/20"),
        ("b", "10.1.0.0/20"),
        ("c", "10.1.16.0/20"),
    ];
    assert_eq!(blocks(&second), expected(&places));
    for map in ["public_subnets", "private_subnets"] {
        assert_eq!(entry(&second, map, "c"), entry(&first, map, "c"));
    }

    apply(&stage, "ca", none);
    let fourth = apply(&stage, "cad", none);
    let places = [
        ("a", "10.1.32.0/20"),
        ("c", "10.1.16.0/20"),
        ("d", "10.1.0.0/20"),
    ];
    assert_eq!(blocks(&fourth), expected(&places));
    stage.destroy().succeeds();
    stage.nothing_left("destroyed");
}

#[test]
fn nat_gateways_change_in_place() {
    let stage = Stage::new(&SUBJECT);
    let mode = |mode: &str| format!("nat_gateway_mode = \"{mode}\"");
    let routes = |values: &Json| values["private_default_routes"].clone();

    let single = apply(&stage, "ab", &mode("single"));
    let gateways = ids(&single, "nat_gateway_ids");
    assert_eq!(gateways.len(), 1);
    let through = |a: &str, b: &str| json!({ "us-east-1a": a, "us-east-1b": b });
    assert_eq!(routes(&single), through(&gateways[0], &gateways[0]));

    let each = apply(&stage, "ab", &mode("per_zone"));
    let (a, b) = (
        entry(&each, "nat_gateway_ids", "a"),
        entry(&each, "nat_gateway_ids", "b"),
    );
    assert_eq!(a, gateways[0], "the first one stays");
    assert_eq!(routes(&each), through(&a, &b));
    for map in ["private_subnets", "private_route_table_ids", "vpc_id"] {
        assert_eq!(each[map], single[map]);
    }

    configure(&stage, "ab", &mode("none"));
    stage
        .apply()
        .succeeds()
        .says("Private subnets have no way out");
    let none = stage.values();
    assert_eq!(
        (routes(&none), ids(&none, "nat_gateway_ids")),
        (json!({}), vec![])
    );
    assert!(!stage.account.inventory().contains_key("elastic-ip"));
    stage.plan_is_empty("none");

    // A way out of the user's own is left alone.
    let table = entry(&none, "private_route_table_ids", "a");
    let route = [
        ("RouteTableId", table.as_str()),
        ("DestinationCidrBlock", "0.0.0.0/0"),
        ("GatewayId", none["internet_gateway_id"].as_str().unwrap()),
    ];
    stage.aws.ec2("CreateRoute", &route);
    stage.plan_is_empty("a route of the user's own");

    apply(&stage, "ab", &mode("per_zone"));
    stage.destroy().succeeds();
    stage.nothing_left("destroyed");
}

#[test]
fn the_single_gateway_moves_when_its_zone_goes() {
    let stage = Stage::new(&SUBJECT);
    let single = "nat_gateway_mode = \"single\"";
    apply(&stage, "ab", single);
    let after = apply(&stage, "b", single);
    let gateway = entry(&after, "nat_gateway_ids", "b");
    assert_eq!(
        after["private_default_routes"],
        json!({ "us-east-1b": gateway })
    );
    stage.destroy().succeeds();
    stage.nothing_left("destroyed");
}

#[test]
fn zones_and_addresses_are_known_at_plan() {
    let stage = Stage::new(&SUBJECT);
    configure(&stage, "ab", "");
    let each = "resource \"terraform_data\" \"each\" {\n  \
                for_each = kubeha_network.this.private_subnets\n  input = each.value\n}\n";
    stage.workspace().file("each.tf", each);
    let planned = stage.planned("a new network");
    let zones: Vec<_> = planned["change"]["after_unknown"]["private_subnets"]
        .as_object()
        .unwrap()
        .keys()
        .cloned()
        .collect();
    assert_eq!(zones, ["us-east-1a", "us-east-1b"]);
    let after = &planned["change"]["after"];
    assert_eq!(
        after["public_subnet_cidr_blocks"],
        json!({ "us-east-1a": "10.1.128.0/23", "us-east-1b": "10.1.130.0/23" })
    );
    assert_eq!(
        after["private_subnet_tags"],
        json!({ "kubernetes.io/cluster/acc": "owned", "kubernetes.io/role/internal-elb": "1" })
    );
    stage.apply_planned().succeeds();
    stage.plan_is_empty("applied");
    stage.destroy().succeeds();
}

#[test]
fn tags_for_kubernetes_are_mended_and_those_of_others_left_alone() {
    let stage = Stage::new(&SUBJECT);
    apply(&stage, "a", "nat_gateway_mode = \"none\"");
    let subnet = entry(&stage.values(), "public_subnets", "a");
    crate::subject::tag(&stage.aws, &subnet, "kubernetes.io/cluster/other", "shared");
    stage.plan_is_empty("another cluster shares the subnet");
    crate::subject::untag(&stage.aws, &subnet, "kubernetes.io/role/elb");
    let planned = stage.planned("a tag is gone");
    let change = &planned["change"];
    assert_eq!(change["actions"], json!(["update"]));
    assert_eq!(
        change["before"]["public_subnet_tags"],
        json!({ "kubernetes.io/cluster/acc": "owned" })
    );
    stage.apply_planned().succeeds();
    stage.plan_is_empty("mended");
    let inventory = stage.account.inventory();
    let found = inventory["subnet"].iter().find(|one| one.id == subnet);
    let tags = &found.unwrap().tags;
    assert_eq!(tags["kubernetes.io/role/elb"], "1");
    assert_eq!(tags["kubernetes.io/cluster/other"], "shared");
}

#[test]
fn dns_that_somebody_turned_off_is_turned_on_again() {
    let stage = Stage::new(&SUBJECT);
    let values = apply(&stage, "a", "nat_gateway_mode = \"none\"");
    for attribute in ["EnableDnsHostnames.Value", "EnableDnsSupport.Value"] {
        let parameters = [
            ("VpcId", values["vpc_id"].as_str().unwrap()),
            (attribute, "false"),
        ];
        stage.aws.ec2("ModifyVpcAttribute", &parameters);
    }
    let planned = stage.planned("DNS is off");
    assert_eq!(planned["change"]["actions"], json!(["update"]));
    stage.apply_planned().succeeds();
    stage.plan_is_empty("DNS is on");
    let values = stage.values();
    assert_eq!(values["enable_dns_hostnames"], true);
    assert_eq!(values["enable_dns_support"], true);
}
