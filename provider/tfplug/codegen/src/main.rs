//! Regenerates the gRPC code.
fn main() {}
