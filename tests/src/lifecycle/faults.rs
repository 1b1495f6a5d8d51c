//! An AWS that throttles, fails and lags: an operation gets to its end, or says clearly that it
//! didn't and the next one does.

use std::collections::BTreeSet;

use serde_json::json;

use super::{Course, Lifecycle, Phase, Points, Scene, Size, Stage, desk};
use crate::Outcome;
use crate::proxy::{Failure, Fault, On};

/// Throttles a third of all calls through a whole life.
///
/// # Panics
/// An operation fails.
pub fn throttled(subject: &'static Lifecycle, seed: u64) {
    let stage = Stage::new(subject);
    let fault = Fault::Fail(Failure::throttled());
    stage.proxy.fault(On::any().chance(0.3, seed), fault);
    for size in [Size::Full, Size::Changed] {
        stage.configure(size);
        stage.apply().succeeds();
        stage.plan_is_empty("throttled");
    }
    stage.destroy().succeeds();
    let calls = stage.proxy.calls();
    let met = calls.iter().filter(|call| call.faulted.is_some()).count();
    assert!(
        met * 5 > calls.len(),
        "{met} of {} calls were throttled",
        calls.len()
    );
    stage.nothing_left("destroyed while throttled");
}

/// What becomes of one call, before or after it had its effect.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trouble {
    /// The connection is reset before the effect.
    ResetBefore,
    /// The connection is reset after the effect.
    ResetAfter,
    /// 500 instead of the effect.
    Internal,
    /// 503 though it had its effect.
    UnavailableAfter,
}

impl Trouble {
    /// All of them.
    pub const ALL: [Self; 4] = [
        Self::ResetBefore,
        Self::ResetAfter,
        Self::Internal,
        Self::UnavailableAfter,
    ];

    fn fault(self) -> Fault {
        match self {
            Self::ResetBefore => Fault::ResetBefore,
            Self::ResetAfter => Fault::ResetAfter,
            Self::Internal => Fault::Fail(Failure::internal()),
            Self::UnavailableAfter => Fault::FailAfter(Failure::unavailable()),
        }
    }
}

/// Gives each write of an operation each trouble, one at a time.
///
/// # Panics
/// The operation fails without a clear error, or the next one doesn't repair what is left.
pub fn troubled_writes(subject: &'static Lifecycle, phase: Phase, points: Points) {
    troubled_writes_on(|| Stage::new(subject), Course::of(subject, phase), points);
}

/// The same, each on a scene of its own.
///
/// # Panics
/// As [`troubled_writes`] does.
pub fn troubled_writes_on<S: Scene>(scene: impl Fn() -> S, course: &Course, points: Points) {
    let phase = course.phase;
    let writes: Vec<_> = course.writes().map(|call| &call.action).collect();
    let all = Trouble::ALL.iter().flat_map(|trouble| {
        let of = writes.len();
        (1..=of).map(move |nth| (*trouble, nth))
    });
    let chosen = points.of(all.collect());
    let (mut survived, tried) = (0, chosen.len());
    for (trouble, nth) in chosen {
        let when = format!(
            "{phase:?}, {trouble:?} at write {nth} ({})",
            writes[nth - 1]
        );
        let scene = scene();
        scene.prepare(phase);
        let nth = u64::try_from(nth).expect("a small number");
        scene.proxy().fault(On::writes().nth(nth), trouble.fault());
        survived += usize::from(disturbed(&scene, course, &when));
    }
    eprintln!("{phase:?}: {tried} troubled writes, {survived} without an error");
}

/// Runs an operation that meets a fault, and then undisturbed. Returns whether the first run
/// succeeded.
///
/// # Panics
/// It meets none, fails without a clear error, or the next run doesn't repair what is left.
#[track_caller]
pub fn disturbed(scene: &impl Scene, course: &Course, when: &str) -> bool {
    let outcome = scene.finish(course.phase.start(scene));
    let calls = scene.proxy().calls();
    let met = calls.iter().any(|call| call.faulted.is_some());
    assert!(met, "{when}: no such call");
    let survived = succeeded_or_said_why(&outcome, when);
    course.is_reached(scene, when);
    survived
}

/// After a write of a create, lets the reads lag behind it for a while.
///
/// # Panics
/// The create fails without a clear error, or the next one doesn't repair what is left.
pub fn stale_reads(subject: &'static Lifecycle, reads: u64) {
    let course = Course::of(subject, Phase::Create);
    let (mut survived, mut tried) = (0, 0);
    // It is the first call of an action that the reads lag behind.
    let writes: BTreeSet<_> = course.writes().map(|call| call.action.as_str()).collect();
    for action in Points::Spread(1).of(Vec::from_iter(writes)) {
        let when = format!("{reads} stale reads after {action}");
        let stage = Stage::new(subject);
        stage.prepare(Phase::Create);
        let lag = json!({ "action": action, "calls": reads });
        stage.account.command("lag", lag);
        let outcome = desk::finish(Phase::Create.start(&stage));
        survived += usize::from(succeeded_or_said_why(&outcome, &when));
        tried += 1;
        course.is_reached(&stage, &when);
    }
    eprintln!("{tried} creates with stale reads, {survived} without an error");
}

/// Whether it succeeded; else it must have failed with an error of ours.
///
/// # Panics
/// It did neither.
#[track_caller]
pub fn succeeded_or_said_why(outcome: &Outcome, when: &str) -> bool {
    if outcome.code() == Some(0) {
        return true;
    }
    assert_eq!(outcome.code(), Some(1), "{when}: {outcome}");
    let said = outcome.text();
    assert!(said.contains("Error: "), "{when}: no error\n{outcome}");
    for defect in [
        "The provider has a defect",
        "Provider produced",
        "did not respond",
        "panicked",
    ] {
        assert!(!said.contains(defect), "{when}: {defect}\n{outcome}");
    }
    false
}
