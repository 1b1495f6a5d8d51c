//! The Auto Scaling group: found, and brought into line.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use aws::autoscaling::{Group, GroupChanges, GroupSettings, GroupTag, Hook, Launch};
use tfplug::Result;

use super::marks::{group_changes, values};
use super::observed::{is_leaving, living};
use super::walk::Walk;

/// What a group is to be, in AWS's terms.
#[derive(Clone, Debug)]
pub(crate) struct DesiredGroup {
    pub(crate) min_size: i32,
    pub(crate) max_size: i32,
    /// None leaves the number of nodes to whoever scales the group.
    pub(crate) desired_capacity: Option<i32>,
    pub(crate) launch: Launch,
    pub(crate) subnets: BTreeSet<String>,
    /// All target groups, and no others.
    pub(crate) target_groups: BTreeSet<String>,
    pub(crate) settings: GroupSettings,
    /// All suspended processes, and no others.
    pub(crate) suspended: BTreeSet<String>,
    pub(crate) metrics: BTreeSet<String>,
    /// Hooks to have. Others' hooks are left alone but for those in `no_hooks`.
    pub(crate) hooks: Vec<Hook>,
    /// Names of hooks that are ours and not to be.
    pub(crate) no_hooks: Vec<String>,
    pub(crate) tags: BTreeMap<String, GroupTag>,
}

impl Walk<'_> {
    /// A group of the wanted name, if it is ours to take. One that is being deleted is waited for:
    /// its name is free soon.
    ///
    /// # Errors
    /// It isn't ours.
    pub(crate) async fn find_group(&self) -> Result<Option<Group>> {
        let found = self.done(self.scaling.group(&self.name).await)?;
        let Some(found) = found else { return Ok(None) };
        self.claim(
            "An Auto Scaling group",
            self.kind.group,
            &values(&found.tags),
        )?;
        if is_leaving(&found) {
            self.wait_until_gone().await?;
            return Ok(None);
        }
        self.cx.data().claims.take_over(&found.arn);
        tracing::info!(arn = %found.arn, "taking over the group of an unfinished create");
        Ok(Some(found))
    }

    /// Brings a group into line. What nodes are launched with and meet goes before the update that
    /// may launch some.
    ///
    /// # Errors
    /// AWS refuses.
    pub(crate) async fn bring_into_line(
        &self,
        group: &Group,
        hooks: &[Hook],
        desired: &DesiredGroup,
    ) -> Result<()> {
        let (suspend, resume) = differing(&desired.suspended, &group.suspended_processes);
        if !suspend.is_empty() {
            self.done(self.scaling.suspend_processes(&self.name, &suspend).await)?;
        }
        self.bring_hooks_into_line(hooks, desired).await?;
        self.bring_tags_into_line(group, desired).await?;
        let (add, remove) = differing(&desired.target_groups, &group.target_group_arns);
        if !add.is_empty() {
            self.done(self.scaling.attach_target_groups(&self.name, &add).await)?;
        }
        if !remove.is_empty() {
            let detached = self.scaling.detach_target_groups(&self.name, &remove).await;
            self.done(detached)?;
        }
        let (add, remove) = differing(&desired.metrics, &group.enabled_metrics);
        if !add.is_empty() {
            self.done(self.scaling.enable_metrics(&self.name, &add).await)?;
        }
        if !remove.is_empty() {
            self.done(self.scaling.disable_metrics(&self.name, &remove).await)?;
        }
        let changes = changes(group, desired);
        if !changes.is_empty() {
            self.done(self.scaling.update_group(&self.name, &changes).await)?;
        }
        if !resume.is_empty() {
            self.done(self.scaling.resume_processes(&self.name, &resume).await)?;
        }
        Ok(())
    }

    async fn bring_tags_into_line(&self, group: &Group, desired: &DesiredGroup) -> Result<()> {
        let (set, remove) = group_changes(self.cx.data(), self.kind, &group.tags, &desired.tags);
        if !remove.is_empty() {
            self.done(self.scaling.remove_tags(&self.name, &remove).await)?;
        }
        if !set.is_empty() {
            self.done(self.scaling.set_tags(&self.name, &set).await)?;
        }
        Ok(())
    }

    async fn bring_hooks_into_line(&self, hooks: &[Hook], desired: &DesiredGroup) -> Result<()> {
        for name in &desired.no_hooks {
            if hooks.iter().any(|hook| hook.name == *name) {
                self.done(self.scaling.delete_hook(&self.name, name).await)?;
            }
        }
        for wanted in &desired.hooks {
            let found = hooks.iter().find(|hook| hook.name == wanted.name);
            if found == Some(wanted) {
                continue;
            }
            // What a put doesn't say stays as it was, and so does the transition.
            if found.is_some_and(|found| loses_a_setting(found, wanted)) {
                self.done(self.scaling.delete_hook(&self.name, &wanted.name).await)?;
            }
            self.done(self.scaling.put_hook(&self.name, wanted).await)?;
        }
        Ok(())
    }

    /// Protects the nodes that aren't from being chosen when the group shrinks.
    ///
    /// # Errors
    /// AWS refuses.
    pub(crate) async fn protect_nodes(&self, group: &Group) -> Result<()> {
        self.done(self.protect(group, true).await)
    }

    /// Gives protection to the nodes that lack it, or takes it from those that have it. AWS takes that
    /// of nodes in service alone.
    pub(super) async fn protect(&self, group: &Group, protected: bool) -> Result<(), aws::Error> {
        let others: Vec<String> = living(Some(group))
            .filter(|node| node.lifecycle_state == "InService")
            .filter(|node| node.protected_from_scale_in != protected)
            .map(|node| node.id.clone())
            .collect();
        if others.is_empty() {
            return Ok(());
        }
        self.scaling
            .set_instance_protection(&self.name, &others, protected)
            .await
    }

    /// Waits until a group that is being deleted is gone, and its name free.
    ///
    /// # Errors
    /// It takes too long.
    pub(crate) async fn wait_until_gone(&self) -> Result<()> {
        let wait = self.wait(format!("group {} to be gone", self.name), Duration::MAX);
        self.done(self.scaling.wait_until_group_gone(&self.name, wait).await)
    }
}

