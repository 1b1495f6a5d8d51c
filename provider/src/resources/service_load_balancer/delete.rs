//! Takes a load balancer away, with all target groups that belong to it: the retired ones too, and
//! those of a killed update.

use tfplug::{Attr, Cx, List, Map, Result, Saved};

use super::TYPE;
use super::model::ServiceLoadBalancer;
use super::parts::{Known, Parts};
use crate::diagnostics::aws_error;
use crate::load_balancing::{HasBalancer, delete as common};
use crate::provider::Data;

/// # Errors
/// AWS refuses. What is left by then is saved.
pub(super) async fn delete(
    cx: &Cx<Data>,
    mut state: ServiceLoadBalancer,
    saved: &Saved<ServiceLoadBalancer>,
) -> Result<()> {
    // The new object of a replacement may be the old one under the same name.
    let taken_over = |arn: &str| cx.data().claims.is_taken_over(arn);
    let groups = state.target_groups.known().into_iter().flat_map(Map::known);
    let mut groups = groups.map(|(_, arn)| arn.as_str());
    if state.arn.text().is_some_and(taken_over) || groups.any(taken_over) {
        cx.warn(common::taken_over());
        return Ok(());
    }
    let failed = |error: aws::Error| aws_error(TYPE.deleting, &error);
    let elb = cx.data().clients()?.elbv2().await.map_err(failed)?;
    common::load_balancer(cx, elb, &TYPE, &state.balancer()).await?;
    state.arn = Attr::Null;
    state.listener = Attr::Known(List::default());
    state.listener_arns = Attr::Known(Map::default());
    saved.save(&state);
    let known = Known::of(cx.data(), &state);
    let own = Parts::own_target_groups(elb, &known)
        .await
        .map_err(failed)?;
    for arn in own {
        common::target_group(cx, elb, &arn).await.map_err(failed)?;
    }
    Ok(())
}
