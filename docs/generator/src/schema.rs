//! The attributes and blocks of a schema as text.

use std::fmt::Write as _;

use tfplug::schema::{Attribute, Block, Mode, Nesting, Rule, Schema, Shape};
use tfplug::value::Value;

/// The reference part of a page: required, optional, read-only, then every nested object.
pub(crate) fn reference(schema: &Schema) -> String {
    let mut out = String::from("## Schema\n\n");
    let mut nested = Vec::new();
    object(schema, "", &mut out, &mut nested);
    // Nested objects may hold nested objects: each adds its own to the end.
    let mut next = 0;
    while let Some((path, schema)) = nested.get(next).cloned() {
        let _ = write!(
            out,
            "<a id=\"{}\"></a>\n### Nested Schema for `{path}`\n\n",
            anchor(&path)
        );
        object(&schema, &path, &mut out, &mut nested);
        next += 1;
    }
    out
}

fn object(schema: &Schema, path: &str, out: &mut String, nested: &mut Vec<(String, Schema)>) {
    let mut group = |title: &str, modes: &[Mode], blocks: Option<bool>| {
        let attributes = schema
            .attributes
            .iter()
            .filter(|attribute| modes.contains(&attribute.mode));
        let mut lines: Vec<String> = attributes
            .map(|attribute| attribute_line(attribute, path, nested))
            .collect();
        let blocks = schema
            .blocks
            .iter()
            .filter(|block| blocks == Some(block.required));
        lines.extend(blocks.map(|block| block_line(block, path, nested)));
        if !lines.is_empty() {
            let title = if path.is_empty() {
                format!("### {title}")
            } else {
                format!("{title}:")
            };
            let _ = write!(out, "{title}\n\n{}\n", lines.concat());
        }
    };
    group("Required", &[Mode::Required], Some(true));
    group(
        "Optional",
        &[Mode::Optional, Mode::OptionalComputed],
        Some(false),
    );
    group("Read-Only", &[Mode::Computed], None);
    if !schema.rules.is_empty() {
        let rules: String = schema.rules.iter().map(rule_line).collect();
        let _ = write!(out, "Together:\n\n{rules}\n");
    }
}

fn attribute_line(attribute: &Attribute, path: &str, nested: &mut Vec<(String, Schema)>) -> String {
    let mut notes = vec![kind(&attribute.shape)];
    if attribute.sensitive {
        notes.push("Sensitive".to_owned());
    }
    if attribute.write_only {
        notes.push("Write-only: never in plan or state".to_owned());
    }
    let mut text = attribute.description.replace('\n', " ");
    if let Some(instead) = &attribute.deprecated {
        text = format!("**Deprecated.** {instead} {text}");
    }
    for check in &attribute.checks {
        let _ = write!(text, " Must be {}.", check.rule());
    }
    if let Some(default) = attribute.default.as_ref().and_then(literal) {
        let _ = write!(text, " Default: `{default}`.");
    }
    for modifier in &attribute.modifiers {
        if !modifier.description().is_empty() {
            let _ = write!(text, " {}", modifier.description());
        }
    }
    if let Shape::Nested(_, schema) = &attribute.shape {
        text.push_str(&nested_link(&attribute.name, schema, path, nested));
    }
    format!("- `{}` ({}) {text}\n", attribute.name, notes.join(", "))
}

fn block_line(block: &Block, path: &str, nested: &mut Vec<(String, Schema)>) -> String {
    let kind = match block.nesting {
        Nesting::List => "Block List",
        Nesting::Map => "Block Map",
        Nesting::Set => "Block Set",
        Nesting::Single => "Block",
    };
    let text = block.schema.description.replace('\n', " ");
    let link = nested_link(&block.name, &block.schema, path, nested);
    format!("- `{}` ({kind}) {text}{link}\n", block.name)
}

fn nested_link(
    name: &str,
    schema: &Schema,
    path: &str,
    nested: &mut Vec<(String, Schema)>,
) -> String {
    let path = if path.is_empty() {
        name.to_owned()
    } else {
        format!("{path}.{name}")
    };
    let link = format!(" (see [below for nested schema](#{}))", anchor(&path));
    nested.push((path, schema.clone()));
    link
}

fn anchor(path: &str) -> String {
    format!("nestedschema--{}", path.replace('.', "--"))
}

fn kind(shape: &Shape) -> String {
    match shape {
        Shape::Plain(ty) => ty.to_string(),
        Shape::Nested(Nesting::List, _) => "Attributes List".to_owned(),
        Shape::Nested(Nesting::Map, _) => "Attributes Map".to_owned(),
        Shape::Nested(Nesting::Set, _) => "Attributes Set".to_owned(),
        Shape::Nested(Nesting::Single, _) => "Attributes".to_owned(),
    }
}

/// A default as it would be typed; nested objects' defaults are said by their attributes.
fn literal(value: &Value) -> Option<String> {
    match value {
        Value::Bool(value) => Some(value.to_string()),
        Value::Number(number) => Some(number.to_string()),
        Value::String(text) => Some(format!("{text:?}")),
        Value::List(elements) => {
            let elements: Option<Vec<_>> = elements.iter().map(literal).collect();
            Some(format!("[{}]", elements?.join(", ")))
        }
        _ => None,
    }
}

fn rule_line(rule: &Rule) -> String {
    let list = |names: &[&str]| {
        names
            .iter()
            .map(|name| format!("`{name}`"))
            .collect::<Vec<_>>()
            .join(", ")
    };
    match rule {
        Rule::AtLeastOne(names) => format!("- At least one of {} must be set.\n", list(names)),
        Rule::Conflicting(names) => format!("- At most one of {} may be set.\n", list(names)),
        Rule::ExactlyOne(names) => format!("- Exactly one of {} must be set.\n", list(names)),
        Rule::Requires(name, others) => format!("- `{name}` requires {}.\n", list(others)),
        Rule::Together(names) => format!("- All of {} or none must be set.\n", list(names)),
    }
}
