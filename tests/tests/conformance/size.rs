//! Large attributes.

use crate::demo::Demo;

#[test]
fn four_mebibytes_in_one_attribute() {
    let demo =
        Demo::new("resource \"demo_thing\" \"x\" {\n  name = \"x\"\n  text = file(\"big\")\n}");
    let size = 4 * 1024 * 1024;
    demo.file("big", &"0123456789abcdef".repeat(size / 16));
    demo.apply().succeeds();
    demo.plan_is_empty();
    let stored = |demo: &Demo| {
        demo.object("thing-x").unwrap()["text"]
            .as_str()
            .unwrap()
            .len()
    };
    assert_eq!(stored(&demo), size);
    // An update carries the old value, the new one and the configuration.
    demo.file("big", &"fedcba9876543210".repeat(size / 16));
    demo.apply().succeeds().says("1 changed");
    demo.plan_is_empty();
    assert_eq!(stored(&demo), size);
}
