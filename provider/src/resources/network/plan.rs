//! What a plan says beyond the attributes' own behaviour. Pure.

use std::collections::{BTreeMap, BTreeSet};

use ipnet::IpNet;
use tfplug::{Attr, Diagnostic, Diagnostics, Map, Path, PlannedChange, Result};
use topology::{Field, KnownBlocks, NetworkBlock, ZoneBlocks, ZoneKind, ZoneName, Zones};

use super::mode::{Mode, nat_zones};
use super::model::Network;
use super::observed::entries;
use super::part::Part;
use super::planned_tags::planned_tags;
use crate::diagnostics::topology_error;
use crate::names;
use crate::provider::Data;

pub(super) fn plan(data: &Data, change: &mut PlannedChange<Network>) -> Result<()> {
    let mut errors = Diagnostics::new();
    cluster(data, change, &mut errors);
    let zones = zones(change, &mut errors);
    let block = block(change, &mut errors);
    if let Some(block) = &block {
        other_networks(change, block, &mut errors);
    }
    ids(change);
    subnets(change, zones.as_ref(), block.as_ref(), &mut errors);
    nat_gateways(change, zones.as_ref());
    routes(change, zones.as_ref());
    change.plan.enable_dns_support = true.into();
    change.plan.enable_dns_hostnames = true.into();
    planned_tags(data, change, zones.as_ref(), &mut errors);
    warn_of_no_way_out(change);
    if let Some(prior) = &change.prior {
        manage(data, prior);
    }
    claim(data, change, &mut errors);
    errors.into_result().map(|_| ())
}

fn cluster(data: &Data, change: &mut PlannedChange<Network>, errors: &mut Diagnostics) {
    let before = change.prior.as_ref();
    let before = before.map(|prior| prior.cluster_name.clone());
    let planned = names::cluster(
        data,
        &change.config.cluster_name,
        before.as_ref(),
        &change.plan.cluster_name,
        errors,
    );
    if planned.is_null() && before.is_some() {
        // An imported one, of a cluster that nobody names.
        errors.push(
            Diagnostic::error(
                "Missing cluster name",
                "The VPC's tags don't say which cluster it is for. Set \"cluster_name\" here, or in \
                 the provider block for all resources.",
            )
            .at("cluster_name"),
        );
    }
    change.plan.cluster_name = planned;
    names::replace_for_another_cluster(change, |network| &network.cluster_name);
}

/// The zones as soon as all are known. Their order says nothing.
fn zones(change: &mut PlannedChange<Network>, errors: &mut Diagnostics) -> Option<Zones> {
    let at = Path::attribute("availability_zones");
    let list = change.plan.availability_zones.known()?;
    if list.0.iter().any(Attr::is_unknown) {
        return None;
    }
    // A null element is as little a name as an empty one, and is reported as that.
    let names = list.0.iter().map(|name| name.text().unwrap_or_default());
    let zones = Zones::parse(names)
        .map_err(|error| errors.push(topology_error(&error, attribute)))
        .ok()?;
    let outposts = zones
        .iter()
        .filter(|zone| zone.kind() != ZoneKind::AvailabilityZone);
    let mut is_fine = true;
    for zone in outposts {
        is_fine = false;
        errors.push(
            Diagnostic::error(
                "Invalid availability zones",
                format!(
                    "{zone} is a {}. It has no NAT gateways and no load balancers of a network, \
                     and it fails with the zone that it depends on. Use Availability Zones alone.",
                    zone.kind()
                ),
            )
            .at(at.clone()),
        );
    }
    let before = change.prior.as_ref().map(|prior| &prior.availability_zones);
    if let Some(Attr::Known(before)) = before {
        let texts: Option<Vec<&String>> = before.all_known();
        let same = texts.and_then(|texts| Zones::parse(texts).ok()) == Some(zones.clone());
        if same {
            change.plan.availability_zones = Attr::Known(before.clone());
        }
    }
    is_fine.then_some(zones)
}

fn block(change: &PlannedChange<Network>, errors: &mut Diagnostics) -> Option<NetworkBlock> {
    let text = change.plan.cidr_block.text()?;
    text.parse()
        .map_err(|error| errors.push(topology_error(&error, attribute)))
        .ok()
}

