//! Rules for collections and for what they hold.

use std::ops::RangeBounds;

use super::number::bounds;
use super::{Check, Problem};
use crate::path::Step;
use crate::value::Value;

/// A collection of so many elements. A set with unknown elements may shrink, since two of them may
/// turn out equal: it is held to the upper bound only when all is known.
pub fn count(range: impl RangeBounds<i64> + Send + Sync + 'static) -> Check {
    let many = bounds(&range);
    let ending = if many.ends_with(" 1") { "" } else { "s" };
    let rule = format!("a collection of {many} element{ending}");
    Check::new(rule, move |value| {
        let len = match value {
            Value::List(elements) => elements.len(),
            Value::Map(entries) => entries.len(),
            Value::Set(set) if set.iter().all(Value::is_wholly_known) => set.len(),
            _ => return true,
        };
        i64::try_from(len).is_ok_and(|len| range.contains(&len))
    })
}

/// A collection whose elements each satisfy a rule.
pub fn each(check: Check) -> Check {
    let rule = format!("a collection whose elements are each {}", check.rule());
    let part = check.clone();
    Check::with_problems(rule, move |value| {
        let below = |step: Step, element: &Value| -> Vec<Problem> {
            let mut problems = check.problems(element);
            for problem in &mut problems {
                problem.path.prepend(step.clone());
            }
            problems
        };
        match value {
            Value::List(elements) => elements
                .iter()
                .enumerate()
                .flat_map(|(index, element)| below(Step::Index(index), element))
                .collect(),
            Value::Set(set) => set
                .iter()
                .flat_map(|element| below(Step::SetElement, element))
                .collect(),
            Value::Map(entries) => entries
                .iter()
                .flat_map(|(key, element)| below(Step::Key(key.clone()), element))
                .collect(),
            _ => Vec::new(),
        }
    })
    .or_defect_of(&part)
}

/// A map whose keys each satisfy a rule for text.
pub fn keys(check: Check) -> Check {
    let rule = format!("a map whose keys are each {}", check.rule());
    let part = check.clone();
    Check::with_problems(rule, move |value| match value {
        Value::Map(entries) => entries
            .keys()
            .flat_map(|key| {
                let mut problems = check.problems(&Value::from(key.as_str()));
                for problem in &mut problems {
                    problem.path.prepend(Step::Key(key.clone()));
                }
                problems
            })
            .collect(),
        _ => Vec::new(),
    })
    .or_defect_of(&part)
}

#[cfg(test)]
mod tests {
    use super::super::{length, range};
    use super::*;
    use crate::value::SetValue;

    fn list(elements: &[i64]) -> Value {
        Value::List(elements.iter().copied().map(Value::from).collect())
    }

    #[test]
    fn one_element_is_not_elements() {
        assert_eq!(count(1..).rule(), "a collection of at least 1 element");
        assert_eq!(count(..=16).rule(), "a collection of at most 16 elements");
        assert_eq!(count(1..=5).rule(), "a collection of 1 to 5 elements");
    }

    #[test]
    fn elements_are_named_by_their_place() {
        let problems = each(range(1..)).problems(&list(&[1, 0, -1]));
        let paths: Vec<_> = problems
            .iter()
            .map(|problem| problem.path.to_string())
            .collect();
        assert_eq!(paths, ["[1]", "[2]"]);
    }

    #[test]
    fn keys_are_checked_as_text() {
        let map = Value::Map([("abcd".to_owned(), Value::Null)].into());
        let problems = keys(length(..=3)).problems(&map);
        assert_eq!(
            problems.first().map(|problem| problem.path.to_string()),
            Some("[\"abcd\"]".into())
        );
    }

    #[test]
    fn a_set_that_may_shrink_is_not_counted() {
        let check = count(..=1);
        assert_eq!(check.problems(&list(&[1, 2])).len(), 1);
        let set = SetValue::new(vec![Value::Unknown, Value::Unknown]);
        assert!(check.problems(&Value::Set(set)).is_empty());
    }
}
