//! A provider before a type's recording, and what holds of it whatever comes from outside.

use proptest::prelude::*;
use proptest::test_runner::{TestCaseResult, TestRunner};
use tokio::runtime::{Builder, Runtime};

use crate::cases;
use crate::fixtures::{Recording, recording};
use crate::replay::Replay;
use crate::terraform::Terraform;

pub(crate) struct Played {
    pub(crate) runtime: Runtime,
    pub(crate) recording: Recording,
    pub(crate) replay: Replay,
    pub(crate) terraform: Terraform,
}

impl Played {
    pub(crate) fn of(resource: &str) -> Self {
        // With stacks as large as the provider's own.
        let runtime = Builder::new_multi_thread()
            .thread_stack_size(8 << 20)
            .enable_all()
            .build()
            .unwrap();
        let recording = recording(resource);
        let replay = runtime.block_on(Replay::start(recording.answers.clone()));
        let terraform = runtime.block_on(Terraform::at(&replay.url()));
        Self {
            runtime,
            recording,
            replay,
            terraform,
        }
    }

    /// Tries a few values.
    pub(crate) fn holds_for<S: Strategy>(
        &self,
        values: &S,
        property: impl Fn(S::Value) -> TestCaseResult,
    ) {
        if let Err(failure) = TestRunner::new(cases(12)).run(values, property) {
            panic!("{}: {failure}", self.recording.stored.resource);
        }
    }
}
