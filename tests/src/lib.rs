//! Support for driving terraform.

pub mod proxy;
