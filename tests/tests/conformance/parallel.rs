//! Operations run side by side.

use crate::demo::Demo;

#[test]
fn fifty_creates_at_once() {
    let demo = Demo::new(
        r#"
        resource "demo_thing" "x" {
          count = 50
          name  = "x${count.index}"
          gate  = "all"
        }
        "#,
    );
    let mut apply = demo.start(&["apply", "-auto-approve", "-parallelism=50"]);
    // The gate opens only when all of them stand before it.
    demo.wait_for(&mut apply, "waiting all", 50);
    demo.open_gate("all");
    apply.wait().succeeds().says("50 added");
    demo.plan_is_empty();
    assert_eq!(demo.events_of("created").len(), 50);
}
