//! Replacing nodes one at a time.

use std::time::Duration;

use kubeha_tests::Signal;
use kubeha_tests::emulator::Checks;
use kubeha_tests::proxy::{Failure, Fault, On};
use serde_json::json;

use crate::cluster::{Cluster, QUICK, Wanted};
use crate::table::Row;

const TERMINATE: &str = "autoscaling:TerminateInstanceInAutoScalingGroup";

fn two(wanted: Wanted) -> Wanted {
    Wanted {
        version: "two",
        ..wanted
    }
}

fn row(scenario: &'static str, nodes: &'static str, fewest: usize, outcome: &str) -> Row {
    Row {
        scenario,
        nodes,
        fewest,
        writes: None,
        outcome: outcome.to_owned(),
    }
}

pub(crate) fn three_nodes() -> Row {
    roll("a new version", "3", 3)
}

pub(crate) fn five_nodes() -> Row {
    roll("a new version", "5", 5)
}

/// The plan says whom it replaces and what quorum is meanwhile; the apply does it.
fn roll(scenario: &'static str, nodes: &'static str, size: u32) -> Row {
    let cluster = Cluster::new(Wanted::of(size));
    let before = cluster.nodes();
    let watch = cluster.watch();
    cluster.write(two(Wanted::of(size)));
    let quorum = size / 2 + 1;
    let up = size - 1;
    cluster
        .stage
        .plan()
        .succeeds()
        .says("Control plane nodes will be replaced or resized")
        .says(&format!("{size}. Replace"))
        .says(&format!(
            "meanwhile {up} of {size} are up and quorum is {quorum}"
        ));
    cluster.stage.apply().succeeds();
    let fewest = watch.fewest();
    assert!(fewest >= usize::try_from(quorum).unwrap());
    let mut ended = cluster.ended();
    let mut all: Vec<String> = before.into_iter().map(|(_, id)| id).collect();
    ended.sort();
    all.sort();
    assert_eq!(ended, all, "each once, and nobody else");
    let writes = cluster.writes();
    cluster.is_reached(size);
    Row {
        writes: Some(writes),
        ..row(scenario, nodes, fewest, "all replaced")
    }
}

/// Who is named to go last goes last, though its zone comes first.
pub(crate) fn the_last_one_is_last() -> Row {
    let cluster = Cluster::new(Wanted::of(3));
    let mut nodes = cluster.nodes();
    nodes.sort();
    let leader = nodes[0].1.clone();
    let rollout = format!("{QUICK}\nroll_last = \"{leader}\"").leak();
    let watch = cluster.watch();
    cluster.write(Wanted {
        rollout,
        ..two(Wanted::of(3))
    });
    cluster.stage.apply().succeeds();
    let fewest = watch.fewest();
    assert_eq!(cluster.ended().last(), Some(&leader));
    // It is named still, and means nobody.
    cluster.is_reached(3);
    row(
        "etcd's leader named in `roll_last`",
        "3",
        fewest,
        "replaced last",
    )
}

/// A zone in place of another: who stands in the one that is left is replaced, nobody else.
pub(crate) fn a_zone_is_left() -> Row {
    let cluster = Cluster::new(Wanted::of(3));
    let leaver = cluster
        .nodes()
        .into_iter()
        .find(|(zone, _)| zone.ends_with('c'))
        .unwrap()
        .1;
    let watch = cluster.watch();
    cluster.write(Wanted {
        zones: &["a", "b", "d"],
        ..Wanted::of(3)
    });
    cluster.stage.plan().succeeds().says("its zone is given up");
    cluster.stage.apply().succeeds();
    let fewest = watch.fewest();
    assert_eq!(cluster.ended(), [leaver]);
    let mut zones: Vec<_> = cluster.nodes().into_iter().map(|(zone, _)| zone).collect();
    zones.sort();
    assert_eq!(zones, ["us-east-1a", "us-east-1b", "us-east-1d"]);
    let writes = cluster.writes();
    cluster.is_reached(3);
    Row {
        writes: Some(writes),
        ..row(
            "a zone in place of another",
            "3",
            fewest,
            "its node replaced",
        )
    }
}

pub(crate) fn throttled() -> Row {
    let cluster = Cluster::new(Wanted::of(3));
    let watch = cluster.watch();
    cluster.write(two(Wanted::of(3)));
    let often = On::any().chance(0.3, 7);
    cluster
        .stage
        .proxy
        .fault(often, Fault::Fail(Failure::throttled()));
    cluster.stage.apply().succeeds();
    cluster.stage.proxy.heal();
    let fewest = watch.fewest();
    assert_eq!(cluster.ended().len(), 3);
    cluster.is_reached(3);
    row("30 % of all calls throttled", "3", fewest, "all replaced")
}

/// Ctrl-C when the first node has ended: the next apply goes on with the others.
pub(crate) fn interrupted() -> Row {
    let cluster = Cluster::new(Wanted::of(3));
    let watch = cluster.watch();
    cluster.write(two(Wanted::of(3)));
    let gate = cluster.stage.proxy.hold_after(On::action(TERMINATE).nth(1));
    let running = cluster.stage.start(&["apply", "-auto-approve"]);
    assert!(gate.wait(Duration::from_secs(60)).is_some());
    running.signal_group(Signal::INT);
    gate.release();
    running.wait().fails().says("You stopped it.");
    cluster.settle(3);
    let planned = cluster.stage.planned("interrupted");
    let outdated = Cluster::outdated(&planned["change"]["before"]);
    assert_eq!(outdated, 2, "the plan shows who is left");
    cluster.stage.apply_planned().succeeds();
    let fewest = watch.fewest();
    assert_eq!(cluster.ended().len(), 3, "nobody is replaced twice");
    cluster.is_reached(3);
    row(
        "Ctrl-C when the first has ended",
        "3",
        fewest,
        "stopped; the next apply replaced the other two",
    )
}

