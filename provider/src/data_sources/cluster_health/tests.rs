//! The state of clusters that were made up: tables, then properties.

use std::collections::BTreeSet;

use proptest::prelude::*;
use tfplug::Attr;

use super::answer::answer;
use super::model::{ClusterHealth, ControlPlane};
use super::observed::{Cluster, Group, Instance, Target};

const API: &str = "arn:aws:elasticloadbalancing:eu-west-1:123456789012:targetgroup/prod-api/01";
const WEB: &str = "arn:aws:elasticloadbalancing:eu-west-1:123456789012:targetgroup/prod-web/02";

/// A control plane of so many nodes over zones a, b, ..: as many in each as the number says, all
/// healthy.
fn control_plane(desired: u32, spread: &[u32]) -> Cluster {
    let mut cluster = Cluster {
        control_plane: group("masters", desired, spread, API),
        ..Cluster::default()
    };
    let ids = cluster
        .control_plane
        .instances
        .iter()
        .map(|one| one.id.clone());
    cluster.targets = [(API.to_owned(), ids.map(healthy).collect())].into();
    cluster
}

fn group(name: &str, desired: u32, spread: &[u32], target_group: &str) -> Group {
    let letters: Vec<char> = ('a'..='z').take(spread.len()).collect();
    let zone = |letter: char| format!("eu-west-1{letter}");
    let instance = |letter: char, nth: u32| Instance {
        id: format!("i-{name}-{letter}{nth}"),
        zone: zone(letter),
        lifecycle_state: "InService".into(),
        health_status: "Healthy".into(),
        is_outdated: false,
    };
    let target_groups = BTreeSet::from([target_group.to_owned()]);
    Group {
        name: name.into(),
        desired,
        zones: letters.iter().map(|&letter| zone(letter)).collect(),
        is_being_deleted: false,
        instances: letters
            .iter()
            .zip(spread)
            .flat_map(|(&letter, &count)| (0..count).map(move |nth| instance(letter, nth)))
            .collect(),
        watched: target_groups.clone(),
        serves: BTreeSet::new(),
        attached: target_groups,
    }
}

fn healthy(id: String) -> Target {
    target(id, "healthy", None)
}

fn target(id: String, state: &str, reason: Option<&str>) -> Target {
    Target {
        id,
        state: state.into(),
        reason: reason.map(str::to_owned),
    }
}

fn fail(cluster: &mut Cluster, arn: &str, id: &str) {
    let targets = cluster.targets.get_mut(arn).unwrap();
    let found = targets.iter_mut().find(|one| one.id == id).unwrap();
    *found = target(
        id.into(),
        "unhealthy",
        Some("Health checks failed: Target.FailedHealthChecks"),
    );
}

fn health(cluster: &Cluster) -> ClusterHealth {
    answer(ClusterHealth::default(), cluster)
}

fn problems(cluster: &Cluster) -> Vec<String> {
    let health = health(cluster);
    let problems = health.problems.known().unwrap().all_known().unwrap();
    assert_eq!(health.healthy, Attr::Known(problems.is_empty()));
    problems.into_iter().cloned().collect()
}

fn state(cluster: &Cluster) -> ControlPlane {
    health(cluster).control_plane.into_known().unwrap()
}

/// in_service, healthy, quorum, has_quorum, tolerated_node_failures, tolerates_zone_failure,
/// balanced.
fn row(cluster: &Cluster) -> (i64, i64, i64, bool, i64, bool, bool) {
    let state = state(cluster);
    let number = |attribute: Attr<i64>| attribute.into_known().unwrap();
    let truth = |attribute: Attr<bool>| attribute.into_known().unwrap();
    (
        number(state.in_service),
        number(state.healthy),
        number(state.quorum),
        truth(state.has_quorum),
        number(state.tolerated_node_failures),
        truth(state.tolerates_zone_failure),
        truth(state.balanced),
    )
}

