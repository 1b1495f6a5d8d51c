//! Instance refreshes: AWS replaces a group's instances, a few at a time.

use aws_sdk_autoscaling::types::{
    DesiredConfiguration, InstanceRefresh, RefreshPreferences, RefreshStrategy,
    ScaleInProtectedInstances, StandbyInstances,
};

use super::{Autoscaling, Launch, SERVICE, gone, said};
use crate::error::Error;

/// A refresh to start.
///
/// <https://docs.aws.amazon.com/autoscaling/ec2/APIReference/API_RefreshPreferences.html>
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RefreshSpec {
    /// How much of the group stays healthy, in percent of the desired capacity: 0 to 100.
    pub min_healthy_percentage: i32,
    /// How large the group may become, in percent: 100 to 200.
    pub max_healthy_percentage: i32,
    /// Seconds in service until an instance counts as replaced; the group's warm-up if `None`.
    pub instance_warmup: Option<i32>,
    /// How much is replaced before each pause, in percent, ascending; the last must be 100 to
    /// replace all. Empty for no pauses.
    pub checkpoint_percentages: Vec<i32>,
    /// Seconds that each pause takes; AWS's default is an hour.
    pub checkpoint_delay: Option<i32>,
    /// Whether a refresh that fails is undone. Needs `desired_launch`.
    pub auto_rollback: bool,
    /// Whether instances that are as desired are passed over.
    pub skip_matching: bool,
    /// What becomes of protected instances: `Refresh`, `Ignore` or `Wait`.
    pub scale_in_protected_instances: String,
    /// What becomes of instances in standby: `Terminate`, `Ignore` or `Wait`.
    pub standby_instances: String,
    /// What the group launches from now on, and after the refresh.
    pub desired_launch: Option<Launch>,
}

/// A refresh as AWS has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refresh {
    /// Its id.
    pub id: String,
    /// AWS's word, such as `Pending`, `InProgress`, `Successful`, `Failed`, `Cancelled` or
    /// `RollbackSuccessful`.
    pub status: String,
    /// Why it is in that status.
    pub status_reason: Option<String>,
    /// How much is replaced, in percent.
    pub percentage_complete: i32,
    /// How many instances are still to be replaced.
    pub instances_to_update: i32,
    /// What the group was to launch, if it was said.
    pub desired_launch: Option<Launch>,
    /// When it began, in seconds since 1970; `None` while it is pending.
    pub start: Option<i64>,
    /// When it ended.
    pub end: Option<i64>,
}

impl Autoscaling {
    /// Starts a refresh and gives its id.
    ///
    /// # Errors
    ///
    /// When AWS refuses; `InstanceRefreshInProgress` while there is another.
    pub async fn start_refresh(&self, name: &str, spec: &RefreshSpec) -> Result<String, Error> {
        const OPERATION: &str = "StartInstanceRefresh";
        let request = self.client.start_instance_refresh();
        let answer = request
            .auto_scaling_group_name(name)
            .strategy(RefreshStrategy::Rolling)
            .preferences(spec.preferences())
            .set_desired_configuration(spec.desired_launch.as_ref().map(desired))
            .send()
            .await
            .map_err(|error| Error::call(SERVICE, OPERATION, name, error))?;
        answer
            .instance_refresh_id
            .ok_or_else(|| Error::lacking(SERVICE, OPERATION, name, "InstanceRefreshId"))
    }

    /// The refreshes of a group in the last six weeks, the newest first. A group that is gone has
    /// none.
    ///
    /// # Errors
    ///
    /// When AWS can't be asked.
    pub async fn refreshes(&self, name: &str) -> Result<Vec<Refresh>, Error> {
        const OPERATION: &str = "DescribeInstanceRefreshes";
        let request = self.client.describe_instance_refreshes();
        let mut found = Vec::new();
        let mut pages = request
            .auto_scaling_group_name(name)
            .into_paginator()
            .send();
        while let Some(page) = pages.next().await {
            let page = page.map_err(|error| Error::call(SERVICE, OPERATION, name, error));
            let page = match page {
                Err(error) if error.is_not_found() => return Ok(Vec::new()),
                page => page?,
            };
            for one in page.instance_refreshes.unwrap_or_default() {
                let refresh = Refresh::from_sdk(one)
                    .ok_or_else(|| Error::lacking(SERVICE, OPERATION, name, "InstanceRefreshId"))?;
                found.push(refresh);
            }
        }
        // AWS documents no order. One that is pending is newer than all that have begun.
        found.sort_by_key(|refresh| std::cmp::Reverse(refresh.start.unwrap_or(i64::MAX)));
        Ok(found)
    }

    /// Cancels the refresh in progress; what is replaced stays so. None in progress is fine.
    ///
    /// # Errors
    ///
    /// When AWS refuses.
    pub async fn cancel_refresh(&self, name: &str) -> Result<(), Error> {
        let request = self.client.cancel_instance_refresh();
        let answer = request.auto_scaling_group_name(name).send().await;
        gone(answer.map_err(|error| Error::call(SERVICE, "CancelInstanceRefresh", name, error)))
    }
}

impl RefreshSpec {
    fn preferences(&self) -> RefreshPreferences {
        let protected = self.scale_in_protected_instances.as_str();
        let percentages = &self.checkpoint_percentages;
        RefreshPreferences::builder()
            .min_healthy_percentage(self.min_healthy_percentage)
            .max_healthy_percentage(self.max_healthy_percentage)
            .set_instance_warmup(self.instance_warmup)
            .set_checkpoint_percentages((!percentages.is_empty()).then(|| percentages.clone()))
            .set_checkpoint_delay(self.checkpoint_delay)
            .auto_rollback(self.auto_rollback)
            .skip_matching(self.skip_matching)
            .scale_in_protected_instances(ScaleInProtectedInstances::from(protected))
            .standby_instances(StandbyInstances::from(self.standby_instances.as_str()))
            .build()
    }
}

impl Refresh {
    fn from_sdk(from: InstanceRefresh) -> Option<Self> {
        Some(Self {
            id: from.instance_refresh_id?,
            status: from
                .status
                .map(|status| status.as_str().to_owned())
                .unwrap_or_default(),
            status_reason: said(from.status_reason),
            percentage_complete: from.percentage_complete.unwrap_or_default(),
            instances_to_update: from.instances_to_update.unwrap_or_default(),
            desired_launch: from.desired_configuration.map(|wanted| {
                Launch::from_sdk(wanted.launch_template, wanted.mixed_instances_policy)
            }),
            start: from.start_time.map(|time| time.secs()),
            end: from.end_time.map(|time| time.secs()),
        })
    }
}

fn desired(launch: &Launch) -> DesiredConfiguration {
    let launch = launch.to_sdk();
    DesiredConfiguration::builder()
        .set_launch_template(launch.template)
        .set_mixed_instances_policy(launch.mixed)
        .build()
}
