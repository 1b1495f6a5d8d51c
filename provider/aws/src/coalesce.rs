//! Reads of one kind that arrive together share one call. Of a few kinds is remembered what was
//! there, for checks alone.

use std::collections::BTreeMap;
use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::oneshot;
use tokio::time::Instant;

use crate::error::Error;

mod listing;

pub(crate) use listing::note_a_write;
pub use listing::refreshing;
use listing::{Listing, WRITES, is_refreshing};

/// How long a call waits for another asker after each. Terraform starts its reads within milliseconds
/// of each other; a read alone is delayed by this much, which is little beside a call to AWS.
pub(crate) const WINDOW: Duration = Duration::from_millis(20);

/// How long the first asker waits at most while others keep coming: as long as about one call to AWS
/// takes.
const PATIENCE: Duration = Duration::from_millis(100);

/// From which call for a refresh on, within some seconds, the objects of a kind are listed: one alone
/// is that of a small configuration.
pub(crate) const LISTED_FROM: usize = 2;

/// How long an object that was there counts as there, for checks whose outcome AWS judges once more
/// when the write comes. Long enough for the apply of a network that the next resources stand in.
const REMEMBERED: Duration = Duration::from_secs(600);

/// A call that reads many objects: what AWS has of them. An object that isn't there is missing
/// in the answer, or makes the call fail.
pub(crate) type Describe<K, V> = Box<dyn Fn(Vec<K>) -> Describing<K, V> + Send + Sync>;

/// The future of a [`Describe`].
pub(crate) type Describing<K, V> =
    Pin<Box<dyn Future<Output = Result<BTreeMap<K, V>, Error>> + Send>>;

/// Gathers reads of single objects into calls for many.
///
/// Reads gather while they keep coming, for a moment, and while a call is in flight.
/// [`get`](Self::get) has no cache: it is answered by a call that starts after it, so it sees every
/// write that was done before; but for [refreshes](refreshing), of which kinds may be
/// [listed](Self::or_listed). [`known`](Self::known) is another matter, and says which.
pub(crate) struct Coalescer<K, V>(Arc<Shared<K, V>>);

struct Shared<K, V> {
    memory: Option<Memory<K, V>>,
    listing: Option<Listing<K, V>>,
    describe: Describe<K, V>,
    /// How many objects one call may name.
    limit: usize,
    queue: Mutex<Queue<K, V>>,
}

struct Queue<K, V> {
    waiting: BTreeMap<K, Vec<Asker<V>>>,
    /// Since when somebody waits.
    since: Instant,
    /// When the last of them came.
    joined: Instant,
    /// Whether somebody waits who is not a refresh.
    exact: bool,
    /// Whether a task is at work that will take what is waiting.
    driven: bool,
}

type Asker<V> = oneshot::Sender<Result<Option<V>, Error>>;

