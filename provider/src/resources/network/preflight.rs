//! What would fail at apply, found at plan by asking AWS. Changes nothing.

use std::collections::{BTreeMap, BTreeSet};

use aws::Clients;
use aws::ec2::{Ec2, Subnet, Vpc};
use aws::ownership::{Claim, KIND_KEY};
use futures_util::future::try_join_all;
use ipnet::Ipv4Net;
use tfplug::{Cx, Diagnostic, Diagnostics, Map, Path, PlannedChange, Result};

use super::RESOURCE;
use super::model::Network;
use super::observed::{Ids, Observed, entries};
use super::part::Part;
use crate::diagnostics::{aws_error, refusal};
use crate::holders::listed;
use crate::provider::Data;

const PLANNING: &str = "Planning network";
const ZONES: &str = "availability_zones";

/// # Errors
/// All that would fail, each at its attribute.
pub(super) async fn preflight(cx: &Cx<Data>, change: &PlannedChange<Network>) -> Result<()> {
    // Without a configured provider nothing can be asked; the apply will plan again with it.
    if !cx.data().is_configured() {
        return Ok(());
    }
    let clients = cx.data().clients()?;
    let asked = async {
        tokio::try_join!(
            new_zones(clients, change),
            leaving_zones(clients, change),
            room(clients, change),
        )
    };
    let (mut found, leaving, room) = asked.await.map_err(|error| aws_error(PLANNING, &error))?;
    found.extend(leaving);
    found.extend(room);
    if let (None, Some(cluster)) = (&change.prior, change.plan.cluster_name.text()) {
        // Whose a VPC is can't be said before it is known who we are.
        // The create judges by itself.
        if cx.data().owner_is_known() && !cx.is_applying() {
            let owned = other_network(cx.data(), clients, cluster).await;
            if let Err(errors) = owned {
                found.extend(errors);
            }
        }
    }
    found.into_result().map(|_| ())
}

/// The zones of a plan, where they are known.
fn zones(network: &Network) -> BTreeSet<&String> {
    let zones = network.availability_zones.known();
    zones.into_iter().flat_map(tfplug::List::known).collect()
}

/// Zones exist in the region, and the account may use them.
async fn new_zones(
    clients: &Clients,
    change: &PlannedChange<Network>,
) -> Result<Diagnostics, aws::Error> {
    let before = change.prior.as_ref().map(zones).unwrap_or_default();
    let new: Vec<_> = zones(&change.plan).difference(&before).copied().collect();
    let mut found = Diagnostics::new();
    if new.is_empty() {
        return Ok(found);
    }
    let (ec2, region) = (clients.ec2().await?, clients.region().await?);
    let looks = try_join_all(new.iter().map(|name| ec2.zone(name))).await?;
    for (name, zone) in new.into_iter().zip(looks) {
        let problem = match zone {
            None => format!(
                "There is no zone {name} in {region}. aws ec2 describe-availability-zones lists those \
                 there are."
            ),
            Some(zone) if zone.opt_in_status == "not-opted-in" => {
                format!(
                    "The account has not opted in to {name}. Do that first, or leave the zone out."
                )
            }
            Some(zone) if zone.state != "available" => format!(
                "{name} is {}. Leave it out, or wait until it is available.",
                zone.state
            ),
            Some(_) => continue,
        };
        found.push(Diagnostic::error("Invalid availability zones", problem).at(ZONES));
    }
    Ok(found)
}

/// Nothing but the network's own NAT gateways is left in the subnets of zones that go.
async fn leaving_zones(
    clients: &Clients,
    change: &PlannedChange<Network>,
) -> Result<Diagnostics, aws::Error> {
    let mut found = Diagnostics::new();
    let (Some(prior), true) = (
        &change.prior,
        change.plan.availability_zones.known().is_some(),
    ) else {
        return Ok(found);
    };
    let stay = zones(&change.plan);
    let ids = Ids::of(prior);
    let mut leaving: BTreeMap<&String, Vec<&String>> = BTreeMap::new();
    for (zone, subnet) in ids.public_subnets.iter().chain(&ids.private_subnets) {
        if !stay.contains(zone) {
            leaving.entry(zone).or_default().push(subnet);
        }
    }
    let (Some(vpc_id), false) = (&ids.vpc, leaving.is_empty()) else {
        return Ok(found);
    };
    let ec2 = clients.ec2().await?;
    let own: BTreeSet<String> = ec2
        .nat_gateways_of(vpc_id)
        .await?
        .into_iter()
        .filter(|gateway| ids.nat_gateways.values().any(|id| *id == gateway.id))
        .flat_map(|gateway| gateway.network_interface_ids)
        .collect();
    for (zone, subnets) in leaving {
        let looks = subnets.into_iter().map(|id| ec2.network_interfaces_in(id));
        let interfaces = try_join_all(looks).await?.into_iter().flatten();
        let left: Vec<String> = interfaces
            .filter(|interface| !own.contains(&interface.id))
            .map(|interface| interface.to_string())
            .collect();
        if left.is_empty() {
            continue;
        }
        found.push(
            Diagnostic::error(
                "Zone in use",
                format!(
                    "{zone} can't go yet. In its subnets there is still {}.\n\nNode groups and load \
                     balancers that get their subnets from this resource change only after it. Take \
                     the zone away from them first, apply, and then take it away here.",
                    listed(&left)
                ),
            )
            .at(ZONES),
        );
    }
    Ok(found)
}

