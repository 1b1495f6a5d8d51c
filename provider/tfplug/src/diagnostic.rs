//! Errors and warnings as Terraform shows them: the one place that makes diagnostics.

use std::fmt;

use crate::path::Path;

/// What a handler answers: a value, or the errors that kept it from one.
pub type Result<T, E = Diagnostics> = std::result::Result<T, E>;

/// Whether a diagnostic stops the operation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Severity {
    /// The operation fails.
    Error,
    /// The operation goes on; the person is told.
    Warning,
}

/// One message to the person at the terminal.
///
/// The summary says what Terraform was doing or what is wrong in a few words. The detail says what
/// happened, what it means and what to do next. Where one attribute is at fault, [`at`](Self::at)
/// makes Terraform show its source line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnostic {
    severity: Severity,
    summary: String,
    detail: String,
    path: Path,
}

impl Diagnostic {
    /// A message that fails the operation.
    pub fn error(summary: impl Into<String>, detail: impl Into<String>) -> Self {
        Self::new(Severity::Error, summary.into(), detail.into())
    }

    /// A message that lets the operation go on.
    pub fn warning(summary: impl Into<String>, detail: impl Into<String>) -> Self {
        Self::new(Severity::Warning, summary.into(), detail.into())
    }

    fn new(severity: Severity, summary: String, detail: String) -> Self {
        Self {
            severity,
            summary,
            detail,
            path: Path::root(),
        }
    }

    /// An error that only a defect of the provider can cause.
    pub fn bug(what: impl fmt::Display) -> Self {
        Self::error(
            "The provider has a defect",
            format!(
                "{what}\n\nThis is not a mistake in your configuration. Please report it to the \
                 provider's developers, with the configuration of this resource and a log made \
                 with TF_LOG=debug."
            ),
        )
    }

    /// Points the message at the attribute that is at fault.
    #[must_use]
    pub fn at(mut self, path: impl Into<Path>) -> Self {
        self.path = path.into();
        self
    }

    /// Whether it stops the operation.
    pub fn severity(&self) -> Severity {
        self.severity
    }

    /// A few words: what was being done, or what is wrong.
    pub fn summary(&self) -> &str {
        &self.summary
    }

    /// What happened, what it means, what to do next.
    pub fn detail(&self) -> &str {
        &self.detail
    }

    /// The attribute at fault; the root where no single one is.
    pub fn path(&self) -> &Path {
        &self.path
    }
}

/// Several messages: people want all of their mistakes at once, not the first.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Diagnostics(Vec<Diagnostic>);

impl Diagnostics {
    /// No message yet.
    pub const fn new() -> Self {
        Self(Vec::new())
    }

    /// Adds a message.
    pub fn push(&mut self, diagnostic: Diagnostic) {
        self.0.push(diagnostic);
    }

    /// Adds all messages of another collection.
    pub fn extend(&mut self, others: Self) {
        self.0.extend(others.0);
    }

    /// Whether any message stops the operation.
    pub fn has_errors(&self) -> bool {
        self.0
            .iter()
            .any(|diagnostic| diagnostic.severity == Severity::Error)
    }

    /// The messages, in the order in which they were added.
    pub fn iter(&self) -> impl Iterator<Item = &Diagnostic> {
        self.0.iter()
    }

    /// Whether there is no message at all.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Ends a check: an error if any message is one. Warnings alone are no failure, but they would
    /// be lost by `?`, so they come back for the caller to pass on.
    ///
    /// # Errors
    /// All messages, when at least one of them is an error.
    pub fn into_result(self) -> Result<Self> {
        if self.has_errors() {
            Err(self)
        } else {
            Ok(self)
        }
    }
}

impl From<Diagnostic> for Diagnostics {
    fn from(diagnostic: Diagnostic) -> Self {
        Self(vec![diagnostic])
    }
}

impl FromIterator<Diagnostic> for Diagnostics {
    fn from_iter<I: IntoIterator<Item = Diagnostic>>(messages: I) -> Self {
        Self(messages.into_iter().collect())
    }
}

impl IntoIterator for Diagnostics {
    type Item = Diagnostic;
    type IntoIter = std::vec::IntoIter<Diagnostic>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter()
    }
}
