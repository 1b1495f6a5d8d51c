//! What must hold of every situation, likely or not.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use crate::notation::{API, goal, zone_name};
use proptest::prelude::*;
use rollout::{
    Goal, Group, Instance, Lifecycle, Memory, Observation, Step, TargetHealth, Wishes, decide,
    explain,
};
use topology::Members;

const SERVICE: &str = "arn:service";

fn goals() -> impl Strategy<Value = Goal> {
    let zones = prop::sample::select(vec!["a", "ab", "abc", "bcd", "abcde"]);
    let size = prop::sample::select(vec![1, 3, 5, 7]);
    let last = prop::option::of(0..9_u8);
    (zones, size, last, any::<bool>(), any::<bool>(), 0..90_u64).prop_map(
        |(zones, size, last, allow, is_schedulable, stable_for)| {
            let mut goal = goal(zones, size);
            goal.roll_last = last.map(|id| format!("i-{id}"));
            if is_schedulable {
                goal.target_groups.service.insert(SERVICE.to_owned());
            }
            let wishes = Wishes {
                stable_for: Duration::from_secs(stable_for),
                allow_control_plane_outage: allow,
                ..Wishes::default()
            };
            goal.settings = wishes.check().unwrap();
            goal
        },
    )
}

fn targets() -> impl Strategy<Value = BTreeMap<String, TargetHealth>> {
    let health = || {
        prop_oneof![
            6 => Just(Some(TargetHealth::Healthy)),
            1 => Just(Some(TargetHealth::Unhealthy)),
            1 => Just(Some(TargetHealth::Initial)),
            1 => Just(Some(TargetHealth::Draining)),
            1 => Just(Some(TargetHealth::Unknown)),
            1 => Just(None),
        ]
    };
    (health(), health()).prop_map(|(api, service)| {
        let targets = [(API, api), (SERVICE, service)];
        let listed = targets
            .into_iter()
            .filter_map(|(arn, health)| Some((arn.to_owned(), health?)));
        listed.collect()
    })
}

fn instances() -> impl Strategy<Value = Vec<Instance>> {
    let lifecycle = prop_oneof![
        12 => Just(Lifecycle::InService),
        1 => Just(Lifecycle::Joining),
        1 => Just(Lifecycle::Leaving),
        1 => Just(Lifecycle::Standby),
        1 => Just(Lifecycle::Other),
    ];
    let zone = prop::sample::select(vec!['a', 'b', 'c', 'd', 'e']);
    let one = (lifecycle, zone, any::<bool>(), targets());
    prop::collection::vec(one, 0..9).prop_map(|all| {
        let instance = |(id, (lifecycle, zone, outdated, targets))| Instance {
            id: format!("i-{id}"),
            zone: zone_name(zone),
            lifecycle,
            outdated,
            targets,
        };
        (0..).zip(all).map(instance).collect()
    })
}

/// Any group; mostly one that is complete.
fn looks() -> impl Strategy<Value = (Goal, Observation)> {
    let sizes = (
        -1..=1_i32,
        -1..=1_i32,
        prop_oneof![8 => Just(0), 1 => -2..=2_i32],
    );
    (goals(), instances(), sizes).prop_map(|(goal, instances, (min, max, off))| {
        let counted =
            |i: &&Instance| matches!(i.lifecycle, Lifecycle::Joining | Lifecycle::InService);
        let counted = i32::try_from(instances.iter().filter(counted).count()).unwrap();
        let desired = (counted + off).max(0);
        let number = |number: i32| u32::try_from(number.max(0)).unwrap();
        let group = Group {
            min: number(desired + min),
            max: number(desired + max),
            desired: number(desired),
            zones: goal
                .zones
                .iter()
                .map(|zone| zone.as_str().to_owned())
                .collect(),
            launches_as_planned: true,
            suspended_processes: BTreeSet::from(["AZRebalance".to_owned()]),
            is_refreshing: false,
        };
        let observation = Observation {
            group,
            instances,
            elapsed: Duration::ZERO,
        };
        (goal, observation)
    })
}

/// The steps of a process that sees the same again and again.
fn steps(goal: &Goal, look: &Observation, looks: u32) -> Vec<Step> {
    let mut memory = Memory::default();
    let mut look = look.clone();
    (0..looks)
        .map(|_| {
            let step = decide(goal, &look, &mut memory);
            look.elapsed = Duration::from_secs(100);
            step
        })
        .collect()
}

