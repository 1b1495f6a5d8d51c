//! What a roll will do, in words, before it is done.
//!
//! There is no second set of rules: the deciding function itself is led through a world where
//! everything comes out well, and its steps are written down.

use std::fmt;
use std::time::Duration;

use crate::decide::decide;
use crate::goal::Goal;
use crate::ideal::Ideal;
use crate::instance::Condition;
use crate::memory::Memory;
use crate::observation::{Observation, quorum};
use crate::reason::Reason;
use crate::step::{Awaited, Step};
use crate::view::{Seat, View, tally};
use crate::words::{count, span};
use crate::work::Work;

/// Says what will be done, in which order, and how the quorum stands at each step.
///
/// `observation` is the present one, except that [`Instance::outdated`] is by the template as it
/// will be. The group's own settings don't matter: they are brought into line first.
///
/// [`Instance::outdated`]: crate::Instance::outdated
pub fn explain(goal: &Goal, observation: &Observation) -> Explanation {
    let timeless = Goal {
        settings: goal.settings.timeless(),
        ..goal.clone()
    };
    let mut world = Ideal::new(&timeless, observation);
    let mut memory = Memory::default();
    let mut explanation = Explanation {
        steps: Vec::new(),
        obstacle: None,
        has_work: !matches!(View::new(&timeless, world.look()).work(), Work::Nothing),
        size: goal.size.get(),
        patience: goal.settings.replacement_timeout(),
    };
    let mut idle = 0;
    // Ends long before: every change brings the group nearer to the goal.
    for _ in 0..MAX_LOOKS {
        let step = decide(&timeless, world.look(), &mut memory);
        match step {
            Step::Done => return explanation,
            Step::Stop(reason) => {
                explanation.obstacle = Some(Obstacle::Refused(reason));
                return explanation;
            }
            Step::Wait { awaited, .. } => {
                idle = if world.settle() { 0 } else { idle + 1 };
                if idle > MAX_IDLE_LOOKS {
                    explanation.obstacle = Some(Obstacle::Waits(awaited));
                    return explanation;
                }
            }
            change => {
                explanation.note(&change, &View::new(&timeless, world.look()));
                world.apply(&change);
                idle = 0;
            }
        }
    }
    explanation
}

/// How many looks at a world where nothing moves tell that it is stuck: two make a streak, of a
/// node's health or of a shut gate.
const MAX_IDLE_LOOKS: u32 = 3;

/// More looks than any roll takes: a dozen for each of seven nodes replaced and seven removed.
const MAX_LOOKS: u32 = 1000;

/// What a roll will do. `Display` is a text of one line for each step.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Explanation {
    steps: Vec<PlannedStep>,
    obstacle: Option<Obstacle>,
    /// Whether a node is to be replaced, added or removed, now or when the group is fit for it.
    has_work: bool,
    size: u32,
    patience: Duration,
}

impl Explanation {
    /// The steps, in order.
    pub fn steps(&self) -> &[PlannedStep] {
        &self.steps
    }

    /// What the roll won't get past as things are; after [`steps`](Self::steps), if there are any.
    pub fn obstacle(&self) -> Option<&Obstacle> {
        self.obstacle.as_ref()
    }

    /// Why the roll must not be begun, if so.
    pub fn refusal(&self) -> Option<&Reason> {
        match &self.obstacle {
            Some(Obstacle::Refused(reason)) => Some(reason),
            Some(Obstacle::Waits(_)) | None => None,
        }
    }

    /// Whether there is nothing to do, now or later: the group is as planned, or comes to be
    /// without anybody's doing.
    pub fn is_empty(&self) -> bool {
        self.steps.is_empty() && !self.has_work
    }

    fn note(&mut self, step: &Step, view: &View<'_>) {
        let work = view.work();
        let planned = match (step, &work) {
            (Step::Deregister { .. } | Step::Terminate { .. }, Work::Replace(seat)) => {
                PlannedStep::replace(seat, view)
            }
            (Step::Deregister { .. } | Step::Terminate { .. }, Work::Remove(seat)) => {
                PlannedStep::remove(seat, view)
            }
            (Step::Register { id }, _) => PlannedStep::PutBack { id: id.clone() },
            (Step::SetSize { desired, .. }, Work::Grow) if *desired > view.counted() => {
                PlannedStep::Add {
                    size: view.group.desired,
                }
            }
            (Step::SetSize { desired, .. }, _) if *desired != view.group.desired => {
                PlannedStep::TakeSize { size: *desired }
            }
            // The minimum is lowered as a part of each removal, and the rest follows the last.
            (Step::SetSize { .. }, Work::Remove(_)) => return,
            (Step::SetSize { desired, .. }, _) => match self.steps.last() {
                Some(PlannedStep::Remove { .. }) => return,
                _ => PlannedStep::SetLimits { size: *desired },
            },
            _ => return,
        };
        // A node is deregistered, then terminated: one step to the reader.
        if self.steps.last() != Some(&planned) {
            self.steps.push(planned);
        }
    }
}

