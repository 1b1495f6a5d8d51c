//! What users start from: the module `examples/modules/cluster`, and the smaller examples, each
//! applied, changed as its text says, and destroyed. Whole clusters without the module are in
//! `complete`.

// A failed assumption here is a failed test.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing
)]

mod hcl;
mod module;
mod reference;
mod small;
mod terragrunt;
