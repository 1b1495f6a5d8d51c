//! The one place where errors and warnings of other crates become diagnostics.

use tfplug::{Diagnostic, FunctionError, Path};
use topology::{Error, Field, Warning};

/// An error of the topology, at the attribute and element that has to change.
pub(crate) fn topology_error(error: &Error, attribute: impl Fn(Field) -> Path) -> Diagnostic {
    let path = match error.index() {
        Some(index) => attribute(error.field()).index(index),
        None => attribute(error.field()),
    };
    let summary = match error.field() {
        Field::AvailabilityZones => "Invalid availability zones",
        Field::ControlPlaneSize => "Invalid control plane size",
    };
    Diagnostic::error(summary, sentence(&error.to_string())).at(path)
}

/// A weakness of a topology, at the attribute that brings it about.
pub(crate) fn topology_warning(warning: &Warning, attribute: impl Fn(Field) -> Path) -> Diagnostic {
    Diagnostic::warning(warning.summary(), warning.to_string()).at(attribute(warning.field()))
}

/// An error of the topology that blames one argument of a function.
pub(crate) fn argument_error(parameter: &'static str, error: &Error) -> FunctionError {
    FunctionError::argument(parameter, sentence(&error.to_string()))
}

/// Error texts are fragments; people read sentences.
fn sentence(text: &str) -> String {
    let mut letters = text.chars();
    let first = letters.next().map(char::to_uppercase).into_iter().flatten();
    let sentence: String = first.chain(letters).collect();
    if sentence.ends_with(['.', '?', '!']) {
        sentence
    } else {
        sentence + "."
    }
}
