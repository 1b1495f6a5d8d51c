//! Tables of situations, and what is decided in each.

use std::collections::BTreeSet;
use std::time::Duration;

use crate::notation::{allowed, desiring, goal, group, last, sized, words};
use rollout::{
    Awaited, Goal, Memory, Observation, QuorumLeft, Reason, Step, TargetGroups, TargetHealth,
    decide,
};

/// What a new process decides when three looks, a minute apart, show the same.
fn verdict(goal: &Goal, observation: &Observation) -> Step {
    let mut memory = Memory::default();
    let mut observation = observation.clone();
    let mut step = decide(goal, &observation, &mut memory);
    observation.elapsed = goal.settings.stable_for();
    for _ in 0..2 {
        if matches!(step, Step::Wait { .. }) {
            step = decide(goal, &observation, &mut memory);
        }
    }
    step
}

/// What a process ends with that looks at the same for ever.
fn end(goal: &Goal, observation: &Observation) -> Step {
    let mut memory = Memory::default();
    let mut observation = observation.clone();
    for _ in 0..1000 {
        let step = decide(goal, &observation, &mut memory);
        if matches!(step, Step::Done | Step::Stop(_)) {
            return step;
        }
        observation.elapsed = Duration::from_secs(10);
    }
    panic!("goes on for ever");
}

fn check(goal: &Goal, cases: &[(&str, &str)]) {
    for (nodes, expected) in cases {
        let step = verdict(goal, &group(goal, nodes));
        assert_eq!(words(&step), *expected, "{nodes}");
    }
}

#[test]
fn a_roll_takes_one_after_the_other() {
    check(
        &goal("abc", 3),
        &[
            ("a1 b2 c3", "done"),
            ("A1 B2 C3", "deregister i-1"),
            (
                "A1% B2 C3",
                "wait for i-1 in eu-west-1a to drain: its target groups still list it",
            ),
            ("A1- B2 C3", "terminate i-1"),
            (
                "A1! B2 C3 a4+",
                "wait for i-4 in eu-west-1a to come into service",
            ),
            ("A1! B2 C3 a4", "wait for i-1 in eu-west-1a to terminate"),
            (
                "B2 C3 a4?",
                "wait for i-4 in eu-west-1a to be healthy in the API target group: it has not passed \
             its health checks yet",
            ),
            (
                "B2 C3 a4~",
                "wait for i-4 in eu-west-1a to be healthy in the API target group: it is unhealthy",
            ),
            ("B2 C3 a4", "deregister i-2"),
            ("a4 b5 C3", "deregister i-3"),
        ],
    );
    let goal = goal("abc", 3);
    let gone = desiring(3, group(&goal, "B2 C3"));
    assert_eq!(
        words(&verdict(&goal, &gone)),
        "wait for the group to launch 1 instance (no node is in eu-west-1a)"
    );
}

#[test]
fn what_a_killed_run_left_is_gone_on_with_or_put_back() {
    check(
        &goal("abc", 3),
        &[
            // Drained already, though not the first by order.
            ("A1 B2 C3-", "terminate i-3"),
            (
                "A1 B2 C3%",
                "wait for i-3 in eu-west-1c to drain: its target groups still list it",
            ),
            // The plan was changed back: nothing is outdated any more.
            ("a1 b2 c3-", "register i-3"),
            // Two are out: one goes, the other serves.
            ("A1- B2- C3", "register i-2"),
            ("A1- b2- C3", "register i-2"),
            // It was out when another failed: the load balancer rather has both.
            ("A1- b2~ C3", "register i-1"),
            ("A1- b2+ C3", "register i-1"),
            ("A1- b2= C3", "register i-1"),
        ],
    );
    // One of several target groups is left, as between two calls.
    let mut goal = goal("abc", 3);
    goal.target_groups.service.insert("arn:service".to_owned());
    let mut look = group(&goal, "A1 B2 C3");
    for instance in &mut look.instances {
        instance
            .targets
            .insert("arn:service".to_owned(), TargetHealth::Unhealthy);
    }
    assert_eq!(words(&verdict(&goal, &look)), "deregister i-1");
    look.instances[1].targets.remove("arn:service");
    assert_eq!(words(&verdict(&goal, &look)), "deregister i-2");
    look.instances[1].outdated = false;
    assert_eq!(words(&verdict(&goal, &look)), "register i-2");
}

