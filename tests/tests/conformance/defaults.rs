//! Defaults inside nested attributes and blocks.

use serde_json::json;

use crate::demo::Demo;

const KINDS: &str = r#"
resource "demo_kinds" "x" {
  door      = { colour = "red" }
  door_list = [{ colour = "red" }, { colour = "blue", height = 3 }]
  door_map  = { a = { colour = "red" }, b = { colour = "blue", height = 3 } }
  door_set  = [{ colour = "red" }, { colour = "blue", height = 3, lock = {} }]
  room { name = "attic" }
  shelf { content = "books" }
}
"#;

#[test]
fn nested_attributes_get_their_defaults_and_keep_them() {
    let demo = Demo::new(KINDS);
    demo.apply().succeeds();
    demo.plan_is_empty();
    let values = demo.values("demo_kinds.x");
    assert_eq!(values["door"]["height"], 2);
    for doors in [
        json!([
            values["door_list"][0]["height"],
            values["door_list"][1]["height"]
        ]),
        json!([
            values["door_map"]["a"]["height"],
            values["door_map"]["b"]["height"]
        ]),
    ] {
        assert_eq!(doors, json!([2, 3]));
    }
    assert_eq!(values["room"][0]["floor"], 0);
    assert_eq!(values["shelf"][0]["boards"], 3);
    assert_eq!(values["tags"], json!({}));
}

#[test]
fn objects_in_a_set_get_their_defaults() {
    let demo = Demo::new(KINDS);
    demo.apply().succeeds();
    let mut doors = demo.values("demo_kinds.x")["door_set"]
        .as_array()
        .unwrap()
        .clone();
    doors.sort_by_key(|door| door["height"].as_i64());
    assert_eq!(doors[0]["height"], 2);
    assert_eq!(doors[0]["serial"], "no red");
    assert_eq!(doors[1]["lock"], json!({ "shut": true, "keys": null }));
}

#[test]
fn an_object_that_stands_by_default_has_its_own_defaults() {
    let demo = Demo::new(KINDS);
    demo.apply().succeeds();
    let door = &demo.values("demo_kinds.x")["front_door"];
    assert_eq!(
        *door,
        json!({ "colour": "green", "height": 2, "lock": null, "serial": "no green" })
    );
}

#[test]
fn a_change_of_one_object_of_a_set_keeps_the_defaults_of_the_others() {
    let demo = Demo::new(KINDS);
    demo.apply().succeeds();
    demo.main(&KINDS.replace("height = 3", "height = 4"));
    assert_eq!(demo.planned_actions("demo_kinds.x"), ["update"]);
    demo.apply().succeeds();
    demo.plan_is_empty();
    let values = demo.values("demo_kinds.x");
    let mut heights: Vec<_> = values["door_set"]
        .as_array()
        .unwrap()
        .iter()
        .map(|door| door["height"].as_i64().unwrap())
        .collect();
    heights.sort_unstable();
    assert_eq!(heights, [2, 4]);
}

#[test]
fn removed_and_reordered_objects_leave_nothing_to_do() {
    let demo = Demo::new(KINDS);
    demo.apply().succeeds();
    demo.main(
        &KINDS
            .replace(
                r#"[{ colour = "red" }, { colour = "blue", height = 3 }]"#,
                r#"[{ colour = "blue" }]"#,
            )
            .replace(r#"{ a = { colour = "red" }, "#, "{ "),
    );
    demo.apply().succeeds();
    demo.plan_is_empty();
    assert_eq!(demo.values("demo_kinds.x")["door_list"][0]["height"], 2);
}
