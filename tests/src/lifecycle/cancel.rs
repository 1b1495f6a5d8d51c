//! Ctrl-C while an operation waits: it stops at once, what exists stays in the state, and the next
//! run finishes it.

use std::time::Duration;

use super::{Course, Lifecycle, Phase, Points, Scene, Size, Stage, Waiting, desk};
use crate::Signal;
use crate::emulator::Lag;
use crate::proxy::{Call, On};

/// Interrupts waits in the middle of a look that AWS doesn't answer: one of each operation, or all if
/// `KUBEHA_ALL_POINTS` is set.
///
/// # Panics
/// Terraform goes on waiting, loses what exists, or can't finish later.
pub fn cancel(subject: &'static Lifecycle) {
    for phase in [Phase::Create, Phase::Update, Phase::Destroy] {
        let waits = subject.waits.iter().filter(|one| one.phase == phase);
        let chosen = Points::Spread(1).of(waits.collect());
        if !chosen.is_empty() {
            let course = Course::of(subject, phase);
            for waiting in chosen {
                interrupt(subject, course, waiting);
            }
        }
    }
}

#[track_caller]
fn interrupt(subject: &'static Lifecycle, course: &Course, waiting: &Waiting) {
    let when = format!(
        "{:?}, stopped while waiting {}",
        waiting.phase, waiting.what
    );
    let nth = nth_look(&course.calls, waiting);
    let stage = Stage::new(subject);
    stage.prepare(waiting.phase);
    let gate = stage.proxy.hold_before(On::action(waiting.polls).nth(nth));
    let running = waiting.phase.start(&stage);
    let held = gate.wait(Duration::from_secs(60));
    assert!(held.is_some(), "{when}: it doesn't wait");
    running.signal_group(Signal::INT);
    // The gate stays shut: only the interrupt can end the wait.
    let outcome = desk::finish(running);
    assert_eq!(outcome.code(), Some(1), "{when}: {outcome}");
    let outcome = outcome.says("Interrupt received.");
    assert!(
        stage.in_state().is_some(),
        "{when}: the state has lost it\n{outcome}"
    );
    if waiting.phase != Phase::Destroy {
        assert!(
            outcome.text().contains("You stopped it."),
            "{when}: {outcome}"
        );
    }
    gate.reset();
    course.is_reached(&stage, &when);
}

/// Interrupts a create between a call of this action, its first, and the answer: what was made is in
/// the state, so a destroy leaves nothing of it.
///
/// # Panics
/// The state has lost it.
pub fn cancel_in_flight(subject: &'static Lifecycle, action: &str) {
    in_flight(subject, action, 0, TOLD);
}

/// The same, where the next so many reads of that service don't show yet what the call made.
///
/// # Panics
/// As [`cancel_in_flight`] does.
pub fn cancel_in_flight_unseen(subject: &'static Lifecycle, action: &str, reads: u64) {
    in_flight(subject, action, reads, TOLD);
}

/// The same, where the call takes longer than the create may go on after the interrupt: it is the last.
///
/// # Panics
/// As [`cancel_in_flight`] does, or there is another call.
pub fn cancel_in_slow_call(subject: &'static Lifecycle, action: &str) {
    let more = in_flight(subject, action, 0, HALTED);
    assert_eq!(more, [""; 0], "there are calls after the interrupt");
}

/// Returns the calls that follow the interrupt.
fn in_flight(subject: &'static Lifecycle, action: &str, reads: u64, told: &str) -> Vec<String> {
    let when = format!("stopped in the middle of {action}, seen after {reads} reads");
    let mut stage = Stage::new(subject);
    if reads > 0 {
        stage.account.lag(action, Lag::Calls(reads));
    }
    let log = stage.log_to_a_file();
    stage.configure(Size::Full);
    let gate = stage.proxy.hold_after(On::action(action).nth(1));
    let mut running = stage.start(&["apply", "-auto-approve"]);
    let held = gate.wait(Duration::from_secs(60));
    assert!(held.is_some(), "{when}: it isn't called");
    running.signal_group(Signal::INT);
    // The provider has been told, and has dropped what it drops then.
    running.wait_until("the provider was told to stop", || {
        std::fs::read_to_string(&log).is_ok_and(|log| log.contains(told))
    });
    let before = stage.proxy.calls().len();
    gate.release();
    let outcome = desk::finish(running);
    assert_eq!(outcome.code(), Some(1), "{when}: {outcome}");
    let outcome = outcome.says("You stopped it.");
    assert!(
        stage.in_state().is_some(),
        "{when}: the state has lost it\n{outcome}"
    );
    let calls = stage.proxy.calls();
    let more = calls.iter().skip(before).map(|call| call.action.clone());
    let more = more.collect();
    stage.calm();
    stage.destroy().succeeds();
    stage.nothing_left(&when);
    more
}

/// What the provider logs when Terraform tells it to stop.
const TOLD: &str = "stopping: operations end as soon as they can";
/// What it logs when it has gone on for as long as it may.
const HALTED: &str = "stopped: no further call is made";

/// The wait's first look: which call of its action it is in the whole operation.
#[track_caller]
fn nth_look(calls: &[Call], waiting: &Waiting) -> u64 {
    let (begins, _) = calls
        .iter()
        .enumerate()
        .filter(|(_, call)| call.action == waiting.after)
        .nth(waiting.nth - 1)
        .unwrap_or_else(|| panic!("{} is not called so often", waiting.after));
    let looks = |calls: &[Call]| {
        let looks = calls.iter().filter(|call| call.action == waiting.polls);
        u64::try_from(looks.count()).expect("a small number")
    };
    assert!(
        looks(&calls[begins..]) > 0,
        "{} is never called after it",
        waiting.polls
    );
    looks(&calls[..begins]) + 1
}
