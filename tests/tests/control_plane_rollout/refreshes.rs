//! Nodes that AWS replaces, and the apply waits for.

use std::time::Duration;

use kubeha_tests::lifecycle::kill;
use kubeha_tests::proxy::{On, Then};

use crate::cluster::{Cluster, Wanted};
use crate::table::Row;

const START: &str = "autoscaling:StartInstanceRefresh";
const REFRESH: &str = "strategy = \"instance_refresh\"";
/// Nobody completes it here: AWS goes on by itself when it is over.
const HOOK: &str = "launch_hook = {\nheartbeat_timeout = 30\ndefault_result = \"CONTINUE\"\n}";

const WANTED: Wanted = Wanted {
    rollout: REFRESH,
    more: HOOK,
    ..Wanted::of(3)
};

const TWO: Wanted = Wanted {
    version: "two",
    ..WANTED
};

fn row(scenario: &'static str, fewest: usize, outcome: &str) -> Row {
    Row {
        scenario,
        nodes: "3",
        fewest,
        writes: None,
        outcome: outcome.to_owned(),
    }
}

pub(crate) fn by_aws() -> Row {
    let cluster = Cluster::new(WANTED);
    let watch = cluster.watch();
    cluster.write(TWO);
    cluster
        .stage
        .plan()
        .succeeds()
        .says("An instance refresh replaces 3 nodes one at a time");
    cluster.stage.apply().succeeds();
    let fewest = watch.fewest();
    assert_eq!(cluster.ended().len(), 3);
    let writes = cluster.writes();
    cluster.is_reached(3);
    Row {
        writes: Some(writes),
        ..row("a new version, `instance_refresh`", fewest, "all replaced")
    }
}

pub(crate) fn cancelled() -> Row {
    let cluster = Cluster::new(WANTED);
    let watch = cluster.watch();
    cluster.write(TWO);
    let aws = cluster.stage.aws.clone();
    cluster
        .stage
        .proxy
        .after(On::action(START).nth(1), move |_: &_| {
            let name = ("AutoScalingGroupName", "acc-control-plane");
            aws.autoscaling("CancelInstanceRefresh", &[name]);
            Then::Proceed
        });
    cluster
        .stage
        .apply()
        .fails()
        .says("ended as Cancelled")
        .says("outdated_instance_ids");
    cluster.settle(3);
    cluster.stage.apply().succeeds();
    let fewest = watch.fewest();
    cluster.is_reached(3);
    row(
        "somebody cancels AWS's refresh",
        fewest,
        "failed with AWS's reason; the next apply replaced the rest",
    )
}

/// An apply that was killed has started one: it is waited for, not doubled. Its size is no time to
/// change.
pub(crate) fn found_running() -> Row {
    let cluster = Cluster::new(WANTED);
    let watch = cluster.watch();
    cluster.write(TWO);
    cluster.stage.account.set_clock_factor(0.0);
    let apply = ["apply", "-auto-approve"];
    kill::after_call(&cluster.stage, &apply, On::action(START).nth(1));
    cluster.write(Wanted {
        version: "two",
        ..Wanted { size: 5, ..WANTED }
    });
    cluster
        .stage
        .plan()
        .fails()
        .says("An instance refresh is going on");
    cluster.write(TWO);
    cluster.stage.account.set_clock_factor(100.0);
    cluster.stage.proxy.clear();
    cluster.stage.apply().succeeds();
    assert_eq!(cluster.stage.proxy.counts().get(START), None);
    let fewest = watch.fewest();
    assert_eq!(cluster.ended().len(), 3);
    std::thread::sleep(Duration::from_millis(200));
    cluster.is_reached(3);
    row(
        "killed when AWS's refresh had begun",
        fewest,
        "the next apply found it and waited",
    )
}
