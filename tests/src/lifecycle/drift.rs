//! Each settable attribute, changed behind Terraform's back, shows exactly there and is repaired.

use std::collections::BTreeSet;

use serde_json::{Value as Json, json};

use super::points::all_are_asked_for;
use super::{Drift, Lifecycle, Size, Stage, attributes};

/// Whether each settable attribute of the schema has a case of drift, or a reason for none.
///
/// # Panics
/// One has neither, or both, or there is no such attribute.
pub fn cases_are_complete(subject: &'static Lifecycle) {
    let stage = Stage::new(subject);
    stage.configure(Size::Minimal);
    let settable = attributes::settable(&stage, subject.resource);
    let tried: BTreeSet<_> = subject.drift.iter().map(|drift| drift.attribute).collect();
    let excused: BTreeSet<_> = subject.driftless.iter().map(|(name, _)| *name).collect();
    for name in &settable {
        let (tried, excused) = (
            tried.contains(name.as_str()),
            excused.contains(name.as_str()),
        );
        assert!(
            tried != excused,
            "\"{name}\": a case of drift or a reason, not both"
        );
    }
    for name in tried.union(&excused) {
        assert!(settable.contains(*name), "\"{name}\" can't be set");
    }
}

/// Tries every `of`th case of drift, beginning with the one at `part`: parts run side by side.
/// Cases of different attributes are tried together, one by one if `KUBEHA_ALL_POINTS` is set.
///
/// # Panics
/// One shows elsewhere too, or isn't repaired.
pub fn drift(subject: &'static Lifecycle, part: usize, of: usize) {
    let stage = Stage::new(subject);
    stage.configure(Size::Full);
    stage.apply().succeeds();
    stage.plan_is_empty("created");
    let known = attributes::settable(&stage, subject.resource);
    let made = stage.made();
    for round in rounds(subject.drift.iter().skip(part).step_by(of)) {
        let names: Vec<_> = round
            .iter()
            .map(|case| format!("{} {}", case.attribute, case.how))
            .collect();
        let when = names.join(", ");
        for case in &round {
            (case.change)(&stage.aws, &stage.network, &stage.values());
        }
        let planned = stage.planned(&when);
        shows_there_alone(&round, &planned, &known, &when);
        let applied = stage.apply_planned();
        assert_eq!(applied.code(), Some(0), "{when}: not repaired\n{applied}");
        assert_eq!(stage.made(), made, "{when}: not as before");
    }
    stage.plan_is_empty("all is repaired");
}

/// The cases that are tried together: of different attributes, so that each shows for itself. What
/// else they show may be the same.
fn rounds<'a>(cases: impl Iterator<Item = &'a Drift>) -> Vec<Vec<&'a Drift>> {
    let mut rounds: Vec<Vec<&Drift>> = Vec::new();
    for case in cases {
        let takes = |round: &&mut Vec<&Drift>| {
            let apart = |other: &&Drift| {
                attributes_of(other).all(|name| attributes_of(case).all(|one| one != name))
                    || (other.also == case.also
                        && other.attribute != case.attribute
                        && !case.also.contains(&case.attribute))
            };
            !case.replaces && round.iter().all(|other| !other.replaces && apart(other))
        };
        let free = rounds
            .iter_mut()
            .filter(|_| !all_are_asked_for())
            .find(takes);
        match free {
            Some(round) => round.push(case),
            None => rounds.push(vec![case]),
        }
    }
    rounds
}

/// The attributes at which a case shows.
fn attributes_of(case: &Drift) -> impl Iterator<Item = &'static str> {
    [case.attribute]
        .into_iter()
        .chain(case.also.iter().copied())
}

#[track_caller]
fn shows_there_alone(round: &[&Drift], planned: &Json, known: &BTreeSet<String>, when: &str) {
    let change = &planned["change"];
    if let [case] = round
        && case.replaces
    {
        let first = case.attribute.split('.').next();
        assert_eq!(
            change["actions"],
            json!(["delete", "create"]),
            "{when}: {planned:#}"
        );
        assert_eq!(
            change["replace_paths"],
            json!([[first]]),
            "{when}: {planned:#}"
        );
        return;
    }
    assert_eq!(change["actions"], json!(["update"]), "{when}: {planned:#}");
    let mut shown = attributes::differing(&change["before"], &change["after"], known);
    shown.extend(attributes::open(&change["after_unknown"], known));
    let expected: BTreeSet<_> = round
        .iter()
        .flat_map(|case| attributes_of(case))
        .map(ToString::to_string)
        .collect();
    assert_eq!(shown, expected, "{when}: {planned:#}");
}