#[test]
fn what_spreads_survive_while_all_nodes_are_healthy() {
    for (desired, spread, expected) in [
        (1, &[1][..], (1, 1, 1, true, 0, false, true)),
        (3, &[2, 1], (3, 3, 2, true, 1, false, true)),
        (3, &[1, 1, 1], (3, 3, 2, true, 1, true, true)),
        (3, &[2, 1, 0], (3, 3, 2, true, 1, false, false)),
        (3, &[3, 0, 0], (3, 3, 2, true, 1, false, false)),
        (5, &[2, 1, 1, 1], (5, 5, 3, true, 2, true, true)),
        (5, &[2, 2, 1, 0], (5, 5, 3, true, 2, true, false)),
        (5, &[3, 1, 1], (5, 5, 3, true, 2, false, false)),
        (7, &[2, 1, 1, 1, 1, 1], (7, 7, 4, true, 3, true, true)),
        // Too few: quorum is a matter of how many there should be.
        (3, &[1, 1, 0], (2, 2, 2, true, 0, false, true)),
        (3, &[1, 0, 0], (1, 1, 2, false, 0, false, true)),
        // More than there should be: each may be a member.
        (3, &[2, 1, 1], (4, 4, 3, true, 1, false, true)),
        // A group that was scaled to nothing.
        (0, &[0, 0, 0], (0, 0, 1, false, 0, false, true)),
    ] {
        assert_eq!(
            row(&control_plane(desired, spread)),
            expected,
            "{desired} {spread:?}"
        );
    }
}

#[test]
fn a_cluster_as_it_should_be_has_no_problems() {
    for (desired, spread) in [
        (1, &[1][..]),
        // Not every topology survives the loss of a zone; as planned is no problem.
        (3, &[2, 1]),
        (3, &[1, 1, 1]),
        (5, &[1, 2, 1, 1]),
        (3, &[1, 1, 1, 0]),
    ] {
        assert_eq!(
            problems(&control_plane(desired, spread)),
            [""; 0],
            "{desired} {spread:?}"
        );
    }
}

#[test]
fn an_unhealthy_node_is_named_with_the_reason_and_what_it_costs() {
    let mut cluster = control_plane(3, &[1, 1, 1]);
    fail(&mut cluster, API, "i-masters-b0");
    assert_eq!(row(&cluster), (3, 2, 2, true, 0, false, true));
    assert_eq!(
        problems(&cluster),
        [
            "Instance i-masters-b0 of masters in eu-west-1b is unhealthy in target group prod-api \
             (Health checks failed: Target.FailedHealthChecks).",
            "Losing eu-west-1a or eu-west-1c now would cost the control plane its quorum. With all \
             of 3 nodes healthy and spread evenly over 3 zones it would not.",
        ]
    );
}

#[test]
fn a_lost_quorum_comes_first() {
    let mut cluster = control_plane(3, &[1, 1, 1]);
    fail(&mut cluster, API, "i-masters-a0");
    fail(&mut cluster, API, "i-masters-b0");
    assert_eq!(row(&cluster), (3, 1, 2, false, 0, false, true));
    let problems = problems(&cluster);
    assert_eq!(
        problems.first().unwrap(),
        "The control plane has no quorum: 1 node is healthy, 2 are needed. Without it the \
         Kubernetes API changes nothing. Bring the other nodes back; replace none that is healthy."
    );
    assert_eq!(problems.len(), 3);
}

