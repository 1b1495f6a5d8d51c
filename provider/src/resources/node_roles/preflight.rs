//! What would fail at apply, found at plan by asking AWS. Changes nothing.

use std::collections::BTreeSet;

use aws::Clients;
use aws::iam::Iam;
use aws::ownership::Claim;
use tfplug::{Attr, Cx, Diagnostic, Diagnostics, Path, PlannedChange, Result};

use super::RESOURCE;
use super::converge::{elsewhere, import_id, whose};
use super::kind::Kind;
use super::model::NodeRoles;
use super::plan::at;
use crate::diagnostics::{aws_error, refusal};
use crate::provider::Data;

const PLANNING: &str = "Planning node roles";

/// # Errors
/// All that would fail, each at its attribute.
pub(super) async fn preflight(cx: &Cx<Data>, change: &PlannedChange<NodeRoles>) -> Result<()> {
    // Without a configured provider nothing can be asked; the apply will plan again with it.
    if !cx.data().is_configured() {
        return Ok(());
    }
    let clients = cx.data().clients()?;
    let names = async {
        // The create judges what has its names.
        if change.prior.is_none() && !cx.is_applying() {
            names(cx.data(), clients, &change.plan).await
        } else {
            Ok(Diagnostics::new())
        }
    };
    let (mut found, policies) = tokio::try_join!(names, policies(clients, change))
        .map_err(|error| aws_error(PLANNING, &error))?;
    found.extend(policies);
    found.into_result().map(drop)
}

/// The names are free, or what has them is ours to take.
async fn names(
    data: &Data,
    clients: &Clients,
    plan: &NodeRoles,
) -> Result<Diagnostics, aws::Error> {
    let mut found = Diagnostics::new();
    let Some(cluster) = plan.cluster_name.text() else {
        return Ok(found);
    };
    if !data.owner_is_known() {
        return Ok(found);
    }
    let (iam, region) = tokio::try_join!(clients.iam(), clients.region())?;
    let judged = Kind::ALL.map(|kind| judge(data, iam, region, cluster, kind, plan));
    for faults in futures_util::future::join_all(judged).await {
        found.extend(faults?);
    }
    Ok(found)
}

async fn judge(
    data: &Data,
    iam: &Iam,
    region: &str,
    cluster: &str,
    kind: Kind,
    plan: &NodeRoles,
) -> Result<Diagnostics, aws::Error> {
    let mut found = Diagnostics::new();
    let Some(name) = kind.role_name(plan).text() else {
        return Ok(found);
    };
    // What the state has goes before the new one comes.
    let stays = |arn: &str| !data.claims.is_managed(arn);
    let id = import_id(plan);
    let id = id.as_deref();
    let (role, profile) = tokio::try_join!(iam.role(name), iam.instance_profile(name))?;
    if let Some(role) = role.filter(|role| stays(&role.arn)) {
        let what = format!("A role named \"{name}\"");
        match data.ownership(cluster, kind.role()).claim(&role.tags) {
            Claim::Refuse(why) => {
                found.push(refusal(PLANNING, &what, &why, RESOURCE, id).at(at(kind)));
                // What is refused already needn't be refused again for its instance profile.
                return Ok(found);
            }
            Claim::Adopt => {
                if let Some(why) = elsewhere(PLANNING, &role, kind, region) {
                    found.push(why);
                    return Ok(found);
                }
            }
        }
    }
    if let Some(profile) = profile.filter(|profile| stays(&profile.arn))
        && let Claim::Refuse(why) = data.ownership(cluster, kind.profile()).claim(&profile.tags)
    {
        let id = id.filter(|_| whose(&profile.roles, name));
        let what = format!("An instance profile named \"{name}\"");
        found.push(refusal(PLANNING, &what, &why, RESOURCE, id).at(at(kind)));
    }
    Ok(found)
}

/// AWS's own policies that are to be used anew exist. Others may be made in the same apply.
async fn policies(
    clients: &Clients,
    change: &PlannedChange<NodeRoles>,
) -> Result<Diagnostics, aws::Error> {
    let wanted = named(&change.plan);
    let before = change.prior.as_ref().map(named).unwrap_or_default();
    let new: Vec<_> = wanted
        .into_iter()
        .filter(|used| !before.contains(used) && used.0.contains(":iam::aws:policy/"))
        .collect();
    let mut found = Diagnostics::new();
    if new.is_empty() {
        return Ok(found);
    }
    let iam = clients.iam().await?;
    let looks = new.iter().map(|(arn, _)| iam.managed_policy_exists(arn));
    let looks = futures_util::future::join_all(looks).await;
    for ((arn, path), exists) in new.iter().zip(looks) {
        if !exists? {
            let text = format!("AWS has no policy \"{arn}\".");
            found.push(Diagnostic::error("Invalid policy ARN", text).at(Path::attribute(*path)));
        }
    }
    Ok(found)
}

/// ARNs of managed policies, each with the attribute that names it.
fn named(model: &NodeRoles) -> BTreeSet<(String, &'static str)> {
    let boundary = model.permissions_boundary.text();
    let boundary = boundary.map(|arn| (arn.to_owned(), "permissions_boundary"));
    let attached = Kind::ALL.into_iter().flat_map(|kind| {
        let arns = match kind.policy_arns(model) {
            Attr::Known(arns) => arns.known().cloned().collect(),
            _ => Vec::new(),
        };
        arns.into_iter()
            .map(move |arn| (arn, kind.policy_arns_attribute()))
    });
    boundary.into_iter().chain(attached).collect()
}
