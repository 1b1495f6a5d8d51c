//! Takes a group away: its nodes leave in good order, then the group goes, then its launch
//! template.

use std::time::Duration;

use aws::autoscaling::{Group, GroupChanges};
use aws::wait::Progress;
use tfplug::{Cx, Diagnostic, Result};

use super::Kind;
use super::marks::values;
use super::observed::is_leaving;
use super::walk::Walk;
use crate::provider::Data;

/// What AWS calls the levels of deletion protection.
/// <https://docs.aws.amazon.com/autoscaling/ec2/userguide/resource-deletion-protection.html>
const NO_DELETION: &str = "prevent-all-deletion";
const NO_FORCE: &str = "prevent-force-deletion";

/// What a state has of a group that is to go.
#[derive(Debug)]
pub(crate) struct Leaving {
    pub(crate) cluster: String,
    /// Of the group.
    pub(crate) name: String,
    pub(crate) arn: Option<String>,
    pub(crate) launch_template_id: Option<String>,
    /// Whether its nodes end at once.
    pub(crate) force: bool,
    /// Why it may not go.
    pub(crate) protected: Option<Diagnostic>,
}

/// Takes away what a state has: the group, of which `gone` is told, and its launch template.
///
/// # Errors
/// AWS refuses, or the nodes take too long to leave.
pub(crate) async fn delete(
    cx: &Cx<Data>,
    kind: &'static Kind,
    doing: &'static str,
    leaving: Leaving,
    gone: impl FnOnce(),
) -> Result<()> {
    let (arn, template_id) = (
        leaving.arn.as_deref(),
        leaving.launch_template_id.as_deref(),
    );
    // The new object of a replacement may be the old one under the same name.
    let mut ids = [arn, template_id].into_iter().flatten();
    if ids.any(|id| cx.data().claims.is_taken_over(id)) {
        cx.warn(Diagnostic::warning(
            "Not deleted",
            "The new object of this replacement has taken over the old one's group, since both \
             have the same name, so that stays. Nothing was replaced. Without \
             create_before_destroy, the old one goes first.",
        ));
        return Ok(());
    }
    if let Some(protected) = leaving.protected {
        return Err(protected.into());
    }
    let walk = Walk::new(cx, kind, doing, &leaving.cluster, &leaving.name).await?;
    if let Some(group) = walk.group_to_delete(arn, template_id).await? {
        walk.delete_group(&group, leaving.force).await?;
    }
    gone();
    match template_id {
        Some(id) => walk.delete_template(id).await,
        None => Ok(()),
    }
}

impl Walk<'_> {
    /// The group that a delete is about: the one of this ARN, since one of the same name and another ARN is
    /// another group. A create that was stopped before AWS showed its group left no ARN, but the template,
    /// which was made before: then the one of the name that bears the same marks.
    ///
    /// # Errors
    /// AWS can't be asked.
    async fn group_to_delete(
        &self,
        arn: Option<&str>,
        template_id: Option<&str>,
    ) -> Result<Option<Group>> {
        if arn.is_none() && template_id.is_none() {
            return Ok(None);
        }
        let found = self.done(self.scaling.group(&self.name).await)?;
        let claims = &self.cx.data().claims;
        Ok(found.filter(|group| match arn {
            Some(arn) => group.arn == arn,
            None => {
                let marks = self.ownership(self.kind.group);
                !claims.is_taken_over(&group.arn) && marks.is_on(&values(&group.tags))
            }
        }))
    }

    /// Deletes the group, and waits until it is gone. By force, its nodes end at once and no
    /// termination hook runs.
    ///
    /// # Errors
    /// AWS refuses, or it takes too long. A delete that is repeated goes on from there.
    async fn delete_group(&self, group: &Group, force: bool) -> Result<()> {
        if !is_leaving(group) {
            if !force {
                self.drain(group).await?;
            }
            let what = format!("group {} to be deletable", self.name);
            // Its last node is gone from the list a moment before AWS agrees that it is.
            let deleted = self
                .wait(what, Duration::MAX)
                .until(
                    async || match self.scaling.delete_group(&self.name, force).await {
                        Ok(()) => Ok(Progress::Done(())),
                        Err(error) => match error.code() {
                            Some(code @ ("ResourceInUse" | "ScalingActivityInProgress")) => {
                                Ok(Progress::Pending(code.to_owned()))
                            }
                            _ => Err(error),
                        },
                    },
                )
                .await;
            self.done(deleted)?;
        }
        self.wait_until_gone().await
    }

    /// Brings the group down to nothing. Its nodes were protected from that until now.
    async fn drain(&self, group: &Group) -> Result<()> {
        let mut settings = group.settings.clone();
        settings.new_instances_protected_from_scale_in = false;
        let down = GroupChanges {
            min_size: (group.min_size != 0).then_some(0),
            max_size: (group.max_size != 0).then_some(0),
            desired_capacity: (group.desired_capacity != 0).then_some(0),
            settings: (settings != group.settings).then_some(settings),
            ..GroupChanges::default()
        };
        if !down.is_empty() {
            self.done(self.scaling.update_group(&self.name, &down).await)?;
        }
        // Somebody may have stopped the very process that is needed now.
        let stopped: Vec<String> = group
            .suspended_processes
            .iter()
            .filter(|process| process.as_str() == "Terminate")
            .cloned()
            .collect();
        if !stopped.is_empty() {
            self.done(self.scaling.resume_processes(&self.name, &stopped).await)?;
        }
        self.done(self.free(group).await)?;
        if group.instances.is_empty() && group.desired_capacity == 0 {
            return Ok(());
        }
        let what = format!("the nodes of {} to leave", self.name);
        let left = self
            .wait(what, Duration::MAX)
            // None leaves at once.
            .later()
            .until(async || {
                let Some(group) = self.scaling.group(&self.name).await? else {
                    return Ok(Progress::Done(()));
                };
                // One that was launched before the group was told comes into service protected.
                self.free(&group).await?;
                if group.instances.is_empty() {
                    return Ok(Progress::Done(()));
                }
                let nodes: Vec<_> = group
                    .instances
                    .iter()
                    .map(|node| format!("{} {}", node.id, node.lifecycle_state))
                    .collect();
                Ok(Progress::Pending(nodes.join(", ")))
            })
            .await;
        self.done(left)
    }

    /// Takes protection from the nodes that have it.
    async fn free(&self, group: &Group) -> Result<(), aws::Error> {
        match self.protect(group, false).await {
            // One of them has left meanwhile: the next look tells who is there.
            Err(error) if error.code() == Some("ValidationError") => Ok(()),
            set => set,
        }
    }

    /// Deletes the launch template.
    ///
    /// # Errors
    /// AWS refuses.
    async fn delete_template(&self, id: &str) -> Result<()> {
        self.done(self.ec2.delete_launch_template(id).await)
    }
}

/// Why a group may not be destroyed as the state has it.
pub(crate) fn protected(
    deletion_protection: Option<&str>,
    force_delete: bool,
) -> Option<Diagnostic> {
    let text = match deletion_protection {
        Some(NO_DELETION) => {
            "AWS refuses to delete this group. Set \"deletion_protection\" to \"none\", apply, and \
             then destroy."
        }
        Some(NO_FORCE) if force_delete => {
            "AWS refuses to delete this group by force. Set \"force_delete\" to false, or \
             \"deletion_protection\" to \"none\", apply, and then destroy."
        }
        _ => return None,
    };
    Some(Diagnostic::error("Deletion protection is on", text).at("deletion_protection"))
}
