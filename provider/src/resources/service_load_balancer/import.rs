//! Finds an existing load balancer by what a user gives.

use aws::ownership::CLUSTER_KEY;
use tfplug::{Attr, Cx, Result};

use super::TYPE;
use super::model::ServiceLoadBalancer;
use crate::diagnostics::aws_error;
use crate::load_balancing::import::{Id, find};
use crate::provider::Data;

/// The target groups that its listeners use are noted as their own, whatever they are called:
/// somebody else may have made them. All else is read.
///
/// # Errors
/// The id isn't of the documented form, or there is no such load balancer.
pub(super) async fn import(cx: &Cx<Data>, id: &str) -> Result<ServiceLoadBalancer> {
    let id = Id::parse(&TYPE, id)?;
    let failed = |error: aws::Error| aws_error(TYPE.importing, &error);
    let elb = cx.data().clients()?.elbv2().await.map_err(failed)?;
    let balancer = find(elb, &TYPE, id).await?;
    let (tags, listeners) =
        tokio::try_join!(elb.tags(&balancer.arn), elb.listeners_of(&balancer.arn))
            .map_err(failed)?;
    let cluster_name = match tags.unwrap_or_default().get(CLUSTER_KEY) {
        Some(cluster) => cluster.as_str().into(),
        None => cx.data().cluster_name().clone(),
    };
    let own = listeners.iter().filter_map(|listener| {
        let [arn] = listener.target_group_arns.as_slice() else {
            return None;
        };
        Some((listener.port.to_string(), arn.clone()))
    });
    Ok(ServiceLoadBalancer {
        cluster_name,
        arn: balancer.arn.as_str().into(),
        name: balancer.name.as_str().into(),
        target_groups: Attr::Known(own.collect()),
        hosted_zone_id: id.record.map(|(zone, _)| zone.to_owned()).into(),
        fqdn: id.record.map(|(_, fqdn)| fqdn.to_owned()).into(),
        ..ServiceLoadBalancer::default()
    })
}
