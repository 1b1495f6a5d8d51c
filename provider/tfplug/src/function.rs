//! Functions: pure computations that a configuration can call as `provider::name::function()`.

use crate::model::{Attr, AttrType};
use crate::value::{DecodeError, Type, Value};

/// A pure function: offline, no configuration, the same result for the same arguments.
pub trait Function: Send + Sync + 'static {
    /// The parameters: a struct with `#[derive(Parameters)]`.
    type Parameters: Parameters;
    /// The result.
    type Output: AttrType;

    /// The name behind `provider::...::`.
    fn name(&self) -> &'static str;

    /// What it computes, in one line.
    fn summary(&self) -> &'static str;

    /// What it computes, in markdown.
    fn description(&self) -> &'static str;

    /// Computes it.
    ///
    /// # Errors
    /// Why there is no result, if possible blaming one argument.
    fn call(&self, arguments: Self::Parameters) -> Result<Self::Output, FunctionError>;
}

/// A struct whose fields are a function's parameters, in their order. Made by
/// `#[derive(Parameters)]`. A field of type `T` refuses null, an `Attr<T>` takes it; a last field
/// with `#[tf(variadic)]` is a `Vec` and takes all further arguments.
pub trait Parameters: Send + Sized + 'static {
    /// The parameters in their order.
    fn parameters() -> Vec<Parameter>;

    /// Reads the arguments of a call.
    ///
    /// # Errors
    /// The first argument that doesn't fit.
    fn from_arguments(arguments: Vec<Value>) -> Result<Self, FunctionError>;
}

/// One parameter of a function.
#[derive(Clone, Debug)]
pub struct Parameter {
    /// Its name, for the docs.
    pub name: &'static str,
    /// The type of its arguments.
    pub ty: Type,
    /// What it means, in markdown.
    pub description: &'static str,
    /// Whether null is an argument.
    pub allow_null: bool,
    /// Whether it takes all further arguments.
    pub variadic: bool,
}

/// Why a function has no result.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{text}")]
pub struct FunctionError {
    /// What is wrong and what to do, as a sentence.
    pub text: String,
    /// The parameter whose argument is at fault.
    pub parameter: Option<&'static str>,
}

impl FunctionError {
    /// An error of no argument in particular.
    pub fn new(text: impl Into<String>) -> Self {
        Self {
            text: text.into(),
            parameter: None,
        }
    }

    /// An error of one argument.
    pub fn argument(parameter: &'static str, text: impl Into<String>) -> Self {
        Self {
            text: text.into(),
            parameter: Some(parameter),
        }
    }
}

/// Takes a call's arguments one by one: what `#[derive(Parameters)]` reads with.
#[doc(hidden)]
#[derive(Debug)]
pub struct ArgumentReader(std::vec::IntoIter<Value>);

impl ArgumentReader {
    pub fn new(arguments: Vec<Value>) -> Self {
        Self(arguments.into_iter())
    }

    /// # Errors
    /// The argument is missing or of another kind.
    pub fn next<T: Argument>(&mut self, parameter: &'static str) -> Result<T, FunctionError> {
        read(parameter, self.0.next().unwrap_or(Value::Null))
    }

    /// # Errors
    /// One of the arguments is of another kind.
    pub fn rest<T: Argument>(&mut self, parameter: &'static str) -> Result<Vec<T>, FunctionError> {
        self.0
            .by_ref()
            .map(|value| read(parameter, value))
            .collect()
    }
}

fn read<T: Argument>(parameter: &'static str, value: Value) -> Result<T, FunctionError> {
    T::from_value(value)
        .map_err(|error| FunctionError::argument(parameter, format!("\"{parameter}\": {error}.")))
}

/// A type that a parameter can have.
pub trait Argument: Send + Sized + 'static {
    /// Whether it takes null.
    const ALLOW_NULL: bool;

    /// The type of its values.
    fn ty() -> Type;

    /// Reads an argument.
    ///
    /// # Errors
    /// It is of another kind.
    fn from_value(value: Value) -> Result<Self, DecodeError>;
}

impl<T: AttrType> Argument for T {
    const ALLOW_NULL: bool = false;

    fn ty() -> Type {
        T::shape().ty()
    }

    fn from_value(value: Value) -> Result<Self, DecodeError> {
        match value {
            Value::Null | Value::Unknown => Err(DecodeError::mismatch("a value", &value)),
            known => T::decode(known),
        }
    }
}

impl<T: AttrType> Argument for Attr<T> {
    const ALLOW_NULL: bool = true;

    fn ty() -> Type {
        T::shape().ty()
    }

    fn from_value(value: Value) -> Result<Self, DecodeError> {
        Self::from_value(value)
    }
}
