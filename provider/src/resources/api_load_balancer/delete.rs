//! Takes a load balancer away, the target group last, since it can't go while it is in use.

use tfplug::{Attr, Cx, Result, Saved};

use super::TYPE;
use super::model::ApiLoadBalancer;
use crate::diagnostics::aws_error;
use crate::load_balancing::{HasBalancer, delete as common};
use crate::provider::Data;

/// # Errors
/// AWS refuses. What is left by then is saved.
pub(super) async fn delete(
    cx: &Cx<Data>,
    mut state: ApiLoadBalancer,
    saved: &Saved<ApiLoadBalancer>,
) -> Result<()> {
    // The new object of a replacement may be the old one under the same name.
    let taken_over = |arn: &Attr<String>| {
        arn.text()
            .is_some_and(|arn| cx.data().claims.is_taken_over(arn))
    };
    if taken_over(&state.arn) || taken_over(&state.target_group_arn) {
        cx.warn(common::taken_over());
        return Ok(());
    }
    let failed = |error: aws::Error| aws_error(TYPE.deleting, &error);
    let elb = cx.data().clients()?.elbv2().await.map_err(failed)?;
    common::load_balancer(cx, elb, &TYPE, &state.balancer()).await?;
    state.arn = Attr::Null;
    state.listener_arn = Attr::Null;
    saved.save(&state);
    if let Some(arn) = state.target_group_arn.text() {
        common::target_group(cx, elb, arn).await.map_err(failed)?;
    }
    Ok(())
}
