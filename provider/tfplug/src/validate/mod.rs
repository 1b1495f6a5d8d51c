//! What an attribute's value must satisfy, checked before anything is planned.
//!
//! A [`Check`] sees the configured value only where it is known: unknown values pass, and are
//! checked when Terraform validates again with the real ones. The rule's text is shown to people
//! in errors and in the docs, so it reads after "must be": `"between 1 and 7"`.

mod collection;
mod config;
mod duration;
mod network;
mod number;
mod text;

use std::fmt;
use std::sync::Arc;

pub use collection::{count, each, keys};
pub(crate) use config::validate;
pub use duration::{duration, parse_duration};
pub use network::{arn, cidr};
pub use number::{multiple_of, range};
pub use text::{length, one_of, pattern};

use crate::path::Path;
use crate::value::Value;

/// A rule for an attribute's value.
#[derive(Clone)]
pub struct Check {
    rule: Arc<str>,
    test: Arc<Test>,
    defect: Option<Arc<str>>,
}

type Test = dyn Fn(&Value) -> Vec<Problem> + Send + Sync;

/// What a value is that it must not be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// Where in the value: the root, or an element of it.
    pub path: Path,
    /// The rule that is broken, to be read after "must be".
    pub rule: String,
    /// The value at fault as text. Left out of messages about sensitive attributes.
    pub got: Option<String>,
}

impl Check {
    /// A rule, and the test of a known value. `rule` reads after "must be".
    pub fn new(
        rule: impl Into<String>,
        test: impl Fn(&Value) -> bool + Send + Sync + 'static,
    ) -> Self {
        let rule = rule.into();
        let broken = rule.clone();
        Self::with_problems(rule, move |value| {
            if test(value) {
                Vec::new()
            } else {
                vec![Problem {
                    path: Path::root(),
                    rule: broken.clone(),
                    got: show(value),
                }]
            }
        })
    }

    /// A rule whose test says itself what is wrong, and where in the value.
    pub fn with_problems(
        rule: impl Into<String>,
        test: impl Fn(&Value) -> Vec<Problem> + Send + Sync + 'static,
    ) -> Self {
        Self {
            rule: rule.into().into(),
            test: Arc::new(test),
            defect: None,
        }
    }

    /// A check that can't be made, such as an expression that is none. It makes the schema one with
    /// [problems](crate::problems).
    fn defective(rule: &str, defect: String) -> Self {
        Self {
            defect: Some(defect.into()),
            ..Self::new(rule, |_| false)
        }
    }

    /// Why the check can't be made, if it can't.
    pub(crate) fn defect(&self) -> Option<&str> {
        self.defect.as_deref()
    }

    /// The same defect, in a check that is made of this one.
    fn or_defect_of(mut self, part: &Self) -> Self {
        self.defect = self.defect.or_else(|| part.defect.clone());
        self
    }

    /// What a value must be, to be read after "must be".
    pub fn rule(&self) -> &str {
        &self.rule
    }

    /// What is wrong with a value; nothing if it is null or unknown.
    pub fn problems(&self, value: &Value) -> Vec<Problem> {
        match value {
            Value::Null | Value::Unknown => Vec::new(),
            known => (self.test)(known),
        }
    }
}

impl fmt::Debug for Check {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Check").field(&self.rule).finish()
    }
}

/// A value as a person typed it, where it is short enough to repeat.
fn show(value: &Value) -> Option<String> {
    const LONGEST: usize = 80;
    match value {
        Value::String(text) if text.chars().count() <= LONGEST => Some(format!("{text:?}")),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(value) => Some(value.to_string()),
        _ => None,
    }
}
