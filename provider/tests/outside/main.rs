//! What comes from outside and was written by others: stored states, import ids, AWS's answers. The
//! states of every release are read; nothing of it, however damaged, makes the provider panic.
//!
//! The provider runs in this process, without terraform and without a socket to it. AWS is a
//! recording (`tests/fixtures/answers`) that is played back, whole or damaged. `PROPTEST_CASES` says
//! how many damages are tried of each kind; `make fuzz` tries many.

// A failed assumption here is a failed test.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing
)]

mod answers;
mod compatibility;
mod damage;
mod fixtures;
mod ids;
mod panics;
mod played;
mod replay;
mod states;
mod terraform;

/// How many cases a property tries: few by default, since `make test` runs them all.
fn cases(few: u32) -> proptest::test_runner::Config {
    let many = std::env::var("PROPTEST_CASES").ok();
    proptest::test_runner::Config {
        cases: many.and_then(|many| many.parse().ok()).unwrap_or(few),
        failure_persistence: None,
        ..Default::default()
    }
}
