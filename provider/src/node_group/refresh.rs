//! Instance refreshes: AWS's own way of replacing a group's instances, started, found and awaited.

use std::time::Duration;

use aws::autoscaling::{Refresh, RefreshSpec};
use aws::wait::Progress;
use tfplug::{Diagnostic, Result};

use super::capacity::Since;
use super::walk::Walk;

/// What StartInstanceRefresh answers while there is another.
/// <https://docs.aws.amazon.com/autoscaling/ec2/APIReference/API_StartInstanceRefresh.html>
const IN_PROGRESS: &str = "InstanceRefreshInProgress";

/// How long a refresh may take to be seen after it was started.
const PROPAGATION: Duration = Duration::from_secs(120);

/// Where a refresh stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Course {
    /// It is on its way.
    Going,
    /// It is being cancelled.
    Cancelling,
    /// What it did is being undone.
    GoingBack,
    /// It did what it was to do.
    Done,
    /// It ended otherwise.
    Failed,
}

impl Course {
    /// <https://docs.aws.amazon.com/autoscaling/ec2/APIReference/API_InstanceRefresh.html>
    pub(crate) fn of(refresh: &Refresh) -> Self {
        match refresh.status.as_str() {
            "Successful" => Self::Done,
            "Failed" | "Cancelled" | "RollbackFailed" | "RollbackSuccessful" => Self::Failed,
            "Cancelling" => Self::Cancelling,
            "RollbackInProgress" => Self::GoingBack,
            // Pending, InProgress, Baking, and what AWS may come to say.
            _ => Self::Going,
        }
    }

    pub(crate) fn is_over(self) -> bool {
        matches!(self, Self::Done | Self::Failed)
    }
}

/// The refresh in progress: a group has one at most.
pub(crate) fn active_refresh(refreshes: &[Refresh]) -> Option<&Refresh> {
    refreshes
        .iter()
        .find(|refresh| !Course::of(refresh).is_over())
}

impl Walk<'_> {
    /// The group's refreshes, the newest first.
    ///
    /// # Errors
    /// AWS can't be asked.
    pub(crate) async fn refreshes(&self) -> Result<Vec<Refresh>> {
        self.done(self.scaling.refreshes(&self.name).await)
    }

    /// Starts a refresh; none if there is one already: ours, if an answer got lost on its way.
    ///
    /// # Errors
    /// AWS refuses.
    pub(crate) async fn start_refresh(&self, spec: &RefreshSpec) -> Result<Option<String>> {
        let name = &self.name;
        match self.scaling.start_refresh(name, spec).await {
            Ok(id) => {
                tracing::info!(%id, group = %name, "started an instance refresh");
                Ok(Some(id))
            }
            Err(error) if error.code() == Some(IN_PROGRESS) => {
                let what = format!("the refresh of {name} in progress to be seen");
                let seen = self
                    .wait(what, PROPAGATION)
                    .until(async || {
                        let refreshes = self.scaling.refreshes(name).await?;
                        Ok(match active_refresh(&refreshes) {
                            Some(_) => Progress::Done(()),
                            None => Progress::Pending("none".to_owned()),
                        })
                    })
                    .await;
                self.done(seen)?;
                Ok(None)
            }
            Err(error) => self.done(Err(error)),
        }
    }

    /// Waits until a refresh has done what it was to do. `stays` says what one that fails leaves of
    /// the group; it completes "The nodes that it replaced stay as they are now;".
    ///
    /// # Errors
    /// It fails, is cancelled or undone, or takes too long.
    pub(crate) async fn follow_refresh(&self, id: &str, since: Since, stays: &str) -> Result<()> {
        let ended = self.end_of_refresh(id).await?;
        if Course::of(&ended) == Course::Done {
            return Ok(());
        }
        let reasons = self.reasons(since).await;
        Err(failed(self.doing, &self.name, &ended, &reasons, stays).into())
    }

    /// Waits until a refresh is over.
    ///
    /// # Errors
    /// It takes too long.
    pub(crate) async fn end_of_refresh(&self, id: &str) -> Result<Refresh> {
        let name = &self.name;
        let what = format!("instance refresh {id} of {name}");
        let seen = self
            .wait(what, Duration::MAX)
            .until(async || {
                let refreshes = self.scaling.refreshes(name).await?;
                let found = refreshes.into_iter().find(|refresh| refresh.id == id);
                Ok(match found {
                    Some(refresh) if Course::of(&refresh).is_over() => Progress::Done(refresh),
                    Some(refresh) => Progress::Pending(progress(&refresh)),
                    None => Progress::Pending("not seen yet".to_owned()),
                })
            })
            .await;
        self.done(seen)
    }
}

