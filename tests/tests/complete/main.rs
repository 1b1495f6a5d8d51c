//! `examples/complete` under a real terraform: a whole cluster over one, two and three zones, made,
//! harmed and destroyed.

// A failed assumption here is a failed test.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing
)]

mod site;

use std::time::Duration;

use serde_json::{Value as Json, json};

use site::Site;

const HEALTH: &str = "data.kubeha_cluster_health.this";

/// Makes a cluster over so many zones and holds it against what the topology promises.
fn stands(site: &Site, [size, quorum]: [u64; 2], survives: bool) {
    let zones = site.zones().len();
    site.workspace.apply().succeeds();
    site.workspace.plan_is_empty();

    let health = site.workspace.values(HEALTH);
    assert_eq!(health["healthy"], true, "{zones} zones: {health:#}");
    let masters = &health["control_plane"];
    assert_eq!(
        (&masters["size"], &masters["healthy"]),
        (&json!(size), &json!(size))
    );
    assert_eq!(masters["quorum"], quorum);
    assert_eq!(masters["tolerates_zone_failure"], survives);

    let group = site.workspace.values("kubeha_control_plane_group.this");
    assert_eq!(group["quorum"], quorum);
    assert_eq!(group["tolerates_zone_failure"], survives);
    // AWS chooses which zones get the larger shares; that there are such shares is certain.
    assert_eq!(
        shares(&masters["zones"], "in_service"),
        shares_of_list(&group["placement"])
    );

    let workers = health["worker_groups"].as_object().unwrap();
    assert_eq!(workers.len(), 2);
    for group in workers.values() {
        assert_eq!(
            shares(&group["zones"], "healthy"),
            vec![1; zones],
            "{group:#}"
        );
    }
}

fn shares(zones: &Json, count: &str) -> Vec<u64> {
    let counts = zones.as_object().unwrap().values();
    sorted(counts.map(|zone| zone[count].as_u64().unwrap()))
}

fn shares_of_list(placement: &Json) -> Vec<u64> {
    let zones = placement.as_array().unwrap().iter();
    sorted(zones.map(|zone| zone["nodes"].as_u64().unwrap()))
}

fn sorted(counts: impl Iterator<Item = u64>) -> Vec<u64> {
    let mut counts: Vec<_> = counts.collect();
    counts.sort_unstable();
    counts
}

#[test]
fn one_zone_holds_one_control_plane_node() {
    let site = Site::new(1);
    stands(&site, [1, 1], false);
    site.goes();
}

#[test]
fn two_zones_hold_three_and_can_t_both_be_expendable() {
    let site = Site::new(2);
    stands(&site, [3, 2], false);
    site.goes();
}

#[test]
fn three_zones_survive_the_loss_of_one() {
    let site = Site::new(3);
    stands(&site, [3, 2], true);

    site.account.kill_zone(&site.zones()[1]);
    // A plan is no place to wait for what is to be told.
    site.variable("wait_for_healthy_timeout", json!("0"));
    let plan = site.workspace.plan().succeeds();
    plan.says("Check block assertion failed")
        .says("Auto Scaling group complete-control-plane has 2 of 3 instances in service.")
        .does_not_say("The control plane has no quorum")
        .does_not_say("will be updated in-place");
    site.workspace.apply().succeeds();
    let masters = &site.workspace.values(HEALTH)["control_plane"];
    assert_eq!(masters["has_quorum"], true, "{masters:#}");
    assert_eq!(masters["tolerates_zone_failure"], false);

    // When the zone is back, AWS repairs the groups by itself. Workers are moved back one by one,
    // each after the connections to it have ended.
    site.account.revive_zone(&site.zones()[1]);
    site.account.advance(Duration::from_secs(1800));
    site.variable("wait_for_healthy_timeout", json!("5m"));
    stands(&site, [3, 2], true);
    site.goes();
}

#[test]
fn what_can_t_be_is_refused_at_the_variable() {
    let site = Site::new(1);
    for (variable, value, words) in [
        ("private_subnets", json!({}), "At least one zone is needed"),
        (
            "private_subnets",
            json!({ "eu-west-1a": "subnet-1" }),
            "zone of the region",
        ),
        (
            "public_subnets",
            json!({ "us-east-1f": "subnet-1" }),
            "needs a public subnet too",
        ),
        ("cluster_name", json!("Prod"), "lower case letters"),
        ("image_id", json!("ubuntu"), "An id such as"),
        ("worker_instance_types", json!([]), "At least one type"),
    ] {
        let before = site.variable(variable, value);
        site.workspace.plan().fails().says(words);
        site.variable(variable, before);
    }
}
