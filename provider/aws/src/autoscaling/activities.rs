//! Scaling activities: what a group has done and tried, and why.

use aws_sdk_autoscaling::types::Activity as SdkActivity;

use super::{Autoscaling, SERVICE, said};
use crate::error::Error;

/// Something that a group has done, or tried to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Activity {
    /// Its id.
    pub id: String,
    /// AWS's word, such as `InProgress`, `Successful` or `Failed`.
    pub status: String,
    /// Why it failed, or what it waits for.
    pub status_message: Option<String>,
    /// What it does, such as `Launching a new EC2 instance: i-0123`.
    pub description: String,
    /// Why AWS began it.
    pub cause: String,
    /// When it began, in seconds since 1970.
    pub start: i64,
    /// When it ended.
    pub end: Option<i64>,
    /// How far it is, in percent.
    pub progress: i32,
}

/// The most that one page gives. Later pages are older, and nobody here looks that far back.
const PAGE: i32 = 100;

impl Autoscaling {
    /// The latest activities of a group, up to 100, the newest first; only those that began at
    /// `since` (seconds since 1970) or later, if given. A group that is gone has none.
    ///
    /// # Errors
    ///
    /// When AWS can't be asked.
    pub async fn activities(&self, name: &str, since: Option<i64>) -> Result<Vec<Activity>, Error> {
        const OPERATION: &str = "DescribeScalingActivities";
        let request = self.client.describe_scaling_activities();
        let answer = request
            .auto_scaling_group_name(name)
            .max_records(PAGE)
            .send()
            .await;
        let answer = match answer.map_err(|error| Error::call(SERVICE, OPERATION, name, error)) {
            Err(error) if error.is_not_found() => return Ok(Vec::new()),
            answer => answer?,
        };
        let mut found = Vec::new();
        for one in answer.activities.unwrap_or_default() {
            let activity = Activity::from_sdk(one)
                .ok_or_else(|| Error::lacking(SERVICE, OPERATION, name, "ActivityId"))?;
            if since.is_none_or(|since| activity.start >= since) {
                found.push(activity);
            }
        }
        // AWS describes those in progress before all others, whenever they began.
        found.sort_by_key(|activity| std::cmp::Reverse(activity.start));
        Ok(found)
    }
}

impl Activity {
    fn from_sdk(from: SdkActivity) -> Option<Self> {
        Some(Self {
            id: said(from.activity_id)?,
            status: from
                .status_code
                .map(|status| status.as_str().to_owned())
                .unwrap_or_default(),
            status_message: said(from.status_message),
            description: from.description.unwrap_or_default(),
            cause: from.cause.unwrap_or_default(),
            start: from.start_time.map(|time| time.secs()).unwrap_or_default(),
            end: from.end_time.map(|time| time.secs()),
            progress: from.progress.unwrap_or_default(),
        })
    }
}
