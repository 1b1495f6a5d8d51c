//! Waits until a group's nodes are in service, and says why when they don't come.

use std::sync::{Mutex, PoisonError};
use std::time::{Duration, SystemTime};

use aws::autoscaling::{Activity, Group};
use aws::wait::Progress;
use tfplug::{Diagnostic, Diagnostics, Result};

use super::spread::{Spread, Wanted};
use super::walk::Walk;
use crate::diagnostics::aws_error;

/// A clock's difference between here and AWS that does no harm: activities of this long before an
/// operation count as its own.
const SKEW: Duration = Duration::from_secs(60);

/// How many reasons of failed launches are told. They repeat themselves.
const MOST_REASONS: usize = 5;

/// When an operation began, by which its scaling activities are known.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Since(Option<i64>);

impl Since {
    /// All that a group ever did.
    pub(crate) const FOREVER: Self = Self(None);

    /// From now on.
    pub(crate) fn now() -> Self {
        let now = SystemTime::now()
            .duration_since(SystemTime::UNIX_EPOCH)
            .unwrap_or_default();
        Self(i64::try_from(now.saturating_sub(SKEW).as_secs()).ok())
    }
}

/// Nodes to wait for.
#[derive(Debug)]
pub(crate) struct Capacity<W> {
    /// Which are wanted: for the group to say, as it is at each look.
    pub(crate) wanted: W,
    /// How long to wait for them.
    pub(crate) timeout: Duration,
    /// Since when failed launches are this operation's.
    pub(crate) since: Since,
}

impl<W: Fn(&Group) -> Wanted> Capacity<W> {
    /// None where nothing is to be waited for.
    pub(crate) fn new(wanted: W, timeout: Duration, since: Since) -> Option<Self> {
        (!timeout.is_zero()).then_some(Self {
            wanted,
            timeout,
            since,
        })
    }
}

impl Walk<'_> {
    /// Waits until the nodes are in service. Returns how they are spread.
    ///
    /// # Errors
    /// It takes too long. The error names the nodes that are missing, and AWS's reasons for the
    /// launches that failed since the operation began.
    pub(crate) async fn wait_for_capacity(
        &self,
        capacity: Capacity<impl Fn(&Group) -> Wanted>,
    ) -> Result<Spread> {
        self.wait_for(capacity, None::<fn(&Group)>).await
    }

    /// The same of a group that was just made, which AWS may not show at once. `seen` is told when it
    /// does.
    pub(super) async fn wait_for_new(
        &self,
        capacity: Capacity<impl Fn(&Group) -> Wanted>,
        seen: impl FnOnce(&Group) + Send,
    ) -> Result<Spread> {
        self.wait_for(capacity, Some(seen)).await
    }

    /// `seen` is told of the first look that shows the group; without it, the group was seen before.
    async fn wait_for(
        &self,
        capacity: Capacity<impl Fn(&Group) -> Wanted>,
        seen: Option<impl FnOnce(&Group) + Send>,
    ) -> Result<Spread> {
        // A lock, since looks are futures of their own that may move between threads.
        let unseen = Mutex::new(seen);
        let unseen = || unseen.lock().unwrap_or_else(PoisonError::into_inner);
        let Capacity {
            wanted,
            timeout,
            since,
        } = capacity;
        let what = format!("the nodes of {} to be in service", self.name);
        let waited = self
            .wait(what, timeout)
            // No node is in service at once.
            .later()
            .until(async || {
                let Some(group) = self.scaling.group(&self.name).await? else {
                    return Ok(match *unseen() {
                        None => Progress::Failed("the group is gone".to_owned()),
                        Some(_) => Progress::Pending("not there yet".to_owned()),
                    });
                };
                let first = unseen().take();
                if let Some(seen) = first {
                    seen(&group);
                }
                let spread = Spread::of(&wanted(&group), &group.instances);
                Ok(if spread.is_reached() {
                    Progress::Done(spread)
                } else {
                    Progress::Pending(spread.to_string())
                })
            })
            .await;
        match waited {
            Ok(spread) => Ok(spread),
            Err(error @ aws::Error::TimedOut { .. }) => {
                let reasons = self.reasons(since).await;
                Err(incomplete(self.doing, &error, &reasons).into())
            }
            Err(error) => Err(aws_error(self.doing, &error).into()),
        }
    }

    /// Why launches failed, newest first, each reason once.
    pub(crate) async fn reasons(&self, since: Since) -> Vec<String> {
        match self.scaling.activities(&self.name, since.0).await {
            Ok(activities) => reasons(&activities),
            Err(error) => {
                tracing::warn!(%error, "scaling activities can't be read");
                Vec::new()
            }
        }
    }
}