#[test]
fn the_fullest_zone_comes_first_and_the_named_node_last() {
    check(
        &goal("ab", 3),
        &[
            ("A1 B2 B3", "deregister i-2"),
            ("a1 b2 B3", "deregister i-3"),
            ("A1 b2 b3", "deregister i-1"),
        ],
    );
    check(
        &last("i-2", goal("ab", 3)),
        &[
            ("A1 B2 B3", "deregister i-3"),
            ("A1 B2 b3", "deregister i-1"),
            ("a1 B2 b3", "deregister i-2"),
            // No leader any more, or taken out already.
            ("A1 B2~ B3", "deregister i-2"),
            ("A1 B2- B3", "terminate i-2"),
        ],
    );
    check(
        &last("i-9", goal("ab", 3)),
        &[("A1 B2 B3", "deregister i-2")],
    );
}

#[test]
fn the_dead_come_first_if_the_others_are_a_quorum() {
    check(
        &goal("abc", 3),
        &[
            ("A1 B2~ C3", "deregister i-2"),
            (
                "A1 B2~ C3~",
                "wait for enough other nodes to be healthy: 1 are, and 2 must be",
            ),
        ],
    );
    check(
        &goal("abcde", 5),
        &[
            ("A1 B2~ C3~ D4 E5", "deregister i-2"),
            ("A1 B2- C3~ D4 E5", "terminate i-2"),
            (
                // Its successor must be healthy all the same.
                "A1 b6~ C3~ D4 E5",
                "wait for i-6 in eu-west-1b to be healthy in the API target group: it is unhealthy",
            ),
            ("A1 b6 C3~ D4 E5", "deregister i-3"),
            (
                "A1~ B2~ C3~ D4 E5",
                "wait for enough other nodes to be healthy: 2 are, and 3 must be",
            ),
        ],
    );
    // A correction of a template that made no healthy nodes begins with the one it made.
    check(&goal("abc", 3), &[("A4~ B2 C3", "deregister i-4")]);
    // It comes before growth too, which waits until all are healthy.
    check(
        &goal("abc", 5),
        &[
            ("A1 B2~ C3", "deregister i-2"),
            ("A1 B2 C3 A4~", "deregister i-4"),
            (
                "a1 b2~ c3",
                "wait for i-2 in eu-west-1b to be healthy in the API target group: it is unhealthy",
            ),
        ],
    );
}

#[test]
fn growing_comes_before_replacing() {
    check(
        &goal("abc", 3),
        &[
            ("a1", "size 2 2 2"),
            ("A1", "size 2 2 2"),
            ("A1 b2", "size 3 3 3"),
            ("A1 b2 c3", "deregister i-1"),
            // The only one, or one of two, is put back first.
            ("A1-", "register i-1"),
            ("A1- b2", "register i-1"),
        ],
    );
    check(
        &allowed(goal("abc", 3)),
        &[
            ("A1-", "register i-1"),
            (
                "A1~",
                "wait for i-1 in eu-west-1a to be healthy in the API target group: it is unhealthy",
            ),
        ],
    );
    check(
        &goal("abc", 5),
        &[
            ("A1 B2 C3", "size 4 4 4"),
            ("A1- B2 C3", "terminate i-1"),
            ("A1 B2 C3 a4", "size 5 5 5"),
            (
                "A1 B2 C3 a4?",
                "wait for i-4 in eu-west-1a to be healthy in the API target group: it \
                          has not passed its health checks yet",
            ),
        ],
    );
}

