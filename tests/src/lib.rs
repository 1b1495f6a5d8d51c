//! Drives a real terraform against the providers of this workspace, and says what it did.
//!
//! A test makes a [`Workspace`] for a provider's binary, writes a configuration into it, and runs
//! terraform: nothing of the machine's own terraform settings, credentials or caches gets in.
//!
//! ```no_run
//! use kubeha_tests::Workspace;
//!
//! let binary = "target/debug/terraform-provider-demo".as_ref();
//! let workspace = Workspace::new(binary, "registry.terraform.io/example/demo");
//! workspace.main(r#"resource "demo_thing" "x" { name = "x" }"#);
//! workspace.apply().succeeds();
//! workspace.plan_is_empty();
//! workspace.destroy().succeeds();
//! ```
//!
//! Every assertion that fails prints the command and all that terraform said.

// Only tests use this crate: a failed assumption in it is a failed test.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing
)]

mod command;
pub mod emulator;
pub mod example;
mod kubeha;
pub mod lifecycle;
mod neighbour;
mod outcome;
pub mod proxy;
mod running;
mod terraform;
mod traces;
mod workspace;

pub use command::run;
pub use kubeha::{kubeha, provider_binary};
pub use neighbour::hashicorp_aws;
pub use outcome::{Outcome, Reported};
pub use running::{Pid, Running, Signal, group_exists};
pub use terraform::terraform;
pub use traces::Traces;
pub use workspace::Workspace;
