//! The examples of whole clusters under a real terraform: `examples/complete` over one, two, three and
//! five zones, made, harmed and destroyed; `examples/existing-network` and `examples/many-clusters`
//! once each.
//!
//! `examples/complete` is also killed, stopped, throttled, imported and doubled, at one moment each by
//! default and at all of them by `make test-all`. `KUBEHA_ALL_POINTS=20` tries a spread of twenty
//! instead of all.

// A failed assumption here is a failed test.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing
)]

mod faults;
mod imports;
mod kills;
mod logs;
mod retries;
mod scene;
mod site;
mod stops;
mod together;
mod zones;

use std::time::Duration;

use kubeha_tests::example::Example;
use serde_json::{Value as Json, json};

const HEALTH: &str = "data.kubeha_cluster_health.this";

/// Makes a cluster over so many zones and holds it against what the topology promises.
fn stands(site: &Example, zones: usize, [size, quorum]: [u64; 2], survives: bool) {
    site.stands();

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
fn one_zone_holds_one_control_plane_node_and_logs_tell_no_secret() {
    let mut site = site::complete(1);
    let logged = logs::Logged::everything(&mut site);
    stands(&site, 1, [1, 1], false);
    let keys = logs::private_keys(&site);
    site.goes();
    logged.tell_no_secret(&keys);
}

#[test]
fn two_zones_hold_three_and_can_t_both_be_expendable() {
    let site = site::complete(2);
    // For four seconds of ours EC2 doesn't know the instance profiles.
    site.account.set(json!({ "iam_seconds": 240 }));
    site.account.command("calls", json!({ "clear": true }));
    stands(&site, 2, [3, 2], false);
    let refused = site.account.command("calls", json!({}));
    let refused = refused["calls"].as_array().unwrap().iter().filter(|call| {
        call["action"] == "autoscaling:CreateAutoScalingGroup" && call["status"] == 400
    });
    assert!(refused.count() > 0, "AWS knew the profiles at once");
    site.goes();
}

#[test]
fn five_zones_hold_five() {
    let site = site::complete(5);
    stands(&site, 5, [5, 3], true);
    assert_eq!(
        site.output("api_endpoint"),
        "https://api.prod.example.com:6443"
    );
    assert_eq!(site.output("service_host"), "services.prod.example.com");
    let diagram = site.output("diagram");
    assert!(diagram.as_str().unwrap().contains("5 zones"), "{diagram}");
    assert_eq!(site.output("placement").as_array().map(Vec::len), Some(5));
    site.goes();
}

#[test]
fn a_network_that_is_there_is_built_upon_and_stays() {
    let site = site::existing(3);
    stands(&site, 3, [3, 2], true);
    site.goes();
}

#[test]
fn many_clusters_stand_side_by_side() {
    let site = site::many();
    site.stands();
    let clusters = site.output("clusters");
    for (name, nodes, survives) in [("dev", 1, false), ("staging", 3, false), ("prod", 3, true)] {
        let cluster = &clusters[name];
        assert_eq!(cluster["control_plane_nodes"], nodes, "{clusters:#}");
        assert_eq!(cluster["tolerates_zone_failure"], survives, "{clusters:#}");
    }
    site.goes();
}

#[test]
fn three_zones_survive_the_loss_of_one() {
    let site = site::complete(3);
    stands(&site, 3, [3, 2], true);

    site.account.kill_zone("us-east-1b");
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
    site.account.revive_zone("us-east-1b");
    site.account.advance(Duration::from_secs(1800));
    site.variable("wait_for_healthy_timeout", json!("5m"));
    stands(&site, 3, [3, 2], true);
    site.goes();
}

#[test]
fn what_can_t_be_is_refused_at_the_variable() {
    let site = site::complete(1);
    for (variable, value, words) in [
        (
            "availability_zones",
            json!([]),
            "At least one zone is needed",
        ),
        (
            "availability_zones",
            json!(["eu-west-1a"]),
            "zone of the region",
        ),
        (
            "availability_zones",
            json!(["us-east-1a", "us-east-1a"]),
            "is listed twice",
        ),
        ("api_allowed_cidrs", json!(["10.0.0.1/8"]), "did you mean"),
        ("cluster_name", json!("Prod"), "lower case letters"),
        ("image_id", json!("ubuntu"), "An id such as"),
        ("worker_instance_types", json!([]), "At least one type"),
    ] {
        site.refuses(variable, value, words);
    }
}

#[test]
fn nor_is_it_taken_for_a_network_that_is_there() {
    let site = site::existing(2);
    site.refuses("public_subnets", json!({}), "needs a public subnet too");
    site.refuses("private_subnets", json!({}), "At least one zone is needed");
    let refused = [
        ("cluster_name", json!("Prod"), "lower case letters"),
        (
            "private_subnets",
            json!({ "eu-west-1a": "subnet-1" }),
            "name of a zone of the region",
        ),
        ("image_id", json!("ubuntu"), "An id such as"),
        ("worker_instance_types", json!([]), "At least one type"),
    ];
    for (variable, value, _) in &refused {
        site.variable(variable, value.clone());
    }
    let mut plan = site.workspace.plan().fails();
    for (_, _, words) in refused {
        plan = plan.says(words);
    }
}
