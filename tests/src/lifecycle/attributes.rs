//! The attributes of a resource, from the schema that the provider gives to terraform.

use std::collections::BTreeSet;

use serde_json::Value as Json;

use super::Desk;

/// The attributes that a configuration can set, by name; elements of nested objects are
/// `object.element` and stand for the object itself. A set of objects stands for its elements, which
/// have no names to tell them by.
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
        let nested = &attribute["nested_type"];
        if nested.is_object() && nested["nesting_mode"] != "set" {
            collect(nested, &format!("{path}."), names);
        } else {
            names.insert(path);
        }
    }
    for (name, nested) in members(&block["block_types"]) {
        collect(&nested["block"], &format!("{prefix}{name}."), names);
    }
}

/// The paths at which two values of a resource differ, objects taken apart as the schema does.
/// Of a list of objects, it is their attributes that differ as long as none is more or less.
pub(super) fn differing(before: &Json, after: &Json, known: &BTreeSet<String>) -> BTreeSet<String> {
    differing_below("", before, after, known)
}

fn differing_below(
    prefix: &str,
    before: &Json,
    after: &Json,
    known: &BTreeSet<String>,
) -> BTreeSet<String> {
    let mut paths = BTreeSet::new();
    let keys = members(before).chain(members(after)).map(|(key, _)| key);
    for key in keys.collect::<BTreeSet<_>>() {
        let (before, after) = (&before[key], &after[key]);
        if before == after {
            continue;
        }
        let path = format!("{prefix}{key}");
        let below = format!("{path}.");
        let nested = known.iter().any(|name| name.starts_with(&below));
        match (before, after) {
            (Json::Object(_), Json::Object(_)) if nested => {
                paths.extend(differing_below(&below, before, after, known));
            }
            (Json::Array(befores), Json::Array(afters))
                if nested && befores.len() == afters.len() =>
            {
                paths.extend(differing_elements(&below, befores, afters, known));
            }
            // Elements of maps go by keys that no schema knows: all are told by the same paths, and
            // one that comes or goes by the attribute's own.
            (Json::Object(_), Json::Object(_)) if is_of_map(prefix, &path, known) => {
                paths.extend(differing_below(prefix, before, after, known));
            }
            (Json::Object(_), Json::Null) | (Json::Null, Json::Object(_))
                if is_of_map(prefix, &path, known) =>
            {
                paths.insert(prefix.trim_end_matches('.').to_owned());
            }
            _ => _ = paths.insert(path),
        }
    }
    paths
}

fn is_of_map(prefix: &str, path: &str, known: &BTreeSet<String>) -> bool {
    !prefix.is_empty() && !known.contains(path)
}

/// Each element is compared with the one that is most like it, since their order may mean nothing;
/// those that are equal belong together, whatever else is like them.
fn differing_elements(
    below: &str,
    befores: &[Json],
    afters: &[Json],
    known: &BTreeSet<String>,
) -> BTreeSet<String> {
    let mut left: Vec<&Json> = afters.iter().collect();
    let mut changed = Vec::new();
    for before in befores {
        match left.iter().position(|after| *after == before) {
            Some(at) => _ = left.remove(at),
            None => changed.push(before),
        }
    }
    let mut paths = BTreeSet::new();
    for before in changed {
        let differences = left.iter().enumerate();
        let differences =
            differences.map(|(at, after)| (differing_below(below, before, after, known), at));
        if let Some((found, at)) = differences.min_by_key(|(found, _)| found.len()) {
            left.remove(at);
            paths.extend(found);
        }
    }
    paths
}

/// The paths of what is known only after apply, objects taken apart as the schema does.
pub(super) fn open(after_unknown: &Json, known: &BTreeSet<String>) -> BTreeSet<String> {
    open_below("", after_unknown, known)
}

fn open_below(prefix: &str, unknown: &Json, known: &BTreeSet<String>) -> BTreeSet<String> {
    let mut paths = BTreeSet::new();
    for (key, unknown) in members(unknown) {
        let path = format!("{prefix}{key}");
        let below = format!("{path}.");
        if unknown.is_object() && known.iter().any(|name| name.starts_with(&below)) {
            paths.extend(open_below(&below, unknown, known));
        } else if is_open(unknown) {
            paths.insert(path);
        }
    }
    paths
}

/// Whether a part of a value is known only after apply.
fn is_open(after_unknown: &Json) -> bool {
    match after_unknown {
        Json::Bool(unknown) => *unknown,
        Json::Array(elements) => elements.iter().any(is_open),
        Json::Object(entries) => entries.values().any(is_open),
        _ => false,
    }
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

    #[test]
    fn elements_are_compared_with_those_like_them() {
        let known = ["door.size", "door.colour", "door.lock.keys"].map(str::to_owned);
        let known = BTreeSet::from(known);
        let door = |size: i32, colour: &str, keys: i32| json!({"size": size, "colour": colour, "lock": {"keys": keys}});
        let before = json!({"door": [door(1, "red", 1), door(2, "blue", 1)]});
        let after = json!({"door": [door(2, "blue", 7), door(3, "red", 1)]});
        let found = differing(&before, &after, &known);
        assert_eq!(Vec::from_iter(found), ["door.lock.keys", "door.size"]);
        let before = json!({"door": [door(1, "red", 1), door(2, "blue", 2)]});
        let after = json!({"door": [door(3, "red", 2), door(1, "blue", 1), door(2, "blue", 2)]});
        let three = json!({"door": [door(3, "red", 1), door(1, "blue", 1), door(2, "blue", 2)]});
        let found = differing(&three, &after, &known);
        assert_eq!(Vec::from_iter(found), ["door.lock.keys"]);
        let fewer = json!({"door": [door(1, "red", 1)]});
        let found = differing(&before, &fewer, &known);
        assert_eq!(Vec::from_iter(found), ["door"]);
    }

    #[test]
    fn elements_of_maps_are_told_by_what_differs_in_them() {
        let known = BTreeSet::from(["disks.size".to_owned(), "disks.kind".to_owned()]);
        let before = json!({"disks": {"a": {"size": 1, "kind": "x"}, "b": {"size": 1}}});
        let after = json!({"disks": {"a": {"size": 2, "kind": "x"}, "b": {"size": 1}}});
        let found = differing(&before, &after, &known);
        assert_eq!(Vec::from_iter(found), ["disks.size"]);
        let fewer = json!({"disks": {"a": {"size": 1, "kind": "x"}}});
        let found = differing(&before, &fewer, &known);
        assert_eq!(Vec::from_iter(found), ["disks"]);
    }

    #[test]
    fn what_is_open_in_an_object_is_told_by_its_path() {
        let known = BTreeSet::from(["disk.size".to_owned(), "disk.name".to_owned()]);
        let unknown =
            json!({"disk": {"name": true}, "ids": [false, true], "tags": {}, "arn": true});
        let found = open(&unknown, &known);
        assert_eq!(Vec::from_iter(found), ["arn", "disk.name", "ids"]);
    }
}
