//! Values that are unknown at plan, at every depth.

use crate::demo::Demo;

/// What only apply knows: a fresh id.
const SOURCE: &str = "resource \"terraform_data\" \"new\" {}\n";

/// Applies a `demo_kinds` with these attributes, then expects nothing to do.
fn applies(attributes: &str) -> serde_json::Value {
    let demo = Demo::new(&format!(
        "{SOURCE}resource \"demo_kinds\" \"x\" {{\n{attributes}\n}}"
    ));
    demo.apply().succeeds();
    demo.plan_is_empty();
    demo.values("demo_kinds.x")
}

fn is_id(value: &serde_json::Value) -> bool {
    value.as_str().is_some_and(|text| text.len() == 36)
}

#[test]
fn unknown_elements_of_lists_maps_and_sets() {
    let values = applies(
        r#"
        words = ["known", terraform_data.new.id]
        tags  = { a = "known", b = terraform_data.new.id }
        zones = ["known", terraform_data.new.id, "${terraform_data.new.id}-b"]
        "#,
    );
    assert!(is_id(&values["words"][1]));
    assert!(is_id(&values["tags"]["b"]));
    assert_eq!(values["zones"].as_array().unwrap().len(), 3);
}

#[test]
fn unknown_elements_of_a_set_that_turn_out_equal() {
    let values = applies("zones = [terraform_data.new.id, lower(terraform_data.new.id)]");
    assert_eq!(values["zones"].as_array().unwrap().len(), 1);
}

#[test]
fn wholly_unknown_collections() {
    let values = applies(
        r#"
        words     = [for i in range(2) : terraform_data.new.id]
        zones     = toset(split("-", terraform_data.new.id))
        door_list = [for word in split("-", terraform_data.new.id) : { colour = word }]
        "#,
    );
    assert_eq!(values["door_list"].as_array().unwrap().len(), 5);
    assert_eq!(
        values["door_list"][4]["height"], 2,
        "defaults come once the list is known"
    );
}

#[test]
fn unknown_attributes_of_nested_objects() {
    let values = applies(
        r#"
        door      = { colour = terraform_data.new.id, lock = { keys = [terraform_data.new.id] } }
        door_list = [{ colour = terraform_data.new.id }]
        door_map  = { a = { colour = terraform_data.new.id } }
        door_set  = [{ colour = terraform_data.new.id }, { colour = "red" }]
        "#,
    );
    assert!(is_id(&values["door"]["lock"]["keys"][0]));
    assert_eq!(values["door"]["lock"]["shut"], true);
    for door in [
        &values["door"],
        &values["door_list"][0],
        &values["door_map"]["a"],
    ] {
        assert!(is_id(&door["colour"]), "{door}");
        assert_eq!(door["height"], 2);
    }
    assert_eq!(values["door_set"].as_array().unwrap().len(), 2);
}

#[test]
fn unknown_attributes_of_blocks() {
    let values = applies(
        r#"
        room {
          name = terraform_data.new.id
          shelf { content = terraform_data.new.id }
        }
        shelf { content = terraform_data.new.id }
        shelf { content = "known" }
        roof { content = terraform_data.new.id }
        "#,
    );
    assert!(is_id(&values["room"][0]["shelf"][0]["content"]));
    assert_eq!(values["room"][0]["shelf"][0]["boards"], 3);
    assert_eq!(values["shelf"].as_array().unwrap().len(), 2);
    assert!(is_id(&values["roof"]["content"]));
}

#[test]
fn blocks_whose_number_is_unknown() {
    let values = applies(
        r#"
        dynamic "room" {
          for_each = toset(split("-", terraform_data.new.id))
          content { name = room.value }
        }
        dynamic "shelf" {
          for_each = toset(split("-", terraform_data.new.id))
          content { content = shelf.value }
        }
        "#,
    );
    assert_eq!(values["room"].as_array().unwrap().len(), 5);
    assert_eq!(values["shelf"].as_array().unwrap().len(), 5);
}

#[test]
fn an_unknown_dynamic_value() {
    let values = applies("anything = { id = terraform_data.new.id, list = [1, true] }");
    assert!(is_id(&values["anything"]["id"]));
    assert!(is_id(
        &applies("anything = terraform_data.new.id")["anything"]
    ));
}

#[test]
fn checks_wait_until_a_value_is_known() {
    let hcl = |length: u32| {
        format!(
            "{SOURCE}resource \"demo_checked\" \"x\" {{\n  \
             name = substr(terraform_data.new.id, 0, {length})\n}}"
        )
    };
    let demo = Demo::new(&hcl(9));
    demo.plan().succeeds();
    demo.apply()
        .fails()
        .says("\"name\" must be 3 to 8 characters long");
    demo.main(&hcl(8));
    demo.apply().succeeds();
    demo.plan_is_empty();
}
