//! Ctrl-C once and twice, and SIGTERM, while a whole cluster is planned, made, changed and
//! destroyed.

use std::time::{Duration, Instant};

use kubeha_tests::lifecycle::{Phase, Points, Scene};
use kubeha_tests::proxy::{Latency, On};
use kubeha_tests::{Outcome, Running, Signal};

use crate::scene::{course, finish, scenes};

/// About as long as AWS takes for a call, from when terraform is stopped on.
const LATENCY: Latency = Latency {
    fixed: Duration::from_millis(200),
    jitter: Duration::ZERO,
    seed: 0,
};

/// How somebody stops terraform.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stop {
    /// In the terminal: terraform and the provider get it.
    CtrlC,
    /// Terraform then ends at once, whatever is in progress.
    CtrlCTwice,
    /// A supervisor signals terraform alone.
    Terminate,
}

impl Stop {
    fn signal(self, running: &mut Running) {
        match self {
            Self::Terminate => running.signal(Signal::TERM),
            Self::CtrlC | Self::CtrlCTwice => running.signal_group(Signal::INT),
        }
        // Where all that it does is look, it may end before it has said so.
        let runs = running.runs_until_it_says("Interrupt received.");
        if runs && self == Self::CtrlCTwice {
            running.signal_group(Signal::INT);
        }
    }
}

/// Stops terraform while a call is in progress that has had its effect, at points of an operation.
/// Nothing is orphaned: the next run goes on from there, and gets to where it always does.
fn stopped(phase: Phase, stop: Stop, points: Points) {
    let course = course(phase);
    let scenes = scenes(phase);
    let chosen = points.of((1..=course.calls.len()).collect());
    let (mut took, mut given_up) = (Vec::new(), 0);
    for nth in &chosen {
        let when = format!(
            "{phase:?}, {stop:?} in call {nth} ({})",
            course.calls[nth - 1].action
        );
        let scene = scenes();
        scene.prepare(phase);
        let on = On::any().nth(u64::try_from(*nth).unwrap());
        let gate = scene.proxy.hold_after(on);
        let mut running = phase.start(&scene);
        let Some(_) = gate.wait(Duration::from_secs(120)) else {
            eprintln!("{when}: there are fewer calls this time");
            continue;
        };
        stop.signal(&mut running);
        scene.proxy.set_latency(LATENCY);
        let calls = scene.proxy.calls().len();
        let time = if stop == Stop::CtrlCTwice {
            // It ends while the call is in progress.
            let pid = running.pid();
            let (outcome, _) = ended(running);
            assert_eq!(outcome.code(), Some(1), "{when}: {outcome}");
            // What only looks has ended with the first already.
            given_up += usize::from(outcome.text().contains("Two interrupts received"));
            let answered = Instant::now();
            gate.release();
            group_is_gone(pid, &when);
            answered.elapsed()
        } else {
            gate.release();
            let (outcome, time) = ended(running);
            assert_eq!(outcome.code(), Some(1), "{when}: {outcome}");
            time
        };
        let more = scene.proxy.calls().len() - calls;
        took.push(time);
        course.is_reached(&scene, &when);
        eprintln!("{when}: ended after {time:.1?} and {more} more calls, converged");
    }
    assert_eq!(given_up > 0, stop == Stop::CtrlCTwice, "{phase:?}");
    report(phase, stop, took);
}

/// Waits for terraform's end, and says how long that took.
fn ended(running: Running) -> (Outcome, Duration) {
    let answered = Instant::now();
    (finish(running), answered.elapsed())
}

/// From the answer to the call that was in progress to the end of terraform, or of a provider whose
/// terraform is gone. A busy machine takes its time, so this is told and not asserted.
fn report(phase: Phase, stop: Stop, mut took: Vec<Duration>) {
    took.sort_unstable();
    if let (Some(least), Some(most)) = (took.first(), took.last()) {
        let middle = took[took.len() / 2];
        let count = took.len();
        eprintln!(
            "{phase:?}, {stop:?}: {count} converged; least, median, most until the end: \
             {least:.1?}, {middle:.1?}, {most:.1?}"
        );
    }
}

/// The provider sees that its terraform is gone, and ends.
#[track_caller]
fn group_is_gone(group: kubeha_tests::Pid, when: &str) {
    for _ in 0..1200 {
        if !kubeha_tests::group_exists(group) {
            return;
        }
        std::thread::sleep(Duration::from_millis(100));
    }
    panic!("{when}: the provider outlives terraform");
}

#[test]
fn ctrl_c_in_a_create_loses_nothing() {
    stopped(Phase::Create, Stop::CtrlC, Points::Spread(1));
}

#[test]
#[ignore = "all moments: make test-all"]
fn ctrl_c_in_any_call_of_a_create_loses_nothing() {
    stopped(Phase::Create, Stop::CtrlC, Points::All);
}

#[test]
#[ignore = "all moments: make test-all"]
fn ctrl_c_in_any_call_of_an_update_loses_nothing() {
    stopped(Phase::Update, Stop::CtrlC, Points::All);
}

#[test]
#[ignore = "all moments: make test-all"]
fn ctrl_c_in_any_call_of_a_destroy_loses_nothing() {
    stopped(Phase::Destroy, Stop::CtrlC, Points::All);
}

#[test]
#[ignore = "all moments: make test-all"]
fn ctrl_c_twice_in_any_call_is_repaired() {
    for phase in [Phase::Create, Phase::Update, Phase::Destroy] {
        stopped(phase, Stop::CtrlCTwice, Points::All);
    }
}

#[test]
#[ignore = "all moments: make test-all"]
fn sigterm_in_any_call_loses_nothing() {
    for phase in [Phase::Create, Phase::Update, Phase::Destroy] {
        stopped(phase, Stop::Terminate, Points::All);
    }
}
