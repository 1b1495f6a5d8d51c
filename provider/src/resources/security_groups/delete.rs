//! Takes the groups away. Nothing is touched while anything has one of them. Then the rules about one
//! another go, since each holds a group; then the groups.

use std::collections::BTreeMap;

use aws::ec2::{Ec2, RulePeer, SecurityGroupRule};
use aws::wait::Progress;
use tfplug::{Attr, Cx, Diagnostic, Map, Result, Saved};
use topology::ports::Group;

use super::authorize::revoke;
use super::model::SecurityGroups;
use super::observed::Observed;
use crate::diagnostics::aws_error;
use crate::holders::{interfaces, listed, until_free};
use crate::provider::Data;
use crate::waits;

const DELETING: &str = "Deleting security groups";

/// # Errors
/// AWS refuses, or somebody's things stay in a group. What is left by then is saved.
pub(super) async fn delete(
    cx: &Cx<Data>,
    mut state: SecurityGroups,
    saved: &Saved<SecurityGroups>,
) -> Result<()> {
    // The new object of a replacement may be the old one, as names follow from the cluster's.
    let ids = state.ids();
    if ids.values().any(|id| cx.data().claims.is_taken_over(id)) {
        cx.warn(Diagnostic::warning(
            "Not deleted",
            "The new object of this replacement has taken over the old one's groups, since their \
             names follow from the cluster's, so they stay. Nothing was replaced. Without \
             create_before_destroy, the old ones go first.",
        ));
        return Ok(());
    }
    let failed = |error: aws::Error| aws_error(DELETING, &error);
    let ec2 = cx.data().clients()?.ec2().await.map_err(failed)?;
    // Whether a group is there shows when it is to go.
    let rules_of = Observed::read_rules(ec2, &ids).await.map_err(failed)?;
    until_unused(cx, ec2, &ids).await.map_err(failed)?;
    for (group, id) in &ids {
        let rules = rules_of.get(group).map_or(&[][..], Vec::as_slice);
        for is_egress in [false, true] {
            let rules = about_others(&ids, *group, is_egress, rules);
            if !rules.is_empty() {
                let revoked = revoke(cx, ec2, id, is_egress, &rules).await;
                revoked.map_err(failed)?;
            }
        }
    }
    state.rules = Attr::Known(Map::default());
    saved.save(&state);
    for (group, id) in ids {
        let wait = waits::wait(cx, format!("security group {id} of {group} to be unused"));
        let holders = async || {
            let (found, others) = tokio::try_join!(
                ec2.network_interfaces_with(std::slice::from_ref(&id)),
                ec2.security_groups_about(&id)
            )?;
            let mut holders = interfaces(&found);
            let others = others.into_iter().filter(|other| other.id != id);
            holders.extend(others.map(|other| format!("a rule of {} ({})", other.id, other.name)));
            Ok(holders)
        };
        let delete = async || ec2.delete_security_group(&id).await;
        until_free(wait, delete, holders).await.map_err(failed)?;
        *state.id_mut(group) = Attr::Null;
        saved.save(&state);
    }
    Ok(())
}

/// Waits until no network interface has a group. Load balancers leave theirs for some minutes.
async fn until_unused(
    cx: &Cx<Data>,
    ec2: &Ec2,
    ids: &BTreeMap<Group, String>,
) -> Result<(), aws::Error> {
    let ids: Vec<String> = ids.values().cloned().collect();
    if ids.is_empty() {
        return Ok(());
    }
    let what = format!("security groups {} to be unused", ids.join(", "));
    let wait = waits::wait(cx, what);
    wait.until(async || {
        let found = ec2.network_interfaces_with(&ids).await?;
        Ok(if found.is_empty() {
            Progress::Done(())
        } else {
            let holders = listed(&interfaces(&found));
            Progress::Pending(format!("in use by {holders}"))
        })
    })
    .await
}

/// A group's rules of one direction that are about another of the cluster's groups.
fn about_others(
    groups: &BTreeMap<Group, String>,
    group: Group,
    is_egress: bool,
    rules: &[SecurityGroupRule],
) -> Vec<String> {
    let is_other = |rule: &&SecurityGroupRule| match &rule.permission.peer {
        RulePeer::Group(peer) => groups.iter().any(|(role, id)| *role != group && id == peer),
        RulePeer::Cidr(_) | RulePeer::PrefixList(_) => false,
    };
    let rules = rules.iter().filter(is_other);
    let rules = rules.filter(|rule| rule.permission.is_egress == is_egress);
    rules.map(|rule| rule.id.clone()).collect()
}
