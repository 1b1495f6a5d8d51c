//! A planned group in AWS's terms: everything known, everything of AWS's types.

use std::collections::BTreeSet;
use std::time::Duration;

use ::rollout::TargetGroups;
use aws::autoscaling::{GroupSettings, Launch, TemplateRef, Transition};
use aws::tags::Tags;
use tfplug::validate::parse_duration;
use tfplug::{Attr, Diagnostic, Result, Set};

use super::model::ControlPlaneGroup;
use super::{KIND, LABEL_KEY, LAUNCH_HOOK, TAINT_KEY, TERMINATION_HOOK};
use crate::node_group::{DesiredGroup, Marks, Wanted, hook_spec, number};
use crate::provider::Data;
use crate::tags;

/// What is to be. Made from a plan whose values are all known: in an apply.
#[derive(Clone, Debug)]
pub(super) struct Desired {
    pub(super) size: i32,
    pub(super) subnets: BTreeSet<String>,
    pub(super) zones: BTreeSet<String>,
    pub(super) tags: Tags,
    pub(super) marks: Marks,
    /// Zero doesn't wait.
    pub(super) capacity_timeout: Duration,
}

impl Desired {
    /// # Errors
    /// A value that must be known by now isn't, which is a defect.
    pub(super) fn of(data: &Data, plan: &ControlPlaneGroup) -> Result<Self> {
        let subnets = plan.subnets.get("subnets")?;
        let ids = subnets
            .all_known()
            .ok_or_else(|| unknown_within("subnets"))?;
        let timeout = plan
            .wait_for_capacity_timeout
            .get("wait_for_capacity_timeout")?;
        let timeout = parse_duration(timeout).unwrap_or_default();
        Ok(Self {
            size: number(&plan.size, "size")?,
            subnets: ids.into_values().cloned().collect(),
            zones: plan.zones().map(str::to_owned).collect(),
            tags: tags::wanted(plan.tags_all.get("tags_all")?),
            marks: marks(data, plan),
            capacity_timeout: timeout,
        })
    }

    /// The group that launches this version of its launch template.
    ///
    /// # Errors
    /// A value that must be known by now isn't, which is a defect.
    pub(super) fn group(
        &self,
        plan: &ControlPlaneGroup,
        template_id: &str,
        version: i64,
    ) -> Result<DesiredGroup> {
        let (launching, terminating) = (Transition::Launching, Transition::Terminating);
        let (launch_hook, termination_hook) = (&plan.launch_hook, &plan.termination_hook);
        let hooks = [
            (
                LAUNCH_HOOK,
                hook_spec(LAUNCH_HOOK, launching, launch_hook, "launch_hook")?,
            ),
            (
                TERMINATION_HOOK,
                hook_spec(
                    TERMINATION_HOOK,
                    terminating,
                    termination_hook,
                    "termination_hook",
                )?,
            ),
        ];
        let no_hooks = (hooks.iter())
            .filter(|(_, hook)| hook.is_none())
            .map(|(name, _)| (*name).to_owned())
            .collect();
        Ok(DesiredGroup {
            min_size: self.size,
            max_size: self.size,
            desired_capacity: Some(self.size),
            launch: launch(template_id, version),
            subnets: self.subnets.clone(),
            target_groups: target_groups(plan)?,
            settings: settings(plan)?,
            suspended: suspended(),
            metrics: texts(&plan.enabled_metrics, "enabled_metrics")?,
            hooks: hooks.into_iter().filter_map(|(_, hook)| hook).collect(),
            no_hooks,
            tags: self.marks.of_group(&self.tags),
        })
    }

    /// The target groups in which nodes are looked at, and out of which they are taken.
    pub(super) fn rolled_target_groups(plan: &ControlPlaneGroup) -> TargetGroups {
        let api: BTreeSet<String> = (plan.target_group_arns.known().into_iter())
            .flat_map(Set::known)
            .cloned()
            .collect();
        let service = plan.attached().filter(|arn| !api.contains(*arn));
        TargetGroups {
            service: service.cloned().collect(),
            api,
        }
    }

