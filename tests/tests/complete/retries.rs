//! How calls are repeated while AWS throttles, told from what the proxy saw. A machine that is slow
//! only makes pauses longer.

use std::time::Duration;

use kubeha_tests::lifecycle::Course;
use kubeha_tests::proxy::Call;

/// Asserts that writes were tried about as often as so much throttling makes necessary: each as often
/// as it takes, and not more.
#[track_caller]
pub(crate) fn are_few(course: &Course, calls: &[Call], chance: f64, when: &str) {
    let needed = course.writes().count() as f64;
    let made = calls.iter().filter(|call| !call.is_read()).count() as f64;
    let bound = 1.5 * needed / (1.0 - chance) + 10.0;
    eprintln!(
        "{when}: {made} writes, {needed} needed, {} calls in all",
        calls.len()
    );
    assert!(made <= bound, "{when}: {made} writes, {bound} at most");
}

/// Asserts that calls that were throttled aren't repeated at once, and that not all wait alike.
#[track_caller]
pub(crate) fn are_spaced(calls: &[Call], when: &str) {
    let pauses = pauses(calls);
    let count = u32::try_from(pauses.len()).unwrap();
    assert!(count > 5, "{when}: only {count} repetitions");
    let mean = pauses.iter().sum::<Duration>() / count;
    let (least, most) = (pauses.iter().min().unwrap(), pauses.iter().max().unwrap());
    eprintln!("{when}: {count} repetitions, each after {mean:?} on average, {least:?} to {most:?}");
    // The first is after up to a second, each further one after up to twice as long.
    assert!(mean > Duration::from_millis(250), "{when}: {mean:?}");
    assert!(*most > *least * 2, "{when}: no jitter");
}

/// From each throttled call to its repetition.
fn pauses(calls: &[Call]) -> Vec<Duration> {
    let mut pauses = Vec::new();
    for (at, call) in calls.iter().enumerate() {
        if call.faulted.is_none() {
            continue;
        }
        let is_it_again =
            |other: &&Call| other.action == call.action && other.parameters == call.parameters;
        if let Some(again) = calls[at + 1..].iter().find(is_it_again) {
            pauses.push(again.started - call.started);
        }
    }
    pauses
}
