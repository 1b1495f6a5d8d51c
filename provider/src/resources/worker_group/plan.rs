//! What a plan says beyond the attributes' own behaviour. Pure.

use std::collections::BTreeSet;

use aws::tags::Tags;
use tfplug::{Attr, Diagnostic, Diagnostics, List, Path, PlannedChange, Result, Set};

use super::desired::autoscaler;
use super::model::{Taint, WorkerGroup};
use super::preferences::{self, Ignored};
use super::{KIND, part};
use crate::names;
use crate::node_group::plan::{self as shared, Version};
use crate::node_group::zones::without_balancer;
use crate::node_group::{HasMachine, default_metrics, planned_tags, protected};
use crate::provider::{Balancer, Data};

/// Finds what a configuration contradicts itself in.
pub(super) fn validate(config: &WorkerGroup, errors: &mut Diagnostics) {
    sizes(config, errors);
    types_are_distinct(&config.instance_types, errors);
    taints_are_distinct(&config.taints, errors);
    preferences::check(
        &config.instance_refresh,
        &config.instance_maintenance_policy,
        errors,
    );
}

pub(super) fn plan(data: &Data, change: &mut PlannedChange<WorkerGroup>) -> Result<()> {
    let mut errors = Diagnostics::new();
    name(data, change, &mut errors);
    nodes(change, &mut errors);
    spot(change);
    hooks(change);
    behind_balancer(data, change);
    if change.config.enabled_metrics.is_null() {
        change.plan.enabled_metrics = Attr::Known(default_metrics());
    }
    tags(data, change, &mut errors);
    parts(change);
    deletion(change, &mut errors);
    if let Some(prior) = &change.prior {
        manage(data, prior);
    }
    names::claim(
        data,
        change,
        KIND.group,
        &change.plan.autoscaling_group_name,
        "name",
        &mut errors,
    );
    errors.into_result().map(|_| ())
}

/// Nodes get traffic where their load balancer stands.
fn behind_balancer(data: &Data, change: &mut PlannedChange<WorkerGroup>) {
    let plan = &change.plan;
    let (cluster, targets) = (&plan.cluster_name, &plan.target_group_arns);
    let warning = without_balancer(data, Balancer::Service, cluster, &plan.subnets, targets);
    if let Some(warning) = warning {
        change.warn(warning);
    }
}

fn sizes(config: &WorkerGroup, errors: &mut Diagnostics) {
    let (least, most) = (config.min_size.known(), config.max_size.known());
    if let (Some(least), Some(most)) = (least, most)
        && least > most
    {
        let text = format!(
            "\"min_size\", {least}, is more than \"max_size\", {most}. Raise the one, or lower the other."
        );
        errors.push(Diagnostic::error("Invalid size", text).at("min_size"));
        return;
    }
    let Some(desired) = config.desired_capacity.known() else {
        return;
    };
    let text = match (least, most) {
        (Some(least), _) if desired < least => {
            format!("{desired} nodes are fewer than \"min_size\", {least}.")
        }
        (_, Some(most)) if desired > most => {
            format!("{desired} nodes are more than \"max_size\", {most}.")
        }
        _ => return,
    };
    errors.push(Diagnostic::error("Invalid size", text).at("desired_capacity"));
}

fn types_are_distinct(types: &Attr<List<String>>, errors: &mut Diagnostics) {
    let mut seen = BTreeSet::new();
    let types = types.known().into_iter().flat_map(|list| &list.0);
    for (index, name) in types.enumerate() {
        let Some(name) = name.text() else { continue };
        if !seen.insert(name) {
            let text = format!(
                "{name} stands there twice. Remove one: the order says which type is tried first."
            );
            let at = Path::attribute("instance_types").index(index);
            errors.push(Diagnostic::error("Invalid instance type", text).at(at));
        }
    }
}

fn taints_are_distinct(taints: &Attr<Set<Taint>>, errors: &mut Diagnostics) {
    let mut seen = BTreeSet::new();
    let taints = taints.known().into_iter().flat_map(Set::known);
    for key in taints.filter_map(|taint| taint.key.text()) {
        if !seen.insert(key) {
            let text = format!(
                "There are two taints of the key \"{key}\". Kubernetes takes several, with \
                 different effects, but the cluster autoscaler knows one for each key. Keep one of them."
            );
            errors.push(Diagnostic::error("Invalid taints", text).at("taints"));
        }
    }
}

