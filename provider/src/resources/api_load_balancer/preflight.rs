//! What would fail at apply, found at plan by asking AWS. Changes nothing.

use std::collections::BTreeSet;

use aws::Clients;
use aws::ownership::Claim;
use tfplug::{Attr, Cx, Diagnostic, Diagnostics, Path, PlannedChange, Result};

use super::desired::normal_name;
use super::model::ApiLoadBalancer;
use super::{LOAD_BALANCER, RESOURCE, TARGET_GROUP};
use crate::diagnostics::{aws_error, refusal};
use crate::provider::Data;

const PLANNING: &str = "Planning API load balancer";

/// # Errors
/// All that would fail, each at its attribute.
pub(super) async fn preflight(
    cx: &Cx<Data>,
    change: &PlannedChange<ApiLoadBalancer>,
) -> Result<()> {
    // Without a configured provider nothing can be asked; the apply will plan again with it.
    if !cx.data().is_configured() {
        return Ok(());
    }
    let clients = cx.data().clients()?;
    let plan = &change.plan;
    let creating = change.prior.is_none();
    let changed = |attribute: fn(&ApiLoadBalancer) -> Attr<String>| {
        change
            .prior
            .as_ref()
            .is_none_or(|prior| attribute(prior) != attribute(plan))
    };
    let network = async {
        let same = change.prior.as_ref().is_some_and(|prior| {
            prior.subnets == plan.subnets && prior.security_group_ids == plan.security_group_ids
        });
        if same {
            Ok(Diagnostics::new())
        } else {
            network(clients, plan).await
        }
    };
    let names = async {
        if creating {
            names(cx.data(), clients, plan).await
        } else {
            Ok(Diagnostics::new())
        }
    };
    let zone = async {
        if changed(|lb| lb.fqdn.clone()) || changed(|lb| lb.hosted_zone_id.clone()) {
            hosted_zone(clients, plan).await
        } else {
            Ok(Diagnostics::new())
        }
    };
    let (network, names, zone) =
        tokio::try_join!(network, names, zone).map_err(|error| aws_error(PLANNING, &error))?;
    let mut found = network;
    found.extend(names);
    found.extend(zone);
    found.into_result().map(|_| ())
}

/// Subnets exist, stand in the zones they are said to, and share a VPC with the security groups.
async fn network(clients: &Clients, plan: &ApiLoadBalancer) -> Result<Diagnostics, aws::Error> {
    let ec2 = clients.ec2().await?;
    let mut found = Diagnostics::new();
    let mut vpc: Option<(String, String)> = None;
    let mut seen = BTreeSet::new();
    let subnets: Vec<(&str, &String)> = plan
        .subnets
        .known()
        .into_iter()
        .flat_map(tfplug::Map::known)
        .collect();
    let looks = subnets.iter().map(|(_, id)| ec2.subnet(id));
    for ((zone, id), subnet) in subnets.iter().zip(join_all(looks).await) {
        let at = Path::attribute("subnets").key(*zone);
        let mut fault = |text: String| {
            found.push(Diagnostic::error("Invalid subnet", text).at(at.clone()));
        };
        let Some(subnet) = subnet? else {
            fault(format!(
                "There is no subnet \"{id}\" in this region and account."
            ));
            continue;
        };
        if subnet.availability_zone != *zone {
            fault(format!(
                "The subnet \"{id}\" is in {}, not in {zone}. The keys of \"subnets\" are the \
                 subnets' own zones.",
                subnet.availability_zone
            ));
        }
        if !seen.insert(id.as_str()) {
            fault(format!(
                "The subnet \"{id}\" stands there twice: each zone has its own."
            ));
        }
        match &vpc {
            None => vpc = Some((subnet.vpc_id, subnet.id)),
            Some((first, of)) if *first != subnet.vpc_id => fault(format!(
                "The subnet \"{id}\" is in {}, but \"{of}\" is in {first}. A load balancer lives \
                 in one VPC.",
                subnet.vpc_id
            )),
            Some(_) => {}
        }
    }
    let groups: Vec<&String> = plan
        .security_group_ids
        .known()
        .into_iter()
        .flat_map(tfplug::Set::known)
        .collect();
    let looks = groups.iter().map(|id| ec2.security_group(id));
    for (id, group) in groups.iter().zip(join_all(looks).await) {
        let mut fault = |text: String| {
            found.push(Diagnostic::error("Invalid security group", text).at("security_group_ids"));
        };
        match (group?, &vpc) {
            (None, _) => {
                fault(format!(
                    "There is no security group \"{id}\" in this region and account."
                ));
            }
            (Some(group), Some((vpc, _))) if group.vpc_id != *vpc => fault(format!(
                "The security group \"{id}\" is in {}, but the subnets are in {vpc}.",
                group.vpc_id
            )),
            _ => {}
        }
    }
    Ok(found)
}

