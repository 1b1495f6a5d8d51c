//! Values as Terraform means them: typed, and null or unknown at any depth.

mod json;
mod msgpack;
mod number;
mod set;
mod ty;

use std::collections::BTreeMap;

pub use number::{Number, NumberError};
pub use set::SetValue;
pub(crate) use set::same_elements;
pub use ty::{Type, TypeError};

use crate::path::{Path, Step};

/// Any Terraform value.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// Not set.
    Null,
    /// Known only after apply.
    Unknown,
    /// `true` or `false`.
    Bool(bool),
    /// An exact decimal number.
    Number(Number),
    /// Unicode text.
    String(String),
    /// A list or a tuple.
    List(Vec<Self>),
    /// A set.
    Set(SetValue),
    /// A map or an object.
    Map(BTreeMap<String, Self>),
    /// A value whose type travels with it, because the schema leaves the type open. It may itself
    /// be null or unknown.
    Dynamic(Box<(Type, Self)>),
}

impl Value {
    /// Whether it is not set.
    pub fn is_null(&self) -> bool {
        matches!(self, Self::Null)
    }

    /// Whether the value itself is known only after apply. Its parts may still be unknown.
    pub fn is_unknown(&self) -> bool {
        matches!(self, Self::Unknown)
    }

    /// Whether nothing in it is unknown.
    pub fn is_wholly_known(&self) -> bool {
        match self {
            Self::Unknown => false,
            Self::List(elements) => elements.iter().all(Self::is_wholly_known),
            Self::Set(set) => set.iter().all(Self::is_wholly_known),
            Self::Map(entries) => entries.values().all(Self::is_wholly_known),
            Self::Dynamic(typed) => typed.1.is_wholly_known(),
            Self::Null | Self::Bool(_) | Self::Number(_) | Self::String(_) => true,
        }
    }

    /// An object's attribute or a map's element; null where there is none.
    pub fn get(&self, name: &str) -> &Self {
        const NULL: &Value = &Value::Null;
        match self {
            Self::Map(entries) => entries.get(name).unwrap_or(NULL),
            _ => NULL,
        }
    }

    /// Replaces every unknown by null and returns where they stood. State can't hold unknowns.
    pub fn forget_unknowns(&mut self) -> Vec<Path> {
        let mut found = Vec::new();
        self.forget_unknowns_below(&Path::root(), &mut found);
        found
    }

    fn forget_unknowns_below(&mut self, path: &Path, found: &mut Vec<Path>) {
        match self {
            Self::Unknown => {
                found.push(path.clone());
                *self = Self::Null;
            }
            Self::List(elements) => {
                for (index, element) in elements.iter_mut().enumerate() {
                    element.forget_unknowns_below(&path.clone().index(index), found);
                }
            }
            Self::Set(set) => {
                for element in set.iter_mut() {
                    element.forget_unknowns_below(&path.clone().step(Step::SetElement), found);
                }
            }
            Self::Map(entries) => {
                for (key, element) in entries {
                    element.forget_unknowns_below(&path.clone().and(key.as_str()), found);
                }
            }
            Self::Dynamic(typed) => typed.1.forget_unknowns_below(path, found),
            Self::Null | Self::Bool(_) | Self::Number(_) | Self::String(_) => {}
        }
    }

    /// What kind of value it is, in the words Terraform uses in its own messages.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Null => "null",
            Self::Unknown => "unknown",
            Self::Bool(_) => "bool",
            Self::Number(_) => "number",
            Self::String(_) => "string",
            Self::List(_) => "list",
            Self::Set(_) => "set",
            Self::Map(_) => "object or map",
            Self::Dynamic(typed) => typed.1.kind(),
        }
    }
}

impl From<bool> for Value {
    fn from(value: bool) -> Self {
        Self::Bool(value)
    }
}

impl From<&str> for Value {
    fn from(value: &str) -> Self {
        Self::String(value.to_owned())
    }
}

impl From<String> for Value {
    fn from(value: String) -> Self {
        Self::String(value)
    }
}

impl From<i64> for Value {
    fn from(value: i64) -> Self {
        Self::Number(Number::from(value))
    }
}

impl From<Number> for Value {
    fn from(value: Number) -> Self {
        Self::Number(value)
    }
}

/// Why bytes from Terraform, or a value, don't have the shape that was expected.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}{problem}", if path.is_root() { String::new() } else { format!("{path}: ") })]
pub struct DecodeError {
    /// The part of the value at fault.
    pub path: Path,
    /// What is wrong with it.
    pub problem: String,
}

impl DecodeError {
    /// An error of the value itself.
    pub fn new(problem: impl Into<String>) -> Self {
        Self {
            path: Path::root(),
            problem: problem.into(),
        }
    }

    /// The same error, seen from one level up.
    #[must_use]
    pub fn below(mut self, step: Step) -> Self {
        self.path.prepend(step);
        self
    }

    /// The same error, with no place for its first step: a set's elements have no index that a
    /// person could count to.
    pub(crate) fn in_set(mut self) -> Self {
        if let Some(Step::Index(_)) = self.path.steps().first() {
            let rest = self.path.steps().iter().skip(1).cloned();
            self.path = rest.fold(Path::root().step(Step::SetElement), Path::step);
        }
        self
    }

    /// A value of another kind than the one the schema names.
    pub fn mismatch(wanted: &str, got: &Value) -> Self {
        Self::new(format!("{wanted} required, but this is {}", got.kind()))
    }
}
