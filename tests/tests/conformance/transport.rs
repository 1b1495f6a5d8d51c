//! The same life cycle over TCP, which is the transport where there are no Unix sockets.

use crate::demo::Demo;

#[test]
fn a_life_cycle_over_loopback_tcp() {
    let mut demo = Demo::new(r#"resource "demo_thing" "x" { name = "x" }"#);
    let log = demo.path("provider.log");
    demo.env("TFPLUG_TRANSPORT", "tcp")
        .env("TF_LOG_PROVIDER", "DEBUG")
        .env("TF_LOG_PATH", log);
    demo.apply().succeeds();
    demo.plan_is_empty();
    demo.destroy().succeeds();
    let log = demo.read("provider.log");
    assert!(log.contains("network=tcp"), "{log}");
    assert!(!log.contains("network=unix"), "{log}");
}
