//! `kubeha_cluster_health` under a real terraform: what the emulator makes happen to a cluster is
//! what it tells.

// A failed assumption here is a failed test.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing
)]

mod cluster;

use std::collections::BTreeMap;
use std::path::Path;

use kubeha_tests::Signal;
use kubeha_tests::emulator::Checks;
use serde_json::json;

use cluster::{Cluster, DATA};

/// The last part of a configuration that a test of conditions needs.
const CHECK: &str = r#"
check "health" {
  assert {
    condition     = data.kubeha_cluster_health.this.healthy
    error_message = join("\n", data.kubeha_cluster_health.this.problems)
  }
}
"#;

#[test]
fn a_sound_cluster_is_told_in_detail_with_a_call_for_all_groups_and_one_for_each_target_group() {
    let cluster = Cluster::new();
    let web = cluster.serving("web");
    let workers = cluster.group("workers", 4, &web);
    cluster.settle();
    let health = cluster.health(&format!(
        "worker_group_arns = [\"{workers}\"]\nservice_target_group_arns = [\"{web}\"]"
    ));
    assert_eq!(health["healthy"], true, "{health:#}");
    assert_eq!(health["problems"], json!([]));
    assert_eq!(health["up_to_date"], true);

    let masters = &health["control_plane"];
    let counts = [
        "size",
        "in_service",
        "healthy",
        "quorum",
        "tolerated_node_failures",
    ];
    assert_eq!(
        counts.map(|name| &masters[name]),
        [3, 3, 3, 2, 1].map(|n| json!(n)).each_ref()
    );
    for promise in ["has_quorum", "tolerates_zone_failure", "balanced"] {
        assert_eq!(masters[promise], true, "{promise}");
    }
    let one = json!({ "in_service": 1, "healthy": 1, "other": 0 });
    assert_eq!(
        masters["zones"],
        json!({ "us-east-1a": one, "us-east-1b": one, "us-east-1c": one })
    );
    let instances = masters["instances"].as_object().unwrap();
    assert_eq!(instances.len(), 3);
    for instance in instances.values() {
        assert_eq!(
            instance["target_health"],
            json!({ &cluster.api: "healthy" })
        );
        assert_eq!(instance["lifecycle_state"], "InService");
        assert_eq!(
            (&instance["healthy"], &instance["outdated"]),
            (&json!(true), &json!(false))
        );
    }
    let workers = &health["worker_groups"]["workers"];
    assert_eq!(
        (&workers["desired_capacity"], &workers["healthy"]),
        (&json!(4), &json!(4))
    );
    assert_eq!(health["target_groups"][&web]["healthy"], 4);
    assert_eq!(health["target_groups"][&cluster.api]["healthy"], 3);

    cluster.proxy.clear();
    cluster.workspace.plan_is_empty();
    let expected = [
        ("autoscaling:DescribeAutoScalingGroups", 1),
        ("elasticloadbalancing:DescribeTargetHealth", 2),
    ];
    let expected: BTreeMap<_, _> = expected
        .map(|(call, times)| (call.to_owned(), times))
        .into();
    assert_eq!(cluster.proxy.counts(), expected);
}

#[test]
fn a_dead_zone_shows_with_what_it_costs() {
    let cluster = Cluster::new();
    cluster.settle();
    cluster
        .account
        .set(json!({ "dead_zones": ["us-east-1a", "us-east-1c"] }));
    cluster.account.kill_zone("us-east-1b");
    cluster.settle();
    let health = cluster.health("");
    let masters = &health["control_plane"];
    assert_eq!(health["healthy"], false);
    assert_eq!(
        (&masters["in_service"], &masters["healthy"]),
        (&json!(2), &json!(2)),
        "{health:#}"
    );
    assert_eq!(masters["has_quorum"], true);
    assert_eq!(masters["tolerated_node_failures"], 0);
    assert_eq!(masters["tolerates_zone_failure"], false);

    cluster.configure("", CHECK);
    let plan = cluster.workspace.plan().succeeds();
    plan.says("Check block assertion failed")
        .says("Auto Scaling group masters has 2 of 3 instances in service.")
        .says("Losing us-east-1a or us-east-1c now would cost the control plane its quorum.");

    let condition = "lifecycle {\n postcondition {\n condition = self.healthy\n error_message = \
                     \"Not healthy.\"\n}\n}";
    cluster.configure(condition, "");
    cluster.workspace.plan().fails().says("Not healthy.");
}

#[test]
fn nodes_whose_checks_fail_cost_the_quorum() {
    let cluster = Cluster::new();
    cluster.settle();
    let health = cluster.health("");
    let ids: Vec<&String> = health["control_plane"]["instances"]
        .as_object()
        .unwrap()
        .keys()
        .collect();
    cluster
        .account
        .target_health(&[ids[0], ids[1]], Checks::Failing);
    cluster.settle();
    let health = cluster.health("");
    assert_eq!(health["control_plane"]["has_quorum"], false, "{health:#}");
    let problems = health["problems"].as_array().unwrap();
    assert_eq!(problems.len(), 3, "{problems:#?}");
    let first = problems[0].as_str().unwrap();
    assert!(first.starts_with("The control plane has no quorum: 1 node is healthy, 2 are needed."));
    let second = problems[1].as_str().unwrap();
    assert!(
        second.contains("is unhealthy in target group api (Health checks failed"),
        "{second}"
    );
}

