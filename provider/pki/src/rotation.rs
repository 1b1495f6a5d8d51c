//! Rotation: how one generation of a part makes place for the next without an outage.
//!
//! | step | signs | trusted |
//! |---|---|---|
//! | retire n | n | n |
//! | stage n + 1 | n | n, n + 1 |
//! | promote n + 1 | n + 1 | n + 1, n |
//! | retire n + 1 | n + 1 | n + 1 |
//!
//! From each step the next one can be gone, or the one before, but for one: what was retired is
//! gone. Whatever was signed at any step is trusted at that step and at the next, so a certificate
//! that is replaced between two steps is trusted all the time.

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

use crate::KeyId;

/// Where in a rotation a part stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Position {
    /// The generation that the step is about, from 1.
    pub generation: u32,
    /// How far that has come.
    pub step: Step,
}

/// How far a generation has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Step {
    /// It is trusted beside the one that signs.
    Stage,
    /// It signs; the one before is still trusted.
    Promote,
    /// The one before is retired: nothing else is trusted.
    Retire,
}

/// A text that is no step.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is none of stage, promote and retire")]
pub struct StepInvalid(String);

/// What leads from one position to another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Change {
    /// Nothing: they are the same.
    None,
    /// The next generation becomes trusted.
    Stage,
    /// The generation that was staged goes again.
    Withdraw,
    /// The next generation begins to sign.
    Promote,
    /// The former generation signs again.
    Demote,
    /// The former generation goes.
    Retire,
}

/// A way that can't be gone without an outage.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{from} can't become {to} without an outage; next comes {next}")]
pub struct Skipped {
    /// Where it stands.
    pub from: Position,
    /// Where it was to go.
    pub to: Position,
    /// Where it can go.
    pub next: Position,
}

impl Position {
    /// Where a new part stands.
    pub const FIRST: Self = Self {
        generation: 1,
        step: Step::Retire,
    };

    /// The generation that signs.
    #[must_use]
    pub fn signer(self) -> u32 {
        match self.step {
            Step::Stage => self.generation.saturating_sub(1),
            Step::Promote | Step::Retire => self.generation,
        }
    }

    /// The generations that are trusted, the one that signs in front.
    #[must_use]
    pub fn trusted(self) -> Vec<u32> {
        let before = self.generation.saturating_sub(1);
        match self.step {
            Step::Stage => vec![before, self.generation],
            Step::Promote => vec![self.generation, before],
            Step::Retire => vec![self.generation],
        }
    }

    /// The step after this one.
    #[must_use]
    pub fn next(self) -> Self {
        let generation = self.generation;
        match self.step {
            Step::Retire => Self {
                generation: generation.saturating_add(1),
                step: Step::Stage,
            },
            Step::Stage => Self {
                generation,
                step: Step::Promote,
            },
            Step::Promote => Self {
                generation,
                step: Step::Retire,
            },
        }
    }

    /// Where it stands when nobody asks for a rotation: what was staged goes, and what was promoted
    /// can't be left so.
    #[must_use]
    pub fn settled(self) -> Option<Self> {
        match self.step {
            Step::Retire => Some(self),
            Step::Stage => Some(Self {
                generation: self.signer(),
                step: Step::Retire,
            }),
            Step::Promote => None,
        }
    }

    /// What leads to another position.
    ///
    /// # Errors
    /// More than one step does.
    pub fn to(self, to: Self) -> Result<Change, Skipped> {
        if self == to {
            return Ok(Change::None);
        }
        if self.next() == to {
            return Ok(match to.step {
                Step::Stage => Change::Stage,
                Step::Promote => Change::Promote,
                Step::Retire => Change::Retire,
            });
        }
        if to.next() == self && self.step != Step::Retire {
            return Ok(match self.step {
                Step::Stage => Change::Withdraw,
                Step::Promote | Step::Retire => Change::Demote,
            });
        }
        Err(Skipped {
            from: self,
            to,
            next: self.next(),
        })
    }

