//! A panic costs one answer, not the server and not the object.

use crate::demo::Demo;

#[test]
fn a_panic_becomes_a_diagnostic_and_the_server_goes_on() {
    let demo = Demo::new(
        r#"
        resource "demo_thing" "bad" {
          name  = "bad"
          fault = "panic"
        }
        resource "demo_thing" "beside" {
          name = "beside"
          gate = "panicked" // opened by the one that panics
        }
        resource "demo_thing" "after" {
          name       = "after"
          depends_on = [demo_thing.beside]
        }
        "#,
    );
    demo.apply()
        .fails()
        .says("The provider panicked at tests/src/bin/terraform-provider-demo/fault.rs")
        .says("Please report it to the provider's developers")
        .does_not_say("Plugin did not respond");
    assert_eq!(demo.in_state("demo_thing.bad"), None);
    for name in ["beside", "after"] {
        let kept = demo.in_state(&format!("demo_thing.{name}")).unwrap();
        assert_eq!(kept["values"]["revision"], 1, "{name}");
    }
}

#[test]
fn a_panic_after_the_object_was_saved_keeps_it() {
    let demo =
        Demo::new("resource \"demo_thing\" \"x\" {\n  name = \"x\"\n  fault = \"panic late\"\n}");
    demo.apply().fails().says("The provider panicked at");
    let kept = demo.in_state("demo_thing.x").unwrap();
    assert_eq!(kept["tainted"], true);
    assert_eq!(kept["values"]["id"], "thing-x");
    demo.destroy().succeeds();
    assert_eq!(demo.object("thing-x"), None);
}
