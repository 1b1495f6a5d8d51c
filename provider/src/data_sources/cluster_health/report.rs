//! What the state of a cluster means: counts, quorum, balance. Pure.

use std::collections::{BTreeMap, BTreeSet};

use topology::Members;

use super::observed::{Cluster, Group, Instance, UNREGISTERED};

/// The state of a control plane.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct ControlPlane {
    pub(super) nodes: Nodes,
    pub(super) quorum: u32,
    pub(super) has_quorum: bool,
    /// How many nodes aren't healthy yet, if every node either is or is on its way; else none.
    pub(super) starting: u32,
    /// How many of the nodes that are healthy now may fail, wherever they are.
    pub(super) tolerated_node_failures: u32,
    /// The zones whose loss now would cost the quorum.
    pub(super) critical_zones: BTreeSet<String>,
}

/// The state of one group's instances.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Nodes {
    /// The group's name.
    pub(super) group: String,
    /// How many there should be.
    pub(super) desired: u32,
    pub(super) in_service: u32,
    pub(super) healthy: u32,
    /// Whether those in service are spread as evenly as they go.
    pub(super) balanced: bool,
    /// The group's zones, and those where an instance of it stands all the same.
    pub(super) zones: BTreeMap<String, Zone>,
    pub(super) instances: BTreeMap<String, Node>,
    /// Those that aren't what the group would launch today.
    pub(super) outdated: BTreeSet<String>,
}

/// The instances of a group in one zone.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Zone {
    pub(super) in_service: u32,
    /// Of those in service.
    pub(super) healthy: u32,
    /// On their way in or out, or on standby.
    pub(super) other: u32,
}

/// One instance.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Node {
    pub(super) seen: Instance,
    pub(super) is_healthy: bool,
    /// Its state in each target group that counts.
    pub(super) targets: BTreeMap<String, String>,
}

/// The targets of a target group by state.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Targets {
    pub(super) healthy: u32,
    pub(super) unhealthy: u32,
    pub(super) initial: u32,
    pub(super) draining: u32,
    pub(super) unused: u32,
    pub(super) unavailable: u32,
}

impl ControlPlane {
    pub(super) fn of(cluster: &Cluster) -> Self {
        let nodes = Nodes::of(cluster, &cluster.control_plane);
        // A group may have more instances than it should while somebody changes it; each may be
        // a member of etcd. With none at all, one would have to come.
        let members = nodes.desired.max(nodes.in_service).max(1);
        let quorum = quorum(members);
        let critical = |zone: &Zone| nodes.healthy - zone.healthy < quorum;
        Self {
            quorum,
            has_quorum: nodes.healthy >= quorum,
            starting: starting(cluster),
            tolerated_node_failures: nodes.healthy.saturating_sub(quorum),
            critical_zones: nodes
                .zones
                .iter()
                .filter(|(_, zone)| critical(zone))
                .map(|(name, _)| name.clone())
                .collect(),
            nodes,
        }
    }

    /// Whether the nodes that any one zone's loss would leave now are a quorum.
    pub(super) fn tolerates_zone_failure(&self) -> bool {
        self.has_quorum && self.critical_zones.is_empty()
    }

    /// Whether so many nodes over so many zones could survive the loss of any one, if all were
    /// healthy and evenly spread.
    pub(super) fn could_tolerate_zone_failure(&self, zones: usize) -> bool {
        let zones = count(zones).max(1);
        let fullest = self.nodes.desired.div_ceil(zones);
        self.nodes.desired - fullest >= quorum(self.nodes.desired.max(1))
    }
}

impl Nodes {
    pub(super) fn of(cluster: &Cluster, group: &Group) -> Self {
        let mut zones: BTreeMap<String, Zone> = group
            .zones
            .iter()
            .map(|zone| (zone.clone(), Zone::default()))
            .collect();
        let mut instances = BTreeMap::new();
        for instance in &group.instances {
            let is_healthy = cluster.is_healthy(group, instance);
            let zone = zones.entry(instance.zone.clone()).or_default();
            if instance.is_in_service() {
                zone.in_service += 1;
                zone.healthy += u32::from(is_healthy);
            } else {
                zone.other += 1;
            }
            let state = |arn: &String| {
                let target = cluster.target(arn, &instance.id);
                target
                    .map_or(UNREGISTERED, |target| &target.state)
                    .to_owned()
            };
            let node = Node {
                seen: instance.clone(),
                is_healthy,
                targets: (group.watched.union(&group.serves))
                    .map(|arn| (arn.clone(), state(arn)))
                    .collect(),
            };
            instances.insert(instance.id.clone(), node);
        }
        Self {
            group: group.name.clone(),
            desired: group.desired,
            in_service: zones.values().map(|zone| zone.in_service).sum(),
            healthy: zones.values().map(|zone| zone.healthy).sum(),
            balanced: is_balanced(&group.zones, &zones),
            zones,
            outdated: instances
                .values()
                .filter(|node| node.seen.is_outdated)
                .map(|node| node.seen.id.clone())
                .collect(),
            instances,
        }
    }
}

impl Targets {
    /// Counts the targets of one target group. A state that AWS may add one day is in no count.
    pub(super) fn of(cluster: &Cluster, arn: &str) -> Self {
        let mut counts = Self::default();
        for target in cluster.targets.get(arn).into_iter().flatten() {
            let count = match target.state.as_str() {
                "healthy" => &mut counts.healthy,
                // Checks fail; the second still answers what it has begun.
                "unhealthy" | "unhealthy.draining" => &mut counts.unhealthy,
                "initial" => &mut counts.initial,
                "draining" => &mut counts.draining,
                "unused" => &mut counts.unused,
                "unavailable" => &mut counts.unavailable,
                _ => continue,
            };
            *count += 1;
        }
        counts
    }
}

/// Where a node fails or leaves, the others aren't the nodes of a cluster that begins.
fn starting(cluster: &Cluster) -> u32 {
    let group = &cluster.control_plane;
    let rest = (group.instances.iter()).filter(|one| !cluster.is_healthy(group, one));
    let all_start = (rest.clone()).all(|one| cluster.is_starting(group, one));
    if all_start { count(rest.count()) } else { 0 }
}

/// How many of so many members are a majority.
fn quorum(members: u32) -> u32 {
    Members::new(members.into()).map_or(1, Members::quorum)
}

/// Counts differ by one at most, and nothing stands in a zone that isn't the group's.
fn is_balanced(own: &BTreeSet<String>, zones: &BTreeMap<String, Zone>) -> bool {
    let in_own = || {
        let counts = zones.iter().filter(|(name, _)| own.contains(*name));
        counts.map(|(_, zone)| zone.in_service)
    };
    let elsewhere = zones
        .iter()
        .any(|(name, zone)| !own.contains(name) && zone.in_service > 0);
    let fullest = in_own().max().unwrap_or_default();
    let emptiest = in_own().min().unwrap_or_default();
    !elsewhere && fullest - emptiest <= 1
}

/// Groups have some thousand instances at most.
fn count(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}
