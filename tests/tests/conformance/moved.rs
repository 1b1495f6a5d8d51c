//! `moved` blocks between resource types.

use crate::demo::Demo;

#[test]
fn a_resource_of_another_type_is_taken_over() {
    let demo = Demo::new(r#"resource "demo_thing" "x" { name = "x" }"#);
    demo.apply().succeeds();
    demo.main(
        r#"
        resource "demo_item" "x" { title = "x" }
        moved {
          from = demo_thing.x
          to   = demo_item.x
        }
        "#,
    );
    demo.apply()
        .succeeds()
        .says("0 added, 0 changed, 0 destroyed");
    let origin = "demo_thing of registry.terraform.io/example/demo";
    assert_eq!(demo.values("demo_item.x")["origin"], origin);
    demo.plan_is_empty();
    assert!(demo.object("thing-x").is_some(), "nobody destroyed it");
}

#[test]
fn a_resource_of_another_provider_is_taken_over() {
    let demo = Demo::new(r#"resource "terraform_data" "x" { input = "x" }"#);
    demo.apply().succeeds();
    demo.main(
        r#"
        resource "demo_item" "x" { title = "x" }
        moved {
          from = terraform_data.x
          to   = demo_item.x
        }
        "#,
    );
    demo.apply()
        .succeeds()
        .says("0 added, 0 changed, 0 destroyed");
    demo.plan_is_empty();
}

#[test]
fn an_unknown_source_is_refused_and_stays() {
    let demo = Demo::new(r#"resource "demo_kinds" "x" { text = "x" }"#);
    demo.apply().succeeds();
    demo.main(
        r#"
        resource "demo_item" "x" { title = "x" }
        moved {
          from = demo_kinds.x
          to   = demo_item.x
        }
        "#,
    );
    demo.apply()
        .fails()
        .says("A demo_kinds of registry.terraform.io/example/demo can't become a demo_item.");
    assert_eq!(demo.values("demo_kinds.x")["text"], "x");
}
