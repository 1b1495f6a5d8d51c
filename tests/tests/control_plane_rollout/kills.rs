//! SIGKILL of provider and terraform after each write of a roll or a resize: the next apply goes on
//! where it was.

use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use kubeha_tests::lifecycle::kill;

use crate::cluster::{Cluster, Wanted};
use crate::table::Row;

/// How many points are tried at once.
const AT_ONCE: usize = 4;

pub(crate) fn three_nodes() -> Row {
    let three = Wanted::of(3);
    let (from, to) = (
        three,
        Wanted {
            version: "two",
            ..three
        },
    );
    killed("a new version, killed after each write", "3", from, to)
}

pub(crate) fn five_nodes() -> Row {
    let five = Wanted::of(5);
    let (from, to) = (
        five,
        Wanted {
            version: "two",
            ..five
        },
    );
    killed("a new version, killed after each write", "5", from, to)
}

pub(crate) fn shrinking() -> Row {
    let (from, to) = (Wanted::of(5), Wanted::of(3));
    killed("fewer nodes, killed after each write", "5 -> 3", from, to)
}

fn killed(scenario: &'static str, nodes: &'static str, from: Wanted, to: Wanted) -> Row {
    let undisturbed = Cluster::new(from);
    undisturbed.write(to);
    undisturbed.stage.apply().succeeds();
    let (writes, ended) = (undisturbed.writes(), undisturbed.ended().len());
    let points: Vec<usize> = (1..=writes).collect();
    let tried = points.len();
    let fewest = AtomicUsize::new(usize::MAX);
    let left = Mutex::new(points);
    std::thread::scope(|scope| {
        for _ in 0..AT_ONCE {
            scope.spawn(|| {
                loop {
                    let next = left.lock().unwrap().pop();
                    let Some(nth) = next else { break };
                    fewest.fetch_min(killed_at(nth, from, to, ended), Ordering::Relaxed);
                }
            });
        }
    });
    Row {
        scenario,
        nodes,
        fewest: fewest.into_inner(),
        writes: Some(writes),
        outcome: format!(
            "{tried} of {tried} kills: the next apply reached the end, nobody replaced twice"
        ),
    }
}

/// The sixth write ends the second node of three, the fifth has taken it out.
pub(crate) fn in_the_middle() {
    let three = Wanted::of(3);
    let to = Wanted {
        version: "two",
        ..three
    };
    assert!(killed_at(5, three, to, 3) >= 2);
}

/// Returns the fewest healthy nodes that there were.
fn killed_at(nth: usize, from: Wanted, to: Wanted, ended: usize) -> usize {
    let cluster = Cluster::new(from);
    cluster.write(to);
    let watch = cluster.watch();
    let nth = u64::try_from(nth).unwrap();
    kill::after_write(&cluster.stage, &["apply", "-auto-approve"], nth);
    cluster.stage.apply().succeeds();
    assert_eq!(cluster.ended().len(), ended, "killed after write {nth}");
    let fewest = watch.fewest();
    cluster.is_reached(to.size);
    fewest
}