/// What one update must set.
fn changes(group: &Group, desired: &DesiredGroup) -> GroupChanges {
    let differs = |wanted: i32, found: i32| (wanted != found).then_some(wanted);
    let subnets =
        (desired.subnets != group.subnets).then(|| desired.subnets.iter().cloned().collect());
    GroupChanges {
        min_size: differs(desired.min_size, group.min_size),
        max_size: differs(desired.max_size, group.max_size),
        desired_capacity: desired
            .desired_capacity
            .and_then(|wanted| differs(wanted, group.desired_capacity)),
        launch: (desired.launch != group.launch).then(|| desired.launch.clone()),
        subnets,
        settings: (desired.settings != group.settings).then(|| desired.settings.clone()),
    }
}

/// What is to be added to and removed from what is found.
fn differing(wanted: &BTreeSet<String>, found: &BTreeSet<String>) -> (Vec<String>, Vec<String>) {
    (
        wanted.difference(found).cloned().collect(),
        found.difference(wanted).cloned().collect(),
    )
}

/// Whether a hook must go before it can be put without what it has.
/// <https://docs.aws.amazon.com/autoscaling/ec2/APIReference/API_PutLifecycleHook.html>
fn loses_a_setting(found: &Hook, wanted: &Hook) -> bool {
    found.transition != wanted.transition
        || (found.notification_target_arn.is_some() && wanted.notification_target_arn.is_none())
        || (found.role_arn.is_some() && wanted.role_arn.is_none())
        || (found.notification_metadata.is_some() && wanted.notification_metadata.is_none())
}
