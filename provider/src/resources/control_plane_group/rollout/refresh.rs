//! `strategy = "instance_refresh"`: AWS replaces outdated nodes, and the apply waits for it.

use std::collections::BTreeSet;

use ::rollout::{Reason, Settings};
use aws::autoscaling::{Group, RefreshSpec};
use tfplug::{Diagnostic, Result};
use topology::ControlPlaneSize;

use crate::node_group::{Since, Walk, active_refresh};

/// How often somebody else may start a refresh in between that leads elsewhere.
const MOST_ROUNDS: usize = 5;

/// What a refresh that fails leaves.
const STAYS: &str = "the group launches the new version. Those that are left are listed in \
                     \"outdated_instance_ids\"";

/// Has AWS replace the outdated nodes, of which `outdated` tells. A refresh that is in progress is
/// waited for first: an apply that was killed may have started it.
///
/// # Errors
/// A refresh fails, is cancelled or undone, or takes too long; or the only node would be replaced.
pub(in super::super) async fn replace_by_refresh(
    walk: &Walk<'_>,
    size: ControlPlaneSize,
    settings: &Settings,
    outdated: impl Fn(&Group) -> BTreeSet<String>,
    since: Since,
) -> Result<()> {
    for _ in 0..MOST_ROUNDS {
        let found = walk.done(walk.scaling.group(&walk.name).await)?;
        let Some(group) = found else {
            let text = format!(
                "The group {} was deleted while its nodes were being replaced. Apply again: it is made \
                 anew.",
                walk.name
            );
            return Err(Diagnostic::error(walk.doing, text).into());
        };
        let left = outdated(&group);
        if left.is_empty() {
            return Ok(());
        }
        if let Some(reason) = refusal(size, settings, &group, &left) {
            return Err(told(&reason).into());
        }
        let id = match active_refresh(&walk.refreshes().await?) {
            Some(active) => {
                tracing::info!(id = %active.id, "waiting for the refresh in progress");
                Some(active.id.clone())
            }
            None => walk.start_refresh(&spec(size)).await?,
        };
        if let Some(id) = id {
            walk.follow_refresh(&id, since, STAYS).await?;
        }
    }
    let text = format!(
        "Instance refreshes of {} end, and leave nodes outdated: somebody else starts others. Stop \
         that, and apply again.",
        walk.name
    );
    Err(Diagnostic::error(walk.doing, text).at("rollout").into())
}

/// Why a refresh must not begin, if so.
pub(super) fn refusal(
    size: ControlPlaneSize,
    settings: &Settings,
    group: &Group,
    outdated: &BTreeSet<String>,
) -> Option<Reason> {
    if size.get() > 1 || settings.allow_control_plane_outage() {
        return None;
    }
    let only = (group.instances.iter()).find(|instance| outdated.contains(&instance.id))?;
    Some(Reason::SingleNode {
        id: only.id.clone(),
        zone: only.zone.clone(),
    })
}

pub(super) fn told(reason: &Reason) -> Diagnostic {
    Diagnostic::error(reason.summary(), reason.to_string()).at("rollout")
}

/// One node at a time, the old one first: hooks may hold a newcomer until a member's place is free,
/// so to launch first could wait for ever. AWS rounds the number that stays up. Nodes are all
/// protected from scale-in, so protection must not hold it up.
/// <https://docs.aws.amazon.com/autoscaling/ec2/APIReference/API_RefreshPreferences.html>
fn spec(size: ControlPlaneSize) -> RefreshSpec {
    let size = size.get();
    let stays = 100 * size.saturating_sub(1) / size;
    RefreshSpec {
        min_healthy_percentage: i32::try_from(stays).unwrap_or_default(),
        max_healthy_percentage: 100,
        instance_warmup: None,
        checkpoint_percentages: Vec::new(),
        checkpoint_delay: None,
        // There would be nothing to go back to: the group launches the new version already.
        auto_rollback: false,
        skip_matching: true,
        scale_in_protected_instances: "Refresh".to_owned(),
        standby_instances: "Terminate".to_owned(),
        desired_launch: None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_but_one_stay() {
        for (size, percent) in [(1, 0), (3, 66), (5, 80), (7, 85)] {
            let spec = spec(ControlPlaneSize::new(size).unwrap());
            assert_eq!(spec.min_healthy_percentage, percent);
            // As AWS counts: what must stay, rounded up.
            let stay = (size * i64::from(percent) + 99) / 100;
            assert_eq!(stay, size - 1);
            assert_eq!(spec.max_healthy_percentage, 100);
        }
    }
}
