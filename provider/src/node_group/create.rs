//! Makes a group and completes it, until its nodes are in service.

use std::collections::BTreeSet;
use std::time::Duration;

use aws::autoscaling::{Group, NewGroup};
use aws::wait::Progress;
use tfplug::Result;

use super::capacity::Capacity;
use super::group::DesiredGroup;
use super::spread::{Spread, Wanted};
use super::walk::{Made, Walk};

/// What CreateAutoScalingGroup answers when the name is taken.
/// <https://docs.aws.amazon.com/autoscaling/ec2/APIReference/API_CreateAutoScalingGroup.html>
const NAME_TAKEN: &str = "AlreadyExists";

/// How long IAM and EC2 may take until Auto Scaling sees a profile or template that was just made.
/// hashicorp/aws gives IAM two minutes.
const PROPAGATION: Duration = Duration::from_secs(120);

impl Walk<'_> {
    /// Makes the group, with all that can be said in one call. What can't is for
    /// [`complete_group`](Self::complete_group).
    ///
    /// # Errors
    /// AWS refuses.
    pub(crate) async fn create_group(&self, desired: &DesiredGroup) -> Result<Made<()>> {
        let new = NewGroup {
            name: self.name.clone(),
            min_size: desired.min_size,
            max_size: desired.max_size,
            desired_capacity: desired.desired_capacity,
            launch: desired.launch.clone(),
            subnets: desired.subnets.iter().cloned().collect(),
            target_group_arns: desired.target_groups.iter().cloned().collect(),
            settings: desired.settings.clone(),
            hooks: desired.hooks.clone(),
            tags: desired.tags.clone(),
        };
        let what = format!("group {} to be accepted", self.name);
        let made = self
            .wait(what, PROPAGATION)
            .until_made(async || match self.scaling.create_group(&new).await {
                Ok(()) => Ok(Progress::Done(None)),
                Err(error) if error.code() == Some(NAME_TAKEN) => Ok(Progress::Done(Some(error))),
                Err(error) => match not_seen_yet(&error) {
                    Some(state) => Ok(Progress::Pending(state)),
                    None => Err(error),
                },
            })
            .await;
        Ok(match self.done(made)? {
            Some(error) => Made::Taken(error),
            None => Made::Fresh(()),
        })
    }

    /// Completes a group that was just made, and waits for its nodes if there is something to wait for.
    /// Returns how they are spread then.
    ///
    /// AWS tells a group's ARN, by which a state knows it, only when it is looked at. The wait does that
    /// anyhow, so `seen` hears of its first look. Where there is none, because nothing is waited for or
    /// the user stops before it, there is one for the ARN alone. If that fails too, a destroy goes by
    /// name, launch template and marks.
    ///
    /// # Errors
    /// AWS refuses, or the nodes don't come in time.
    pub(crate) async fn complete_group(
        &self,
        desired: &DesiredGroup,
        capacity: Option<Capacity<impl Fn(&Group) -> Wanted>>,
        mut seen: impl FnMut(&Group) + Send,
    ) -> Result<Option<Spread>> {
        let mut is_seen = false;
        let mut tell = |group: &Group| {
            is_seen = true;
            seen(group);
        };
        let completed = async {
            self.settle(desired).await?;
            match capacity {
                None => Ok(None),
                Some(capacity) => self.wait_for_new(capacity, &mut tell).await.map(Some),
            }
        };
        let completed = completed.await;
        if is_seen {
            return completed;
        }
        // Not a wait's look, which a stop ends before it begins.
        let found = self.scaling.group(&self.name).await;
        match (found, completed) {
            (Ok(Some(group)), completed) => {
                seen(&group);
                completed
            }
            (_, Err(errors)) => Err(errors),
            (Err(error), Ok(_)) => self.done(Err(error)),
            (Ok(None), Ok(spread)) => {
                seen(&self.until_seen().await?);
                Ok(spread)
            }
        }
    }

    /// What no create can say: processes that are to stand still, and metrics.
    async fn settle(&self, desired: &DesiredGroup) -> Result<()> {
        let listed = |set: &BTreeSet<String>| set.iter().cloned().collect::<Vec<_>>();
        let suspended = listed(&desired.suspended);
        if !suspended.is_empty() {
            self.done(self.scaling.suspend_processes(&self.name, &suspended).await)?;
        }
        let metrics = listed(&desired.metrics);
        if !metrics.is_empty() {
            self.done(self.scaling.enable_metrics(&self.name, &metrics).await)?;
        }
        Ok(())
    }

    async fn until_seen(&self) -> Result<Group> {
        let what = format!("group {} to be seen", self.name);
        let seen = self
            .wait(what, PROPAGATION)
            .later()
            .until(async || {
                Ok(match self.scaling.group(&self.name).await? {
                    Some(group) => Progress::Done(group),
                    None => Progress::Pending("not there".to_owned()),
                })
            })
            .await;
        self.done(seen)
    }
}

/// Whether AWS complains of a profile or template that it will see in a moment: its words for that
/// are the same as for one that isn't there at all.
fn not_seen_yet(error: &aws::Error) -> Option<String> {
    let call = error.as_call()?;
    if call.code.as_deref() != Some("ValidationError") {
        return None;
    }
    let text = call.message.clone()?;
    [
        "Invalid IAM Instance Profile",
        "You must use a valid fully-formed launch template",
    ]
    .iter()
    .any(|words| text.contains(words))
    .then_some(text)
}