/// The blocks of new subnets are free in the VPC.
async fn room(
    clients: &Clients,
    change: &PlannedChange<Network>,
) -> Result<Diagnostics, aws::Error> {
    let prior = change.prior.as_ref();
    let Some((prior, vpc_id)) = prior.and_then(|prior| Some((prior, prior.vpc_id.text()?))) else {
        return Ok(Diagnostics::new());
    };
    let lacks = |planned: &tfplug::Attr<Map<String>>, before: &tfplug::Attr<Map<String>>| {
        let before = entries(before);
        let planned = planned.known();
        planned.is_some_and(|planned| planned.0.keys().any(|zone| !before.contains_key(zone)))
    };
    let plan = &change.plan;
    if !lacks(&plan.public_subnets, &prior.public_subnets)
        && !lacks(&plan.private_subnets, &prior.private_subnets)
    {
        return Ok(Diagnostics::new());
    }
    let cluster = prior.cluster_name.text().unwrap_or_default();
    let ids = Ids {
        vpc: Some(vpc_id.to_owned()),
        public_subnets: entries(&prior.public_subnets),
        private_subnets: entries(&prior.private_subnets),
        ..Ids::default()
    };
    let subnets = clients.ec2().await?.subnets_of(vpc_id).await?;
    let there = Observed::of_subnets(subnets, cluster, &ids);
    Ok(clash(
        &entries(&plan.public_subnet_cidr_blocks),
        &entries(&plan.private_subnet_cidr_blocks),
        &there,
    ))
}

/// Blocks of subnets that would be made, and which somebody's subnets have.
pub(super) fn clash(
    public: &BTreeMap<String, String>,
    private: &BTreeMap<String, String>,
    there: &Observed,
) -> Diagnostics {
    let mut found = Diagnostics::new();
    for (kind, blocks, subnets) in [
        ("public", public, &there.public_subnets),
        ("private", private, &there.private_subnets),
    ] {
        for (zone, block) in blocks {
            let Ok(wanted) = block.parse::<Ipv4Net>() else {
                continue;
            };
            let problem = match subnets.get(zone) {
                Some(subnet) if subnet.cidr_block.as_ref() != Some(block) => Some(format!(
                    "The {kind} subnet of {zone}, {}, was made by an apply that was not finished, \
                     with other zones than these. It has the addresses {} instead of {wanted}.\n\n\
                     Import what is there, with the address of your resource block, and apply \
                     again:\n\n  terraform import {RESOURCE}.NAME '{}'",
                    subnet.id,
                    subnet.cidr_block.as_deref().unwrap_or("of IPv6"),
                    subnet.vpc_id
                )),
                Some(_) => None,
                None => taker(&there.all_subnets, wanted).map(|subnet| {
                    format!(
                        "The {kind} subnet of {zone} would have the addresses {wanted}, but {} is \
                         there, with {}. Move that elsewhere, or import it as this zone's subnet.",
                        subnet.id,
                        subnet.cidr_block.as_deref().unwrap_or_default()
                    )
                }),
            };
            if let Some(problem) = problem {
                found.push(Diagnostic::error("Addresses taken", problem).at(ZONES));
            }
        }
    }
    found
}

fn taker(subnets: &[Subnet], wanted: Ipv4Net) -> Option<&Subnet> {
    subnets.iter().find(|subnet| {
        let block = subnet.cidr_block.as_ref();
        block
            .and_then(|block| block.parse().ok())
            .is_some_and(|block| topology::overlap(block, wanted))
    })
}

/// The cluster has no network yet, or one that is ours to take.
async fn other_network(data: &Data, clients: &Clients, cluster: &str) -> Result<()> {
    let failed = |error: aws::Error| aws_error(PLANNING, &error);
    let ec2: &Ec2 = clients.ec2().await.map_err(failed)?;
    let vpcs = ec2.vpcs_of_cluster(cluster).await.map_err(failed)?;
    // What the state has goes before the new one comes.
    let vpcs = vpcs
        .into_iter()
        .filter(|vpc| !data.claims.is_managed(&vpc.id))
        .collect();
    own_vpc(data, cluster, vpcs, PLANNING).map(drop)
}

