//! Asks AWS how a cluster is doing. Changes nothing.
//!
//! One call for all groups, one for each target group, and one for each launch template of which
//! some instance runs another version than its group launches.

use std::collections::{BTreeMap, BTreeSet};

use aws::autoscaling::{self, Autoscaling};
use aws::elbv2::{Elbv2, TargetHealth};
use aws::{Clients, Error};
use futures_util::future::try_join_all;
use tfplug::{Diagnostic, Diagnostics};

use super::asked::{API, Asked, CONTROL_PLANE, GroupArn, SERVICE, WORKERS};
use super::observed::{Cluster, Group, Instance, Target};
use super::outdated::outdated;

/// Looks at everything that is asked about.
///
/// # Errors
/// AWS can't be asked. Inside: what isn't there, at its attribute.
pub(super) async fn gather(
    clients: &Clients,
    asked: &Asked,
) -> Result<Result<Cluster, Diagnostics>, Error> {
    let (scaling, elb) = tokio::try_join!(clients.autoscaling(), clients.elbv2())?;
    let workers = asked.workers.iter().map(|arn| group(scaling, arn));
    let all = asked.api_target_groups.union(&asked.service_target_groups);
    let (control_plane, workers, targets) = tokio::try_join!(
        group(scaling, &asked.control_plane),
        try_join_all(workers),
        try_join_all(all.map(|arn| targets(elb, arn))),
    )?;
    let mut missing = Diagnostics::new();
    if control_plane.is_none() {
        missing.push(no_group(&asked.control_plane, CONTROL_PLANE));
    }
    for (arn, group) in asked.workers.iter().zip(&workers) {
        if group.is_none() {
            missing.push(no_group(arn, WORKERS));
        }
    }
    let mut by_arn = BTreeMap::new();
    for (arn, targets) in targets {
        match targets {
            Some(targets) => drop(by_arn.insert(arn.to_owned(), targets)),
            None => {
                let holders = [
                    (API, &asked.api_target_groups),
                    (SERVICE, &asked.service_target_groups),
                ];
                let holders = holders.into_iter().filter(|(_, arns)| arns.contains(arn));
                missing.extend(holders.map(|(at, _)| no_target_group(arn, at)).collect());
            }
        }
    }
    let Some(control_plane) = control_plane.filter(|_| missing.is_empty()) else {
        return Ok(Err(missing));
    };
    let workers: Vec<autoscaling::Group> = workers.into_iter().flatten().collect();
    let serving = |group: &autoscaling::Group| -> BTreeSet<String> {
        let both = group
            .target_group_arns
            .intersection(&asked.service_target_groups);
        both.cloned().collect()
    };
    let workers = workers.into_iter().map(|group| {
        let watched = serving(&group);
        seen(clients, group, watched, BTreeSet::new())
    });
    let api = &asked.api_target_groups;
    let services = &serving(&control_plane) - api;
    let (control_plane, workers) = tokio::try_join!(
        seen(clients, control_plane, api.clone(), services),
        try_join_all(workers)
    )?;
    Ok(Ok(Cluster {
        control_plane,
        workers,
        targets: by_arn,
    }))
}

/// The group of an ARN. One of the same name and another ARN is another group.
async fn group(
    scaling: &Autoscaling,
    asked: &GroupArn,
) -> Result<Option<autoscaling::Group>, Error> {
    let found = scaling.group(&asked.name).await?;
    Ok(found.filter(|group| group.arn == asked.arn))
}

async fn targets<'a>(elb: &Elbv2, arn: &'a str) -> Result<(&'a str, Option<Vec<Target>>), Error> {
    let found = elb.target_health(arn).await?;
    let targets = found.map(|all| all.into_iter().map(Target::from).collect());
    Ok((arn, targets))
}

async fn seen(
    clients: &Clients,
    group: autoscaling::Group,
    watched: BTreeSet<String>,
    serves: BTreeSet<String>,
) -> Result<Group, Error> {
    let outdated = outdated(clients, &group).await?;
    let instance = |one: autoscaling::GroupInstance| Instance {
        is_outdated: outdated.contains(&one.id),
        id: one.id,
        zone: one.zone,
        lifecycle_state: one.lifecycle_state,
        health_status: one.health_status,
    };
    Ok(Group {
        name: group.name,
        // A group's sizes are never negative.
        desired: u32::try_from(group.desired_capacity).unwrap_or_default(),
        zones: group.zones,
        is_being_deleted: group.status.is_some(),
        instances: group.instances.into_iter().map(instance).collect(),
        watched,
        serves,
        attached: group.target_group_arns,
    })
}

impl From<TargetHealth> for Target {
    fn from(from: TargetHealth) -> Self {
        let reason = match (from.description, from.reason) {
            (Some(words), Some(code)) => Some(format!("{words}: {code}")),
            (words, code) => words.or(code),
        };
        Self {
            id: from.id,
            state: from.state,
            reason,
        }
    }
}

fn no_group(asked: &GroupArn, attribute: &'static str) -> Diagnostic {
    Diagnostic::error(
        "No such Auto Scaling group",
        format!(
            "There is no Auto Scaling group \"{}\" with the ARN {} in this region and account. \
             If it was deleted, plan its resource again; else look at the provider's region.",
            asked.name, asked.arn
        ),
    )
    .at(attribute)
}

fn no_target_group(arn: &str, attribute: &'static str) -> Diagnostic {
    Diagnostic::error(
        "No such target group",
        format!(
            "There is no target group {arn} in this region and account. If it was deleted, plan its \
             load balancer again; else look at the provider's region."
        ),
    )
    .at(attribute)
}
