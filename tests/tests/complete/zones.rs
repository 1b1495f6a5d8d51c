//! The loss of a zone, for clusters over one to six of them: what health and plan say, whether the
//! quorum holds, and how the group heals when the zone is back.

use std::time::Duration;

use kubeha_tests::emulator::Emulator;
use kubeha_tests::kubeha;
use kubeha_tests::lifecycle::{Aws, IMAGE_X86_64, Network};
use serde_json::{Value as Json, json};

const HEALTH: &str = "data.kubeha_cluster_health.this";
const GROUP: &str = "kubeha_control_plane_group.this";

/// A control plane alone, with its load balancer and a look at it.
fn configuration(network: &Network, letters: &[&str], wait: &str) -> String {
    let subnets = letters.iter().map(|letter| {
        let zone = format!("us-east-1{letter}");
        format!("{zone:?} = {:?}", network.subnets[&zone])
    });
    let subnets = subnets.collect::<Vec<_>>().join("\n");
    format!(
        r#"
provider "kubeha" {{
  cluster_name = "drill"
  owner        = "acceptance/drill"
}}
locals {{
  subnets = {{
    {subnets}
  }}
}}
resource "kubeha_api_load_balancer" "this" {{
  subnets            = local.subnets
  security_group_ids = ["{group}"]
}}
resource "kubeha_control_plane_group" "this" {{
  subnets            = local.subnets
  image_id           = "{IMAGE_X86_64}"
  instance_type      = "c4.large"
  security_group_ids = ["{group}"]
  target_group_arns  = [kubeha_api_load_balancer.this.target_group_arn]
  wait_for_capacity_timeout = "5m"
}}
data "kubeha_cluster_health" "this" {{
  control_plane_group_arn  = kubeha_control_plane_group.this.arn
  api_target_group_arns    = [kubeha_api_load_balancer.this.target_group_arn]
  wait_for_healthy_timeout = "{wait}"
}}
output "problems" {{
  value = data.kubeha_cluster_health.this.problems
}}
"#,
        group = network.security_groups[0],
    )
}

/// The zone with the most nodes, and how many there are in it.
fn fullest(health: &Json) -> (String, u64) {
    let zones = health["control_plane"]["zones"].as_object().unwrap();
    let counted = zones
        .iter()
        .map(|(name, zone)| (name.clone(), zone["in_service"].as_u64().unwrap()));
    counted.max_by_key(|(_, nodes)| *nodes).unwrap()
}

/// Loses the fullest of so many zones. Returns a line of the table.
fn drill(zones: usize) -> String {
    // All six of the emulator's zones have c4.large.
    let emulator = Emulator::shared();
    let account = emulator.account();
    account.set(json!({ "load_balancer_seconds": 0, "interface_linger_seconds": 0 }));
    account.set_clock_factor(100.0);
    let network = Network::make(&Aws::new(emulator, &account));
    let mut workspace = kubeha();
    for (name, value) in account.environment(emulator.url()) {
        workspace.env(name, value);
    }
    let letters: Vec<_> = ["a", "b", "c", "d", "e", "f"]
        .into_iter()
        .take(zones)
        .collect();
    workspace.main(&configuration(&network, &letters, "5m"));
    workspace.apply().succeeds();
    let health = workspace.values(HEALTH);
    assert_eq!(health["healthy"], true, "{zones} zones: {health:#}");
    let size = health["control_plane"]["size"].as_u64().unwrap();
    let quorum = size / 2 + 1;
    let (lost, nodes) = fullest(&health);

    account.kill_zone(&lost);
    // Long enough for AWS to try again and again. It is told to stay balanced, so it makes up for
    // none in the zones that are left.
    account.advance(Duration::from_secs(600));
    workspace.main(&configuration(&network, &letters, "0"));
    let plan = workspace.plan().succeeds();
    let left = size - nodes;
    let named = if size == 1 { "instance" } else { "instances" };
    let plan = plan
        .says(&format!("has {left} of {size} {named} in service"))
        .does_not_say("will be updated in-place")
        .does_not_say("must be replaced");
    let holds = left >= quorum;
    if holds {
        plan.does_not_say("has no quorum");
    } else {
        plan.says(&format!(
            "The control plane has no quorum: {left} {} healthy",
            if left == 1 { "node is" } else { "nodes are" }
        ));
    }
    workspace.apply().succeeds();
    let masters = &workspace.values(HEALTH)["control_plane"];
    assert_eq!(masters["has_quorum"], holds, "{zones} zones: {masters:#}");
    assert_eq!(masters["healthy"], left, "{zones} zones: {masters:#}");
    // What was promised when it was made.
    let promised = workspace.values(GROUP)["tolerates_zone_failure"].clone();
    assert_eq!(promised, holds, "{zones} zones");

    account.revive_zone(&lost);
    account.advance(Duration::from_secs(1800));
    workspace.main(&configuration(&network, &letters, "5m"));
    workspace.apply().succeeds();
    let healed = workspace.values(HEALTH);
    assert_eq!(healed["healthy"], true, "{zones} zones: {healed:#}");
    workspace.plan_is_empty();
    workspace.destroy().succeeds();
    format!(
        "| {zones} | {size} | {quorum} | {nodes} | {left} | {} |",
        if holds { "yes" } else { "no" }
    )
}

#[test]
fn three_zones_keep_the_quorum_without_one_and_heal() {
    eprintln!("{}", drill(3));
}

#[test]
#[ignore = "more zones: make test-all"]
fn the_loss_of_a_zone_costs_what_was_promised_and_heals() {
    let lines: Vec<_> = (1..=6).map(drill).collect();
    eprintln!("{}", lines.join("\n"));
}
