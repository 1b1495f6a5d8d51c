//! Support for driving terraform.
