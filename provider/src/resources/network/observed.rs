//! What AWS has of a network: each part in its role.

use std::collections::{BTreeMap, BTreeSet};

use aws::Clients;
use aws::ec2::{Address, Ec2, InternetGateway, NatGateway, RouteTable, Subnet, Vpc, VpcDns};
use aws::tags::Tags;
use futures_util::future::try_join_all;
use tfplug::{Attr, Map};

use super::model::Network;
use super::part::Part;
use super::role::{Object, Role, by_role, first};

/// The ids of parts that a state names.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Ids {
    pub(super) vpc: Option<String>,
    /// Whether the VPC itself and its settings are of interest: AWS tells each by a call. If not, it is
    /// taken to be there.
    pub(super) with_vpc: bool,
    pub(super) internet_gateway: Option<String>,
    pub(super) public_table: Option<String>,
    pub(super) public_subnets: BTreeMap<String, String>,
    pub(super) private_subnets: BTreeMap<String, String>,
    pub(super) private_tables: BTreeMap<String, String>,
    pub(super) nat_gateways: BTreeMap<String, String>,
    pub(super) addresses: BTreeMap<String, String>,
}

/// The parts that exist. Maps are by zone.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Observed {
    pub(super) vpc: Option<Vpc>,
    pub(super) dns: Option<VpcDns>,
    pub(super) internet_gateway: Option<InternetGateway>,
    pub(super) public_table: Option<RouteTable>,
    pub(super) public_subnets: BTreeMap<String, Subnet>,
    pub(super) private_subnets: BTreeMap<String, Subnet>,
    pub(super) private_tables: BTreeMap<String, RouteTable>,
    pub(super) nat_gateways: BTreeMap<String, NatGateway>,
    pub(super) addresses: BTreeMap<String, Address>,
    /// All subnets of the VPC, those of others too.
    pub(super) all_subnets: Vec<Subnet>,
    /// All route tables of the VPC as they were at first, those of others too.
    pub(super) all_tables: Vec<RouteTable>,
    /// Addresses, internet gateways and route tables that bear the marks, and whose place another one
    /// has.
    pub(super) surplus_addresses: Vec<Address>,
    pub(super) surplus_gateways: Vec<InternetGateway>,
    pub(super) surplus_tables: Vec<RouteTable>,
}

impl Ids {
    pub(super) fn of(state: &Network) -> Self {
        Self {
            vpc: state.vpc_id.known().cloned(),
            with_vpc: true,
            internet_gateway: state.internet_gateway_id.known().cloned(),
            public_table: state.public_route_table_id.known().cloned(),
            public_subnets: entries(&state.public_subnets),
            private_subnets: entries(&state.private_subnets),
            private_tables: entries(&state.private_route_table_ids),
            nat_gateways: entries(&state.nat_gateway_ids),
            addresses: entries(&state.nat_gateway_allocation_ids),
        }
    }
}

/// The entries that are known.
pub(super) fn entries(map: &Attr<Map<String>>) -> BTreeMap<String, String> {
    let known = map.known().into_iter().flat_map(Map::known);
    known
        .map(|(key, value)| (key.to_owned(), value.clone()))
        .collect()
}

impl Observed {
    /// Looks for the parts, side by side: those named, and those in the VPC that bear the marks of
    /// the cluster's network. A part in a VPC that is ours is ours, whoever made it.
    ///
    /// # Errors
    /// AWS can't be asked.
    pub(super) async fn read(
        clients: &Clients,
        cluster: &str,
        ids: &Ids,
    ) -> Result<Self, aws::Error> {
        let ec2 = clients.ec2().await?;
        let (inside, internet_gateway, addresses) = tokio::try_join!(
            inside(ec2, ids.vpc.as_deref(), ids.with_vpc),
            internet_gateway(ec2, ids.internet_gateway.as_deref()),
            addresses(ec2, ids.addresses.values()),
        )?;
        let named = Named {
            internet_gateway,
            addresses,
        };
        Self::of(ec2, cluster, ids, inside, named).await
    }

