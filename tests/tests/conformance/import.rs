//! Import: by command, by block, with a generated configuration.

use crate::demo::Demo;

/// An object that terraform knows nothing of.
fn found(hcl: &str) -> Demo {
    let demo = Demo::new(hcl);
    std::fs::create_dir_all(demo.cloud().join("objects")).unwrap();
    let object = r#"{"name":"x","text":"found","note":null,"revision":7}"#;
    std::fs::write(demo.cloud().join("objects/thing-x.json"), object).unwrap();
    demo
}

const THING: &str = "resource \"demo_thing\" \"x\" {\n  name = \"x\"\n  text = \"found\"\n}\n";

#[test]
fn the_import_command_brings_in_all_attributes() {
    let demo = found(THING);
    demo.import("demo_thing.x", "thing-x").succeeds();
    let values = demo.values("demo_thing.x");
    assert_eq!(values["text"], "found");
    assert_eq!(values["revision"], 7);
    demo.plan_is_empty();
}

#[test]
fn an_import_block_brings_in_all_attributes() {
    let block = "import {\n  to = demo_thing.x\n  id = \"thing-x\"\n}\n";
    let demo = found(&format!("{THING}{block}"));
    demo.apply()
        .succeeds()
        .says("1 imported, 0 added, 0 changed, 0 destroyed");
    assert_eq!(demo.values("demo_thing.x")["revision"], 7);
    demo.plan_is_empty();
}

#[test]
fn a_generated_configuration_fits_the_imported_object() {
    let demo = found("import {\n  to = demo_thing.x\n  id = \"thing-x\"\n}\n");
    demo.run(&["plan", "-generate-config-out=generated.tf"])
        .succeeds();
    let generated = demo.read("generated.tf");
    assert!(generated.contains("\"found\""), "{generated}");
    assert!(!generated.contains("revision"), "computed:\n{generated}");
    demo.apply()
        .succeeds()
        .says("1 imported, 0 added, 0 changed, 0 destroyed");
    demo.plan_is_empty();
}

#[test]
fn the_import_of_what_is_not_there_says_so() {
    let demo = found(THING);
    demo.import("demo_thing.x", "thing-nobody")
        .fails()
        .says("There is no thing-nobody.");
    assert_eq!(demo.in_state("demo_thing.x"), None);
}

#[test]
fn a_resource_without_import_says_so() {
    let demo = Demo::new(r#"resource "demo_item" "x" { title = "x" }"#);
    demo.import("demo_item.x", "x")
        .fails()
        .says("A demo_item can't be imported.");
}
