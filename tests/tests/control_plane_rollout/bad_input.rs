//! What can't be rolled out is refused before anything is touched.

use crate::cluster::{Cluster, Wanted};

fn refused(cluster: &Cluster, wanted: Wanted, words: &[&str]) {
    cluster.write(wanted);
    let mut outcome = cluster.stage.plan().fails();
    for words in words {
        outcome = outcome.says(words);
    }
}

fn with(rollout: &'static str) -> Wanted {
    Wanted {
        rollout,
        ..Wanted::of(3)
    }
}

#[test]
fn settings_that_cannot_work_together_are_refused() {
    let cluster = Cluster::empty();
    for (rollout, words) in [
        (
            "stable_for = \"10m\"\nreplacement_timeout = \"10m\"",
            [
                "Rollout settings can't work together",
                "A replacement may take 10 min",
            ],
        ),
        // 5 s of draining, 10 s of health checks.
        (
            "drain_delay = \"0s\"\nstable_for = \"1s\"\nreplacement_timeout = \"16s\"",
            [
                "With the target group \"api\"",
                "16 s go by before a successor can count",
            ],
        ),
        ("stable_for = \"-5s\"", ["stable_for", "duration"]),
        ("strategy = \"rolling\"", ["strategy", "one_at_a_time"]),
        (
            "strategy = \"instance_refresh\"",
            [
                "Instance refresh without launch hook",
                "voting member of etcd",
            ],
        ),
    ] {
        refused(&cluster, with(rollout), &words);
    }
    let hook = Wanted {
        more: "launch_hook = {\nheartbeat_timeout = 5\n}",
        ..Wanted::of(3)
    };
    refused(&cluster, hook, &["heartbeat_timeout"]);
}

#[test]
fn without_an_api_target_group_nobody_is_replaced() {
    let cluster = Cluster::empty();
    let without = |version| Wanted {
        more: "",
        version,
        ..Wanted::of(3)
    };
    cluster.write(without("one"));
    let configuration = cluster.stage.workspace().read("main.tf");
    let bare = |text: &str| {
        let kept = text
            .lines()
            .filter(|line| !line.contains("target_group_arns"));
        kept.collect::<Vec<_>>().join("\n")
    };
    cluster.stage.workspace().main(&bare(&configuration));
    cluster.stage.apply().succeeds();
    cluster.write(without("two"));
    let configuration = cluster.stage.workspace().read("main.tf");
    cluster.stage.workspace().main(&bare(&configuration));
    cluster
        .stage
        .plan()
        .fails()
        .says("No API target group to see the nodes' health in")
        .says("Set target_group_arns");
}
