//! What isn't everywhere: the programs that certificates and kubeconfigs are for, hashicorp/aws, and
//! Terragrunt.
//!
//! `make test` doesn't need them, so these tests are ignored there and say so. `make test-programs`
//! runs them, and fails where a program is missing.

// A failed assumption here is a failed test.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing
)]

mod etcd;
mod kubectl;
mod neighbours;
mod program;
mod site;
mod terragrunt;
