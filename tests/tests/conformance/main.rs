//! What the plugin framework promises, held against a real terraform.
//!
//! The provider is `terraform-provider-demo`, whose cloud is a directory: see its sources under
//! `src/bin`. Each module is one topic, each test one promise.

// A failed assumption here is a failed test.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing
)]

mod demo;

mod defaults;
mod diagnostics;
mod ephemeral;
mod failures;
mod functions;
mod import;
mod interrupt;
mod lifecycle;
mod mocks;
mod moved;
mod numbers;
mod panics;
mod parallel;
mod provider_config;
mod schema;
mod secrets;
mod size;
mod timeouts;
mod transport;
mod types;
mod unknown;
mod upgrade;
mod validation;
