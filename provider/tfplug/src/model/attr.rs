//! An attribute's three states: null, unknown, known.

use super::AttrType;
use crate::diagnostic::{Diagnostic, Result};
use crate::schema::Shape;
use crate::value::{DecodeError, Value};

/// An attribute's value, which may be absent or not known yet.
///
/// Unknown is not "no value": during a plan it stands for what another resource will only have
/// after apply. Code that asks for a known value with [`known`](Self::known) handles both.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Attr<T> {
    /// Not set.
    #[default]
    Null,
    /// Known only after apply.
    Unknown,
    /// The value.
    Known(T),
}

impl<T> Attr<T> {
    /// The value, where there is one.
    pub fn known(&self) -> Option<&T> {
        match self {
            Self::Known(value) => Some(value),
            Self::Null | Self::Unknown => None,
        }
    }

    /// The value by itself, where there is one.
    pub fn into_known(self) -> Option<T> {
        match self {
            Self::Known(value) => Some(value),
            Self::Null | Self::Unknown => None,
        }
    }

    /// Whether it is not set.
    pub fn is_null(&self) -> bool {
        matches!(self, Self::Null)
    }

    /// Whether it is known only after apply.
    pub fn is_unknown(&self) -> bool {
        matches!(self, Self::Unknown)
    }

    /// The value of an attribute that must be known by now: a required or planned one, in a life
    /// cycle step.
    ///
    /// # Errors
    /// It is null or unknown, which is then a defect of the provider and says so.
    pub fn get(&self, attribute: &str) -> Result<&T> {
        self.known().ok_or_else(|| {
            Diagnostic::bug(format!(
                "The attribute \"{attribute}\" has no value where it must."
            ))
            .at(attribute)
            .into()
        })
    }

    /// The same state with another value.
    pub fn map<U>(self, f: impl FnOnce(T) -> U) -> Attr<U> {
        match self {
            Self::Null => Attr::Null,
            Self::Unknown => Attr::Unknown,
            Self::Known(value) => Attr::Known(f(value)),
        }
    }

    /// The same state, borrowed.
    pub fn as_ref(&self) -> Attr<&T> {
        match self {
            Self::Null => Attr::Null,
            Self::Unknown => Attr::Unknown,
            Self::Known(value) => Attr::Known(value),
        }
    }
}

impl Attr<String> {
    /// The text, where there is one.
    pub fn text(&self) -> Option<&str> {
        self.known().map(String::as_str)
    }
}

impl<T: AttrType> Attr<T> {
    /// The type as the schema tells it.
    pub fn shape() -> Shape {
        T::shape()
    }

    /// Reads an attribute.
    ///
    /// # Errors
    /// The value is of another kind than the attribute.
    pub fn from_value(value: Value) -> Result<Self, DecodeError> {
        match value {
            Value::Null => Ok(Self::Null),
            Value::Unknown => Ok(Self::Unknown),
            known => T::decode(known).map(Self::Known),
        }
    }

    /// The attribute for the wire.
    pub fn into_value(self) -> Value {
        match self {
            Self::Null => Value::Null,
            Self::Unknown => Value::Unknown,
            Self::Known(value) => value.encode(),
        }
    }
}

impl<T> From<T> for Attr<T> {
    fn from(value: T) -> Self {
        Self::Known(value)
    }
}

impl<T> From<Option<T>> for Attr<T> {
    /// What AWS doesn't return is null.
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Null, Self::Known)
    }
}

impl From<&str> for Attr<String> {
    fn from(value: &str) -> Self {
        Self::Known(value.to_owned())
    }
}
