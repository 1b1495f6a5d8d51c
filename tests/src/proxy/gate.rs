//! Gates, at which calls wait for the test.

use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::watch;

use super::{Call, Then};

/// Holds calls until it is opened. Calls that come later pass. Dropping it opens it.
#[derive(Debug)]
pub struct Gate {
    post: Arc<Post>,
}

impl Gate {
    pub(super) fn new() -> Self {
        let (verdict, _) = watch::channel(None);
        Self {
            post: Arc::new(Post {
                arrived: Mutex::default(),
                arrival: Condvar::new(),
                verdict,
            }),
        }
    }

    /// The gate as the calls see it.
    pub(super) fn post(&self) -> Arc<Post> {
        Arc::clone(&self.post)
    }

    /// Waits until a call is being held, and returns the first; None if none came within `limit`.
    #[must_use]
    pub fn wait(&self, limit: Duration) -> Option<Call> {
        let arrived = self
            .post
            .arrived
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        let waited = self
            .post
            .arrival
            .wait_timeout_while(arrived, limit, |first| first.is_none());
        let (arrived, _) = waited.unwrap_or_else(PoisonError::into_inner);
        arrived.clone()
    }

    /// Lets the held calls, and later ones, take their course.
    pub fn release(&self) {
        self.post.open(Then::Proceed);
    }

    /// Resets the connections of the held calls, and of later ones.
    pub fn reset(&self) {
        self.post.open(Then::Reset);
    }
}

impl Drop for Gate {
    fn drop(&mut self) {
        self.post.open(Then::Proceed);
    }
}

/// Where calls wait.
#[derive(Debug)]
pub(super) struct Post {
    arrived: Mutex<Option<Call>>,
    arrival: Condvar,
    verdict: watch::Sender<Option<Then>>,
}

impl Post {
    /// Holds the call until the gate is opened.
    pub(super) async fn pass(&self, call: &Call) -> Then {
        let mut verdict = self.verdict.subscribe();
        self.arrived
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .get_or_insert_with(|| call.clone());
        self.arrival.notify_all();
        let opened = verdict.wait_for(Option::is_some).await;
        opened
            .ok()
            .and_then(|verdict| *verdict)
            .unwrap_or(Then::Proceed)
    }

    /// The first opening decides.
    fn open(&self, then: Then) {
        self.verdict
            .send_if_modified(|verdict| verdict.replace(verdict.unwrap_or(then)).is_none());
    }
}