    /// The position of a part that has these keys and trusts these, what signs in front. `None`
    /// between two positions.
    #[must_use]
    pub fn of(keys: &BTreeMap<u32, KeyId>, trusted: &[KeyId]) -> Option<Self> {
        let generation_of = |id| keys.iter().find(|(_, one)| *one == id).map(|(at, _)| *at);
        let found: Option<Vec<u32>> = trusted.iter().map(generation_of).collect();
        let found = found?;
        let newest = *keys.keys().next_back()?;
        [Step::Stage, Step::Promote, Step::Retire]
            .into_iter()
            .map(|step| Self {
                generation: newest,
                step,
            })
            .find(|position| position.trusted() == found && keys.len() == found.len())
    }
}

impl fmt::Display for Position {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "\"{}\" of generation {}", self.step, self.generation)
    }
}

impl Step {
    /// The name.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Stage => "stage",
            Self::Promote => "promote",
            Self::Retire => "retire",
        }
    }
}

impl fmt::Display for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Step {
    type Err = StepInvalid;

    fn from_str(text: &str) -> Result<Self, StepInvalid> {
        [Self::Stage, Self::Promote, Self::Retire]
            .into_iter()
            .find(|step| step.name() == text)
            .ok_or_else(|| StepInvalid(text.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(generation: u32, step: Step) -> Position {
        Position { generation, step }
    }

    #[test]
    fn one_step_at_a_time_and_back_until_it_is_retired() {
        let first = Position::FIRST;
        let staged = at(2, Step::Stage);
        let promoted = at(2, Step::Promote);
        let retired = at(2, Step::Retire);
        assert_eq!(first.to(first), Ok(Change::None));
        assert_eq!(first.to(staged), Ok(Change::Stage));
        assert_eq!(staged.to(first), Ok(Change::Withdraw));
        assert_eq!(staged.to(promoted), Ok(Change::Promote));
        assert_eq!(promoted.to(staged), Ok(Change::Demote));
        assert_eq!(promoted.to(retired), Ok(Change::Retire));
        for (from, to) in [
            (first, promoted),
            (first, retired),
            (staged, retired),
            (promoted, first),
            (retired, promoted),
            (retired, staged),
            (retired, first),
            (first, at(3, Step::Stage)),
        ] {
            let skipped = from.to(to).unwrap_err();
            assert_eq!(skipped.next, from.next(), "{from} to {to}");
        }
    }

    #[test]
    fn without_a_wish_it_settles_where_that_breaks_nothing() {
        assert_eq!(at(2, Step::Stage).settled(), Some(Position::FIRST));
        assert_eq!(at(2, Step::Promote).settled(), None);
        assert_eq!(at(2, Step::Retire).settled(), Some(at(2, Step::Retire)));
    }

    #[test]
    fn a_position_is_told_by_what_there_is() {
        let id = |n: u8| KeyId(vec![n]);
        let of = |keys: &[(u32, u8)], trusted: &[u8]| {
            let keys = keys.iter().map(|(at, n)| (*at, id(*n))).collect();
            let trusted: Vec<_> = trusted.iter().map(|n| id(*n)).collect();
            Position::of(&keys, &trusted)
        };
        assert_eq!(of(&[(1, 7)], &[7]), Some(Position::FIRST));
        assert_eq!(of(&[(1, 7), (2, 8)], &[7, 8]), Some(at(2, Step::Stage)));
        assert_eq!(of(&[(1, 7), (2, 8)], &[8, 7]), Some(at(2, Step::Promote)));
        assert_eq!(of(&[(2, 8)], &[8]), Some(at(2, Step::Retire)));
        // Between two.
        assert_eq!(of(&[(1, 7), (2, 8)], &[7]), None);
        assert_eq!(of(&[(1, 7), (2, 8)], &[8]), None);
        assert_eq!(of(&[(1, 7)], &[7, 8]), None);
        assert_eq!(of(&[(1, 7)], &[9]), None);
        assert_eq!(of(&[], &[]), None);
    }
}
