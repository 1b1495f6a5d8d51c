//! Rolls and resizes of a control plane under a real terraform, against the emulator: each scenario
//! ends as `docs/rollouts.md` says, and no node is taken that the quorum needs.
//!
//! `KUBEHA_WRITE_TABLE=1` writes what was seen into that page instead of comparing with it;
//! `KUBEHA_ALL_POINTS=1` also kills after each write.

// A failed assumption here is a failed test.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing
)]

mod bad_input;
mod cluster;
mod kills;
mod refreshes;
mod resizes;
mod rolls;
mod table;
mod watch;

use std::sync::Mutex;

use table::Row;

/// What each scenario plays, in the order of the page.
const SCENARIOS: &[fn() -> Row] = &[
    rolls::three_nodes,
    rolls::five_nodes,
    rolls::the_last_one_is_last,
    rolls::a_zone_is_left,
    rolls::throttled,
    rolls::interrupted,
    rolls::a_successor_that_never_gets_healthy,
    rolls::a_node_that_fails_meanwhile,
    rolls::a_zone_that_dies_meanwhile,
    rolls::the_only_node,
    resizes::one_to_three,
    resizes::three_to_five,
    resizes::five_to_three,
    resizes::three_to_one,
    resizes::growing_and_replacing,
    refreshes::by_aws,
    refreshes::cancelled,
    refreshes::found_running,
];

/// Those of many runs each.
const KILLS: &[fn() -> Row] = &[kills::three_nodes, kills::five_nodes, kills::shrinking];

/// Scenarios mostly wait, so more of them than there are cores go on at once.
const AT_ONCE: usize = 9;

#[test]
fn every_scenario_ends_as_documented() {
    let all = std::env::var_os("KUBEHA_ALL_POINTS").is_some();
    let kills = if all { KILLS } else { &[] };
    let scenarios: Vec<_> = SCENARIOS.iter().chain(kills).collect();
    let turn = Mutex::new(0..scenarios.len());
    let rows = Mutex::new(Vec::new());
    std::thread::scope(|scope| {
        for _ in 0..AT_ONCE {
            scope.spawn(|| {
                loop {
                    let next = turn.lock().unwrap().next();
                    let Some(at) = next else { break };
                    let row = scenarios[at]();
                    eprintln!("{row}");
                    rows.lock().unwrap().push((at, row));
                }
            });
        }
    });
    let mut rows = rows.into_inner().unwrap();
    rows.sort_by_key(|(at, _)| *at);
    let rows: Vec<_> = rows.into_iter().map(|(_, row)| row).collect();
    table::is_documented(&rows, all);
}

/// One kill in the middle of a roll, when a node is out. Each of them is for the page.
#[test]
fn a_roll_that_is_killed_is_gone_on_with() {
    kills::in_the_middle();
}
