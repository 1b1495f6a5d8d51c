//! The coalescer against a fake AWS, under paused time.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicU64, Ordering};

use proptest::prelude::*;

use super::*;
use crate::error::fake;

/// Objects that exist, keys that fail, and the calls seen.
#[derive(Default)]
struct Fake {
    objects: Mutex<BTreeSet<u32>>,
    malformed: BTreeSet<u32>,
    /// Whether a missing object fails the call (as in ELB) or is left out (as in a filter).
    strict: bool,
    calls: Mutex<Vec<Vec<u32>>>,
}

impl Fake {
    fn with(objects: impl IntoIterator<Item = u32>) -> Self {
        Self {
            objects: Mutex::new(objects.into_iter().collect()),
            ..Self::default()
        }
    }

    fn calls(&self) -> Vec<Vec<u32>> {
        self.calls.lock().unwrap().clone()
    }

    /// What AWS has is settled when the call starts; the answer comes a second later.
    async fn describe(self: Arc<Self>, keys: Vec<u32>) -> Result<BTreeMap<u32, u32>, Error> {
        self.calls.lock().unwrap().push(keys.clone());
        let objects = self.objects.lock().unwrap().clone();
        tokio::time::sleep(Duration::from_secs(1)).await;
        if keys.iter().any(|key| self.malformed.contains(key)) {
            return Err(fake::refused("ValidationError"));
        }
        if self.strict && keys.iter().any(|key| !objects.contains(key)) {
            return Err(fake::refused("LoadBalancerNotFound"));
        }
        Ok(keys
            .into_iter()
            .filter(|key| objects.contains(key))
            .map(|key| (key, key * 10))
            .collect())
    }
}

fn over(limit: usize, fake: Fake) -> (Arc<Coalescer<u32, u32>>, Arc<Fake>) {
    let fake = Arc::new(fake);
    let backend = Arc::clone(&fake);
    let coalescer = Coalescer::new(limit, move |keys| Arc::clone(&backend).describe(keys));
    (Arc::new(coalescer), fake)
}

async fn ask_all(
    coalescer: &Arc<Coalescer<u32, u32>>,
    keys: impl IntoIterator<Item = u32>,
) -> Vec<(u32, Result<Option<u32>, Error>)> {
    let asks: Vec<_> = keys
        .into_iter()
        .map(|key| {
            let coalescer = Arc::clone(coalescer);
            tokio::spawn(async move { (key, coalescer.get(key).await) })
        })
        .collect();
    let mut answers = Vec::new();
    for ask in asks {
        answers.push(ask.await.unwrap());
    }
    answers
}

#[tokio::test(start_paused = true)]
async fn those_who_ask_together_share_one_call() {
    let (coalescer, fake) = over(20, Fake::with([1, 2]));
    for (key, answer) in ask_all(&coalescer, [1, 2, 3, 1]).await {
        assert_eq!(answer.unwrap(), (key < 3).then_some(key * 10));
    }
    assert_eq!(fake.calls(), [vec![1, 2, 3]]);
}

#[tokio::test(start_paused = true)]
async fn a_call_waits_while_others_keep_coming_but_not_for_long() {
    let (coalescer, fake) = over(20, Fake::with(1..=20));
    let asks = (1..=12).map(|key| {
        let coalescer = Arc::clone(&coalescer);
        tokio::spawn(async move {
            tokio::time::sleep(Duration::from_millis(12) * key).await;
            coalescer.get(key).await
        })
    });
    for ask in asks.collect::<Vec<_>>() {
        assert!(ask.await.unwrap().unwrap().is_some());
    }
    // From 12 ms on, for 100 ms.
    assert_eq!(fake.calls(), [Vec::from_iter(1..=9), vec![10, 11, 12]]);
}