/// One node is lost to a version that doesn't work, and no other; taking it back repairs that.
pub(crate) fn a_successor_that_never_gets_healthy() -> Row {
    let cluster = Cluster::new(Wanted::of(3));
    let watch = cluster.watch();
    cluster
        .stage
        .account
        .set(json!({ "new_targets_fail": true }));
    cluster.write(two(Wanted::of(3)));
    let outcome = cluster.stage.apply().fails();
    outcome
        .says("The control plane was not fit for the next step in time")
        .says("to be healthy in the API target group")
        .says("2 of 3 nodes are healthy and quorum is 2")
        .says("Nothing further is touched");
    let fewest = watch.fewest();
    assert_eq!(cluster.ended().len(), 1, "nothing further is touched");
    // With the mistake out of the way, the dead one is the first to be replaced.
    cluster
        .stage
        .account
        .set(json!({ "new_targets_fail": false }));
    cluster.write(Wanted {
        version: "three",
        ..Wanted::of(3)
    });
    let watch = cluster.watch();
    cluster.stage.apply().succeeds();
    let later = watch.fewest();
    assert_eq!(cluster.ended().len(), 4);
    cluster.is_reached(3);
    row(
        "a version whose nodes never get healthy",
        "3",
        fewest.min(later),
        "stopped at its first node, quorum held; a third version replaced all",
    )
}

/// Another node fails when one is out already: that one is put back, for it is the quorum now, and
/// the dead one is replaced before it.
pub(crate) fn a_node_that_fails_meanwhile() -> Row {
    let cluster = Cluster::new(Wanted::of(3));
    let watch = cluster.watch();
    cluster.write(two(Wanted::of(3)));
    let deregister = On::action("elasticloadbalancing:DeregisterTargets");
    let gate = cluster.stage.proxy.hold_after(deregister.nth(1));
    let running = cluster.stage.start(&["apply", "-auto-approve"]);
    let call = gate.wait(Duration::from_secs(60)).unwrap();
    // Whoever isn't the one that is out.
    let text = format!("{:?}", call.parameters);
    let nodes = cluster.nodes();
    let other = nodes.iter().find(|(_, id)| !text.contains(id.as_str()));
    let other = &other.unwrap().1;
    let account = &cluster.stage.account;
    account.target_health(&[other], Checks::Failing);
    account.advance(Duration::from_secs(15));
    gate.release();
    running.wait().succeeds();
    let fewest = watch.fewest();
    let ended = cluster.ended();
    assert_eq!((ended.len(), &ended[0]), (3, other));
    let register = "elasticloadbalancing:RegisterTargets";
    assert_eq!(cluster.stage.proxy.counts().get(register), Some(&1));
    cluster.is_reached(3);
    row(
        "another node fails while one is out",
        "3",
        fewest,
        "that one was put back, the dead one replaced first, then the others",
    )
}

/// A zone dies with its node when the first node of another one has ended.
pub(crate) fn a_zone_that_dies_meanwhile() -> Row {
    let cluster = Cluster::new(Wanted::of(3));
    cluster.write(two(Wanted::of(3)));
    let watch = cluster.watch();
    let gate = cluster.stage.proxy.hold_after(On::action(TERMINATE).nth(2));
    let running = cluster.stage.start(&["apply", "-auto-approve"]);
    assert!(gate.wait(Duration::from_secs(60)).is_some());
    // The zone of a third node: those of a and b have had their turn.
    cluster.stage.account.kill_zone("us-east-1c");
    gate.release();
    running
        .wait()
        .fails()
        .says("InsufficientInstanceCapacity")
        .says("Nothing further is touched");
    let ended = cluster.ended().len();
    let fewest = watch.fewest();
    cluster.stage.account.revive_zone("us-east-1c");
    cluster.stage.account.advance(Duration::from_secs(120));
    cluster.settle(3);
    cluster.stage.apply().succeeds();
    assert!(ended <= 3, "{ended}");
    cluster.is_reached(3);
    // The second is out and the third has died, until the second's successor is healthy. How long
    // that takes, and so whether a look falls into it, is the clock's affair.
    assert!((1..=2).contains(&fewest), "{fewest}");
    row(
        "a zone dies when the second node has ended",
        "3",
        1,
        "stopped; when the zone was back, the next apply went on",
    )
}

/// One node has nobody to hold the quorum meanwhile.
pub(crate) fn the_only_node() -> Row {
    let cluster = Cluster::new(Wanted::of(1));
    cluster.write(two(Wanted::of(1)));
    cluster
        .stage
        .plan()
        .fails()
        .says("Replacing the only node stops the control plane");
    let rollout = format!("{QUICK}\nallow_control_plane_outage = true").leak();
    cluster.write(Wanted {
        rollout,
        ..two(Wanted::of(1))
    });
    cluster.stage.proxy.clear();
    let watch = cluster.watch();
    cluster.stage.apply().succeeds();
    let fewest = watch.fewest();
    let writes = cluster.writes();
    cluster.is_reached(1);
    Row {
        writes: Some(writes),
        ..row(
            "a new version",
            "1",
            fewest,
            "refused at plan; replaced with `allow_control_plane_outage`",
        )
    }
}