fn attribute(field: Field) -> Path {
    Path::attribute(field.as_str())
}

/// Networks that nodes route by themselves must not look like the VPC's or each other's.
fn other_networks(change: &PlannedChange<Network>, block: &NetworkBlock, errors: &mut Diagnostics) {
    let mut known = vec![("cidr_block", IpNet::V4(block.net()))];
    let config = &change.config;
    for (name, value) in [
        ("pod_cidr", &config.pod_cidr),
        ("service_cidr", &config.service_cidr),
    ] {
        let Some(text) = value.text() else { continue };
        let mut fault = |text: String| {
            errors.push(Diagnostic::error("Invalid CIDR block", text).at(name));
        };
        let Ok(net) = text.parse::<IpNet>() else {
            fault(format!(
                "{text:?} is not a network in CIDR notation, such as 10.244.0.0/16."
            ));
            continue;
        };
        for (other, taken) in &known {
            if net.contains(taken) || taken.contains(&net) {
                fault(format!(
                    "{net} overlaps {taken} of \"{other}\". Nodes could not tell which of the two \
                     an address is in."
                ));
            }
        }
        known.push((name, net));
    }
}

/// What somebody deleted is made anew: its id is open again.
fn ids(change: &mut PlannedChange<Network>) {
    let Some(prior) = &change.prior else { return };
    let plan = &mut change.plan;
    for (planned, before) in [
        (&mut plan.vpc_id, &prior.vpc_id),
        (&mut plan.internet_gateway_id, &prior.internet_gateway_id),
        (
            &mut plan.public_route_table_id,
            &prior.public_route_table_id,
        ),
    ] {
        *planned = match before {
            Attr::Null => Attr::Unknown,
            known => known.clone(),
        };
    }
}

/// Subnets and private route tables: their zones and blocks, and the ids that are there.
fn subnets(
    change: &mut PlannedChange<Network>,
    zones: Option<&Zones>,
    block: Option<&NetworkBlock>,
    errors: &mut Diagnostics,
) {
    let divided = zones.zip(block).and_then(|(zones, block)| {
        block
            .divide(zones, &known_blocks(change))
            .map_err(|error| errors.push(topology_error(&error, attribute)))
            .ok()
    });
    let blocks = |of: fn(&ZoneBlocks) -> String| match &divided {
        Some(divided) => {
            let entries = divided.iter();
            let entries = entries.map(|(zone, blocks)| (zone.to_string(), of(blocks)));
            Attr::Known(entries.collect())
        }
        None => Attr::Unknown,
    };
    change.plan.public_subnet_cidr_blocks = blocks(|blocks| blocks.public.to_string());
    change.plan.private_subnet_cidr_blocks = blocks(|blocks| blocks.private.to_string());
    let all: Option<BTreeSet<String>> =
        zones.map(|zones| zones.iter().map(ZoneName::to_string).collect());
    let all = all.as_ref();
    let prior = change.prior.as_ref();
    let kept = |ids: fn(&Network) -> &Attr<Map<String>>| known_or_open(all, prior.map(ids));
    let plan = &mut change.plan;
    plan.public_subnets = kept(|network| &network.public_subnets);
    plan.private_subnets = kept(|network| &network.private_subnets);
    plan.private_route_table_ids = kept(|network| &network.private_route_table_ids);
}

/// The blocks that zones have, unless the network becomes another.
fn known_blocks(change: &PlannedChange<Network>) -> BTreeMap<String, KnownBlocks> {
    let mut known: BTreeMap<String, KnownBlocks> = BTreeMap::new();
    let prior = change.prior.as_ref();
    let Some(prior) = prior.filter(|prior| prior.cidr_block == change.plan.cidr_block) else {
        return known;
    };
    for (zone, block) in entries(&prior.public_subnet_cidr_blocks) {
        known.entry(zone).or_default().public = block.parse().ok();
    }
    for (zone, block) in entries(&prior.private_subnet_cidr_blocks) {
        known.entry(zone).or_default().private = block.parse().ok();
    }
    known
}

