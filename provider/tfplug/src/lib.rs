//! Terraform plugin protocol 6 as a framework.

mod logging;
pub mod proto;
pub mod transport;
