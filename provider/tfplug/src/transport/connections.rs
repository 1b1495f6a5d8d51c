//! How many authenticated connections are open, and what none means.

use std::time::Duration;

use tokio::sync::watch;
use tokio::time::timeout;

/// A shared count; clones count together.
#[derive(Debug, Clone, Default)]
pub(super) struct Connections(watch::Sender<usize>);

/// Counts as one connection until dropped.
#[derive(Debug)]
pub(super) struct Open(Connections);

impl Connections {
    pub(super) fn open(&self) -> Open {
        self.0.send_modify(|count| *count += 1);
        Open(self.clone())
    }

    /// Resolves when nobody will call any more: the host never came, or left without a word.
    ///
    /// go-plugin keeps a stream open on its connection for as long as it lives, so no connection
    /// means no host; one that was killed can't say Shutdown.
    pub(super) async fn abandoned(&self) {
        let mut count = self.0.subscribe();
        // `wait_for` fails only without a sender, and `self` is one.
        let mut patience = FIRST;
        while timeout(patience, count.wait_for(|count| *count > 0))
            .await
            .is_ok()
        {
            let _ = count.wait_for(|count| *count == 0).await;
            patience = AGAIN;
        }
    }

    /// Resolves when no connection is open.
    pub(super) async fn none(&self) {
        let _ = self.0.subscribe().wait_for(|count| *count == 0).await;
    }
}

impl Drop for Open {
    fn drop(&mut self) {
        self.0.0.send_modify(|count| *count -= 1);
    }
}

/// How long the host may take from start to first connection: go-plugin's own start timeout.
const FIRST: Duration = Duration::from_secs(60);

/// How long after the last connection another may follow; a host that reconnects does so at once.
const AGAIN: Duration = Duration::from_secs(2);

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::time::{Instant, sleep};

    #[tokio::test(start_paused = true)]
    async fn a_host_that_never_comes() {
        let start = Instant::now();
        Connections::default().abandoned().await;
        assert_eq!(start.elapsed().as_secs(), FIRST.as_secs());
    }

    #[tokio::test(start_paused = true)]
    async fn a_host_that_leaves() {
        let start = Instant::now();
        let connections = Connections::default();
        let host = async {
            sleep(Duration::from_secs(5)).await;
            let first = connections.open();
            let second = connections.open();
            drop(first);
            sleep(Duration::from_secs(100)).await;
            drop(second);
            sleep(Duration::from_secs(1)).await;
            let again = connections.open();
            sleep(Duration::from_secs(100)).await;
            drop(again);
        };
        tokio::join!(host, connections.abandoned());
        assert_eq!(start.elapsed().as_secs(), 206 + AGAIN.as_secs());
    }
}
