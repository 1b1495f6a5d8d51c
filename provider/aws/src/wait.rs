//! Waiting for AWS to finish something.

mod told;

use std::future::Future;
use std::sync::OnceLock;
use std::time::Duration;

use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use crate::error::Error;
use told::Told;

/// What a look at an object showed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Progress<T> {
    /// It is as it should be.
    Done(T),
    /// It is on its way; the text is its state.
    Pending(String),
    /// It can't get there any more; the text is its state and AWS's reason.
    Failed(String),
}

/// A wait: for what, until when, and what stops it.
#[derive(Clone, Debug)]
pub struct Wait {
    what: String,
    deadline: Instant,
    cancel: CancellationToken,
    backoff: Backoff,
    /// Whether a first look would come too soon.
    begins_later: bool,
}

/// Where cancel and deadline end a wait.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Ends {
    /// Anywhere: a look that is in progress is dropped.
    WithinALook,
    /// Only where no call is in progress.
    BetweenTries,
}

/// The pauses between looks: each up to twice the one before.
///
/// Looks keep to a beat that all waits of a process have in common, so that those which wait for
/// things of one kind look together and share a call. Tries to make something have jitter instead,
/// so that those which AWS refused together don't come back together.
#[derive(Clone, Debug)]
pub struct Backoff {
    next: Duration,
    max: Duration,
    random: u64,
}

impl Wait {
    /// A wait for `what` (such as `load balancer prod-api to be active`) for at most `timeout`.
    #[must_use]
    pub fn new(
        what: impl Into<String>,
        timeout: Duration,
        cancel: &CancellationToken,
        backoff: Backoff,
    ) -> Self {
        let now = Instant::now();
        // A timeout beyond the clock's end is none.
        let deadline = now.checked_add(timeout).unwrap_or(now + NEVER);
        Self {
            what: what.into(),
            deadline,
            cancel: cancel.clone(),
            backoff,
            begins_later: false,
        }
    }

    /// The same wait, whose first look comes after a pause: for what is never done at once.
    #[must_use]
    pub fn later(self) -> Self {
        Self {
            begins_later: true,
            ..self
        }
    }

    /// Looks until it is done. The first look is at once, unless it is to come [later](Self::later).
    ///
    /// A look that AWS throttles through all its retries counts as nothing seen, not as an end.
    ///
    /// The log tells at INFO what is awaited, for how long, and in what state it is: at first, when
    /// that changes, and every half minute. So a state must hold no secret.
    ///
    /// For looks, and for calls that take something away: of those nothing is lost when their answer
    /// isn't heard. What makes or changes something belongs into [`until_made`](Self::until_made).
    ///
    /// # Errors
    ///
    /// [`Error::Cancelled`] when the token is cancelled, [`Error::TimedOut`] at the deadline,
    /// both in the middle of a look too; [`Error::Failed`] when a look says so; or the look's own
    /// error.
    pub async fn until<T, F, Fut>(self, look: F) -> Result<T, Error>
    where
        F: FnMut() -> Fut,
        Fut: Future<Output = Result<Progress<T>, Error>>,
    {
        self.run(look, Ends::WithinALook).await
    }

    /// Tries to make or change something until AWS takes it. The first try is at once.
    ///
    /// Like [`until`](Self::until), but a try that has begun is never cut off: it may have had its
    /// effect, and only its answer says what now exists. Cancel and deadline keep the next one from
    /// beginning.
    ///
    /// # Errors
    ///
    /// As of [`until`](Self::until), between two tries.
    pub async fn until_made<T, F, Fut>(self, attempt: F) -> Result<T, Error>
    where
        F: FnMut() -> Fut,
        Fut: Future<Output = Result<Progress<T>, Error>>,
    {
        self.run(attempt, Ends::BetweenTries).await
    }

    async fn run<T, F, Fut>(mut self, mut look: F, ends: Ends) -> Result<T, Error>
    where
        F: FnMut() -> Fut,
        Fut: Future<Output = Result<Progress<T>, Error>>,
    {
        let start = Instant::now();
        let mut state = String::from("nothing");
        let mut told = Told::default();
        if self.begins_later {
            state = self.pause(start, state, ends).await?;
        }
        loop {
            if self.cancel.is_cancelled() {
                return Err(self.cancelled(start, state));
            }
            let seen = match ends {
                Ends::BetweenTries => look().await,
                Ends::WithinALook => tokio::select! {
                    biased;
                    () = self.cancel.cancelled() => return Err(self.cancelled(start, state)),
                    seen = look() => seen,
                    () = tokio::time::sleep_until(self.deadline) => {
                        return Err(self.timed_out(start, state));
                    }
                },
            };
            state = match seen {
                Ok(Progress::Done(value)) => {
                    if told.any() {
                        let waited = start.elapsed().as_secs();
                        tracing::info!("waited for {} for {waited} s: done", self.what);
                    }
                    return Ok(value);
                }
                Ok(Progress::Failed(state)) => {
                    return Err(Error::Failed {
                        what: self.what,
                        state,
                    });
                }
                Ok(Progress::Pending(state)) => state,
                Err(error) if error.is_throttled() => "throttled".into(),
                Err(error) => return Err(error),
            };
            if told.is_due(&state, Instant::now()) {
                let waited = start.elapsed().as_secs();
                tracing::info!("waiting for {} for {waited} s: {state}", self.what);
            }
            state = self.pause(start, state, ends).await?;
        }
    }

