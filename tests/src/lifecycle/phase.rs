//! The operations that can be disturbed, and what must come of them in the end.

use std::collections::BTreeMap;
use std::sync::{Mutex, OnceLock};

use super::inventory::Made;
use super::{Lifecycle, Scene, Stage};
use crate::Running;
use crate::proxy::Call;

/// An operation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Phase {
    /// From nothing to the full configuration.
    Create,
    /// From the full configuration to the changed one.
    Update,
    /// From the full configuration to nothing.
    Destroy,
}

/// An undisturbed run: what the disturbed ones are compared with.
#[derive(Debug)]
pub struct Course {
    /// The operation.
    pub phase: Phase,
    /// The calls of the operation, its plan included.
    pub calls: Vec<Call>,
    made: Made,
}

impl Phase {
    /// Starts the operation.
    pub fn start(self, scene: &impl Scene) -> Running {
        scene.start(match self {
            Self::Create | Self::Update => &["apply", "-auto-approve"],
            Self::Destroy => &["destroy", "-auto-approve"],
        })
    }
}

impl Course {
    /// Runs the operation undisturbed: once, however many tests compare with it.
    #[track_caller]
    pub(super) fn of(subject: &'static Lifecycle, phase: Phase) -> &'static Self {
        static KNOWN: Mutex<BTreeMap<(&str, Phase), &OnceLock<Course>>> =
            Mutex::new(BTreeMap::new());
        let mut known = KNOWN.lock().expect("nobody panics in it");
        let course = *known
            .entry((subject.resource, phase))
            .or_insert_with(|| Box::leak(Box::default()));
        drop(known);
        course.get_or_init(|| Self::observed(&Stage::new(subject), phase))
    }

    /// Runs the operation undisturbed.
    ///
    /// # Panics
    /// It fails.
    #[track_caller]
    pub fn observed(scene: &impl Scene, phase: Phase) -> Self {
        scene.prepare(phase);
        scene.finish(phase.start(scene)).succeeds();
        Self {
            phase,
            calls: scene.proxy().calls(),
            made: scene.made(),
        }
    }

    /// The calls that change something.
    pub fn writes(&self) -> impl Iterator<Item = &Call> {
        self.calls.iter().filter(|call| !call.is_read())
    }

    /// Asserts that the operation, done again and undisturbed, ends where it always does: state
    /// and AWS agree, nothing is orphaned or doubled, and a destroy leaves nothing.
    ///
    /// # Panics
    /// It doesn't.
    #[track_caller]
    pub fn is_reached(&self, scene: &impl Scene, when: &str) {
        scene.calm();
        let again = scene.finish(self.phase.start(scene));
        assert_eq!(again.code(), Some(0), "{when}: the next run fails\n{again}");
        if self.phase != Phase::Destroy {
            self.is_there(scene, when);
            let destroyed = scene.finish(Phase::Destroy.start(scene));
            assert_eq!(
                destroyed.code(),
                Some(0),
                "{when}: the destroy fails\n{destroyed}"
            );
        }
        scene.nothing_left(when);
    }

    /// Asserts that the operation's end is there.
    ///
    /// # Panics
    /// It isn't.
    #[track_caller]
    pub fn is_there(&self, scene: &impl Scene, when: &str) {
        scene.plan_is_empty(when);
        let made = scene.made();
        assert!(
            made == self.made,
            "{when}: orphans or doubles\n{}",
            difference(&self.made, &made)
        );
    }
}

/// What one has and the other hasn't: an inventory of a whole cluster is too long to be read.
fn difference(wanted: &Made, found: &Made) -> String {
    let lines = |made: &Made| {
        let kinds = made.iter();
        let mut lines: Vec<_> = kinds
            .flat_map(|(kind, objects)| objects.iter().map(move |one| format!("{kind} {one:?}")))
            .collect();
        lines.sort();
        lines
    };
    let (wanted, mut more) = (lines(wanted), lines(found));
    let mut text = String::new();
    for line in wanted {
        match more.iter().position(|one| *one == line) {
            Some(at) => drop(more.remove(at)),
            None => text.push_str(&format!("lacking: {line}\n")),
        }
    }
    for line in more {
        text.push_str(&format!("too much: {line}\n"));
    }
    text
}
