//! Which calls a fault, hook or gate meets.

use std::collections::HashMap;
use std::fmt;
use std::num::NonZeroU64;

use super::{Call, random};

/// Which calls a fault, hook or gate meets. A rule counts the calls that it matches from when it was added.
///
/// ```
/// use kubeha_tests::proxy::On;
///
/// let second_create = On::action("elasticloadbalancing:Create*").nth(2);
/// let first_three_writes = On::writes().times(3);
/// let some = On::any().chance(0.2, 42);
/// ```
pub struct On {
    matches: Box<dyn Fn(&Call) -> bool + Send>,
    turn: Turn,
    left: Option<u64>,
    seen: u64,
    seen_by_action: HashMap<String, u64>,
}

#[derive(Clone, Copy, Debug)]
enum Turn {
    Each,
    Nth(u64),
    Every(NonZeroU64),
    Chance { probability: f64, seed: u64 },
}

impl On {
    /// Calls that `matches` says yes to. It sees them as they come in, before they have a status, and mustn't use the
    /// proxy, which waits for it.
    pub fn matching(matches: impl Fn(&Call) -> bool + Send + 'static) -> Self {
        Self {
            matches: Box::new(matches),
            turn: Turn::Each,
            left: None,
            seen: 0,
            seen_by_action: HashMap::new(),
        }
    }

    /// Calls of this action, such as `ec2:DescribeVpcs`; `*` stands for any text.
    #[must_use]
    pub fn action(pattern: &str) -> Self {
        let pattern = pattern.to_owned();
        Self::matching(move |call| glob(&pattern, &call.action))
    }

    /// All calls.
    #[must_use]
    pub fn any() -> Self {
        Self::matching(|_| true)
    }

    /// Calls that change nothing.
    #[must_use]
    pub fn reads() -> Self {
        Self::matching(Call::is_read)
    }

    /// Calls that change something.
    #[must_use]
    pub fn writes() -> Self {
        Self::matching(|call| !call.is_read())
    }

    /// Of these, the nth alone, counted from 1.
    #[must_use]
    pub fn nth(self, n: u64) -> Self {
        Self {
            turn: Turn::Nth(n),
            ..self
        }
    }

    /// Of these, every kth: the kth, the 2kth and so on.
    #[must_use]
    pub fn every(self, k: NonZeroU64) -> Self {
        Self {
            turn: Turn::Every(k),
            ..self
        }
    }

    /// Of these, each with this probability. The seed decides, with the action and which call of that action it is.
    #[must_use]
    pub fn chance(self, probability: f64, seed: u64) -> Self {
        Self {
            turn: Turn::Chance { probability, seed },
            ..self
        }
    }

    /// Of these, no more than the first n.
    #[must_use]
    pub fn times(self, n: u64) -> Self {
        Self {
            left: Some(n),
            ..self
        }
    }

    /// Whether a call's action or origin fits, whoever's turn it is.
    pub(super) fn fits(&self, call: &Call) -> bool {
        (self.matches)(call)
    }

    /// Counts the call if it fits, and tells whether it is met.
    pub(super) fn meets(&mut self, call: &Call) -> bool {
        if !self.fits(call) {
            return false;
        }
        self.seen += 1;
        let met = match self.turn {
            Turn::Each => true,
            Turn::Nth(n) => self.seen == n,
            Turn::Every(k) => self.seen.is_multiple_of(k.get()),
            Turn::Chance { probability, seed } => {
                let nth = self.seen_by_action.entry(call.action.clone()).or_default();
                *nth += 1;
                random::unit(seed, &call.action, *nth) < probability
            }
        };
        match &mut self.left {
            Some(0) => false,
            Some(left) if met => {
                *left -= 1;
                true
            }
            _ => met,
        }
    }
}

impl fmt::Debug for On {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("On")
            .field("turn", &self.turn)
            .field("left", &self.left)
            .field("seen", &self.seen)
            .finish_non_exhaustive()
    }
}

fn glob(pattern: &str, text: &str) -> bool {
    match pattern.split_once('*') {
        None => pattern == text,
        Some((before, rest)) => text.strip_prefix(before).is_some_and(|tail| {
            tail.char_indices()
                .map(|(at, _)| at)
                .chain([tail.len()])
                .any(|at| tail.get(at..).is_some_and(|tail| glob(rest, tail)))
        }),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;
    use std::time::Instant;

    use super::*;

    fn call(action: &str) -> Call {
        Call {
            index: 1,
            action: action.to_owned(),
            started: Instant::now(),
            parameters: BTreeMap::new(),
            forwarded: false,
            status: None,
            aws_error_code: None,
            faulted: None,
        }
    }

    fn met(mut on: On, actions: &[&str]) -> Vec<usize> {
        let calls = actions.iter().map(|action| call(action)).enumerate();
        calls
            .filter_map(|(at, call)| on.meets(&call).then_some(at + 1))
            .collect()
    }

    #[test]
    fn patterns_match_whole_actions() {
        assert!(glob("ec2:DescribeVpcs", "ec2:DescribeVpcs"));
        assert!(!glob("ec2:DescribeVpc", "ec2:DescribeVpcs"));
        assert!(glob("ec2:*", "ec2:DescribeVpcs"));
        assert!(glob("*:Describe*s", "ec2:DescribeVpcs"));
        assert!(glob("*", ""));
        assert!(!glob("ec2:*x", "ec2:DescribeVpcs"));
    }

    #[test]
    fn only_matching_calls_count() {
        let calls = ["a:GetX", "a:PutX", "a:GetX", "a:PutX", "a:GetX", "a:GetX"];
        assert_eq!(met(On::action("a:GetX").nth(2), &calls), [3]);
        assert_eq!(met(On::writes(), &calls), [2, 4]);
        assert_eq!(
            met(On::reads().every(NonZeroU64::new(2).unwrap()), &calls),
            [3, 6]
        );
        assert_eq!(met(On::reads().times(3), &calls), [1, 3, 5]);
        assert_eq!(
            met(
                On::matching(|call| call.operation() == "PutX").nth(1),
                &calls
            ),
            [2]
        );
        assert!(met(On::any().nth(7), &calls).is_empty());
    }

    #[test]
    fn chance_ignores_how_actions_interleave() {
        let first = [["a:GetX"; 40], ["b:GetY"; 40]].concat();
        let mixed: Vec<&str> = (0..80)
            .map(|at| if at % 2 == 0 { "a:GetX" } else { "b:GetY" })
            .collect();
        let of_a = |met: Vec<usize>, calls: &[&str]| {
            let places: Vec<usize> = (1..=calls.len())
                .filter(|at| calls[at - 1] == "a:GetX")
                .collect();
            met.into_iter()
                .filter_map(|at| places.iter().position(|place| *place == at))
                .collect::<Vec<_>>()
        };
        let in_first = of_a(met(On::any().chance(0.5, 3), &first), &first);
        assert_eq!(
            in_first,
            of_a(met(On::any().chance(0.5, 3), &mixed), &mixed)
        );
        assert!(
            (5..35).contains(&in_first.len()),
            "{} of 40",
            in_first.len()
        );
        assert!(met(On::any().chance(0.0, 3), &mixed).is_empty());
        assert_eq!(met(On::any().chance(1.0, 3), &mixed).len(), 80);
    }
}