    /// Puts together what was found.
    pub(super) async fn of(
        ec2: &Ec2,
        cluster: &str,
        ids: &Ids,
        inside: Inside,
        named: Named,
    ) -> Result<Self, aws::Error> {
        let mut found = Self {
            internet_gateway: named.internet_gateway.filter(|gateway| {
                // One that somebody attached elsewhere is in use there.
                gateway.vpc_id.is_none() || gateway.vpc_id == ids.vpc
            }),
            ..Self::default()
        };
        found.set_inside(inside, cluster, ids);
        found.addresses = by_role(
            named.addresses,
            &ids.addresses,
            Role::of(cluster, Part::NatAddress),
        );
        found.addresses_of_nat_gateways(ec2).await?;
        Ok(found)
    }

    /// The subnets of a VPC alone.
    pub(super) fn of_subnets(subnets: Vec<Subnet>, cluster: &str, ids: &Ids) -> Self {
        let mut found = Self::default();
        let inside = Inside {
            subnets,
            ..Inside::default()
        };
        found.set_inside(inside, cluster, ids);
        found
    }

    fn set_inside(&mut self, inside: Inside, cluster: &str, ids: &Ids) {
        let role = |part| Role::of(cluster, part);
        self.vpc = inside.vpc;
        self.dns = inside.dns;
        self.all_subnets = inside.subnets.clone();
        self.all_tables = inside.route_tables.clone();
        self.public_subnets = by_role(
            inside.subnets.clone(),
            &ids.public_subnets,
            role(Part::PublicSubnet),
        );
        self.private_subnets = by_role(
            inside.subnets,
            &ids.private_subnets,
            role(Part::PrivateSubnet),
        );
        self.nat_gateways = by_role(
            inside.nat_gateways,
            &ids.nat_gateways,
            role(Part::NatGateway),
        );
        self.private_tables = by_role(
            inside.route_tables.clone(),
            &ids.private_tables,
            role(Part::PrivateRouteTable),
        );
        let public = role(Part::PublicRouteTable);
        let tables = inside.route_tables.into_iter();
        self.public_table = first(
            tables,
            |table| ids.public_table.as_deref() == Some(table.id()),
            |table| public.is_marked(table.tags()),
        );
        let tables = std::mem::take(&mut self.all_tables);
        self.note_surplus_tables(cluster, &tables);
        self.all_tables = tables;
    }

    /// The addresses of gateways that the state doesn't name, left by an operation that was killed.
    async fn addresses_of_nat_gateways(&mut self, ec2: &Ec2) -> Result<(), aws::Error> {
        let gateways = self.nat_gateways.iter();
        let more: BTreeMap<_, _> = gateways
            .filter(|(zone, _)| !self.addresses.contains_key(*zone))
            .filter_map(|(zone, gateway)| Some((zone.clone(), gateway.allocation_id.clone()?)))
            .collect();
        let found = addresses(ec2, more.values()).await?;
        for (zone, id) in more {
            let address = found.iter().find(|address| address.allocation_id == id);
            if let Some(address) = address {
                self.addresses.insert(zone, address.clone());
            }
        }
        Ok(())
    }

    /// Of the VPC's route tables, those that bear the network's marks and whose place another one has
    /// are left over.
    pub(super) fn note_surplus_tables(&mut self, cluster: &str, tables: &[RouteTable]) {
        let roles = [Part::PublicRouteTable, Part::PrivateRouteTable];
        let is_marked = |table: &RouteTable| {
            let mut roles = roles.iter();
            !table.is_main && roles.any(|part| Role::of(cluster, *part).is_marked(&table.tags))
        };
        for table in tables.iter().filter(|table| is_marked(table)) {
            let mut taken = self.public_table.iter().chain(self.private_tables.values());
            if taken.all(|taken| taken.id != table.id) {
                add(&mut self.surplus_tables, table.clone());
            }
        }
    }

    /// Takes out the tables that are left over, but for those that somebody uses for other subnets than
    /// the network's.
    pub(super) fn unused_surplus_tables(&mut self) -> Vec<RouteTable> {
        let subnets = self
            .public_subnets
            .values()
            .chain(self.private_subnets.values());
        let ours: BTreeSet<_> = subnets.map(|subnet| subnet.id.as_str()).collect();
        let all = std::mem::take(&mut self.surplus_tables).into_iter();
        let is_free = |table: &RouteTable| {
            let mut users = table.associations.keys();
            users.all(|subnet| ours.contains(subnet.as_str()))
        };
        all.filter(is_free).collect()
    }