/// The cluster's name from the provider, the group's from the cluster's.
fn name(data: &Data, change: &mut PlannedChange<WorkerGroup>, errors: &mut Diagnostics) {
    let prior = change.prior.as_ref();
    change.plan.cluster_name = names::cluster(
        data,
        &change.config.cluster_name,
        prior.map(|prior| &prior.cluster_name),
        &change.plan.cluster_name,
        errors,
    );
    change.plan.autoscaling_group_name = shared::name(
        &KIND,
        &change.config.autoscaling_group_name,
        prior.map(|prior| &prior.autoscaling_group_name),
        &change.plan.autoscaling_group_name,
        (
            &change.plan.cluster_name,
            &change.plan.name.clone().map(|name| part(&name)),
        ),
        errors,
    );
    names::replace_for_another_cluster(change, |group| &group.cluster_name);
}

fn nodes(change: &mut PlannedChange<WorkerGroup>, errors: &mut Diagnostics) {
    let prior = change.prior.as_ref().map(HasMachine::machine);
    let mut machine = change.plan.machine();
    machine.complete(
        &change.config.machine(),
        change.config.user_data(),
        prior.as_ref(),
        errors,
    );
    change.plan.set_machine(machine);
}

/// What there being spot instances brings with it.
fn spot(change: &mut PlannedChange<WorkerGroup>) {
    let plan = &mut change.plan;
    let has_spot = plan
        .on_demand_percentage_above_base_capacity
        .map(|on_demand| on_demand < 100);
    if change.config.capacity_rebalance.is_null() {
        plan.capacity_rebalance = has_spot;
    }
    let types = plan.instance_types.known().map(|list| list.0.len());
    if has_spot == Attr::Known(true) && types == Some(1) {
        change.warn(
            Diagnostic::warning(
                "One type of spot instance",
                "When this type has no spot capacity in a zone, there is none to turn to. Give \
                 several types of equal CPU and memory: AWS recommends ten.",
            )
            .at("instance_types"),
        );
    }
}

fn hooks(change: &mut PlannedChange<WorkerGroup>) {
    let (config, plan) = (&change.config, &mut change.plan);
    shared::hook(&config.launch_hook, &mut plan.launch_hook, "ABANDON");
    shared::hook(
        &config.termination_hook,
        &mut plan.termination_hook,
        "CONTINUE",
    );
}

fn tags(data: &Data, change: &mut PlannedChange<WorkerGroup>, errors: &mut Diagnostics) {
    let plan = &change.plan;
    // As long as labels aren't known, the apply plans once more with them.
    let memory = plan.cluster_name.text().map_or_else(Tags::new, |cluster| {
        autoscaler(plan).map_or_else(Tags::new, |told| told.tags(cluster))
    });
    change.plan.tags_all = planned_tags(
        data,
        &KIND,
        &plan.cluster_name,
        &memory,
        &change.config.tags,
        errors,
    );
}

/// What is known of the parts: all that stays, nothing that is made anew.
fn parts(change: &mut PlannedChange<WorkerGroup>) {
    change.plan.drifted_settings = Attr::Known(Set::default());
    let Some(prior) = &change.prior else { return };
    let plan = &mut change.plan;
    let version = shared::version(
        (&prior.machine(), &plan.machine()),
        prior.tags_all == plan.tags_all,
        &prior.launch_template_version,
        &prior.drifted_settings,
    );
    let gone = prior.launch_template_id.is_null();
    plan.launch_template_version = match version {
        Version::Same if !gone => prior.launch_template_version,
        _ => Attr::Unknown,
    };
    if gone {
        plan.launch_template_id = Attr::Unknown;
    }
    if prior.arn.is_null() {
        plan.arn = Attr::Unknown;
    }
    let other_nodes = version == Version::Other
        || gone
        || prior.arn.is_null()
        || prior.instance_types != plan.instance_types
        || Ignored::of(prior) != Ignored::of(plan);
    let some_left = prior
        .outdated_instance_ids
        .known()
        .is_some_and(|ids| !ids.0.is_empty());
    let rolls = plan.instance_refresh.known().is_some_and(rolls);
    plan.outdated_instance_ids = if other_nodes || (rolls && some_left) {
        Attr::Unknown
    } else {
        prior.outdated_instance_ids.clone()
    };
}

fn rolls(refresh: &super::model::InstanceRefresh) -> bool {
    refresh.strategy.text() != Some("none")
}