/// What a create that fails once there is a group must say too: it leaves that tainted. Updates don't.
pub(crate) fn tainted<T>(creating: bool, result: Result<T>) -> Result<T> {
    if !creating {
        return result;
    }
    result.map_err(|errors| {
        let told = errors.into_iter().map(|error| {
            let text = format!(
                "{}\n\nTerraform marks the group as tainted: the next apply would replace it. To \
                 keep it, and go on waiting, run terraform untaint with the address of this \
                 resource first.",
                error.detail()
            );
            Diagnostic::error(error.summary(), text).at(error.path().clone())
        });
        told.collect()
    })
}

fn reasons(activities: &[Activity]) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    for activity in activities {
        if !matches!(activity.status.as_str(), "Failed" | "Cancelled") {
            continue;
        }
        let reason = activity
            .status_message
            .as_ref()
            .unwrap_or(&activity.description);
        if !found.contains(reason) {
            found.push(reason.clone());
        }
    }
    found.truncate(MOST_REASONS);
    found
}

fn incomplete(doing: &str, error: &aws::Error, reasons: &[String]) -> Diagnostic {
    let mut text = aws_error(doing, error).detail().to_owned();
    // The advice for waits in general isn't the one for this.
    if let Some((first, _)) = text.split_once("\n\n") {
        text = first.to_owned();
    }
    if reasons.is_empty() {
        text.push_str(
            "\n\nNo launch has failed: the nodes are on their way, or a hook holds them.",
        );
    } else {
        text.push_str("\n\nAWS says of launches that failed:");
        for reason in reasons {
            text.push_str(&format!("\n- {reason}"));
        }
    }
    text.push_str(
        "\n\nThe group goes on trying. If what it lacks is capacity in a zone, wait or choose \
         another instance type; then apply again. \"wait_for_capacity_timeout\" says how long to \
         wait, and \"0\" not to.",
    );
    Diagnostic::error(doing, text)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn activity(status: &str, message: Option<&str>) -> Activity {
        Activity {
            id: "1".to_owned(),
            status: status.to_owned(),
            status_message: message.map(str::to_owned),
            description: "Launching".to_owned(),
            cause: String::new(),
            start: 0,
            end: None,
            progress: 0,
        }
    }

    #[test]
    fn each_reason_is_told_once() {
        let found = reasons(&[
            activity("Failed", Some("no capacity in a")),
            activity("Successful", None),
            activity("Failed", Some("no capacity in b")),
            activity("Failed", Some("no capacity in a")),
            activity("Cancelled", None),
        ]);
        assert_eq!(found, ["no capacity in a", "no capacity in b", "Launching"]);
    }

    #[test]
    fn the_error_tells_what_is_missing_and_why() {
        let error = aws::Error::TimedOut {
            what: "the nodes of x to be in service".to_owned(),
            waited: Duration::from_secs(600),
            last_state: "2 of 3 in service (a: 1, b: 1, c: 0)".to_owned(),
        };
        let told = incomplete("Creating", &error, &["no capacity in c".to_owned()]);
        for part in [
            "Gave up waiting for the nodes of x",
            "c: 0",
            "- no capacity in c",
            "\"0\" not to",
        ] {
            assert!(told.detail().contains(part), "{part}\n{}", told.detail());
        }
        assert!(!told.detail().contains("timeouts\""));
        let told = incomplete("Creating", &error, &[]);
        assert!(told.detail().contains("No launch has failed"));
    }
}
