//! Regenerates `provider/tfplug/src/proto` from the `.proto` files beside it.
//!
//! The result is checked in, so a build needs neither this crate nor protoc.

use std::error::Error;
use std::path::Path;

/// Files under `provider/tfplug/proto`; one Rust file comes out for each proto package.
const PROTOS: [&str; 4] = [
    "grpc_broker.proto",
    "grpc_controller.proto",
    "grpc_stdio.proto",
    "tfplugin6.proto",
];

fn main() -> Result<(), Box<dyn Error>> {
    let tfplug = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let files = protox::compile(PROTOS, [tfplug.join("proto")])?;
    tonic_prost_build::configure()
        // Clients are for tests; what nobody calls, the linker drops. `connect` would need
        // tonic's whole channel stack.
        .build_transport(false)
        // Ordered maps make an answer's bytes the same every time.
        .btree_map(".")
        .emit_rerun_if_changed(false)
        .out_dir(tfplug.join("src/proto"))
        .compile_fds(files)?;
    Ok(())
}