impl fmt::Display for Explanation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (number, step) in (1..).zip(&self.steps) {
            writeln!(f, "{number}. {step}.")?;
        }
        match &self.obstacle {
            Some(Obstacle::Refused(reason)) => write!(f, "{}: {reason}", reason.summary()),
            Some(Obstacle::Waits(awaited)) => write!(
                f,
                "As things are, it waits for {awaited}; and stops if that takes longer than \
                 {}.",
                span(self.patience)
            ),
            None => {
                let quorum = quorum(self.size);
                write!(
                    f,
                    "Then: {}, quorum {quorum}, {} may fail.",
                    count(self.size, "node"),
                    number(self.size.saturating_sub(quorum)),
                )
            }
        }
    }
}

/// What a roll won't get past.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Obstacle {
    /// It would be refused.
    Refused(Reason),
    /// It would wait for something that isn't under way.
    Waits(Awaited),
}

/// One step of a roll, as a reader counts them. `Display` is a line without a full stop.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum PlannedStep {
    /// A node is added.
    Add {
        /// How many nodes there are before.
        size: u32,
    },
    /// A node that was taken out of its target groups is put back.
    PutBack {
        /// The instance.
        id: String,
    },
    /// A node is taken away.
    Remove {
        /// The instance.
        id: String,
        /// Its zone.
        zone: String,
        /// How many nodes there are before.
        size: u32,
        /// How many others are healthy.
        healthy: u32,
    },
    /// A node is replaced.
    Replace {
        /// The instance.
        id: String,
        /// Its zone.
        zone: String,
        /// Why.
        why: Why,
        /// How many nodes there are.
        size: u32,
        /// How many others are healthy.
        healthy: u32,
    },
    /// The group's minimum and maximum are set to its size.
    SetLimits {
        /// The size.
        size: u32,
    },
    /// The group's size is set to the number of instances that it has.
    TakeSize {
        /// The size.
        size: u32,
    },
}

/// Why a node is replaced.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Why {
    /// Its template is outdated.
    Outdated,
    /// Its zone is given up.
    ZoneGivenUp,
}

impl PlannedStep {
    fn replace(seat: &Seat<'_>, view: &View<'_>) -> Self {
        Self::Replace {
            id: seat.id().to_owned(),
            zone: seat.zone().to_owned(),
            why: if seat.is_in_planned_zone {
                Why::Outdated
            } else {
                Why::ZoneGivenUp
            },
            size: view.group.desired,
            healthy: healthy_others(seat, view),
        }
    }

    fn remove(seat: &Seat<'_>, view: &View<'_>) -> Self {
        Self::Remove {
            id: seat.id().to_owned(),
            zone: seat.zone().to_owned(),
            size: view.group.desired,
            healthy: healthy_others(seat, view),
        }
    }
}

fn healthy_others(seat: &Seat<'_>, view: &View<'_>) -> u32 {
    tally(
        view.in_condition(Condition::Serving)
            .filter(|other| other.id() != seat.id()),
    )
}

impl fmt::Display for PlannedStep {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Add { size } => {
                let grown = size.saturating_add(1);
                let (before, after) = (quorum(*size), quorum(grown));
                write!(
                    f,
                    "Add a node, from {size} to {grown}: quorum, now {before}, is {after} when it \
                     has joined, and {} may fail",
                    number(grown.saturating_sub(after)),
                )
            }
            Self::PutBack { id } => write!(f, "Register {id} with its target groups again"),
            Self::Remove {
                id,
                zone,
                size,
                healthy,
            } => {
                let shrunk = size.saturating_sub(1);
                write!(
                    f,
                    "Remove {id} in {zone}, from {size} to {shrunk}: {}; quorum is {} when its \
                     member has left",
                    meanwhile(*size, *healthy),
                    quorum(shrunk),
                )
            }
            Self::Replace {
                id,
                zone,
                why,
                size,
                healthy,
            } => {
                let why = match why {
                    Why::Outdated => "outdated",
                    Why::ZoneGivenUp => "its zone is given up",
                };
                write!(
                    f,
                    "Replace {id} in {zone} ({why}): {}",
                    meanwhile(*size, *healthy)
                )
            }
            Self::SetLimits { size } => {
                write!(f, "Set the group's minimum and maximum to {size}")
            }
            Self::TakeSize { size } => write!(
                f,
                "Take {size}, the number of instances there are, for the group's size"
            ),
        }
    }
}

/// How the quorum stands while one node is missing.
fn meanwhile(size: u32, healthy: u32) -> String {
    if size <= 1 {
        return "it is the only one, so the Kubernetes API stops meanwhile".to_owned();
    }
    let quorum = quorum(size);
    let verb = if healthy == 1 { "is" } else { "are" };
    let others = format!("meanwhile {healthy} of {size} {verb} up and quorum is {quorum}");
    match healthy.checked_sub(quorum) {
        None => format!("{others}, so the Kubernetes API stops"),
        Some(0) => format!("{others}, so no other may fail"),
        Some(spare) => format!("{others}, so {spare} more may fail"),
    }
}

fn number(number: u32) -> String {
    match number {
        0 => "none".to_owned(),
        number => number.to_string(),
    }
}
