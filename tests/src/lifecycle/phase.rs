//! The operations that can be disturbed, and what must come of them in the end.

use std::collections::BTreeMap;
use std::sync::{Mutex, OnceLock};

use super::stage::Made;
use super::{Lifecycle, Size, Stage};
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
pub(super) struct Course {
    pub(super) phase: Phase,
    /// The calls of the operation, its plan included.
    pub(super) calls: Vec<Call>,
    made: Made,
}

impl Phase {
    /// Makes what the operation starts from, and writes what it leads to.
    #[track_caller]
    pub(super) fn prepare(self, stage: &Stage) {
        stage.configure(Size::Full);
        if self != Self::Create {
            stage.apply().succeeds();
        }
        if self == Self::Update {
            stage.configure(Size::Changed);
        }
        stage.proxy.clear();
    }

    /// Starts the operation.
    pub(super) fn start(self, stage: &Stage) -> Running {
        stage.start(match self {
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
        course.get_or_init(|| Self::observed(subject, phase))
    }

    #[track_caller]
    fn observed(subject: &'static Lifecycle, phase: Phase) -> Self {
        let stage = Stage::new(subject);
        phase.prepare(&stage);
        super::desk::finish(phase.start(&stage)).succeeds();
        let calls = stage.proxy.calls();
        Self {
            phase,
            calls,
            made: stage.made(),
        }
    }

    /// The calls that change something.
    pub(super) fn writes(&self) -> impl Iterator<Item = &Call> {
        self.calls.iter().filter(|call| !call.is_read())
    }

    /// Asserts that the operation, done again and undisturbed, ends where it always does: state
    /// and AWS agree, nothing is orphaned or doubled, and a destroy leaves nothing.
    #[track_caller]
    pub(super) fn is_reached(&self, stage: &Stage, when: &str) {
        stage.calm();
        let again = super::desk::finish(self.phase.start(stage));
        assert_eq!(again.code(), Some(0), "{when}: the next run fails\n{again}");
        if self.phase != Phase::Destroy {
            self.is_there(stage, when);
            let destroyed = stage.destroy();
            assert_eq!(
                destroyed.code(),
                Some(0),
                "{when}: the destroy fails\n{destroyed}"
            );
        }
        stage.nothing_left(when);
    }

    /// Asserts that the operation's end is there.
    #[track_caller]
    pub(super) fn is_there(&self, stage: &Stage, when: &str) {
        stage.plan_is_empty(when);
        assert_eq!(stage.made(), self.made, "{when}: orphans or doubles");
    }
}