/// Of the VPCs that are marked as the cluster's, the network's, if it is ours to take.
///
/// # Errors
/// It isn't, or there are several.
pub(super) fn own_vpc(
    data: &Data,
    cluster: &str,
    vpcs: Vec<Vpc>,
    doing: &str,
) -> Result<Option<Vpc>> {
    let kind = Part::Vpc.kind();
    let is_network = |vpc: &Vpc| vpc.tags.get(KIND_KEY).is_some_and(|found| found == kind);
    let mut vpcs: Vec<Vpc> = vpcs.into_iter().filter(is_network).collect();
    let ownership = data.ownership(cluster, kind);
    for vpc in &vpcs {
        if let Claim::Refuse(why) = ownership.claim(&vpc.tags) {
            let what = format!("A VPC of the cluster \"{cluster}\", {},", vpc.id);
            let refused = refusal(doing, &what, &why, RESOURCE, Some(&vpc.id));
            return Err(refused.at(Path::attribute("cluster_name")).into());
        }
    }
    let first = vpcs.pop();
    match (&first, vpcs.last()) {
        (Some(one), Some(other)) => Err(Diagnostic::error(
            doing,
            format!(
                "The cluster \"{cluster}\" has two VPCs by their marks, {} and {}. AWS may have \
                 answered a create too late. Delete the one that is empty.",
                one.id, other.id
            ),
        )
        .at("cluster_name")
        .into()),
        _ => Ok(first),
    }
}

#[cfg(test)]
mod tests {
    use aws::ownership::{CLUSTER_KEY, ZONE_KEY};
    use aws::tags::Tags;

    use super::*;

    fn subnet(id: &str, block: &str, marks: &[(&str, &str)]) -> Subnet {
        let marks = marks.iter();
        Subnet {
            id: id.to_owned(),
            vpc_id: "vpc-1".to_owned(),
            availability_zone: "a".to_owned(),
            cidr_block: Some(block.to_owned()),
            available_ip_address_count: 1,
            map_public_ip_on_launch: false,
            tags: marks
                .map(|(key, value)| ((*key).to_owned(), (*value).to_owned()))
                .collect(),
        }
    }

    fn clashes(subnets: Vec<Subnet>, private: &str) -> Vec<String> {
        let there = Observed::of_subnets(subnets, "prod", &Ids::default());
        let private = BTreeMap::from([("a".to_owned(), private.to_owned())]);
        let found = clash(&BTreeMap::new(), &private, &there);
        found.iter().map(|one| one.detail().to_owned()).collect()
    }

    #[test]
    fn somebody_s_subnet_is_in_the_way_and_our_own_is_not() {
        let ours = [
            (CLUSTER_KEY, "prod"),
            (KIND_KEY, "private-subnet"),
            (ZONE_KEY, "a"),
        ];
        let theirs = clashes(vec![subnet("subnet-1", "10.0.1.0/24", &[])], "10.0.0.0/20");
        assert!(
            theirs.len() == 1 && theirs[0].contains("subnet-1"),
            "{theirs:?}"
        );
        let beside = vec![subnet("subnet-1", "10.0.16.0/24", &[])];
        assert_eq!(clashes(beside, "10.0.0.0/20"), [""; 0]);
        let same = vec![subnet("subnet-1", "10.0.0.0/20", &ours)];
        assert_eq!(clashes(same, "10.0.0.0/20"), [""; 0]);
        let moved = clashes(
            vec![subnet("subnet-1", "10.0.16.0/20", &ours)],
            "10.0.0.0/20",
        );
        assert!(moved.len() == 1 && moved[0].contains("import"), "{moved:?}");
    }

    #[test]
    fn a_cluster_s_vpc_is_told_from_its_other_objects() {
        let data = Data::for_tests("prod");
        let vpc = |kind: &str| Vpc {
            id: format!("vpc-{kind}"),
            cidr_block: "10.0.0.0/16".to_owned(),
            tags: Tags::from([
                (CLUSTER_KEY.to_owned(), "prod".to_owned()),
                (KIND_KEY.to_owned(), kind.to_owned()),
            ]),
        };
        let other = own_vpc(&data, "prod", vec![vpc("something")], "x");
        assert_eq!(other.unwrap(), None);
        // Without an owner nothing is ours to take.
        let errors = own_vpc(&data, "prod", vec![vpc("vpc")], "x").unwrap_err();
        let text = errors.iter().next().unwrap().detail().to_owned();
        assert!(text.contains("terraform import"), "{text}");
    }
}
