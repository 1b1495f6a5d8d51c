//! What one update of a group sets beside its sizes, launch and subnets.

use aws_sdk_autoscaling::types::{
    AutoScalingGroup as SdkGroup, AvailabilityZoneDistribution, CapacityDistributionStrategy,
    DeletionProtection, InstanceMaintenancePolicy,
};

/// Settings of a group.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GroupSettings {
    /// `EC2`, `ELB`, or several separated by commas.
    pub health_check_type: String,
    /// Seconds in service before a failed check counts.
    pub health_check_grace_period: i32,
    /// Seconds between activities of simple scaling policies.
    pub default_cooldown: i32,
    /// Seconds in service until an instance counts as warm.
    pub default_instance_warmup: Option<i32>,
    /// Which instance a scale-in takes, the first rule first.
    pub termination_policies: Vec<String>,
    /// Whether instances are protected from scale-in from their launch on.
    pub new_instances_protected_from_scale_in: bool,
    /// Whether spot instances at risk are replaced beforehand.
    pub capacity_rebalance: bool,
    /// Seconds after which an instance is replaced: 86400 or more.
    pub max_instance_lifetime: Option<i32>,
    /// How many instances stay healthy while AWS replaces some.
    pub instance_maintenance_policy: Option<MaintenancePolicy>,
    /// `balanced-only` or `balanced-best-effort`.
    pub capacity_distribution_strategy: String,
    /// `none`, `prevent-force-deletion` or `prevent-all-deletion`.
    pub deletion_protection: String,
}

/// How many instances are healthy while AWS replaces some, in percent of the desired capacity.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MaintenancePolicy {
    /// At least: 0 to 100.
    pub min_healthy_percentage: i32,
    /// At most, those on their way included: 100 to 200.
    pub max_healthy_percentage: i32,
}

/// What takes away a warm-up, and each side of a maintenance policy, that was set before.
/// <https://docs.aws.amazon.com/autoscaling/ec2/APIReference/API_UpdateAutoScalingGroup.html>
pub(super) const NONE: i32 = -1;

/// What takes away a lifetime that was set before.
pub(super) const UNLIMITED: i32 = 0;

impl GroupSettings {
    /// What AWS leaves out has the default that it documents.
    pub(super) fn of(from: &SdkGroup) -> Self {
        let strategy = from
            .availability_zone_distribution
            .as_ref()
            .and_then(|distribution| distribution.capacity_distribution_strategy.as_ref())
            .map_or("balanced-best-effort", |strategy| strategy.as_str());
        let protection = from.deletion_protection.as_ref();
        let policy = from.instance_maintenance_policy.as_ref();
        Self {
            health_check_type: from.health_check_type.clone().unwrap_or_default(),
            health_check_grace_period: from.health_check_grace_period.unwrap_or_default(),
            default_cooldown: from.default_cooldown.unwrap_or_default(),
            default_instance_warmup: from.default_instance_warmup.filter(|&time| time != NONE),
            termination_policies: from.termination_policies.clone().unwrap_or_default(),
            new_instances_protected_from_scale_in: from
                .new_instances_protected_from_scale_in
                .unwrap_or_default(),
            capacity_rebalance: from.capacity_rebalance.unwrap_or_default(),
            max_instance_lifetime: from.max_instance_lifetime.filter(|&time| time != UNLIMITED),
            instance_maintenance_policy: policy.and_then(MaintenancePolicy::from_sdk),
            capacity_distribution_strategy: strategy.to_owned(),
            deletion_protection: protection.map_or("none", |level| level.as_str()).to_owned(),
        }
    }

    pub(super) fn distribution(&self) -> AvailabilityZoneDistribution {
        let strategy =
            CapacityDistributionStrategy::from(self.capacity_distribution_strategy.as_str());
        AvailabilityZoneDistribution::builder()
            .capacity_distribution_strategy(strategy)
            .build()
    }

    pub(super) fn protection(&self) -> DeletionProtection {
        DeletionProtection::from(self.deletion_protection.as_str())
    }
}

impl MaintenancePolicy {
    fn from_sdk(from: &InstanceMaintenancePolicy) -> Option<Self> {
        Some(Self {
            min_healthy_percentage: from.min_healthy_percentage.filter(|&share| share != NONE)?,
            max_healthy_percentage: from.max_healthy_percentage.filter(|&share| share != NONE)?,
        })
    }

    pub(super) fn to_sdk(self) -> InstanceMaintenancePolicy {
        InstanceMaintenancePolicy::builder()
            .min_healthy_percentage(self.min_healthy_percentage)
            .max_healthy_percentage(self.max_healthy_percentage)
            .build()
    }

    /// The policy that takes away one that was set before.
    pub(super) const CLEARED: Self = Self {
        min_healthy_percentage: NONE,
        max_healthy_percentage: NONE,
    };
}
