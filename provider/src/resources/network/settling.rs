//! What AWS doesn't show yet, or whose answer got lost.

use std::time::Duration;

use aws::tags::Tags;
use aws::wait::Progress;
use tfplug::Result;

use super::converge::{Converge, is_ours};
use super::outside::Marked;
use crate::diagnostics::aws_error;
use crate::waits;

/// How long something is looked for that may never have been made. Then the next apply looks again.
const DOUBT: Duration = Duration::from_secs(15);

impl Converge<'_> {
    /// What a create made that AWS can't tell from its repetition; not known if its answer got lost
    /// and what it may have made `can_be_told` from others.
    pub(super) fn possibly<T>(
        &self,
        made: Result<T, aws::Error>,
        can_be_told: bool,
    ) -> Result<std::result::Result<T, aws::Error>> {
        match made {
            Err(error) if error.effect_unknown() && can_be_told => {
                tracing::warn!(%error, "looking whether it was made all the same");
                Ok(Err(error))
            }
            other => self.done(other).map(Ok),
        }
    }

    /// Looks for what was just made until AWS shows it. From then on no create can overlook it.
    /// What may not have been made is looked for as well, for a while.
    pub(super) async fn until_seen<T, S, F, Fut>(
        &self,
        what: String,
        made: &std::result::Result<T, aws::Error>,
        look: F,
    ) -> Result<S>
    where
        F: Fn() -> Fut,
        Fut: Future<Output = std::result::Result<Option<S>, aws::Error>>,
    {
        let limit = if made.is_ok() { waits::SETTLING } else { DOUBT };
        let wait = waits::wait_at_most(self.cx, what, limit);
        let seen = wait.until(async || {
            Ok(match look().await? {
                Some(seen) => Progress::Done(seen),
                None => Progress::Pending("nothing".to_owned()),
            })
        });
        match (seen.await, made) {
            (Err(aws::Error::TimedOut { .. }), Err(lost)) => {
                Err(aws_error(self.doing, lost).into())
            }
            (seen, _) => self.done(seen),
        }
    }

    /// Of gateways and addresses that bear the cluster's mark, notes those whose place another one has.
    pub(super) fn note_surplus(&mut self, marked: Marked) {
        let cluster = self.desired.cluster.clone();
        let is_ours = is_ours(self.cx.data(), &cluster);
        self.there.take_outside(&cluster, marked, is_ours);
    }

    /// Makes a call again while AWS says that something isn't there which was just made or seen.
    pub(super) async fn settled<T, F, Fut>(&self, call: F) -> Result<T>
    where
        F: Fn() -> Fut,
        Fut: Future<Output = std::result::Result<T, aws::Error>>,
    {
        self.done(self.settled_or(call).await)
    }

    pub(super) async fn settled_or<T, F, Fut>(&self, call: F) -> std::result::Result<T, aws::Error>
    where
        F: Fn() -> Fut,
        Fut: Future<Output = std::result::Result<T, aws::Error>>,
    {
        waits::settled(self.cx, call).await
    }
}

/// Whether an object has these tags, whatever others.
pub(super) fn bears(found: &Tags, ours: &Tags) -> bool {
    ours.iter()
        .all(|(key, value)| found.get(key) == Some(value))
}
