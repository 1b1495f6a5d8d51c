//! What one process keeps between looks: how long things have been as they are.

use std::collections::BTreeMap;
use std::time::Duration;

use crate::instance::Condition;
use crate::observation::Observation;
use crate::settings::Settings;
use crate::step::Step;
use crate::view::View;

/// What one process keeps between looks. It starts empty.
///
/// It only ever makes a decision later: how long a node has been healthy, what was asked for and
/// doesn't show yet, how long a change has taken. Losing it, as when the process is killed, costs
/// time and nothing else; all that must not be forgotten is in AWS.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub struct Memory {
    /// Those who serve and those who are out, and for how long they have been as they are. Of
    /// the rest no decision asks for how long.
    seen: BTreeMap<String, (Condition, Streak)>,
    /// What was asked of AWS last, until a look shows it. Before that, looks are out of date.
    pub(crate) asked: Option<Step>,
    /// The change under way.
    change: Change,
    /// How long it has taken.
    age: Duration,
    /// For how long a node that was taken out of its target groups hasn't been free to go on.
    pub(crate) shut: Streak,
}

/// The change whose time is measured.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
enum Change {
    /// None yet: the group is to come to rest.
    #[default]
    Settle,
    /// A node of this id leaves, and its successor comes if it has one.
    Leave(String),
    /// The group grows to so many nodes.
    Grow(u32),
}

impl Memory {
    /// Takes a look in: everything ages.
    pub(crate) fn look(&mut self, settings: &Settings, observation: &Observation, view: &View<'_>) {
        let elapsed = observation.elapsed;
        // Ages are cut where they make no difference any more. So there are finitely many
        // memories, and they can all be tried.
        let cut = settings.stable_for().max(settings.drain_delay());
        self.seen = view
            .seats()
            .filter(|seat| seat.condition == Condition::Serving || seat.condition.is_out())
            .map(|seat| {
                let streak = match self.seen.get(seat.id()) {
                    Some((condition, streak)) if *condition == seat.condition => *streak,
                    _ => Streak::default(),
                };
                let streak = streak.with_look(elapsed, cut);
                (seat.id().to_owned(), (seat.condition, streak))
            })
            .collect();
        self.age = self
            .age
            .saturating_add(elapsed)
            .min(settings.replacement_timeout());
        if self.asked.as_ref().is_some_and(|step| view.shows(step)) {
            self.asked = None;
        }
    }

    /// For how long an instance has been serving, or out.
    pub(crate) fn streak(&self, id: &str) -> Streak {
        self.seen
            .get(id)
            .map(|(_, streak)| *streak)
            .unwrap_or_default()
    }

    /// How long the change under way has taken.
    pub(crate) fn age(&self) -> Duration {
        self.age
    }

    /// Notes what is about to be asked of AWS. `desired` is the group's size so far.
    pub(crate) fn ask(&mut self, step: &Step, desired: u32) {
        let change = match step {
            Step::Deregister { id } | Step::Terminate { id, .. } => Change::Leave(id.clone()),
            Step::SetSize { desired: new, .. } if *new > desired => Change::Grow(*new),
            Step::Register { .. } => Change::Settle,
            _ => self.change.clone(),
        };
        if change != self.change {
            self.change = change;
            self.age = Duration::ZERO;
        }
        self.shut = Streak::default();
        self.asked = Some(step.clone());
    }
}

/// For how long something has been so, in all looks of that time.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub(crate) struct Streak {
    age: Duration,
    looks: u8,
}

impl Streak {
    /// How many looks in a row must agree. One look may have caught a moment.
    const LOOKS: u8 = 2;

    /// The streak with one look more.
    #[must_use]
    pub(crate) fn with_look(self, elapsed: Duration, cut: Duration) -> Self {
        if self.looks == 0 {
            return Self {
                age: Duration::ZERO,
                looks: 1,
            };
        }
        Self {
            age: self.age.saturating_add(elapsed).min(cut),
            looks: self.looks.saturating_add(1).min(Self::LOOKS),
        }
    }

    /// Whether it has been so for some time, and in looks enough.
    pub(crate) fn lasts(self, time: Duration) -> bool {
        self.looks >= Self::LOOKS && self.age >= time
    }
}
