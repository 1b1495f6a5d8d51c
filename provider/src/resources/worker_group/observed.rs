//! What AWS has of a worker group, as attributes.

use std::collections::BTreeMap;

use aws::autoscaling::{Group, Launch, Transition};
use aws::{Clients, Error};
use futures_util::future::try_join_all;
use tfplug::{Attr, Cx, Map, Result, Set};

use super::KIND;
use super::autoscaler::Autoscaler;
use super::desired::{COOLDOWN, LAUNCH_HOOK, TERMINATION_HOOK};
use super::model::{InstanceMaintenancePolicy, Taint, WorkerGroup};
use super::preferences::Ignored;
use super::purchase::{self, Purchase, is_same_price};
use super::refresh::outdated;
use crate::diagnostics::aws_error;
use crate::node_group::{
    HasMachine, Machine, Marks, Named, Observed, hook_attribute, setting_deviations, tag_values,
    template_deviations,
};
use crate::provider::Data;

const READING: &str = "Reading worker group";

/// What a state names.
pub(super) fn named(state: &WorkerGroup) -> Named<'_> {
    Named {
        name: state.autoscaling_group_name.text(),
        arn: state.arn.text(),
        launch_template_id: state.launch_template_id.text(),
        launch_template_version: state.launch_template_version.known().copied(),
    }
}

/// The attributes as they are; `None` when nothing is left.
///
/// Of a part that somebody deleted, the ids become null, and the rest stays as it was: the plan then
/// shows that it is made anew.
///
/// # Errors
/// AWS can't be asked.
pub(super) async fn read(cx: &Cx<Data>, state: WorkerGroup) -> Result<Option<WorkerGroup>> {
    let clients = cx.data().clients()?;
    let failed = |error: Error| aws_error(READING, &error);
    let observed = Observed::read(clients, named(&state))
        .await
        .map_err(failed)?;
    if observed.is_gone() {
        return Ok(None);
    }
    let subnets = match &observed.group {
        Some(group) => Some(subnets(clients, group, &state).await.map_err(failed)?),
        None => None,
    };
    let mut model = into_model(cx.data(), &observed, state);
    if let Some(subnets) = subnets {
        model.subnets = subnets;
    }
    Ok(Some(model))
}

/// The group's subnets by zone. A group tells its subnets and its zones, but not which stands where;
/// of those that the state has, it is known.
async fn subnets(
    clients: &Clients,
    group: &Group,
    state: &WorkerGroup,
) -> std::result::Result<Attr<Map<String>>, Error> {
    let known: BTreeMap<&String, &str> = (state.subnets.known().into_iter())
        .flat_map(Map::known)
        .map(|(zone, id)| (id, zone))
        .collect();
    let ec2 = clients.ec2().await?;
    let zones = group.subnets.iter().map(async |id| match known.get(id) {
        Some(zone) => Ok::<_, Error>((*zone).to_owned()),
        None => {
            let found = ec2.subnet(id).await?;
            Ok(found.map_or_else(|| id.clone(), |subnet| subnet.availability_zone))
        }
    });
    let zones = try_join_all(zones).await?;
    let subnets = zones.into_iter().zip(group.subnets.iter().cloned());
    Ok(Attr::Known(subnets.collect()))
}

fn into_model(data: &Data, observed: &Observed, state: WorkerGroup) -> WorkerGroup {
    let mut model = state;
    model.launch_template_id = observed
        .template
        .as_ref()
        .map(|template| template.id.clone())
        .into();
    let root = model.machine().root_device_name().map(str::to_owned);
    if let Some(found) = observed.data() {
        let machine = Machine::read(found, root.as_deref(), &model.machine());
        model.set_machine(machine);
    }
    match &observed.group {
        Some(group) => set_group(&mut model, group, observed),
        None => {
            model.arn = Attr::Null;
            model.outdated_instance_ids = Attr::Known(Set::default());
        }
    }
    model.launch_template_version = observed.pinned_version().into();
    let cluster = model.cluster_name.text().unwrap_or_default();
    let name = model.autoscaling_group_name.text().unwrap_or_default();
    let told = observed
        .group
        .as_ref()
        .map(|group| Autoscaler::read(cluster, &tag_values(&group.tags)));
    let memory = told.unwrap_or_default().tags(cluster);
    let marks = Marks::new(data, &KIND, cluster, name, memory);
    let (tags, tags_all) = observed.tags(data, &marks, &model.tags, &model.tags_all);
    model.drifted_settings = deviations(observed, &marks, &tags_all);
    (model.tags, model.tags_all) = (tags, tags_all);
    model
}