    /// What to wait for. `evenly`: whether nodes stand where the zones are only just said.
    pub(super) fn capacity(&self, evenly: bool) -> Wanted {
        Wanted {
            size: usize::try_from(self.size).unwrap_or_default(),
            zones: self.zones.clone(),
            evenly,
            exactly: true,
        }
    }
}

/// What a group launches from this version of its launch template.
pub(super) fn launch(template_id: &str, version: i64) -> Launch {
    Launch::Template(TemplateRef {
        id: template_id.to_owned(),
        version: version.to_string(),
    })
}

/// Tags of the objects of a group as planned, or as the state has it. One that was imported may
/// belong to a cluster that nobody names.
pub(super) fn marks(data: &Data, group: &ControlPlaneGroup) -> Marks {
    Marks::new(
        data,
        &KIND,
        group.cluster_name.text().unwrap_or_default(),
        group.name.text().unwrap_or_default(),
        memory(group.schedulable == Attr::Known(true)),
    )
}

/// What the group's tags remember of `schedulable`.
pub(super) fn memory(schedulable: bool) -> Tags {
    if schedulable {
        return Tags::new();
    }
    Tags::from([
        (TAINT_KEY.to_owned(), ":NoSchedule".to_owned()),
        (LABEL_KEY.to_owned(), String::new()),
    ])
}

/// Processes that a control plane can't bear: rebalancing ends nodes that do well.
pub(super) fn suspended() -> BTreeSet<String> {
    BTreeSet::from(["AZRebalance".to_owned()])
}

/// What one update sets of a group.
///
/// # Errors
/// A value that must be known by now isn't, which is a defect.
fn settings(plan: &ControlPlaneGroup) -> Result<GroupSettings> {
    let grace = number(&plan.health_check_grace_period, "health_check_grace_period")?;
    let warmup = match &plan.default_instance_warmup {
        Attr::Null => None,
        warmup => Some(number(warmup, "default_instance_warmup")?),
    };
    let protection = plan.deletion_protection.get("deletion_protection")?;
    Ok(fixed_settings(grace, warmup, protection))
}

/// Settings of which only these three are the user's to choose.
pub(super) fn fixed_settings(
    health_check_grace_period: i32,
    default_instance_warmup: Option<i32>,
    deletion_protection: &str,
) -> GroupSettings {
    GroupSettings {
        // A target group's health must never end a control plane node: all are unhealthy at once
        // when etcd has lost its quorum, and ending them would make that final.
        health_check_type: "EC2".to_owned(),
        health_check_grace_period,
        // AWS's default. It is about simple scaling policies, and there are none.
        default_cooldown: 300,
        default_instance_warmup,
        termination_policies: vec!["Default".to_owned()],
        new_instances_protected_from_scale_in: true,
        capacity_rebalance: false,
        max_instance_lifetime: None,
        instance_maintenance_policy: None,
        // A zone without capacity is waited for: a node in another zone would weigh that down.
        capacity_distribution_strategy: "balanced-only".to_owned(),
        deletion_protection: deletion_protection.to_owned(),
    }
}

fn target_groups(plan: &ControlPlaneGroup) -> Result<BTreeSet<String>> {
    for (name, arns) in [
        ("target_group_arns", &plan.target_group_arns),
        ("service_target_group_arns", &plan.service_target_group_arns),
    ] {
        if let Attr::Known(arns) = arns
            && arns.all_known().is_none()
        {
            return Err(unknown_within(name).into());
        }
    }
    Ok(plan.attached().cloned().collect())
}

fn texts(set: &Attr<Set<String>>, name: &str) -> Result<BTreeSet<String>> {
    let known = set
        .get(name)?
        .all_known()
        .ok_or_else(|| unknown_within(name))?;
    Ok(known.into_iter().cloned().collect())
}

fn unknown_within(name: &str) -> Diagnostic {
    Diagnostic::bug(format!(
        "A part of \"{name}\" is not known where it must be."
    ))
    .at(name)
}
