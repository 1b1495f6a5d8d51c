//! One look at a group, its instances and their targets, as the rules of rolling want it.

use std::collections::BTreeMap;
use std::time::Duration;

use ::rollout::{Goal, Instance, Lifecycle, Observation, TargetGroups, TargetHealth};
use aws::autoscaling::{Autoscaling, Group, GroupInstance, Refresh};
use aws::elbv2::{Elbv2, TargetHealth as Target};
use futures_util::future::try_join_all;

use crate::node_group::active_refresh;

/// What is looked at.
#[derive(Clone, Copy, Debug)]
pub(super) struct Look<'a> {
    pub(super) scaling: &'a Autoscaling,
    pub(super) elb: &'a Elbv2,
    /// The group's name.
    pub(super) name: &'a str,
    pub(super) target_groups: &'a TargetGroups,
}

/// What was seen.
#[derive(Clone, Debug)]
pub(super) struct Seen {
    pub(super) group: Group,
    /// The instance refresh in progress.
    pub(super) refresh: Option<Refresh>,
    /// The targets of each target group, by its ARN.
    targets: BTreeMap<String, Vec<Target>>,
}

impl Look<'_> {
    /// Looks; `None` if the group is gone.
    ///
    /// # Errors
    /// AWS can't be asked.
    pub(super) async fn look(&self) -> Result<Option<Seen>, aws::Error> {
        let arns = (self.target_groups.api.iter()).chain(&self.target_groups.service);
        let targets = try_join_all(arns.map(async |arn| {
            let found = self.elb.target_health(arn).await?;
            Ok::<_, aws::Error>((arn.clone(), found.unwrap_or_default()))
        }));
        let (group, refreshes, targets) = tokio::try_join!(
            self.scaling.group(self.name),
            self.scaling.refreshes(self.name),
            targets
        )?;
        Ok(group.map(|group| Seen {
            group,
            refresh: active_refresh(&refreshes).cloned(),
            targets: targets.into_iter().collect(),
        }))
    }
}

impl Seen {
    /// What was seen, in the words of the rules. `elapsed` is the time since the look before.
    pub(super) fn observation(
        &self,
        launches_as_planned: bool,
        is_outdated: impl Fn(&GroupInstance) -> bool,
        elapsed: Duration,
    ) -> Observation {
        let group = &self.group;
        let number = |size: i32| u32::try_from(size).unwrap_or_default();
        let instances = group.instances.iter().map(|instance| Instance {
            id: instance.id.clone(),
            zone: instance.zone.clone(),
            lifecycle: Lifecycle::from_aws(&instance.lifecycle_state, &instance.health_status),
            outdated: is_outdated(instance),
            targets: self.targets_of(&instance.id),
        });
        Observation {
            group: ::rollout::Group {
                min: number(group.min_size),
                max: number(group.max_size),
                desired: number(group.desired_capacity),
                zones: group.zones.clone(),
                launches_as_planned,
                suspended_processes: group.suspended_processes.clone(),
                is_refreshing: self.refresh.is_some(),
            },
            instances: instances.collect(),
            elapsed,
        }
    }

    /// An instance's health where it is registered. On several ports the worst counts.
    fn targets_of(&self, id: &str) -> BTreeMap<String, TargetHealth> {
        let mut found = BTreeMap::new();
        for (arn, targets) in &self.targets {
            let health = targets
                .iter()
                .filter(|target| target.id == id)
                .filter_map(|target| {
                    TargetHealth::from_aws(&target.state, target.reason.as_deref())
                })
                .max();
            if let Some(health) = health {
                found.insert(arn.clone(), health);
            }
        }
        found
    }
}

