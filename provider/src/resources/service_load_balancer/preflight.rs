//! What would fail at apply, found at plan by asking AWS. Changes nothing.

use std::collections::BTreeMap;

use aws::Clients;
use aws::names::{listener_target_group_name, listener_target_group_prefix};
use aws::ownership::Claim;
use futures_util::future::try_join_all;
use tfplug::{Cx, Diagnostic, Diagnostics, Path, PlannedChange, Result};

use super::TYPE;
use super::model::ServiceLoadBalancer;
use crate::diagnostics::{aws_error, refusal};
use crate::load_balancing::{HasBalancer, preflight as common};
use crate::provider::Data;

/// # Errors
/// All that would fail, each at its attribute.
pub(super) async fn preflight(
    cx: &Cx<Data>,
    change: &PlannedChange<ServiceLoadBalancer>,
) -> Result<()> {
    // Without a configured provider nothing can be asked; the apply will plan again with it.
    if !cx.data().is_configured() {
        return Ok(());
    }
    let clients = cx.data().clients()?;
    let (network, names, policies, zone) = tokio::try_join!(
        common::network(clients, change),
        names(cx, clients, change),
        ssl_policies(clients, change),
        common::hosted_zone(clients, change)
    )
    .map_err(|error| aws_error(TYPE.planning, &error))?;
    let mut found = network;
    found.extend(names);
    found.extend(policies);
    found.extend(zone);
    found.into_result().map(|_| ())
}

/// The names of what is to be made are free, or what has them is ours to take.
async fn names(
    cx: &Cx<Data>,
    clients: &Clients,
    change: &PlannedChange<ServiceLoadBalancer>,
) -> Result<Diagnostics, aws::Error> {
    let mut found = Diagnostics::new();
    let data = cx.data();
    // A create judges what has its names.
    let is_judged = cx.is_applying() && change.prior.is_none();
    if !data.owner_is_known() || is_judged {
        return Ok(found);
    }
    if change.prior.is_none() {
        let balancer = change.plan.balancer();
        let refused = common::load_balancer_name(data, clients, &TYPE, &balancer).await?;
        if let Some(refused) = refused {
            // What is refused already needn't be refused again for its parts.
            found.push(refused);
            return Ok(found);
        }
    }
    target_group_names(data, clients, change).await
}

async fn target_group_names(
    data: &Data,
    clients: &Clients,
    change: &PlannedChange<ServiceLoadBalancer>,
) -> Result<Diagnostics, aws::Error> {
    let mut found = Diagnostics::new();
    let plan = &change.plan;
    let (Some(cluster), Some(name)) = (plan.cluster_name.text(), plan.name.text()) else {
        return Ok(found);
    };
    let wanted: BTreeMap<String, usize> = plan
        .listeners()
        .filter_map(|(at, listener)| {
            let port = *listener.port.known()?;
            let node_port = *listener.node_port.known()?;
            let stays = change.prior.as_ref().is_some_and(|prior| {
                let mut before = prior.listeners();
                before.any(|(_, one)| {
                    one.port == listener.port && one.node_port == listener.node_port
                })
            });
            let ports = (i32::try_from(port).ok()?, i32::try_from(node_port).ok()?);
            (!stays).then(|| (listener_target_group_name(name, ports.0, ports.1), at))
        })
        .collect();
    if wanted.is_empty() {
        return Ok(found);
    }
    let elb = clients.elbv2().await?;
    let prefix = listener_target_group_prefix(name);
    let mut groups = elb.target_groups_named(&prefix).await?;
    groups.retain(|group| wanted.contains_key(&group.name) && !data.claims.is_managed(&group.arn));
    let looks = groups.iter().map(|group| elb.tags(&group.arn));
    for (group, tags) in groups.iter().zip(try_join_all(looks).await?) {
        let tags = tags.unwrap_or_default();
        let ownership = data.ownership(cluster, TYPE.target_group);
        // What bears the marks of a load balancer that the state has is a part of it.
        if change.prior.is_some() && ownership.is_on(&tags) {
            continue;
        }
        if let Claim::Refuse(why) = ownership.claim(&tags) {
            let what = format!("A target group named \"{}\"", group.name);
            let id = group.load_balancer_arns.first().map(String::as_str);
            let mut path = Path::attribute("listener");
            if let Some(at) = wanted.get(&group.name) {
                path = path.index(*at).and("node_port");
            }
            found.push(refusal(TYPE.planning, &what, &why, TYPE.resource, id).at(path));
        }
    }
    Ok(found)
}

/// The security policies that are not in use yet exist.
async fn ssl_policies(
    clients: &Clients,
    change: &PlannedChange<ServiceLoadBalancer>,
) -> Result<Diagnostics, aws::Error> {
    let before = |name: &str| {
        let mut before = change.prior.iter().flat_map(ServiceLoadBalancer::listeners);
        before.any(|(_, listener)| listener.ssl_policy.text() == Some(name))
    };
    let new: Vec<(usize, &str)> = change
        .plan
        .listeners()
        .filter_map(|(at, listener)| Some((at, listener.ssl_policy.text()?)))
        .filter(|(_, name)| !before(name))
        .collect();
    let mut found = Diagnostics::new();
    if new.is_empty() {
        return Ok(found);
    }
    let elb = clients.elbv2().await?;
    let looks = new.iter().map(|(_, name)| elb.ssl_policy_exists(name));
    for ((at, name), exists) in new.iter().zip(try_join_all(looks).await?) {
        if !exists {
            let text = format!(
                "Network load balancers have no security policy \"{name}\". aws elbv2 \
                 describe-ssl-policies lists those there are."
            );
            let path = Path::attribute("listener").index(*at).and("ssl_policy");
            found.push(Diagnostic::error("Invalid security policy", text).at(path));
        }
    }
    Ok(found)
}
