//! What every handler gets: the provider's data, the cancel token, the time it has, its private
//! state, and a place for warnings.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::server::adapter::Surroundings;

/// The surroundings of one operation on one object.
///
/// Cheap to clone: a handler may hand clones to the tasks it starts.
#[derive(Debug)]
pub struct Cx<D> {
    data: Arc<D>,
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    stop: CancellationToken,
    looks: CancellationToken,
    applying: bool,
    timeout: Duration,
    deadline: Instant,
    private: Mutex<Private>,
    warnings: Mutex<Diagnostics>,
}

impl<D> Cx<D> {
    pub(crate) fn new(around: Surroundings<D>, timeout: Duration, private: Private) -> Self {
        let Surroundings {
            data,
            stop,
            looks,
            applying,
        } = around;
        let shared = Shared {
            stop,
            looks,
            applying,
            timeout,
            deadline: Instant::now() + timeout,
            private: Mutex::new(private),
            warnings: Mutex::default(),
        };
        Self {
            data,
            shared: Arc::new(shared),
        }
    }

    /// What the provider made of its configuration.
    pub fn data(&self) -> &D {
        &self.data
    }

    /// Cancelled when the user pressed Ctrl-C. A handler that waits must wait for this too, and
    /// then return an error with what exists saved. It is never cut off by force, since that could
    /// lose what an API call in flight has just created; one that only looks is.
    pub fn stop(&self) -> &CancellationToken {
        &self.shared.stop
    }

    /// Cancelled when what only looks is to end.
    pub(crate) fn looks(&self) -> &CancellationToken {
        &self.shared.looks
    }

    /// Whether Terraform is carrying out a plan. It then plans each object once more, with all that
    /// is known by now, just before it applies it: what that operation looks at anyhow needn't be
    /// looked at for such a plan. Known from the first object on that a run applies.
    pub fn is_applying(&self) -> bool {
        self.shared.applying
    }

    /// The time that the user, or the resource's default, gives the whole operation.
    pub fn timeout(&self) -> Duration {
        self.shared.timeout
    }

    /// When that time is over.
    pub fn deadline(&self) -> Instant {
        self.shared.deadline
    }

    /// Tells the user something without failing.
    pub fn warn(&self, warning: Diagnostic) {
        lock(&self.shared.warnings).push(warning);
    }

    /// Bytes that Terraform keeps beside the state for this object and shows to nobody.
    pub fn private(&self, key: &str) -> Option<Vec<u8>> {
        lock(&self.shared.private).0.get(key).cloned()
    }

    /// Sets private bytes; `None` removes them. Kept even when the operation fails.
    pub fn set_private(&self, key: &str, bytes: Option<Vec<u8>>) {
        lock(&self.shared.private).set(key, bytes);
    }

    pub(crate) fn take_warnings(&self) -> Diagnostics {
        std::mem::take(&mut *lock(&self.shared.warnings))
    }

    pub(crate) fn private_bytes(&self) -> Vec<u8> {
        lock(&self.shared.private).to_bytes()
    }
}

impl<D> Clone for Cx<D> {
    fn clone(&self) -> Self {
        Self {
            data: self.data.clone(),
            shared: self.shared.clone(),
        }
    }
}

/// Private state: named bytes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Private(BTreeMap<String, Vec<u8>>);

impl Private {
    /// Reads what [`to_bytes`](Self::to_bytes) wrote. Bytes that something else wrote (another
    /// provider, before a move) hold nothing for us.
    pub(crate) fn from_bytes(bytes: &[u8]) -> Self {
        let entries: BTreeMap<String, String> = serde_json::from_slice(bytes).unwrap_or_default();
        let decode = |(key, text)| Some((key, BASE64_STANDARD.decode(text).ok()?));
        Self(entries.into_iter().filter_map(decode).collect())
    }

    /// Sets or removes named bytes, and returns what they were.
    pub(crate) fn set(&mut self, key: &str, bytes: Option<Vec<u8>>) -> Option<Vec<u8>> {
        match bytes {
            Some(bytes) => self.0.insert(key.to_owned(), bytes),
            None => self.0.remove(key),
        }
    }

    pub(crate) fn to_bytes(&self) -> Vec<u8> {
        if self.0.is_empty() {
            return Vec::new();
        }
        let entries: serde_json::Map<_, _> = self
            .0
            .iter()
            .map(|(key, bytes)| (key.clone(), BASE64_STANDARD.encode(bytes).into()))
            .collect();
        serde_json::Value::Object(entries).to_string().into_bytes()
    }
}

/// A panic elsewhere leaves these collections whole, so a poisoned lock is as good as any.
pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn private_bytes_survive() {
        let private = Private(BTreeMap::from([("a".to_owned(), vec![0, 255])]));
        assert_eq!(Private::from_bytes(&private.to_bytes()), private);
        assert_eq!(Private::default().to_bytes(), b"");
    }

    #[test]
    fn foreign_private_bytes_are_ignored() {
        for bytes in [
            b"".as_slice(),
            b"{",
            b"[1]",
            br#"{"schema_version":"1"}"#,
            br#"{"a":1}"#,
        ] {
            let _ = Private::from_bytes(bytes);
        }
        assert_eq!(Private::from_bytes(b"junk"), Private::default());
    }
}
