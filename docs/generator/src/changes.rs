//! What a change of each argument does: replace, make nodes outdated, or neither.

use std::fmt::Write as _;

use tfplug::schema::{Attribute, Mode, Schema};

/// How modifiers of the provider's attributes say it.
const REPLACES: &str = "forces replacement";
const OUTDATES: &str = "makes nodes outdated";

/// The section about changes of a resource's arguments.
pub(crate) fn changes(schema: &Schema) -> String {
    let mut out = String::from("## Changes\n\n");
    let replaces = named(schema, |one| {
        says(one, REPLACES)
            .then(|| format!("`{}`", one.name))
            .or_else(|| {
                // Only some changes of it do, which its description tells.
                let partly = one.description.replace('\n', " ").contains(REPLACES);
                partly.then(|| format!("some changes of `{}`", one.name))
            })
    });
    let outdates = named(schema, |one| {
        says(one, OUTDATES).then(|| format!("`{}`", one.name))
    });
    for (what, names) in [
        ("Force replacement", replaces),
        ("Make nodes outdated", outdates),
    ] {
        if !names.is_empty() {
            let _ = writeln!(out, "- {what}: {}.", names.join(", "));
        }
    }
    out.push_str("- Changed in place: all others.\n\n");
    out
}

/// The arguments that something is said of.
fn named(schema: &Schema, said: impl Fn(&Attribute) -> Option<String>) -> Vec<String> {
    let arguments = schema
        .attributes
        .iter()
        .filter(|one| one.mode != Mode::Computed);
    arguments.filter_map(said).collect()
}

fn says(attribute: &Attribute, words: &str) -> bool {
    (attribute.modifiers.iter()).any(|modifier| modifier.description().contains(words))
}