#[tokio::test(start_paused = true)]
async fn a_full_call_is_shared_by_those_who_ask_for_the_same() {
    let (coalescer, fake) = over(1, Fake::with([1]));
    let late = async {
        tokio::time::sleep(WINDOW / 2).await;
        coalescer.get(1).await
    };
    let start = Instant::now();
    let (first, late) = tokio::join!(coalescer.get(1), late);
    assert_eq!((first.unwrap(), late.unwrap()), (Some(10), Some(10)));
    assert_eq!(fake.calls(), [vec![1]]);
    assert_eq!(start.elapsed(), WINDOW + Duration::from_secs(1));
}

#[tokio::test(start_paused = true)]
async fn a_call_names_no_more_than_the_limit() {
    let (coalescer, fake) = over(2, Fake::with(1..=5));
    ask_all(&coalescer, 1..=5).await;
    assert_eq!(fake.calls(), [vec![1, 2], vec![3, 4], vec![5]]);
}

#[tokio::test(start_paused = true)]
async fn one_who_asks_for_many_gets_them_in_order_in_as_few_calls() {
    let (coalescer, fake) = over(3, Fake::with([1, 2, 4, 9]));
    let (many, one) = tokio::join!(coalescer.get_all(vec![9, 3, 1, 4]), coalescer.get(2));
    assert_eq!(many.unwrap(), [90, 10, 40]);
    assert_eq!(one.unwrap(), Some(20));
    assert_eq!(fake.calls(), [vec![1, 2, 3], vec![4, 9]]);
    assert!(coalescer.get_all(Vec::new()).await.unwrap().is_empty());
    assert_eq!(fake.calls().len(), 2);
}

#[tokio::test(start_paused = true)]
async fn a_read_after_a_write_is_not_answered_by_an_older_call() {
    let (coalescer, fake) = over(20, Fake::with([]));
    let early = Arc::clone(&coalescer);
    let early = tokio::spawn(async move { early.get(1).await });
    // The call is in flight now, and has not seen the write.
    tokio::time::sleep(WINDOW + Duration::from_millis(500)).await;
    assert_eq!(fake.calls().len(), 1);
    fake.objects.lock().unwrap().insert(1);
    assert_eq!(coalescer.get(1).await.unwrap(), Some(10));
    assert_eq!(early.await.unwrap().unwrap(), None);
}

#[tokio::test(start_paused = true)]
async fn an_asker_who_leaves_cancels_nobody() {
    let (coalescer, fake) = over(20, Fake::with([1, 2]));
    let starter = Arc::clone(&coalescer);
    let starter = tokio::spawn(async move { starter.get(1).await });
    let other = Arc::clone(&coalescer);
    let other = tokio::spawn(async move { other.get(2).await });
    tokio::time::sleep(Duration::from_millis(1)).await;
    starter.abort();
    assert_eq!(other.await.unwrap().unwrap(), Some(20));
    assert_eq!(fake.calls(), [vec![2]], "nobody needed 1 any more");
}

#[tokio::test(start_paused = true)]
async fn an_error_of_the_whole_call_goes_to_all() {
    let coalescer: Arc<Coalescer<u32, u32>> = Arc::new(Coalescer::new(20, |_| async {
        Err(fake::refused("Throttling"))
    }));
    for (_, answer) in ask_all(&coalescer, [1, 2]).await {
        assert!(answer.unwrap_err().is_throttled());
    }
}

