//! What AWS has of a network, as attributes. Pure.

use std::collections::{BTreeMap, BTreeSet};

use aws::ec2::{RouteTable, Subnet};
use aws::tags::Tags;
use tfplug::{Attr, Map};

use super::mode::Mode;
use super::model::Network;
use super::observed::{Observed, entries};
use super::part::{Part, PartOf};
use crate::provider::Data;
use crate::tags;

impl Observed {
    /// The attributes as they are; `None` when nothing is left.
    ///
    /// What somebody deleted has no id, and the rest stays as it was: the plan then shows that it is
    /// made anew, at its old place.
    pub(super) fn into_model(self, data: &Data, state: Network) -> Option<Network> {
        if self.is_nothing() {
            return None;
        }
        let mut model = state;
        if model.nat_gateway_mode.is_null() {
            let mode = Mode::found(self.zones().len(), self.nat_gateways.len());
            model.nat_gateway_mode = mode.as_str().into();
        }
        if model.availability_zones.is_null() {
            model.availability_zones = Attr::Known(self.zones().into_iter().collect());
        }
        if let Some(vpc) = &self.vpc {
            model.cidr_block = vpc.cidr_block.as_str().into();
        }
        if let Some(dns) = &self.dns {
            model.enable_dns_support = dns.support.into();
            model.enable_dns_hostnames = dns.host_names.into();
        }
        self.set_tags(data, &mut model);
        self.set_public_ip(&mut model);
        self.set_parts(&mut model);
        Some(model)
    }

    /// Ids of all parts, and what follows from them.
    pub(super) fn set_parts(&self, model: &mut Network) {
        model.vpc_id = self.vpc.as_ref().map(|vpc| vpc.id.clone()).into();
        let gateway = self.internet_gateway.as_ref();
        model.internet_gateway_id = gateway.map(|gateway| gateway.id.clone()).into();
        let table = self.public_table.as_ref();
        model.public_route_table_id = table.map(|table| table.id.clone()).into();
        model.public_subnets = by_zone(&self.public_subnets, |subnet| &subnet.id);
        model.private_subnets = by_zone(&self.private_subnets, |subnet| &subnet.id);
        set_blocks(&mut model.public_subnet_cidr_blocks, &self.public_subnets);
        set_blocks(&mut model.private_subnet_cidr_blocks, &self.private_subnets);
        model.private_route_table_ids = by_zone(&self.private_tables, |table| &table.id);
        model.nat_gateway_ids = by_zone(&self.nat_gateways, |gateway| &gateway.id);
        model.nat_gateway_allocation_ids = by_zone(&self.addresses, |one| &one.allocation_id);
        model.nat_gateway_public_ips = by_zone(&self.addresses, |one| &one.public_ip);
        model.public_default_routes = Attr::Known(self.public_routes().into_iter().collect());
        let private = self.private_routes(&model.nat_gateway_mode);
        model.private_default_routes = Attr::Known(private.into_iter().collect());
    }

    /// Where each zone's public subnet goes out, if it does.
    fn public_routes(&self) -> BTreeMap<String, String> {
        let attached = self.internet_gateway.as_ref().is_some_and(|gateway| {
            let vpc_id = self.vpc.as_ref().map(|vpc| &vpc.id);
            gateway.vpc_id.as_ref() == vpc_id
        });
        let Some(table) = self.public_table.as_ref().filter(|_| attached) else {
            return BTreeMap::new();
        };
        let subnets = self.public_subnets.iter();
        subnets
            .filter_map(|(zone, subnet)| Some((zone.clone(), way_out(table, subnet)?)))
            .collect()
    }

    /// Where each zone's private subnet goes out, if it does. Without NAT gateways that is the
    /// user's to decide, unless it still is through one of ours.
    fn private_routes(&self, mode: &Attr<String>) -> BTreeMap<String, String> {
        let is_users = |target: &String| {
            let mut ours = self.nat_gateways.values();
            mode.text() == Some(Mode::None.as_str()) && !ours.any(|gateway| gateway.id == *target)
        };
        let subnets = self.private_subnets.iter();
        subnets
            .filter_map(|(zone, subnet)| {
                let target = way_out(self.private_tables.get(zone)?, subnet)?;
                Some((zone.clone(), target))
            })
            .filter(|(_, target)| !is_users(target))
            .collect()
    }

    /// Null while the public subnets aren't alike: an update that was stopped may have left some as
    /// they are wanted, and none may then be shown for all.
    fn set_public_ip(&self, model: &mut Network) {
        let subnets = self.public_subnets.values();
        let found: BTreeSet<bool> = subnets.map(|one| one.map_public_ip_on_launch).collect();
        model.map_public_ip_on_launch = match found.first() {
            None => return,
            Some(one) if found.len() == 1 => (*one).into(),
            Some(_) => Attr::Null,
        };
    }

