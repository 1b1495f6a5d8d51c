//! Bad input: each a clear error at plan, at the attribute that has to change.

use super::Desk;
use crate::Reported;

/// What must be said, and where.
#[derive(Clone, Copy, Debug)]
pub struct Said<'a> {
    /// The error's summary.
    pub summary: &'a str,
    /// Words of its text.
    pub detail: &'a str,
    /// Words of the line of the configuration that it points at.
    pub at: &'a str,
}

/// Asserts that the plan of this configuration says exactly these errors.
///
/// # Panics
/// It says others, or one is missing.
#[track_caller]
pub fn refused(desk: &Desk, provider: &str, arguments: &str, expected: &[Said<'_>]) {
    desk.write(provider, arguments);
    planning_says(desk, &["plan", "-json"], expected);
}

/// Asserts that this command says exactly these errors.
///
/// # Panics
/// It says others, or one is missing.
#[track_caller]
pub fn planning_says(desk: &Desk, command: &[&str], expected: &[Said<'_>]) {
    let outcome = desk.run(command);
    let mut found = outcome.diagnostics();
    found.retain(|one| one.severity == "error");
    assert_eq!(found.len(), expected.len(), "{found:#?}\n{outcome}");
    for said in expected {
        let is_said = found.iter().any(|one| said.is(one));
        assert!(is_said, "not said: {said:?}\n{found:#?}");
    }
}

impl Said<'_> {
    /// Whether a diagnostic says so.
    #[must_use]
    pub fn is(&self, one: &Reported) -> bool {
        let code = one.code.as_deref().unwrap_or_default();
        one.summary == self.summary
            && flowing(&one.detail).contains(self.detail)
            && code.contains(self.at)
    }
}

fn flowing(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
