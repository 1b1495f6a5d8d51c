//! Groups written as text, so that a table of cases can be read.
//!
//! `A1 b2~ c3-`: i-1 in zone a, outdated; i-2 in zone b, unhealthy; i-3 in zone c, deregistered.
//!
//! | mark | meaning |
//! |---|---|
//! | capital letter | outdated |
//! | none | in service and healthy |
//! | `~` | unhealthy |
//! | `?` | not checked often enough yet |
//! | `%` | draining |
//! | `-` | in service, in no target group |
//! | `+` | joining |
//! | `!` | leaving |
//! | `=` | in standby |

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use rollout::{
    Goal, Group, Instance, Lifecycle, Observation, Step, TargetGroups, TargetHealth, Wishes,
};
use topology::{ControlPlaneSize, Zones};

pub(crate) const API: &str = "arn:api";

pub(crate) fn zone_name(letter: char) -> String {
    format!("eu-west-1{}", letter.to_ascii_lowercase())
}

/// A goal of so many nodes in zones of these letters, with the default settings.
pub(crate) fn goal(zones: &str, size: i64) -> Goal {
    Goal {
        size: ControlPlaneSize::new(size).unwrap(),
        zones: Zones::parse(zones.chars().map(zone_name)).unwrap(),
        target_groups: TargetGroups {
            api: BTreeSet::from([API.to_owned()]),
            service: BTreeSet::new(),
        },
        roll_last: None,
        settings: Wishes::default().check().unwrap(),
    }
}

/// The goal, with leave for an outage.
pub(crate) fn allowed(goal: Goal) -> Goal {
    let wishes = Wishes {
        allow_control_plane_outage: true,
        ..Wishes::default()
    };
    let settings = wishes.check().unwrap();
    Goal { settings, ..goal }
}

/// The goal, with a node to roll last.
pub(crate) fn last(id: &str, goal: Goal) -> Goal {
    let roll_last = Some(id.to_owned());
    Goal { roll_last, ..goal }
}

/// A group of these nodes, as many as it desires, as the goal has it.
pub(crate) fn group(goal: &Goal, nodes: &str) -> Observation {
    let instances: Vec<_> = nodes.split_whitespace().map(instance).collect();
    let counted = |lifecycle| matches!(lifecycle, Lifecycle::Joining | Lifecycle::InService);
    let size = instances
        .iter()
        .filter(|instance| counted(instance.lifecycle))
        .count();
    let size = u32::try_from(size).unwrap();
    let group = Group {
        min: size,
        max: size,
        desired: size,
        zones: goal
            .zones
            .iter()
            .map(|zone| zone.as_str().to_owned())
            .collect(),
        launches_as_planned: true,
        suspended_processes: BTreeSet::from(["AZRebalance".to_owned()]),
        is_refreshing: false,
    };
    Observation {
        group,
        instances,
        elapsed: Duration::ZERO,
    }
}

/// The group, with another number desired than it has.
pub(crate) fn desiring(desired: u32, observation: Observation) -> Observation {
    sized((desired, desired, desired), observation)
}

/// The group, with other sizes.
pub(crate) fn sized(sizes: (u32, u32, u32), mut observation: Observation) -> Observation {
    let group = &mut observation.group;
    (group.min, group.max, group.desired) = sizes;
    observation
}

fn instance(text: &str) -> Instance {
    let letter = text.chars().next().unwrap();
    let number = text.trim_matches(|c: char| !c.is_ascii_digit());
    let mark = text.trim_start_matches(|c: char| c.is_ascii_alphanumeric());
    let (lifecycle, health) = match mark {
        "" => (Lifecycle::InService, Some(TargetHealth::Healthy)),
        "~" => (Lifecycle::InService, Some(TargetHealth::Unhealthy)),
        "?" => (Lifecycle::InService, Some(TargetHealth::Initial)),
        "%" => (Lifecycle::InService, Some(TargetHealth::Draining)),
        "-" => (Lifecycle::InService, None),
        "+" => (Lifecycle::Joining, None),
        "!" => (Lifecycle::Leaving, None),
        "=" => (Lifecycle::Standby, None),
        _ => panic!("{text}"),
    };
    let targets = health.map(|health| (API.to_owned(), health)).into_iter();
    Instance {
        id: format!("i-{number}"),
        zone: zone_name(letter),
        lifecycle,
        outdated: letter.is_ascii_uppercase(),
        targets: targets.collect::<BTreeMap<_, _>>(),
    }
}

/// A step in a few words.
pub(crate) fn words(step: &Step) -> String {
    match step {
        Step::Deregister { id } => format!("deregister {id}"),
        Step::Done => "done".to_owned(),
        Step::Register { id } => format!("register {id}"),
        Step::SetSize { min, max, desired } => format!("size {min} {max} {desired}"),
        Step::Stop(reason) => format!("stop: {}", reason.summary()),
        Step::Terminate { id, decrement } if *decrement => format!("terminate {id}, shrink"),
        Step::Terminate { id, .. } => format!("terminate {id}"),
        Step::Wait { awaited, .. } => format!("wait for {awaited}"),
    }
}