    fn set_tags(&self, data: &Data, model: &mut Network) {
        let cluster = model.cluster_name.text().unwrap_or_default().to_owned();
        let before: Tags = entries(&model.tags_all);
        let parts = self.tagged();
        let users = parts.iter().map(|(part, zone, _, on_aws)| {
            let part = PartOf {
                part: *part,
                cluster: &cluster,
                zone: *zone,
            };
            part.users_tags(on_aws, &before)
        });
        (model.tags, model.tags_all) = tags::read_parts(data, users, &model.tags, &model.tags_all);
        let (public, private) = (Part::PublicSubnet, Part::PrivateSubnet);
        set_kubernetes_tags(
            &mut model.public_subnet_tags,
            public,
            &cluster,
            &self.public_subnets,
        );
        set_kubernetes_tags(
            &mut model.private_subnet_tags,
            private,
            &cluster,
            &self.private_subnets,
        );
    }
}

/// Where a subnet goes out through a table, if it uses that and that leads anywhere.
fn way_out(table: &RouteTable, subnet: &Subnet) -> Option<String> {
    let route = table.default_route.as_ref()?;
    let is_used = table.associations.contains_key(&subnet.id);
    (is_used && !route.is_blackhole).then(|| route.target.clone())
}

fn by_zone<T>(objects: &BTreeMap<String, T>, text: fn(&T) -> &String) -> Attr<Map<String>> {
    let entries = objects.iter();
    Attr::Known(
        entries
            .map(|(zone, object)| (zone.clone(), text(object).clone()))
            .collect(),
    )
}

/// A subnet that is gone keeps its block, so that it is made anew in its place.
fn set_blocks(blocks: &mut Attr<Map<String>>, subnets: &BTreeMap<String, Subnet>) {
    let mut all = entries(blocks);
    for (zone, subnet) in subnets {
        if let Some(block) = &subnet.cidr_block {
            all.insert(zone.clone(), block.clone());
        }
    }
    *blocks = Attr::Known(all.into_iter().collect());
}

/// Of the tags for Kubernetes, those that the first subnet has that lacks one.
fn set_kubernetes_tags(
    shown: &mut Attr<Map<String>>,
    part: Part,
    cluster: &str,
    subnets: &BTreeMap<String, Subnet>,
) {
    let part = PartOf {
        part,
        cluster,
        zone: None,
    };
    let wanted = part.kubernetes_tags();
    let found = subnets.values().map(|subnet| -> Tags {
        let keys = wanted
            .keys()
            .filter_map(|key| subnet.tags.get_key_value(key));
        keys.map(|(key, value)| (key.clone(), value.clone()))
            .collect()
    });
    let lacking = found.into_iter().find(|tags| *tags != wanted);
    *shown = Attr::Known(
        lacking
            .unwrap_or_else(|| wanted.clone())
            .into_iter()
            .collect(),
    );
}

#[cfg(test)]
mod tests {
    use aws::ec2::Vpc;

    use super::*;

    fn team(name: &str) -> Tags {
        Tags::from([("team".to_owned(), name.to_owned())])
    }

    fn shown(tags: Tags) -> Attr<Map<String>> {
        Attr::Known(tags.into_iter().collect())
    }

    fn subnet(zone: &str, map_public_ip_on_launch: bool, tags: Tags) -> (String, Subnet) {
        let subnet = Subnet {
            id: format!("subnet-{zone}"),
            vpc_id: "vpc-1".to_owned(),
            availability_zone: zone.to_owned(),
            cidr_block: Some("10.0.0.0/23".to_owned()),
            available_ip_address_count: 1,
            map_public_ip_on_launch,
            tags,
        };
        (zone.to_owned(), subnet)
    }

    /// What is read of two public subnets, whose state says no public address and team a.
    fn read(one: (bool, &str), other: (bool, &str)) -> Network {
        let there = Observed {
            vpc: Some(Vpc {
                id: "vpc-1".to_owned(),
                cidr_block: "10.0.0.0/16".to_owned(),
                tags: team(one.1),
            }),
            public_subnets: BTreeMap::from([
                subnet("a", one.0, team(one.1)),
                subnet("b", other.0, team(other.1)),
            ]),
            ..Observed::default()
        };
        let state = Network {
            cluster_name: "prod".into(),
            map_public_ip_on_launch: false.into(),
            tags: shown(team("a")),
            tags_all: shown(team("a")),
            ..Network::default()
        };
        there.into_model(&Data::for_tests("prod"), state).unwrap()
    }

    #[test]
    fn subnets_that_are_alike_are_shown_as_they_are() {
        for (public, name) in [(false, "a"), (true, "b")] {
            let found = read((public, name), (public, name));
            assert_eq!(found.map_public_ip_on_launch, public.into());
            assert_eq!(found.tags_all, shown(team(name)));
        }
    }

    /// An update that was stopped may have left one as it is wanted and the other not. The plan must
    /// then not be empty, whatever the configuration says.
    #[test]
    fn subnets_that_are_not_alike_are_never_shown_as_what_is_wanted() {
        for (one, other) in [((true, "b"), (false, "a")), ((false, "a"), (true, "b"))] {
            let found = read(one, other);
            assert_eq!(found.map_public_ip_on_launch, Attr::Null);
            assert_eq!(found.tags_all, Attr::Null);
        }
    }

    #[test]
    fn nothing_is_nothing() {
        let nothing = Observed::default();
        let data = Data::for_tests("prod");
        assert_eq!(nothing.into_model(&data, Network::default()), None);
    }
}
