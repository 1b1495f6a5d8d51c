//! Checks the decisions against everything that can happen, in a small model of an Auto Scaling
//! group: each order of events, with the provider killed at any moment and looks that are out of
//! date. Within the bounds of each scenario nothing is left out.
//!
//! In the model a step that AWS, nodes or the provider can take is taken from every state found,
//! until there is no new one. Three things are asked of what was found. No step of the provider
//! breaks an invariant (`invariants.rs`), judged by what is and not by what it sees. No process
//! goes on for ever: without kills no state comes twice. And from each state, once faults are
//! over, the goal can be reached; moreover, one run of the provider does reach it if all behave.
//!
//! `KUBEHA_ALL_POINTS=1` explores the large scenarios too.

#![expect(
    clippy::cast_possible_truncation,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "all of this is a test, and a failed assumption a failed one"
)]

mod digest;
mod explorer;
mod graph;
mod invariants;
mod policies;
mod scenario;
mod world;

use std::env;

use explorer::{Policy, Violation, explore, explore_good_days};
use rollout::decide;
use scenario::Scenario;

/// Whether etcd keeps its quorum in a scenario, whatever happens. One and two members count as
/// keeping it where the user gave leave for an outage.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Quorum {
    Kept,
    /// A fault that comes while a node is out is one too many.
    MayBeLost,
}

use Quorum::{Kept, MayBeLost};

const ROLLS: &[(Scenario, Quorum)] = &[
    (
        Scenario::new("roll 1", "A", "a", 1)
            .with_outage_allowed()
            .with_faults(1),
        Kept,
    ),
    (Scenario::new("roll 3", "ABC", "abc", 3), Kept),
    (
        Scenario::new("roll 3", "ABC", "abc", 3).with_faults(1),
        MayBeLost,
    ),
    (Scenario::new("roll 3 in 2 zones", "AAB", "ab", 3), Kept),
    (
        Scenario::new("go on with 1 of 3", "abC", "abc", 3).with_faults(1),
        MayBeLost,
    ),
    (
        Scenario::new("roll 3, i-0 last", "ABC", "abc", 3).with_last(0),
        Kept,
    ),
    (Scenario::new("roll 5", "ABCDE", "abcde", 5), Kept),
    (
        Scenario::new("roll 2 of 5", "abcDE", "abcde", 5).with_faults(1),
        Kept,
    ),
];

const RESIZES: &[(Scenario, Quorum)] = &[
    (
        Scenario::new("grow 1 to 3", "a", "abc", 3).with_faults(1),
        MayBeLost,
    ),
    (Scenario::new("grow 1 to 3 and roll", "A", "abc", 3), Kept),
    (
        Scenario::new("grow 1 to 3 and roll, outage allowed", "A", "abc", 3)
            .with_outage_allowed()
            .with_faults(1),
        MayBeLost,
    ),
    (
        Scenario::new("grow 3 to 5", "abc", "abcde", 5).with_faults(1),
        Kept,
    ),
    (Scenario::new("grow 3 to 7", "abc", "abcdefg", 7), Kept),
    (Scenario::new("shrink 7 to 3", "abcdefg", "abc", 3), Kept),
    (Scenario::new("shrink 5 to 3", "abcab", "abc", 3), Kept),
    (
        Scenario::new("shrink 5 to 3 and roll", "ABCAB", "abc", 3),
        Kept,
    ),
    (
        Scenario::new("go on shrinking 4 to 3", "ABca", "abc", 3).with_faults(1),
        MayBeLost,
    ),
    (
        Scenario::new("shrink 3 to 1", "abc", "a", 1)
            .with_outage_allowed()
            .with_faults(1),
        Kept,
    ),
    (
        Scenario::new("shrink 3 to 1 and roll", "ABC", "abc", 1).with_outage_allowed(),
        Kept,
    ),
];

const ZONES: &[(Scenario, Quorum)] = &[
    (Scenario::new("roll into a new zone", "AAB", "abc", 3), Kept),
    (
        Scenario::new("give up a zone", "abc", "ab", 3).with_faults(1),
        MayBeLost,
    ),
    (Scenario::new("give up two zones", "abc", "a", 3), Kept),
    (Scenario::new("move", "abc", "def", 3), Kept),
];

