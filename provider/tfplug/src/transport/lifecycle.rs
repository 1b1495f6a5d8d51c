//! What the process and the running operations know of each other.

use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

/// Shared by the transport and the RPC service; clones are handles to the same two things.
#[derive(Debug, Clone, Default)]
pub struct Lifecycle {
    /// Cancelled when operations should end soon: by StopProvider, by SIGTERM, or when Terraform
    /// is gone. The server goes on answering.
    pub stop: CancellationToken,
    /// Every operation runs in here, so that it outlives a connection that breaks. The process
    /// waits for them, within limits, before it exits.
    pub tasks: TaskTracker,
}
