//! What is to be done next, and to whom. Whether it may be done yet is the gate's question.
//!
//! It follows from the observation alone, so a process that takes over from a killed one goes
//! on with the same node.

use std::cmp::Reverse;

use crate::instance::Condition;
use crate::observation::quorum;
use crate::reason::Reason;
use crate::view::{Seat, View};

/// What is to be done next.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Work<'a> {
    /// Add a node.
    Grow,
    /// Nothing: the group is as planned, or will be when it is at rest.
    Nothing,
    /// Take a node away.
    Remove(Seat<'a>),
    /// Replace a node by a new one.
    Replace(Seat<'a>),
}

impl<'a> Work<'a> {
    /// The node that is to leave.
    pub(crate) fn leaver(&self) -> Option<Seat<'a>> {
        match self {
            Self::Remove(seat) | Self::Replace(seat) => Some(*seat),
            Self::Grow | Self::Nothing => None,
        }
    }
}

impl<'a> View<'a> {
    /// What is to be done next.
    ///
    /// Growing comes before replacing: the more nodes, the more may fail. Shrinking comes before
    /// replacing too, since it spares work. But both wait until all nodes are healthy, so a dead
    /// one that must leave comes before either; and before growing one that is out already.
    pub(crate) fn work(&self) -> Work<'a> {
        let target = self.goal.size.get();
        let desired = self.group.desired;
        let leaver = self
            .in_service()
            .filter(|seat| seat.must_leave())
            .min_by_key(|seat| replacement_rank(seat))
            .copied();
        if desired > target && !self.would_keep_an_old_one() {
            return match leaver {
                Some(seat) if self.precedes_removal(&seat) => Work::Replace(seat),
                _ => self.first_to_remove().map_or(Work::Nothing, Work::Remove),
            };
        }
        match leaver {
            None if desired < target => Work::Grow,
            None => Work::Nothing,
            Some(seat) if desired < target && !self.precedes_growth(&seat) => Work::Grow,
            Some(seat) => Work::Replace(seat),
        }
    }

    /// Why the work can't be done, whatever one waits for.
    pub(crate) fn refusal(&self, work: &Work<'_>) -> Option<Reason> {
        if matches!(work, Work::Nothing) {
            return None;
        }
        if self.goal.target_groups.api.is_empty() {
            return Some(Reason::NoApiTargetGroup);
        }
        if self.goal.size.get() > 1 || self.goal.settings.allow_control_plane_outage() {
            return None;
        }
        match work {
            _ if self.group.desired > 1 => Some(Reason::ShrinkToOne {
                size: self.group.desired,
            }),
            Work::Replace(seat) => Some(Reason::SingleNode {
                id: seat.id().to_owned(),
                zone: seat.zone().to_owned(),
            }),
            _ => None,
        }
    }

    /// Shrinking to one node leaves that one the only copy of etcd's data, and replacing it then
    /// would lose them. So one that can stay must exist before.
    fn would_keep_an_old_one(&self) -> bool {
        self.goal.size.get() == 1
            && self
                .seats()
                .filter(|seat| seat.condition.is_counted())
                .all(Seat::must_leave)
    }

    /// One of two, or the only one, is rather put back if it is out: growth makes it dispensable.
    fn precedes_growth(&self, seat: &Seat<'_>) -> bool {
        let is_gone = seat.condition.is_out() || seat.condition == Condition::Unhealthy;
        is_gone && self.one_may_go()
    }

    /// A dead one is replaced, not taken away, and that is gone on with if it is out.
    fn precedes_removal(&self, seat: &Seat<'_>) -> bool {
        let is_replaced = seat.condition.is_out() && !self.removal_has_begun();
        (is_replaced || seat.condition == Condition::Unhealthy) && self.one_may_go()
    }

    /// Whether a node that is out was taken out for good: the minimum is lowered just before.
    fn removal_has_begun(&self) -> bool {
        self.group.min < self.group.desired
    }

    /// Whether the group is so large that one node isn't needed for a quorum.
    fn one_may_go(&self) -> bool {
        quorum(self.group.desired) < self.group.desired
    }

    fn in_service(&self) -> impl Iterator<Item = &Seat<'a>> {
        self.seats().filter(|seat| seat.condition.is_in_service())
    }

    /// Who is taken away first: who is out already, then zones that are given up, the fullest
    /// zone, who is outdated; the one named to go last at the end.
    ///
    /// Only who is healthy can take its own member out of etcd. A dead node's successor would do
    /// that when it joins; but here none comes, and a member that is never removed counts in each
    /// later quorum. So the dead aren't taken away.
    fn first_to_remove(&self) -> Option<Seat<'a>> {
        let spares_new_ones = self.goal.size.get() == 1;
        self.in_service()
            .filter(|seat| {
                let goes_on = seat.condition.is_out() && self.removal_has_begun();
                goes_on || seat.condition == Condition::Serving
            })
            .min_by_key(|seat| {
                (
                    spares_new_ones && !seat.must_leave(),
                    !seat.condition.is_out(),
                    seat.is_in_planned_zone,
                    Reverse(seat.crowd),
                    !seat.is_outdated(),
                    seat.is_last,
                    seat.zone(),
                    seat.id(),
                )
            })
            .copied()
    }
}

/// The order in which nodes are replaced, least first: what is taken out already, what is dead,
/// the one named to go last at the end, the zones that are given up, the fullest zone.
fn replacement_rank<'a>(
    seat: &Seat<'a>,
) -> (bool, bool, bool, bool, Reverse<u32>, &'a str, &'a str) {
    (
        !seat.condition.is_out(),
        seat.condition != Condition::Unhealthy,
        seat.is_last,
        seat.is_in_planned_zone,
        Reverse(seat.crowd),
        seat.zone(),
        seat.id(),
    )
}
