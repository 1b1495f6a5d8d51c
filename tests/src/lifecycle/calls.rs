//! How many calls each phase needs, held against what the API makes necessary, and which
//! permissions they ask for.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::path::Path;

use super::{Lifecycle, Size, Stage};
use crate::proxy::{Call, Proxy};

/// What is measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Measured {
    /// The apply of the full configuration, its plan included.
    Create,
    /// A plan of what exists and is as it should be.
    Refresh,
    /// The update of one attribute, its plan included.
    Update,
    /// A destroy, its plan included.
    Destroy,
}

/// Counts the calls of each phase, and prints them beside the least possible number.
///
/// # Panics
/// A phase changes anything more or less often than is known of it.
pub fn per_phase(subject: &'static Lifecycle) {
    let stage = Stage::new(subject);
    let mut table = format!(
        "{:<10} {:>6} {:>6} {:>6}\n",
        "phase", "calls", "writes", "floor"
    );
    let full = stage.arguments(Size::Full);
    let minimal = stage.arguments(Size::Minimal);
    for phase in subject.calls {
        let measured = match phase.phase {
            Measured::Create => {
                stage.write(&stage.provider, &full);
                during(&stage.proxy, || stage.apply().succeeds())
            }
            Measured::Refresh => during(&stage.proxy, || stage.plan().succeeds()),
            Measured::Update => {
                stage.write(&stage.provider, &minimal);
                stage.apply().succeeds();
                let arguments = format!("{minimal}\n{}", subject.one_more);
                stage.write(&stage.provider, &arguments);
                during(&stage.proxy, || stage.apply().succeeds())
            }
            Measured::Destroy => {
                stage.write(&stage.provider, &full);
                stage.apply().succeeds();
                during(&stage.proxy, || stage.destroy().succeeds())
            }
        };
        let mut writes = BTreeMap::new();
        for call in measured.iter().filter(|call| !call.is_read()) {
            *writes.entry(call.action.as_str()).or_insert(0_usize) += 1;
        }
        let known: BTreeMap<_, _> = phase.writes.iter().copied().collect();
        assert_eq!(writes, known, "{:?}", phase.phase);
        let name = format!("{:?}", phase.phase);
        let (all, changing) = (measured.len(), writes.values().sum::<usize>());
        _ = writeln!(
            table,
            "{name:<10} {all:>6} {changing:>6} {:>6}",
            phase.floor
        );
        if std::env::var_os("KUBEHA_SHOW_CALLS").is_some() {
            for call in &measured {
                _ = writeln!(table, "    {}", call.action);
            }
        }
    }
    eprintln!("{}\n{table}", subject.resource);
}

/// Compares the actions that a whole life has called, and further ones, with `iam-actions.txt` of the
/// resource's example, which its page shows; with `UPDATE_GOLDEN=1` writes that file.
///
/// # Panics
/// They differ.
pub(super) fn actions_are_documented(stage: &Stage, subject: &Lifecycle, further: &[&str]) {
    let counts = stage.proxy.counts();
    let called = counts.keys().map(String::as_str);
    let actions: BTreeSet<_> = called.chain(further.iter().copied()).collect();
    let text = actions
        .into_iter()
        .fold(String::new(), |text, action| text + action + "\n");
    let file = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../examples/resources")
        .join(subject.resource)
        .join("iam-actions.txt");
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        std::fs::write(&file, &text).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
    }
    let documented = std::fs::read_to_string(&file).unwrap_or_default();
    assert_eq!(
        text,
        documented,
        "UPDATE_GOLDEN=1 writes {}",
        file.display()
    );
}

fn during<T>(proxy: &Proxy, work: impl FnOnce() -> T) -> Vec<Call> {
    proxy.clear();
    _ = work();
    proxy.calls()
}