/// Whether what must be deleted can be.
fn deletion(change: &PlannedChange<WorkerGroup>, errors: &mut Diagnostics) {
    let why = change.prior.as_ref().and_then(is_protected);
    shared::protection(&KIND, change.replacements(), why, errors);
    let plan = &change.plan;
    let no_force = plan.deletion_protection.text() == Some("prevent-force-deletion");
    if no_force && plan.force_delete == Attr::Known(true) {
        let text = "\"force_delete\" is what \"prevent-force-deletion\" forbids. Keep one of them.";
        errors.push(Diagnostic::error("Conflicting attributes", text).at("force_delete"));
    }
}

/// Why a group may not be destroyed as its state is.
pub(super) fn is_protected(state: &WorkerGroup) -> Option<Diagnostic> {
    // What is not there needs no protection.
    state.arn.known()?;
    protected(
        state.deletion_protection.text(),
        state.force_delete == Attr::Known(true),
    )
}

/// Notes the parts that a state has.
pub(super) fn manage(data: &Data, state: &WorkerGroup) {
    for id in [&state.arn, &state.launch_template_id] {
        if let Some(id) = id.text() {
            data.claims.manage(id);
        }
    }
}

#[cfg(test)]
mod tests {
    use tfplug::Map;

    use super::super::model::{InstanceMaintenancePolicy, InstanceRefresh, Preferences};
    use super::*;
    use crate::node_group::RootBlockDevice;

    fn data() -> Data {
        Data::for_tests("prod")
    }

    /// What a user writes at least.
    fn config() -> WorkerGroup {
        WorkerGroup {
            name: "general".into(),
            subnets: Attr::Known(Map::from_iter([("a".to_owned(), "subnet-1".to_owned())])),
            min_size: 1.into(),
            max_size: 3.into(),
            instance_types: types(&["m5.large"]),
            image_id: "ami-1".into(),
            security_group_ids: Attr::Known(Set::from_iter(["sg-1".to_owned()])),
            ..WorkerGroup::default()
        }
    }

    fn types(names: &[&str]) -> Attr<List<String>> {
        Attr::Known(names.iter().map(|name| (*name).to_owned()).collect())
    }

    /// What the schema's defaults and "known after apply" make of it.
    fn proposed(config: &WorkerGroup) -> WorkerGroup {
        let or = |said: Attr<i64>, default: i64| if said.is_null() { default.into() } else { said };
        WorkerGroup {
            cluster_name: Attr::Unknown,
            autoscaling_group_name: Attr::Unknown,
            on_demand_base_capacity: or(config.on_demand_base_capacity, 0),
            on_demand_percentage_above_base_capacity: or(
                config.on_demand_percentage_above_base_capacity,
                100,
            ),
            spot_allocation_strategy: "price-capacity-optimized".into(),
            capacity_rebalance: Attr::Unknown,
            cluster_autoscaler: true.into(),
            protect_from_scale_in: false.into(),
            deletion_protection: "none".into(),
            force_delete: false.into(),
            root_block_device: RootBlockDevice {
                device_name: Attr::Unknown,
                ..RootBlockDevice::default()
            }
            .into(),
            instance_refresh: rolling(),
            enabled_metrics: Attr::Unknown,
            tags_all: Attr::Unknown,
            arn: Attr::Unknown,
            launch_template_id: Attr::Unknown,
            launch_template_version: Attr::Unknown,
            outdated_instance_ids: Attr::Unknown,
            drifted_settings: Attr::Unknown,
            user_data_sha256: Attr::Unknown,
            ..config.clone()
        }
    }

    fn rolling() -> Attr<InstanceRefresh> {
        InstanceRefresh {
            strategy: "rolling".into(),
            preferences: Preferences::default().into(),
        }
        .into()
    }

    fn creation(config: WorkerGroup) -> PlannedChange<WorkerGroup> {
        let plan = proposed(&config);
        PlannedChange::new(config, None, plan)
    }

    /// The state that a configuration leads to.
    fn state(config: &WorkerGroup) -> WorkerGroup {
        let mut change = creation(config.clone());
        plan(&data(), &mut change).unwrap();
        let mut machine = change.plan.machine();
        machine.set_root_device_name("/dev/sda1");
        change.plan.set_machine(machine);
        WorkerGroup {
            arn: "arn".into(),
            launch_template_id: "lt-1".into(),
            launch_template_version: 1.into(),
            outdated_instance_ids: Attr::Known(Set::default()),
            ..change.plan
        }
    }