#[test]
fn shrinking_lowers_the_minimum_and_takes_from_the_fullest_zone() {
    let goal = goal("abc", 3);
    check(&goal, &[("a1 b2 c3 a4 b5", "size 4 5 5")]);
    let lowered = |nodes| sized((4, 5, 5), group(&goal, nodes));
    for (nodes, expected) in [
        ("a1 b2 c3 a4 b5", "deregister i-1"),
        ("a1 b2 c3 A4 b5", "deregister i-4"),
        ("a1 b2- c3 a4 b5", "terminate i-2, shrink"),
        // Nobody would take its member out of etcd.
        (
            "a1 b2 c3~ a4 b5",
            "wait for i-3 in eu-west-1c to be healthy in the API target group: it is unhealthy",
        ),
        // That of a node that must leave is taken out by its successor.
        ("a1 b2 C3~ a4 b5", "size 5 5 5"),
        ("a1 b2 c3 a4 d5", "deregister i-5"),
        (
            "a1 b2 c3 a4 b5?",
            "wait for i-5 in eu-west-1b to be healthy in the API target group: \
                             it has not passed its health checks yet",
        ),
    ] {
        assert_eq!(words(&verdict(&goal, &lowered(nodes))), expected, "{nodes}");
    }
    // Who isn't healthy is waited for, even if it would be the first.
    for nodes in ["a1? b2 c3 a4 b5", "a1~ b2 c3 a4 b5"] {
        let step = words(&verdict(&goal, &group(&goal, nodes)));
        assert!(step.starts_with("wait for i-1"), "{nodes}: {step}");
    }
    // A node that is out while the minimum stands was to be replaced, not taken away.
    check(
        &goal,
        &[
            ("a1 b2 c3 A4- b5", "terminate i-4"),
            ("a1 b2 c3 a4- b5", "register i-4"),
        ],
    );
    assert_eq!(
        words(&verdict(&goal, &lowered("a1 b2 c3 A4- b5"))),
        "terminate i-4, shrink"
    );
    // On the way, and at the end.
    let halfway = sized((4, 5, 4), group(&goal, "a1 b2 c3 b5"));
    assert_eq!(words(&verdict(&goal, &halfway)), "size 3 4 4");
    let arrived = sized((3, 4, 3), group(&goal, "a1 b2 c3"));
    assert_eq!(words(&verdict(&goal, &arrived)), "size 3 3 3");
}

#[test]
fn an_instance_too_many_is_taken_for_one_node_more() {
    let goal = goal("abc", 3);
    let look = desiring(3, group(&goal, "a1 b2 c3 a4"));
    assert_eq!(words(&verdict(&goal, &look)), "size 4 4 4");
    let moving = desiring(3, group(&goal, "a1 b2 c3 a4+"));
    assert_eq!(
        words(&verdict(&goal, &moving)),
        "wait for the group to come down to 3 instances: it has 4"
    );
}

#[test]
fn nodes_in_zones_that_are_given_up_are_replaced() {
    check(
        &goal("ab", 3),
        &[
            ("a1 b2 c3", "deregister i-3"),
            ("A1 b2 c3", "deregister i-3"),
            ("a1 b2 a4", "done"),
        ],
    );
}

#[test]
fn the_only_node_needs_leave() {
    let one = goal("a", 1);
    check(
        &one,
        &[
            ("a1", "done"),
            (
                "A1",
                "stop: Replacing the only node stops the control plane",
            ),
            (
                "A1~",
                "stop: Replacing the only node stops the control plane",
            ),
            // An earlier run had leave.
            ("A1-", "register i-1"),
        ],
    );
    check(
        &one,
        &[(
            "a1 b2 c3",
            "stop: Shrinking to one node stops the control plane",
        )],
    );
    check(
        &one,
        &[(
            "a1 b2",
            "stop: Shrinking to one node stops the control plane",
        )],
    );
    let one = allowed(one);
    check(
        &one,
        &[
            ("A1", "deregister i-1"),
            ("A1-", "terminate i-1"),
            ("a1 b2 c3", "size 2 3 3"),
            // Its data would go with it: one that may stay comes first.
            ("A1 A2 A3", "deregister i-1"),
            ("a4 A2 A3", "size 2 3 3"),
        ],
    );
    let lowered = sized((2, 3, 3), group(&one, "a4 A2 A3"));
    assert_eq!(words(&verdict(&one, &lowered)), "deregister i-2");
    // Even so, of two one has to be up.
    check(
        &one,
        &[(
            "A1~ A2~",
            "wait for enough other nodes to be healthy: 0 are, and 1 must be",
        )],
    );
    // With three nodes or more it changes nothing.
    check(
        &allowed(goal("abcde", 5)),
        &[("A1 B2~ C3~ D4 E5", "deregister i-2")],
    );
    // Leave for an outage is none for recklessness.
    check(
        &allowed(goal("abc", 3)),
        &[(
            "A1 B2 c3~",
            "wait for i-3 in eu-west-1c to be healthy in the API target group: it is \
                       unhealthy",
        )],
    );
}

