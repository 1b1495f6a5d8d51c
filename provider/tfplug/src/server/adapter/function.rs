//! Functions for the protocol.

use crate::function::{Function, FunctionError, Parameter, Parameters};
use crate::model::AttrType;
use crate::panic::catch_now;
use crate::value::{Type, Value};

/// A function of a provider, whatever its parameters.
pub(crate) trait AnyFunction: Send + Sync {
    fn name(&self) -> &'static str;
    fn summary(&self) -> &'static str;
    fn description(&self) -> &'static str;
    fn parameters(&self) -> Vec<Parameter>;
    fn output(&self) -> Type;
    fn call(&self, arguments: Vec<Value>) -> Result<Value, FunctionError>;
}

pub(crate) struct FunctionAdapter<F>(F);

impl<F: Function> FunctionAdapter<F> {
    pub(crate) fn new(function: F) -> Self {
        Self(function)
    }
}

impl<F: Function> AnyFunction for FunctionAdapter<F> {
    fn name(&self) -> &'static str {
        self.0.name()
    }

    fn summary(&self) -> &'static str {
        self.0.summary()
    }

    fn description(&self) -> &'static str {
        self.0.description()
    }

    fn parameters(&self) -> Vec<Parameter> {
        F::Parameters::parameters()
    }

    fn output(&self) -> Type {
        F::Output::shape().ty()
    }

    fn call(&self, arguments: Vec<Value>) -> Result<Value, FunctionError> {
        let arguments = F::Parameters::from_arguments(arguments)?;
        match catch_now(|| self.0.call(arguments)) {
            Ok(result) => result.map(AttrType::encode),
            Err(panic) => Err(FunctionError::new(panic.detail())),
        }
    }
}
