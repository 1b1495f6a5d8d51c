//! What is wrong with a cluster, in sentences that people can act on. Pure.

use topology::words::{count, list};

use super::observed::{Cluster, Group, Instance, Target};
use super::report::{ControlPlane, Nodes, Targets};

/// All that keeps a cluster from being healthy, the gravest first. A cluster without problems is
/// healthy: there is no other definition.
pub(super) fn problems(
    cluster: &Cluster,
    control_plane: &ControlPlane,
    workers: &[Nodes],
) -> Vec<String> {
    let mut found = Vec::new();
    found.extend(no_quorum(control_plane));
    let group = &cluster.control_plane;
    found.extend(of_group(cluster, group, &control_plane.nodes));
    found.extend(out_of_balance(group, &control_plane.nodes));
    found.extend(critical_zones(group, control_plane));
    for (group, nodes) in cluster.workers.iter().zip(workers) {
        found.extend(of_group(cluster, group, nodes));
    }
    found.extend(
        cluster
            .targets
            .keys()
            .filter_map(|arn| no_target(cluster, arn)),
    );
    found
}

fn no_quorum(control_plane: &ControlPlane) -> Option<String> {
    if control_plane.has_quorum {
        return None;
    }
    let nodes = &control_plane.nodes;
    let are = if nodes.healthy == 1 { "is" } else { "are" };
    if nodes.healthy + control_plane.starting >= control_plane.quorum {
        return Some(format!(
            "The control plane is starting: {} {are} healthy so far, {} on the way, {} needed for \
             a quorum. A new cluster takes some minutes. If nothing changes, the nodes' own logs \
             say why their API servers don't answer. If this one worked before, it has lost its \
             quorum with the nodes that these replace.",
            count(nodes.healthy, "node"),
            number_are(control_plane.starting),
            number_are(control_plane.quorum),
        ));
    }
    // More than one node need more than one for a quorum.
    let needed = number_are(control_plane.quorum);
    let remedy = match control_plane.quorum {
        1 => {
            "Bring the node back: one in its place has none of the cluster's data, unless it gets \
             a backup of etcd."
        }
        _ => "Bring the other nodes back; replace none that is healthy.",
    };
    Some(format!(
        "The control plane has no quorum: {} {are} healthy, {needed} needed. Without it the \
         Kubernetes API changes nothing. {remedy}",
        count(nodes.healthy, "node"),
    ))
}

/// `1 is`, `2 are`.
fn number_are(number: u32) -> String {
    format!("{number} {}", if number == 1 { "is" } else { "are" })
}

/// What can be wrong with any group.
fn of_group(cluster: &Cluster, group: &Group, nodes: &Nodes) -> Vec<String> {
    let name = &group.name;
    let mut found = Vec::new();
    if group.is_being_deleted {
        found.push(format!("Auto Scaling group {name} is being deleted."));
    }
    if nodes.in_service < nodes.desired {
        found.push(format!(
            "Auto Scaling group {name} has {} of {} in service. If more don't come by themselves, \
             its scaling activities say why: aws autoscaling describe-scaling-activities \
             --auto-scaling-group-name '{name}'",
            nodes.in_service,
            count(nodes.desired, "instance"),
        ));
    }
    let detached = group.watched.difference(&group.attached);
    found.extend(detached.map(|arn| {
        format!(
            "Auto Scaling group {name} is not attached to target group {}, so its instances are \
             not registered there.",
            target_group_name(arn)
        )
    }));
    let ill: Vec<String> = group
        .instances
        .iter()
        .filter_map(|instance| ill(cluster, group, instance))
        .collect();
    let more = ill.len().saturating_sub(SHOWN);
    found.extend(ill.into_iter().take(SHOWN));
    if more > 0 {
        found.push(format!("{more} more instances of {name} are not healthy."));
    }
    found
}

