//! Support for driving terraform.

// Only tests use this crate: a failed assumption in it is a failed test.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing
)]

pub mod emulator;
pub mod proxy;
