//! The simple types an attribute can have.

use std::fmt;

use zeroize::Zeroizing;

use super::AttrType;
use crate::schema::Shape;
use crate::value::{DecodeError, Number, Type, Value};

impl AttrType for bool {
    fn shape() -> Shape {
        Shape::Plain(Type::Bool)
    }

    fn decode(value: Value) -> Result<Self, DecodeError> {
        match value {
            Value::Bool(value) => Ok(value),
            other => Err(DecodeError::mismatch("bool", &other)),
        }
    }

    fn encode(self) -> Value {
        Value::Bool(self)
    }
}

impl AttrType for String {
    fn shape() -> Shape {
        Shape::Plain(Type::String)
    }

    fn decode(value: Value) -> Result<Self, DecodeError> {
        match value {
            Value::String(value) => Ok(value),
            other => Err(DecodeError::mismatch("string", &other)),
        }
    }

    fn encode(self) -> Value {
        Value::String(self)
    }
}

impl AttrType for Number {
    fn shape() -> Shape {
        Shape::Plain(Type::Number)
    }

    fn decode(value: Value) -> Result<Self, DecodeError> {
        match value {
            Value::Number(value) => Ok(value),
            other => Err(DecodeError::mismatch("number", &other)),
        }
    }

    fn encode(self) -> Value {
        Value::Number(self)
    }
}

impl AttrType for i64 {
    fn shape() -> Shape {
        Shape::Plain(Type::Number)
    }

    fn decode(value: Value) -> Result<Self, DecodeError> {
        let number = Number::decode(value)?;
        number
            .to_i64()
            .ok_or_else(|| DecodeError::new(format!("whole number required, but this is {number}")))
    }

    fn encode(self) -> Value {
        Value::from(self)
    }
}

/// Any type: the value brings it.
impl AttrType for Value {
    fn shape() -> Shape {
        Shape::Plain(Type::Dynamic)
    }

    fn decode(value: Value) -> Result<Self, DecodeError> {
        Ok(value)
    }

    /// A value that doesn't bring its type gets the one it shows: Terraform reads no other.
    fn encode(self) -> Value {
        match self {
            Self::Null | Self::Unknown | Self::Dynamic(_) => self,
            plain => Self::Dynamic(Box::new((Type::of(&plain), plain))),
        }
    }
}

/// Text that must not be seen: it prints as dots and is wiped from memory when dropped.
///
/// Use it for every attribute that is sensitive or write-only, so that no log line or error can
/// carry it by accident.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(Zeroizing<String>);

impl Secret {
    /// Takes the text.
    pub fn new(text: String) -> Self {
        Self(Zeroizing::new(text))
    }

    /// The text, for the one place that needs it.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(...)")
    }
}

impl AttrType for Secret {
    fn shape() -> Shape {
        String::shape()
    }

    fn decode(value: Value) -> Result<Self, DecodeError> {
        String::decode(value).map(Self::new)
    }

    fn encode(self) -> Value {
        Value::from(self.expose())
    }
}
