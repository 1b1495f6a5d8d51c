//! `kubeha_topology` and the functions under a real terraform: the table of the README, and each
//! kind of bad input at its attribute. No test here has credentials.

use kubeha_tests::{Outcome, Reported, Workspace, kubeha};
use serde_json::{Value as Json, json};

const DATA: &str = "data.kubeha_topology.this";

/// A workspace with one data source of these arguments.
fn topology(arguments: &str) -> Workspace {
    let workspace = kubeha();
    workspace.main(&format!(
        "data \"kubeha_topology\" \"this\" {{\n{arguments}\n}}\n"
    ));
    workspace
}

fn zones(count: usize) -> String {
    let zones: Vec<_> = "abcdef"
        .chars()
        .take(count)
        .map(|letter| format!("\"eu-west-1{letter}\""))
        .collect();
    format!("availability_zones = [{}]", zones.join(", "))
}

/// What a plan says, as `severity: summary` and the line it points at.
fn said(outcome: &Outcome) -> Vec<(String, u64)> {
    outcome
        .diagnostics()
        .into_iter()
        .map(
            |Reported {
                 severity,
                 summary,
                 line,
                 ..
             }| { (format!("{severity}: {summary}"), line.unwrap_or_default()) },
        )
        .collect()
}

fn planned(workspace: &Workspace) -> Outcome {
    workspace.run(&["plan", "-json"])
}

#[test]
fn the_table_holds_for_one_to_six_zones() {
    let workspace = kubeha();
    let blocks: Vec<_> = (1..=6)
        .map(|count| {
            format!(
                "data \"kubeha_topology\" \"z{count}\" {{ {} }}\n",
                zones(count)
            )
        })
        .collect();
    workspace.main(&blocks.concat());
    workspace.apply().succeeds();
    let row = |count: usize| {
        let values = workspace.values(&format!("data.kubeha_topology.z{count}"));
        json!([
            values["control_plane_size"],
            values["quorum"],
            values["tolerated_node_failures"],
            values["tolerates_zone_failure"],
        ])
    };
    let rows: Vec<Json> = (1..=6).map(row).collect();
    assert_eq!(
        rows,
        [
            json!([1, 1, 0, false]),
            json!([3, 2, 1, false]),
            json!([3, 2, 1, true]),
            json!([5, 3, 2, true]),
            json!([5, 3, 2, true]),
            json!([7, 4, 3, true]),
        ]
    );
    workspace.plan_is_empty();
}

#[test]
fn placement_says_which_zone_takes_the_quorum_along() {
    let workspace = topology(&zones(2));
    workspace.apply().succeeds();
    assert_eq!(
        workspace.values(DATA)["placement"],
        json!([
            { "zone": "eu-west-1a", "nodes": 2, "quorum_survives_loss": false },
            { "zone": "eu-west-1b", "nodes": 1, "quorum_survives_loss": true },
        ])
    );
}

