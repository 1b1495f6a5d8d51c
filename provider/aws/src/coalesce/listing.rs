//! Refreshes of many objects: after some calls for a few objects each, one call lists all of a kind,
//! and the reads that come within some seconds are answered by it.
//!
//! Terraform reads ten objects at a time, of any kinds, so reads that could share a call come one
//! after the other. A list of all that bear the marks of clusters, or of all there are, takes a call
//! too.

use std::collections::BTreeMap;
use std::fmt;
use std::future::Future;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

use super::{Describe, Describing};
use crate::error::Error;

/// How long a list counts as the present. A refresh of one cluster takes longer than this on a slow
/// line: its reads, too, tell of moments that lie so far apart.
const PRESENT: Duration = Duration::from_secs(5);

/// How many calls were made that change something, by whichever client of this process.
pub(super) static WRITES: AtomicU64 = AtomicU64::new(0);

tokio::task_local! {
    static REFRESHING: ();
}

/// Notes a call that changes something: what was listed before it is not the present any more.
pub(crate) fn note_a_write() {
    WRITES.fetch_add(1, Ordering::SeqCst);
}

/// Runs a refresh. Its reads may be answered by lists that are a few seconds old, if this process
/// has changed nothing since; all others ask AWS.
pub async fn refreshing<F: Future>(reads: F) -> F::Output {
    // Boxed, since it is large, and a thread's stack holds every layer around it.
    REFRESHING.scope((), Box::pin(reads)).await
}

/// Whether this is a refresh.
pub(super) fn is_refreshing() -> bool {
    REFRESHING.try_with(|()| ()).is_ok()
}

/// Lists objects of one kind, and remembers them for a moment.
pub(super) struct Listing<K, V> {
    list: Describe<K, V>,
    /// From which call within a moment on all are listed.
    from: usize,
    /// How many objects a call for a few takes.
    keys_per_call: usize,
    /// Counts what ends a list's present.
    writes: &'static AtomicU64,
    seen: Mutex<Seen<K, V>>,
}

struct Seen<K, V> {
    /// Calls for a few objects each, and when the last was made or spared by a list.
    calls: usize,
    last: Option<Instant>,
    list: Option<List<K, V>>,
}

struct List<K, V> {
    at: Instant,
    writes: u64,
    objects: BTreeMap<K, V>,
}

impl<K: Ord + Clone, V: Clone> Listing<K, V> {
    pub(super) fn new<F, Fut>(
        from: usize,
        keys_per_call: usize,
        writes: &'static AtomicU64,
        list: F,
    ) -> Self
    where
        F: Fn(Vec<K>) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<BTreeMap<K, V>, Error>> + Send + 'static,
    {
        Self {
            list: Box::new(move |keys| -> Describing<K, V> { Box::pin(list(keys)) }),
            from,
            keys_per_call: keys_per_call.max(1),
            writes,
            seen: Mutex::new(Seen {
                calls: 0,
                last: None,
                list: None,
            }),
        }
    }

    /// The object, if a present list has it. What a list lacks is asked for.
    pub(super) fn recall(&self, key: &K) -> Option<V> {
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        let found = self.present(&seen)?.objects.get(key).cloned()?;
        // So that a refresh which outlives its list makes another one at once.
        seen.last = Some(Instant::now());
        Some(found)
    }

    fn present<'a>(&self, seen: &'a Seen<K, V>) -> Option<&'a List<K, V>> {
        let list = seen.list.as_ref()?;
        let is_present =
            list.at.elapsed() < PRESENT && list.writes == self.writes.load(Ordering::SeqCst);
        is_present.then_some(list)
    }

    /// What a list has of these keys: one that was made while they waited, or a new one if that is
    /// worth it by now. A list that AWS refuses is none: those who wait are then asked for one by one.
    pub(super) async fn try_list(&self, keys: Vec<K>) -> BTreeMap<K, V> {
        let known: BTreeMap<K, V> = keys
            .iter()
            .filter_map(|key| Some((key.clone(), self.recall(key)?)))
            .collect();
        if !known.is_empty() || !self.is_worth_it(keys.len()) {
            return known;
        }
        let (at, writes) = (Instant::now(), self.writes.load(Ordering::SeqCst));
        let objects = match (self.list)(keys.clone()).await {
            Ok(objects) => objects,
            Err(error) => {
                tracing::debug!(%error, "objects are asked for, since they can't be listed");
                return BTreeMap::new();
            }
        };
        let found = keys
            .into_iter()
            .filter_map(|key| objects.get(&key).cloned().map(|found| (key, found)))
            .collect();
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        seen.list = Some(List {
            at,
            writes,
            objects,
        });
        found
    }

    fn is_worth_it(&self, keys: usize) -> bool {
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        if self.present(&seen).is_some() {
            // It lacks what is asked for.
            return false;
        }
        let is_first = seen.last.is_none_or(|last| last.elapsed() >= PRESENT);
        let before = if is_first { 0 } else { seen.calls };
        seen.calls = before + keys.div_ceil(self.keys_per_call);
        seen.last = Some(Instant::now());
        seen.calls >= self.from
    }
}

impl<K, V> fmt::Debug for Listing<K, V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Listing").finish_non_exhaustive()
    }
}