/// The names are free, or what has them is ours to take.
async fn names(
    data: &Data,
    clients: &Clients,
    plan: &ApiLoadBalancer,
) -> Result<Diagnostics, aws::Error> {
    let Some(cluster) = plan.cluster_name.text() else {
        return Ok(Diagnostics::new());
    };
    if !data.owner_is_known() {
        return Ok(Diagnostics::new());
    }
    let elb = clients.elbv2().await?;
    let mut found = Diagnostics::new();
    // What the state has goes before the new one comes.
    let stays = |arn: &str| !data.claims.is_managed(arn);
    if let Some(name) = plan.name.text()
        && let Some(balancer) = elb.load_balancer_by_name(name).await?
        && stays(&balancer.arn)
    {
        let tags = elb.tags(&balancer.arn).await?.unwrap_or_default();
        let what = format!("A load balancer named \"{name}\"");
        if let Claim::Refuse(why) = data.ownership(cluster, LOAD_BALANCER).claim(&tags) {
            found.push(refusal(PLANNING, &what, &why, RESOURCE, Some(&balancer.arn)).at("name"));
            // What is refused already needn't be refused again for its parts.
            return Ok(found);
        }
    }
    if let Some(name) = plan.target_group_name.text()
        && let Some(group) = elb.target_group_by_name(name).await?
        && stays(&group.arn)
    {
        let tags = elb.tags(&group.arn).await?.unwrap_or_default();
        let what = format!("A target group named \"{name}\"");
        let id = group.load_balancer_arns.first().map(String::as_str);
        if let Claim::Refuse(why) = data.ownership(cluster, TARGET_GROUP).claim(&tags) {
            found.push(refusal(PLANNING, &what, &why, RESOURCE, id).at("target_group_name"));
        }
    }
    Ok(found)
}

/// The hosted zone exists and holds the name.
async fn hosted_zone(clients: &Clients, plan: &ApiLoadBalancer) -> Result<Diagnostics, aws::Error> {
    let mut found = Diagnostics::new();
    let (Some(id), Some(fqdn)) = (plan.hosted_zone_id.text(), plan.fqdn.text()) else {
        return Ok(found);
    };
    match clients.route53().await?.hosted_zone(id).await? {
        None => found.push(
            Diagnostic::error(
                "Invalid hosted zone",
                format!("There is no hosted zone \"{id}\"."),
            )
            .at("hosted_zone_id"),
        ),
        Some(zone) if !is_within(fqdn, &zone.name) => found.push(
            Diagnostic::error(
                "Invalid FQDN",
                format!(
                    "\"{fqdn}\" is not in the hosted zone {id}, which is that of \"{}\".",
                    zone.name
                ),
            )
            .at("fqdn"),
        ),
        Some(_) => {}
    }
    Ok(found)
}

/// Whether a domain name is a zone's own or below it.
fn is_within(fqdn: &str, zone: &str) -> bool {
    let (fqdn, zone) = (normal_name(fqdn), normal_name(zone));
    fqdn == zone
        || fqdn
            .strip_suffix(&zone)
            .is_some_and(|below| below.ends_with('.'))
}

/// All of them at once, so that they share a call.
async fn join_all<F: Future>(looks: impl Iterator<Item = F>) -> Vec<F::Output> {
    futures_util::future::join_all(looks).await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_end_with_their_zone_at_a_dot() {
        assert!(is_within("api.example.com", "example.com"));
        assert!(is_within("API.example.com.", "Example.com"));
        assert!(is_within("example.com", "example.com."));
        assert!(!is_within("apiexample.com", "example.com"));
        assert!(!is_within("example.com", "api.example.com"));
    }
}
