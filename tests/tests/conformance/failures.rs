//! Operations that fail keep what exists.

use crate::demo::Demo;

/// A thing with further attributes.
fn thing(attributes: &str) -> String {
    format!("resource \"demo_thing\" \"x\" {{\n  name = \"x\"\n  {attributes}\n}}")
}

#[test]
fn a_create_that_fails_before_anything_exists_leaves_nothing() {
    let demo = Demo::new(&thing(r#"fault = "create""#));
    demo.apply().fails().says("As asked: create.");
    assert_eq!(demo.in_state("demo_thing.x"), None);
    demo.main(&thing(""));
    demo.apply().succeeds();
    demo.plan_is_empty();
}

#[test]
fn a_create_that_fails_half_way_is_kept_as_tainted_and_made_anew() {
    let demo = Demo::new(&thing(r#"fault = "create late""#));
    demo.apply()
        .fails()
        .says("As asked: create late.")
        .says("Terraform keeps it in the state, marked as tainted: the next apply destroys it");
    let kept = demo.in_state("demo_thing.x").unwrap();
    assert_eq!(kept["tainted"], true);
    assert_eq!(kept["values"]["id"], "thing-x");

    demo.main(&thing(""));
    assert_eq!(demo.planned_actions("demo_thing.x"), ["delete", "create"]);
    demo.apply().succeeds();
    demo.plan_is_empty();
    assert!(demo.object("thing-x").is_some());
}

#[test]
fn an_untainted_create_can_be_finished_by_an_update() {
    let demo = Demo::new(&thing(r#"fault = "create late""#));
    demo.apply().fails().says("terraform untaint");
    demo.run(&["untaint", "demo_thing.x"]).succeeds();
    demo.main(&thing(r#"note = "finished""#));
    demo.apply()
        .succeeds()
        .says("0 added, 1 changed, 0 destroyed");
    demo.plan_is_empty();
}

#[test]
fn an_update_that_fails_at_once_keeps_the_state_from_before() {
    let demo = Demo::new(&thing(r#"text = "old""#));
    demo.apply().succeeds();
    demo.main(&thing("text = \"new\"\n fault = \"update\""));
    demo.apply().fails().says("As asked: update.");
    assert_eq!(demo.values("demo_thing.x")["text"], "old");
    assert_eq!(
        demo.in_state("demo_thing.x").unwrap()["tainted"],
        serde_json::Value::Null
    );

    demo.main(&thing(r#"text = "new""#));
    assert_eq!(demo.planned_actions("demo_thing.x"), ["update"]);
    demo.apply().succeeds();
    demo.plan_is_empty();
}

#[test]
fn an_update_that_fails_half_way_keeps_what_is_really_there() {
    let demo = Demo::new(&thing("text = \"old\"\n note = \"old\""));
    demo.apply().succeeds();
    demo.main(&thing(
        "text = \"new\"\n note = \"new\"\n fault = \"update late\"",
    ));
    demo.apply().fails().says("As asked: update late.");
    // Without a refresh: it is the failed update itself that said so.
    let state = demo.values("demo_thing.x");
    assert_eq!(state["text"], "new");
    assert_eq!(state["note"], "old");
    assert_eq!(demo.object("thing-x").unwrap()["note"], "old");

    demo.main(&thing("text = \"new\"\n note = \"new\""));
    demo.apply().succeeds();
    demo.plan_is_empty();
    assert_eq!(demo.object("thing-x").unwrap()["note"], "new");
}

#[test]
fn a_destroy_that_fails_keeps_the_object_in_the_state() {
    let demo = Demo::new(&thing(r#"fault = "delete""#));
    demo.apply().succeeds();
    demo.destroy().fails().says("As asked: delete.");
    assert_eq!(demo.values("demo_thing.x")["id"], "thing-x");
    demo.main(&thing(""));
    demo.apply().succeeds().says("1 changed");
    demo.destroy().succeeds();
    assert_eq!(demo.object("thing-x"), None);
}

#[test]
fn a_replacement_whose_destroy_fails_keeps_the_old_object() {
    let demo = Demo::new(&thing(r#"fault = "delete""#));
    demo.apply().succeeds();
    demo.main(r#"resource "demo_thing" "x" { name = "y" }"#);
    demo.apply().fails().says("As asked: delete.");
    assert_eq!(demo.values("demo_thing.x")["id"], "thing-x");
    assert_eq!(demo.object("thing-y"), None);
}