/// Reads after "waiting for instance refresh".
fn progress(refresh: &Refresh) -> String {
    let mut text = format!(
        "{}, {} % done, {} to go",
        refresh.status, refresh.percentage_complete, refresh.instances_to_update
    );
    if let Some(reason) = &refresh.status_reason {
        text.push_str(": ");
        text.push_str(reason);
    }
    text
}

fn failed(
    doing: &str,
    name: &str,
    refresh: &Refresh,
    reasons: &[String],
    stays: &str,
) -> Diagnostic {
    let mut text = format!(
        "The instance refresh {} of {name} ended as {} at {} percent",
        refresh.id, refresh.status, refresh.percentage_complete
    );
    match &refresh.status_reason {
        Some(reason) => text.push_str(&format!(": {}.", reason.trim_end_matches('.'))),
        None => text.push('.'),
    }
    if !reasons.is_empty() {
        text.push_str("\n\nAWS says of launches that failed:");
        for reason in reasons {
            text.push_str(&format!("\n- {reason}"));
        }
    }
    if refresh.status.starts_with("Rollback") {
        text.push_str("\n\nAWS went back to what the group launched before.");
    } else {
        text.push_str(&format!(
            "\n\nThe nodes that it replaced stay as they are now; {stays}."
        ));
    }
    text.push_str(
        " Put right what is in the way, and apply again: it goes on with the nodes that are left.",
    );
    Diagnostic::error(doing, text)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refresh(status: &str, reason: Option<&str>) -> Refresh {
        Refresh {
            id: "r-1".to_owned(),
            status: status.to_owned(),
            status_reason: reason.map(str::to_owned),
            percentage_complete: 40,
            instances_to_update: 3,
            desired_launch: None,
            start: None,
            end: None,
        }
    }

    #[test]
    fn progress_tells_what_is_left_and_why_it_waits() {
        assert_eq!(
            progress(&refresh("InProgress", Some("at a checkpoint"))),
            "InProgress, 40 % done, 3 to go: at a checkpoint"
        );
    }

    #[test]
    fn a_failure_tells_awss_reasons_and_where_things_stand() {
        let reasons = ["no capacity in c".to_owned()];
        let told = failed(
            "Updating",
            "g",
            &refresh("Failed", Some("Too slow.")),
            &reasons,
            "the group launches what it did before",
        );
        for part in [
            "r-1 of g ended as Failed at 40 percent: Too slow.\n",
            "- no capacity in c",
            "launches what it did before",
            "apply again",
        ] {
            assert!(told.detail().contains(part), "{part}\n{}", told.detail());
        }
        let told = failed(
            "Updating",
            "g",
            &refresh("RollbackSuccessful", None),
            &[],
            "",
        );
        assert!(told.detail().contains("AWS went back"));
        assert!(!told.detail().contains("AWS says"));
    }

    #[test]
    fn the_active_refresh_is_the_one_that_is_not_over() {
        let over = ["Successful", "Failed", "Cancelled", "RollbackFailed"]
            .map(|status| refresh(status, None));
        assert_eq!(active_refresh(&over), None);
        let mut all = over.to_vec();
        all.push(refresh("Pending", None));
        assert_eq!(active_refresh(&all), Some(&refresh("Pending", None)));
    }
}