    /// The plan of a change from this state.
    fn change(before: &WorkerGroup, now: impl Fn(&mut WorkerGroup)) -> WorkerGroup {
        let (mut config, mut planned) = (config(), before.clone());
        now(&mut config);
        now(&mut planned);
        let mut change = PlannedChange::new(config, Some(before.clone()), planned);
        plan(&data(), &mut change).unwrap();
        change.plan
    }

    fn faults(found: Result<()>) -> Vec<String> {
        let errors = found.err().unwrap_or_default();
        texts(&errors)
    }

    fn texts(found: &Diagnostics) -> Vec<String> {
        found
            .iter()
            .map(|one| format!("{}: {}", one.path(), one.summary()))
            .collect()
    }

    fn invalid(config: &WorkerGroup) -> Vec<String> {
        let mut errors = Diagnostics::new();
        validate(config, &mut errors);
        texts(&errors)
    }

    #[test]
    fn a_plan_knows_all_that_does_not_come_from_aws() {
        let mut change = creation(config());
        plan(&data(), &mut change).unwrap();
        let plan = change.plan;
        assert_eq!(plan.autoscaling_group_name, "prod-worker-general".into());
        assert_eq!(plan.capacity_rebalance, false.into());
        assert_eq!(plan.tags_all, Attr::Known(Map::default()));
        assert_eq!(plan.drifted_settings, Attr::Known(Set::default()));
        assert!(plan.outdated_instance_ids.is_unknown());
    }

    #[test]
    fn sizes_must_be_in_order() {
        let sized = |least: i64, most: i64, desired: Option<i64>| {
            invalid(&WorkerGroup {
                min_size: least.into(),
                max_size: most.into(),
                desired_capacity: desired.into(),
                ..config()
            })
        };
        assert_eq!(sized(1, 1, Some(1)), [""; 0]);
        assert_eq!(sized(0, 9, None), [""; 0]);
        assert_eq!(sized(2, 1, Some(0)), ["min_size: Invalid size"]);
        assert_eq!(sized(1, 2, Some(0)), ["desired_capacity: Invalid size"]);
        assert_eq!(sized(1, 2, Some(3)), ["desired_capacity: Invalid size"]);
        let unknown = WorkerGroup {
            min_size: Attr::Unknown,
            desired_capacity: 4.into(),
            ..config()
        };
        assert_eq!(invalid(&unknown), ["desired_capacity: Invalid size"]);
    }

    #[test]
    fn types_and_taints_stand_once() {
        let twice = WorkerGroup {
            instance_types: types(&["a", "b", "a"]),
            ..config()
        };
        assert_eq!(
            invalid(&twice),
            ["instance_types[2]: Invalid instance type"]
        );
        let taint = |key: &str, effect: &str| Taint {
            key: key.into(),
            value: "".into(),
            effect: effect.into(),
        };
        let taints = |all: [Taint; 2]| WorkerGroup {
            taints: Attr::Known(Set::from_iter(all)),
            ..config()
        };
        let fine = taints([taint("a", "NoSchedule"), taint("b", "NoSchedule")]);
        assert_eq!(invalid(&fine), [""; 0]);
        let twice = taints([taint("a", "NoSchedule"), taint("a", "NoExecute")]);
        assert_eq!(invalid(&twice), ["taints: Invalid taints"]);
    }

    #[test]
    fn preferences_are_checked_with_the_policy() {
        let wide = WorkerGroup {
            instance_maintenance_policy: InstanceMaintenancePolicy {
                min_healthy_percentage: 0.into(),
                max_healthy_percentage: 200.into(),
            }
            .into(),
            ..config()
        };
        let at = "instance_maintenance_policy.max_healthy_percentage: Invalid percentages";
        assert_eq!(invalid(&wide), [at]);
    }

    #[test]
    fn spot_brings_rebalancing_and_asks_for_several_types() {
        let spot = |names: &[&str]| {
            let mut change = creation(WorkerGroup {
                on_demand_percentage_above_base_capacity: 50.into(),
                instance_types: types(names),
                ..config()
            });
            plan(&data(), &mut change).unwrap();
            (change.plan.capacity_rebalance, texts(change.warnings()))
        };
        let warned = "instance_types: One type of spot instance".to_owned();
        assert_eq!(spot(&["a"]), (true.into(), vec![warned]));
        assert_eq!(spot(&["a", "b"]), (true.into(), Vec::new()));
    }

