//! A planned group in AWS's terms: everything known, everything of AWS's types.

use std::collections::BTreeSet;
use std::time::Duration;

use aws::autoscaling::{GroupSettings, Hook, Launch, MaintenancePolicy, Transition};
use aws::tags::Tags;
use tfplug::validate::parse_duration;
use tfplug::{Attr, Diagnostic, List, Map, Result, Set};

use super::KIND;
use super::autoscaler::{self, Autoscaler};
use super::model::WorkerGroup;
use super::preferences::Replacing;
use super::purchase::Purchase;
use crate::node_group::{DesiredGroup, Marks, hook_spec, number};
use crate::provider::Data;
use crate::tags;

/// Names of the hooks.
pub(super) const LAUNCH_HOOK: &str = "kubeha-launch";
pub(super) const TERMINATION_HOOK: &str = "kubeha-termination";

/// AWS's default: only simple scaling policies mind it, and nobody scales nodes by those.
pub(super) const COOLDOWN: i32 = 300;

/// What is to be. Made from a plan whose values are all known: in an apply.
#[derive(Clone, Debug)]
pub(super) struct Desired {
    pub(super) cluster: String,
    /// The name of group and launch template.
    pub(super) name: String,
    pub(super) purchase: Purchase,
    pub(super) replacing: Replacing,
    pub(super) marks: Marks,
    pub(super) tags_all: Tags,
    /// How long to wait for nodes; not at all if zero.
    pub(super) capacity_timeout: Duration,
}

impl Desired {
    /// # Errors
    /// A value that must be known by now isn't, which is a defect.
    pub(super) fn of(data: &Data, plan: &WorkerGroup) -> Result<Self> {
        let cluster = plan.cluster_name.get("cluster_name")?;
        let name = plan.autoscaling_group_name.get("autoscaling_group_name")?;
        let told = autoscaler(plan).ok_or_else(|| unknown_within("labels"))?;
        Ok(Self {
            cluster: cluster.clone(),
            name: name.clone(),
            purchase: purchase(plan)?,
            replacing: Replacing::of(plan)?,
            marks: Marks::new(data, &KIND, cluster, name, told.tags(cluster)),
            tags_all: tags::wanted(plan.tags_all.get("tags_all")?),
            capacity_timeout: capacity_timeout(plan)?,
        })
    }

    /// The group, launching this.
    ///
    /// # Errors
    /// A value that must be known by now isn't, which is a defect.
    pub(super) fn group(&self, plan: &WorkerGroup, launch: Launch) -> Result<DesiredGroup> {
        let (hooks, no_hooks) = hooks(plan)?;
        Ok(DesiredGroup {
            min_size: number(&plan.min_size, "min_size")?,
            max_size: number(&plan.max_size, "max_size")?,
            desired_capacity: match plan.desired_capacity {
                Attr::Null => None,
                desired => Some(number(&desired, "desired_capacity")?),
            },
            launch,
            subnets: subnets(&plan.subnets)?,
            target_groups: words(&plan.target_group_arns, "target_group_arns")?,
            settings: settings(plan)?,
            suspended: words(&plan.suspended_processes, "suspended_processes")?,
            metrics: words(&plan.enabled_metrics, "enabled_metrics")?,
            hooks,
            no_hooks,
            tags: self.marks.of_group(&self.tags_all),
        })
    }
}

/// What the autoscaler is told; `None` as long as a part of it isn't known.
pub(super) fn autoscaler(group: &WorkerGroup) -> Option<Autoscaler> {
    let labels = match &group.labels {
        Attr::Null => Default::default(),
        labels => labels.known()?.all_known()?,
    };
    let taints = match &group.taints {
        Attr::Null => Vec::new(),
        taints => taints.known()?.all_known()?,
    };
    let taint = |taint: &super::model::Taint| {
        Some(autoscaler::Taint {
            key: taint.key.known()?.clone(),
            value: taint.value.known()?.clone(),
            effect: taint.effect.known()?.clone(),
        })
    };
    Some(Autoscaler {
        enabled: *group.cluster_autoscaler.known()?,
        labels: labels
            .into_iter()
            .map(|(key, value)| (key.to_owned(), value.clone()))
            .collect(),
        taints: taints.into_iter().map(taint).collect::<Option<_>>()?,
    })
}

