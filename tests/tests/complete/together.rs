//! Much at once: parallelism, many clusters, two states for one cluster.

use kubeha_tests::lifecycle::{Phase, Scene};
use serde_json::json;

use crate::scene::{Cluster, course, finish, scene};

/// Makes and destroys a cluster with so many operations at once.
fn parallel(operations: u32) {
    let scene = scene();
    let parallelism = format!("-parallelism={operations}");
    let when = format!("{operations} at once");
    finish(scene.start(&["apply", "-auto-approve", &parallelism])).succeeds();
    course(Phase::Create).is_there(&scene, &when);
    finish(scene.start(&["destroy", "-auto-approve", &parallelism])).succeeds();
    scene.nothing_left(&when);
}

#[test]
#[ignore = "more at once: make test-all"]
fn one_operation_after_the_other_makes_the_same() {
    parallel(1);
}

#[test]
#[ignore = "more at once: make test-all"]
fn fifty_operations_at_once_make_the_same() {
    parallel(50);
}

/// Names a cluster of a configuration's own beside those of others.
fn named(site: &Cluster, name: &str, owner: &str) {
    site.variable("cluster_name", json!(name));
    site.variable("owner", json!(owner));
    site.variable("dns", json!(null));
}

/// Two states for one cluster. Without the first one's owner the second is refused, at plan, and
/// nothing of the first is touched.
#[test]
fn another_states_cluster_is_refused_and_left_alone() {
    let scene = scene();
    named(&scene, "complete", "one");
    scene.workspace.apply().succeeds();
    let made = scene.made();
    scene.proxy.clear();

    scene.variable("owner", json!("two"));
    let second = scene.another_state();
    let refused = second.apply().fails();
    refused
        .says("A VPC of the cluster \"complete\"")
        .says("belongs to the owner \"one\". Give this one another name,");

    scene.variable("owner", json!(null));
    let third = scene.another_state();
    third.file("no_owner_override.tf", NO_OWNER);
    let refused = third.apply().fails();
    refused.says("terraform import kubeha_network.NAME");

    scene.variable("owner", json!("one"));
    let calls = scene.proxy.calls();
    let written: Vec<_> = calls.iter().filter(|call| !call.is_read()).collect();
    assert!(written.is_empty(), "{written:?}");
    assert_eq!(scene.made(), made);
    scene.plan_is_empty("the others were refused");

    // The marks of what is in a state are no part of any plan: they are written with the next update.
    scene.variable("owner", json!("two"));
    scene.plan_is_empty("its owner has another name");
    scene.goes();
}

const NO_OWNER: &str = "variable \"owner\" {\n  default = null\n}\n";

/// Twenty clusters in one account, each in a state of its own, four at a time.
#[test]
#[ignore = "more at once: make test-all"]
fn twenty_clusters_at_once_stand_side_by_side() {
    let scene = scene();
    let names: Vec<_> = (1..=20).map(|n| format!("cluster-{n:02}")).collect();
    let states: Vec<_> = names
        .iter()
        .map(|name| {
            named(&scene, name, name);
            scene.another_state()
        })
        .collect();
    for commands in [
        &["apply", "-auto-approve"][..],
        &["plan", "-detailed-exitcode"],
        &["destroy", "-auto-approve"],
    ] {
        for some in states.chunks(4) {
            let running: Vec<_> = some.iter().map(|state| state.start(commands)).collect();
            for one in running {
                finish(one).succeeds();
            }
        }
        if commands[0] == "apply" {
            let made = scene.made();
            assert_eq!(made["load-balancer"].len(), 40);
            assert_eq!(made["auto-scaling-group"].len(), 60);
        }
    }
    scene.nothing_left("all destroyed");
}