    #[test]
    fn what_the_nodes_are_decides_who_is_outdated() {
        let before = state(&config());
        let other_image = change(&before, |group| group.image_id = "ami-2".into());
        assert!(other_image.launch_template_version.is_unknown());
        assert!(other_image.outdated_instance_ids.is_unknown());
        let other_types = change(&before, |group| group.instance_types = types(&["a", "b"]));
        assert!(other_types.outdated_instance_ids.is_unknown());
    }

    #[test]
    fn tags_and_sizes_and_prices_make_nobody_outdated() {
        let before = state(&config());
        let none = Attr::Known(Set::default());
        let tagged = change(&before, |group| {
            group.tags = Attr::Known(Map::from_iter([("a".to_owned(), "b".to_owned())]));
        });
        assert!(tagged.launch_template_version.is_unknown());
        assert_eq!(tagged.outdated_instance_ids, none);
        let sized = change(&before, |group| group.max_size = 9.into());
        assert_eq!(sized.launch_template_version, 1.into());
        assert_eq!(sized.outdated_instance_ids, none);
        let mixed = state(&WorkerGroup {
            instance_types: types(&["a", "b"]),
            ..config()
        });
        let paid = change(&mixed, |group| {
            group.instance_types = types(&["a", "b"]);
            group.spot_max_price = "0.05".into();
        });
        assert_eq!(paid.launch_template_version, 1.into());
        assert_eq!(paid.outdated_instance_ids, none);
    }

    #[test]
    fn who_is_left_from_an_interrupted_refresh_is_replaced_next() {
        let left: Attr<Set<String>> = Attr::Known(Set::from_iter(["i-1".to_owned()]));
        let before = WorkerGroup {
            outdated_instance_ids: left,
            ..state(&config())
        };
        let planned = change(&before, |_| {});
        assert!(planned.outdated_instance_ids.is_unknown());
        let none = InstanceRefresh {
            strategy: "none".into(),
            preferences: Preferences::default().into(),
        };
        let tolerating = WorkerGroup {
            instance_refresh: none.into(),
            ..before
        };
        let planned = change(&tolerating, |_| {});
        assert_eq!(planned, tolerating);
    }

    #[test]
    fn what_vanished_is_made_anew_and_what_drifted_is_put_right() {
        let before = WorkerGroup {
            arn: Attr::Null,
            drifted_settings: Attr::Known(Set::from_iter(["x".to_owned()])),
            ..state(&config())
        };
        let planned = change(&before, |_| {});
        assert!(planned.arn.is_unknown());
        assert_eq!(planned.launch_template_id, "lt-1".into());
        assert_eq!(planned.drifted_settings, Attr::Known(Set::default()));
    }

    #[test]
    fn nothing_changes_by_itself() {
        let before = state(&config());
        assert_eq!(change(&before, |_| {}), before);
    }

    #[test]
    fn tags_of_the_autoscaler_are_the_resources_own() {
        let tagged = |key: &str, value: &str| {
            let mut change = creation(WorkerGroup {
                tags: Attr::Known(Map::from_iter([(key.to_owned(), value.to_owned())])),
                ..config()
            });
            faults(plan(&data(), &mut change))
        };
        let label = "k8s.io/cluster-autoscaler/node-template/label/a";
        assert_eq!(tagged(label, "b"), ["tags: Invalid tags"]);
        let enabled = "k8s.io/cluster-autoscaler/enabled";
        assert_eq!(tagged(enabled, "false"), ["tags: Invalid tags"]);
        assert_eq!(tagged(enabled, "true"), [""; 0]);
        let gpus = "k8s.io/cluster-autoscaler/node-template/resources/nvidia.com/gpu";
        assert_eq!(tagged(gpus, "1"), [""; 0]);
    }

    #[test]
    fn a_protected_group_is_not_replaced() {
        let before = WorkerGroup {
            deletion_protection: "prevent-all-deletion".into(),
            ..state(&config())
        };
        let mut change = PlannedChange::new(config(), Some(before.clone()), before);
        let found = faults(plan(&Data::for_tests("other"), &mut change));
        assert_eq!(found, ["cluster_name: Deletion protection is on"]);
    }

    #[test]
    fn two_blocks_cannot_mean_one_group() {
        let data = data();
        plan(&data, &mut creation(config())).unwrap();
        let found = faults(plan(&data, &mut creation(config())));
        assert_eq!(found, ["name: Name claimed twice"]);
        let other = WorkerGroup {
            name: "other".into(),
            ..config()
        };
        plan(&data, &mut creation(other)).unwrap();
    }
}
