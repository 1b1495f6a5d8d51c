//! A change that AWS can't make in place: the old load balancer goes, and a new one takes its name.

use kubeha_tests::lifecycle::{PROVIDER, Size, Stage};
use serde_json::json;

use crate::subject::{SUBJECT, text};

#[test]
fn ones_own_is_replaced_without_an_owner() {
    let stage = Stage::with_provider(&SUBJECT, "cluster_name = \"acc\"");
    let arguments = stage.arguments(Size::Minimal);
    stage.write(&stage.provider, &arguments);
    stage.apply().succeeds();
    let before = stage.values();
    stage.write(&stage.provider, &format!("{arguments}\ninternal = true"));
    let planned = stage.planned("internal = true");
    assert_eq!(planned["change"]["actions"], json!(["delete", "create"]));
    stage.apply_planned().succeeds();
    stage.plan_is_empty("replaced");
    assert_ne!(text(&stage.values(), "arn"), text(&before, "arn"));
    stage.destroy().succeeds();
    stage.nothing_left("destroyed");
}

const CREATE_FIRST: &str = "\nlifecycle {\n  create_before_destroy = true\n}\n";

#[test]
fn what_is_created_before_it_is_destroyed_is_not_destroyed_under_itself() {
    let stage = Stage::new(&SUBJECT);
    let arguments = stage.arguments(Size::Minimal) + CREATE_FIRST;
    stage.write(PROVIDER, &arguments);
    stage.apply().succeeds();
    let before = stage.values();
    stage.run(&["taint", &stage.address()]).succeeds();
    stage.apply().succeeds().says("Nothing was replaced");
    stage.plan_is_empty("taken over");
    assert_eq!(stage.values()["target_groups"], before["target_groups"]);
    stage.destroy().succeeds();
    stage.nothing_left("destroyed");
}
