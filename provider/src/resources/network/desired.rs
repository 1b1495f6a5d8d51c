//! A planned network in AWS's terms: everything known.

use std::collections::{BTreeMap, BTreeSet};

use aws::tags::Tags;
use tfplug::{Diagnostic, Map, Result};

use super::model::Network;
use crate::tags;

/// What is to be. Made from a plan whose values are all known but for what AWS decides: in an apply.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Desired {
    pub(super) cluster: String,
    pub(super) cidr_block: String,
    /// Blocks of the public subnets, by zone.
    pub(super) public_blocks: BTreeMap<String, String>,
    /// Blocks of the private subnets, by zone.
    pub(super) private_blocks: BTreeMap<String, String>,
    /// The zones that have a NAT gateway.
    pub(super) nat_zones: BTreeSet<String>,
    pub(super) map_public_ip_on_launch: bool,
    pub(super) tags: Tags,
}

impl Desired {
    /// # Errors
    /// A value that must be known by now isn't, which is a defect.
    pub(super) fn of(plan: &Network) -> Result<Self> {
        let public = plan.public_subnet_cidr_blocks.get(PUBLIC_BLOCKS)?;
        let private = plan.private_subnet_cidr_blocks.get(PRIVATE_BLOCKS)?;
        let nat_gateways = plan.nat_gateway_ids.get("nat_gateway_ids")?;
        let map_ip = plan.map_public_ip_on_launch;
        Ok(Self {
            cluster: plan.cluster_name.get("cluster_name")?.clone(),
            cidr_block: plan.cidr_block.get("cidr_block")?.clone(),
            public_blocks: all_of(public, PUBLIC_BLOCKS)?,
            private_blocks: all_of(private, PRIVATE_BLOCKS)?,
            nat_zones: nat_gateways.0.keys().cloned().collect(),
            map_public_ip_on_launch: *map_ip.get("map_public_ip_on_launch")?,
            tags: tags::wanted(plan.tags_all.get("tags_all")?),
        })
    }

    /// The zones.
    pub(super) fn zones(&self) -> impl Iterator<Item = &String> {
        self.private_blocks.keys()
    }

    /// The zone whose NAT gateway a zone's private subnet uses: its own, or the only one.
    pub(super) fn nat_zone_of(&self, zone: &str) -> Option<&String> {
        self.nat_zones
            .get(zone)
            .or_else(|| self.nat_zones.iter().next())
    }
}

const PUBLIC_BLOCKS: &str = "public_subnet_cidr_blocks";
const PRIVATE_BLOCKS: &str = "private_subnet_cidr_blocks";

fn all_of(map: &Map<String>, name: &str) -> Result<BTreeMap<String, String>> {
    let known = map.all_known().ok_or_else(|| {
        Diagnostic::bug(format!(
            "A part of \"{name}\" is not known where it must be."
        ))
        .at(name)
    })?;
    Ok(known
        .into_iter()
        .map(|(zone, block)| (zone.to_owned(), block.clone()))
        .collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_zone_goes_out_through_its_own_gateway_or_the_only_one() {
        let zones = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
        let through = |nat_zones: &[&str], zone: &str| {
            let desired = Desired {
                nat_zones: zones(nat_zones),
                ..Desired::default()
            };
            desired.nat_zone_of(zone).cloned()
        };
        assert_eq!(through(&["a", "b"], "b").as_deref(), Some("b"));
        assert_eq!(through(&["b"], "a").as_deref(), Some("b"));
        assert_eq!(through(&[], "a"), None);
    }
}
