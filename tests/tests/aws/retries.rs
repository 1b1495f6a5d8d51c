//! How throttled calls are repeated. A machine that is slow only makes pauses longer.

use std::time::Duration;

use kubeha_tests::emulator::Emulator;
use kubeha_tests::proxy::{Call, Failure, Fault, On, Proxy};

use super::{World, block_on};

/// Asks for six roles at the same time, while the first calls are throttled. Returns the time from
/// each throttled call to its repetition.
fn pauses(throttled: u64, failure: Failure) -> Vec<Duration> {
    let emulator = Emulator::shared();
    let proxy = Proxy::start(emulator.url()).unwrap();
    let world = World::behind(&proxy.url(), emulator.account());
    proxy.fault(On::any().times(throttled), Fault::Fail(failure));
    block_on(async {
        let iam = world.clients.iam().await.unwrap();
        let (a, b, c, d, e, f) = tokio::join!(
            iam.role("a"),
            iam.role("b"),
            iam.role("c"),
            iam.role("d"),
            iam.role("e"),
            iam.role("f"),
        );
        for found in [a, b, c, d, e, f] {
            assert_eq!(found.unwrap(), None);
        }
    });
    let calls = proxy.calls();
    assert_eq!(u64::try_from(calls.len()).unwrap(), 6 + throttled);
    let throttled = calls.iter().filter(|call| call.faulted.is_some());
    throttled.map(|call| again(&calls, call)).collect()
}

fn again(calls: &[Call], call: &Call) -> Duration {
    let later = calls.iter().filter(|other| other.index > call.index);
    let mut alike = later.filter(|other| other.parameters == call.parameters);
    let repetition = alike.next().expect("it is repeated");
    repetition.started - call.started
}

#[test]
fn each_repetition_waits_its_own_time() {
    let mut pauses = pauses(12, Failure::throttled());
    // Up to a second after the first try, up to two after the second.
    let mean = pauses.iter().sum::<Duration>() / 12;
    assert!(mean > Duration::from_millis(200), "{pauses:?}");
    pauses.sort();
    let (least, most) = (pauses[0], pauses[11]);
    assert!(most > least + Duration::from_millis(100), "{pauses:?}");
}

#[test]
fn the_time_that_aws_asks_for_is_waited() {
    let asked = Duration::from_millis(1500);
    let failure = Failure::throttled().with_retry_after(asked);
    let pauses = pauses(6, failure);
    assert!(pauses.iter().all(|pause| *pause >= asked), "{pauses:?}");
}