/// What is launched, and how it is paid for.
///
/// # Errors
/// A value isn't known, which in an apply is a defect.
pub(super) fn purchase(group: &WorkerGroup) -> Result<Purchase> {
    let percentage = "on_demand_percentage_above_base_capacity";
    Ok(Purchase {
        instance_types: list(&group.instance_types, "instance_types")?,
        on_demand_base_capacity: number(&group.on_demand_base_capacity, "on_demand_base_capacity")?,
        on_demand_percentage_above_base_capacity: number(
            &group.on_demand_percentage_above_base_capacity,
            percentage,
        )?,
        spot_allocation_strategy: group
            .spot_allocation_strategy
            .get("spot_allocation_strategy")?
            .clone(),
        spot_max_price: match &group.spot_max_price {
            Attr::Null => None,
            price => Some(price.get("spot_max_price")?.clone()),
        },
    })
}

fn settings(plan: &WorkerGroup) -> Result<GroupSettings> {
    let policy = match &plan.instance_maintenance_policy {
        Attr::Null => None,
        policy => {
            let at = "instance_maintenance_policy";
            let policy = policy.get(at)?;
            Some(MaintenancePolicy {
                min_healthy_percentage: number(&policy.min_healthy_percentage, at)?,
                max_healthy_percentage: number(&policy.max_healthy_percentage, at)?,
            })
        }
    };
    Ok(GroupSettings {
        health_check_type: plan.health_check_type.get("health_check_type")?.clone(),
        health_check_grace_period: number(
            &plan.health_check_grace_period,
            "health_check_grace_period",
        )?,
        default_cooldown: COOLDOWN,
        default_instance_warmup: optional(
            &plan.default_instance_warmup,
            "default_instance_warmup",
        )?,
        termination_policies: list(&plan.termination_policies, "termination_policies")?,
        new_instances_protected_from_scale_in: *plan
            .protect_from_scale_in
            .get("protect_from_scale_in")?,
        capacity_rebalance: *plan.capacity_rebalance.get("capacity_rebalance")?,
        max_instance_lifetime: optional(&plan.max_instance_lifetime, "max_instance_lifetime")?,
        instance_maintenance_policy: policy,
        capacity_distribution_strategy: plan
            .capacity_distribution_strategy
            .get("capacity_distribution_strategy")?
            .clone(),
        deletion_protection: plan.deletion_protection.get("deletion_protection")?.clone(),
    })
}

/// Hooks to have, and the names of those not to be.
fn hooks(plan: &WorkerGroup) -> Result<(Vec<Hook>, Vec<String>)> {
    let mut hooks = Vec::new();
    let mut no_hooks = Vec::new();
    for (name, transition, hook, attribute) in [
        (
            LAUNCH_HOOK,
            Transition::Launching,
            &plan.launch_hook,
            "launch_hook",
        ),
        (
            TERMINATION_HOOK,
            Transition::Terminating,
            &plan.termination_hook,
            "termination_hook",
        ),
    ] {
        match hook_spec(name, transition, hook, attribute)? {
            Some(hook) => hooks.push(hook),
            None => no_hooks.push(name.to_owned()),
        }
    }
    Ok((hooks, no_hooks))
}

fn capacity_timeout(plan: &WorkerGroup) -> Result<Duration> {
    let name = "wait_for_capacity_timeout";
    let text = plan.wait_for_capacity_timeout.get(name)?;
    parse_duration(text)
        .ok_or_else(|| Diagnostic::bug(format!("\"{name}\" is {text:?}, no duration.")).into())
}

fn subnets(subnets: &Attr<Map<String>>) -> Result<BTreeSet<String>> {
    let known = subnets.get("subnets")?.all_known();
    let known = known.ok_or_else(|| unknown_within("subnets"))?;
    Ok(known.into_values().cloned().collect())
}

fn words(set: &Attr<Set<String>>, name: &str) -> Result<BTreeSet<String>> {
    if set.is_null() {
        return Ok(BTreeSet::new());
    }
    let known = set.get(name)?.all_known();
    let known = known.ok_or_else(|| unknown_within(name))?;
    Ok(known.into_iter().cloned().collect())
}

fn list(list: &Attr<List<String>>, name: &str) -> Result<Vec<String>> {
    let known = list.get(name)?.all_known();
    let known = known.ok_or_else(|| unknown_within(name))?;
    Ok(known.into_iter().cloned().collect())
}

fn optional(attribute: &Attr<i64>, name: &str) -> Result<Option<i32>> {
    match attribute {
        Attr::Null => Ok(None),
        attribute => number(attribute, name).map(Some),
    }
}

fn unknown_within(name: &str) -> Diagnostic {
    Diagnostic::bug(format!(
        "A part of \"{name}\" is not known where it must be."
    ))
    .at(name)
}