/// How many instances of a group are told one by one. What breaks a whole group is told by the
/// first of them, and a group may have hundreds.
const SHOWN: usize = 5;

/// What is wrong with an instance in service. Those on their way are counted, not told.
fn ill(cluster: &Cluster, group: &Group, instance: &Instance) -> Option<String> {
    if !instance.is_in_service() {
        return None;
    }
    let mut faults = Vec::new();
    if !instance.passes_group_checks() {
        faults.push(format!(
            "{} in the eyes of its group, which is about to replace it",
            instance.health_status
        ));
    }
    // A group that isn't attached has said so once for all of its instances.
    let judged = group.watched.union(&group.serves);
    for arn in judged.filter(|arn| group.attached.contains(*arn)) {
        let name = target_group_name(arn);
        match cluster.target(arn, &instance.id) {
            Some(target) if target.is_healthy() => {}
            // Where no target is further, that is told once for all.
            Some(target) if target.is_initial() && all_initial(cluster, arn) => {}
            Some(target) if target.is_initial() => {
                faults.push(format!("in its first checks in target group {name}"));
            }
            Some(target) => {
                let why = target.reason.as_ref();
                let why = why.map(|why| format!(" ({why})")).unwrap_or_default();
                faults.push(format!("{} in target group {name}{why}", target.state));
            }
            None => faults.push(format!("not registered in target group {name}")),
        }
    }
    if faults.is_empty() {
        return None;
    }
    Some(format!(
        "Instance {} of {} in {} is {}.",
        instance.id,
        group.name,
        instance.zone,
        list(faults, "and"),
    ))
}

/// Of a control plane only: zones of workers are balanced as far as capacity allows.
fn out_of_balance(group: &Group, nodes: &Nodes) -> Option<String> {
    // Fewer than there should be are rarely spread evenly; that they are too few is the problem.
    if nodes.balanced || nodes.in_service < nodes.desired {
        return None;
    }
    let zones = nodes
        .zones
        .iter()
        .map(|(name, zone)| format!("{} in {name}", zone.in_service));
    Some(format!(
        "The nodes of {} are spread unevenly: {}. Nothing moves them by itself: replace one of the \
         fullest zone while the others are healthy.",
        group.name,
        list(zones, "and"),
    ))
}

/// Told where it is not what was planned: some topologies can't survive the loss of a zone.
fn critical_zones(group: &Group, control_plane: &ControlPlane) -> Option<String> {
    let planned = control_plane.could_tolerate_zone_failure(group.zones.len());
    if !planned || !control_plane.has_quorum || control_plane.critical_zones.is_empty() {
        return None;
    }
    Some(format!(
        "Losing {} now would cost the control plane its quorum. With all of {} healthy and spread \
         evenly over {} it would not.",
        list(&control_plane.critical_zones, "or"),
        count(control_plane.nodes.desired, "node"),
        count(u32::try_from(group.zones.len()).unwrap_or(u32::MAX), "zone"),
    ))
}

fn no_target(cluster: &Cluster, arn: &str) -> Option<String> {
    if Targets::of(cluster, arn).healthy > 0 {
        return None;
    }
    let name = target_group_name(arn);
    Some(if cluster.targets.get(arn).is_none_or(Vec::is_empty) {
        format!("Target group {name} has no targets.")
    } else if all_initial(cluster, arn) {
        format!("Target group {name} has no healthy target yet: all are in their first checks.")
    } else {
        format!(
            "Target group {name} has no healthy target. A load balancer then sends to all of them."
        )
    })
}

fn all_initial(cluster: &Cluster, arn: &str) -> bool {
    let mut targets = cluster.targets.get(arn).into_iter().flatten();
    targets.all(Target::is_initial)
}

/// `prod-api` of `arn:aws:elasticloadbalancing:eu-west-1:1234:targetgroup/prod-api/0123`.
fn target_group_name(arn: &str) -> &str {
    arn.split('/').nth(1).unwrap_or(arn)
}
