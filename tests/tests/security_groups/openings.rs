//! What these groups don't open is told where something else relies on it.

use kubeha_tests::Outcome;
use kubeha_tests::lifecycle::{IMAGE_X86_64, PROVIDER, Size, Stage};

use crate::subject::SUBJECT;

/// A load balancer in these zones, and nodes in three, with these groups.
fn users(stage: &Stage, zones: &[&str], port: u32, schedulable: bool) {
    let balanced = stage.network.subnets_hcl(zones);
    let subnets = stage.network.subnets_hcl(&["a", "b", "c"]);
    let users = format!(
        r#"
resource "kubeha_service_load_balancer" "this" {{
  subnets            = {balanced}
  internal           = true
  security_group_ids = [kubeha_security_groups.this.service_load_balancer_id]
  listener {{
    port      = {port}
    node_port = 30443
  }}
}}

resource "kubeha_control_plane_group" "this" {{
  subnets                   = {subnets}
  image_id                  = "{IMAGE_X86_64}"
  instance_type             = "m5.large"
  security_group_ids        = [kubeha_security_groups.this.control_plane_id]
  schedulable               = {schedulable}
  service_target_group_arns = kubeha_service_load_balancer.this.target_group_arns
}}
"#
    );
    stage.workspace().file("users.tf", &users);
}

fn told(plan: Outcome) {
    plan.says("Port not open")
        .says("Nobody is let in")
        .says("on 80 and 443, and not on 8443")
        .says("Switches don't match")
        .says("schedulable_control_plane = true")
        .says("has no subnet in us-east-1c");
}

#[test]
fn what_relies_on_a_closed_port_is_told_so_at_plan() {
    let stage = Stage::new(&SUBJECT);
    stage.configure(Size::Minimal);
    users(&stage, &["a", "b"], 8443, true);
    told(stage.plan().succeeds());
    let opens = |more: &str| {
        let arguments = stage.arguments(Size::Minimal);
        let open = "service_allowed_cidrs = [\"0.0.0.0/0\"]";
        stage.write(PROVIDER, &format!("{arguments}\n{open}\n{more}"));
    };
    opens("");
    users(&stage, &["a", "b", "c"], 443, false);
    let fits = |plan: Outcome| {
        plan.does_not_say("Port not open")
            .does_not_say("Nobody is let in")
            .does_not_say("Switches don't match")
            .does_not_say("Zones without the load balancer")
    };
    fits(stage.plan().succeeds());

    // Also of groups that exist, and of what is to be opened in the same apply.
    stage.configure(Size::Minimal);
    stage.workspace().file("users.tf", "");
    stage.apply().succeeds();
    users(&stage, &["a", "b"], 8443, true);
    told(stage.plan().succeeds());
    opens("service_ports = [8443]\nschedulable_control_plane = true");
    users(&stage, &["a", "b", "c"], 8443, true);
    fits(stage.plan().succeeds());
}