#[test]
fn without_an_api_target_group_nothing_is_touched() {
    let goal = Goal {
        target_groups: TargetGroups::default(),
        ..goal("abc", 3)
    };
    assert_eq!(
        verdict(&goal, &group(&goal, "A1 b2 c3")),
        Step::Stop(Reason::NoApiTargetGroup)
    );
    assert_eq!(
        verdict(&goal, &group(&goal, "a1 b2")),
        Step::Stop(Reason::NoApiTargetGroup)
    );
    assert_eq!(verdict(&goal, &group(&goal, "a1 b2 c3")), Step::Done);
}

#[test]
fn a_group_that_was_changed_stops_the_roll() {
    type Change = fn(&mut Observation);
    let goal = goal("abc", 3);
    let cases: [(&str, Change); 6] = [
        ("planned template version", |look| {
            look.group.launches_as_planned = false
        }),
        ("launches in eu-west-1a and eu-west-1b.", |look| {
            look.group.zones.remove("eu-west-1c");
        }),
        ("instance refresh", |look| look.group.is_refreshing = true),
        ("AZRebalance is no longer suspended", |look| {
            look.group.suspended_processes.clear()
        }),
        ("process Launch is suspended", |look| {
            look.group.suspended_processes.insert("Launch".to_owned());
        }),
        ("process AddToLoadBalancer is suspended", |look| {
            look.group
                .suspended_processes
                .insert("AddToLoadBalancer".to_owned());
        }),
    ];
    for (what, change) in cases {
        for (nodes, goes_on) in [
            ("A1 b2 c3", false),
            ("A1- b2 c3", false),
            ("a1 b2 c3", true),
        ] {
            let mut look = group(&goal, nodes);
            change(&mut look);
            match verdict(&goal, &look) {
                Step::Done if goes_on => {}
                Step::Stop(reason) if !goes_on => {
                    assert!(reason.to_string().contains(what), "{reason}");
                }
                step => panic!("{what}: {nodes}: {step:?}"),
            }
        }
    }
}

#[test]
fn patience_ends() {
    for (goal, nodes, awaited) in [
        (
            goal("abc", 3),
            "B2 C3 a4~",
            "i-4 in eu-west-1a to be healthy",
        ),
        (
            goal("abc", 3),
            "B2 C3 a4+",
            "i-4 in eu-west-1a to come into service",
        ),
        (
            goal("abc", 3),
            "A1! B2 C3",
            "i-1 in eu-west-1a to terminate",
        ),
        (goal("abc", 3), "A1 b2= c3", "i-2 in eu-west-1b to return"),
        (goal("abc", 3), "A1~ B2~ C3", "enough other nodes"),
        (
            goal("abc", 5),
            "a1 b2 c3 a4~",
            "i-4 in eu-west-1a to be healthy",
        ),
    ] {
        let Step::Stop(Reason::TimedOut {
            awaited: found,
            after,
            ..
        }) = end(&goal, &group(&goal, nodes))
        else {
            panic!("{nodes}");
        };
        assert!(found.to_string().starts_with(awaited), "{nodes}: {found}");
        assert_eq!(after, goal.settings.replacement_timeout());
    }
    // What was asked for and never shows.
    let goal = goal("abc", 3);
    let Step::Stop(Reason::TimedOut { awaited, .. }) = end(&goal, &group(&goal, "A1 B2 C3")) else {
        panic!("goes on");
    };
    assert_eq!(awaited.instance(), Some("i-1"));
    let unhappy = desiring(3, group(&goal, "a1 b2"));
    let Step::Stop(Reason::TimedOut { awaited, .. }) = end(&goal, &unhappy) else {
        panic!("goes on");
    };
    let empty_zones = vec!["eu-west-1c".to_owned()];
    assert_eq!(
        awaited,
        Awaited::Launched {
            missing: 1,
            empty_zones
        }
    );
}