impl<K, V> Coalescer<K, V>
where
    K: Ord + Clone + Send + Sync + 'static,
    V: Clone + Send + Sync + 'static,
{
    /// A coalescer over `describe`, which takes up to `limit` keys.
    pub(crate) fn new<F, Fut>(limit: usize, describe: F) -> Self
    where
        F: Fn(Vec<K>) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<BTreeMap<K, V>, Error>> + Send + 'static,
    {
        let now = Instant::now();
        let queue = Mutex::new(Queue {
            waiting: BTreeMap::new(),
            since: now,
            joined: now,
            exact: false,
            driven: false,
        });
        let describe: Describe<K, V> = Box::new(move |keys| Box::pin(describe(keys)));
        Self(Arc::new(Shared {
            memory: None,
            listing: None,
            describe,
            limit: limit.max(1),
            queue,
        }))
    }

    /// The same, which remembers for some minutes what was there. Of what isn't there nothing is
    /// remembered. To be said before it is shared.
    pub(crate) fn remembering(self) -> Self {
        let Self(mut shared) = self;
        if let Some(shared) = Arc::get_mut(&mut shared) {
            shared.memory = Some(Memory::default());
        }
        Self(shared)
    }

    /// The same, which of the `from`th call for refreshes on within a moment lists all objects of the
    /// kind, for those that follow too. `list` gets the keys that are asked for, and may tell of any
    /// others. Objects that it doesn't tell of are asked for.
    pub(crate) fn or_listed<F, Fut>(self, from: usize, list: F) -> Self
    where
        F: Fn(Vec<K>) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<BTreeMap<K, V>, Error>> + Send + 'static,
    {
        let keys_per_call = self.0.limit;
        self.with_listing(Listing::new(from, keys_per_call, &WRITES, list))
    }

    /// The same of objects that a call takes one of: `describe` makes a call for each, side by side.
    pub(crate) fn each_or_listed<F, Fut>(self, from: usize, list: F) -> Self
    where
        F: Fn(Vec<K>) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<BTreeMap<K, V>, Error>> + Send + 'static,
    {
        self.with_listing(Listing::new(from, 1, &WRITES, list))
    }

    fn with_listing(self, listing: Listing<K, V>) -> Self {
        let Self(mut shared) = self;
        if let Some(shared) = Arc::get_mut(&mut shared) {
            shared.listing = Some(listing);
        }
        Self(shared)
    }

    /// The object, or `None` if there is none.
    ///
    /// Dropping the future takes nothing from others who ask.
    pub(crate) async fn get(&self, key: K) -> Result<Option<V>, Error> {
        let found = self.ask(key.clone()).await;
        let found = found.unwrap_or(Err(Error::Abandoned))?;
        self.note(key, found.as_ref());
        Ok(found)
    }

    /// The object as it was when it was seen last, if that isn't long ago; else as [`get`](Self::get)
    /// finds it. For checks that spare somebody a failure, and for what no write of ours changes:
    /// what is to be changed or shown is read.
    pub(crate) async fn known(&self, key: K) -> Result<Option<V>, Error> {
        if let Some(memory) = &self.0.memory
            && let Some(seen) = memory.recall(&key)
        {
            return Ok(Some(seen));
        }
        self.get(key).await
    }

    /// Remembers an object that AWS has just made, or forgets one that is gone.
    pub(crate) fn note(&self, key: K, object: Option<&V>) {
        if let Some(memory) = &self.0.memory {
            memory.note(key, object.cloned());
        }
    }

    /// The objects of these keys, in their order, without those that there are none of.
    pub(crate) async fn get_all(&self, keys: Vec<K>) -> Result<Vec<V>, Error> {
        let mut answers = Vec::with_capacity(keys.len());
        for key in keys {
            answers.push(self.ask(key));
        }
        let mut found = Vec::with_capacity(answers.len());
        for answer in answers {
            found.extend(answer.await.unwrap_or(Err(Error::Abandoned))?);
        }
        Ok(found)
    }

    /// Joins those who wait.
    fn ask(&self, key: K) -> oneshot::Receiver<Result<Option<V>, Error>> {
        let (asker, answer) = oneshot::channel();
        let is_refreshing = is_refreshing();
        if let (Some(listing), true) = (&self.0.listing, is_refreshing)
            && let Some(found) = listing.recall(&key)
        {
            // The receiver is in hand, so it is there to hear.
            let _ = asker.send(Ok(Some(found)));
            return answer;
        }
        let start = {
            let mut queue = self.0.lock();
            queue.joined = Instant::now();
            if queue.waiting.is_empty() {
                queue.since = queue.joined;
            }
            queue.exact |= !is_refreshing;
            queue.waiting.entry(key).or_default().push(asker);
            !std::mem::replace(&mut queue.driven, true)
        };
        if start {
            // A task of its own: the asker who started it may go away.
            tokio::spawn(drive(Arc::clone(&self.0)));
        }
        answer
    }
}

/// What was there, and when it was seen.
pub(crate) struct Memory<K, V>(Mutex<BTreeMap<K, (Instant, V)>>);

impl<K, V> Default for Memory<K, V> {
    fn default() -> Self {
        Self(Mutex::new(BTreeMap::new()))
    }
}

impl<K, V> fmt::Debug for Memory<K, V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Memory").finish_non_exhaustive()
    }
}

impl<K: Ord, V: Clone> Memory<K, V> {
    /// The object, if it was seen not long ago.
    pub(crate) fn recall(&self, key: &K) -> Option<V> {
        let seen = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let (at, object) = seen.get(key)?;
        (at.elapsed() < REMEMBERED).then(|| object.clone())
    }

    /// Remembers an object, or forgets one that isn't there.
    pub(crate) fn note(&self, key: K, object: Option<V>) {
        let mut seen = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        match object {
            Some(object) => seen.insert(key, (Instant::now(), object)),
            None => seen.remove(&key),
        };
    }
}

impl<K, V> fmt::Debug for Coalescer<K, V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Coalescer")
            .field("limit", &self.0.limit)
            .finish_non_exhaustive()
    }
}

