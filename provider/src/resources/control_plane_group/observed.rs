//! What AWS has of a group, as attributes.

use std::collections::{BTreeMap, BTreeSet};

use aws::autoscaling::{Group, Launch, Transition};
use futures_util::future::join_all;
use tfplug::{Attr, Cx, Map, Result, Set};

use super::desired::{fixed_settings, marks, suspended};
use super::model::ControlPlaneGroup;
use super::{LAUNCH_HOOK, TAINT_KEY, TERMINATION_HOOK, sizing};
use crate::diagnostics::aws_error;
use crate::node_group::{
    HasMachine, Machine, Marks, Named, Observed, hook_attribute, living, setting_deviations,
    template_deviations,
};
use crate::provider::Data;

const READING: &str = "Reading control plane group";

/// Looks for the parts that the state names.
///
/// # Errors
/// AWS can't be asked.
pub(super) async fn look(cx: &Cx<Data>, state: &ControlPlaneGroup) -> Result<Observed> {
    let named = Named {
        name: state.name.text(),
        arn: state.arn.text(),
        launch_template_id: state.launch_template_id.text(),
        launch_template_version: state.launch_template_version.known().copied(),
    };
    Observed::read(cx.data().clients()?, named)
        .await
        .map_err(|error| aws_error(READING, &error).into())
}

/// The attributes as they are; `None` when nothing is left.
///
/// Of a part that somebody deleted, the ids become null, and the rest stays as it was: the plan
/// then shows that it is made anew.
///
/// # Errors
/// AWS can't be asked.
pub(super) async fn read(
    cx: &Cx<Data>,
    state: ControlPlaneGroup,
) -> Result<Option<ControlPlaneGroup>> {
    let observed = look(cx, &state).await?;
    if observed.is_gone() {
        return Ok(None);
    }
    let zones = zones_of_strangers(cx, &observed, &state).await?;
    let mut model = state.clone();
    model.outdated_instance_ids = Attr::Known(outdated(&observed).into_iter().collect());
    model.drifted_settings = Attr::Known(Set::default());
    match &observed.template {
        Some(template) => model.launch_template_id = template.id.as_str().into(),
        None => model.launch_template_id = Attr::Null,
    }
    set_machine(&mut model, &observed);
    match &observed.group {
        Some(group) => {
            set_group(&mut model, group, &zones);
            set_hooks(&mut model, &observed);
        }
        None => model.arn = Attr::Null,
    }
    let marks = marks(cx.data(), &model);
    (model.tags, model.tags_all) = observed.tags(cx.data(), &marks, &state.tags, &state.tags_all);
    set_deviations(&mut model, &observed, &marks);
    Ok(Some(model))
}

/// The instances that aren't what the group would launch today, or aren't where it would.
fn outdated(observed: &Observed) -> BTreeSet<String> {
    let mut found = observed.outdated();
    if let Some(group) = &observed.group {
        let astray = living(Some(group)).filter(|node| !group.zones.contains(&node.zone));
        found.extend(astray.map(|node| node.id.clone()));
    }
    found
}

fn set_machine(model: &mut ControlPlaneGroup, observed: &Observed) {
    model.launch_template_version = observed.pinned_version().into();
    if let Some(data) = observed.data() {
        let before = model.machine();
        model.set_machine(Machine::read(data, before.root_device_name(), &before));
    }
}

fn set_group(model: &mut ControlPlaneGroup, group: &Group, zones: &BTreeMap<String, String>) {
    model.arn = group.arn.as_str().into();
    model.name = group.name.as_str().into();
    model.subnets = subnets(&model.subnets, &group.subnets, zones);
    let sizes = [group.min_size, group.max_size, group.desired_capacity];
    let size = sizes
        .iter()
        .all(|size| *size == group.desired_capacity)
        .then_some(i64::from(group.desired_capacity));
    sizing::set_observed(model, size);
    model.schedulable = (!group.tags.contains_key(TAINT_KEY)).into();
    set_target_groups(model, &group.target_group_arns);
    model.enabled_metrics = Attr::Known(group.enabled_metrics.iter().cloned().collect());
    let settings = &group.settings;
    model.health_check_grace_period = i64::from(settings.health_check_grace_period).into();
    model.default_instance_warmup = settings.default_instance_warmup.map(i64::from).into();
    model.deletion_protection = settings.deletion_protection.as_str().into();
}