/// Whether a node, or the group's size, isn't as the goal has it, by what the group alone tells.
pub(super) fn differs(
    goal: &Goal,
    group: &Group,
    is_outdated: impl Fn(&GroupInstance) -> bool,
) -> bool {
    let size = i64::from(goal.size.get());
    let sizes = [group.min_size, group.max_size, group.desired_capacity];
    let is_astray =
        |instance: &GroupInstance| !goal.zones.iter().any(|zone| zone.as_str() == instance.zone);
    sizes.iter().any(|found| i64::from(*found) != size)
        || (group.instances.iter())
            .filter(|instance| crate::node_group::is_living(instance))
            .any(|instance| is_outdated(instance) || is_astray(instance))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use aws::autoscaling::{GroupSettings, Launch};

    use super::*;

    pub(super) fn instance(id: &str, zone: &str, state: &str) -> GroupInstance {
        GroupInstance {
            id: id.to_owned(),
            zone: zone.to_owned(),
            instance_type: "m5.large".to_owned(),
            lifecycle_state: state.to_owned(),
            health_status: "Healthy".to_owned(),
            launch_template: None,
            protected_from_scale_in: true,
        }
    }

    fn group(instances: Vec<GroupInstance>) -> Group {
        Group {
            arn: "arn".to_owned(),
            name: "g".to_owned(),
            min_size: 3,
            max_size: 3,
            desired_capacity: 3,
            launch: Launch::Other,
            zones: BTreeSet::from(["eu-west-1a".to_owned()]),
            subnets: BTreeSet::new(),
            target_group_arns: BTreeSet::new(),
            settings: settings(),
            suspended_processes: BTreeSet::new(),
            enabled_metrics: BTreeSet::new(),
            status: None,
            instances,
            tags: BTreeMap::new(),
        }
    }

    fn settings() -> GroupSettings {
        super::super::super::desired::fixed_settings(300, None, "none")
    }

    fn target(id: &str, state: &str, reason: Option<&str>) -> Target {
        Target {
            id: id.to_owned(),
            port: Some(6443),
            zone: None,
            state: state.to_owned(),
            reason: reason.map(str::to_owned),
            description: None,
        }
    }

    #[test]
    fn a_look_is_put_in_the_words_of_the_rules() {
        let seen = Seen {
            group: group(vec![
                instance("i-1", "eu-west-1a", "InService"),
                instance("i-2", "eu-west-1b", "Terminating:Wait"),
            ]),
            refresh: None,
            targets: BTreeMap::from([(
                "api".to_owned(),
                vec![
                    target("i-1", "healthy", None),
                    target("i-1", "unhealthy", Some("Target.FailedHealthChecks")),
                    target("i-2", "unused", Some("Target.NotRegistered")),
                ],
            )]),
        };
        let elapsed = Duration::from_secs(5);
        let observation = seen.observation(true, |one| one.id == "i-2", elapsed);
        let [one, two] = observation.instances.as_slice() else {
            panic!("{observation:?}");
        };
        assert_eq!(
            one.targets,
            [("api".to_owned(), TargetHealth::Unhealthy)].into()
        );
        assert_eq!((one.lifecycle, one.outdated), (Lifecycle::InService, false));
        assert!(two.targets.is_empty());
        assert_eq!((two.lifecycle, two.outdated), (Lifecycle::Leaving, true));
        let group = &observation.group;
        assert_eq!((group.min, group.max, group.desired), (3, 3, 3));
        assert!(group.launches_as_planned && !group.is_refreshing);
        assert_eq!(observation.elapsed, elapsed);
    }

    #[test]
    fn sizes_zones_and_age_make_work() {
        let goal = Goal {
            size: topology::ControlPlaneSize::new(3).unwrap(),
            zones: topology::Zones::parse(["eu-west-1a"]).unwrap(),
            target_groups: TargetGroups::default(),
            roll_last: None,
            settings: ::rollout::Wishes::default().check().unwrap(),
        };
        let there = |zone| group(vec![instance("i-1", zone, "InService")]);
        assert!(!differs(&goal, &there("eu-west-1a"), |_| false));
        assert!(differs(&goal, &there("eu-west-1a"), |_| true));
        assert!(differs(&goal, &there("eu-west-1b"), |_| false));
        let mut lowered = there("eu-west-1a");
        lowered.min_size = 2;
        assert!(differs(&goal, &lowered, |_| false));
        // Who is leaving makes none.
        let leaving = group(vec![instance("i-1", "eu-west-1b", "Terminating")]);
        assert!(!differs(&goal, &leaving, |_| true));
    }
}
