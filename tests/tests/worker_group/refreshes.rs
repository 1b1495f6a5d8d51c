//! What becomes of nodes when what they are changes.

use std::collections::BTreeSet;
use std::time::Duration;

use kubeha_tests::lifecycle::{PROVIDER, Stage};
use kubeha_tests::{Outcome, Running, Signal};
use serde_json::{Value as Json, json};

use crate::subject::{SUBJECT, flowing, group, with};

const START: &str = "autoscaling:StartInstanceRefresh";
const CANCEL: &str = "autoscaling:CancelInstanceRefresh";
const LOOK: &str = "autoscaling:DescribeInstanceRefreshes";

/// A group of two, with its nodes' ids.
fn two_nodes(more: &str) -> (Stage, BTreeSet<String>) {
    let stage = Stage::new(&SUBJECT);
    write(&stage, more);
    stage.apply().succeeds();
    let nodes = nodes(&stage);
    assert_eq!(nodes.len(), 2);
    stage.proxy.clear();
    (stage, nodes)
}

fn write(stage: &Stage, more: &str) {
    stage.write(PROVIDER, &with(stage, more));
}

fn nodes(stage: &Stage) -> BTreeSet<String> {
    let nodes = group(&stage.aws, &stage.values()).instances();
    nodes.into_iter().collect()
}

fn count(stage: &Stage, action: &str) -> usize {
    let calls = stage.proxy.calls();
    calls.iter().filter(|call| call.action == action).count()
}

/// Waits until a running terraform has made so many of these calls.
fn has_called(stage: &Stage, running: &mut Running, action: &str, times: usize) {
    let what = format!("{action} {times} times");
    running.wait_until(&what, || count(stage, action) >= times);
}

/// The version that the group launches.
fn launched(stage: &Stage) -> String {
    group(&stage.aws, &stage.values()).launched_version()
}

fn outdated(values: &Json) -> usize {
    values["outdated_instance_ids"].as_array().unwrap().len()
}

#[test]
fn a_change_of_what_nodes_are_replaces_them_all() {
    let (stage, before) = two_nodes("user_data = \"one\"");
    write(&stage, "user_data = \"two\"");
    let planned = stage.planned("other user data");
    let unknown = &planned["change"]["after_unknown"];
    assert_eq!(unknown["outdated_instance_ids"], json!(true), "{planned:#}");
    stage.apply_planned().succeeds();
    stage.plan_is_empty("replaced");
    assert!(nodes(&stage).is_disjoint(&before));
    assert_eq!(launched(&stage), "2");
    assert_eq!(outdated(&stage.values()), 0);
    assert_eq!(count(&stage, START), 1);
}

#[test]
fn what_nodes_are_not_replaces_nobody() {
    let (stage, before) = two_nodes("tags = { team = \"a\" }");
    let mut more = "tags = { team = \"a\" }".to_owned();
    for change in [
        "tags = { team = \"b\" }",
        "labels = { a = \"b\" }",
        "taints = [{ key = \"a\", effect = \"NoSchedule\" }]",
        "instance_types = [\"m5.large\", \"m6i.large\"]",
        "instance_types = [\"m6i.large\", \"m5.large\"]",
        "on_demand_percentage_above_base_capacity = 50",
        "spot_max_price = \"0.05\"",
        "health_check_grace_period = 100",
    ] {
        let name = change.split('=').next().unwrap();
        let kept = more.lines().filter(|line| !line.starts_with(name));
        more = kept.chain([change]).collect::<Vec<_>>().join("\n");
        write(&stage, &more);
        let planned = stage.planned(change);
        assert_eq!(planned["change"]["actions"], json!(["update"]), "{change}");
        stage.apply_planned().succeeds();
        stage.plan_is_empty(change);
        assert_eq!(outdated(&stage.values()), 0, "{change}");
    }
    assert_eq!(nodes(&stage), before);
    assert_eq!(count(&stage, START), 0);
    // The nodes are of a type that is none of the group's any more.
    write(&stage, "instance_types = [\"m6i.large\"]");
    stage.apply().succeeds();
    stage.plan_is_empty("another type");
    assert!(nodes(&stage).is_disjoint(&before));
}

