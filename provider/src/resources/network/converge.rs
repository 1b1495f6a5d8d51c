//! Makes AWS have what is wanted: every part is found or made, then brought into line, and what is
//! left over goes. A create and an update are the same walk, so a create that was killed is finished
//! by the next.

use std::collections::BTreeMap;

use aws::ec2::{Ec2, Vpc};
use aws::ownership::Claim;
use aws::tags::{TagChanges, Tags};
use tfplug::{Attr, Cx, Diagnostic, Map, Result, Saved};

use super::desired::Desired;
use super::model::Network;
use super::observed::{Ids, Observed};
use super::part::{Part, PartOf};
use super::preflight::{clash, own_vpc};
use super::removal::Removal;
use crate::diagnostics::aws_error;
use crate::provider::Data;

/// One walk.
pub(super) struct Converge<'a> {
    pub(super) cx: &'a Cx<Data>,
    pub(super) ec2: &'a Ec2,
    pub(super) desired: Desired,
    /// What there is by now.
    pub(super) there: Observed,
    /// What Terraform will remember if a step fails, but for the parts.
    remembered: Network,
    saved: &'a Saved<Network>,
    pub(super) doing: &'static str,
}

/// Walks from what exists to what is planned, and returns the state that is reached.
///
/// # Errors
/// AWS refuses a step, or the cluster's network isn't ours. What exists by then is saved.
pub(super) async fn converge(
    cx: &Cx<Data>,
    doing: &'static str,
    existing: Observed,
    plan: Network,
    before: Option<&Network>,
    saved: &Saved<Network>,
) -> Result<Network> {
    let ec2 = cx.data().clients()?.ec2().await;
    let ec2 = ec2.map_err(|error| aws_error(doing, &error))?;
    let nothing = || Attr::Known(Map::default());
    let remembered = match before {
        // Of what exists, the state tells what it was until the walk is over.
        Some(before) => before.clone(),
        None => Network {
            public_subnet_tags: nothing(),
            private_subnet_tags: nothing(),
            ..plan.clone()
        },
    };
    let mut walk = Converge {
        cx,
        ec2,
        desired: Desired::of(&plan)?,
        there: existing,
        remembered,
        saved,
        doing,
    };
    walk.find_missing().await?;
    walk.vpc().await?;
    walk.internet_gateway().await?;
    walk.subnets().await?;
    walk.addresses().await?;
    walk.nat_gateways().await?;
    // NAT gateways take minutes; what doesn't need them is done meanwhile.
    walk.public_ips().await?;
    walk.route_tables().await?;
    walk.wait_for_nat_gateways().await?;
    walk.default_routes().await?;
    walk.write_tags().await?;
    walk.remove_surplus().await?;
    Ok(walk.finish(plan))
}