/// A cluster that had just been made was told to have lost its quorum.
#[test]
fn a_cluster_that_begins_is_starting() {
    let mut cluster = control_plane(3, &[1, 1, 1]);
    let targets = cluster.targets.get_mut(API).unwrap();
    for target in targets.iter_mut() {
        *target = self::target(
            target.id.clone(),
            "initial",
            Some("Elb.InitialHealthChecking"),
        );
    }
    assert_eq!(row(&cluster), (3, 0, 2, false, 0, false, true));
    let told = problems(&cluster);
    assert!(
        told[0].starts_with(
            "The control plane is starting: 0 nodes are healthy so far, 3 are on the way, 2 are \
             needed for a quorum."
        ),
        "{told:#?}"
    );
    assert_eq!(
        told[1..],
        ["Target group prod-api has no healthy target yet: all are in their first checks."]
    );
    // One after the other gets through.
    let targets = cluster.targets.get_mut(API).unwrap();
    targets[0].state = "healthy".into();
    assert_eq!(
        problems(&cluster)[1..],
        ["b", "c"].map(|zone| format!(
            "Instance i-masters-{zone}0 of masters in eu-west-1{zone} is in its first checks in \
             target group prod-api."
        ))
    );
    // Nodes that are being launched, while one is healthy.
    let mut launched = control_plane(3, &[1, 1, 1]);
    for instance in &mut launched.control_plane.instances[1..] {
        instance.lifecycle_state = "Pending:Wait".into();
    }
    let told = problems(&launched);
    assert!(
        told[0].starts_with("The control plane is starting: 1 node is healthy so far, 2 are on"),
        "{told:#?}"
    );
}

#[test]
fn a_quorum_is_lost_where_a_node_fails_or_too_few_are_on_the_way() {
    for (nth, lifecycle, target_state) in [
        (0, "InService", "unhealthy"),
        (0, "Terminating:Wait", "draining"),
        (0, "InService", "unused"),
    ] {
        let mut cluster = control_plane(3, &[1, 1, 1]);
        cluster.control_plane.instances[nth].lifecycle_state = lifecycle.into();
        let targets = cluster.targets.get_mut(API).unwrap();
        for one in targets.iter_mut() {
            *one = target(one.id.clone(), "initial", None);
        }
        targets[nth].state = target_state.into();
        let told = problems(&cluster);
        assert!(
            told[0].starts_with("The control plane has no quorum"),
            "{lifecycle} {target_state}: {told:#?}"
        );
    }
    let mut few = control_plane(3, &[1, 0, 0]);
    few.targets.get_mut(API).unwrap()[0].state = "initial".into();
    let told = problems(&few);
    assert!(
        told[0].starts_with("The control plane has no quorum"),
        "{told:#?}"
    );
}

/// A control plane that runs workloads was judged by its API alone.
#[test]
fn a_control_plane_that_serves_is_judged_where_it_does() {
    let mut cluster = control_plane(3, &[1, 1, 1]);
    cluster.control_plane.serves = [WEB.to_owned()].into();
    cluster.control_plane.attached.insert(WEB.to_owned());
    let nodes = cluster.targets[API].clone();
    cluster.targets.insert(WEB.to_owned(), nodes);
    assert_eq!(problems(&cluster), [""; 0]);
    fail(&mut cluster, WEB, "i-masters-b0");
    assert_eq!(
        problems(&cluster),
        [
            "Instance i-masters-b0 of masters in eu-west-1b is unhealthy in target group prod-web \
             (Health checks failed: Target.FailedHealthChecks)."
        ]
    );
    // The API doesn't hang on it.
    assert_eq!(row(&cluster), (3, 3, 2, true, 1, true, true));
    let state = state(&cluster);
    let instances = state.instances.known().unwrap();
    let node = instances.0["i-masters-b0"].known().unwrap();
    assert_eq!(node.healthy, true.into());
    let targets = node.target_health.known().unwrap().all_known().unwrap();
    assert_eq!(
        (targets[API].as_str(), targets[WEB].as_str()),
        ("healthy", "unhealthy")
    );
}

/// It was told to bring the other nodes back.
#[test]
fn a_single_node_has_no_others() {
    let mut cluster = control_plane(1, &[1]);
    fail(&mut cluster, API, "i-masters-a0");
    assert_eq!(
        problems(&cluster).first().unwrap(),
        "The control plane has no quorum: 0 nodes are healthy, 1 is needed. Without it the \
         Kubernetes API changes nothing. Bring the node back: one in its place has none of the \
         cluster's data, unless it gets a backup of etcd."
    );
}

