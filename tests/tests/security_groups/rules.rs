//! The rules themselves: planned to the last one, told from those of others, repaired.

use kubeha_tests::lifecycle::{PROVIDER, Size, Stage};
use serde_json::{Value as Json, json};

use crate::subject::{GROUPS, SUBJECT, authorize, id, revoke, rules_of, tag};

fn names(rules: &Json) -> Vec<&str> {
    let entries = rules.as_object().into_iter().flatten();
    entries.map(|(name, _)| name.as_str()).collect()
}

fn with(stage: &Stage, more: &str) {
    let arguments = stage.arguments(Size::Minimal);
    stage.write(PROVIDER, &format!("{arguments}\n{more}"));
}

#[test]
fn every_rule_is_known_at_plan_and_is_what_aws_then_has() {
    let stage = Stage::new(&SUBJECT);
    stage.configure(Size::Minimal);
    let planned = stage.planned("new");
    let rules = planned["change"]["after"]["rules"].clone();
    let etcd = "control_plane ingress tcp 2379-2380 from control_plane";
    assert_eq!(rules[etcd], json!("etcd"), "{planned:#}");
    stage.apply_planned().succeeds();
    let values = stage.values();
    assert_eq!(values["rules"], rules);
    assert_eq!(values["foreign_rules"], json!({}));
    let on_aws: usize = GROUPS
        .iter()
        .map(|group| rules_of(&stage.aws, id(&values, group)).len())
        .sum();
    assert_eq!(on_aws, names(&rules).len());
}

#[test]
fn addresses_that_are_known_late_open_the_rules_and_settle() {
    let stage = Stage::new(&SUBJECT);
    let data = "resource \"terraform_data\" \"net\" {\n  input = \"10.7.0.0/16\"\n}\n";
    stage.workspace().file("data.tf", data);
    let vpc_id = &stage.network.vpc_id;
    let cidrs = "api_allowed_cidrs = [terraform_data.net.output]";
    stage.write(PROVIDER, &format!("vpc_id = \"{vpc_id}\"\n{cidrs}"));
    let planned = stage.planned("new");
    assert_eq!(planned["change"]["after_unknown"]["rules"], json!(true));
    stage.apply_planned().succeeds();
    stage.plan_is_empty("settled");
    let rules = &stage.values()["rules"];
    let wanted = "api_load_balancer ingress tcp 6443 from 10.7.0.0/16";
    assert!(names(rules).contains(&wanted), "{rules:#}");
}

#[test]
fn rules_of_others_are_listed_and_left_alone_or_removed() {
    let stage = Stage::new(&SUBJECT);
    stage.configure(Size::Minimal);
    stage.apply().succeeds();
    let worker = id(&stage.values(), "worker").to_owned();
    authorize(&stage.aws, &worker, "8080", "172.16.0.0/12");
    stage.plan_is_empty("somebody added a rule");
    with(&stage, "ssh_allowed_cidrs = [\"10.9.0.0/16\"]");
    stage.apply().succeeds();
    let values = stage.values();
    let foreign = values["foreign_rules"].as_object().unwrap().clone();
    let texts: Vec<_> = foreign.values().collect();
    assert_eq!(
        texts,
        ["worker ingress tcp 8080 from 172.16.0.0/12 (by somebody)"]
    );

    with(&stage, "exclusive = true");
    let planned = stage.planned("exclusive");
    assert_eq!(planned["change"]["after"]["foreign_rules"], json!({}));
    stage.apply_planned().succeeds();
    stage.plan_is_empty("exclusive");
    let left = rules_of(&stage.aws, &worker);
    assert!(
        !left.iter().any(|(_, text)| text.contains("8080")),
        "{left:#?}"
    );

    authorize(&stage.aws, &worker, "8080", "172.16.0.0/12");
    let planned = stage.planned("somebody added it again");
    assert_eq!(planned["change"]["actions"], json!(["update"]));
    stage.apply_planned().succeeds();
    stage.plan_is_empty("removed again");
}