/// What is attached, taken apart: services' target groups are those that the state knows as such,
/// all others the nodes' own. Those of services can't be read while nodes aren't schedulable.
fn set_target_groups(model: &mut ControlPlaneGroup, attached: &BTreeSet<String>) {
    let schedulable = model.schedulable == Attr::Known(true);
    let of_services: BTreeSet<String> = (model.service_target_group_arns.known())
        .filter(|_| schedulable)
        .into_iter()
        .flat_map(Set::known)
        .cloned()
        .collect();
    if schedulable && !model.service_target_group_arns.is_null() {
        let found = of_services.intersection(attached).cloned().collect();
        model.service_target_group_arns = Attr::Known(found);
    }
    let own: BTreeSet<String> = attached.difference(&of_services).cloned().collect();
    if !own.is_empty() || !model.target_group_arns.is_null() {
        model.target_group_arns = Attr::Known(own.into_iter().collect());
    }
}

fn set_hooks(model: &mut ControlPlaneGroup, observed: &Observed) {
    let hook = |name, transition| hook_attribute(&observed.hooks, name, transition);
    model.launch_hook = hook(LAUNCH_HOOK, Transition::Launching);
    model.termination_hook = hook(TERMINATION_HOOK, Transition::Terminating);
}

/// What somebody changed that no attribute stands for.
fn set_deviations(model: &mut ControlPlaneGroup, observed: &Observed, marks: &Marks) {
    let mut found = BTreeSet::new();
    if let Some(data) = observed.data() {
        found.extend(template_deviations(data));
    }
    if let Some(group) = &observed.group {
        let settings = &group.settings;
        let fixed = fixed_settings(
            settings.health_check_grace_period,
            settings.default_instance_warmup,
            &settings.deletion_protection,
        );
        found.extend(setting_deviations(group, &fixed, &suspended()));
        if !matches!(group.launch, Launch::Template(_)) {
            found
                .insert("the group launches from something else than a launch template".to_owned());
        }
        let tags_all = model.tags_all.known().map(crate::tags::wanted);
        found.extend(marks.deviations(&group.tags, &tags_all.unwrap_or_default()));
    }
    model.drifted_settings = Attr::Known(found.into_iter().collect());
}

/// The zones of subnets that the state doesn't know.
async fn zones_of_strangers(
    cx: &Cx<Data>,
    observed: &Observed,
    state: &ControlPlaneGroup,
) -> Result<BTreeMap<String, String>> {
    let failed = |error: aws::Error| aws_error(READING, &error);
    let known: BTreeSet<&String> = (state.subnets.known().into_iter())
        .flat_map(Map::known)
        .map(|(_, id)| id)
        .collect();
    let strangers: Vec<&String> = (observed.group.iter())
        .flat_map(|group| &group.subnets)
        .filter(|id| !known.contains(id))
        .collect();
    if strangers.is_empty() {
        return Ok(BTreeMap::new());
    }
    let ec2 = cx.data().clients()?.ec2().await.map_err(failed)?;
    let looks = strangers.iter().map(|id| ec2.subnet(id));
    let mut zones = BTreeMap::new();
    for (id, subnet) in strangers.iter().zip(join_all(looks).await) {
        if let Some(subnet) = subnet.map_err(failed)? {
            zones.insert((*id).clone(), subnet.availability_zone);
        }
    }
    Ok(zones)
}

/// The group's subnets by zone: as the state has them, and strangers by their own. A zone that has
/// two is no place for a second under its name.
fn subnets(
    before: &Attr<Map<String>>,
    found: &BTreeSet<String>,
    zones: &BTreeMap<String, String>,
) -> Attr<Map<String>> {
    let mut all: BTreeMap<String, Attr<String>> = (before.known().into_iter())
        .flat_map(Map::known)
        .filter(|(_, id)| found.contains(*id))
        .map(|(zone, id)| (zone.to_owned(), id.as_str().into()))
        .collect();
    let known: BTreeSet<String> = all.values().filter_map(|id| id.known().cloned()).collect();
    for id in found.difference(&known) {
        let zone = zones.get(id).map_or("", String::as_str);
        let key = if zone.is_empty() || all.contains_key(zone) {
            format!("{zone} {id}")
        } else {
            zone.to_owned()
        };
        all.insert(key, id.as_str().into());
    }
    Attr::Known(Map(all))
}
