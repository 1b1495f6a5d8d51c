//! Target groups that no listener uses any more: kept while somebody holds them, deleted then.
//!
//! AWS deletes a target group that an Auto Scaling group is attached to, and the group is left with
//! an ARN that leads nowhere. Groups let go of theirs after this resource, which they depend on, has
//! changed: so a target group mostly outlives the apply that retires it.

use std::collections::{BTreeMap, BTreeSet};

use aws::Clients;
use tfplug::Result;

use super::model::ServiceLoadBalancer;
use super::outputs::{FREE, HELD, set};
use super::parts::look_up;
use crate::load_balancing::{Walk, delete};

/// Whether a target group can go.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Fate {
    /// It can't: who holds it, in words.
    Held(String),
    /// It can.
    Free,
}

/// Finds out who holds target groups. Those that are gone are left out.
///
/// # Errors
/// AWS can't be asked.
pub(super) async fn fates(
    clients: &Clients,
    arns: &BTreeSet<String>,
) -> Result<BTreeMap<String, Fate>, aws::Error> {
    let elb = clients.elbv2().await?;
    let targets = look_up(arns, |arn| elb.target_health(arn)).await?;
    let mut fates: BTreeMap<String, Fate> = targets
        .into_iter()
        .map(|(arn, targets)| {
            let who = format!("{} targets", targets.len());
            let empty = targets.is_empty();
            (arn, if empty { Fate::Free } else { Fate::Held(who) })
        })
        .collect();
    let empty = fates.iter().filter(|(_, fate)| **fate == Fate::Free);
    let empty: BTreeSet<String> = empty.map(|(arn, _)| arn.clone()).collect();
    if !empty.is_empty() {
        // One without instances is attached all the same.
        let attached = clients.autoscaling().await?.groups_attached_to(&empty);
        for (arn, groups) in attached.await? {
            fates.insert(arn, Fate::Held(groups.join(", ")));
        }
    }
    Ok(fates)
}

/// Deletes those of the target groups that nobody holds, and notes the others in what is reached.
///
/// # Errors
/// AWS refuses.
pub(super) async fn sweep(
    walk: &mut Walk<'_, ServiceLoadBalancer>,
    arns: &BTreeSet<String>,
) -> Result<()> {
    if arns.is_empty() {
        return Ok(());
    }
    let clients = walk.cx.data().clients()?;
    for (arn, fate) in walk.done(fates(clients, arns).await)? {
        let word = match fate {
            Fate::Free => {
                let note = &mut walk.reached.retired_target_groups;
                set(note, &arn, Some(FREE));
                walk.save();
                walk.done(delete::target_group(walk.cx, walk.elb, &arn).await)?;
                None
            }
            Fate::Held(who) => {
                tracing::info!(%arn, %who, "a target group without listener is still held");
                Some(HELD)
            }
        };
        set(&mut walk.reached.retired_target_groups, &arn, word);
        walk.save();
    }
    Ok(())
}
