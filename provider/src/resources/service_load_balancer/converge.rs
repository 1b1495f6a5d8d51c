//! Makes AWS have what is wanted. A create and an update are the same walk.

use std::collections::{BTreeMap, BTreeSet};

use aws::elbv2::TargetGroup;
use aws::ownership::Claim;
use tfplug::{Attr, Cx, List, Result, Saved};

use super::TYPE;
use super::desired::DesiredListener;
use super::model::ServiceLoadBalancer;
use super::observed::Observed;
use super::outputs::{FREE, HELD, all, set};
use super::parts::{Known, Parts};
use super::retired::sweep;
use crate::diagnostics::refusal;
use crate::load_balancing::{HasBalancer, Walk, Whole, unlike};
use crate::provider::Data;

type ServiceWalk<'a> = Walk<'a, ServiceLoadBalancer>;

/// Walks from what exists to what is planned, and returns the state that is reached.
///
/// # Errors
/// AWS refuses a step, or an object of the same name isn't ours. What exists by then is saved.
pub(super) async fn converge(
    cx: &Cx<Data>,
    doing: &'static str,
    existing: Observed,
    plan: ServiceLoadBalancer,
    before: Option<&ServiceLoadBalancer>,
    saved: &Saved<ServiceLoadBalancer>,
) -> Result<ServiceLoadBalancer> {
    let desired = DesiredListener::all(&plan)?;
    let mut walk = Walk::to(&plan, &TYPE, doing, cx, before, saved).await?;
    if before.is_none() {
        // What it has of these is known when it has them.
        walk.reached.listener_arns = Attr::Null;
        walk.reached.target_groups = Attr::Null;
        walk.reached.retired_target_groups = Attr::Null;
        walk.reached.listener = Attr::Known(List::default());
    }
    let Observed {
        load_balancer,
        parts,
        ..
    } = find_missing(&walk, existing, before).await?;
    let mut groups = judge(&walk, &desired, &parts, load_balancer.is_some(), before)?;
    walk.load_balancer(load_balancer).await?;
    let mut arns = BTreeMap::new();
    for wanted in &desired {
        let existing = groups.remove(&wanted.port);
        let note = |reached: &mut ServiceLoadBalancer, group: &TargetGroup| {
            note_group(reached, &group.arn);
        };
        let group = walk
            .target_group(&wanted.target_group, existing, note)
            .await?;
        arns.insert(wanted.port, group.arn);
    }
    for wanted in &desired {
        if let Some(arn) = arns.get(&wanted.port) {
            lead(&mut walk, wanted, arn, &parts).await?;
        }
    }
    remove_others(&mut walk, &desired, &parts).await?;
    walk.write_tags().await?;
    retire(&mut walk, &parts, &arns.into_values().collect(), &plan).await?;
    walk.record(before).await?;
    walk.wait_until_active().await?;
    Ok(finish(&walk, plan))
}

/// Looks for the load balancer by its name, if the state doesn't name it, and for the parts that
/// belong to it.
async fn find_missing(
    walk: &ServiceWalk<'_>,
    mut existing: Observed,
    before: Option<&ServiceLoadBalancer>,
) -> Result<Observed> {
    if existing.load_balancer.is_some() {
        return Ok(existing);
    }
    existing.load_balancer = walk.find_load_balancer().await?;
    let arn = existing.load_balancer.as_ref();
    let arn = arn.map(|(found, _, _)| found.arn.as_str());
    // An update has looked already, and there was no load balancer to have listeners.
    if before.is_none() || arn.is_some() {
        let known = Known::of(walk.cx.data(), before.unwrap_or(&walk.reached));
        existing.parts = walk.done(Parts::read(walk.elb, &known, arn).await)?;
    }
    Ok(existing)
}

/// Chooses the target groups that are there already, by port, and refuses what can't be taken. All
/// are judged before anything is touched.
fn judge(
    walk: &ServiceWalk<'_>,
    desired: &[DesiredListener],
    parts: &Parts,
    load_balancer_is_ours: bool,
    before: Option<&ServiceLoadBalancer>,
) -> Result<BTreeMap<i32, Whole<TargetGroup>>> {
    let noted = before.and_then(|before| before.target_groups.known());
    let mut chosen = BTreeMap::new();
    for wanted in desired {
        let spec = &wanted.target_group;
        // An imported one may be named otherwise.
        let noted = noted.and_then(|noted| noted.0.get(&wanted.port.to_string())?.text());
        let noted = noted.and_then(|arn| parts.groups.get(arn));
        let fits = |group: &TargetGroup| group.port == spec.port && group.protocol == "TCP";
        let found = noted.filter(|found| fits(&found.group)).or_else(|| {
            let mut groups = parts.groups.values();
            groups.find(|found| found.group.name == spec.name)
        });
        let Some(found) = found else { continue };
        let known = found.own && (load_balancer_is_ours || before.is_some());
        if !known && let Claim::Refuse(why) = walk.ownership(TYPE.target_group).claim(&found.tags) {
            let what = format!("A target group named \"{}\"", spec.name);
            let id = found.group.load_balancer_arns.first().map(String::as_str);
            return Err(refusal(walk.doing, &what, &why, TYPE.resource, id)
                .at(spec.named_by)
                .into());
        }
        if !fits(&found.group) {
            return Err(unlike(walk.doing, &spec.name).into());
        }
        if before.is_none() {
            walk.cx.data().claims.take_over(&found.group.arn);
        }
        let whole = (
            found.group.clone(),
            found.attributes.clone(),
            found.tags.clone(),
        );
        chosen.insert(wanted.port, whole);
    }
    Ok(chosen)
}