const LARGE: &[(Scenario, Quorum)] = &[
    (
        Scenario::new("roll 3 in 2 zones", "AAB", "ab", 3).with_faults(1),
        MayBeLost,
    ),
    (
        Scenario::new("go on with 1 of 3", "abC", "abc", 3).with_faults(2),
        MayBeLost,
    ),
    (
        Scenario::new("roll 3 of 5", "abCDE", "abcde", 5).with_faults(1),
        Kept,
    ),
    (
        Scenario::new("roll 2 of 7", "abcdeFG", "abcdefg", 7).with_faults(1),
        Kept,
    ),
    (
        Scenario::new("grow 1 to 3 and roll", "A", "abc", 3).with_faults(1),
        MayBeLost,
    ),
    (
        Scenario::new("shrink 5 to 3", "abcab", "abc", 3).with_faults(1),
        MayBeLost,
    ),
    (
        Scenario::new("shrink 5 to 3 and roll", "AbCAB", "abc", 3).with_faults(1),
        MayBeLost,
    ),
    (
        Scenario::new("roll into a new zone", "AAB", "abc", 3).with_faults(1),
        MayBeLost,
    ),
    (
        Scenario::new("move", "abc", "def", 3).with_faults(1),
        MayBeLost,
    ),
];

#[test]
fn rolls() {
    explore_all(ROLLS);
}

#[test]
fn resizes() {
    explore_all(RESIZES);
}

#[test]
fn zones() {
    explore_all(ZONES);
}

#[test]
fn large() {
    if env::var_os("KUBEHA_ALL_POINTS").is_some() {
        explore_all(LARGE);
    }
}

fn explore_all(scenarios: &[(Scenario, Quorum)]) {
    for (scenario, quorum) in scenarios {
        let Scenario { name, faults, .. } = scenario;
        let found = match explore(scenario, decide) {
            Ok(found) => found,
            Err(violation) => panic!("{name}: {}", tell(&violation)),
        };
        println!(
            "| {name} | {faults} | {} | {} | {} |",
            found.worlds, found.states, found.transitions
        );
        let kept = if found.without_quorum == 0 {
            Kept
        } else {
            MayBeLost
        };
        assert_eq!(kept, *quorum, "{name}: {found:?}");
    }
}

#[test]
fn good_days_end_well() {
    for (scenario, _) in ROLLS.iter().chain(RESIZES).chain(ZONES).chain(LARGE) {
        if let Err(violation) = explore_good_days(scenario, decide) {
            panic!("{}: {}", scenario.name, tell(&violation));
        }
    }
}

#[test]
fn wrong_policies_are_caught() {
    const ROLL: Scenario = Scenario::new("roll 3", "ABC", "abc", 3);
    const GROW: Scenario = Scenario::new("grow 1 to 3", "a", "abc", 3);
    const SHRINK: Scenario = Scenario::new("shrink 5 to 3", "abcab", "abc", 3);
    let wrong: &[(&str, Policy, Scenario, &str)] = &[
        (
            "blind to health",
            policies::blind_to_health,
            ROLL,
            "i-3 isn't healthy",
        ),
        (
            "blind to traffic",
            policies::blind_to_traffic,
            ROLL,
            "out by our doing",
        ),
        ("hasty", policies::hasty, ROLL, "isn't stable"),
        (
            "reckless",
            policies::reckless,
            Scenario::new("roll 1", "A", "a", 1),
            "leaves 0 of 1",
        ),
        ("abrupt", policies::abrupt, ROLL, "before it is drained"),
        (
            "no drain delay",
            policies::without_drain_delay,
            ROLL,
            "without drain_delay",
        ),
        (
            "no minimum",
            policies::without_minimum,
            SHRINK,
            "AWS refuses Terminate",
        ),
        ("forgetful", policies::forgetful, ROLL, "go on for ever"),
        ("all at once", policies::all_at_once, ROLL, "isn't stable"),
        (
            "soon content",
            policies::soon_content,
            ROLL,
            "done before all nodes are healthy",
        ),
        ("patient", policies::patient, ROLL, "go on for ever"),
        (
            "unforgiving",
            policies::unforgiving,
            ROLL.with_faults(1),
            "can't be reached",
        ),
        (
            "shrinking",
            policies::shrinking,
            ROLL,
            "shrinks below its goal",
        ),
        (
            "by desired size",
            policies::by_desired_size,
            SHRINK,
            "told to choose",
        ),
        (
            "grows at once",
            policies::grows_at_once,
            GROW,
            "grows by more than one",
        ),
        (
            "blames templates",
            policies::blames_templates,
            ROLL.with_faults(1),
            "go on for ever",
        ),
        (
            "no order",
            policies::without_order,
            ROLL.with_last(0),
            "before its turn",
        ),
        (
            "forgets whom",
            policies::forgets_whom,
            ROLL,
            "can't be reached",
        ),
    ];
    for (name, policy, scenario, what) in wrong {
        match explore(scenario, *policy) {
            Ok(found) => panic!("{name} passes: {found:?}"),
            Err(violation) => {
                assert!(
                    violation.what.contains(what),
                    "{name}: {}",
                    tell(&violation)
                );
            }
        }
    }
}

fn tell(violation: &Violation) -> String {
    let way: String = violation
        .way
        .iter()
        .map(|how| format!("\n  {how:?}"))
        .collect();
    format!("{}; the way there:{way}", violation.what)
}
