//! How long, and how often, operations look at what AWS is still doing.

use std::time::Duration;

use aws::wait::{Backoff, Progress, Wait};
use tfplug::Cx;

use crate::provider::Data;

/// What AWS makes takes from half a minute to some minutes: a second is soon enough for a first
/// look, and ten seconds are no time lost.
const FIRST_LOOK: Duration = Duration::from_secs(1);
const SLOWEST_LOOK: Duration = Duration::from_secs(10);

/// Instances take half a minute at least to come or to go, so the groups of a cluster can well be looked
/// at together.
const FIRST_LOOK_AT_NODES: Duration = Duration::from_secs(2);

/// AWS may not yet know here what it has made there. That takes seconds.
/// <https://docs.aws.amazon.com/ec2/latest/devguide/eventual-consistency.html>
pub(crate) const SETTLING: Duration = Duration::from_secs(120);

/// A wait for as long as the operation may take. `what` completes "waiting for".
pub(crate) fn wait(cx: &Cx<Data>, what: String) -> Wait {
    wait_at_most(cx, what, Duration::MAX)
}

/// The same, for no longer than this.
pub(crate) fn wait_at_most(cx: &Cx<Data>, what: String, at_most: Duration) -> Wait {
    wait_from(FIRST_LOOK, cx, what, at_most)
}

/// The same, for nodes and their groups.
pub(crate) fn wait_for_nodes(cx: &Cx<Data>, what: String, at_most: Duration) -> Wait {
    wait_from(FIRST_LOOK_AT_NODES, cx, what, at_most)
}

fn wait_from(first: Duration, cx: &Cx<Data>, what: String, at_most: Duration) -> Wait {
    let left = cx
        .deadline()
        .saturating_duration_since(tokio::time::Instant::now());
    // The text is different for each object, and that is all that a seed has to be.
    let seed = what
        .bytes()
        .fold(0_u64, |seed, byte| seed.rotate_left(7) ^ u64::from(byte));
    Wait::new(
        what,
        left.min(at_most),
        cx.stop(),
        Backoff::new(first, SLOWEST_LOOK, seed),
    )
}

/// Makes a call again while AWS says that something isn't there which was just made or seen.
///
/// # Errors
/// AWS refuses for another reason, or for too long.
pub(crate) async fn settled<T, F, Fut>(cx: &Cx<Data>, call: F) -> Result<T, aws::Error>
where
    F: Fn() -> Fut,
    Fut: Future<Output = Result<T, aws::Error>>,
{
    let what = "AWS to see what was just made".to_owned();
    let wait = wait_at_most(cx, what, SETTLING);
    wait.until_made(async || match call().await {
        Err(error) if error.is_not_found() => Ok(Progress::Pending(error.to_string())),
        other => other.map(Progress::Done),
    })
    .await
}
