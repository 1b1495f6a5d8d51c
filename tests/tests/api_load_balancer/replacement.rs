//! A change that AWS can't make in place: the old load balancer goes, and a new one takes its name.

use kubeha_tests::lifecycle::{PROVIDER, Size, Stage};
use serde_json::json;

use crate::subject::{SUBJECT, text};

/// Replaces a load balancer because of another target port.
#[track_caller]
fn replaced(provider: &str) {
    let stage = Stage::new(&SUBJECT);
    let arguments = stage.arguments(Size::Minimal);
    stage.write(provider, &arguments);
    stage.apply().succeeds();
    let before = stage.values();
    stage.write(provider, &format!("{arguments}\ntarget_port = 7443"));
    let planned = stage.planned("target_port = 7443");
    assert_eq!(planned["change"]["actions"], json!(["delete", "create"]));
    stage.apply_planned().succeeds();
    stage.plan_is_empty("replaced");
    assert_ne!(text(&stage.values(), "arn"), text(&before, "arn"));
    stage.destroy().succeeds();
    stage.nothing_left("destroyed");
}

#[test]
fn ones_own_is_replaced() {
    replaced(PROVIDER);
}

#[test]
fn ones_own_is_replaced_without_an_owner_too() {
    replaced("cluster_name = \"acc\"");
}

#[test]
fn a_tainted_one_is_replaced_without_an_owner_too() {
    let stage = Stage::with_provider(&SUBJECT, "cluster_name = \"acc\"");
    stage.configure(Size::Minimal);
    stage.apply().succeeds();
    let before = stage.values();
    stage.run(&["taint", &stage.address()]).succeeds();
    stage
        .apply()
        .succeeds()
        .says("1 added, 0 changed, 1 destroyed");
    stage.plan_is_empty("replaced");
    assert_ne!(text(&stage.values(), "arn"), text(&before, "arn"));
}

const CREATE_FIRST: &str = "\nlifecycle {\n  create_before_destroy = true\n}\n";

/// The new object found the old one under its name and took it over; the old one's delete then
/// took the load balancer away under the new one.
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
    assert_eq!(text(&stage.values(), "arn"), text(&before, "arn"));
    stage.destroy().succeeds();
    stage.nothing_left("destroyed");
}

/// The new object took over the load balancer before it found that it couldn't become it, and left
/// both blocks' objects in the state with one ARN.
#[test]
fn what_cannot_be_created_first_is_left_as_it_was() {
    let stage = Stage::new(&SUBJECT);
    let arguments = stage.arguments(Size::Minimal) + CREATE_FIRST;
    stage.write(PROVIDER, &arguments);
    stage.apply().succeeds();
    let before = stage.values();
    stage.write(PROVIDER, &format!("{arguments}\ntarget_port = 7443"));
    stage
        .apply()
        .fails()
        .says("settings that AWS can't change in place");
    assert_eq!(stage.values(), before);
    stage.write(PROVIDER, &arguments);
    stage.plan_is_empty("taken back");
    stage.destroy().succeeds();
    stage.nothing_left("destroyed");
}
