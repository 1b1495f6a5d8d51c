//! Tags through a life: plan, apply, read, plan again.

use proptest::prelude::*;

use super::*;

fn tags(pairs: &[(&str, &str)]) -> Tags {
    pairs
        .iter()
        .map(|(k, v)| ((*k).into(), (*v).into()))
        .collect()
}

fn known(pairs: &[(&str, &str)]) -> ConfiguredTags {
    pairs
        .iter()
        .map(|(k, v)| ((*k).into(), TagValue::Known((*v).into())))
        .collect()
}

fn policy(default: &[(&str, &str)]) -> TagPolicy {
    TagPolicy {
        default: known(default),
        ..TagPolicy::default()
    }
}

#[test]
fn the_resources_tag_wins() {
    let all = policy(&[("team", "a"), ("env", "x")]).tags_all(&known(&[("team", "b")]));
    assert_eq!(all, Some(tags(&[("env", "x"), ("team", "b")])));
}

#[test]
fn null_lets_the_default_show_and_unknown_hides_all() {
    let policy = policy(&[("team", "a")]);
    let mut configured = known(&[("x", "")]);
    configured.insert("team".into(), TagValue::Null);
    assert_eq!(
        policy.tags_all(&configured),
        Some(tags(&[("team", "a"), ("x", "")]))
    );
    configured.insert("late".into(), TagValue::Unknown);
    assert_eq!(policy.tags_all(&configured), None);
}

#[test]
fn a_tag_equal_to_a_default_stays_only_if_the_resource_says_it() {
    let policy = policy(&[("team", "a")]);
    let on_aws = tags(&[("team", "a"), ("x", "1")]);
    assert_eq!(
        policy.read(&on_aws, &known(&[("x", "1")])),
        known(&[("x", "1")])
    );
    let said = known(&[("team", "a"), ("x", "1")]);
    assert_eq!(policy.read(&on_aws, &said), said);
    // At import nothing was said before.
    assert_eq!(
        policy.read(&on_aws, &ConfiguredTags::new()),
        known(&[("x", "1")])
    );
}

#[test]
fn drift_shows() {
    let policy = policy(&[("team", "a")]);
    let before = known(&[("x", "1")]);
    // Changed, added, a default tag overwritten.
    let on_aws = tags(&[("team", "b"), ("x", "2"), ("y", "3")]);
    assert_eq!(
        policy.read(&on_aws, &before),
        known(&[("team", "b"), ("x", "2"), ("y", "3")])
    );
    // A null gives way to what somebody has set.
    let null = [("y".to_owned(), TagValue::Null)].into_iter().collect();
    let seen = policy.read(&tags(&[("y", "3")]), &null);
    assert_eq!(seen, known(&[("y", "3")]));
}

#[test]
fn what_is_not_the_users_is_neither_seen_nor_touched() {
    let mut policy = policy(&[]);
    policy.ignore_keys.insert("LastScan".into());
    policy.ignore_key_prefixes.insert("corp:".into());
    let on_aws = tags(&[
        ("aws:cloudformation:stack-name", "s"),
        ("corp:cost", "7"),
        ("LastScan", "today"),
        (ownership::CLUSTER_KEY, "prod"),
        ("old", "1"),
    ]);
    assert_eq!(policy.visible(&on_aws), tags(&[("old", "1")]));
    let changes = policy.changes(&on_aws, &tags(&[("new", "2")]), &Tags::new());
    assert_eq!(changes.set, tags(&[("new", "2")]));
    assert_eq!(changes.remove, ["old".to_owned()].into());
}

#[test]
fn ownership_tags_are_repaired_outside_of_tags_all() {
    let mut policy = policy(&[]);
    policy.ignore_key_prefixes.insert("kubeha.io/".into());
    let ours = tags(&[
        (ownership::CLUSTER_KEY, "prod"),
        (ownership::OWNER_KEY, "me"),
    ]);
    let on_aws = tags(&[(ownership::CLUSTER_KEY, "other")]);
    let changes = policy.changes(&on_aws, &Tags::new(), &ours);
    assert_eq!(changes.set, ours, "ignore_tags doesn't reach them");
    assert!(changes.remove.is_empty());
}

#[test]
fn a_tag_both_configured_and_ignored_plans_empty() {
    let mut policy = policy(&[]);
    policy.ignore_keys.insert("x".into());
    let configured = known(&[("x", "1"), ("y", "2")]);
    let all = policy.tags_all(&configured).unwrap();
    assert_eq!(all, tags(&[("y", "2")]));
    assert_eq!(
        policy.read(&tags(&[("x", "9"), ("y", "2")]), &configured),
        configured
    );
}

#[test]
fn what_aws_refuses() {
    let long = "k".repeat(129);
    let found = problems(&tags(&[
        ("", "v"),
        (&long, "v"),
        ("aws:x", "v"),
        ("a", "b\u{7}"),
    ]));
    assert_eq!(found.len(), 4, "{found:?}");
    assert!(problems(&tags(&[("Grüße 1", "a_.:/=+-@b"), ("e", "")])).is_empty());
    let many: Tags = (0..48).map(|i| (format!("k{i}"), String::new())).collect();
    assert_eq!(problems(&many), [TagProblem::Count { count: 48 }]);
    assert_eq!(problems(&tags(&[(ownership::OWNER_KEY, "x")])).len(), 1);
}

fn value() -> impl Strategy<Value = TagValue> {
    prop_oneof![
        4 => "[ab]{0,1}".prop_map(TagValue::Known),
        1 => Just(TagValue::Null),
    ]
}

fn configured() -> impl Strategy<Value = ConfiguredTags> {
    proptest::collection::btree_map("[p-u]", value(), 0..6)
}

proptest! {
    /// After an apply, a read gives back what was configured, `tags_all` is what was planned,
    /// and there is nothing left to do, whatever was on AWS before.
    #[test]
    fn a_second_plan_is_empty(
        default in configured(),
        wanted in configured(),
        ignored in proptest::collection::btree_set("[p-u]", 0..2),
        found in proptest::collection::btree_map("[p-u]", "[ab]{0,1}", 0..6),
    ) {
        let policy = TagPolicy { default, ignore_keys: ignored, ..TagPolicy::default() };
        let ours = tags(&[(ownership::CLUSTER_KEY, "prod")]);
        let all = policy.tags_all(&wanted).unwrap();
        let changes = policy.changes(&found, &all, &ours);
        let mut on_aws = found.clone();
        on_aws.retain(|key, _| !changes.remove.contains(key));
        on_aws.extend(changes.set);

        prop_assert_eq!(policy.read(&on_aws, &wanted), wanted);
        prop_assert_eq!(&policy.visible(&on_aws), &all);
        prop_assert!(policy.changes(&on_aws, &all, &ours).is_empty());
        for (key, value) in found.iter().filter(|(key, _)| policy.ignore_keys.contains(*key)) {
            prop_assert_eq!(on_aws.get(key), Some(value), "ignored tags stay");
        }
    }
}
