//! Finds schemas that Terraform would refuse or that can't behave as they say.

use super::{Attribute, Mode, Nesting, Schema, Shape};
use crate::value::Value;

/// Names that mean something to Terraform itself.
const RESERVED: [&str; 8] = [
    "connection",
    "count",
    "depends_on",
    "for_each",
    "lifecycle",
    "provider",
    "provisioner",
    "version",
];

impl Schema {
    /// What is wrong with the schema, one sentence each; empty when all is well. The server
    /// refuses to serve a schema with problems, and
    /// [`problems`](crate::problems) shows all of a provider's to its unit tests.
    pub fn problems(&self) -> Vec<String> {
        let mut out = Vec::new();
        self.find_problems("", false, &mut out);
        out
    }

    fn find_problems(&self, at: &str, in_set: bool, out: &mut Vec<String>) {
        if at.is_empty() && self.description.trim().is_empty() {
            out.push("there is no description".to_owned());
        }
        let names: Vec<&str> = self
            .attributes
            .iter()
            .map(|attribute| attribute.name.as_str())
            .chain(self.blocks.iter().map(|block| block.name.as_str()))
            .collect();
        for (position, name) in names.iter().enumerate() {
            if !well_formed(name) {
                out.push(format!(
                    "{at}{name}: names are lower case letters, digits and _"
                ));
            }
            if at.is_empty() && RESERVED.contains(name) {
                out.push(format!(
                    "{at}{name}: Terraform has its own meaning for this name"
                ));
            }
            if names.iter().take(position).any(|earlier| earlier == name) {
                out.push(format!("{at}{name}: there are two of this name"));
            }
        }
        for rule in &self.rules {
            for name in rule.names() {
                if !names.contains(&name) {
                    out.push(format!("{at}{name}: a rule names it, but there is none"));
                }
            }
        }
        for attribute in &self.attributes {
            attribute.find_problems(at, in_set, out);
        }
        for block in &self.blocks {
            let path = format!("{at}{}.", block.name);
            if block.schema.description.trim().is_empty() {
                out.push(format!("{at}{}: there is no description", block.name));
            }
            if block.nesting == Nesting::Map {
                out.push(format!("{at}{}: blocks can't be maps", block.name));
            }
            block
                .schema
                .find_problems(&path, in_set || block.nesting == Nesting::Set, out);
        }
    }
}

impl Attribute {
    fn find_problems(&self, at: &str, in_set: bool, out: &mut Vec<String>) {
        let name = &self.name;
        let mut problem = |what: &str| out.push(format!("{at}{name}: {what}"));
        if self.description.trim().is_empty() {
            problem("there is no description");
        }
        if let Some(default) = &self.default {
            if self.mode != Mode::OptionalComputed {
                problem("an attribute with a default is optional and computed");
            }
            if Value::from_msgpack(&default.to_msgpack(), &self.shape.ty()).is_err() {
                problem("the default is of another type");
            }
        }
        if self.write_only {
            if self.mode.is_computed() {
                problem("what is write-only can't be computed");
            }
            if in_set || matches!(&self.shape, Shape::Nested(Nesting::Set, _)) {
                problem("what is write-only can't stand in a set");
            }
        }
        if self.mode == Mode::Computed && !self.checks.is_empty() {
            problem("what the provider sets is not validated");
        }
        if in_set && !self.modifiers.is_empty() {
            problem("elements of sets have no prior value to plan from; give the set a modifier");
        }
        if let Shape::Nested(nesting, schema) = &self.shape {
            if !schema.blocks.is_empty() {
                problem("nested objects can't have blocks");
            }
            let path = format!("{at}{name}.");
            schema.find_problems(&path, in_set || *nesting == Nesting::Set, out);
        }
    }
}

/// What HCL takes as a name and providers use by convention.
fn well_formed(name: &str) -> bool {
    let mut letters = name.bytes();
    letters
        .next()
        .is_some_and(|first| first.is_ascii_lowercase())
        && letters.all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_')
}