#[test]
fn the_order_of_zones_does_not_matter() {
    let forward = topology(r#"availability_zones = ["eu-west-1a", "eu-west-1b", "eu-west-1c"]"#);
    let backward = topology(r#"availability_zones = ["eu-west-1c", "eu-west-1b", "eu-west-1a"]"#);
    forward.apply().succeeds();
    backward.apply().succeeds();
    for computed in ["placement", "diagram", "explanation"] {
        assert_eq!(
            forward.values(DATA)[computed],
            backward.values(DATA)[computed]
        );
    }
}

#[test]
fn the_diagrams_print_raw() {
    let workspace = kubeha();
    workspace.main(&format!(
        "data \"kubeha_topology\" \"this\" {{ {} }}\n\
         output \"diagram\" {{ value = {DATA}.diagram }}\n\
         output \"picture\" {{ value = {DATA}.diagram_svg }}\n",
        zones(3)
    ));
    workspace.apply().succeeds();
    let raw = |name| workspace.run(&["output", "-raw", name]).succeeds().stdout();
    // What the README shows.
    assert_eq!(
        raw("picture"),
        include_str!("../../docs/images/topology-3.svg")
    );
    let printed = raw("diagram");
    let golden = include_str!("../../provider/topology/tests/golden/zones_3.txt");
    assert!(golden.starts_with(&printed), "{printed}");
    assert!(
        printed
            .lines()
            .all(|line| line.is_ascii() && line.len() <= 80)
    );
}

#[test]
fn functions_compute_without_a_provider_block() {
    let workspace = kubeha();
    workspace.main(
        r#"output "all" {
  value = [
    provider::kubeha::control_plane_size(4),
    provider::kubeha::quorum(4),
    provider::kubeha::placement(["eu-west-1b", "eu-west-1a"], 3),
    provider::kubeha::tolerates_zone_failure(3, 3),
    provider::kubeha::tolerates_zone_failure(2, 7),
  ]
}"#,
    );
    workspace.apply().succeeds();
    let all = workspace.run(&["output", "-json", "all"]).succeeds().json();
    assert_eq!(
        all,
        json!([5, 3, { "eu-west-1a": 2, "eu-west-1b": 1 }, true, false])
    );
}

#[test]
fn a_function_blames_the_argument() {
    for (call, words) in [
        ("control_plane_size(0)", "\"zone_count\""),
        ("quorum(-1)", "\"members\""),
        ("placement([], 3)", "\"zones\""),
        (
            "placement([\"eu-west-1a\", \"eu-west-1a\"], 3)",
            "\"zones\"",
        ),
        ("placement([\"eu-west-1a\"], 4)", "\"size\""),
        ("tolerates_zone_failure(3, 2)", "\"size\""),
        ("tolerates_zone_failure(1.5, 3)", "whole number"),
    ] {
        let workspace = kubeha();
        workspace.main(&format!(
            "output \"x\" {{ value = provider::kubeha::{call} }}\n"
        ));
        workspace
            .plan()
            .fails()
            .says("Invalid function argument")
            .says(words);
    }
}

#[test]
fn even_zero_negative_and_large_sizes_are_errors_at_validate() {
    for size in [2, 4, 0, -1, 9] {
        let workspace = topology(&format!("{}\ncontrol_plane_size = {size}", zones(3)));
        let outcome = workspace.validate();
        assert_eq!(
            said(&outcome),
            [("error: Invalid control plane size".to_owned(), 3)],
            "{size}: {outcome}"
        );
    }
    let half = topology(&format!("{}\ncontrol_plane_size = 1.5", zones(3)));
    assert_eq!(
        said(&half.validate()),
        [("error: Invalid value".to_owned(), 3)]
    );
}

#[test]
fn an_even_size_names_its_odd_neighbours() {
    let workspace = topology(&format!("{}\ncontrol_plane_size = 4", zones(3)));
    workspace.plan().fails().says("use 3 or 5");
}

#[test]
fn bad_zones_are_errors_at_their_element() {
    for (zones, summary, words) in [
        (
            "[]",
            "Invalid availability zones",
            "At least one availability zone is needed",
        ),
        (
            r#"["eu-west-1a", "eu-west-1a"]"#,
            "Invalid availability zones",
            "listed twice",
        ),
        (
            r#"["eu-west-1"]"#,
            "Invalid availability zones",
            "it is a region",
        ),
        (r#"["euw1-az1"]"#, "Invalid availability zones", "zone id"),
        (
            r#"["eu-west-1a", ""]"#,
            "Invalid availability zones",
            "it is empty",
        ),
        (
            r#"["eu-west-1a", null]"#,
            "Invalid availability zones",
            "it is empty",
        ),
        (
            r#"["EU-WEST-1A"]"#,
            "Invalid availability zones",
            "only lowercase letters",
        ),
        (
            r#"["eu-west-1a", "us-east-1a"]"#,
            "Invalid availability zones",
            "one region",
        ),
    ] {
        let outcome = planned(&topology(&format!("availability_zones = {zones}")));
        assert_eq!(outcome.code(), Some(1), "{outcome}");
        assert_eq!(
            said(&outcome),
            [(format!("error: {summary}"), 2)],
            "{zones}: {outcome}"
        );
        let detail = &outcome.diagnostics()[0].detail;
        assert!(detail.contains(words), "{zones}: {detail}");
    }
}

#[test]
fn every_malformed_zone_is_reported_at_once() {
    let outcome = planned(&topology(
        r#"availability_zones = ["eu-west-1a", "x", "eu-west-1", "y"]"#,
    ));
    assert_eq!(outcome.diagnostics().len(), 3, "{outcome}");
}

#[test]
fn weak_topologies_plan_with_a_warning_at_the_attribute_to_change() {
    for (arguments, expected) in [
        (
            zones(1),
            vec![
                ("warning: A single control-plane node", 2),
                ("warning: Too few zones to survive the loss of one", 2),
            ],
        ),
        (
            zones(2),
            vec![("warning: Too few zones to survive the loss of one", 2)],
        ),
        (
            format!("{}\ncontrol_plane_size = 1", zones(3)),
            vec![
                ("warning: A single control-plane node", 3),
                (
                    "warning: Too few control-plane nodes to survive the loss of a zone",
                    3,
                ),
                ("warning: Zones without a control-plane node", 3),
            ],
        ),
        (format!("{}\ncontrol_plane_size = 7", zones(3)), vec![]),
    ] {
        let outcome = planned(&topology(&arguments));
        assert_eq!(outcome.code(), Some(0), "{outcome}");
        let mut found = said(&outcome);
        found.sort();
        let expected: Vec<_> = expected
            .into_iter()
            .map(|(text, line)| (text.to_owned(), line))
            .collect();
        assert_eq!(found, expected, "{outcome}");
    }
}

#[test]
fn the_warning_names_the_zone() {
    topology(&zones(2))
        .plan()
        .succeeds()
        .says("If eu-west-1a fails, the quorum of etcd goes with it");
}

#[test]
fn unknown_zones_wait_for_apply() {
    let workspace = kubeha();
    workspace.main(
        r#"resource "terraform_data" "zones" { input = ["eu-west-1a", "eu-west-1b", "eu-west-1c"] }
data "kubeha_topology" "this" { availability_zones = terraform_data.zones.output }
output "size" { value = data.kubeha_topology.this.control_plane_size }"#,
    );
    workspace.plan().succeeds().says("known after apply");
    workspace.apply().succeeds();
    workspace.plan_is_empty();
    assert_eq!(workspace.values(DATA)["control_plane_size"], 3);
}

#[test]
fn mocked_zones_pass_validation() {
    let workspace = topology("availability_zones = [terraform_data.zone.id]");
    workspace.file("zone.tf", "resource \"terraform_data\" \"zone\" {}\n");
    // The id is no zone, as an attribute that another mock invented would be none.
    workspace.file(
        "mock.tftest.hcl",
        r#"mock_provider "kubeha" {}

run "plan" {
  command = apply

  assert {
    condition     = data.kubeha_topology.this.quorum == 0
    error_message = "mocked numbers are 0"
  }
}
"#,
    );
    workspace
        .run(&["test"])
        .succeeds()
        .says("1 passed, 0 failed");
}
