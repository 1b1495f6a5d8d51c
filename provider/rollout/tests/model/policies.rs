//! Policies that are wrong on purpose. Each is the real one but for one thing, or a simple-minded
//! one; a model check that lets one pass proves nothing.

use std::time::Duration;

use rollout::{
    Awaited, Goal, Instance, Lifecycle, Memory, Observation, Reason, Settings, Step, TargetHealth,
    Wishes, decide,
};

/// Takes what is registered for healthy.
pub(crate) fn blind_to_health(goal: &Goal, look: &Observation, memory: &mut Memory) -> Step {
    let mut look = look.clone();
    for instance in &mut look.instances {
        for health in instance.targets.values_mut() {
            if *health != TargetHealth::Draining {
                *health = TargetHealth::Healthy;
            }
        }
    }
    decide(goal, &look, memory)
}

/// Doesn't see who joins and who leaves, and takes the group for complete.
pub(crate) fn blind_to_traffic(goal: &Goal, look: &Observation, memory: &mut Memory) -> Step {
    let mut look = look.clone();
    look.instances
        .retain(|instance| instance.lifecycle == Lifecycle::InService);
    let healthy = |arn: &String| (arn.clone(), TargetHealth::Healthy);
    for id in 20.. {
        if look.instances.len() >= look.group.desired as usize {
            break;
        }
        look.instances.push(Instance {
            id: format!("i-{id}"),
            zone: "eu-west-1a".to_owned(),
            lifecycle: Lifecycle::InService,
            outdated: false,
            targets: goal.target_groups.api.iter().map(healthy).collect(),
        });
    }
    decide(goal, &look, memory)
}

/// Takes one look for many.
pub(crate) fn hasty(goal: &Goal, look: &Observation, memory: &mut Memory) -> Step {
    let mut look = look.clone();
    look.elapsed = goal.settings.stable_for();
    match decide(goal, &look, memory) {
        Step::Wait { .. } => decide(goal, &look, memory),
        step => step,
    }
}

/// Thinks that it always has leave for an outage.
pub(crate) fn reckless(goal: &Goal, look: &Observation, memory: &mut Memory) -> Step {
    let settings = with_wishes(goal, |wishes| wishes.allow_control_plane_outage = true);
    let goal = Goal {
        settings,
        ..goal.clone()
    };
    decide(&goal, look, memory)
}

/// Terminates without draining.
pub(crate) fn abrupt(goal: &Goal, look: &Observation, memory: &mut Memory) -> Step {
    match decide(goal, look, memory) {
        Step::Deregister { id } => Step::Terminate {
            id,
            decrement: look.group.desired > goal.size.get(),
        },
        step => step,
    }
}

/// Terminates as soon as the target groups have let go.
pub(crate) fn without_drain_delay(goal: &Goal, look: &Observation, memory: &mut Memory) -> Step {
    match decide(goal, look, memory) {
        Step::Wait {
            awaited: Awaited::LingeredOn { id, .. },
            ..
        } => Step::Terminate {
            id,
            decrement: look.group.desired > goal.size.get(),
        },
        step => step,
    }
}

/// Thinks that the minimum was lowered.
pub(crate) fn without_minimum(goal: &Goal, look: &Observation, memory: &mut Memory) -> Step {
    let mut look = look.clone();
    look.group.min = look.group.min.min(look.group.desired.saturating_sub(1));
    decide(goal, &look, memory)
}

/// Remembers nothing from one look to the next.
pub(crate) fn forgetful(goal: &Goal, look: &Observation, _: &mut Memory) -> Step {
    decide(goal, look, &mut Memory::default())
}

/// Sees to every outdated node at once.
pub(crate) fn all_at_once(_: &Goal, look: &Observation, _: &mut Memory) -> Step {
    let outdated = || {
        let in_service = |life| life == Lifecycle::InService;
        look.instances
            .iter()
            .filter(move |i| i.outdated && in_service(i.lifecycle))
    };
    if let Some(instance) = outdated().find(|instance| !instance.targets.is_empty()) {
        let id = instance.id.clone();
        return Step::Deregister { id };
    }
    match outdated().next() {
        Some(instance) => Step::Terminate {
            id: instance.id.clone(),
            decrement: false,
        },
        None => Step::Done,
    }
}

