//! The `provider` block.

use crate::demo::Demo;

#[test]
fn a_provider_configured_from_an_unknown_value_can_plan() {
    let demo = Demo::new(
        r#"
        resource "terraform_data" "cloud" { input = abspath("cloud-of-its-own") }
        provider "demo" { cloud = terraform_data.cloud.output }
        resource "demo_thing" "x" { name = "x" }
        "#,
    );
    demo.plan().succeeds().says("2 to add");
    demo.apply().succeeds();
    demo.plan_is_empty();
    assert!(demo.path("cloud-of-its-own/objects/thing-x.json").exists());
    assert_eq!(demo.object("thing-x"), None, "not in the default cloud");
}

#[test]
fn validate_needs_no_configured_provider() {
    let mut demo = Demo::new(r#"resource "demo_thing" "x" { name = "x" }"#);
    demo.env("DEMO_CLOUD", "/nonexistent/cloud");
    demo.validate().succeeds();
}

#[test]
fn aliased_providers_are_configured_separately() {
    let demo = Demo::new(
        r#"
        provider "demo" {
          alias = "other"
          cloud = abspath("other")
        }
        resource "demo_thing" "here" { name = "here" }
        resource "demo_thing" "there" {
          provider = demo.other
          name     = "there"
        }
        "#,
    );
    demo.apply().succeeds();
    assert!(demo.object("thing-here").is_some());
    assert!(demo.path("other/objects/thing-there.json").exists());
}
