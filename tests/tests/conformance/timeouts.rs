//! The `timeouts` block.

use serde_json::json;

use crate::demo::Demo;

fn thing(timeouts: &str, text: &str) -> String {
    format!(
        "resource \"demo_thing\" \"x\" {{\n  name = \"x\"\n  text = \"{text}\"\n  {timeouts}\n}}"
    )
}

/// How long the last operation of this kind was given.
fn given(demo: &Demo, operation: &str) -> String {
    let events = demo.events_of(&format!("{operation} x "));
    let event = events.last().unwrap().clone();
    assert!(event.contains("deadline=ahead"), "{event}");
    event
        .split_once("within=")
        .unwrap()
        .1
        .split_once(' ')
        .unwrap()
        .0
        .to_owned()
}

#[test]
fn operations_get_the_time_that_the_configuration_gives() {
    let block =
        "timeouts {\n    create = \"90s\"\n    update = \"1h30m\"\n    delete = \"2h\"\n  }";
    let demo = Demo::new(&thing(block, "a"));
    demo.apply().succeeds();
    demo.plan_is_empty();
    demo.main(&thing(block, "b"));
    demo.apply().succeeds();
    demo.destroy().succeeds();
    assert_eq!(given(&demo, "create"), "90s");
    assert_eq!(given(&demo, "update"), "5400s");
    assert_eq!(given(&demo, "delete"), "7200s");
}

#[test]
fn without_a_block_the_resources_defaults_hold() {
    let demo = Demo::new(&thing("", "a"));
    demo.apply().succeeds();
    demo.main(&thing("timeouts {\n    create = \"1m\"\n  }", "b"));
    demo.apply().succeeds();
    demo.destroy().succeeds();
    assert_eq!(given(&demo, "create"), "600s");
    assert_eq!(given(&demo, "update"), "660s");
    assert_eq!(given(&demo, "delete"), "720s");
}

#[test]
fn a_change_of_timeouts_alone_leaves_the_object_alone() {
    let demo = Demo::new(&thing("", "a"));
    demo.apply().succeeds();
    demo.main(&thing("timeouts {\n    delete = \"3h\"\n  }", "a"));
    demo.apply().succeeds();
    demo.plan_is_empty();
    assert_eq!(demo.events_of("update"), [""; 0]);
    assert_eq!(demo.values("demo_thing.x")["timeouts"]["delete"], "3h");
    assert_eq!(demo.values("demo_thing.x")["revision"], json!(1));
}

#[test]
fn an_operation_whose_time_is_over_fails_with_the_object_kept() {
    let block = "gate = \"shut\"\n  timeouts {\n    create = \"1s\"\n  }";
    let demo = Demo::new(&thing(block, "a"));
    demo.apply()
        .fails()
        .says("The gate shut didn't open within 1s.");
    assert_eq!(demo.in_state("demo_thing.x").unwrap()["tainted"], true);
    assert_eq!(demo.values("demo_thing.x")["timeouts"]["create"], "1s");
}

#[test]
fn what_is_no_duration_is_refused_at_its_line() {
    let demo = Demo::new(&thing("timeouts {\n    create = \"soon\"\n  }", "a"));
    let found = demo.validate().fails().diagnostics();
    assert_eq!(found.len(), 1, "{found:?}");
    assert_eq!(found[0].code.as_deref(), Some("create = \"soon\""));
}