/// A map of these keys: values from before where there are any, open where there are none.
fn known_or_open(
    keys: Option<&BTreeSet<String>>,
    before: Option<&Attr<Map<String>>>,
) -> Attr<Map<String>> {
    let Some(keys) = keys else {
        return Attr::Unknown;
    };
    let before = before.map(entries).unwrap_or_default();
    let value = |key: &String| before.get(key).cloned().map_or(Attr::Unknown, Attr::Known);
    Attr::Known(Map(keys
        .iter()
        .map(|key| (key.clone(), value(key)))
        .collect()))
}

fn nat_gateways(change: &mut PlannedChange<Network>, zones: Option<&Zones>) {
    let mode = change.plan.nat_gateway_mode.text().and_then(Mode::parse);
    let prior = change.prior.as_ref();
    let nat_zones = zones
        .zip(mode)
        .map(|(zones, mode)| nat_zones(mode, zones, prior));
    let nat_zones = nat_zones.as_ref();
    let kept = |ids: fn(&Network) -> &Attr<Map<String>>| known_or_open(nat_zones, prior.map(ids));
    let plan = &mut change.plan;
    plan.nat_gateway_ids = kept(|network| &network.nat_gateway_ids);
    plan.nat_gateway_allocation_ids = kept(|network| &network.nat_gateway_allocation_ids);
    plan.nat_gateway_public_ips = kept(|network| &network.nat_gateway_public_ips);
}

/// Where the subnets of each zone go out.
fn routes(change: &mut PlannedChange<Network>, zones: Option<&Zones>) {
    let plan = &mut change.plan;
    let Some(zones) = zones else {
        plan.public_default_routes = Attr::Unknown;
        plan.private_default_routes = Attr::Unknown;
        return;
    };
    let zones = || zones.iter().map(ZoneName::to_string);
    let gateway = plan.internet_gateway_id.clone();
    let public = zones().map(|zone| (zone, gateway.clone())).collect();
    plan.public_default_routes = Attr::Known(Map(public));
    plan.private_default_routes = match &plan.nat_gateway_ids {
        Attr::Known(Map(gateways)) => {
            let of = |zone: &String| {
                let own = gateways.get(zone);
                own.or_else(|| gateways.values().next()).cloned()
            };
            let private = zones().filter_map(|zone| Some((zone.clone(), of(&zone)?)));
            Attr::Known(Map(private.collect()))
        }
        _ => Attr::Unknown,
    };
}

fn warn_of_no_way_out(change: &mut PlannedChange<Network>) {
    let none = |mode: &Attr<String>| mode.text() == Some(Mode::None.as_str());
    let before = change.prior.as_ref();
    let was_none = before.is_some_and(|prior| none(&prior.nat_gateway_mode));
    if none(&change.plan.nat_gateway_mode) && !was_none {
        change.warn(
            Diagnostic::warning(
                "Private subnets have no way out",
                "Without NAT gateways, nodes in private subnets reach nothing outside the VPC: no \
                 image registry, and no AWS API, without which no node joins. Add VPC endpoints, or \
                 a default route to the tables of \"private_route_table_ids\".",
            )
            .at("nat_gateway_mode"),
        );
    }
}

/// Notes the VPC that a state has.
pub(super) fn manage(data: &Data, state: &Network) {
    if let Some(id) = state.vpc_id.text() {
        data.claims.manage(id);
    }
}

/// A cluster has one network, and a create takes what it finds: two blocks can't mean it.
fn claim(data: &Data, change: &PlannedChange<Network>, errors: &mut Diagnostics) {
    let Some(cluster) = change.plan.cluster_name.text() else {
        return;
    };
    let kind = Part::Vpc.kind();
    if !names::is_free(data, change, kind, cluster) {
        errors.push(
            Diagnostic::error(
                "Network claimed twice",
                format!(
                    "Another resource of this configuration is the network of cluster \
                     \"{cluster}\" too. A cluster has one; give another cluster's its own \
                     \"cluster_name\"."
                ),
            )
            .at("cluster_name"),
        );
    }
}

#[cfg(test)]
mod tests;
