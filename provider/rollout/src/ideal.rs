//! A world in which everything comes out well, to think a roll through.

use std::collections::BTreeSet;
use std::time::Duration;

use crate::goal::Goal;
use crate::instance::{Instance, Lifecycle, TargetHealth};
use crate::observation::Observation;
use crate::step::Step;

/// The group as observed, brought into line with the plan, with an AWS that always delivers and
/// nodes that start. Who is unhealthy stays so.
#[derive(Debug, Clone)]
pub(crate) struct Ideal<'a> {
    goal: &'a Goal,
    observation: Observation,
    /// The names of those to be launched, in the order in which they come.
    expected: Vec<String>,
    added: u32,
}

impl<'a> Ideal<'a> {
    /// Before the roll the group itself is brought into line, which moves nobody.
    pub(crate) fn new(goal: &'a Goal, observation: &Observation) -> Self {
        let mut observation = observation.clone();
        let group = &mut observation.group;
        group.zones = goal
            .zones
            .iter()
            .map(|zone| zone.as_str().to_owned())
            .collect();
        group.launches_as_planned = true;
        group.suspended_processes = BTreeSet::from(["AZRebalance".to_owned()]);
        group.is_refreshing = false;
        observation.elapsed = Duration::ZERO;
        Self {
            goal,
            observation,
            expected: Vec::new(),
            added: 0,
        }
    }

    pub(crate) fn look(&self) -> &Observation {
        &self.observation
    }

    /// Does a step.
    pub(crate) fn apply(&mut self, step: &Step) {
        let arns: Vec<_> = self.target_groups().cloned().collect();
        let group = &mut self.observation.group;
        let mut instances = self.observation.instances.iter_mut();
        match step {
            Step::Deregister { id } => {
                if let Some(instance) = instances.find(|instance| instance.id == *id) {
                    instance.targets.clear();
                }
            }
            Step::Register { id } => {
                if let Some(instance) = instances.find(|instance| instance.id == *id) {
                    let healthy = |arn| (arn, TargetHealth::Healthy);
                    instance.targets = arns.into_iter().map(healthy).collect();
                }
            }
            Step::SetSize { min, max, desired } => {
                (group.min, group.max, group.desired) = (*min, *max, *desired);
            }
            Step::Terminate { id, decrement } => {
                if *decrement {
                    group.desired = group.desired.saturating_sub(1);
                } else {
                    self.expected.push(format!("the successor of {id}"));
                }
                self.observation
                    .instances
                    .retain(|instance| instance.id != *id);
            }
            Step::Done | Step::Stop(_) | Step::Wait { .. } => {}
        }
    }

    /// Lets happen what AWS and the nodes do by themselves. Whether anything happened.
    pub(crate) fn settle(&mut self) -> bool {
        let before = self.observation.clone();
        let arns: Vec<_> = self.target_groups().cloned().collect();
        let instances = &mut self.observation.instances;
        instances.retain(|instance| instance.lifecycle != Lifecycle::Leaving);
        for instance in instances.iter_mut() {
            instance
                .targets
                .retain(|_, health| *health != TargetHealth::Draining);
            for health in instance.targets.values_mut() {
                if *health == TargetHealth::Initial {
                    *health = TargetHealth::Healthy;
                }
            }
            if instance.lifecycle == Lifecycle::Joining {
                instance.lifecycle = Lifecycle::InService;
                let healthy = |arn: &String| (arn.clone(), TargetHealth::Healthy);
                instance.targets = arns.iter().map(healthy).collect();
            }
        }
        self.launch(&arns);
        self.observation != before
    }

    /// Launches what the group lacks, each where it has fewest.
    fn launch(&mut self, arns: &[String]) {
        let in_service = |instance: &&Instance| instance.lifecycle == Lifecycle::InService;
        let counted = self.observation.instances.iter().filter(in_service).count();
        let desired = usize::try_from(self.observation.group.desired).unwrap_or(usize::MAX);
        for _ in counted..desired {
            let instances = &self.observation.instances;
            let crowd = |zone: &str| instances.iter().filter(|i| i.zone == zone).count();
            let zones = self.goal.zones.iter().map(|zone| zone.as_str());
            let Some(zone) = zones.min_by_key(|zone| crowd(zone)) else {
                return;
            };
            let id = if self.expected.is_empty() {
                self.added += 1;
                format!("new node {}", self.added)
            } else {
                self.expected.remove(0)
            };
            let instance = Instance {
                id,
                zone: zone.to_owned(),
                lifecycle: Lifecycle::InService,
                outdated: false,
                targets: arns
                    .iter()
                    .map(|arn| (arn.clone(), TargetHealth::Healthy))
                    .collect(),
            };
            self.observation.instances.push(instance);
        }
    }

    fn target_groups(&self) -> impl Iterator<Item = &'a String> + use<'a> {
        self.goal
            .target_groups
            .api
            .iter()
            .chain(&self.goal.target_groups.service)
    }
}
