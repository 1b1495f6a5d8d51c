//! State of older and newer builds of the provider.

use serde_json::{Value as Json, json};

use crate::demo::Demo;

/// Has the build of a schema version apply this.
fn written_by(version: &str, attributes: &str) -> Demo {
    let mut demo = Demo::new(&versioned(attributes));
    demo.env("DEMO_SCHEMA_VERSION", version);
    demo.apply().succeeds();
    demo
}

fn versioned(attributes: &str) -> String {
    format!("resource \"demo_versioned\" \"x\" {{\n  {attributes}\n}}")
}

/// The schema version that the state file names.
fn stored_version(demo: &Demo) -> Json {
    let state: Json = serde_json::from_str(&demo.read("terraform.tfstate")).unwrap();
    state["resources"][0]["instances"][0]["schema_version"].clone()
}

#[test]
fn state_of_the_first_version_is_upgraded_by_every_step() {
    let mut demo = written_by("0", "size = \"3\"\n  ballast = \"sand\"");
    assert_eq!(stored_version(&demo), 0);
    demo.env("DEMO_SCHEMA_VERSION", "2");
    demo.main(&versioned("capacity = 3"));
    demo.plan_is_empty();
    demo.main(&versioned("capacity = 4"));
    demo.apply().succeeds().says("1 changed");
    assert_eq!(stored_version(&demo), 2);
    assert_eq!(demo.values("demo_versioned.x"), json!({ "capacity": 4 }));
}

#[test]
fn state_of_the_version_before_is_upgraded() {
    let mut demo = written_by("1", "size = 5");
    demo.env("DEMO_SCHEMA_VERSION", "2");
    demo.main(&versioned("capacity = 5"));
    demo.plan_is_empty();
}

#[test]
fn state_that_can_not_be_upgraded_says_why() {
    let mut demo = written_by("0", "size = \"large\"");
    demo.env("DEMO_SCHEMA_VERSION", "2");
    demo.main(&versioned("capacity = 5"));
    demo.plan().fails().says("The size \"large\" is no number.");
}

#[test]
fn state_of_a_newer_provider_is_refused() {
    let mut demo = written_by("2", "capacity = 5");
    demo.env("DEMO_SCHEMA_VERSION", "1");
    demo.main(&versioned("size = 5"));
    demo.plan().fails().says("newer");
}

#[test]
fn attributes_that_the_schema_lost_are_dropped() {
    let demo = written_by("2", "capacity = 5");
    let mut state: Json = serde_json::from_str(&demo.read("terraform.tfstate")).unwrap();
    state["resources"][0]["instances"][0]["attributes"]["former"] = json!("x");
    demo.file("terraform.tfstate", &state.to_string());
    demo.plan_is_empty();
}