#[test]
fn a_reason_says_who_what_is_left_and_what_to_do() {
    let reason = Reason::TimedOut {
        awaited: Awaited::Healthy {
            id: "i-4".to_owned(),
            zone: "eu-west-1a".to_owned(),
            is_unhealthy: true,
        },
        after: Duration::from_secs(900),
        quorum_left: QuorumLeft {
            members: 3,
            healthy: 2,
        },
    };
    assert_eq!(reason.instance(), Some("i-4"));
    assert_eq!(
        reason.to_string(),
        "Waited 15 min for i-4 in eu-west-1a to be healthy in the API target group: it is \
         unhealthy. 2 of 3 nodes are healthy and quorum is 2: the Kubernetes API stays, but not \
         if another fails. Nothing further is touched. See on i-4 why its API server isn't ready \
         and mend it; if its template is at fault, correct that, and i-4 is replaced first; if it \
         is lost, terminate it and the group launches another. Then apply again: it goes on from \
         here."
    );
}

/// One look isn't enough, nor are two at once; a flicker starts the count again.
#[test]
fn health_has_to_last() {
    let goal = goal("abc", 3);
    let look = |nodes: &str, seconds: u64| {
        let mut look = group(&goal, nodes);
        look.elapsed = Duration::from_secs(seconds);
        look
    };
    let mut memory = Memory::default();
    let mut next = |nodes: &str, seconds: u64| {
        let step = decide(&goal, &look(nodes, seconds), &mut memory);
        words(&step)
    };
    let stable = "wait for i-2 in eu-west-1b to have been healthy for stable_for";
    assert_eq!(next("A1 b2 c3", 0), stable);
    assert_eq!(next("A1 b2 c3", 59), stable);
    assert!(next("A1 b2~ c3", 10).contains("it is unhealthy"));
    assert_eq!(next("A1 b2 c3", 60), stable);
    assert_eq!(next("A1 b2 c3", 60), "deregister i-1");
    // Until it shows, looks are too old to go by.
    assert!(next("A1 b2 c3", 5).starts_with("wait for i-1 in eu-west-1a to drain"));
    assert!(next("A1% b2 c3", 5).starts_with("wait for i-1 in eu-west-1a to drain"));
    assert!(next("A1- b2 c3", 30).starts_with("wait for drain_delay"));
    assert!(next("A1- b2 c3", 29).starts_with("wait for drain_delay"));
    assert_eq!(next("A1- b2 c3", 1), "terminate i-1");
    assert!(next("A1- b2 c3", 5).starts_with("wait for i-1 in eu-west-1a to terminate"));
}

/// The time of one change isn't taken from the next one's.
#[test]
fn each_change_has_its_own_time() {
    let goal = goal("abc", 3);
    let mut memory = Memory::default();
    let mut next = |nodes: &str, minutes: u64| {
        let mut look = group(&goal, nodes);
        look.elapsed = Duration::from_secs(minutes * 60);
        decide(&goal, &look, &mut memory)
    };
    let left = |step: Step| match step {
        Step::Wait { time_left, .. } => time_left.as_secs() / 60,
        step => panic!("{step:?}"),
    };
    assert_eq!(left(next("A1 B2 c3", 0)), 15);
    assert_eq!(words(&next("A1 B2 c3", 14)), "deregister i-1");
    assert_eq!(left(next("A1- B2 c3", 1)), 14);
    assert_eq!(words(&next("A1- B2 c3", 1)), "terminate i-1");
    assert_eq!(left(next("a4? B2 c3", 10)), 3);
    assert_eq!(left(next("a4 B2 c3", 2)), 1);
    // Ready in the last moment is in time.
    assert_eq!(words(&next("a4 B2 c3", 1)), "deregister i-2");
    assert_eq!(left(next("a4 B2- c3", 1)), 14);
}

#[test]
fn zones_given_up_and_sizes_don_t_depend_on_the_order_of_instances() {
    let goal = goal("ab", 3);
    let mut look = group(&goal, "A1 A2 B3 c4 b5~");
    let step = verdict(&goal, &look);
    look.instances.reverse();
    assert_eq!(verdict(&goal, &look), step);
    let zones: BTreeSet<_> = look.instances.iter().map(|i| i.zone.clone()).collect();
    assert_eq!(zones.len(), 3);
}
