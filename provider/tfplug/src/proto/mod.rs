//! The wire: messages, server traits and clients generated from the crate's `proto` folder.
//!
//! Made by `cargo run -p tfplug-codegen`; never edited by hand.

// The generator's style is not ours to mend, nor its text to document twice.
#![allow(missing_docs, unreachable_pub, unused_qualifications, rustdoc::all)]
#![allow(clippy::all, clippy::nursery, clippy::pedantic, clippy::restriction)]

/// What go-plugin serves besides the plugin proper: `GRPCBroker`, `GRPCController`, `GRPCStdio`.
#[rustfmt::skip]
pub mod plugin;

/// Terraform plugin protocol 6.9.
#[rustfmt::skip]
pub mod tfplugin6;