    /// Waits for the time of the next look.
    async fn pause(&mut self, start: Instant, state: String, ends: Ends) -> Result<String, Error> {
        let pause = match ends {
            Ends::WithinALook => self.backoff.until_the_next_beat(Instant::now()),
            Ends::BetweenTries => self.backoff.pause(),
        };
        tokio::select! {
            biased;
            () = self.cancel.cancelled() => Err(self.cancelled(start, state)),
            () = tokio::time::sleep_until(self.deadline) => Err(self.timed_out(start, state)),
            () = tokio::time::sleep(pause) => Ok(state),
        }
    }

    fn cancelled(&self, start: Instant, last_state: String) -> Error {
        Error::Cancelled {
            what: self.what.clone(),
            waited: start.elapsed(),
            last_state,
        }
    }

    fn timed_out(&self, start: Instant, last_state: String) -> Error {
        Error::TimedOut {
            what: self.what.clone(),
            waited: start.elapsed(),
            last_state,
        }
    }
}

impl Backoff {
    /// Pauses from about `first` up to `max`. `seed` makes the jitter of tries: give waits that start
    /// together different ones.
    #[must_use]
    pub fn new(first: Duration, max: Duration, seed: u64) -> Self {
        Self {
            next: first.min(max),
            max,
            random: seed,
        }
    }

    /// The next pause: between half of the current one and all of it.
    pub(crate) fn pause(&mut self) -> Duration {
        let half = self.advance() / 2;
        half + half.mul_f64(self.fraction())
    }

    /// The same, such that it ends on the beat.
    fn until_the_next_beat(&mut self, now: Instant) -> Duration {
        let half = self.advance() / 2;
        let passed = now.saturating_duration_since(beat()).as_nanos();
        let over = match half.as_nanos() {
            0 => 0,
            beat => (beat - passed % beat) % beat,
        };
        half + Duration::from_nanos(u64::try_from(over).unwrap_or(u64::MAX))
    }

    /// The current pause at its longest; the next is twice as long.
    fn advance(&mut self) -> Duration {
        let full = self.next;
        self.next = full.saturating_mul(2).min(self.max);
        full
    }

    /// A number from 0 to 1: SplitMix64, <https://prng.di.unimi.it/splitmix64.c>.
    fn fraction(&mut self) -> f64 {
        self.random = self.random.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.random;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^= z >> 31;
        f64::from((z >> 32) as u32) / f64::from(u32::MAX)
    }
}

/// When the beat of this process began: at its first wait, which is another moment in each process.
fn beat() -> Instant {
    static BEGAN: OnceLock<Instant> = OnceLock::new();
    *BEGAN.get_or_init(Instant::now)
}

/// Longer than any apply.
const NEVER: Duration = Duration::from_secs(86_400 * 365);

#[cfg(test)]
mod tests {
    use super::*;

    fn wait(timeout: u64, cancel: &CancellationToken) -> Wait {
        let backoff = Backoff::new(Duration::from_secs(2), Duration::from_secs(10), 7);
        Wait::new("it", Duration::from_secs(timeout), cancel, backoff)
    }

    #[tokio::test(start_paused = true)]
    async fn looks_until_done() {
        let mut looks = 0;
        let result = wait(600, &CancellationToken::new())
            .until(|| {
                looks += 1;
                let progress = if looks < 5 {
                    Progress::Pending("busy".into())
                } else {
                    Progress::Done(looks)
                };
                async { Ok(progress) }
            })
            .await;
        assert_eq!(result.unwrap(), 5);
    }

    #[tokio::test(start_paused = true)]
    async fn a_later_wait_pauses_before_its_first_look() {
        let start = Instant::now();
        let wait = wait(600, &CancellationToken::new()).later();
        let looked = wait.until(|| async { Ok(Progress::Done(start.elapsed())) });
        assert!(looked.await.unwrap() >= Duration::from_secs(1));
    }

    #[tokio::test(start_paused = true)]
    async fn the_deadline_is_kept_and_tells_the_state() {
        let start = Instant::now();
        let error = wait(30, &CancellationToken::new())
            .until(|| async { Ok(Progress::<()>::Pending("provisioning".into())) })
            .await
            .unwrap_err();
        assert_eq!(start.elapsed().as_secs(), 30);
        assert_eq!(
            error.to_string(),
            "gave up waiting for it after 30 s, last seen provisioning"
        );
    }

