//! What the process and the running operations know of each other.

use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

/// Shared by the transport and the RPC service; clones are handles to the same two things.
#[derive(Debug, Clone)]
pub struct Lifecycle {
    /// Cancelled when operations should end soon: by StopProvider, by SIGTERM, or when Terraform
    /// is gone. The server goes on answering.
    pub stop: CancellationToken,
    /// Cancelled with `stop`, and as soon as somebody presses Ctrl-C: what only looks may end then,
    /// whatever Terraform makes of it.
    pub looks: CancellationToken,
    /// Every operation runs in here, so that it outlives a connection that breaks. The process
    /// waits for them, within limits, before it exits.
    pub tasks: TaskTracker,
}

impl Default for Lifecycle {
    fn default() -> Self {
        let stop = CancellationToken::new();
        Self {
            looks: stop.child_token(),
            stop,
            tasks: TaskTracker::new(),
        }
    }
}
