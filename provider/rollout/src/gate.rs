//! Whether the group is fit for a change: everybody else in service, healthy, and enough of them.

use crate::instance::Condition;
use crate::memory::Memory;
use crate::step::Awaited;
use crate::view::{Seat, View, tally};
use crate::work::Work;

/// The answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Gate {
    /// All others are healthy and have been for long enough.
    Open,
    /// All others are healthy, but haven't been for long enough.
    Settling(Awaited),
    /// Something is amiss.
    Shut(Awaited),
}

impl View<'_> {
    /// Whether the group is fit for the work; if there is none, whether it is at rest.
    pub(crate) fn gate(&self, work: &Work<'_>, memory: &Memory) -> Gate {
        let leaver = work.leaver();
        let tolerates_dead = matches!(work, Work::Replace(_));
        let is_leaver = |seat: &&Seat<'_>| leaver.is_some_and(|leaver| leaver.id() == seat.id());
        let others = || self.seats().filter(|seat| !is_leaver(seat));
        if let Some(awaited) = self.trouble(tolerates_dead, others) {
            return Gate::Shut(awaited);
        }

        let serving = || others().filter(|seat| seat.condition == Condition::Serving);
        if leaver.is_some() {
            let (healthy, needed) = (tally(serving()), self.needed());
            if healthy < needed {
                return Gate::Shut(Awaited::Quorum { healthy, needed });
            }
        }
        let stable_for = self.goal.settings.stable_for();
        match serving().find(|seat| !memory.streak(seat.id()).lasts(stable_for)) {
            Some(seat) => Gate::Settling(Awaited::Stable {
                id: seat.id().to_owned(),
                zone: seat.zone().to_owned(),
            }),
            None => Gate::Open,
        }
    }

    /// What is amiss, most telling first.
    fn trouble<'s, 'a: 's, I>(
        &'s self,
        tolerates_dead: bool,
        others: impl Fn() -> I,
    ) -> Option<Awaited>
    where
        I: Iterator<Item = &'s Seat<'a>>,
    {
        let find = |condition| others().find(move |seat| seat.condition == condition);
        let place = |seat: &Seat<'_>| (seat.id().to_owned(), seat.zone().to_owned());
        if let Some(seat) = find(Condition::Away) {
            let (id, zone) = place(seat);
            return Some(Awaited::Return { id, zone });
        }
        // A dead node that is to be replaced too holds no quorum: its fellows don't wait for it.
        let mut sick = others().filter(|seat| seat.condition == Condition::Unhealthy);
        if let Some(seat) = sick.find(|seat| !(tolerates_dead && seat.must_leave())) {
            let (id, zone) = place(seat);
            let is_unhealthy = true;
            return Some(Awaited::Healthy {
                id,
                zone,
                is_unhealthy,
            });
        }
        if let Some(seat) = find(Condition::Unproven) {
            let (id, zone) = place(seat);
            let is_unhealthy = false;
            return Some(Awaited::Healthy {
                id,
                zone,
                is_unhealthy,
            });
        }
        if let Some(seat) = find(Condition::Joining) {
            let (id, zone) = place(seat);
            return Some(Awaited::Joined { id, zone });
        }
        if let Some(seat) = find(Condition::Leaving) {
            let (id, zone) = place(seat);
            return Some(Awaited::Gone { id, zone });
        }
        let missing = self.group.desired.saturating_sub(self.counted());
        if missing > 0 {
            return Some(Awaited::Launched {
                missing,
                empty_zones: self.empty_zones(),
            });
        }
        others().find(|seat| seat.condition.is_out()).map(|seat| {
            let (id, zone) = place(seat);
            Awaited::Registered { id, zone }
        })
    }

    /// The planned zones without a node.
    fn empty_zones(&self) -> Vec<String> {
        let counted = || self.seats().filter(|seat| seat.condition.is_counted());
        self.goal
            .zones
            .iter()
            .map(|zone| zone.as_str())
            .filter(|zone| !counted().any(|seat| seat.zone() == *zone))
            .map(str::to_owned)
            .collect()
    }
}
