//! The whole life: create, update, import, vanish, re-create, replace, destroy, with an empty plan
//! after each and nothing left at the end.

use std::collections::BTreeSet;

use serde_json::json;

use super::{ADDRESS_NAME, Desk, Lifecycle, Size, Stage, attributes, calls, fixture};
use crate::Outcome;

/// Also compares the actions that were called with the documented ones: see
/// `calls::actions_are_documented`.
///
/// # Panics
/// A step isn't as it should be.
pub fn whole(subject: &'static Lifecycle) {
    whole_and(subject, &[]);
}

/// The same for a resource that calls `further` actions where this life doesn't lead: they are
/// documented too.
///
/// # Panics
/// A step isn't as it should be.
pub fn whole_and(subject: &'static Lifecycle, further: &[&str]) {
    let stage = Stage::new(subject);
    grow(&stage, subject);
    import_by_command(&stage, subject);
    import_by_block(&stage, subject);
    vanish(&stage, subject);
    replace(&stage);
    stage.destroy().succeeds();
    stage.nothing_left("destroyed");
    calls::actions_are_documented(&stage, subject, further);
}

/// The part of a life that needs no correction of the emulator, on moto as it is: the minimal
/// configuration, created and destroyed. Of the full one stock moto forgets settings, which is what
/// the corrections are for.
///
/// # Panics
/// A step isn't as it should be.
pub fn minimal_on_stock(subject: &'static Lifecycle) {
    let stage = Stage::on_stock(subject);
    stage.configure(Size::Minimal);
    stage.apply().succeeds();
    stage.plan_is_empty("created");
    stage.destroy().succeeds();
    stage.nothing_left("destroyed");
}

/// From the minimal configuration over the full one to the changed one, each in place.
#[track_caller]
fn grow(stage: &Stage, subject: &Lifecycle) {
    for (size, actions) in [
        (Size::Minimal, json!(["create"])),
        (Size::Full, json!(["update"])),
        (Size::Changed, json!(["update"])),
    ] {
        let when = format!("{size:?}");
        stage.configure(size);
        let planned = stage.planned(&when);
        assert_eq!(planned["change"]["actions"], actions, "{when}: {planned:#}");
        if size == Size::Full {
            full_sets_everything(stage, subject);
        }
        stage.apply_planned().succeeds();
        stage.plan_is_empty(&when);
        if size == Size::Full {
            fixture::keep(stage, subject);
        }
    }
}

/// So that a new attribute can't be forgotten in the configurations.
#[track_caller]
fn full_sets_everything(stage: &Stage, subject: &Lifecycle) {
    let plan = stage.run(&["show", "-json", "planned"]).succeeds().json();
    let written = &plan["configuration"]["root_module"]["resources"][0]["expressions"];
    let never: BTreeSet<_> = subject.never_set.iter().map(|(name, _)| *name).collect();
    for name in attributes::settable(stage, subject.resource) {
        let first = name.split('.').next().unwrap_or(&name);
        let set = !written[first].is_null();
        let excused = never.contains(first);
        assert!(
            set != excused,
            "\"{first}\": set by the full configuration or excused, not both"
        );
    }
}

#[track_caller]
fn import_by_command(stage: &Stage, subject: &Lifecycle) {
    let desk = stage.another_desk();
    desk.write(&stage.provider, &stage.arguments(Size::Changed));
    let id = (subject.import_id)(&stage.network, &stage.values());
    desk.run(&["import", &desk.address(), &id]).succeeds();
    is_imported(&desk, subject, "imported by command");
}

#[track_caller]
fn import_by_block(stage: &Stage, subject: &Lifecycle) {
    let desk = stage.another_desk();
    desk.write(&stage.provider, &stage.arguments(Size::Changed));
    let id = (subject.import_id)(&stage.network, &stage.values());
    desk.workspace().file(
        "import.tf",
        &format!(
            "import {{\n  to = {}.{ADDRESS_NAME}\n  id = \"{id}\"\n}}\n",
            subject.resource
        ),
    );
    is_imported(&desk, subject, "imported by block").says("1 imported, 0 added");
}

/// Asserts that a plan changes nothing but what AWS doesn't have and an import can't know, and that
/// the next one is empty. Returns the apply between them.
#[track_caller]
fn is_imported(desk: &Desk, subject: &Lifecycle, when: &str) -> Outcome {
    let planned = desk.planned(when);
    let change = &planned["change"];
    let known = attributes::settable(desk, subject.resource);
    let unknowable = |path: &String| {
        let reasons = subject.driftless.iter();
        let mut reasons = reasons.filter(|(name, _)| name == path);
        reasons.any(|(_, reason)| reason.starts_with("not AWS's"))
    };
    let mut changed = attributes::differing(&change["before"], &change["after"], &known);
    changed.retain(|path| !unknowable(path));
    assert!(changed.is_empty(), "{when}: {changed:?} {planned:#}");
    let open = attributes::open(&change["after_unknown"], &known);
    assert!(open.is_empty(), "{when}: {open:?} {planned:#}");
    let applied = desk.apply_planned().succeeds();
    desk.plan_is_empty(when);
    applied
}

/// What somebody deletes shows in the next plan, and the apply makes it anew.
#[track_caller]
fn vanish(stage: &Stage, subject: &Lifecycle) {
    let whole = stage.made();
    for part in subject.vanishing {
        let when = format!("{} vanished", part.what);
        (part.delete)(&stage.aws, &stage.values());
        let planned = stage.planned(&when);
        let actions = &planned["change"]["actions"];
        assert_eq!(*actions, json!(part.planned), "{when}: {planned:#}");
        stage.apply_planned().succeeds();
        stage.plan_is_empty(&when);
        assert_eq!(stage.made(), whole, "{when} and was made again");
    }
}

/// What Terraform is told to replace goes and comes again, though nothing in the configuration asks
/// for it. Once the new object's name was refused, since the existing one has it.
#[track_caller]
fn replace(stage: &Stage) {
    let whole = stage.made();
    let address = format!("-replace={}", stage.address());
    let applied = stage.run(&["apply", "-auto-approve", &address]);
    applied.succeeds().says("1 added, 0 changed, 1 destroyed");
    assert_eq!(stage.made(), whole, "replaced");
}
