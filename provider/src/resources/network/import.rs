//! Finds an existing network by what a user gives.

use std::collections::{BTreeMap, BTreeSet};

use aws::ec2::{Ec2, NatGateway, RouteTable, Subnet};
use aws::ownership::{CLUSTER_KEY, OWNER_KEY};
use aws::tags::Tags;
use tfplug::{Attr, Cx, Diagnostic, Result};

use super::model::Network;
use super::observed::{Ids, Observed};
use crate::diagnostics::aws_error;
use crate::provider::Data;

const IMPORTING: &str = "Importing network";

/// An import id taken apart: `<VPC>`, or `<VPC>,public=<subnet>,private=<subnet>,...`.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Id<'a> {
    vpc: &'a str,
    public: Vec<&'a str>,
    private: Vec<&'a str>,
}

impl<'a> Id<'a> {
    fn parse(text: &'a str) -> Option<Self> {
        let mut parts = text.split(',').map(str::trim);
        let vpc = parts.next().filter(|vpc| !vpc.is_empty())?;
        let (mut public, mut private) = (Vec::new(), Vec::new());
        for part in parts {
            match part.split_once('=')? {
                (_, "") => return None,
                ("public", subnet) => public.push(subnet),
                ("private", subnet) => private.push(subnet),
                _ => return None,
            }
        }
        Some(Self {
            vpc,
            public,
            private,
        })
    }
}

/// # Errors
/// The id isn't of that form, or what it names isn't there.
pub(super) async fn import(cx: &Cx<Data>, id: &str) -> Result<Network> {
    let Some(id) = Id::parse(id) else {
        return Err(malformed(id).into());
    };
    let failed = |error: aws::Error| aws_error(IMPORTING, &error);
    let clients = cx.data().clients()?;
    let ec2 = clients.ec2().await.map_err(failed)?;
    let Some(vpc) = ec2.vpc(id.vpc).await.map_err(failed)? else {
        let text = format!(
            "There is no VPC \"{}\". It must be in the provider's region and account.",
            id.vpc
        );
        return Err(Diagnostic::error(IMPORTING, text).into());
    };
    let cluster_name = match vpc.tags.get(CLUSTER_KEY) {
        Some(cluster) => cluster.as_str().into(),
        None => cx.data().cluster_name().clone(),
    };
    let cluster = cluster_name.text().unwrap_or_default().to_owned();
    let subnets = ec2.subnets_of(&vpc.id).await.map_err(failed)?;
    let mut ids = Ids {
        vpc: Some(vpc.id.clone()),
        public_subnets: mapped(&id.public, &subnets, &vpc.id)?,
        private_subnets: mapped(&id.private, &subnets, &vpc.id)?,
        ..Ids::default()
    };
    by_structure(ec2, &vpc.id, &mut ids).await.map_err(failed)?;
    let found = Observed::read(clients, &cluster, &ids).await;
    let mut found = found.map_err(failed)?;
    // What bears the same marks as the VPC was made with it.
    let same_owner = |_, tags: &Tags| tags.get(OWNER_KEY) == vpc.tags.get(OWNER_KEY);
    found
        .find_outside(ec2, &cluster, same_owner)
        .await
        .map_err(failed)?;
    let mut network = Network {
        cluster_name,
        // Nothing tells this of a network without NAT gateways.
        nat_gateway_mode: Attr::Null,
        ..Network::default()
    };
    found.set_parts(&mut network);
    Ok(network)
}

/// The subnets that are named, by their zones.
fn mapped(named: &[&str], subnets: &[Subnet], vpc_id: &str) -> Result<BTreeMap<String, String>> {
    let mut by_zone = BTreeMap::new();
    for id in named {
        let Some(subnet) = subnets.iter().find(|subnet| subnet.id == *id) else {
            let text = format!("There is no subnet \"{id}\" in {vpc_id}.");
            return Err(Diagnostic::error(IMPORTING, text).into());
        };
        let zone = subnet.availability_zone.clone();
        if let Some(other) = by_zone.insert(zone.clone(), subnet.id.clone()) {
            let text = format!(
                "{other} and {id} are both in {zone}. A network has one public and one private \
                 subnet in each zone."
            );
            return Err(Diagnostic::error(IMPORTING, text).into());
        }
    }
    Ok(by_zone)
}

