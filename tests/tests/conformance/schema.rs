//! `terraform providers schema` accepts the schema and shows a description of everything.

use serde_json::Value as Json;

use crate::demo::Demo;

const ADDRESS: &str = "registry.terraform.io/example/demo";

/// The paths of blocks and attributes without a markdown description.
fn undescribed(at: &str, block: &Json, found: &mut Vec<String>) {
    if block["description"].as_str().is_none_or(str::is_empty) {
        found.push(at.to_owned());
    }
    undescribed_attributes(at, &block["attributes"], found);
    for (name, nested) in block["block_types"].as_object().into_iter().flatten() {
        undescribed(&format!("{at}.{name}"), &nested["block"], found);
    }
}

fn undescribed_attributes(at: &str, attributes: &Json, found: &mut Vec<String>) {
    for (name, attribute) in attributes.as_object().into_iter().flatten() {
        let at = format!("{at}.{name}");
        let markdown = attribute["description_kind"] == "markdown";
        if !markdown || attribute["description"].as_str().is_none_or(str::is_empty) {
            found.push(at.clone());
        }
        undescribed_attributes(&at, &attribute["nested_type"]["attributes"], found);
    }
}

#[test]
fn everything_has_a_description() {
    let demo = Demo::new("");
    let outcome = demo.run(&["providers", "schema", "-json"]).succeeds();
    let schemas = &outcome.json()["provider_schemas"][ADDRESS];
    let mut found = Vec::new();
    undescribed("provider", &schemas["provider"]["block"], &mut found);
    let mut count = 0;
    for kind in [
        "resource_schemas",
        "data_source_schemas",
        "ephemeral_resource_schemas",
    ] {
        for (name, schema) in schemas[kind].as_object().unwrap() {
            undescribed(&format!("{kind} {name}"), &schema["block"], &mut found);
            count += 1;
        }
    }
    assert_eq!(found, [""; 0]);
    assert_eq!(count, 8, "{outcome}");
}

#[test]
fn functions_and_their_parameters_have_descriptions() {
    let demo = Demo::new("");
    let outcome = demo.run(&["metadata", "functions", "-json"]);
    assert_eq!(outcome.code(), Some(0), "{outcome}");
    let schemas = demo
        .run(&["providers", "schema", "-json"])
        .succeeds()
        .json();
    let functions = &schemas["provider_schemas"][ADDRESS]["functions"];
    assert_eq!(
        functions.as_object().map(serde_json::Map::len),
        Some(3),
        "{functions}"
    );
    for (name, function) in functions.as_object().unwrap() {
        assert!(function["description"].is_string(), "{name}: {function}");
        let variadic = function.get("variadic_parameter");
        for parameter in function["parameters"]
            .as_array()
            .unwrap()
            .iter()
            .chain(variadic)
        {
            assert!(parameter["description"].is_string(), "{name}: {parameter}");
        }
    }
}

#[test]
fn marks_of_attributes_reach_terraform() {
    let demo = Demo::new("");
    let schemas = demo
        .run(&["providers", "schema", "-json"])
        .succeeds()
        .json();
    let of = |resource: &str, attribute: &str| {
        schemas["provider_schemas"][ADDRESS]["resource_schemas"][resource]["block"]["attributes"]
            [attribute]
            .clone()
    };
    assert_eq!(of("demo_vault", "password_wo")["write_only"], true);
    assert_eq!(of("demo_vault", "receipt")["sensitive"], true);
    assert_eq!(of("demo_checked", "title")["deprecated"], true);
    assert_eq!(of("demo_thing", "text")["computed"], true);
    assert_eq!(
        of("demo_kinds", "door_set")["nested_type"]["nesting_mode"],
        "set"
    );
    assert_eq!(of("demo_kinds", "anything")["type"], "dynamic");
}