/// What shows in the plan is exactly the rule.
#[test]
fn a_rule_that_changed_shows_by_itself() {
    let stage = Stage::new(&SUBJECT);
    stage.configure(Size::Minimal);
    stage.apply().succeeds();
    let made = stage.made();
    let values = stage.values();
    let etcd = "control_plane ingress tcp 2379-2380 from control_plane";
    let differing = |planned: &Json| {
        let (before, after) = (&planned["change"]["before"], &planned["change"]["after"]);
        let entries = after.as_object().unwrap().iter();
        let names = entries.filter(|(name, value)| before[*name] != **value);
        names.map(|(name, _)| name.clone()).collect::<Vec<_>>()
    };
    revoke(&stage.aws, &values, "control_plane", &["<fromPort>2379<"]);
    let planned = stage.planned("a rule is gone");
    assert_eq!(differing(&planned), ["rules"]);
    assert_eq!(planned["change"]["before"]["rules"][etcd], json!(null));
    stage.apply_planned().succeeds();

    let control_plane = id(&values, "control_plane");
    let parameters = [
        ("GroupId", control_plane),
        ("IpPermissions.1.IpProtocol", "tcp"),
        ("IpPermissions.1.FromPort", "2379"),
        ("IpPermissions.1.ToPort", "2380"),
        ("IpPermissions.1.Groups.1.GroupId", control_plane),
        ("IpPermissions.1.Groups.1.Description", "database"),
    ];
    let action = "UpdateSecurityGroupRuleDescriptionsIngress";
    stage.aws.ec2(action, &parameters);
    let planned = stage.planned("another description");
    assert_eq!(differing(&planned), ["rules"]);
    assert_eq!(
        planned["change"]["before"]["rules"][etcd],
        json!("database")
    );
    stage.apply_planned().succeeds();
    stage.plan_is_empty("described again");
    assert_eq!(stage.made(), made);
}

/// As after an update that was killed, and then given up: the configuration is what it was before.
#[test]
fn what_bears_our_marks_and_is_not_wanted_goes() {
    let stage = Stage::new(&SUBJECT);
    stage.configure(Size::Minimal);
    stage.apply().succeeds();
    let made = stage.made();
    let values = stage.values();
    let worker = id(&values, "worker");
    authorize(&stage.aws, worker, "22", "10.9.0.0/16");
    let rules = rules_of(&stage.aws, worker);
    let (rule, _) = rules
        .iter()
        .find(|(_, text)| text.contains("by somebody"))
        .unwrap();
    for (key, value) in [
        ("kubeha.io/cluster", "acc"),
        ("kubeha.io/kind", "security-group-rule"),
    ] {
        tag(&stage.aws, rule, key, value);
    }
    let planned = stage.planned("left behind");
    let left = "worker ingress tcp 22 from 10.9.0.0/16";
    assert_eq!(
        planned["change"]["before"]["rules"][left],
        json!("by somebody")
    );
    stage.apply_planned().succeeds();
    stage.plan_is_empty("gone");
    assert_eq!(stage.made(), made);
}

/// A rule that somebody made, and that is wanted later, is taken as it is: AWS has each rule once.
#[test]
fn a_rule_that_is_there_already_becomes_ours() {
    let stage = Stage::new(&SUBJECT);
    stage.configure(Size::Minimal);
    stage.apply().succeeds();
    let worker = id(&stage.values(), "worker").to_owned();
    authorize(&stage.aws, &worker, "22", "10.9.0.0/16");
    with(&stage, "ssh_allowed_cidrs = [\"10.9.0.0/16\"]");
    stage.apply().succeeds();
    stage.plan_is_empty("taken");
    with(&stage, "");
    stage.apply().succeeds();
    stage.plan_is_empty("given up");
    let left = rules_of(&stage.aws, &worker);
    assert!(
        !left.iter().any(|(_, text)| text.contains("<fromPort>22<")),
        "{left:#?}"
    );
}

#[test]
fn exactly_one_group_of_each_node_bears_the_cluster_s_tag() {
    let stage = Stage::new(&SUBJECT);
    stage.configure(Size::Minimal);
    stage.apply().succeeds();
    let groups = &stage.made()["security-group"];
    let bearing: Vec<_> = groups
        .iter()
        .filter(|(_, tags)| tags.contains_key("kubernetes.io/cluster/acc"))
        .map(|(name, _)| name.as_str())
        .collect();
    assert_eq!(bearing, ["acc-control-plane", "acc-worker"]);
}
