//! What an apply will do to the nodes, said in the plan; and why it would not, as an error of it.

use std::collections::BTreeSet;
use std::time::Duration;

use ::rollout::{Goal, Observation, TargetGroupTiming, TargetGroups, TargetHealth, explain};
use aws::Clients;
use aws::autoscaling::{Group, GroupInstance, Refresh};
use futures_util::future::try_join_all;
use tfplug::{Attr, Diagnostic, Diagnostics, Path, PlannedChange, Set};
use topology::words::{count, list};
use topology::{Members, Topology};

use super::super::model::ControlPlaneGroup;
use super::super::plan::version;
use super::super::sizing;
use super::look::{Look, differs};
use super::refresh::{refusal, told};
use super::{Rolling, Strategy};
use crate::node_group::is_living;
use crate::node_group::plan::Version;

/// AWS's key of how long a target that was deregistered is draining, in seconds.
/// <https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_TargetGroupAttribute.html>
const DELAY: &str = "deregistration_delay.timeout_seconds";

/// What AWS takes where nobody sets that.
const DEFAULT_DELAY: Duration = Duration::from_secs(300);

/// Stands for a target group that is made by the same apply.
const TO_COME: &str = "(known after apply)";

/// Looks whether the change can be rolled out, and says how. `warn` gets what the user should know.
///
/// # Errors
/// AWS can't be asked.
pub(in super::super) async fn forecast(
    clients: &Clients,
    change: &PlannedChange<ControlPlaneGroup>,
    warn: impl Fn(Diagnostic),
) -> Result<Diagnostics, aws::Error> {
    // What is wrong with either of them the plan has said.
    let (Ok(Some(rolling)), Ok(Some(topology))) = (
        Rolling::of(&change.plan.rollout),
        sizing::topology(&change.plan),
    ) else {
        return Ok(Diagnostics::new());
    };
    if rolling.strategy == Strategy::None {
        return Ok(Diagnostics::new());
    }
    let case = Case {
        clients,
        change,
        rolling,
        topology,
    };
    let mut found = Diagnostics::new();
    if case.timing_may_differ() {
        case.check_timing(&mut found, &warn).await?;
    }
    case.check_work(&mut found, &warn).await?;
    Ok(found)
}

struct Case<'a> {
    clients: &'a Clients,
    change: &'a PlannedChange<ControlPlaneGroup>,
    rolling: Rolling,
    topology: Topology,
}

impl Case<'_> {
    fn timing_may_differ(&self) -> bool {
        let plan = &self.change.plan;
        self.change.prior.as_ref().is_none_or(|prior| {
            prior.rollout != plan.rollout || prior.target_group_arns != plan.target_group_arns
        })
    }

    /// The API target groups must be able to tell in time how nodes are.
    async fn check_timing(
        &self,
        found: &mut Diagnostics,
        warn: &impl Fn(Diagnostic),
    ) -> Result<(), aws::Error> {
        let arns = known(&self.change.plan.target_group_arns);
        if arns.is_empty() {
            return Ok(());
        }
        let elb = self.clients.elbv2().await?;
        let looks = arns.iter().map(async |arn| {
            tokio::try_join!(
                elb.known_target_group(arn),
                elb.known_target_group_attribute(arn, DELAY)
            )
        });
        for (group, delay) in try_join_all(looks).await? {
            let Some(group) = group else {
                continue;
            };
            let check = &group.health_check;
            let delay = delay.and_then(|text| text.parse().ok());
            let number = |number: i32| u32::try_from(number).unwrap_or_default();
            let timing = TargetGroupTiming {
                interval: Duration::from_secs(number(check.interval_seconds).into()),
                healthy_threshold: number(check.healthy_threshold),
                unhealthy_threshold: number(check.unhealthy_threshold),
                deregistration_delay: delay.map_or(DEFAULT_DELAY, Duration::from_secs),
            };
            let at = |field: ::rollout::Field| Path::attribute("rollout").and(field.as_str());
            if let Err(error) = self.rolling.settings.check_against(&timing) {
                let text = format!(
                    "With the target group \"{}\", {error}. Give it more time.",
                    group.name
                );
                let summary = "Rollout settings can't work together";
                found.push(Diagnostic::error(summary, text).at(at(error.field())));
            }
            for warning in self.rolling.settings.warnings(&timing) {
                let told = Diagnostic::warning(warning.summary(), warning.to_string());
                warn(told.at(at(warning.field())));
            }
        }
        Ok(())
    }

    /// What is to be done to the nodes that there are.
    async fn check_work(
        &self,
        found: &mut Diagnostics,
        warn: &impl Fn(Diagnostic),
    ) -> Result<(), aws::Error> {
        let (change, plan) = (self.change, &self.change.plan);
        let Some(prior) = &change.prior else {
            return Ok(());
        };
        let (Some(name), Some(_), true) = (
            prior.name.text(),
            prior.arn.text(),
            change.replacements().is_empty(),
        ) else {
            return Ok(());
        };
        // A version that goes back to what some nodes run may replace fewer than this says.
        // Nor can anybody say what nodes run whose launch template is gone.
        let all = version(prior, plan) == Version::Other || prior.launch_template_id.is_null();
        let outdated: BTreeSet<&String> = (prior.outdated_instance_ids.known().into_iter())
            .flat_map(Set::known)
            .collect();
        let resizes = prior.size != plan.size || prior.zones().any(|zone| !self.plans(zone));
        if !all && outdated.is_empty() && !resizes {
            return Ok(());
        }
        let goal = self.goal(prior);
        let look = Look {
            scaling: self.clients.autoscaling().await?,
            elb: self.clients.elbv2().await?,
            name,
            target_groups: &attached(&goal.target_groups, prior),
        };
        let Some(seen) = look.look().await? else {
            return Ok(());
        };
        let is_outdated = |instance: &GroupInstance| {
            let is_astray = !self.plans(&instance.zone);
            all || (outdated.contains(&instance.id) && !is_astray)
        };
        let by_aws = self.rolling.strategy == Strategy::InstanceRefresh;
        let drives = |instance: &GroupInstance| !by_aws && is_outdated(instance);
        if !by_aws || differs(&goal, &seen.group, drives) {
            if let Some(active) = &seen.refresh {
                found.push(refreshing(active, by_aws));
                return Ok(());
            }
            let mut observation = seen.observation(true, drives, Duration::ZERO);
            join_those_to_come(&mut observation, &goal.target_groups, &look);
            let explanation = explain(&goal, &observation);
            if let Some(reason) = explanation.refusal() {
                found.push(told(reason));
                return Ok(());
            }
            if !explanation.is_empty() {
                warn(planned(&explanation.to_string()));
            }
        }
        if by_aws {
            self.check_refresh(&seen.group, is_outdated, found, warn);
        }
        Ok(())
    }

    fn check_refresh(
        &self,
        group: &Group,
        is_outdated: impl Fn(&GroupInstance) -> bool,
        found: &mut Diagnostics,
        warn: &impl Fn(Diagnostic),
    ) {
        let outdated: BTreeSet<String> = (group.instances.iter())
            .filter(|instance| is_living(instance) && is_outdated(instance))
            .map(|instance| instance.id.clone())
            .collect();
        if outdated.is_empty() {
            return;
        }
        let size = self.topology.size();
        match refusal(size, &self.rolling.settings, group, &outdated) {
            Some(reason) => found.push(told(&reason)),
            None => warn(planned(&by_refresh(size.members(), &outdated))),
        }
    }

    fn plans(&self, zone: &str) -> bool {
        (self.topology.zones().iter()).any(|planned| planned.as_str() == zone)
    }

    fn goal(&self, prior: &ControlPlaneGroup) -> Goal {
        let plan = &self.change.plan;
        let schedulable = plan.schedulable == Attr::Known(true);
        let service = if schedulable {
            known(&plan.service_target_group_arns)
        } else {
            BTreeSet::new()
        };
        let mut api = known(&plan.target_group_arns);
        let is_open = match &plan.target_group_arns {
            Attr::Unknown => true,
            Attr::Known(arns) => arns.all_known().is_none(),
            Attr::Null => false,
        };
        if is_open {
            api.extend(known(&prior.target_group_arns));
            api.insert(TO_COME.to_owned());
        }
        Goal {
            size: self.topology.size(),
            zones: self.topology.zones().clone(),
            target_groups: TargetGroups { api, service },
            roll_last: self.rolling.roll_last.clone(),
            settings: self.rolling.settings,
        }
    }
}

