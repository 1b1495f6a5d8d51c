//! An observation seen in the light of the goal.

use crate::goal::Goal;
use crate::instance::{Condition, Instance};
use crate::observation::{Group, Observation, QuorumLeft, quorum};
use crate::step::Step;

/// The group and its instances, with what the goal makes of them.
#[derive(Debug, Clone)]
pub(crate) struct View<'a> {
    pub(crate) goal: &'a Goal,
    pub(crate) group: &'a Group,
    seats: Vec<Seat<'a>>,
}

/// One instance, with what the goal makes of it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Seat<'a> {
    instance: &'a Instance,
    pub(crate) condition: Condition,
    /// Whether its zone is among the planned ones.
    pub(crate) is_in_planned_zone: bool,
    /// Whether it was named to go last.
    pub(crate) is_last: bool,
    /// How many instances that the group counts stand in its zone.
    pub(crate) crowd: u32,
}

impl<'a> Seat<'a> {
    pub(crate) fn id(&self) -> &'a str {
        &self.instance.id
    }

    pub(crate) fn zone(&self) -> &'a str {
        &self.instance.zone
    }

    pub(crate) fn is_outdated(&self) -> bool {
        self.instance.outdated
    }

    /// Whether it can't stay, whatever the size.
    pub(crate) fn must_leave(&self) -> bool {
        self.is_outdated() || !self.is_in_planned_zone
    }
}

impl<'a> View<'a> {
    pub(crate) fn new(goal: &'a Goal, observation: &'a Observation) -> Self {
        let mut seats: Vec<_> = observation
            .instances
            .iter()
            .map(|instance| Seat {
                instance,
                condition: instance.condition(&goal.target_groups),
                is_in_planned_zone: goal.zones.iter().any(|z| z.as_str() == instance.zone),
                is_last: goal.roll_last.as_ref() == Some(&instance.id),
                crowd: 0,
            })
            .collect();
        // AWS lists instances in any order; decisions must not depend on it.
        seats.sort_by_key(Seat::id);
        let counted: Vec<_> = seats
            .iter()
            .filter(|s| s.condition.is_counted())
            .copied()
            .collect();
        for seat in &mut seats {
            seat.crowd = tally(counted.iter().filter(|other| other.zone() == seat.zone()));
        }
        Self {
            goal,
            group: &observation.group,
            seats,
        }
    }

    /// All instances, by id.
    pub(crate) fn seats(&self) -> impl Iterator<Item = &Seat<'a>> + Clone {
        self.seats.iter()
    }

    /// The instances in one condition.
    pub(crate) fn in_condition(&self, condition: Condition) -> impl Iterator<Item = &Seat<'a>> {
        self.seats().filter(move |seat| seat.condition == condition)
    }

    /// How many instances there are of those that the group desires.
    pub(crate) fn counted(&self) -> u32 {
        tally(self.seats().filter(|seat| seat.condition.is_counted()))
    }

    pub(crate) fn quorum_left(&self) -> QuorumLeft {
        QuorumLeft {
            // An instance too many may well be a member too many.
            members: self.group.desired.max(self.counted()),
            healthy: tally(self.in_condition(Condition::Serving)),
        }
    }

    /// How many healthy nodes must be left when one goes.
    ///
    /// One or two nodes have no quorum without each other. With the user's leave they need none.
    pub(crate) fn needed(&self) -> u32 {
        let members = self.quorum_left().members;
        if members <= 2 && self.goal.settings.allow_control_plane_outage() {
            members.saturating_sub(1)
        } else {
            quorum(members)
        }
    }

    /// Whether a step that was asked for can be seen.
    pub(crate) fn shows(&self, step: &Step) -> bool {
        let condition = |id: &str| self.seats().find(|s| s.id() == id).map(|s| s.condition);
        match step {
            Step::Deregister { id } => !matches!(
                condition(id),
                Some(
                    Condition::Serving
                        | Condition::Unhealthy
                        | Condition::Unproven
                        | Condition::PartlyOut
                )
            ),
            Step::Register { id } => !condition(id).is_some_and(Condition::is_out),
            Step::SetSize { min, max, desired } => self.sizes() == (*min, *max, *desired),
            Step::Terminate { id, .. } => !condition(id).is_some_and(Condition::is_in_service),
            Step::Done | Step::Stop(_) | Step::Wait { .. } => true,
        }
    }

    pub(crate) fn sizes(&self) -> (u32, u32, u32) {
        (self.group.min, self.group.max, self.group.desired)
    }
}

/// How many there are. A group of more than `u32::MAX` instances doesn't exist.
pub(crate) fn tally<T>(items: impl Iterator<Item = T>) -> u32 {
    items.fold(0, |count: u32, _| count.saturating_add(1))
}
