//! Functions: with an error of one argument, with any number of arguments, with null.

use tfplug::{Attr, Function, FunctionError, Parameters};

/// Arguments of `repeat`.
#[derive(Parameters)]
pub(crate) struct RepeatParameters {
    /// What to repeat.
    text: String,
    /// How often.
    times: i64,
}

/// `repeat(text, times)`
pub(crate) struct Repeat;

impl Function for Repeat {
    type Parameters = RepeatParameters;
    type Output = String;

    fn name(&self) -> &'static str {
        "repeat"
    }

    fn summary(&self) -> &'static str {
        "Repeats a text."
    }

    fn description(&self) -> &'static str {
        "The text, as often as asked, without anything in between."
    }

    fn call(&self, arguments: RepeatParameters) -> Result<String, FunctionError> {
        let RepeatParameters { text, times } = arguments;
        match usize::try_from(times) {
            Ok(times) if times <= 100 => Ok(text.repeat(times)),
            _ => {
                let detail = format!("{times} is not between 0 and 100.");
                Err(FunctionError::argument("times", detail))
            }
        }
    }
}

/// Arguments of `join`.
#[derive(Parameters)]
pub(crate) struct JoinParameters {
    /// What stands in between.
    separator: String,
    /// What to join.
    #[tf(variadic)]
    parts: Vec<String>,
}

/// `join(separator, parts...)`
pub(crate) struct Join;

impl Function for Join {
    type Parameters = JoinParameters;
    type Output = String;

    fn name(&self) -> &'static str {
        "join"
    }

    fn summary(&self) -> &'static str {
        "Joins texts."
    }

    fn description(&self) -> &'static str {
        "The texts in their order, with the separator in between."
    }

    fn call(&self, arguments: JoinParameters) -> Result<String, FunctionError> {
        let JoinParameters { separator, parts } = arguments;
        if parts.iter().any(String::is_empty) {
            return Err(FunctionError::argument("parts", "A part is empty."));
        }
        Ok(parts.join(&separator))
    }
}

/// Arguments of `or_else`.
#[derive(Parameters)]
pub(crate) struct OrElseParameters {
    /// What to take, if it isn't null.
    value: Attr<String>,
    /// What to take otherwise.
    otherwise: String,
}

/// `or_else(value, otherwise)`
pub(crate) struct OrElse;

impl Function for OrElse {
    type Parameters = OrElseParameters;
    type Output = String;

    fn name(&self) -> &'static str {
        "or_else"
    }

    fn summary(&self) -> &'static str {
        "Replaces null."
    }

    fn description(&self) -> &'static str {
        "The first argument, or the second one if the first is null."
    }

    fn call(&self, arguments: OrElseParameters) -> Result<String, FunctionError> {
        Ok(arguments.value.into_known().unwrap_or(arguments.otherwise))
    }
}