/// A control plane that runs workloads is seen behind the services' load balancer too.
#[test]
fn nodes_that_serve_are_looked_for_where_they_do() {
    let cluster = Cluster::new();
    let web = cluster.serving("web");
    let parameters = [
        ("AutoScalingGroupName", "masters"),
        ("TargetGroupARNs.member.1", &web),
    ];
    cluster
        .aws
        .autoscaling("AttachLoadBalancerTargetGroups", &parameters);
    cluster.settle();
    let health = cluster.health(&format!("service_target_group_arns = [\"{web}\"]"));
    assert_eq!(health["healthy"], true, "{health:#}");
    let instances = health["control_plane"]["instances"].as_object().unwrap();
    for instance in instances.values() {
        assert_eq!(
            instance["target_health"],
            json!({ &cluster.api: "healthy", &web: "healthy" })
        );
    }
}

/// Also compares all that the data source ever calls with `iam-actions.txt` of its example.
#[test]
fn instances_of_other_machines_are_outdated_and_of_other_tags_are_not() {
    let cluster = Cluster::new();
    cluster.settle();
    let outdated = |what: &str| {
        let health = cluster.health("");
        assert_eq!(health["healthy"], true, "{what}: {health:#}");
        let ids = &health["control_plane"]["outdated_instance_ids"];
        let count = ids.as_array().unwrap().len();
        assert_eq!(health["up_to_date"], count == 0, "{what}");
        count
    };
    let specification = "LaunchTemplateData.TagSpecification.1";
    let kind = format!("{specification}.ResourceType");
    let key = format!("{specification}.Tag.1.Key");
    let value = format!("{specification}.Tag.1.Value");
    cluster.use_version(&[(&kind, "instance"), (&key, "team"), (&value, "web")], "2");
    assert_eq!(outdated("other tags"), 0);
    cluster.use_version(
        &[("LaunchTemplateData.InstanceType", "m5.xlarge")],
        "$Latest",
    );
    assert_eq!(outdated("another type"), 3);
    cluster.use_version(&[], "$Default");
    assert_eq!(outdated("the first version"), 0);

    let called: String = cluster
        .proxy
        .counts()
        .keys()
        .map(|call| format!("{call}\n"))
        .collect();
    let file = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../examples/data-sources/kubeha_cluster_health/iam-actions.txt");
    assert_eq!(called, std::fs::read_to_string(file).unwrap());
}

#[test]
fn what_is_not_there_is_an_error_at_its_attribute() {
    let cluster = Cluster::new();
    let gone = |arn: &str| {
        arn.replace("masters", "nobody")
            .replace("/api/", "/nothing/")
    };
    for (attribute, value, words) in [
        (
            "worker_group_arns",
            gone(&cluster.control_plane),
            "There is no Auto Scaling group \"nobody\"",
        ),
        (
            "service_target_group_arns",
            gone(&cluster.api),
            "There is no target group arn:",
        ),
        (
            "worker_group_arns",
            cluster.api.clone(),
            "is not the ARN of an Auto Scaling group.",
        ),
        (
            "service_target_group_arns",
            "web".to_owned(),
            "\"web\" is not the ARN of a target group.",
        ),
        (
            "worker_group_arns",
            cluster.control_plane.clone(),
            "The control plane's group is no worker group.",
        ),
    ] {
        cluster.configure(&format!("{attribute} = [\"{value}\"]"), "");
        let outcome = cluster.workspace.run(&["plan", "-json"]).fails();
        let told = outcome.diagnostics();
        let found = told.iter().find(|one| one.detail.contains(words));
        let found = found.unwrap_or_else(|| panic!("not said: {words}: {told:#?}"));
        assert!(
            found.code.as_ref().unwrap().starts_with(attribute),
            "{found:#?}"
        );
    }
}

#[test]
fn it_waits_for_a_healthy_cluster_if_asked_to() {
    let cluster = Cluster::new();
    let health = cluster.health("");
    assert_eq!(health["healthy"], false);
    assert_eq!(health["target_groups"][&cluster.api]["initial"], 3);
    let first = health["problems"][0].as_str().unwrap();
    assert!(
        first.starts_with("The control plane is starting:"),
        "{first}"
    );

    // How it is when the time is over is the answer.
    let health = cluster.health("wait_for_healthy_timeout = \"2s\"");
    assert_eq!(health["healthy"], false);

    cluster.account.set_clock_factor(20.0);
    let health = cluster.health("wait_for_healthy_timeout = \"2m\"");
    assert_eq!(health["healthy"], true, "{health:#}");
}

#[test]
fn an_interrupt_ends_the_wait() {
    let cluster = Cluster::new();
    cluster.configure("wait_for_healthy_timeout = \"10m\"", "");
    let mut plan = cluster.workspace.start(&["plan"]);
    let looks = || {
        cluster
            .proxy
            .counts()
            .get("elasticloadbalancing:DescribeTargetHealth")
            .copied()
    };
    plan.wait_until("a second look", || looks() > Some(1));
    plan.signal_group(Signal::INT);
    let outcome = plan.wait();
    assert_ne!(outcome.code(), Some(0), "{outcome}");
    assert!(cluster.workspace.in_state(DATA).is_none());
}
