//! Does what the rules of rolling decide, look by look.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use ::rollout::{Goal, Memory, Observation, Reason, Step, decide};
use aws::autoscaling::{Group, GroupChanges, GroupInstance, Launch, TemplateVersion};
use aws::ec2::TemplateData;
use aws::elbv2::Elbv2;
use aws::wait::Progress;
use tfplug::{Diagnostic, Result};
use tokio::time::Instant;

use super::look::{Look, differs};
use crate::node_group::{Since, Walk, living};

/// What Auto Scaling answers while it is busy with the group: nothing was done.
/// <https://docs.aws.amazon.com/autoscaling/ec2/APIReference/API_TerminateInstanceInAutoScalingGroup.html>
const BUSY: [&str; 2] = ["ScalingActivityInProgress", "ResourceContention"];

/// What there is to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in super::super) enum Work {
    /// Resize, leave zones, and replace who is outdated.
    All,
    /// Resize and leave zones. Who is outdated is for AWS to replace.
    Resize,
}

/// A roll or a resize on its way.
#[derive(Debug)]
pub(in super::super) struct Drive<'a> {
    pub(in super::super) walk: &'a Walk<'a>,
    pub(in super::super) elb: &'a Elbv2,
    pub(in super::super) goal: Goal,
    /// What the group launches, and every node is to be launched from.
    pub(in super::super) launch: Launch,
    pub(in super::super) template_id: String,
    /// What that version of the launch template says.
    pub(in super::super) data: &'a TemplateData,
    /// What the versions say that nodes were launched from.
    pub(in super::super) versions: &'a BTreeMap<i64, TemplateData>,
    pub(in super::super) work: Work,
    pub(in super::super) since: Since,
}

