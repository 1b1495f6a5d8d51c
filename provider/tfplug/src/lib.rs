//! Terraform plugin protocol 6 as a framework.

pub mod proto;
