//! A running cluster and an empty state: import blocks lead to an empty plan, with the configuration
//! that made it and with the one that terraform generates.

use kubeha_tests::Workspace;
use serde_json::Value as Json;

use crate::scene::{Cluster, scene};

/// The provider block of the example, and nothing else.
const PROVIDER: &str = r#"
provider "kubeha" {
  region       = "us-east-1"
  cluster_name = "complete"
  owner        = "examples/complete"

  default_tags {
    tags = { cluster = "complete" }
  }
}
"#;

/// Writes an import block for each resource. Returns how many.
fn import_blocks(site: &Cluster, into: &Workspace) -> usize {
    let vpc = site.workspace.values("kubeha_network.this")["vpc_id"].clone();
    let vpc = vpc.as_str().unwrap();
    let balancer = site.workspace.values("kubeha_api_load_balancer.this");
    let zone = balancer["hosted_zone_id"].as_str().unwrap();
    let ids = [
        ("kubeha_network.this", vpc.to_owned()),
        ("kubeha_security_groups.this", format!("{vpc}/complete")),
        ("kubeha_pki.this", "/kubeha/complete/pki".to_owned()),
        (
            "kubeha_node_roles.this",
            "complete-control-plane,complete-worker".to_owned(),
        ),
        (
            "kubeha_api_load_balancer.this",
            format!("complete-api,{zone},api.prod.example.com"),
        ),
        (
            "kubeha_service_load_balancer.this",
            format!("complete-service,{zone},services.prod.example.com"),
        ),
        (
            "kubeha_control_plane_group.this",
            "complete-control-plane".to_owned(),
        ),
        (
            "kubeha_worker_group.general",
            "complete-worker-general".to_owned(),
        ),
        (
            "kubeha_worker_group.spot",
            "complete-worker-spot".to_owned(),
        ),
    ];
    let blocks = ids
        .iter()
        .map(|(to, id)| format!("import {{\n  to = {to}\n  id = \"{id}\"\n}}\n"));
    into.file("import.tf", &blocks.collect::<String>());
    ids.len()
}

/// What a plan does to a resource of the cluster, beside importing it.
fn changes(plan: &Json) -> Vec<String> {
    let all = plan["resource_changes"].as_array().into_iter().flatten();
    let changing = all.filter(|one| one["mode"] == "managed");
    let changing = changing.filter(|one| one["change"]["actions"] != serde_json::json!(["no-op"]));
    changing.map(|one| one["address"].to_string()).collect()
}

/// Applies what a plan imports, which changes nothing, and destroys the cluster from here.
fn takes_over(site: &Cluster, workspace: &Workspace, imported: usize) {
    let plan = workspace.planned_changes();
    assert_eq!(changes(&plan), Vec::<String>::new());
    let applied = workspace.run(&["apply", "planned"]).succeeds();
    applied.says(&format!(
        "{imported} imported, 0 added, 0 changed, 0 destroyed"
    ));
    workspace.plan_is_empty();
    workspace.destroy().succeeds();
    site.before.nothing_left(&site.account, "destroyed");
}

#[test]
#[ignore = "more ways: make test-all"]
fn a_cluster_is_imported_by_blocks() {
    let site = scene();
    site.workspace.apply().succeeds();
    let workspace = site.another_state();
    let imported = import_blocks(&site, &workspace);
    takes_over(&site, &workspace, imported);
}

/// User data is written to nodes alone, never read back, so no configuration can be generated with
/// it: one that leaves it out replaces the nodes, and the plan says so.
#[test]
#[ignore = "more ways: make test-all"]
fn a_configuration_is_generated_that_lacks_user_data_alone() {
    let site = scene();
    site.workspace.apply().succeeds();
    let workspace = site.empty_workspace();
    workspace.main(PROVIDER);
    let imported = import_blocks(&site, &workspace);
    let generate = ["plan", "-generate-config-out=generated.tf", "-out=planned"];
    workspace
        .run(&generate)
        .succeeds()
        .says("Control plane nodes will be replaced or resized");
    let plan = workspace.run(&["show", "-json", "planned"]).succeeds();
    assert_eq!(
        changes(&plan.json()),
        ["\"kubeha_control_plane_group.this\""]
    );

    let generated = workspace.read("generated.tf");
    let block = "resource \"kubeha_control_plane_group\" \"this\"";
    let (before, group) = generated.split_once(block).unwrap();
    let lines = group.lines().map(|line| match line.trim_start() {
        line if line.starts_with("user_data ") => "  user_data = \"#!/bin/sh\\n\"\n".to_owned(),
        _ => format!("{line}\n"),
    });
    let group: String = lines.collect();
    // Only the first is the control plane's; the workers have none.
    let (first, rest) = group.split_once("\n}\n").unwrap();
    let rest = rest.replace("user_data = \"#!/bin/sh\\n\"", "user_data = null");
    let mended = format!("{before}{block}{first}\n}}\n{rest}");
    workspace.file("generated.tf", &mended);
    takes_over(&site, &workspace, imported);
}
