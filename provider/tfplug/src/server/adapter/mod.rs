//! From an author's typed resource to what the protocol calls: one adapter for each kind.

mod data_source;
mod ephemeral;
mod function;
mod resource;
mod timeouts;

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use tokio_util::sync::CancellationToken;

pub(crate) use data_source::{AnyDataSource, DataSourceAdapter};
pub(crate) use ephemeral::{AnyEphemeral, EphemeralAdapter};
pub(crate) use function::{AnyFunction, FunctionAdapter};
pub(crate) use resource::{AnyResource, Apply, Plan, ResourceAdapter, Stored};

use crate::context::Cx;
use crate::diagnostic::{Diagnostic, Diagnostics, Result};
use crate::model::Model;
use crate::schema::Schema;
use crate::validate::validate;
use crate::value::{DecodeError, Value};

pub(crate) type BoxFuture<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// The configured provider and the cancel token: what a handler's context is made from.
pub(crate) struct Surroundings<D> {
    pub(crate) data: Arc<D>,
    pub(crate) stop: CancellationToken,
    /// Cancelled then, or before: ends what only looks.
    pub(crate) looks: CancellationToken,
    /// Whether Terraform is carrying out a plan, and plans only once more what it is about to make.
    pub(crate) applying: bool,
}

/// An answer of a handler that reads: the value, and all there is to say about it.
pub(crate) struct Answer {
    pub(crate) value: Value,
    pub(crate) private: Vec<u8>,
    pub(crate) diagnostics: Diagnostics,
}

/// Runs a handler that only looks. Nothing is lost if it is cut off, so Ctrl-C does that: Terraform goes on
/// with all other looks that it had in mind, and each is over at once.
async fn look<T, D>(cx: &Cx<D>, handler: impl Future<Output = Result<T>>) -> Result<T> {
    tokio::select! {
        biased;
        () = cx.looks().cancelled() => Err(stopped().into()),
        done = handler => done,
    }
}

fn stopped() -> Diagnostic {
    Diagnostic::error("Stopped", "You stopped it before this was looked at.")
}

/// Checks a configured object by its schema, then by its author's own step.
fn validate_model<M: Model>(
    schema: &Schema,
    config: &Value,
    typed: Value,
    write_only_allowed: bool,
    author: impl FnOnce(&M, &mut Diagnostics),
) -> Diagnostics {
    let mut out = validate(schema, config, write_only_allowed);
    match M::from_value(typed) {
        Ok(model) => match crate::panic::catch_now(|| {
            let mut found = Diagnostics::new();
            author(&model, &mut found);
            found
        }) {
            Ok(found) => out.extend(found),
            Err(panic) => out.push(panic),
        },
        // Whatever else is wrong is at the same value, and said better by the schema's checks.
        Err(_) if out.has_errors() => {}
        Err(error) => out.push(invalid(error)),
    }
    out
}

/// A value that a configuration may not have.
pub(crate) fn invalid(error: DecodeError) -> Diagnostic {
    let text = format!("\"{}\": {}.", error.path, error.problem);
    Diagnostic::error("Invalid value", text).at(error.path)
}

/// Reads a model from a value that passed validation or came from the provider itself.
fn model<M: Model>(value: Value) -> Result<M> {
    M::from_value(value).map_err(|error| {
        let what = format!("A stored or planned value doesn't fit the schema: {error}.");
        Diagnostic::bug(what).at(error.path).into()
    })
}

/// Finishes what a data source or an ephemeral resource read.
fn finish_read<M: Model, D>(
    result: Result<Result<M>, Diagnostic>,
    cx: &Cx<D>,
    otherwise: Value,
) -> Answer {
    let mut diagnostics = cx.take_warnings();
    let value = match result {
        Ok(Ok(model)) => {
            let mut value = model.into_value();
            refuse_unknowns(&mut value, &mut diagnostics);
            value
        }
        Ok(Err(errors)) => {
            diagnostics.extend(failure(errors));
            otherwise
        }
        Err(panic) => {
            diagnostics.push(panic);
            otherwise
        }
    };
    Answer {
        value,
        private: cx.private_bytes(),
        diagnostics,
    }
}

/// What a handler that failed says, which must be an error: without one Terraform would take what
/// there is for the outcome.
fn failure(mut errors: Diagnostics) -> Diagnostics {
    if !errors.has_errors() {
        errors.push(Diagnostic::bug(
            "An operation failed without an error that says why.",
        ));
    }
    errors
}

/// After a handler nothing may be unknown. What is becomes null, so that the rest isn't lost, and
/// is reported.
fn refuse_unknowns(value: &mut Value, diagnostics: &mut Diagnostics) {
    for path in value.forget_unknowns() {
        let what = format!("The attribute \"{path}\" is still unknown after the operation.");
        diagnostics.push(Diagnostic::bug(what).at(path));
    }
}
