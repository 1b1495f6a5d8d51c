//! Rules for text.

use std::ops::RangeBounds;

use regex_lite::Regex;

use super::Check;
use super::number::bounds;
use crate::value::Value;

/// Text of so many characters.
pub fn length(range: impl RangeBounds<i64> + Send + Sync + 'static) -> Check {
    let rule = format!("{} characters long", bounds(&range));
    Check::new(rule, move |value| match value {
        Value::String(text) => {
            i64::try_from(text.chars().count()).is_ok_and(|length| range.contains(&length))
        }
        _ => true,
    })
}

/// One of these words.
pub fn one_of<const N: usize>(words: [&'static str; N]) -> Check {
    let quoted: Vec<_> = words.iter().map(|word| format!("\"{word}\"")).collect();
    let rule = match quoted.split_last() {
        Some((only, [])) => only.clone(),
        Some((last, rest)) => format!("{} or {last}", rest.join(", ")),
        None => "nothing at all".to_owned(),
    };
    Check::new(rule, move |value| match value {
        Value::String(text) => words.contains(&text.as_str()),
        _ => true,
    })
}

/// Text that matches a regular expression. `rule` says in words what the expression says in signs.
/// The whole text must match: the expression is anchored.
///
/// An expression that is none makes the schema one with [problems](crate::problems).
pub fn pattern(expression: &str, rule: &str) -> Check {
    match Regex::new(&format!("^(?:{expression})$")) {
        Ok(regex) => Check::new(rule, move |value| match value {
            Value::String(text) => regex.is_match(text),
            _ => true,
        }),
        Err(error) => {
            let defect = format!("{expression:?} is no regular expression: {error}");
            Check::defective(rule, defect)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn passes(check: &Check, text: &str) -> bool {
        check.problems(&Value::from(text)).is_empty()
    }

    #[test]
    fn length_counts_characters() {
        let check = length(1..=3);
        assert_eq!(check.rule(), "1 to 3 characters long");
        assert!(passes(&check, "äöü"));
        assert!(!passes(&check, ""));
        assert!(!passes(&check, "four"));
    }

    #[test]
    fn words_are_listed() {
        assert_eq!(one_of(["a"]).rule(), "\"a\"");
        let check = one_of(["a", "b", "c"]);
        assert_eq!(check.rule(), "\"a\", \"b\" or \"c\"");
        assert!(passes(&check, "b"));
        assert!(!passes(&check, "B"));
    }

    #[test]
    fn patterns_match_the_whole_text() {
        let check = pattern("[a-z]+|x-1", "lower case letters");
        assert!(passes(&check, "abc"));
        assert!(passes(&check, "x-1"));
        assert!(!passes(&check, "abc1"));
        assert!(!passes(&check, "abc\n"));
    }

    #[test]
    fn an_expression_that_is_none_is_a_defect_even_within_another_check() {
        use super::super::{each, keys};
        assert_eq!(pattern("[a-z]", "a letter").defect(), None);
        for check in [
            pattern("[^", "anything"),
            each(pattern("[^", "anything")),
            keys(pattern("[^", "anything")),
        ] {
            assert!(check.defect().is_some_and(|defect| defect.contains("[^")));
        }
    }
}