fn known(arns: &Attr<Set<String>>) -> BTreeSet<String> {
    let known = arns.known().into_iter().flat_map(Set::known);
    known.cloned().collect()
}

/// Those of the goal's target groups that are attached already.
fn attached(goal: &TargetGroups, prior: &ControlPlaneGroup) -> TargetGroups {
    let now: BTreeSet<&String> = prior.attached().collect();
    let of = |arns: &BTreeSet<String>| {
        let attached = arns.iter().filter(|arn| now.contains(arn));
        attached.cloned().collect()
    };
    TargetGroups {
        api: of(&goal.api),
        service: of(&goal.service),
    }
}

/// Target groups that are attached first have all nodes then, and they come to be healthy there.
fn join_those_to_come(observation: &mut Observation, goal: &TargetGroups, look: &Look<'_>) {
    let attached = look.target_groups;
    let to_come =
        (goal.api.difference(&attached.api)).chain(goal.service.difference(&attached.service));
    for arn in to_come {
        for instance in &mut observation.instances {
            let healthy = TargetHealth::Healthy;
            instance.targets.insert(arn.clone(), healthy);
        }
    }
}

fn planned(steps: &str) -> Diagnostic {
    let text = format!(
        "The apply does this, each step only when the one before it has come out well, and stops \
         otherwise:\n\n{steps}"
    );
    Diagnostic::warning("Control plane nodes will be replaced or resized", text).at("rollout")
}

fn by_refresh(members: Members, outdated: &BTreeSet<String>) -> String {
    let size = members.get();
    format!(
        "An instance refresh replaces {} one at a time, in an order that AWS chooses ({}): meanwhile \
         {} of {size} are up and quorum is {}. The next one goes when the launch hook of the \
         successor is completed.",
        count(u32::try_from(outdated.len()).unwrap_or(u32::MAX), "node"),
        list(outdated, "and"),
        size.saturating_sub(1),
        members.quorum()
    )
}

fn refreshing(active: &Refresh, by_aws: bool) -> Diagnostic {
    let what = if by_aws {
        "Nodes can't be added or taken away"
    } else {
        "Nodes can't be replaced, added or taken away one at a time"
    };
    let text = format!(
        "{what} while AWS replaces some: the instance refresh {} is {} ({} percent). Wait until it \
         is over, or cancel it: aws autoscaling cancel-instance-refresh.",
        active.id, active.status, active.percentage_complete
    );
    Diagnostic::error("An instance refresh is going on", text).at("rollout")
}