#[tokio::test(start_paused = true)]
async fn a_panic_fails_its_askers_and_not_the_next() {
    let calls = Arc::new(Mutex::new(0));
    let coalescer: Arc<Coalescer<u32, u32>> =
        Arc::new(Coalescer::new(20, move |keys: Vec<u32>| {
            let calls = Arc::clone(&calls);
            async move {
                let call = {
                    let mut calls = calls.lock().unwrap();
                    *calls += 1;
                    *calls
                };
                assert!(call > 1, "the first call panics, as this test wants");
                Ok(keys.into_iter().map(|key| (key, key)).collect())
            }
        }));
    assert!(matches!(coalescer.get(1).await, Err(Error::Abandoned)));
    assert_eq!(coalescer.get(1).await.unwrap(), Some(1));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// Whatever exists, is missing or is malformed: each asker gets its own answer.
    #[test]
    fn everyone_gets_the_answer_of_their_key(
        asked in proptest::collection::vec(0_u32..30, 1..40),
        objects in proptest::collection::btree_set(0_u32..30, 0..30),
        malformed in proptest::collection::btree_set(0_u32..30, 0..3),
        strict in any::<bool>(),
        limit in 1_usize..25,
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_time().start_paused(true).build().unwrap();
        runtime.block_on(async {
            let fake = Fake { malformed: malformed.clone(), strict, ..Fake::with(objects.clone()) };
            let (coalescer, fake) = over(limit, fake);
            for (key, answer) in ask_all(&coalescer, asked).await {
                if malformed.contains(&key) {
                    assert_eq!(answer.unwrap_err().code(), Some("ValidationError"));
                } else {
                    assert_eq!(answer.unwrap(), objects.contains(&key).then_some(key * 10));
                }
            }
            assert!(fake.calls().iter().all(|keys| keys.len() <= limit));
        });
    }
}

#[tokio::test(start_paused = true)]
async fn what_was_there_is_known_for_a_while_and_reads_go_to_aws_all_the_same() {
    let fake = Arc::new(Fake::with([1]));
    let backend = Arc::clone(&fake);
    let coalescer =
        Coalescer::new(20, move |keys| Arc::clone(&backend).describe(keys)).remembering();
    // Of what isn't there nothing is remembered.
    assert_eq!(coalescer.known(2).await.unwrap(), None);
    fake.objects.lock().unwrap().insert(2);
    assert_eq!(coalescer.known(2).await.unwrap(), Some(20));
    assert_eq!(fake.calls().len(), 2);
    assert_eq!(coalescer.known(2).await.unwrap(), Some(20));
    assert_eq!(fake.calls().len(), 2);
    // A read sees what became of it, and then it isn't known any more.
    fake.objects.lock().unwrap().remove(&2);
    assert_eq!(coalescer.get(2).await.unwrap(), None);
    assert_eq!(coalescer.known(2).await.unwrap(), None);
    assert_eq!(fake.calls().len(), 4);
    // What AWS has just made needn't be asked for, until it is gone or long ago.
    coalescer.note(3, Some(&30));
    assert_eq!(coalescer.known(3).await.unwrap(), Some(30));
    coalescer.note(3, None);
    assert_eq!(coalescer.known(3).await.unwrap(), None);
    assert_eq!(coalescer.known(1).await.unwrap(), Some(10));
    tokio::time::sleep(REMEMBERED).await;
    let before = fake.calls().len();
    assert_eq!(coalescer.known(1).await.unwrap(), Some(10));
    assert_eq!(fake.calls().len(), before + 1);
}

#[tokio::test(start_paused = true)]
async fn without_a_memory_all_is_asked() {
    let (coalescer, fake) = over(20, Fake::with([1]));
    coalescer.note(2, Some(&20));
    assert_eq!(coalescer.known(1).await.unwrap(), Some(10));
    assert_eq!(coalescer.known(1).await.unwrap(), Some(10));
    assert_eq!(coalescer.known(2).await.unwrap(), None);
    assert_eq!(fake.calls().len(), 3);
}

/// Reads of a refresh, one after the other, as Terraform sends them that reads ten of all kinds.
async fn refresh(coalescer: &Coalescer<u32, u32>, keys: &[u32]) -> Vec<Option<u32>> {
    let mut found = Vec::new();
    for key in keys {
        found.push(refreshing(coalescer.get(*key)).await.unwrap());
    }
    found
}

/// How long the fake takes for a list.
const LISTED_IN: Duration = Duration::from_millis(100);

