//! How long, and how often, operations look at what AWS is still doing.

use std::time::Duration;

use aws::wait::{Backoff, Wait};
use tfplug::Cx;

use crate::provider::Data;

/// What AWS makes takes from half a minute to some minutes: a second is soon enough for a first
/// look, and ten seconds are no time lost.
const FIRST_LOOK: Duration = Duration::from_secs(1);
const SLOWEST_LOOK: Duration = Duration::from_secs(10);

/// A wait for as long as the operation may take. `what` completes "waiting for".
pub(crate) fn wait(cx: &Cx<Data>, what: String) -> Wait {
    wait_at_most(cx, what, Duration::MAX)
}

/// The same, for no longer than this.
pub(crate) fn wait_at_most(cx: &Cx<Data>, what: String, at_most: Duration) -> Wait {
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
        Backoff::new(FIRST_LOOK, SLOWEST_LOOK, seed),
    )
}
