//! The `timeouts` block: kept by the framework beside the author's model.

use std::time::Duration;

use crate::resource::{DEFAULT_TIMEOUT, Timeouts};
use crate::schema::{Attribute, Block, Mode, Nesting, Schema, Shape};
use crate::validate::{duration, parse_duration};
use crate::value::{Type, Value};

const BLOCK: &str = "timeouts";

/// An operation that can have a timeout of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Operation {
    Create,
    Read,
    Update,
    Delete,
}

impl Operation {
    fn name(self) -> &'static str {
        match self {
            Self::Create => "create",
            Self::Read => "read",
            Self::Update => "update",
            Self::Delete => "delete",
        }
    }

    fn default(self, timeouts: &Timeouts) -> Option<Duration> {
        match self {
            Self::Create => timeouts.create,
            Self::Read => timeouts.read,
            Self::Update => timeouts.update,
            Self::Delete => timeouts.delete,
        }
    }
}

/// Adds the block to a resource's schema, if users can set any timeout.
pub(super) fn add_block(schema: &mut Schema, timeouts: &Timeouts) {
    let operations = [
        Operation::Create,
        Operation::Read,
        Operation::Update,
        Operation::Delete,
    ];
    let attributes: Vec<_> = operations
        .into_iter()
        .filter_map(|operation| {
            let default = operation.default(timeouts)?;
            Some(Attribute {
                name: operation.name().to_owned(),
                shape: Shape::Plain(Type::String),
                description: format!(
                    "How long {} may take, such as `\"90s\"` or `\"1h30m\"`. Default: `\"{}\"`.",
                    match operation {
                        Operation::Create => "creating it",
                        Operation::Read => "reading it",
                        Operation::Update => "changing it",
                        Operation::Delete => "removing it",
                    },
                    in_words(default)
                ),
                mode: Mode::Optional,
                sensitive: false,
                write_only: false,
                deprecated: None,
                default: None,
                checks: vec![duration()],
                modifiers: Vec::new(),
            })
        })
        .collect();
    // What an author's model calls so would get lost, since the name is the framework's: the second
    // of the name makes it a problem of the schema.
    if !attributes.is_empty() || named(schema) {
        let description = "How long the operations may take.".to_owned();
        let block = Schema {
            description,
            attributes,
            ..Schema::default()
        };
        schema.blocks.push(Block {
            name: BLOCK.to_owned(),
            nesting: Nesting::Single,
            schema: block,
            required: false,
        });
    }
}

fn named(schema: &Schema) -> bool {
    schema.attribute(BLOCK).is_some() || schema.blocks.iter().any(|block| block.name == BLOCK)
}

/// Takes the block's value out of a resource's value, since the author's model doesn't have it.
pub(super) fn split(value: &mut Value) -> Value {
    match value {
        Value::Map(entries) => entries.remove(BLOCK).unwrap_or(Value::Null),
        _ => Value::Null,
    }
}

/// Puts the block's value back, if the schema has the block.
pub(super) fn join(schema: &Schema, value: &mut Value, timeouts: &Value) {
    if let Value::Map(entries) = value
        && schema.blocks.iter().any(|block| block.name == BLOCK)
    {
        entries.insert(BLOCK.to_owned(), timeouts.clone());
    }
}

/// The time for an operation: what the user says, else the resource's default, else everyone's.
pub(super) fn timeout(operation: Operation, defaults: &Timeouts, timeouts: &Value) -> Duration {
    match timeouts.get(operation.name()) {
        Value::String(text) => parse_duration(text),
        _ => None,
    }
    .or_else(|| operation.default(defaults))
    .unwrap_or(DEFAULT_TIMEOUT)
}

fn in_words(duration: Duration) -> String {
    let seconds = duration.as_secs();
    match (seconds / 3600, seconds % 3600 / 60, seconds % 60) {
        (0, 0, seconds) => format!("{seconds}s"),
        (0, minutes, 0) => format!("{minutes}m"),
        (hours, 0, 0) => format!("{hours}h"),
        (0, minutes, seconds) => format!("{minutes}m{seconds}s"),
        (hours, minutes, 0) => format!("{hours}h{minutes}m"),
        (hours, minutes, seconds) => format!("{hours}h{minutes}m{seconds}s"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_user_s_word_counts_most() {
        let defaults = Timeouts {
            create: Some(Duration::from_secs(60)),
            ..Timeouts::default()
        };
        let said = Value::Map([("create".to_owned(), Value::from("5m"))].into());
        let timeout = |operation, said| timeout(operation, &defaults, said).as_secs();
        assert_eq!(timeout(Operation::Create, &said), 300);
        assert_eq!(timeout(Operation::Create, &Value::Null), 60);
        assert_eq!(timeout(Operation::Delete, &Value::Null), 1200);
    }

    /// A model's own attribute of that name was once lost without a word.
    #[test]
    fn the_name_is_the_framework_s() {
        let mut schema = Schema {
            description: "A thing.".to_owned(),
            blocks: vec![Block::new(
                BLOCK,
                "The author's own.",
                None,
                false,
                Shape::Nested(Nesting::Single, Box::default()),
            )],
            ..Schema::default()
        };
        assert_eq!(schema.problems(), [""; 0]);
        add_block(&mut schema, &Timeouts::default());
        assert_eq!(schema.problems(), ["timeouts: there are two of this name"]);
    }

    #[test]
    fn durations_read_as_users_write_them() {
        for text in ["45s", "10m", "2h", "1h30m", "1m30s", "1h1m1s"] {
            assert_eq!(parse_duration(text).map(in_words).as_deref(), Some(text));
        }
    }
}