impl Drive<'_> {
    /// Whether a group that launches as planned needs any of it.
    pub(in super::super) fn is_needed(&self, group: &Group) -> bool {
        differs(&self.goal, group, |instance| self.is_outdated(instance))
    }

    /// The living instances that aren't launched as planned.
    pub(in super::super) fn outdated(&self, group: &Group) -> BTreeSet<String> {
        let living = living(Some(group));
        living
            .filter(|instance| self.is_outdated(instance))
            .map(|instance| instance.id.clone())
            .collect()
    }

    /// Looks and acts until the goal is reached. A cancel ends it between a look and the next, so
    /// that no step is left in the middle.
    ///
    /// # Errors
    /// The rules say stop, AWS refuses a step, or the operation's time is over.
    pub(in super::super) async fn run(&self) -> Result<()> {
        let mind = Mutex::new(Mind::default());
        let look = Look {
            scaling: self.walk.scaling,
            elb: self.elb,
            name: &self.walk.name,
            target_groups: &self.goal.target_groups,
        };
        loop {
            let what = format!("{} to be fit for its next step", self.walk.name);
            let step = self
                .walk
                .wait(what, Duration::MAX)
                .until(async || {
                    let Some(seen) = look.look().await? else {
                        return Ok(Progress::Failed("the group is gone".to_owned()));
                    };
                    let as_planned = seen.group.launch == self.launch;
                    let mut mind = lock(&mind);
                    let observation = seen.observation(
                        as_planned,
                        |instance| self.is_outdated(instance),
                        mind.elapsed(Instant::now()),
                    );
                    Ok(match mind.decide(&self.goal, &observation) {
                        Step::Wait { awaited, .. } => {
                            Progress::Pending(format!("waiting for {awaited}"))
                        }
                        step => Progress::Done(step),
                    })
                })
                .await;
            match self.walk.done(step)? {
                Step::Done => return Ok(()),
                Step::Stop(reason) => return Err(self.stopped(&reason).await.into()),
                step => {
                    tracing::info!("{}", words(&step));
                    match self.take(&step).await {
                        Err(error) if error.code().is_some_and(|code| BUSY.contains(&code)) => {
                            tracing::info!(%error, "looking again");
                            *lock(&mind) = Mind::default();
                        }
                        taken => self.walk.done(taken)?,
                    }
                }
            }
        }
    }

    fn is_outdated(&self, instance: &GroupInstance) -> bool {
        let of_ours = |of: &&TemplateVersion| of.id == self.template_id;
        let is_alike = |version: i64| {
            let names_it = match &self.launch {
                Launch::Template(launch) => launch.version == version.to_string(),
                Launch::Mixed(_) | Launch::Other => false,
            };
            let says_it = || self.versions.get(&version);
            names_it || says_it().is_some_and(|data| data.is_alike(self.data))
        };
        self.work == Work::All
            && !(instance.launch_template.as_ref())
                .filter(of_ours)
                .is_some_and(|of| is_alike(of.version))
    }

    async fn take(&self, step: &Step) -> Result<(), aws::Error> {
        let targets = &self.goal.target_groups;
        match step {
            // First nobody is sent there by the API's own balancer any more.
            Step::Deregister { id } => {
                for arn in targets.api.iter().chain(&targets.service) {
                    let ids = std::slice::from_ref(id);
                    self.elb.deregister_targets(arn, ids).await?;
                }
            }
            Step::Register { id } => {
                for arn in targets.api.iter().chain(&targets.service) {
                    let ids = std::slice::from_ref(id);
                    self.elb.register_targets(arn, ids).await?;
                }
            }
            Step::SetSize { min, max, desired } => {
                let number = |size: u32| i32::try_from(size).ok();
                let changes = GroupChanges {
                    min_size: number(*min),
                    max_size: number(*max),
                    desired_capacity: number(*desired),
                    ..GroupChanges::default()
                };
                self.walk
                    .scaling
                    .update_group(&self.walk.name, &changes)
                    .await?;
            }
            Step::Terminate { id, decrement } => {
                self.walk.scaling.terminate_instance(id, *decrement).await?;
            }
            Step::Done | Step::Stop(_) | Step::Wait { .. } => {}
        }
        Ok(())
    }

    async fn stopped(&self, reason: &Reason) -> Diagnostic {
        let mut text = reason.to_string();
        let launches = self.walk.reasons(self.since).await;
        if !launches.is_empty() {
            text.push_str("\n\nAWS says of launches that failed:");
            for launch in launches {
                text.push_str(&format!("\n- {launch}"));
            }
        }
        Diagnostic::error(reason.summary(), text).at("rollout")
    }
}

/// What is kept from look to look.
#[derive(Debug, Default)]
struct Mind {
    memory: Memory,
    last_look: Option<Instant>,
}

impl Mind {
    /// The time since the look before this one.
    fn elapsed(&mut self, now: Instant) -> Duration {
        let before = self.last_look.replace(now);
        before.map_or(Duration::ZERO, |before| {
            now.saturating_duration_since(before)
        })
    }

    fn decide(&mut self, goal: &Goal, observation: &Observation) -> Step {
        decide(goal, observation, &mut self.memory)
    }
}

/// Nobody panics while holding it, and a look that did would leave a memory that only waits longer.
fn lock(mind: &Mutex<Mind>) -> MutexGuard<'_, Mind> {
    mind.lock().unwrap_or_else(PoisonError::into_inner)
}

/// For the log.
fn words(step: &Step) -> String {
    match step {
        Step::Deregister { id } => format!("taking {id} out of its target groups"),
        Step::Register { id } => format!("putting {id} back into its target groups"),
        Step::SetSize { min, max, desired } => {
            format!("setting the group's sizes: min {min}, max {max}, desired {desired}")
        }
        Step::Terminate {
            id,
            decrement: true,
        } => format!("ending {id}, without a successor"),
        Step::Terminate { id, .. } => format!("ending {id}; the group launches its successor"),
        Step::Done => "all is as planned".to_owned(),
        Step::Stop(reason) => reason.summary().to_owned(),
        Step::Wait { awaited, .. } => format!("waiting for {awaited}"),
    }
}