    /// Whether nothing is left.
    pub(super) fn is_nothing(&self) -> bool {
        self.vpc.is_none() && self.internet_gateway.is_none() && self.addresses.is_empty()
    }

    /// The zones of all subnets.
    pub(super) fn zones(&self) -> BTreeSet<String> {
        let zones = self
            .public_subnets
            .keys()
            .chain(self.private_subnets.keys());
        zones.cloned().collect()
    }

    /// Each part that has tags, with its zone and its id.
    pub(super) fn tagged(&self) -> Vec<(Part, Option<&str>, &str, &Tags)> {
        let mut parts = Vec::new();
        if let Some(vpc) = &self.vpc {
            parts.push((Part::Vpc, None, vpc.id.as_str(), &vpc.tags));
        }
        if let Some(gateway) = &self.internet_gateway {
            parts.push((
                Part::InternetGateway,
                None,
                gateway.id.as_str(),
                &gateway.tags,
            ));
        }
        if let Some(table) = &self.public_table {
            parts.push((Part::PublicRouteTable, None, table.id.as_str(), &table.tags));
        }
        of_zones(&mut parts, Part::PublicSubnet, &self.public_subnets);
        of_zones(&mut parts, Part::PrivateSubnet, &self.private_subnets);
        of_zones(&mut parts, Part::PrivateRouteTable, &self.private_tables);
        of_zones(&mut parts, Part::NatGateway, &self.nat_gateways);
        of_zones(&mut parts, Part::NatAddress, &self.addresses);
        parts
    }
}

/// Adds what isn't there yet.
pub(super) fn add<T: Object>(objects: &mut Vec<T>, object: T) {
    if objects.iter().all(|other| other.id() != object.id()) {
        objects.push(object);
    }
}

fn of_zones<'a, T: Object>(
    parts: &mut Vec<(Part, Option<&'a str>, &'a str, &'a Tags)>,
    part: Part,
    objects: &'a BTreeMap<String, T>,
) {
    let objects = objects.iter();
    parts.extend(
        objects.map(|(zone, object)| (part, Some(zone.as_str()), object.id(), object.tags())),
    );
}

/// What a state names outside the VPC.
pub(super) struct Named {
    pub(super) internet_gateway: Option<InternetGateway>,
    pub(super) addresses: Vec<Address>,
}

/// What AWS keeps by VPC.
#[derive(Default)]
pub(super) struct Inside {
    vpc: Option<Vpc>,
    dns: Option<VpcDns>,
    subnets: Vec<Subnet>,
    route_tables: Vec<RouteTable>,
    nat_gateways: Vec<NatGateway>,
}

pub(super) async fn inside(
    ec2: &Ec2,
    vpc_id: Option<&str>,
    with_vpc: bool,
) -> Result<Inside, aws::Error> {
    let Some(id) = vpc_id else {
        return Ok(Inside::default());
    };
    let vpc = async {
        match with_vpc {
            true => tokio::try_join!(ec2.vpc(id), ec2.vpc_dns(id)),
            false => {
                let vpc = Vpc {
                    id: id.to_owned(),
                    cidr_block: String::new(),
                    tags: Tags::default(),
                };
                Ok((Some(vpc), None))
            }
        }
    };
    let ((vpc, dns), subnets, route_tables, nat_gateways) = tokio::try_join!(
        vpc,
        ec2.subnets_of(id),
        ec2.route_tables_of(id),
        ec2.nat_gateways_of(id),
    )?;
    Ok(Inside {
        vpc,
        dns,
        subnets,
        route_tables,
        // One that has failed or is on its way out is as good as gone, though AWS shows it for an
        // hour.
        nat_gateways: nat_gateways
            .into_iter()
            .filter(NatGateway::is_alive)
            .collect(),
    })
}

pub(super) async fn internet_gateway(
    ec2: &Ec2,
    id: Option<&str>,
) -> Result<Option<InternetGateway>, aws::Error> {
    match id {
        Some(id) => ec2.internet_gateway(id).await,
        None => Ok(None),
    }
}

pub(super) async fn addresses(
    ec2: &Ec2,
    ids: impl Iterator<Item = &String>,
) -> Result<Vec<Address>, aws::Error> {
    let found = try_join_all(ids.map(|id| ec2.address(id))).await?;
    Ok(found.into_iter().flatten().collect())
}
