//! The decision: one look in, one step out.

use std::time::Duration;

use crate::gate::Gate;
use crate::goal::Goal;
use crate::instance::Condition;
use crate::memory::{Memory, Streak};
use crate::observation::Observation;
use crate::reason::{GroupChange, Reason};
use crate::step::{Awaited, Step};
use crate::view::{Seat, View};
use crate::work::Work;

/// Decides what to do now.
///
/// Call it with each look at the group, do the step, look again; see the crate's page. `memory`
/// is empty at first and belongs to one goal. If the step can't be done, don't call again.
pub fn decide(goal: &Goal, observation: &Observation, memory: &mut Memory) -> Step {
    let view = View::new(goal, observation);
    memory.look(&goal.settings, observation, &view);
    match next(&view, memory, observation) {
        Step::Wait { awaited, .. } => {
            let timeout = goal.settings.replacement_timeout();
            if memory.age() >= timeout {
                let quorum_left = view.quorum_left();
                return Step::Stop(Reason::TimedOut {
                    awaited,
                    after: timeout,
                    quorum_left,
                });
            }
            let time_left = timeout.saturating_sub(memory.age());
            Step::Wait { awaited, time_left }
        }
        step => {
            if step.is_change() {
                memory.ask(&step, view.group.desired);
            }
            step
        }
    }
}

/// The next step, without regard to how long it has been waited for.
fn next(view: &View<'_>, memory: &mut Memory, observation: &Observation) -> Step {
    // A look that doesn't show what was asked is too old to decide by.
    if let Some(awaited) = memory.asked.as_ref().and_then(|step| effect(view, step)) {
        return wait(awaited);
    }
    let work = view.work();
    if !matches!(work, Work::Nothing)
        && let Some(change) = GroupChange::find(view.goal, view.group)
    {
        return Step::Stop(Reason::GroupChanged(change));
    }
    let refusal = view.refusal(&work);
    let leaver = if refusal.is_none() {
        work.leaver()
    } else {
        None
    };
    if let Some(step) = put_back(view, memory, leaver.as_ref()) {
        return step;
    }
    if let Some(reason) = refusal {
        return Step::Stop(reason);
    }
    if let Some(step) = settle_sizes(view, memory, &work) {
        return step;
    }

    let gate = view.gate(&work, memory);
    let is_out = leaver.is_some_and(|seat| seat.condition.is_out());
    let stable_for = view.goal.settings.stable_for();
    memory.shut = if is_out && matches!(gate, Gate::Shut(_)) {
        memory.shut.with_look(observation.elapsed, stable_for)
    } else {
        Streak::default()
    };
    match (gate, work) {
        (Gate::Settling(awaited), _) => wait(awaited),
        (Gate::Shut(awaited), _) => match leaver {
            // The others may have to do without this node for long: it serves until they are fit.
            Some(seat) if memory.shut.lasts(stable_for) => Step::Register {
                id: seat.id().to_owned(),
            },
            _ => wait(awaited),
        },
        (Gate::Open, Work::Nothing) => Step::Done,
        (Gate::Open, Work::Grow) => set_size(view.group.desired.saturating_add(1)),
        (Gate::Open, Work::Replace(seat)) => take_out(view, memory, &seat, false),
        (Gate::Open, Work::Remove(seat)) => take_out(view, memory, &seat, true),
    }
}

/// What is waited for until a step shows; `None` if it shows.
fn effect(view: &View<'_>, step: &Step) -> Option<Awaited> {
    if view.shows(step) {
        return None;
    }
    let place = |id: &str| {
        let seat = view.seats().find(|seat| seat.id() == id)?;
        Some((seat.id().to_owned(), seat.zone().to_owned()))
    };
    match step {
        Step::Deregister { id } => place(id).map(|(id, zone)| Awaited::Drained { id, zone }),
        Step::Register { id } => place(id).map(|(id, zone)| Awaited::Registered { id, zone }),
        Step::SetSize { desired, .. } => Some(Awaited::Sized { desired: *desired }),
        Step::Terminate { id, .. } => place(id).map(|(id, zone)| Awaited::Gone { id, zone }),
        Step::Done | Step::Stop(_) | Step::Wait { .. } => None,
    }
}

/// Registers again who was taken out and isn't the next to leave: a killed run may have left it
/// so, before the plan was changed. Not at once, since the group registers newcomers itself.
fn put_back(view: &View<'_>, memory: &Memory, leaver: Option<&Seat<'_>>) -> Option<Step> {
    let stable_for = view.goal.settings.stable_for();
    let mut left_out = view
        .seats()
        .filter(|seat| seat.condition.is_out())
        .filter(|seat| leaver.is_none_or(|leaver| leaver.id() != seat.id()))
        .peekable();
    let first = *left_out.peek()?;
    let ready = left_out.find(|seat| memory.streak(seat.id()).lasts(stable_for));
    Some(match ready {
        Some(seat) => Step::Register {
            id: seat.id().to_owned(),
        },
        None => wait(Awaited::Registered {
            id: first.id().to_owned(),
            zone: first.zone().to_owned(),
        }),
    })
}

/// Brings the group's sizes into a shape from which the work can go on. Moves nobody.
fn settle_sizes(view: &View<'_>, memory: &Memory, work: &Work<'_>) -> Option<Step> {
    let (counted, desired) = (view.counted(), view.group.desired);
    if counted > desired {
        // Scale-in protection keeps the group from coming down by itself, and which node goes
        // isn't the group's to choose. So its size becomes what it is, and is then brought down.
        let stable_for = view.goal.settings.stable_for();
        let at_rest = view.seats().all(|seat| {
            seat.condition == Condition::Unhealthy || memory.streak(seat.id()).lasts(stable_for)
        });
        return Some(if at_rest {
            set_size(counted)
        } else {
            wait(Awaited::Surplus { counted, desired })
        });
    }
    let is_removal = matches!(work, Work::Remove(_));
    (!is_removal && view.sizes() != (desired, desired, desired)).then(|| set_size(desired))
}

/// The next step of a node's way out, everybody else being fit for it.
fn take_out(view: &View<'_>, memory: &Memory, seat: &Seat<'_>, decrement: bool) -> Step {
    let desired = view.group.desired;
    let id = seat.id().to_owned();
    let zone = seat.zone().to_owned();
    // AWS refuses to go below the minimum.
    let min = desired.saturating_sub(1);
    if decrement && view.sizes() != (min, desired, desired) {
        let max = desired;
        return Step::SetSize { min, max, desired };
    }
    match seat.condition {
        Condition::Draining => wait(Awaited::Drained { id, zone }),
        Condition::Out if memory.streak(&id).lasts(view.goal.settings.drain_delay()) => {
            Step::Terminate { id, decrement }
        }
        Condition::Out => wait(Awaited::LingeredOn { id, zone }),
        _ => Step::Deregister { id },
    }
}

fn set_size(size: u32) -> Step {
    Step::SetSize {
        min: size,
        max: size,
        desired: size,
    }
}

/// How much time is left is worked out at the end.
fn wait(awaited: Awaited) -> Step {
    Step::Wait {
        awaited,
        time_left: Duration::ZERO,
    }
}
