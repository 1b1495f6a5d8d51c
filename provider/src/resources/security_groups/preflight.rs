//! What would fail at apply, found at plan by asking AWS. Changes nothing.

use aws::Clients;
use aws::ec2::SecurityGroup;
use aws::ownership::Claim;
use futures_util::future::try_join_all;
use tfplug::{Cx, Diagnostic, Diagnostics, Path, PlannedChange, Result};
use topology::ports::Group;

use super::RESOURCE;
use super::groups::{kind, name};
use super::model::SecurityGroups;
use crate::diagnostics::{aws_error, refusal};
use crate::provider::Data;

const PLANNING: &str = "Planning security groups";

/// # Errors
/// All that would fail, each at its attribute.
pub(super) async fn preflight(cx: &Cx<Data>, change: &PlannedChange<SecurityGroups>) -> Result<()> {
    // Without a configured provider nothing can be asked; the apply will plan again with it.
    let (true, None) = (cx.data().is_configured(), &change.prior) else {
        return Ok(());
    };
    let Some(vpc_id) = change.plan.vpc_id.text() else {
        return Ok(());
    };
    let clients = cx.data().clients()?;
    let cluster = change.plan.cluster_name.text();
    let asked =
        async { tokio::try_join!(vpc(clients, vpc_id), names(cx, clients, vpc_id, cluster)) };
    let (mut found, names) = asked.await.map_err(|error| aws_error(PLANNING, &error))?;
    found.extend(names);
    found.into_result().map(drop)
}

/// The VPC exists.
async fn vpc(clients: &Clients, id: &str) -> Result<Diagnostics, aws::Error> {
    let mut found = Diagnostics::new();
    if clients.ec2().await?.known_vpc(id).await?.is_none() {
        let text = format!("There is no VPC \"{id}\" in {}.", clients.region().await?);
        found.push(Diagnostic::error("Invalid VPC", text).at("vpc_id"));
    }
    Ok(found)
}

/// The names are free, or what has them is ours to take.
async fn names(
    cx: &Cx<Data>,
    clients: &Clients,
    vpc_id: &str,
    cluster: Option<&str>,
) -> Result<Diagnostics, aws::Error> {
    let mut found = Diagnostics::new();
    // The create judges what has its names.
    if cx.is_applying() {
        return Ok(found);
    }
    // Whose a group is can't be said before it is known who we are.
    let data = cx.data();
    let Some(cluster) = cluster.filter(|_| data.owner_is_known()) else {
        return Ok(found);
    };
    let ec2 = clients.ec2().await?;
    let names = Group::ALL.map(|group| name(cluster, group));
    let looks = names
        .iter()
        .map(|name| ec2.security_group_named(vpc_id, name));
    for (role, group) in Group::ALL.into_iter().zip(try_join_all(looks).await?) {
        // What the state has goes before the new ones come.
        let group = group.filter(|group| !data.claims.is_managed(&group.id));
        let problem = group.and_then(|group| judge(data, cluster, role, &group, PLANNING));
        // Of several, the first one's import takes them all.
        if let Some(problem) = problem {
            found.push(problem);
            break;
        }
    }
    Ok(found)
}

/// Why a group isn't ours to take.
pub(super) fn judge(
    data: &Data,
    cluster: &str,
    role: Group,
    group: &SecurityGroup,
    doing: &str,
) -> Option<Diagnostic> {
    let Claim::Refuse(why) = data.ownership(cluster, kind(role)).claim(&group.tags) else {
        return None;
    };
    let what = format!("A security group named \"{}\", {},", group.name, group.id);
    let id = format!("{}/{cluster}", group.vpc_id);
    let refused = refusal(doing, &what, &why, RESOURCE, Some(&id));
    Some(refused.at(Path::attribute("cluster_name")))
}