#[test]
fn a_zone_that_is_gone_shows_as_too_few() {
    let mut cluster = control_plane(3, &[1, 1, 0]);
    let starting = Instance {
        id: "i-new".into(),
        zone: "eu-west-1a".into(),
        lifecycle_state: "Pending:Wait".into(),
        health_status: "Healthy".into(),
        is_outdated: false,
    };
    cluster.control_plane.instances.push(starting);
    let health = health(&cluster);
    let zones = health
        .control_plane
        .known()
        .unwrap()
        .zones
        .known()
        .unwrap()
        .clone();
    let counts: Vec<_> = zones
        .known()
        .map(|(zone, counts)| (zone, &counts.in_service, &counts.healthy, &counts.other))
        .map(|(zone, a, b, c)| {
            (
                zone,
                *a.known().unwrap(),
                *b.known().unwrap(),
                *c.known().unwrap(),
            )
        })
        .collect();
    assert_eq!(
        counts,
        [
            ("eu-west-1a", 1, 1, 1),
            ("eu-west-1b", 1, 1, 0),
            ("eu-west-1c", 0, 0, 0)
        ]
    );
    let problems = problems(&cluster);
    assert!(problems[0].starts_with("Auto Scaling group masters has 2 of 3 instances in service."));
    assert!(
        problems[1].starts_with("Losing eu-west-1a or eu-west-1b now would cost"),
        "{problems:?}"
    );
    assert_eq!(problems.len(), 2);
}

#[test]
fn an_uneven_spread_is_a_problem_of_control_planes_alone() {
    let mut cluster = control_plane(3, &[3, 0, 0]);
    assert_eq!(
        problems(&cluster),
        [
            "The nodes of masters are spread unevenly: 3 in eu-west-1a, 0 in eu-west-1b and 0 in \
             eu-west-1c. Nothing moves them by itself: replace one of the fullest zone while the \
             others are healthy.",
            "Losing eu-west-1a now would cost the control plane its quorum. With all of 3 nodes \
             healthy and spread evenly over 3 zones it would not.",
        ]
    );
    cluster = control_plane(3, &[1, 1, 1]);
    add_workers(&mut cluster, 3, &[3, 0, 0]);
    assert_eq!(problems(&cluster), [""; 0]);
}

fn add_workers(cluster: &mut Cluster, desired: u32, spread: &[u32]) {
    let workers = group("workers", desired, spread, WEB);
    let ids = workers.instances.iter().map(|one| one.id.clone());
    cluster
        .targets
        .insert(WEB.to_owned(), ids.map(healthy).collect());
    cluster.workers.push(workers);
}

#[test]
fn workers_count_by_the_target_groups_they_are_attached_to() {
    let mut cluster = control_plane(3, &[1, 1, 1]);
    add_workers(&mut cluster, 2, &[1, 1]);
    fail(&mut cluster, WEB, "i-workers-a0");
    let health = health(&cluster);
    let groups = health.worker_groups.known().unwrap();
    let workers = groups.0["workers"].known().unwrap();
    assert_eq!(
        (&workers.in_service, &workers.healthy),
        (&2.into(), &1.into())
    );
    assert_eq!(
        problems(&cluster),
        [
            "Instance i-workers-a0 of workers in eu-west-1a is unhealthy in target group prod-web \
          (Health checks failed: Target.FailedHealthChecks)."
        ]
    );
    // A group that isn't behind a load balancer is judged by its own checks.
    cluster.workers[0].watched.clear();
    assert_eq!(problems(&cluster), [""; 0]);
}

#[test]
fn a_group_that_is_not_attached_says_so_once() {
    let mut cluster = control_plane(3, &[1, 1, 1]);
    cluster.control_plane.attached.clear();
    cluster.targets.insert(API.to_owned(), Vec::new());
    let problems = problems(&cluster);
    assert_eq!(
        problems[1..],
        [
            "Auto Scaling group masters is not attached to target group prod-api, so its instances \
             are not registered there.",
            "Target group prod-api has no targets.",
        ]
    );
    let state = state(&cluster);
    let instances = state.instances.known().unwrap();
    let of_first = instances.0["i-masters-a0"].known().unwrap();
    let targets = of_first.target_health.known().unwrap();
    assert_eq!(targets.all_known().unwrap()[API], "unregistered");
}