/// Notes a target group that no listener may use yet.
fn note_group(reached: &mut ServiceLoadBalancer, arn: &str) {
    let groups = reached.target_groups.known();
    let used = groups.is_some_and(|groups| groups.known().any(|(_, used)| used == arn));
    if !used {
        set(&mut reached.retired_target_groups, arn, Some(FREE));
    }
}

/// Makes a listener lead to its target group.
async fn lead(
    walk: &mut ServiceWalk<'_>,
    wanted: &DesiredListener,
    target_group_arn: &str,
    parts: &Parts,
) -> Result<()> {
    let mut listeners = parts.listeners.iter();
    let existing = listeners.find(|(one, _)| is_in_the_place_of(one, wanted));
    let spec = wanted.spec(target_group_arn);
    let arn = walk.listener(&spec, existing.cloned()).await?;
    let port = wanted.port.to_string();
    let reached = &mut walk.reached;
    let left = reached.target_groups.known();
    let left = left.and_then(|groups| groups.0.get(&port)?.known().cloned());
    if let Some(left) = left.filter(|left| left != target_group_arn) {
        set(&mut reached.retired_target_groups, &left, Some(HELD));
    }
    set(&mut reached.retired_target_groups, target_group_arn, None);
    set(&mut reached.listener_arns, &port, Some(&arn));
    set(&mut reached.target_groups, &port, Some(target_group_arn));
    let mut listeners = std::mem::take(&mut reached.listener)
        .into_known()
        .unwrap_or_default();
    let same = |one: &Attr<super::model::Listener>| {
        one.known().is_some_and(|one| one.port == wanted.model.port)
    };
    listeners.0.retain(|one| !same(one));
    listeners.0.push(wanted.model.clone().into());
    reached.listener = Attr::Known(listeners);
    walk.save();
    Ok(())
}

/// A port may have a TCP and a UDP listener. Anything else on it becomes the wanted one.
fn is_in_the_place_of(listener: &aws::elbv2::Listener, wanted: &DesiredListener) -> bool {
    listener.port == wanted.port && listener.protocol != "UDP"
}

/// Deletes the listeners that are not wanted.
async fn remove_others(
    walk: &mut ServiceWalk<'_>,
    desired: &[DesiredListener],
    parts: &Parts,
) -> Result<()> {
    for (listener, _) in &parts.listeners {
        let wanted = |wanted: &DesiredListener| is_in_the_place_of(listener, wanted);
        if desired.iter().any(wanted) {
            continue;
        }
        walk.done(walk.elb.delete_listener(&listener.arn).await)?;
        let port = listener.port.to_string();
        let arns = walk.reached.listener_arns.known();
        let its = arns.and_then(|arns| arns.0.get(&port)?.text()) == Some(&listener.arn);
        if !its {
            continue;
        }
        set(&mut walk.reached.listener_arns, &port, None);
        set(&mut walk.reached.target_groups, &port, None);
        for arn in &listener.target_group_arns {
            if parts.groups.get(arn).is_some_and(|group| group.own) {
                set(&mut walk.reached.retired_target_groups, arn, Some(HELD));
            }
        }
        if let Attr::Known(listeners) = &mut walk.reached.listener {
            let port = i64::from(listener.port).into();
            listeners
                .0
                .retain(|one| one.known().is_none_or(|one| one.port != port));
        }
        walk.save();
    }
    Ok(())
}

/// Deletes the target groups that no listener uses any more, if nobody holds them.
async fn retire(
    walk: &mut ServiceWalk<'_>,
    parts: &Parts,
    used: &BTreeSet<String>,
    plan: &ServiceLoadBalancer,
) -> Result<()> {
    let own = parts.own().map(|group| &group.group.arn);
    // What the plan says will stay must stay.
    let stays = plan.retired_target_groups.known();
    let stays = |arn: &String| stays.is_some_and(|stays| stays.0.contains_key(arn));
    let retired = own.filter(|arn| !used.contains(*arn) && !stays(arn));
    let retired = retired.cloned().collect();
    sweep(walk, &retired).await
}

/// The plan, with all that was open in it.
fn finish(walk: &ServiceWalk<'_>, plan: ServiceLoadBalancer) -> ServiceLoadBalancer {
    let reached = &walk.reached;
    let mut state = walk.finish(plan);
    state.host = state.balancer().host();
    state.listener_arns = reached.listener_arns.clone();
    let groups = reached.target_groups.clone().into_known();
    let groups = groups.unwrap_or_default();
    state.target_group_arns = all(&groups);
    state.target_groups = Attr::Known(groups);
    if state.retired_target_groups.is_unknown() {
        let retired = reached.retired_target_groups.clone().into_known();
        state.retired_target_groups = Attr::Known(retired.unwrap_or_default());
    }
    state
}
