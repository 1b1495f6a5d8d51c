//! Ctrl-C in the middle of an apply: nothing that exists is lost.

use kubeha_tests::Signal;

use crate::demo::Demo;

/// A thing that waits half-way, and one that is made after it.
fn waiting(fault: &str) -> Demo {
    Demo::new(&format!(
        r#"
        resource "demo_thing" "x" {{
          name  = "x"
          gate  = "g"
          fault = {fault}
        }}
        resource "demo_thing" "later" {{
          name       = "later"
          depends_on = [demo_thing.x]
        }}
        "#
    ))
}

#[test]
fn an_interrupted_create_stops_waiting_and_is_kept() {
    let demo = waiting("null");
    let mut apply = demo.start(&["apply", "-auto-approve"]);
    demo.wait_for(&mut apply, "waiting g", 1);
    apply.signal_group(Signal::INT);
    // The gate stays shut: only StopProvider ends the wait.
    apply
        .wait()
        .fails()
        .says("Interrupt received.")
        .says("told to stop");
    assert_eq!(demo.events_of("stopped"), ["stopped g"]);
    let kept = demo.in_state("demo_thing.x").unwrap();
    assert_eq!(kept["tainted"], true);
    assert_eq!(kept["values"]["id"], "thing-x");
    assert_eq!(demo.object("thing-later"), None, "nothing new is begun");

    demo.destroy().succeeds();
    assert_eq!(demo.object("thing-x"), None);
}

#[test]
fn an_interrupted_create_that_finishes_is_kept_whole() {
    let demo = waiting("\"deaf\"");
    let mut apply = demo.start(&["apply", "-auto-approve"]);
    demo.wait_for(&mut apply, "waiting g", 1);
    apply.signal_group(Signal::INT);
    demo.open_gate("g");
    // It may have been finished before terraform heard the signal; then all of it was.
    let outcome = apply.wait();
    let kept = demo.in_state("demo_thing.x").unwrap();
    assert_eq!(kept["tainted"], serde_json::Value::Null, "{outcome}");
    assert_eq!(kept["values"]["revision"], 1);
}

#[test]
fn an_interrupted_update_keeps_what_is_really_there() {
    let demo = Demo::new("resource \"demo_thing\" \"x\" {\n  name = \"x\"\n  note = \"old\"\n}");
    demo.apply().succeeds();
    demo.main(
        "resource \"demo_thing\" \"x\" {\n name = \"x\"\n text = \"new\"\n note = \"new\"\n gate = \"g\"\n}",
    );
    let mut apply = demo.start(&["apply", "-auto-approve"]);
    demo.wait_for(&mut apply, "waiting g", 1);
    apply.signal_group(Signal::INT);
    apply.wait().fails();
    let state = demo.values("demo_thing.x");
    assert_eq!(
        (&state["text"], &state["note"]),
        (&"new".into(), &"old".into())
    );
    demo.open_gate("g");
    demo.apply().succeeds().says("1 changed");
    demo.plan_is_empty();
}

/// Terraform asks for all of a refresh, stopped or not, and an apply doesn't say that it was stopped
/// before its plan is over. What only looks is cut off, and nothing lost.
#[test]
fn an_interrupted_refresh_ends_with_its_looks() {
    let demo =
        Demo::new("resource \"demo_thing\" \"x\" {\n  name  = \"x\"\n  fault = \"slow read\"\n}");
    demo.apply().succeeds();
    let before = demo.values("demo_thing.x");
    let commands: [(&[&str], _); 2] = [(&["apply", "-auto-approve"], true), (&["plan"], false)];
    for (nth, (command, in_a_terminal)) in (1..).zip(commands) {
        let mut running = demo.start(command);
        demo.wait_for(&mut running, "waiting read", nth);
        if in_a_terminal {
            running.signal_group(Signal::INT);
        } else {
            running.signal(Signal::TERM);
        }
        // The gate stays shut.
        let outcome = running.wait().fails();
        outcome.says("You stopped it before this was looked at.");
        assert_eq!(demo.values("demo_thing.x"), before);
    }
    demo.open_gate("read");
    demo.plan_is_empty();
}

#[test]
fn terminating_terraform_alone_stops_the_operation_too() {
    let demo = waiting("null");
    let mut apply = demo.start(&["apply", "-auto-approve"]);
    demo.wait_for(&mut apply, "waiting g", 1);
    apply.signal(Signal::TERM);
    apply.wait().fails();
    assert_eq!(demo.events_of("stopped"), ["stopped g"]);
    assert_eq!(demo.values("demo_thing.x")["id"], "thing-x");
}

/// Terraform's own rule: a second Ctrl-C gives up on what still runs, "data loss may have
/// occurred". What there is can be imported.
#[test]
fn a_second_interrupt_gives_up_and_import_finds_the_object() {
    let demo = waiting("\"deaf\"");
    let mut apply = demo.start(&["apply", "-auto-approve"]);
    demo.wait_for(&mut apply, "waiting g", 1);
    apply.signal_group(Signal::INT);
    apply.wait_until_it_says("Interrupt received.");
    apply.signal_group(Signal::INT);
    apply.wait().fails().says("Two interrupts received.");
    assert_eq!(demo.object("thing-x").unwrap()["revision"], 1);
    if demo.in_state("demo_thing.x").is_none() {
        demo.import("demo_thing.x", "thing-x").succeeds();
    }
    demo.destroy().succeeds();
    assert_eq!(demo.object("thing-x"), None);
}