impl Converge<'_> {
    /// Looks for parts that the state doesn't name, by their marks. All is judged before anything is
    /// touched.
    async fn find_missing(&mut self) -> Result<()> {
        if self.there.vpc.is_none() {
            self.find_vpc().await?;
        }
        // The VPC comes first and goes last: without one there is nothing outside it.
        if self.there.vpc.is_some() {
            self.find_outside().await?;
        }
        clash(
            &self.desired.public_blocks,
            &self.desired.private_blocks,
            &self.there,
        )
        .into_result()
        .map(drop)
    }

    /// Looks for what bears the marks outside any VPC, unless nothing of it is lacking.
    pub(super) async fn find_outside(&mut self) -> Result<()> {
        let lacks_an_address = || {
            let mut zones = self.desired.nat_zones.iter();
            zones.any(|zone| !self.there.addresses.contains_key(zone))
        };
        if self.there.internet_gateway.is_none() || lacks_an_address() {
            let cluster = self.desired.cluster.clone();
            let is_ours = is_ours(self.cx.data(), &cluster);
            let found = self.there.find_outside(self.ec2, &cluster, is_ours).await;
            self.done(found)?;
        }
        Ok(())
    }

    /// The cluster's VPC, if it is ours to take, with all that is in it.
    async fn find_vpc(&mut self) -> Result<()> {
        let cluster = &self.desired.cluster;
        let vpcs = self.done(self.ec2.vpcs_of_cluster(cluster).await)?;
        match own_vpc(self.cx.data(), cluster, vpcs, self.doing)? {
            Some(vpc) => self.take_vpc(vpc).await,
            None => Ok(()),
        }
    }

    /// Goes on with what an unfinished create made.
    pub(super) async fn take_vpc(&mut self, vpc: Vpc) -> Result<()> {
        let (data, cluster) = (self.cx.data(), &self.desired.cluster);
        if vpc.cidr_block != self.desired.cidr_block {
            return Err(unlike(self.doing, &vpc, &self.desired.cidr_block).into());
        }
        data.claims.take_over(&vpc.id);
        tracing::info!(id = %vpc.id, "taking over the network of an unfinished create");
        let (gateway, addresses) = (
            self.there.internet_gateway.take(),
            std::mem::take(&mut self.there.addresses),
        );
        let ids = Ids {
            vpc: Some(vpc.id),
            with_vpc: true,
            ..Ids::default()
        };
        let found = Observed::read(data.clients()?, cluster, &ids).await;
        self.there = self.done(found)?;
        self.there.internet_gateway = gateway;
        self.there.addresses.extend(addresses);
        Ok(())
    }

    /// Writes the tags that are lacking, alike ones in one call.
    async fn write_tags(&self) -> Result<()> {
        let vpc_id = self.vpc_id()?;
        let mut left: Vec<(String, TagChanges)> = Vec::new();
        for (part, zone, id, on_aws) in self.there.tagged() {
            let part = self.part(part, zone);
            let changes = part.tag_changes(self.cx.data(), &vpc_id, on_aws, &self.desired.tags);
            if !changes.is_empty() {
                left.push((id.to_owned(), changes));
            }
        }
        while let Some((_, changes)) = left.first().cloned() {
            let (alike, others): (Vec<_>, Vec<_>) =
                left.into_iter().partition(|(_, other)| *other == changes);
            let ids: Vec<String> = alike.into_iter().map(|(id, _)| id).collect();
            self.settled(async || self.ec2.change_tags(&ids, &changes).await)
                .await?;
            left = others;
        }
        Ok(())
    }

    /// Takes away what zones and gateways that aren't wanted any more have left.
    async fn remove_surplus(&mut self) -> Result<()> {
        let desired = &self.desired;
        let is_zone = |zone: &String| desired.private_blocks.contains_key(zone);
        let has_nat = |zone: &String| desired.nat_zones.contains(zone);
        let removal = Removal {
            cx: self.cx,
            ec2: self.ec2,
            doing: self.doing,
        };
        let vpc_id = self.vpc_id()?;
        let there = &mut self.there;
        let nat_gateways = extract(&mut there.nat_gateways, |zone| !has_nat(zone));
        removal.nat_gateways(&vpc_id, &nat_gateways).await?;
        let mut addresses = extract(&mut there.addresses, |zone| !has_nat(zone));
        addresses.append(&mut there.surplus_addresses);
        removal.addresses(&addresses).await?;
        removal
            .internet_gateways(&vpc_id, &std::mem::take(&mut there.surplus_gateways))
            .await?;
        let mut subnets = extract(&mut there.public_subnets, |zone| !is_zone(zone));
        subnets.extend(extract(&mut there.private_subnets, |zone| !is_zone(zone)));
        removal.subnets(&subnets).await?;
        let mut tables = extract(&mut there.private_tables, |zone| !is_zone(zone));
        tables.extend(there.unused_surplus_tables());
        removal.route_tables(&tables).await
    }

    /// The plan, with all that was open in it.
    fn finish(self, plan: Network) -> Network {
        let mut state = plan;
        self.there.set_parts(&mut state);
        state
    }

    /// What Terraform will remember if the next step fails.
    pub(super) fn save(&self) {
        let mut state = self.remembered.clone();
        self.there.set_parts(&mut state);
        self.saved.save(&state);
    }

    pub(super) fn vpc_id(&self) -> Result<String> {
        let vpc = self.there.vpc.as_ref();
        let missing = || Diagnostic::bug("There is no VPC where there must be one.");
        Ok(vpc.ok_or_else(missing)?.id.clone())
    }

    fn part<'a>(&'a self, part: Part, zone: Option<&'a str>) -> PartOf<'a> {
        PartOf {
            part,
            cluster: &self.desired.cluster,
            zone,
        }
    }

    pub(super) fn tags_of(&self, part: Part, zone: Option<&str>, vpc_id: &str) -> Tags {
        let part = self.part(part, zone);
        part.all_tags(self.cx.data(), vpc_id, &self.desired.tags)
    }

    pub(super) fn has_owner(&self) -> bool {
        let part = Part::Vpc.kind();
        let ownership = self.cx.data().ownership(&self.desired.cluster, part);
        ownership.owner.is_some()
    }

    pub(super) fn done<T>(&self, result: Result<T, aws::Error>) -> Result<T> {
        result.map_err(|error| aws_error(self.doing, &error).into())
    }
}

/// Judges by its marks whether a part outside any VPC may be taken.
pub(super) fn is_ours<'a>(data: &'a Data, cluster: &'a str) -> impl Fn(Part, &Tags) -> bool + 'a {
    |part, tags| data.ownership(cluster, part.kind()).claim(tags) == Claim::Adopt
}

/// Takes out the objects of the zones that fit.
fn extract<T>(objects: &mut BTreeMap<String, T>, fits: impl Fn(&String) -> bool) -> Vec<T> {
    let all = std::mem::take(objects);
    let (out, stay): (BTreeMap<_, _>, _) = all.into_iter().partition(|(zone, _)| fits(zone));
    *objects = stay;
    out.into_values().collect()
}

fn unlike(doing: &str, vpc: &Vpc, wanted: &str) -> Diagnostic {
    Diagnostic::error(
        doing,
        format!(
            "The cluster's VPC {} exists already, with the addresses {} instead of {wanted}, which \
             AWS can't change. If it is left from an unfinished create, delete it. If it is about \
             to be replaced, it must go first: remove create_before_destroy.",
            vpc.id, vpc.cidr_block
        ),
    )
    .at("cidr_block")
}