#[test]
fn an_instance_on_two_ports_is_as_healthy_as_the_worse() {
    for states in [["healthy", "unhealthy"], ["unhealthy", "healthy"]] {
        let mut cluster = control_plane(1, &[1]);
        let id = "i-masters-a0".to_owned();
        let targets = states.map(|state| target(id.clone(), state, None));
        cluster.targets.insert(API.to_owned(), targets.into());
        assert_eq!(row(&cluster).1, 0, "{states:?}");
    }
}

#[test]
fn many_ill_instances_are_not_all_told() {
    let mut cluster = control_plane(3, &[1, 1, 1]);
    add_workers(&mut cluster, 9, &[3, 3, 3]);
    for instance in &mut cluster.workers[0].instances {
        instance.health_status = "Unhealthy".into();
    }
    let problems = problems(&cluster);
    assert_eq!(problems.len(), 6);
    assert_eq!(
        problems[0],
        "Instance i-workers-a0 of workers in eu-west-1a is Unhealthy in the eyes of its group, \
         which is about to replace it."
    );
    assert_eq!(problems[5], "4 more instances of workers are not healthy.");
}

#[test]
fn outdated_instances_are_listed_and_no_problem() {
    let mut cluster = control_plane(3, &[1, 1, 1]);
    assert_eq!(health(&cluster).up_to_date, true.into());
    cluster.control_plane.instances[1].is_outdated = true;
    let health = health(&cluster);
    assert_eq!(health.up_to_date, false.into());
    assert_eq!(health.healthy, true.into());
    let state = health.control_plane.known().unwrap();
    let ids = state
        .outdated_instance_ids
        .known()
        .unwrap()
        .all_known()
        .unwrap();
    assert_eq!(ids, ["i-masters-b0"]);
}

#[test]
fn targets_are_counted_by_state() {
    let mut cluster = control_plane(1, &[1]);
    let states = [
        "healthy",
        "unhealthy",
        "unhealthy.draining",
        "initial",
        "draining",
        "unused",
        "unavailable",
        "something new",
    ];
    let targets = states.map(|state| target(format!("i-{state}"), state, None));
    cluster.targets.insert(API.to_owned(), targets.into());
    let health = health(&cluster);
    let counts = health.target_groups.known().unwrap().0[API]
        .known()
        .unwrap()
        .clone();
    let counts = [
        counts.healthy,
        counts.unhealthy,
        counts.initial,
        counts.draining,
        counts.unused,
        counts.unavailable,
    ];
    assert_eq!(counts, [1, 2, 1, 1, 1, 1].map(Attr::Known));
}

/// Any cluster of one control plane: nodes in any state, zone and health.
fn any_cluster() -> impl Strategy<Value = Cluster> {
    let node = (0..4_usize, 0..4_usize, any::<bool>(), 0..4_usize);
    let nodes = proptest::collection::vec(node, 0..10);
    (0..=7_u32, 1..=4_usize, nodes).prop_map(|(desired, zones, nodes)| {
        let mut cluster = control_plane(desired, &vec![0; zones]);
        for (nth, (zone, lifecycle, passes, state)) in nodes.into_iter().enumerate() {
            let id = format!("i-{nth}");
            cluster.control_plane.instances.push(Instance {
                id: id.clone(),
                zone: format!("eu-west-1{}", ["a", "b", "c", "d"][zone]),
                lifecycle_state: ["InService", "InService", "Pending", "Standby"][lifecycle].into(),
                health_status: if passes { "Healthy" } else { "Unhealthy" }.into(),
                is_outdated: false,
            });
            let targets = cluster.targets.get_mut(API).unwrap();
            match state {
                0 => {}
                1 => targets.push(target(id, "unhealthy", None)),
                _ => targets.push(healthy(id)),
            }
        }
        cluster
    })
}

