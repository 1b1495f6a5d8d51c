//! Create, read, update, replace, destroy: each leaves nothing to do.

use serde_json::{Value as Json, json};

use crate::demo::Demo;

#[test]
fn a_created_object_needs_no_further_change() {
    let demo = Demo::new(r#"resource "demo_thing" "x" { name = "x" }"#);
    demo.apply()
        .succeeds()
        .says("1 added, 0 changed, 0 destroyed");
    demo.plan_is_empty();
    assert_eq!(demo.object("thing-x").unwrap()["text"], "nothing");
    assert_eq!(demo.values("demo_thing.x")["id"], "thing-x");
}

#[test]
fn an_update_changes_the_object_in_place() {
    let demo = Demo::new(r#"resource "demo_thing" "x" { name = "x" }"#);
    demo.apply().succeeds();
    demo.main("resource \"demo_thing\" \"x\" {\n  name = \"x\"\n  text = \"new\"\n}");
    let plan = demo.planned_changes();
    let change = &plan["resource_changes"][0]["change"];
    assert_eq!(change["actions"], json!(["update"]));
    assert_eq!(change["after"]["id"], "thing-x", "ids stay known");
    assert_eq!(change["after_unknown"], json!({ "revision": true }));
    demo.apply()
        .succeeds()
        .says("0 added, 1 changed, 0 destroyed");
    demo.plan_is_empty();
    assert_eq!(demo.object("thing-x").unwrap()["revision"], 2);
}

#[test]
fn a_change_of_the_name_replaces_the_object() {
    let demo = Demo::new(r#"resource "demo_thing" "x" { name = "x" }"#);
    demo.apply().succeeds();
    demo.main(r#"resource "demo_thing" "x" { name = "y" }"#);
    let plan = demo.planned_changes();
    let change = &plan["resource_changes"][0]["change"];
    assert_eq!(change["actions"], json!(["delete", "create"]));
    assert_eq!(change["replace_paths"], json!([["name"]]));
    assert_eq!(
        change["after"]["id"],
        Json::Null,
        "a new object has a new id"
    );
    demo.apply()
        .succeeds()
        .says("1 added, 0 changed, 1 destroyed");
    demo.plan_is_empty();
    assert_eq!(demo.object("thing-x"), None);
    assert!(demo.object("thing-y").is_some());
}

#[test]
fn a_destroyed_object_is_gone_and_would_be_created() {
    let demo = Demo::new(r#"resource "demo_thing" "x" { name = "x" }"#);
    demo.apply().succeeds();
    demo.destroy().succeeds().says("1 destroyed");
    assert_eq!(demo.object("thing-x"), None);
    assert_eq!(demo.in_state("demo_thing.x"), None);
    assert_eq!(demo.planned_actions("demo_thing.x"), ["create"]);
}

#[test]
fn an_object_that_vanished_is_created_anew() {
    let demo = Demo::new(r#"resource "demo_thing" "x" { name = "x" }"#);
    demo.apply().succeeds();
    demo.vanish("thing-x");
    assert_eq!(demo.planned_actions("demo_thing.x"), ["create"]);
    demo.apply().succeeds();
    demo.plan_is_empty();
    assert!(demo.object("thing-x").is_some());
}

#[test]
fn a_change_behind_terraforms_back_is_undone() {
    let demo = Demo::new(r#"resource "demo_thing" "x" { name = "x" }"#);
    demo.apply().succeeds();
    let drifted = r#"{"name":"x","text":"scribbled","note":null,"revision":1}"#;
    std::fs::write(demo.cloud().join("objects/thing-x.json"), drifted).unwrap();
    assert_eq!(demo.planned_actions("demo_thing.x"), ["update"]);
    demo.apply().succeeds();
    demo.plan_is_empty();
    assert_eq!(demo.object("thing-x").unwrap()["text"], "nothing");
}

#[test]
fn a_default_comes_back_when_the_configuration_stops_saying() {
    let demo = Demo::new("resource \"demo_thing\" \"x\" {\n name = \"x\"\n text = \"said\"\n}");
    demo.apply().succeeds();
    demo.main(r#"resource "demo_thing" "x" { name = "x" }"#);
    demo.apply().succeeds();
    assert_eq!(demo.values("demo_thing.x")["text"], "nothing");
    demo.plan_is_empty();
}

#[test]
fn private_state_reaches_the_next_operation() {
    let demo = Demo::new(r#"resource "demo_thing" "x" { name = "x" }"#);
    demo.apply().succeeds();
    demo.main("resource \"demo_thing\" \"x\" {\n name = \"x\"\n text = \"new\"\n}");
    demo.apply().succeeds();
    demo.destroy().succeeds();
    let writer = |operation: &str| {
        let events = demo.events_of(operation);
        events
            .last()
            .unwrap()
            .rsplit_once("writer=")
            .unwrap()
            .1
            .to_owned()
    };
    assert_eq!(writer("create x"), "");
    assert_eq!(writer("update x"), "create");
    assert_eq!(writer("delete x"), "update");
}

#[test]
fn a_data_source_finds_what_is_there() {
    let demo = Demo::new(
        r#"
        resource "demo_thing" "x" { name = "x" }
        data "demo_thing" "x" { name = demo_thing.x.name }
        output "text" { value = data.demo_thing.x.text }
        "#,
    );
    demo.apply().succeeds();
    demo.plan_is_empty();
    assert_eq!(
        demo.state()["values"]["outputs"]["text"]["value"],
        "nothing"
    );
}