#[test]
fn without_a_strategy_nobody_is_replaced_until_one_is_asked_for() {
    let none = "instance_refresh = { strategy = \"none\" }";
    let (stage, before) = two_nodes(none);
    write(&stage, &format!("{none}\nuser_data = \"two\""));
    stage.apply().succeeds();
    stage.plan_is_empty("nobody was replaced");
    assert_eq!((nodes(&stage), count(&stage, START)), (before.clone(), 0));
    assert_eq!(outdated(&stage.values()), 2);
    assert_eq!(launched(&stage), "2");

    write(&stage, "user_data = \"two\"");
    let planned = stage.planned("rolling again");
    let unknown = &planned["change"]["after_unknown"];
    assert_eq!(unknown["outdated_instance_ids"], json!(true), "{planned:#}");
    stage.apply_planned().succeeds();
    stage.plan_is_empty("replaced");
    assert!(nodes(&stage).is_disjoint(&before));
}

/// The clock stands still, so that the refresh is still on its way when the next apply comes.
#[test]
fn a_refresh_whose_apply_was_killed_is_followed_and_not_doubled() {
    let (stage, before) = two_nodes("");
    stage.account.set_clock_factor(0.0);
    write(&stage, "user_data = \"two\"");
    let mut running = stage.start(&["apply", "-auto-approve"]);
    has_called(&stage, &mut running, LOOK, 3);
    running.signal_group(Signal::KILL);
    drop(running);
    stage.account.set_clock_factor(1000.0);
    stage.apply().succeeds();
    stage.plan_is_empty("followed");
    assert_eq!(count(&stage, START), 1);
    assert!(nodes(&stage).is_disjoint(&before));
}

#[test]
fn a_refresh_that_leads_elsewhere_is_cancelled() {
    let (stage, before) = two_nodes("user_data = \"one\"");
    stage.account.set_clock_factor(0.0);
    let values = stage.values();
    let group = group(&stage.aws, &values);
    let version = group.new_version(&[("UserData", "b3RoZXI=")]);
    let template = "DesiredConfiguration.LaunchTemplate";
    let refresh = [
        (
            format!("{template}.LaunchTemplateId"),
            values["launch_template_id"].as_str().unwrap(),
        ),
        (format!("{template}.Version"), version.as_str()),
    ];
    let refresh: Vec<_> = refresh
        .iter()
        .map(|(name, of)| (name.as_str(), *of))
        .collect();
    group.call("StartInstanceRefresh", &refresh);
    write(&stage, "user_data = \"two\"");
    let mut running = stage.start(&["apply", "-auto-approve"]);
    has_called(&stage, &mut running, CANCEL, 1);
    stage.account.set_clock_factor(1000.0);
    running.wait().succeeds();
    stage.plan_is_empty("ours");
    assert_eq!((count(&stage, CANCEL), count(&stage, START)), (1, 1));
    assert!(nodes(&stage).is_disjoint(&before));
}

/// No node comes any more, which AWS tries for an hour.
fn failing(preferences: &str) -> (Stage, Outcome) {
    let refresh = format!(
        "instance_refresh = {{ preferences = {{ min_healthy_percentage = 50, {preferences} }} }}"
    );
    let (stage, _) = two_nodes(&refresh);
    for zone in ["us-east-1a", "us-east-1b"] {
        let dead = json!({ "zone": zone, "state": "dead" });
        stage.account.command("zone", dead);
    }
    stage.account.set_clock_factor(2000.0);
    write(&stage, &format!("{refresh}\nuser_data = \"two\""));
    let outcome = stage.apply().fails();
    (stage, outcome)
}