/// Lists all that the fake has, and notes that as a call without keys.
fn listed(fake: Fake) -> (Coalescer<u32, u32>, Arc<Fake>, &'static AtomicU64) {
    let writes: &'static AtomicU64 = Box::leak(Box::default());
    let fake = Arc::new(fake);
    let (asked, all) = (Arc::clone(&fake), Arc::clone(&fake));
    let coalescer = Coalescer::new(20, move |keys| Arc::clone(&asked).describe(keys));
    let listing = Listing::new(2, 20, writes, move |_| {
        let fake = Arc::clone(&all);
        async move {
            fake.calls.lock().unwrap().push(Vec::new());
            let objects = fake.objects.lock().unwrap().clone();
            tokio::time::sleep(LISTED_IN).await;
            Ok(objects.into_iter().map(|key| (key, key * 10)).collect())
        }
    });
    (coalescer.with_listing(listing), fake, writes)
}

#[tokio::test(start_paused = true)]
async fn a_refresh_of_many_lists_them_and_asks_for_what_the_list_lacks() {
    let (coalescer, fake, _) = listed(Fake::with([1, 2, 3, 4]));
    let found = refresh(&coalescer, &[1, 2, 3, 9, 4]).await;
    assert_eq!(found, [Some(10), Some(20), Some(30), None, Some(40)]);
    assert_eq!(fake.calls(), [vec![1], vec![], vec![9]]);
}

#[tokio::test(start_paused = true)]
async fn who_asks_while_a_list_is_made_is_answered_by_it() {
    let (coalescer, fake, _) = listed(Fake::with([1, 2, 3]));
    refresh(&coalescer, &[1]).await;
    let late = async {
        // The list is in flight.
        tokio::time::sleep(WINDOW + LISTED_IN / 2).await;
        refresh(&coalescer, &[3]).await
    };
    let (found, late) = tokio::join!(refresh(&coalescer, &[2]), late);
    assert_eq!((found, late), (vec![Some(20)], vec![Some(30)]));
    assert_eq!(fake.calls(), [vec![1], vec![]]);
}

#[tokio::test(start_paused = true)]
async fn who_is_not_a_refresh_is_answered_by_a_call_that_starts_after_it() {
    let (coalescer, fake, _) = listed(Fake::with([1, 2, 3]));
    refresh(&coalescer, &[1, 2]).await;
    fake.objects.lock().unwrap().remove(&3);
    assert_eq!(coalescer.get(3).await.unwrap(), None);
    assert_eq!(fake.calls(), [vec![1], vec![], vec![3]]);
}

#[tokio::test(start_paused = true)]
async fn a_list_is_the_present_for_some_seconds_only() {
    let (coalescer, fake, _) = listed(Fake::with([1, 2, 3]));
    refresh(&coalescer, &[1, 2]).await;
    tokio::time::sleep(Duration::from_secs(5)).await;
    fake.objects.lock().unwrap().remove(&3);
    assert_eq!(refresh(&coalescer, &[3]).await, [None]);
}

#[tokio::test(start_paused = true)]
async fn a_refresh_that_outlives_its_list_makes_another_one_at_once() {
    let (coalescer, fake, _) = listed(Fake::with([1, 2, 3]));
    refresh(&coalescer, &[1, 2]).await;
    for _ in 0..2 {
        tokio::time::sleep(Duration::from_secs(3)).await;
        refresh(&coalescer, &[3]).await;
    }
    assert_eq!(fake.calls(), [vec![1], vec![], vec![]]);
}

#[tokio::test(start_paused = true)]
async fn a_write_ends_the_present_of_lists() {
    let (coalescer, fake, writes) = listed(Fake::with([1, 2, 3]));
    refresh(&coalescer, &[1, 2]).await;
    writes.fetch_add(1, Ordering::SeqCst);
    fake.objects.lock().unwrap().remove(&3);
    assert_eq!(refresh(&coalescer, &[3]).await, [None]);
}
