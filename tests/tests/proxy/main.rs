//! The fault-injecting proxy, between plain sockets and a tiny upstream.

// Helpers here fail the test that uses them, as its own assertions would.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing
)]

mod faults;
mod http;
mod log;
mod stops;
mod upstream;
