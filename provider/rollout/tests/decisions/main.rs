//! The decisions and their explanation: tables of situations, and what holds of all of them.

#![expect(
    clippy::panic,
    clippy::unwrap_used,
    reason = "all of this is a test, and a failed assumption a failed one"
)]

mod explanations;
mod notation;
mod properties;
mod scenarios;
