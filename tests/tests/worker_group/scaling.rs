//! How many nodes there are, and who decides it.

use std::time::Duration;

use kubeha_tests::lifecycle::{PROVIDER, Size, Stage};
use serde_json::json;

use crate::subject::{SUBJECT, flowing, group, with};

fn capacity(stage: &Stage) -> String {
    group(&stage.aws, &stage.values())
        .described()
        .text("DesiredCapacity")
}

/// The autoscaler changes the number of nodes.
fn scale(stage: &Stage, nodes: &str) {
    let wanted = [("DesiredCapacity", nodes)];
    group(&stage.aws, &stage.values()).call("SetDesiredCapacity", &wanted);
}

#[test]
fn where_nobody_says_how_many_the_autoscaler_decides() {
    let stage = Stage::new(&SUBJECT);
    stage.configure(Size::Minimal);
    stage.apply().succeeds();
    assert_eq!(capacity(&stage), "2");
    scale(&stage, "4");
    stage.plan_is_empty("scaled up");
    for more in [
        "health_check_grace_period = 100",
        "max_size = 9",
        "user_data = \"two\"",
        "tags = { a = \"b\" }",
    ] {
        stage.write(PROVIDER, &with(&stage, more));
        stage.apply().succeeds();
        stage.plan_is_empty(more);
        assert_eq!(capacity(&stage), "4", "{more}");
    }
    scale(&stage, "2");
    // AWS itself raises what is less than the least.
    stage.write(PROVIDER, &with(&stage, "min_size = 3"));
    stage.apply().succeeds();
    stage.plan_is_empty("more at least");
    assert_eq!(capacity(&stage), "3");
}

#[test]
fn where_it_is_said_another_number_is_drift() {
    let stage = Stage::new(&SUBJECT);
    stage.write(PROVIDER, &with(&stage, "desired_capacity = 3"));
    stage.apply().succeeds();
    assert_eq!(capacity(&stage), "3");
    scale(&stage, "4");
    let planned = stage.planned("scaled up");
    let change = &planned["change"];
    assert_eq!(change["before"]["desired_capacity"], json!(4));
    assert_eq!(change["after"]["desired_capacity"], json!(3));
    stage.apply_planned().succeeds();
    stage.plan_is_empty("put right");
    assert_eq!(capacity(&stage), "3");
    // Not said any more, it stays as it is.
    stage.configure(Size::Minimal);
    stage.apply().succeeds();
    stage.plan_is_empty("left alone");
    assert_eq!(capacity(&stage), "3");
}

/// What leaves the nodes of a dead zone missing.
const BALANCED: &str = "capacity_distribution_strategy = \"balanced-only\"";

#[test]
fn nodes_that_do_not_come_are_named_with_reasons() {
    let stage = Stage::new(&SUBJECT);
    stage.account.set_clock_factor(1.0);
    stage.account.kill_zone("us-east-1b");
    let more = format!("{BALANCED}\nwait_for_capacity_timeout = \"3s\"");
    stage.write(PROVIDER, &with(&stage, &more));
    let outcome = stage.apply().fails();
    let text = flowing(&outcome);
    for said in [
        "Gave up waiting for the nodes of acc-worker-general",
        "1 of 2 in service (us-east-1a: 1, us-east-1b: 0)",
        "InsufficientInstanceCapacity",
        "terraform untaint",
    ] {
        assert!(text.contains(said), "{said}\n{outcome}");
    }
    stage.run(&["untaint", &stage.address()]).succeeds();
    stage.plan_is_empty("untainted");
    stage.account.revive_zone("us-east-1b");
    stage.account.advance(Duration::from_secs(120));
    assert_eq!(group(&stage.aws, &stage.values()).instances().len(), 2);
    stage.plan_is_empty("complete");
}

#[test]
fn it_need_not_wait() {
    let stage = Stage::new(&SUBJECT);
    stage.account.kill_zone("us-east-1b");
    let more = format!("{BALANCED}\nwait_for_capacity_timeout = \"0\"");
    stage.write(PROVIDER, &with(&stage, &more));
    stage.apply().succeeds();
    stage.plan_is_empty("not complete");
}

#[test]
fn a_cluster_has_several_groups() {
    let stage = Stage::new(&SUBJECT);
    stage.configure(Size::Minimal);
    let other = |name: &str| {
        let arguments = with(&stage, &format!("name = \"{name}\""));
        let block = format!("resource \"kubeha_worker_group\" \"other\" {{\n{arguments}\n}}\n");
        stage.workspace().file("other.tf", &block);
    };
    other("general");
    stage
        .plan()
        .fails()
        .says("Name claimed twice")
        .says("need a \"name\" each");
    other("gpu");
    stage.apply().succeeds();
    let groups = &stage.account.inventory()["auto-scaling-group"];
    let mut names: Vec<_> = groups.iter().map(|group| group.name.as_str()).collect();
    names.sort_unstable();
    assert_eq!(names, ["acc-worker-general", "acc-worker-gpu"]);
    stage.destroy().succeeds();
    stage.nothing_left("destroyed");
}
