//! Models: Rust structs that are a Terraform schema.
//!
//! `#[derive(Model)]` makes a struct's fields the attributes of a schema: the field's type is the
//! attribute's type, its doc comment the description, its `#[tf(...)]` the behaviour. There is no
//! second place that could say something else.

mod attr;
mod collections;
mod scalars;

use std::collections::BTreeMap;

pub use attr::Attr;
pub use collections::{List, Map, Set};
pub use scalars::Secret;

use crate::path::Step;
use crate::schema::{Schema, Shape};
use crate::value::{DecodeError, Value};

/// A type that an attribute can have: `bool`, `i64`, `Number`, `String`, `Secret`, `List<T>`,
/// `Set<T>`, `Map<T>`, `Value` (any type), and every struct with `#[derive(Model)]` (a nested
/// object).
///
/// There is no `f64`: Terraform's 0.1 isn't a float's, and what isn't equal after a round trip makes
/// Terraform refuse the provider's answer. Use [`Number`](crate::value::Number).
pub trait AttrType: Clone + PartialEq + Send + Sync + Sized + 'static {
    /// The type as the schema tells it.
    fn shape() -> Shape;

    /// Reads a value that is neither null nor unknown.
    ///
    /// # Errors
    /// The value is of another kind.
    fn decode(value: Value) -> Result<Self, DecodeError>;

    /// The value for the wire.
    fn encode(self) -> Value;
}

/// A struct whose fields are the attributes and blocks of a schema. Made by `#[derive(Model)]`.
pub trait Model: Clone + PartialEq + Send + Sync + Sized + 'static {
    /// The schema that the struct is.
    fn schema() -> Schema;

    /// Reads the struct from an object.
    ///
    /// # Errors
    /// The value is no object, or an attribute is of another kind; the error names it.
    fn from_value(value: Value) -> Result<Self, DecodeError>;

    /// The struct as an object.
    fn into_value(self) -> Value;
}

/// Takes an object apart, attribute by attribute: what `#[derive(Model)]` reads with.
#[doc(hidden)]
#[derive(Debug)]
pub struct ObjectReader(BTreeMap<String, Value>);

impl ObjectReader {
    /// # Errors
    /// The value is no object.
    pub fn new(value: Value) -> Result<Self, DecodeError> {
        match value {
            Value::Map(entries) => Ok(Self(entries)),
            other => Err(DecodeError::mismatch("object", &other)),
        }
    }

    /// # Errors
    /// The attribute is of another kind; the error names it.
    pub fn attribute<T>(
        &mut self,
        name: &str,
        read: impl FnOnce(Value) -> Result<T, DecodeError>,
    ) -> Result<T, DecodeError> {
        read(self.0.remove(name).unwrap_or(Value::Null))
            .map_err(|error| error.below(Step::Attribute(name.to_owned())))
    }
}
