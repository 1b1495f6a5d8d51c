//! A cluster's state as attributes. Pure.

use std::collections::{BTreeMap, BTreeSet};

use tfplug::{Attr, List, Map, Set};

use super::model::{ClusterHealth, ControlPlane, Instance, TargetGroup, WorkerGroup, Zone};
use super::observed::Cluster;
use super::problems::problems;
use super::report::{self, Nodes, Targets};

/// The answer to a configuration.
pub(super) fn answer(config: ClusterHealth, cluster: &Cluster) -> ClusterHealth {
    let control_plane = report::ControlPlane::of(cluster);
    let workers: Vec<Nodes> = cluster
        .workers
        .iter()
        .map(|group| Nodes::of(cluster, group))
        .collect();
    let problems = problems(cluster, &control_plane, &workers);
    let mut groups = workers.iter().chain([&control_plane.nodes]);
    let targets = cluster.targets.keys();
    ClusterHealth {
        healthy: problems.is_empty().into(),
        problems: Attr::Known(List::from_iter(problems)),
        up_to_date: groups.all(|nodes| nodes.outdated.is_empty()).into(),
        worker_groups: Attr::Known(
            workers
                .iter()
                .map(|nodes| (nodes.group.clone(), nodes.into()))
                .collect(),
        ),
        target_groups: Attr::Known(
            targets
                .map(|arn| (arn.clone(), Targets::of(cluster, arn).into()))
                .collect(),
        ),
        control_plane: ControlPlane::from(&control_plane).into(),
        ..config
    }
}

impl From<&report::ControlPlane> for ControlPlane {
    fn from(from: &report::ControlPlane) -> Self {
        let nodes = &from.nodes;
        Self {
            name: nodes.group.as_str().into(),
            size: number(nodes.desired),
            in_service: number(nodes.in_service),
            healthy: number(nodes.healthy),
            quorum: number(from.quorum),
            has_quorum: from.has_quorum.into(),
            tolerated_node_failures: number(from.tolerated_node_failures),
            tolerates_zone_failure: from.tolerates_zone_failure().into(),
            balanced: nodes.balanced.into(),
            zones: zones(&nodes.zones),
            instances: instances(&nodes.instances),
            outdated_instance_ids: ids(&nodes.outdated),
        }
    }
}

impl From<&Nodes> for WorkerGroup {
    fn from(nodes: &Nodes) -> Self {
        Self {
            desired_capacity: number(nodes.desired),
            in_service: number(nodes.in_service),
            healthy: number(nodes.healthy),
            balanced: nodes.balanced.into(),
            zones: zones(&nodes.zones),
            instances: instances(&nodes.instances),
            outdated_instance_ids: ids(&nodes.outdated),
        }
    }
}

impl From<Targets> for TargetGroup {
    fn from(targets: Targets) -> Self {
        Self {
            healthy: number(targets.healthy),
            unhealthy: number(targets.unhealthy),
            initial: number(targets.initial),
            draining: number(targets.draining),
            unused: number(targets.unused),
            unavailable: number(targets.unavailable),
        }
    }
}

fn zones(zones: &BTreeMap<String, report::Zone>) -> Attr<Map<Zone>> {
    let zone = |zone: &report::Zone| Zone {
        in_service: number(zone.in_service),
        healthy: number(zone.healthy),
        other: number(zone.other),
    };
    Attr::Known(
        zones
            .iter()
            .map(|(name, counts)| (name.clone(), zone(counts)))
            .collect(),
    )
}

fn instances(instances: &BTreeMap<String, report::Node>) -> Attr<Map<Instance>> {
    let instance = |node: &report::Node| Instance {
        zone: node.seen.zone.as_str().into(),
        lifecycle_state: node.seen.lifecycle_state.as_str().into(),
        health_status: node.seen.health_status.as_str().into(),
        target_health: Attr::Known(node.targets.clone().into_iter().collect()),
        healthy: node.is_healthy.into(),
        outdated: node.seen.is_outdated.into(),
    };
    Attr::Known(
        instances
            .iter()
            .map(|(id, node)| (id.clone(), instance(node)))
            .collect(),
    )
}

fn ids(ids: &BTreeSet<String>) -> Attr<Set<String>> {
    Attr::Known(ids.iter().cloned().collect())
}

fn number(number: u32) -> Attr<i64> {
    i64::from(number).into()
}
