//! Lifecycle hooks: what instances wait for on their way in and out.

use aws_sdk_autoscaling::types::{LifecycleHook, LifecycleHookSpecification};

use super::{Autoscaling, SERVICE, gone, said};
use crate::error::Error;

/// A lifecycle hook.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hook {
    /// Its name, unique in the group.
    pub name: String,
    /// Which way it is for.
    pub transition: Transition,
    /// Seconds until `default_result` is taken, unless somebody answers or sends a heartbeat:
    /// 30 to 7200.
    pub heartbeat_timeout: i32,
    /// `CONTINUE` or `ABANDON`.
    pub default_result: String,
    /// A queue or topic that is told of each instance that waits.
    pub notification_target_arn: Option<String>,
    /// The role that may write to it.
    pub role_arn: Option<String>,
    /// A text that comes with each notification.
    pub notification_metadata: Option<String>,
}

/// The way that a hook is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Transition {
    /// Into service.
    Launching,
    /// Out of service.
    Terminating,
}

impl Transition {
    /// AWS's name of it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Launching => "autoscaling:EC2_INSTANCE_LAUNCHING",
            Self::Terminating => "autoscaling:EC2_INSTANCE_TERMINATING",
        }
    }

    fn parse(text: &str) -> Option<Self> {
        [Self::Launching, Self::Terminating]
            .into_iter()
            .find(|transition| transition.as_str() == text)
    }
}

impl Autoscaling {
    /// The hooks of a group. A group that is gone has none.
    ///
    /// # Errors
    ///
    /// When AWS can't be asked.
    pub async fn hooks(&self, name: &str) -> Result<Vec<Hook>, Error> {
        const OPERATION: &str = "DescribeLifecycleHooks";
        let request = self.client.describe_lifecycle_hooks();
        let answer = request.auto_scaling_group_name(name).send().await;
        let answer = match answer.map_err(|error| Error::call(SERVICE, OPERATION, name, error)) {
            Err(error) if error.is_not_found() => return Ok(Vec::new()),
            answer => answer?,
        };
        let hooks = answer.lifecycle_hooks.unwrap_or_default().into_iter();
        hooks
            // Hooks for other ways than these two are none of this provider's.
            .filter_map(|hook| {
                let transition = Transition::parse(hook.lifecycle_transition.as_deref()?)?;
                Some((transition, hook))
            })
            .map(|(transition, hook)| {
                Hook::from_sdk(transition, hook)
                    .ok_or_else(|| Error::lacking(SERVICE, OPERATION, name, "LifecycleHookName"))
            })
            .collect()
    }

    /// Makes a hook, or changes the one of its name. A role and a metadata that are `None` leave
    /// those of an existing hook: the API has no word to take them away, and without a target
    /// they mean nothing.
    ///
    /// # Errors
    ///
    /// When AWS refuses.
    pub async fn put_hook(&self, name: &str, hook: &Hook) -> Result<(), Error> {
        let answer = self
            .client
            .put_lifecycle_hook()
            .auto_scaling_group_name(name)
            .lifecycle_hook_name(&hook.name)
            .lifecycle_transition(hook.transition.as_str())
            .heartbeat_timeout(hook.heartbeat_timeout)
            .default_result(&hook.default_result)
            // The empty ARN takes away a target that was set before.
            .notification_target_arn(hook.notification_target_arn.as_deref().unwrap_or_default())
            .set_role_arn(hook.role_arn.clone())
            .set_notification_metadata(hook.notification_metadata.clone())
            .send()
            .await;
        answer
            .map(drop)
            .map_err(|error| Error::call(SERVICE, "PutLifecycleHook", about(name, hook), error))
    }

    /// Deletes a hook. Instances that wait for it go on: those on their way in are given up,
    /// those on their way out leave.
    ///
    /// # Errors
    ///
    /// When AWS refuses.
    pub async fn delete_hook(&self, name: &str, hook_name: &str) -> Result<(), Error> {
        let answer = self
            .client
            .delete_lifecycle_hook()
            .auto_scaling_group_name(name)
            .lifecycle_hook_name(hook_name)
            .send()
            .await;
        let about = format!("{name}/{hook_name}");
        gone(answer.map_err(|error| Error::call(SERVICE, "DeleteLifecycleHook", about, error)))
    }
}

impl Hook {
    fn from_sdk(transition: Transition, from: LifecycleHook) -> Option<Self> {
        Some(Self {
            name: from.lifecycle_hook_name?,
            transition,
            heartbeat_timeout: from.heartbeat_timeout.unwrap_or_default(),
            default_result: from.default_result.unwrap_or_default(),
            notification_target_arn: said(from.notification_target_arn),
            role_arn: said(from.role_arn),
            notification_metadata: said(from.notification_metadata),
        })
    }

    pub(super) fn to_specification(&self) -> LifecycleHookSpecification {
        LifecycleHookSpecification::builder()
            .lifecycle_hook_name(&self.name)
            .lifecycle_transition(self.transition.as_str())
            .heartbeat_timeout(self.heartbeat_timeout)
            .default_result(&self.default_result)
            .set_notification_target_arn(self.notification_target_arn.clone())
            .set_role_arn(self.role_arn.clone())
            .set_notification_metadata(self.notification_metadata.clone())
            .build()
    }
}

fn about(group: &str, hook: &Hook) -> String {
    format!("{group}/{}", hook.name)
}
