//! The attributes of a resource, from the schema that the provider gives to terraform.

use std::collections::BTreeSet;

use serde_json::Value as Json;

use super::Desk;

/// The attributes that a configuration can set, by name; elements of nested objects are
/// `object.element` and stand for the object itself.
#[track_caller]
pub(super) fn settable(desk: &Desk, resource: &str) -> BTreeSet<String> {
    let schemas = desk
        .run(&["providers", "schema", "-json"])
        .succeeds()
        .json();
    let providers = schemas["provider_schemas"].as_object();
    let block = providers
        .into_iter()
        .flatten()
        .map(|(_, provider)| &provider["resource_schemas"][resource]["block"])
        .find(|block| block.is_object())
        .unwrap_or_else(|| panic!("no schema of {resource}"));
    let mut names = BTreeSet::new();
    collect(block, "", &mut names);
    // What the framework has for every resource has its own tests.
    names.retain(|name| !name.starts_with("timeouts"));
    names
}

fn collect(block: &Json, prefix: &str, names: &mut BTreeSet<String>) {
    for (name, attribute) in members(&block["attributes"]) {
        if attribute["optional"] != true && attribute["required"] != true {
            continue;
        }
        let path = format!("{prefix}{name}");
        if attribute["nested_type"].is_object() {
            collect(&attribute["nested_type"], &format!("{path}."), names);
        } else {
            names.insert(path);
        }
    }
    for (name, nested) in members(&block["block_types"]) {
        collect(&nested["block"], &format!("{prefix}{name}."), names);
    }
}

/// The paths at which two values of a resource differ, objects taken apart as the schema does.
pub(super) fn differing(before: &Json, after: &Json, known: &BTreeSet<String>) -> BTreeSet<String> {
    let mut paths = BTreeSet::new();
    let keys = members(before).chain(members(after)).map(|(key, _)| key);
    for key in keys.collect::<BTreeSet<_>>() {
        let (before, after) = (&before[key], &after[key]);
        let prefix = format!("{key}.");
        if before == after {
            continue;
        }
        let nested = known.iter().any(|name| name.starts_with(&prefix));
        if nested && before.is_object() && after.is_object() {
            for (name, _) in members(before) {
                if before[name] != after[name] {
                    paths.insert(format!("{prefix}{name}"));
                }
            }
        } else {
            paths.insert(key.clone());
        }
    }
    paths
}

pub(super) fn members(value: &Json) -> impl Iterator<Item = (&String, &Json)> {
    value.as_object().into_iter().flatten()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn differences_are_told_element_by_element_where_the_schema_has_them() {
        let before = json!({"a": 1, "check": {"x": 1, "y": 2}, "tags": {"k": "v"}, "gone": 1});
        let after = json!({"a": 1, "check": {"x": 1, "y": 3}, "tags": {"k": "w"}});
        let known = BTreeSet::from(["check.x".to_owned(), "check.y".to_owned()]);
        let found = differing(&before, &after, &known);
        assert_eq!(Vec::from_iter(found), ["check.y", "gone", "tags"]);
        let none = differing(&before, &before, &known);
        assert!(none.is_empty());
    }
}