fn is_serving(goal: &Goal, instance: &Instance) -> bool {
    let registered = |arn: &String| {
        let health = instance.targets.get(arn);
        health.is_some_and(|health| *health != TargetHealth::Draining)
    };
    let healthy = |arn: &String| instance.targets.get(arn) == Some(&TargetHealth::Healthy);
    instance.lifecycle == Lifecycle::InService
        && goal.target_groups.api.iter().all(healthy)
        && goal.target_groups.service.iter().all(registered)
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 1000,
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    /// A process that has seen one look may set limits, and nothing that moves anybody. The only
    /// node has nobody to wait for.
    #[test]
    fn the_first_look_moves_nobody((goal, look) in looks()) {
        prop_assume!(look.instances.len() != 1);
        match steps(&goal, &look, 1).remove(0) {
            Step::Deregister { .. } | Step::Register { .. } | Step::Terminate { .. } | Step::Done => {
                prop_assert!(false, "acts at once");
            }
            Step::SetSize { desired, .. } => prop_assert!(
                desired == look.group.desired || look.instances.is_empty() && desired == 1
            ),
            Step::Stop(_) | Step::Wait { .. } => {}
        }
    }

    #[test]
    fn the_order_of_instances_is_irrelevant(
        ((goal, look), seed) in (looks(), any::<prop::sample::Index>())
    ) {
        let mut other = look.clone();
        if !other.instances.is_empty() {
            let by = seed.index(other.instances.len());
            other.instances.rotate_left(by);
        }
        prop_assert_eq!(steps(&goal, &look, 4), steps(&goal, &other, 4));
        other.instances.reverse();
        prop_assert_eq!(explain(&goal, &look), explain(&goal, &other));
    }

    /// Said once more in other words, by counting.
    #[test]
    fn nobody_goes_unless_the_others_are_a_quorum((goal, look) in looks()) {
        for step in steps(&goal, &look, 4) {
            let (Step::Deregister { id } | Step::Terminate { id, .. }) = &step else {
                continue;
            };
            let others: Vec<_> = look.instances.iter().filter(|i| i.id != *id).collect();
            prop_assert!(others.iter().all(|i| i.lifecycle == Lifecycle::InService), "{step:?}");
            prop_assert_eq!(look.group.desired as usize, look.instances.len());
            let healthy = others.iter().filter(|i| is_serving(&goal, i)).count();
            let members = Members::new(i64::from(look.group.desired)).unwrap();
            let has_leave = goal.settings.allow_control_plane_outage() && members.get() <= 2;
            prop_assert!(healthy >= members.quorum() as usize || has_leave, "{step:?}");
        }
    }

    /// Seeing the same for ever, every process ends: nothing comes, so it stops.
    #[test]
    fn it_ends((goal, look) in looks()) {
        let steps = steps(&goal, &look, 40);
        prop_assert!(steps.iter().any(|step| matches!(step, Step::Done | Step::Stop(_))));
        // What was asked for once isn't asked for again before it shows.
        let changes: Vec<_> = steps.iter().filter(|step| step.is_change()).collect();
        prop_assert!(changes.len() <= 1, "{changes:?}");
    }

    /// Done means done: the goal is there.
    #[test]
    fn done_is_the_goal((goal, look) in looks()) {
        if steps(&goal, &look, 4).contains(&Step::Done) {
            let size = goal.size.get();
            prop_assert_eq!((look.group.min, look.group.max, look.group.desired), (size, size, size));
            prop_assert_eq!(look.instances.len(), size as usize);
            prop_assert!(look.instances.iter().all(|i| is_serving(&goal, i) && !i.outdated));
        }
    }

    /// What the plan says comes to an end; each node leaves at most once.
    #[test]
    fn plans_are_finite_and_move_each_node_once((goal, look) in looks()) {
        let explanation = explain(&goal, &look);
        let text = explanation.to_string();
        for instance in &look.instances {
            let leaves = [format!("Replace {} ", instance.id), format!("Remove {} ", instance.id)];
            let times: usize = leaves.iter().map(|leaves| text.matches(leaves).count()).sum();
            prop_assert!(times <= 1, "{text}");
        }
        prop_assert!(explanation.steps().len() <= 40, "{text}");
    }
}
