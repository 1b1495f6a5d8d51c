//! An AWS that throttles, fails, lags, hangs and talks nonsense, while a whole cluster is made,
//! changed and destroyed.

use std::time::Duration;

use kubeha_tests::lifecycle::faults::{disturbed, troubled_writes_on};
use kubeha_tests::lifecycle::{Phase, Points, Scene};
use kubeha_tests::proxy::{Failure, Fault, Malformed, On};
use serde_json::json;

use crate::retries;
use crate::scene::{course, finish, scene, scenes};

const PHASES: [Phase; 3] = [Phase::Create, Phase::Update, Phase::Destroy];

/// A whole life while so many of all calls are throttled. Nothing fails, and nobody storms.
fn throttled(chance: f64) {
    for phase in PHASES {
        let when = format!("{phase:?}, {chance} of all calls throttled");
        let (course, scene) = (course(phase), scene());
        scene.prepare(phase);
        let fault = Fault::Fail(Failure::throttled());
        scene.proxy.fault(On::any().chance(chance, 8), fault);
        let outcome = finish(phase.start(&scene));
        assert_eq!(outcome.code(), Some(0), "{when}: {outcome}");
        let calls = scene.proxy.calls();
        scene.calm();
        if phase == Phase::Destroy {
            scene.nothing_left(&when);
        } else {
            course.is_there(&scene, &when);
        }
        retries::are_few(course, &calls, chance, &when);
        retries::are_spaced(&calls, &when);
    }
}

#[test]
#[ignore = "more trouble: make test-all"]
fn a_tenth_of_all_calls_throttled_delays_and_nothing_else() {
    throttled(0.1);
}

#[test]
#[ignore = "more trouble: make test-all"]
fn a_third_of_all_calls_throttled_delays_and_nothing_else() {
    throttled(0.3);
}

#[test]
#[ignore = "more trouble: make test-all"]
fn three_fifths_of_all_calls_throttled_delay_and_nothing_else() {
    throttled(0.6);
}

/// Operations meet a fault at every so many calls. They end well, or with a clear error, and the next
/// run repairs what is left.
fn met(name: &str, every: u64, fault: &Fault) {
    for phase in PHASES {
        let when = format!("{phase:?}, {name} at every {every}th call");
        let (course, scene) = (course(phase), scene());
        scene.prepare(phase);
        let on = On::any().every(every.try_into().unwrap());
        scene.proxy.fault(on, fault.clone());
        let survived = disturbed(&scene, course, &when);
        let end = if survived { "passed" } else { "was repaired" };
        eprintln!("{when}: {end}");
    }
}

#[test]
#[ignore = "more trouble: make test-all"]
fn errors_inside_aws_are_survived() {
    met("500", 5, &Fault::Fail(Failure::internal()));
    met("503", 5, &Fault::Fail(Failure::unavailable()));
    met(
        "503 after the effect",
        7,
        &Fault::FailAfter(Failure::unavailable()),
    );
}

#[test]
#[ignore = "more trouble: make test-all"]
fn broken_connections_are_survived() {
    met("a reset", 5, &Fault::ResetBefore);
    met("a reset after the effect", 7, &Fault::ResetAfter);
}

#[test]
#[ignore = "more trouble: make test-all"]
fn answers_that_never_come_are_survived() {
    // A client gives up after a minute.
    let long = Duration::from_secs(90);
    met("no answer", 60, &Fault::Hang(long));
    met("no answer after the effect", 60, &Fault::HangAfter(long));
}

#[test]
#[ignore = "more trouble: make test-all"]
fn malformed_answers_end_clearly_and_are_repaired() {
    for (name, kind) in [
        ("half a body", Malformed::Truncated),
        ("a connection cut off", Malformed::CutOff),
        ("garbage", Malformed::Garbage),
        ("another document", Malformed::Alien),
        ("an empty body", Malformed::Empty),
    ] {
        met(name, 11, &Fault::Malformed(kind));
    }
}

#[test]
#[ignore = "more trouble: make test-all"]
fn stale_reads_are_survived_or_repaired() {
    met("a stale read", 3, &Fault::Stale);
}

#[test]
#[ignore = "more trouble: make test-all"]
fn trouble_with_any_write_is_survived_or_repaired() {
    for phase in PHASES {
        troubled_writes_on(scenes(phase), course(phase), Points::All);
    }
}

/// What a load balancer leaves behind holds its subnets and groups for an hour.
#[test]
#[ignore = "more trouble: make test-all"]
fn a_dependency_that_lingers_is_waited_for() {
    let scene = scene();
    scene.prepare(Phase::Destroy);
    scene
        .account
        .set(json!({ "interface_linger_seconds": 3600 }));
    finish(Phase::Destroy.start(&scene)).succeeds();
    scene.nothing_left("after an hour");
}