/// What serves the subnets that are named, hand-made as well: their route tables and NAT gateways.
async fn by_structure(
    ec2: &Ec2,
    vpc_id: &str,
    ids: &mut Ids,
) -> std::result::Result<(), aws::Error> {
    if ids.public_subnets.is_empty() && ids.private_subnets.is_empty() {
        return Ok(());
    }
    let (tables, gateways) =
        tokio::try_join!(ec2.route_tables_of(vpc_id), ec2.nat_gateways_of(vpc_id))?;
    let mut taken = BTreeSet::new();
    ids.public_table = ids
        .public_subnets
        .values()
        .find_map(|subnet| table_of(&tables, subnet, &taken));
    taken.extend(ids.public_table.clone());
    for (zone, subnet) in &ids.private_subnets {
        // Zones that share a table get one each: it is the first one's.
        if let Some(table) = table_of(&tables, subnet, &taken) {
            taken.insert(table.clone());
            ids.private_tables.insert(zone.clone(), table);
        }
    }
    for (zone, subnet) in &ids.public_subnets {
        let in_subnet = |gateway: &&NatGateway| {
            gateway.is_alive()
                && gateway.subnet_id.as_ref() == Some(subnet)
                && gateway.allocation_id.is_some()
        };
        if let Some(gateway) = gateways.iter().find(in_subnet) {
            ids.nat_gateways.insert(zone.clone(), gateway.id.clone());
        }
    }
    Ok(())
}

/// The table that a subnet uses by itself. The main one is nobody's own.
fn table_of(tables: &[RouteTable], subnet: &str, taken: &BTreeSet<String>) -> Option<String> {
    let mut own = tables
        .iter()
        .filter(|table| !table.is_main && !taken.contains(&table.id));
    let table = own.find(|table| table.associations.contains_key(subnet))?;
    Some(table.id.clone())
}

fn malformed(id: &str) -> Diagnostic {
    Diagnostic::error(
        IMPORTING,
        format!(
            "\"{id}\" is not an import id. Give the VPC's id. What this provider made in it is found \
             by its tags; subnets that were made otherwise are named behind it, with commas \
             between: vpc-0123456789abcdef0,public=subnet-a,public=subnet-b,private=subnet-c."
        ),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_a_vpc_and_perhaps_subnets() {
        let alone = Id::parse("vpc-1").unwrap();
        assert_eq!((alone.vpc, alone.public.len()), ("vpc-1", 0));
        let id = Id::parse("vpc-1, public=subnet-a,private=subnet-c,public=subnet-b").unwrap();
        assert_eq!(id.public, ["subnet-a", "subnet-b"]);
        assert_eq!(id.private, ["subnet-c"]);
        for text in ["", "vpc-1,", "vpc-1,subnet-a", "vpc-1,public=", "vpc-1,x=y"] {
            assert_eq!(Id::parse(text), None, "{text}");
        }
    }

    #[test]
    fn a_table_belongs_to_one() {
        let table = |id: &str, is_main, subnets: &[&str]| RouteTable {
            id: id.to_owned(),
            vpc_id: "vpc-1".to_owned(),
            is_main,
            associations: subnets
                .iter()
                .map(|subnet| ((*subnet).to_owned(), "assoc".to_owned()))
                .collect(),
            default_route: None,
            tags: Tags::new(),
        };
        let tables = [
            table("rtb-1", true, &["subnet-a"]),
            table("rtb-2", false, &["subnet-b", "subnet-c"]),
        ];
        let mut taken = BTreeSet::new();
        assert_eq!(table_of(&tables, "subnet-a", &taken), None);
        assert_eq!(
            table_of(&tables, "subnet-b", &taken).as_deref(),
            Some("rtb-2")
        );
        taken.insert("rtb-2".to_owned());
        assert_eq!(table_of(&tables, "subnet-c", &taken), None);
    }
}