/// Is content before all have been healthy for long enough.
pub(crate) fn soon_content(goal: &Goal, look: &Observation, memory: &mut Memory) -> Step {
    match decide(goal, look, memory) {
        Step::Wait {
            awaited: Awaited::Healthy { .. },
            ..
        } => Step::Done,
        step => step,
    }
}

/// Never loses patience.
pub(crate) fn patient(goal: &Goal, look: &Observation, memory: &mut Memory) -> Step {
    match decide(goal, look, memory) {
        Step::Stop(Reason::TimedOut { awaited, .. }) => Step::Wait {
            awaited,
            time_left: Duration::ZERO,
        },
        step => step,
    }
}

/// Never puts a node back.
pub(crate) fn unforgiving(goal: &Goal, look: &Observation, memory: &mut Memory) -> Step {
    match decide(goal, look, memory) {
        Step::Register { .. } => Step::Stop(Reason::NoApiTargetGroup),
        step => step,
    }
}

/// Shrinks when it should replace.
pub(crate) fn shrinking(goal: &Goal, look: &Observation, memory: &mut Memory) -> Step {
    match decide(goal, look, memory) {
        Step::Terminate { id, .. } => Step::Terminate {
            id,
            decrement: true,
        },
        step => step,
    }
}

/// Lets AWS choose who goes.
pub(crate) fn by_desired_size(goal: &Goal, look: &Observation, memory: &mut Memory) -> Step {
    match decide(goal, look, memory) {
        Step::SetSize { min, max, desired } if min < desired => Step::SetSize {
            min,
            max,
            desired: min,
        },
        step => step,
    }
}

/// Grows in one go.
pub(crate) fn grows_at_once(goal: &Goal, look: &Observation, memory: &mut Memory) -> Step {
    let size = goal.size.get();
    match decide(goal, look, memory) {
        Step::SetSize { desired, .. } if desired > look.group.desired => Step::SetSize {
            min: size,
            max: size,
            desired: size,
        },
        step => step,
    }
}

/// Takes dead nodes for outdated ones, whatever made them.
pub(crate) fn blames_templates(goal: &Goal, look: &Observation, memory: &mut Memory) -> Step {
    let mut look = look.clone();
    for instance in &mut look.instances {
        instance.outdated |= instance
            .targets
            .values()
            .any(|h| *h == TargetHealth::Unhealthy);
    }
    decide(goal, &look, memory)
}

/// Doesn't know which node goes last.
pub(crate) fn without_order(goal: &Goal, look: &Observation, memory: &mut Memory) -> Step {
    let goal = Goal {
        roll_last: None,
        ..goal.clone()
    };
    decide(&goal, look, memory)
}

/// Takes a node that drains for a healthy one, and so forgets whom it took out.
pub(crate) fn forgets_whom(goal: &Goal, look: &Observation, memory: &mut Memory) -> Step {
    let mut look = look.clone();
    for instance in &mut look.instances {
        if instance.lifecycle == Lifecycle::InService {
            let healthy = |arn: &String| (arn.clone(), TargetHealth::Healthy);
            instance.targets = goal.target_groups.api.iter().map(healthy).collect();
        }
    }
    decide(goal, &look, memory)
}

fn with_wishes(goal: &Goal, change: impl FnOnce(&mut Wishes)) -> Settings {
    let settings = goal.settings;
    let mut wishes = Wishes {
        drain_delay: settings.drain_delay(),
        stable_for: settings.stable_for(),
        replacement_timeout: settings.replacement_timeout(),
        allow_control_plane_outage: settings.allow_control_plane_outage(),
    };
    change(&mut wishes);
    wishes.check().unwrap()
}