fn set_group(model: &mut WorkerGroup, group: &Group, observed: &Observed) {
    let settings = &group.settings;
    model.arn = group.arn.as_str().into();
    model.autoscaling_group_name = group.name.as_str().into();
    model.min_size = i64::from(group.min_size).into();
    model.max_size = i64::from(group.max_size).into();
    // Where nobody says how many, somebody else decides.
    if !model.desired_capacity.is_null() {
        model.desired_capacity = i64::from(group.desired_capacity).into();
    }
    set_purchase(model, &group.launch, observed);
    let cluster = model.cluster_name.text().unwrap_or_default();
    set_told(model, Autoscaler::read(cluster, &tag_values(&group.tags)));
    let targets = &group.target_group_arns;
    if !(targets.is_empty() && model.target_group_arns.is_null()) {
        model.target_group_arns = Attr::Known(targets.iter().cloned().collect());
    }
    model.health_check_type = settings.health_check_type.as_str().into();
    model.health_check_grace_period = i64::from(settings.health_check_grace_period).into();
    model.default_instance_warmup = settings.default_instance_warmup.map(i64::from).into();
    model.max_instance_lifetime = settings.max_instance_lifetime.map(i64::from).into();
    model.termination_policies =
        Attr::Known(settings.termination_policies.iter().cloned().collect());
    model.suspended_processes = Attr::Known(group.suspended_processes.iter().cloned().collect());
    model.protect_from_scale_in = settings.new_instances_protected_from_scale_in.into();
    model.capacity_rebalance = settings.capacity_rebalance.into();
    model.capacity_distribution_strategy = settings.capacity_distribution_strategy.as_str().into();
    model.instance_maintenance_policy = settings
        .instance_maintenance_policy
        .map(|policy| InstanceMaintenancePolicy {
            min_healthy_percentage: i64::from(policy.min_healthy_percentage).into(),
            max_healthy_percentage: i64::from(policy.max_healthy_percentage).into(),
        })
        .into();
    model.deletion_protection = settings.deletion_protection.as_str().into();
    model.enabled_metrics = Attr::Known(group.enabled_metrics.iter().cloned().collect());
    let hook = |name, transition| hook_attribute(&observed.hooks, name, transition);
    model.launch_hook = hook(LAUNCH_HOOK, Transition::Launching);
    model.termination_hook = hook(TERMINATION_HOOK, Transition::Terminating);
}

fn set_purchase(model: &mut WorkerGroup, launch: &Launch, observed: &Observed) {
    let data = observed.data();
    let named = data.and_then(|data| data.instance_type.as_deref());
    let Some(purchase) = Purchase::read(launch, named) else {
        return;
    };
    model.outdated_instance_ids = outdated_now(observed, &purchase, Ignored::of(model));
    let price = purchase.spot_max_price;
    if !is_same_price(model.spot_max_price.text(), price.as_deref()) {
        model.spot_max_price = price.into();
    }
    model.instance_types = Attr::Known(purchase.instance_types.into_iter().collect());
    model.on_demand_base_capacity = i64::from(purchase.on_demand_base_capacity).into();
    model.on_demand_percentage_above_base_capacity =
        i64::from(purchase.on_demand_percentage_above_base_capacity).into();
    model.spot_allocation_strategy = purchase.spot_allocation_strategy.into();
}

/// The nodes that aren't what their group launches.
pub(super) fn outdated_now(
    observed: &Observed,
    purchase: &Purchase,
    ignored: Ignored,
) -> Attr<Set<String>> {
    let (Some(template), Some(data), Some(group)) =
        (&observed.template, observed.data(), &observed.group)
    else {
        return Attr::Known(Set::default());
    };
    let found = outdated(
        &group.instances,
        &template.id,
        &observed.versions,
        data,
        purchase,
        ignored,
    );
    Attr::Known(found.into_iter().collect())
}

fn set_told(model: &mut WorkerGroup, told: Autoscaler) {
    model.cluster_autoscaler = told.enabled.into();
    if !(told.labels.is_empty() && model.labels.is_null()) {
        model.labels = Attr::Known(told.labels.into_iter().collect());
    }
    let taints = told.taints.into_iter().map(|taint| Taint {
        key: taint.key.into(),
        value: taint.value.into(),
        effect: taint.effect.into(),
    });
    let taints: Set<Taint> = taints.collect();
    if !(taints.0.is_empty() && model.taints.is_null()) {
        model.taints = Attr::Known(taints);
    }
}

fn deviations(
    observed: &Observed,
    marks: &Marks,
    tags_all: &Attr<Map<String>>,
) -> Attr<Set<String>> {
    let mut found = observed.data().map(template_deviations).unwrap_or_default();
    if let Some(group) = &observed.group {
        // All other settings are attributes.
        let mut fixed = group.settings.clone();
        fixed.default_cooldown = COOLDOWN;
        fixed.new_instances_protected_from_scale_in = false;
        let mut now = group.clone();
        now.settings.new_instances_protected_from_scale_in = false;
        found.extend(setting_deviations(&now, &fixed, &group.suspended_processes));
        found.extend(purchase::deviations(&group.launch));
        let tags_all = tags_all
            .known()
            .map(crate::tags::wanted)
            .unwrap_or_default();
        found.extend(marks.deviations(&group.tags, &tags_all));
    }
    Attr::Known(found.into_iter().collect())
}
