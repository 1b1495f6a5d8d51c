//! An AWS that takes its time: an operation waits as long as it may, and says so when it gives up.

use std::time::Duration;

use serde_json::json;

use super::{Lifecycle, Size, Stage, desk};
use crate::Running;

/// What takes time, for so many virtual seconds. What the stage stands on was made before: enough
/// time has passed for all to see it.
fn take(stage: &Stage, seconds: u32) {
    stage
        .account
        .advance(Duration::from_secs(u64::from(seconds) + 1));
    stage.account.set(json!({
        "load_balancer_seconds": seconds,
        "dns_seconds": seconds,
        "nat_gateway_seconds": seconds,
        "launch_seconds": seconds,
        "terminate_seconds": seconds,
        "interface_linger_seconds": seconds,
        "iam_seconds": seconds,
    }));
}

/// Creates and destroys while AWS's clock stands still, until it has been looked at again and
/// again.
///
/// # Panics
/// An operation doesn't wait, or fails.
pub fn slow(subject: &'static Lifecycle) {
    let stage = Stage::new(subject);
    stage.account.set_clock_factor(0.0);
    take(&stage, 60);
    // What the resource stands on was there long before.
    stage.account.advance(Duration::from_secs(61));
    stage.configure(Size::Full);
    let polls: Vec<_> = subject.waits.iter().map(|waiting| waiting.polls).collect();
    let mut waited = 0;
    for command in ["apply", "destroy"] {
        stage.proxy.clear();
        let mut running = stage.start(&[command, "-auto-approve"]);
        while !running.has_ended() {
            let calls = stage.proxy.calls();
            let mut latest = calls.iter().rev().map(|call| call.action.as_str());
            let looks = (latest.next(), latest.next());
            if looks.0.is_some_and(|look| polls.contains(&look)) && looks.0 == looks.1 {
                // Twice the same look, and nothing else meanwhile: it waits.
                stage.proxy.clear();
                stage.account.advance(Duration::from_secs(61));
                waited += 1;
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        desk::finish(running).succeeds();
    }
    assert!(waited > 0, "nothing was waited for");
    stage.nothing_left("destroyed");
}

/// A create that gets too little time: the log tells what it waits for, it fails, the state has what
/// exists, and the next apply begins again.
///
/// # Panics
/// It waits on, loses what exists, or can't begin again.
pub fn gives_up(subject: &'static Lifecycle) {
    let stage = Stage::new(subject);
    stage.account.set_clock_factor(0.0);
    take(&stage, 3600);
    stage.account.advance(Duration::from_secs(3601));
    let arguments = stage.arguments(Size::Minimal);
    let patience = "timeouts {\n  create = \"5s\"\n}";
    stage.write(&stage.provider, &format!("{arguments}\n{patience}"));
    let log = stage.workspace().path("log");
    let mut apply = stage.workspace().command(&["apply", "-auto-approve"]);
    apply.env("TF_LOG", "INFO").env("TF_LOG_PATH", &log);
    let outcome = desk::finish(Running::start(apply)).fails();
    assert_waits_are_told(&std::fs::read_to_string(log).unwrap());
    assert!(
        outcome
            .text()
            .to_lowercase()
            .contains("gave up waiting for"),
        "{outcome}"
    );
    assert!(
        stage.in_state().is_some(),
        "the state has lost it\n{outcome}"
    );
    take(&stage, 0);
    stage.apply().succeeds();
    stage.plan_is_empty("begun again");
    stage.destroy().succeeds();
    stage.nothing_left("destroyed");
}

/// At INFO, with what is awaited, for how long, and its state; and what stays the same only once, since
/// this is over in less than half a minute.
#[track_caller]
fn assert_waits_are_told(log: &str) {
    let told: Vec<(&str, &str)> = log
        .lines()
        .filter(|line| line.contains("[INFO]"))
        .filter_map(|line| line.split_once(": waiting for "))
        .map(|(_, told)| {
            let (awaited, state) = told.split_once(" s: ").expect(told);
            let (what, seconds) = awaited.rsplit_once(" for ").expect(told);
            assert!(seconds.parse::<u64>().is_ok(), "{told}");
            (what, state)
        })
        .collect();
    assert!(!told.is_empty(), "no wait is told:\n{log}");
    let mut changes = told.clone();
    changes.dedup();
    assert_eq!(told, changes, "the same is told again");
}
