//! Makes AWS have what is wanted. A create and an update are the same walk.

use aws::elbv2::{Listener, ListenerSpec};
use aws::tags::Tags;
use tfplug::{Cx, Result, Saved};

use super::TYPE;
use super::desired::Desired;
use super::model::ApiLoadBalancer;
use super::observed::Observed;
use super::plan::endpoint;
use crate::load_balancing::{HasBalancer, Walk};
use crate::provider::Data;

/// Walks from what exists to what is planned, and returns the state that is reached.
///
/// # Errors
/// AWS refuses a step, or an object of the same name isn't ours. What exists by then is saved.
pub(super) async fn converge(
    cx: &Cx<Data>,
    doing: &'static str,
    existing: Observed,
    plan: ApiLoadBalancer,
    before: Option<&ApiLoadBalancer>,
    saved: &Saved<ApiLoadBalancer>,
) -> Result<ApiLoadBalancer> {
    let desired = Desired::of(&plan)?;
    let mut walk = Walk::to(&plan, &TYPE, doing, cx, before, saved).await?;
    let existing = find_missing(&walk, &desired, existing).await?;
    let is_new = existing.load_balancer.is_none();
    walk.load_balancer(existing.load_balancer).await?;
    let group = walk
        .target_group(
            &desired.target_group,
            existing.target_group,
            |reached, group| {
                reached.target_group_arn = group.arn.as_str().into();
                reached.target_group_name = group.name.as_str().into();
            },
        )
        .await?;
    let listener_before = match existing.listener {
        None if !is_new => find_listener(&walk, desired.port).await?,
        before => before,
    };
    listener(&mut walk, &desired, &group.arn, listener_before).await?;
    walk.write_tags().await?;
    walk.record(before).await?;
    walk.wait_until_active().await?;
    let mut state = walk.finish(plan);
    state.target_group_arn = walk.reached.target_group_arn;
    state.listener_arn = walk.reached.listener_arn;
    state.endpoint = endpoint(&state);
    Ok(state)
}

/// Looks for the parts that the state doesn't name, by their names. All are judged before any is
/// touched: what can't be taken over as a whole is left alone as a whole.
async fn find_missing(
    walk: &Walk<'_, ApiLoadBalancer>,
    desired: &Desired,
    mut existing: Observed,
) -> Result<Observed> {
    if existing.load_balancer.is_none() {
        existing.load_balancer = walk.find_load_balancer().await?;
    }
    if existing.target_group.is_none() {
        existing.target_group = walk.find_target_group(&desired.target_group).await?;
    }
    Ok(existing)
}

async fn listener(
    walk: &mut Walk<'_, ApiLoadBalancer>,
    desired: &Desired,
    target_group_arn: &str,
    existing: Option<(Listener, Tags)>,
) -> Result<()> {
    let spec = ListenerSpec::tcp(desired.port, target_group_arn);
    let arn = walk.listener(&spec, existing).await?;
    walk.reached.listener_arn = arn.into();
    walk.reached.port = i64::from(spec.port).into();
    walk.save();
    Ok(())
}

async fn find_listener(
    walk: &Walk<'_, ApiLoadBalancer>,
    port: i32,
) -> Result<Option<(Listener, Tags)>> {
    let balancer = walk.reached.balancer();
    let listeners = walk.elb.listeners_of(balancer.arn.get("arn")?).await;
    let mut listeners = walk.done(listeners)?.into_iter();
    let Some(found) = listeners.find(|listener| listener.port == port) else {
        return Ok(None);
    };
    let tags = walk.done(walk.elb.tags(&found.arn).await)?;
    Ok(Some((found, tags.unwrap_or_default())))
}
