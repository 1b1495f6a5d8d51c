//! What would fail at apply for any load balancer, found at plan by asking AWS. Changes nothing.

use aws::Clients;
use aws::ownership::Claim;
use tfplug::{Diagnostic, Diagnostics, PlannedChange};

use super::{Balancer, HasBalancer, Type, normal_name};
use crate::diagnostics::refusal;
use crate::network::{security_groups, subnets};
use crate::provider::Data;

/// Subnets and security groups, if a change is about them.
///
/// # Errors
/// AWS can't be asked.
pub(crate) async fn network<M: HasBalancer>(
    clients: &Clients,
    change: &PlannedChange<M>,
) -> Result<Diagnostics, aws::Error> {
    let plan = change.plan.balancer();
    let same = change.prior.as_ref().is_some_and(|prior| {
        let prior = prior.balancer();
        prior.subnets == plan.subnets && prior.security_group_ids == plan.security_group_ids
    });
    let mut found = Diagnostics::new();
    if same {
        return Ok(found);
    }
    let vpc = subnets(clients, &plan.subnets, "A load balancer", &mut found).await?;
    security_groups(
        clients,
        &plan.security_group_ids,
        vpc.as_deref(),
        &mut found,
    )
    .await?;
    Ok(found)
}

/// The load balancer's name is free, or what has it is ours to take.
///
/// # Errors
/// AWS can't be asked.
pub(crate) async fn load_balancer_name(
    data: &Data,
    clients: &Clients,
    kind: &Type,
    plan: &Balancer,
) -> Result<Option<Diagnostic>, aws::Error> {
    let (Some(cluster), Some(name)) = (plan.cluster_name.text(), plan.name.text()) else {
        return Ok(None);
    };
    let elb = clients.elbv2().await?;
    let Some(balancer) = elb.load_balancer_by_name(name).await? else {
        return Ok(None);
    };
    // What the state has goes before the new one comes.
    if data.claims.is_managed(&balancer.arn) {
        return Ok(None);
    }
    let tags = elb.tags(&balancer.arn).await?.unwrap_or_default();
    let what = format!("A load balancer named \"{name}\"");
    Ok(
        match data.ownership(cluster, kind.load_balancer).claim(&tags) {
            Claim::Adopt => None,
            Claim::Refuse(why) => {
                let id = Some(balancer.arn.as_str());
                Some(refusal(kind.planning, &what, &why, kind.resource, id).at("name"))
            }
        },
    )
}

/// A target group's name is free, or what has it is ours to take. `named_by` is the attribute that
/// it comes from.
///
/// # Errors
/// AWS can't be asked.
pub(crate) async fn target_group_name(
    data: &Data,
    clients: &Clients,
    kind: &Type,
    plan: &Balancer,
    name: &str,
    named_by: &str,
) -> Result<Option<Diagnostic>, aws::Error> {
    let Some(cluster) = plan.cluster_name.text() else {
        return Ok(None);
    };
    let elb = clients.elbv2().await?;
    let Some(group) = elb.target_group_by_name(name).await? else {
        return Ok(None);
    };
    if data.claims.is_managed(&group.arn) {
        return Ok(None);
    }
    let tags = elb.tags(&group.arn).await?.unwrap_or_default();
    let what = format!("A target group named \"{name}\"");
    Ok(
        match data.ownership(cluster, kind.target_group).claim(&tags) {
            Claim::Adopt => None,
            Claim::Refuse(why) => {
                let id = group.load_balancer_arns.first().map(String::as_str);
                Some(refusal(kind.planning, &what, &why, kind.resource, id).at(named_by))
            }
        },
    )
}

/// The hosted zone exists and holds the name, if a change is about them.
///
/// # Errors
/// AWS can't be asked.
pub(crate) async fn hosted_zone<M: HasBalancer>(
    clients: &Clients,
    change: &PlannedChange<M>,
) -> Result<Diagnostics, aws::Error> {
    let mut found = Diagnostics::new();
    let plan = change.plan.balancer();
    let same = change.prior.as_ref().is_some_and(|prior| {
        let prior = prior.balancer();
        prior.fqdn == plan.fqdn && prior.hosted_zone_id == plan.hosted_zone_id
    });
    let (false, Some(id), Some(fqdn)) = (same, plan.hosted_zone_id.text(), plan.fqdn.text()) else {
        return Ok(found);
    };
    // The SDK can't even make a request of it.
    if id.is_empty() {
        let text = "The id is empty. Give that of the hosted zone that \"fqdn\" belongs to, or leave \
                    both out, or null, for a load balancer without a name of its own.";
        found.push(Diagnostic::error("Invalid hosted zone", text).at("hosted_zone_id"));
        return Ok(found);
    }
    match clients.route53().await?.known_hosted_zone(id).await? {
        None => found.push(
            Diagnostic::error(
                "Invalid hosted zone",
                format!(
                    "There is no hosted zone \"{id}\". It must be in the account of these \
                     credentials: aws route53 list-hosted-zones."
                ),
            )
            .at("hosted_zone_id"),
        ),
        Some(zone) if !is_within(fqdn, &zone.name) => found.push(
            Diagnostic::error(
                "Invalid FQDN",
                format!(
                    "\"{fqdn}\" is not in the hosted zone {id}, which is that of \"{}\". Choose a name \
                     that ends so, or another zone.",
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
