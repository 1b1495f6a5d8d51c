//! Rules for numbers.

use std::ops::{Bound, RangeBounds};

use super::Check;
use crate::value::Value;

/// A whole number within a range.
pub fn range(range: impl RangeBounds<i64> + Send + Sync + 'static) -> Check {
    let rule = format!("a whole number, {}", bounds(&range));
    Check::new(rule, move |value| match value {
        Value::Number(number) => number
            .to_i64()
            .is_some_and(|number| range.contains(&number)),
        _ => true,
    })
}

/// A whole number that can be divided by another without rest.
pub fn multiple_of(divisor: i64) -> Check {
    Check::new(
        format!("a multiple of {divisor}"),
        move |value| match value {
            Value::Number(number) => {
                number
                    .to_i64()
                    .and_then(|number| number.checked_rem(divisor))
                    == Some(0)
            }
            _ => true,
        },
    )
}

/// A range in words: "1 to 7", "at least 1", "at most 7".
pub(super) fn bounds(range: &impl RangeBounds<i64>) -> String {
    let low = match range.start_bound() {
        Bound::Included(low) => Some(*low),
        Bound::Excluded(low) => Some(low.saturating_add(1)),
        Bound::Unbounded => None,
    };
    let high = match range.end_bound() {
        Bound::Included(high) => Some(*high),
        Bound::Excluded(high) => Some(high.saturating_sub(1)),
        Bound::Unbounded => None,
    };
    match (low, high) {
        (Some(low), Some(high)) if low == high => format!("exactly {low}"),
        (Some(low), Some(high)) => format!("{low} to {high}"),
        (Some(low), None) => format!("at least {low}"),
        (None, Some(high)) => format!("at most {high}"),
        (None, None) => "any number of".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_hold_their_bounds() {
        let check = range(1..=7);
        assert_eq!(check.rule(), "a whole number, 1 to 7");
        for (number, fine) in [(0, false), (1, true), (7, true), (8, false)] {
            assert_eq!(
                check.problems(&Value::from(number)).is_empty(),
                fine,
                "{number}"
            );
        }
        let half = Value::Number("1.5".parse().unwrap());
        assert_eq!(check.problems(&half).len(), 1);
    }

    #[test]
    fn ranges_read_as_words() {
        assert_eq!(bounds(&(1..)), "at least 1");
        assert_eq!(bounds(&(..8)), "at most 7");
        assert_eq!(bounds(&(3..=3)), "exactly 3");
    }

    #[test]
    fn unknown_numbers_pass() {
        assert!(range(1..=7).problems(&Value::Unknown).is_empty());
        assert!(multiple_of(2).problems(&Value::Null).is_empty());
        assert_eq!(multiple_of(0).problems(&Value::from(3)).len(), 1);
    }
}