#[test]
fn a_refresh_that_fails_says_why_and_harms_no_node_to_come() {
    let (stage, outcome) = failing("skip_matching = true");
    let text = flowing(&outcome);
    for said in [
        "ended as Failed at 0 percent",
        "for one hour",
        "InsufficientInstanceCapacity",
        "launches what it did before",
    ] {
        assert!(text.contains(said), "{said}\n{outcome}");
    }
    assert_eq!(launched(&stage), "1");
    for zone in ["us-east-1a", "us-east-1b"] {
        stage.account.revive_zone(zone);
    }
    // The next apply goes on.
    stage.apply().succeeds();
    stage.plan_is_empty("goes on");
    assert_eq!(launched(&stage), "2");
}

#[test]
fn a_refresh_that_fails_is_undone_if_asked_for() {
    let (stage, outcome) = failing("auto_rollback = true");
    let text = flowing(&outcome);
    for said in ["ended as RollbackSuccessful", "AWS went back"] {
        assert!(text.contains(said), "{said}\n{outcome}");
    }
    assert_eq!(launched(&stage), "1");
}

#[test]
fn a_refresh_that_somebody_cancels_is_no_success() {
    let (stage, _) = two_nodes("");
    stage.account.set_clock_factor(0.0);
    write(&stage, "user_data = \"two\"");
    let mut running = stage.start(&["apply", "-auto-approve"]);
    has_called(&stage, &mut running, LOOK, 2);
    group(&stage.aws, &stage.values()).call("CancelInstanceRefresh", &[]);
    stage.account.set_clock_factor(1000.0);
    let outcome = running.wait().fails();
    let text = flowing(&outcome);
    assert!(text.contains("ended as Cancelled"), "{outcome}");
    stage.apply().succeeds();
    stage.plan_is_empty("goes on");
}

/// Ignored for good, a node is none that the next plan would want to replace.
#[test]
fn nodes_that_are_ignored_stay_and_are_not_planned_again() {
    let how = |what: &str| {
        format!(
            "instance_refresh = {{ preferences = {{ scale_in_protected_instances = \"{what}\" }} }}"
        )
    };
    let (stage, before) = two_nodes(&how("Ignore"));
    let kept = before.iter().next().unwrap().clone();
    let protect = [
        ("InstanceIds.member.1", kept.as_str()),
        ("ProtectedFromScaleIn", "true"),
    ];
    group(&stage.aws, &stage.values()).call("SetInstanceProtection", &protect);
    write(&stage, &format!("{}\nuser_data = \"two\"", how("Ignore")));
    stage.apply().succeeds();
    stage.plan_is_empty("one is ignored");
    let after = nodes(&stage);
    assert_eq!(after.intersection(&before).collect::<Vec<_>>(), [&kept]);
    // Asked for, it is replaced too.
    write(&stage, &format!("{}\nuser_data = \"two\"", how("Refresh")));
    stage.apply().succeeds();
    stage.plan_is_empty("none is ignored");
    assert!(!nodes(&stage).contains(&kept));
}

/// Who is left when a refresh was stopped half-way shows in the next plan.
#[test]
fn nodes_that_are_left_are_replaced_by_the_next_apply() {
    let (stage, _) = two_nodes("user_data = \"one\"");
    // One node of two was replaced by what is not to be.
    let values = stage.values();
    let group = group(&stage.aws, &values);
    let version = group.new_version(&[("UserData", "b3RoZXI=")]);
    group.launch(&version);
    let first = &group.instances()[0];
    let first = [("InstanceId.1", first.as_str())];
    stage.aws.ec2("TerminateInstances", &first);
    stage.account.advance(Duration::from_secs(60));
    group.launch("1");
    let planned = stage.planned("one is left");
    let change = &planned["change"];
    assert_eq!(outdated(&change["before"]), 1, "{planned:#}");
    assert_eq!(change["actions"], json!(["update"]));
    stage.apply_planned().succeeds();
    stage.plan_is_empty("none is left");
    assert_eq!(outdated(&stage.values()), 0);
}