/// The same cluster after these instances are gone. Etcd still counts them as members, so there
/// should be as many as before.
fn without(cluster: &Cluster, gone: impl Fn(&Instance) -> bool) -> Cluster {
    let mut left = cluster.clone();
    let before = state(cluster);
    let size = before
        .size
        .known()
        .unwrap()
        .max(before.in_service.known().unwrap());
    left.control_plane.desired = u32::try_from(*size).unwrap();
    left.control_plane.instances.retain(|one| !gone(one));
    left
}

proptest! {
    /// What it says of failures to come is what it says once they have come.
    #[test]
    fn foretold_is_what_comes(cluster in any_cluster()) {
        let now = state(&cluster);
        let has_quorum = |left: &Cluster| *state(left).has_quorum.known().unwrap();
        let zones: BTreeSet<&String> =
            cluster.control_plane.instances.iter().map(|one| &one.zone).collect();
        let survives_all = zones
            .into_iter()
            .all(|zone| has_quorum(&without(&cluster, |one| one.zone == *zone)));
        prop_assert_eq!(
            now.tolerates_zone_failure.known().unwrap(),
            &(has_quorum(&cluster) && survives_all)
        );

        let healthy: Vec<&str> = now.instances.known().unwrap().known()
            .filter(|(_, one)| one.healthy == true.into())
            .map(|(id, _)| id)
            .collect();
        let tolerated = usize::try_from(*now.tolerated_node_failures.known().unwrap()).unwrap();
        for (lost, survives) in [(tolerated, has_quorum(&cluster)), (tolerated + 1, false)] {
            let gone: Vec<&str> = healthy.iter().take(lost).copied().collect();
            let left = without(&cluster, |one| gone.contains(&one.id.as_str()));
            if gone.len() == lost {
                prop_assert_eq!(has_quorum(&left), survives, "{} lost", lost);
            }
        }
    }

    /// No instance is lost or counted twice.
    #[test]
    fn zones_add_up(cluster in any_cluster()) {
        let now = state(&cluster);
        let zones = now.zones.known().unwrap();
        let sum = |count: fn(&super::model::Zone) -> &Attr<i64>| -> i64 {
            zones.known().map(|(_, zone)| *count(zone).known().unwrap()).sum()
        };
        prop_assert_eq!(sum(|zone| &zone.in_service), *now.in_service.known().unwrap());
        prop_assert_eq!(sum(|zone| &zone.healthy), *now.healthy.known().unwrap());
        let all = sum(|zone| &zone.in_service) + sum(|zone| &zone.other);
        prop_assert_eq!(usize::try_from(all).unwrap(), cluster.control_plane.instances.len());
    }

    /// "Healthy" promises all that one would take it to mean.
    #[test]
    fn healthy_means_whole(cluster in any_cluster()) {
        let health = health(&cluster);
        if health.healthy == true.into() {
            let now = health.control_plane.known().unwrap();
            prop_assert!(now.has_quorum == true.into());
            prop_assert!(now.balanced == true.into());
            prop_assert_eq!(&now.healthy, &now.in_service);
            prop_assert!(now.healthy.known() >= now.size.known());
        }
    }

    /// A node that recovers never makes things worse.
    #[test]
    fn recovery_never_costs_the_quorum(cluster in any_cluster(), nth in 0..10_usize) {
        let mut better = cluster.clone();
        let Some(one) = better.control_plane.instances.get_mut(nth) else { return Ok(()) };
        one.health_status = "Healthy".into();
        let id = one.id.clone();
        let targets = better.targets.get_mut(API).unwrap();
        targets.retain(|one| one.id != id);
        targets.push(healthy(id));
        let (before, after) = (state(&cluster), state(&better));
        prop_assert!(before.has_quorum.known() <= after.has_quorum.known());
        prop_assert!(before.tolerated_node_failures.known() <= after.tolerated_node_failures.known());
        prop_assert!(before.tolerates_zone_failure.known() <= after.tolerates_zone_failure.known());
    }
}
