//! Every type of attribute comes back as it was configured.

use serde_json::json;

use crate::demo::Demo;

const KINDS: &str = r#"
resource "demo_kinds" "x" {
  flag     = true
  whole    = 3
  exact    = 2.5
  text     = "zwölf Boxkämpfer 🥊 \"quoted\"\nnext"
  words    = ["b", "a", "a"]
  zones    = ["c", "a", "b"]
  tags     = { "with space" = "1", empty = "" }
  matrix   = [[1, 2], [], [3]]
  anything = { name = "x", list = [1, "two", true], nothing = null }
  pin      = "1234"
  roof { content = "storks" }
}
"#;

#[test]
fn every_type_survives_apply_and_refresh() {
    let demo = Demo::new(KINDS);
    demo.apply().succeeds();
    demo.plan_is_empty();
    let values = demo.values("demo_kinds.x");
    assert_eq!(values["text"], "zwölf Boxkämpfer 🥊 \"quoted\"\nnext");
    assert_eq!(values["words"], json!(["b", "a", "a"]));
    assert_eq!(values["zones"], json!(["a", "b", "c"]));
    assert_eq!(values["matrix"], json!([[1, 2], [], [3]]));
    assert_eq!(values["anything"]["list"], json!([1, "two", true]));
    assert_eq!(values["roof"]["boards"], 3);
}

#[test]
fn empty_and_null_are_told_apart() {
    let demo = Demo::new(
        "resource \"demo_kinds\" \"x\" {\n  words = []\n  text = \"\"\n  door_map = {}\n}",
    );
    demo.apply().succeeds();
    demo.plan_is_empty();
    let values = demo.values("demo_kinds.x");
    assert_eq!(values["words"], json!([]));
    assert_eq!(values["text"], "");
    assert_eq!(values["door_map"], json!({}));
    for null in ["zones", "door", "door_list", "door_set", "anything", "flag"] {
        assert_eq!(values[null], json!(null), "{null}");
    }
    assert_eq!(values["room"], json!([]), "no block is an empty list");
}

#[test]
fn a_dynamic_attribute_may_change_its_type() {
    let hcl = |value: &str| format!("resource \"demo_kinds\" \"x\" {{ anything = {value} }}");
    let demo = Demo::new(&hcl("\"text\""));
    demo.apply().succeeds();
    for (value, stored) in [
        ("[1, \"a\"]", json!([1, "a"])),
        ("{ a = { b = null } }", json!({ "a": { "b": null } })),
        ("toset([\"b\", \"a\"])", json!(["a", "b"])),
        ("null", json!(null)),
        ("false", json!(false)),
    ] {
        demo.main(&hcl(value));
        demo.apply().succeeds();
        demo.plan_is_empty();
        assert_eq!(demo.values("demo_kinds.x")["anything"], stored);
    }
}

#[test]
fn a_sensitive_value_is_hidden_in_output() {
    let demo = Demo::new(KINDS);
    demo.apply()
        .succeeds()
        .says("pin = (sensitive value)")
        .does_not_say("1234");
    demo.main(&KINDS.replace("1234", "98765"));
    demo.plan().succeeds().does_not_say("98765");
    assert_eq!(
        demo.in_state("demo_kinds.x").unwrap()["sensitive_values"]["pin"],
        true
    );
}