impl<K: Ord + Clone, V> Shared<K, V> {
    /// The next batch, or `None` when nobody waits and the task may end.
    fn take(&self) -> Option<Batch<K, V>> {
        let mut queue = self.lock();
        // Nobody needs an answer that all askers have given up.
        queue.waiting.retain(|_, askers| {
            askers.retain(|asker| !asker.is_closed());
            !askers.is_empty()
        });
        let rest = queue.waiting.keys().nth(self.limit).cloned();
        let rest = rest
            .map(|key| queue.waiting.split_off(&key))
            .unwrap_or_default();
        let batch = std::mem::replace(&mut queue.waiting, rest);
        if batch.is_empty() {
            queue.driven = false;
            return None;
        }
        let exact = if queue.waiting.is_empty() {
            std::mem::take(&mut queue.exact)
        } else {
            queue.exact
        };
        Some(Batch { batch, exact })
    }
}

impl<K, V> Shared<K, V> {
    /// Until when the next call waits for more askers, unless they come meanwhile.
    fn due(&self) -> Option<Instant> {
        let queue = self.lock();
        // A call that takes no more objects waits for those who ask for the same ones alone.
        let is_full = queue.waiting.len() >= self.limit;
        let last = if is_full { queue.since } else { queue.joined };
        let due = (last + WINDOW).min(queue.since + PATIENCE);
        (due > Instant::now()).then_some(due)
    }

    fn lock(&self) -> MutexGuard<'_, Queue<K, V>> {
        // Nothing panics while it holds the lock; were it so, the queue would still be whole.
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What is asked for together.
struct Batch<K, V> {
    batch: BTreeMap<K, Vec<Asker<V>>>,
    /// Whether somebody asks who is not a refresh.
    exact: bool,
}

/// Ends a task's turn even if the call panics: those who wait get an error, and the next asker
/// starts a new task.
struct Turn<K, V>(Arc<Shared<K, V>>);

impl<K, V> Drop for Turn<K, V> {
    fn drop(&mut self) {
        if std::thread::panicking() {
            let mut queue = self.0.lock();
            queue.driven = false;
            queue.waiting.clear();
        }
    }
}

async fn drive<K, V>(shared: Arc<Shared<K, V>>)
where
    K: Ord + Clone + Send + Sync + 'static,
    V: Clone + Send + Sync + 'static,
{
    let turn = Turn(shared);
    loop {
        while let Some(due) = turn.0.due() {
            tokio::time::sleep_until(due).await;
        }
        let Some(Batch { mut batch, exact }) = turn.0.take() else {
            return;
        };
        if let (Some(listing), false) = (&turn.0.listing, exact) {
            let listed = listing.try_list(batch.keys().cloned().collect()).await;
            for (key, found) in listed {
                tell(batch.remove(&key).unwrap_or_default(), &Ok(Some(found)));
            }
        }
        if !batch.is_empty() {
            answer(&turn.0.describe, batch).await;
        }
    }
}

/// Asks for a batch, and for its halves if the whole fails for the sake of one key.
async fn answer<K, V>(describe: &Describe<K, V>, batch: BTreeMap<K, Vec<Asker<V>>>)
where
    K: Ord + Clone,
    V: Clone,
{
    let mut parts = vec![batch];
    while let Some(mut part) = parts.pop() {
        match describe(part.keys().cloned().collect()).await {
            Ok(mut found) => {
                for (key, askers) in part {
                    tell(askers, &Ok(found.remove(&key)));
                }
            }
            Err(error) if part.len() > 1 && may_be_one_keys_fault(&error) => {
                if let Some(middle) = part.keys().nth(part.len() / 2).cloned() {
                    let second = part.split_off(&middle);
                    parts.push(second);
                    parts.push(part);
                }
            }
            Err(error) => {
                let result = if error.is_not_found() {
                    Ok(None)
                } else {
                    Err(error)
                };
                for askers in part.into_values() {
                    tell(askers, &result);
                }
            }
        }
    }
}

fn tell<V: Clone>(askers: Vec<Asker<V>>, result: &Result<Option<V>, Error>) {
    for asker in askers {
        // One who has gone away needs no answer.
        let _ = asker.send(result.clone());
    }
}

/// One id that doesn't exist or isn't well formed fails the call for all.
fn may_be_one_keys_fault(error: &Error) -> bool {
    error.is_not_found()
        || error
            .code()
            .is_some_and(|code| code.starts_with("Validation") || code.starts_with("Invalid"))
}

#[cfg(test)]
mod tests;