    #[tokio::test(start_paused = true)]
    async fn deadline_and_cancel_cut_a_look_that_hangs() {
        let look = || std::future::pending::<Result<Progress<()>, Error>>();
        let cancel = CancellationToken::new();
        let error = wait(30, &cancel).until(look).await.unwrap_err();
        assert!(matches!(error, Error::TimedOut { .. }));

        let later = cancel.clone();
        tokio::spawn(async move {
            tokio::time::sleep(Duration::from_secs(3)).await;
            later.cancel();
        });
        let error = wait(30, &cancel).until(look).await.unwrap_err();
        assert!(
            matches!(error, Error::Cancelled { waited, .. } if waited.as_secs() == 3),
            "{error}"
        );
    }

    /// A create was once dropped between call and answer: the object existed and no state knew it.
    #[tokio::test(start_paused = true)]
    async fn neither_deadline_nor_cancel_cuts_a_create() {
        let create = || async {
            tokio::time::sleep(Duration::from_secs(60)).await;
            Ok(Progress::Done("made"))
        };
        let late = wait(30, &CancellationToken::new()).until_made(create);
        assert_eq!(late.await.unwrap(), "made");

        let cancel = CancellationToken::new();
        let later = cancel.clone();
        tokio::spawn(async move {
            tokio::time::sleep(Duration::from_secs(3)).await;
            later.cancel();
        });
        let stopped = wait(600, &cancel).until_made(create);
        assert_eq!(stopped.await.unwrap(), "made");
        assert!(cancel.is_cancelled());
    }

    #[tokio::test(start_paused = true)]
    async fn deadline_and_cancel_keep_the_next_try_from_beginning() {
        let mut tries = 0;
        let mut refuse = || {
            tries += 1;
            async {
                tokio::time::sleep(Duration::from_secs(20)).await;
                Ok(Progress::<()>::Pending("not yet".into()))
            }
        };
        let error = wait(10, &CancellationToken::new()).until_made(&mut refuse);
        assert!(matches!(error.await.unwrap_err(), Error::TimedOut { .. }));

        let cancel = CancellationToken::new();
        let later = cancel.clone();
        tokio::spawn(async move {
            tokio::time::sleep(Duration::from_secs(3)).await;
            later.cancel();
        });
        let error = wait(600, &cancel).until_made(&mut refuse);
        assert!(error.await.unwrap_err().is_cancelled());
        assert_eq!(tries, 2);
    }

    #[tokio::test(start_paused = true)]
    async fn a_cancelled_token_stops_before_the_first_look() {
        let cancel = CancellationToken::new();
        cancel.cancel();
        let result = wait(30, &cancel)
            .until(|| async { panic!("looked") as Result<Progress<()>, Error> })
            .await;
        assert!(result.unwrap_err().is_cancelled());
    }

    #[tokio::test(start_paused = true)]
    async fn looks_that_began_apart_fall_together() {
        let mut first = Backoff::new(Duration::from_secs(2), Duration::from_secs(10), 1);
        let mut second = Backoff::new(Duration::from_secs(2), Duration::from_secs(10), 2);
        let began = Instant::now();
        let first = began + first.until_the_next_beat(began);
        let later = began + Duration::from_millis(100);
        let second = later + second.until_the_next_beat(later);
        // The beat may fall between the two.
        let apart = second - first;
        assert!(apart.is_zero() || apart.as_secs() == 1, "{apart:?}");

        let mut own = Backoff::new(Duration::from_secs(2), Duration::from_secs(10), 1);
        let mut now = began;
        for full in [2, 4, 8, 10, 10] {
            let full = Duration::from_secs(full);
            let pause = own.until_the_next_beat(now);
            assert!(pause >= full / 2 && pause < full, "{pause:?} of {full:?}");
            now += pause;
            let passed = now.saturating_duration_since(beat()).as_nanos();
            assert_eq!(passed % (full / 2).as_nanos(), 0);
        }
    }

    #[test]
    fn pauses_grow_within_bounds_and_differ_by_seed() {
        let pauses = |seed| {
            let mut backoff = Backoff::new(Duration::from_secs(2), Duration::from_secs(10), seed);
            (0..6).map(|_| backoff.pause()).collect::<Vec<_>>()
        };
        for (pause, full) in pauses(1).iter().zip([2, 4, 8, 10, 10, 10]) {
            let full = Duration::from_secs(full);
            assert!(
                *pause >= full / 2 && *pause <= full,
                "{pause:?} of {full:?}"
            );
        }
        assert_ne!(pauses(1), pauses(2));
    }
}
