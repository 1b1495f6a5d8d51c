//! Highly available Kubernetes topologies on AWS, as a Terraform provider.
//!
//! Imports run one way: the provider names its data sources and functions; these know the
//! framework ([`tfplug`]) and the pure rules ([`topology`]) and nothing of each other.

// A call through the AWS SDK is some hundred futures deep, which leaves too little of the usual 128.
#![recursion_limit = "256"]

mod authorities;
mod data_sources;
mod diagnostics;
mod ephemeral;
mod functions;
mod holders;
mod load_balancing;
mod names;
mod network;
#[allow(dead_code, unused_imports)] // some of it is for workers alone
mod node_group;
mod part_tags;
mod provider;
mod resources;
mod tags;
mod waits;

pub use provider::{Kubeha, SETTINGS};
