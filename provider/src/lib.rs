//! Highly available Kubernetes topologies on AWS, as a Terraform provider.
//!
//! Imports run one way: the provider names its data sources and functions; these know the
//! framework ([`tfplug`]) and the pure rules ([`topology`]) and nothing of each other.

mod data_sources;
mod diagnostics;
mod functions;
mod provider;
mod resources;
mod tags;

pub use provider::{Kubeha, SETTINGS};
