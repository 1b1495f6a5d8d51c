//! Making, changing and deleting groups.

use std::collections::BTreeMap;

use super::settings::{MaintenancePolicy, NONE, UNLIMITED};
use super::{Autoscaling, GroupSettings, GroupTag, Hook, Launch, SERVICE, gone, tags};
use crate::error::Error;

/// A group to make.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewGroup {
    /// Its name.
    pub name: String,
    /// The fewest instances it may have.
    pub min_size: i32,
    /// The most instances it may have.
    pub max_size: i32,
    /// How many it begins with; `min_size` if `None`.
    pub desired_capacity: Option<i32>,
    /// What it launches.
    pub launch: Launch,
    /// Ids of the subnets it launches into.
    pub subnets: Vec<String>,
    /// Target groups to register its instances in.
    pub target_group_arns: Vec<String>,
    /// Its settings.
    pub settings: GroupSettings,
    /// Hooks that even its first instances wait for.
    pub hooks: Vec<Hook>,
    /// Its tags.
    pub tags: BTreeMap<String, GroupTag>,
}

/// What to change about a group: what is `None` stays.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct GroupChanges {
    /// The fewest instances it may have.
    pub min_size: Option<i32>,
    /// The most instances it may have.
    pub max_size: Option<i32>,
    /// How many it tries to have.
    pub desired_capacity: Option<i32>,
    /// What it launches from now on.
    pub launch: Option<Launch>,
    /// Ids of the subnets it launches into, all of them.
    pub subnets: Option<Vec<String>>,
    /// Its settings, all of them.
    pub settings: Option<GroupSettings>,
}

impl GroupChanges {
    /// Whether everything stays.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

impl Autoscaling {
    /// Makes a group.
    ///
    /// # Errors
    ///
    /// When AWS refuses; `AlreadyExists` if there is one of this name, even one that is being
    /// deleted.
    pub async fn create_group(&self, new: &NewGroup) -> Result<(), Error> {
        let settings = &new.settings;
        let launch = new.launch.to_sdk();
        let policy = settings.instance_maintenance_policy;
        let hooks: Vec<_> = new.hooks.iter().map(Hook::to_specification).collect();
        let answer = self
            .client
            .create_auto_scaling_group()
            .auto_scaling_group_name(&new.name)
            .min_size(new.min_size)
            .max_size(new.max_size)
            .set_desired_capacity(new.desired_capacity)
            .set_launch_template(launch.template)
            .set_mixed_instances_policy(launch.mixed)
            .vpc_zone_identifier(new.subnets.join(","))
            .set_target_group_arns(some(new.target_group_arns.clone()))
            .health_check_type(&settings.health_check_type)
            .health_check_grace_period(settings.health_check_grace_period)
            .default_cooldown(settings.default_cooldown)
            .set_default_instance_warmup(settings.default_instance_warmup)
            .set_termination_policies(some(settings.termination_policies.clone()))
            .new_instances_protected_from_scale_in(settings.new_instances_protected_from_scale_in)
            .capacity_rebalance(settings.capacity_rebalance)
            .set_max_instance_lifetime(settings.max_instance_lifetime)
            .set_instance_maintenance_policy(policy.map(MaintenancePolicy::to_sdk))
            .availability_zone_distribution(settings.distribution())
            .deletion_protection(settings.protection())
            .set_lifecycle_hook_specification_list(some(hooks))
            .set_tags(some(tags::to_sdk(&new.name, &new.tags)))
            .send()
            .await;
        answer
            .map(drop)
            .map_err(|error| Error::call(SERVICE, "CreateAutoScalingGroup", &new.name, error))
    }

    /// Changes a group, in one call; in none if nothing is to be changed. Instances that run stay
    /// as they are.
    ///
    /// # Errors
    ///
    /// When AWS refuses.
    pub async fn update_group(&self, name: &str, changes: &GroupChanges) -> Result<(), Error> {
        if changes.is_empty() {
            return Ok(());
        }
        let launch = changes
            .launch
            .as_ref()
            .map(Launch::to_sdk)
            .unwrap_or_default();
        let mut request = self
            .client
            .update_auto_scaling_group()
            .auto_scaling_group_name(name)
            .set_min_size(changes.min_size)
            .set_max_size(changes.max_size)
            .set_desired_capacity(changes.desired_capacity)
            .set_launch_template(launch.template)
            .set_mixed_instances_policy(launch.mixed)
            .set_vpc_zone_identifier(changes.subnets.as_ref().map(|ids| ids.join(",")));
        if let Some(settings) = &changes.settings {
            let policy = settings
                .instance_maintenance_policy
                .unwrap_or(MaintenancePolicy::CLEARED);
            request = request
                .health_check_type(&settings.health_check_type)
                .health_check_grace_period(settings.health_check_grace_period)
                .default_cooldown(settings.default_cooldown)
                .default_instance_warmup(settings.default_instance_warmup.unwrap_or(NONE))
                .set_termination_policies(some(settings.termination_policies.clone()))
                .new_instances_protected_from_scale_in(
                    settings.new_instances_protected_from_scale_in,
                )
                .capacity_rebalance(settings.capacity_rebalance)
                .max_instance_lifetime(settings.max_instance_lifetime.unwrap_or(UNLIMITED))
                .instance_maintenance_policy(policy.to_sdk())
                .availability_zone_distribution(settings.distribution())
                .deletion_protection(settings.protection());
        }
        let answer = request.send().await;
        answer
            .map(drop)
            .map_err(|error| Error::call(SERVICE, "UpdateAutoScalingGroup", name, error))
    }

    /// Deletes a group. By force its instances are terminated with it, without their hooks; the
    /// group is then gone in time.
    ///
    /// # Errors
    ///
    /// When AWS refuses; without force `ResourceInUse` while there are instances, and
    /// `ScalingActivityInProgress` while they end.
    pub async fn delete_group(&self, name: &str, force: bool) -> Result<(), Error> {
        let answer = self
            .client
            .delete_auto_scaling_group()
            .auto_scaling_group_name(name)
            .force_delete(force)
            .send()
            .await;
        gone(answer.map_err(|error| Error::call(SERVICE, "DeleteAutoScalingGroup", name, error)))
    }
}

/// `None` for an empty list: the API takes none.
fn some<T>(list: Vec<T>) -> Option<Vec<T>> {
    (!list.is_empty()).then_some(list)
}
