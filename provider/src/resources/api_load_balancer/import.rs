//! Finds an existing load balancer and its parts by what a user gives.

use aws::elbv2::{Elbv2, LoadBalancer};
use aws::names::elb_name;
use aws::ownership::{CLUSTER_KEY, KIND_KEY};
use aws::tags::Tags;
use tfplug::{Cx, Diagnostic, Result};

use super::TYPE;
use super::model::ApiLoadBalancer;
use crate::diagnostics::aws_error;
use crate::load_balancing::import::{Id, find};
use crate::provider::Data;

/// # Errors
/// The id isn't of the documented form, there is no such load balancer, or it has not one listener.
pub(super) async fn import(cx: &Cx<Data>, id: &str) -> Result<ApiLoadBalancer> {
    let id = Id::parse(&TYPE, id)?;
    let failed = |error: aws::Error| aws_error(TYPE.importing, &error);
    let elb = cx.data().clients()?.elbv2().await.map_err(failed)?;
    let balancer = find(elb, &TYPE, id).await?;
    let tags = elb
        .tags(&balancer.arn)
        .await
        .map_err(failed)?
        .unwrap_or_default();
    let (listener_arn, target_group_arn) = parts(elb, &balancer, &tags).await?;
    let cluster_name = match tags.get(CLUSTER_KEY) {
        Some(cluster) => cluster.as_str().into(),
        None => cx.data().cluster_name().clone(),
    };
    Ok(ApiLoadBalancer {
        cluster_name,
        arn: balancer.arn.as_str().into(),
        name: balancer.name.as_str().into(),
        listener_arn: listener_arn.into(),
        target_group_arn: target_group_arn.into(),
        hosted_zone_id: id.record.map(|(zone, _)| zone.to_owned()).into(),
        fqdn: id.record.map(|(_, fqdn)| fqdn.to_owned()).into(),
        ..ApiLoadBalancer::default()
    })
}

/// The listener and the target group. An unfinished create may have left none of them, or a target
/// group that nothing sends to yet, which is found by the name it must have.
async fn parts(
    elb: &Elbv2,
    balancer: &LoadBalancer,
    tags: &Tags,
) -> Result<(Option<String>, Option<String>)> {
    let failed = |error: aws::Error| aws_error(TYPE.importing, &error);
    let listeners = elb.listeners_of(&balancer.arn).await.map_err(failed)?;
    match listeners.as_slice() {
        [listener] => match listener.target_group_arns.as_slice() {
            [group] => Ok((Some(listener.arn.clone()), Some(group.clone()))),
            groups => Err(Diagnostic::error(
                TYPE.importing,
                format!(
                    "The listener of \"{}\" forwards to {} target groups. An API load balancer's \
                     forwards to one.",
                    balancer.name,
                    groups.len()
                ),
            )
            .into()),
        },
        [] => {
            let Some(cluster) = tags.get(CLUSTER_KEY) else {
                return Ok((None, None));
            };
            let name = elb_name(cluster, TYPE.part);
            let Some(group) = elb.target_group_by_name(&name).await.map_err(failed)? else {
                return Ok((None, None));
            };
            let tags = elb
                .tags(&group.arn)
                .await
                .map_err(failed)?
                .unwrap_or_default();
            let ours = tags.get(CLUSTER_KEY) == Some(cluster)
                && tags
                    .get(KIND_KEY)
                    .is_some_and(|kind| kind == TYPE.target_group);
            Ok((None, ours.then_some(group.arn)))
        }
        several => Err(Diagnostic::error(
            TYPE.importing,
            format!(
                "\"{}\" has {} listeners. An API load balancer has one.",
                balancer.name,
                several.len()
            ),
        )
        .into()),
    }
}
