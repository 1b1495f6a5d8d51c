//! What a group launches: a template's version, or a mix of instance types and of ways to pay.

use aws_sdk_autoscaling::types::{
    InstancesDistribution as SdkDistribution, LaunchTemplate, LaunchTemplateOverrides,
    LaunchTemplateSpecification, MixedInstancesPolicy,
};

use super::said;

/// What a group launches.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Launch {
    /// On-demand instances of the template's own type.
    Template(TemplateRef),
    /// Several types, on demand and spot.
    Mixed(MixedInstances),
    /// A launch configuration, or a shape that this provider doesn't make. Sent to AWS, it is
    /// nothing.
    Other,
}

/// A launch template's version, as a group names it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct TemplateRef {
    /// The template's id.
    pub id: String,
    /// A number, or `$Latest` or `$Default` where somebody set that.
    pub version: String,
}

/// A mixed instances policy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MixedInstances {
    /// What each instance is launched from, unless its type says otherwise.
    pub template: TemplateRef,
    /// The types, the preferred ones first. Empty for the template's own.
    pub instance_types: Vec<InstanceTypeOverride>,
    /// On demand or spot.
    pub distribution: InstancesDistribution,
}

/// A type of a mix.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InstanceTypeOverride {
    /// The type.
    pub instance_type: String,
    /// How many units of capacity one such instance counts: 1 to 999.
    pub weighted_capacity: Option<String>,
    /// A template of its own, for another architecture say.
    pub template: Option<TemplateRef>,
}

/// How a mix is divided between on demand and spot.
///
/// <https://docs.aws.amazon.com/autoscaling/ec2/APIReference/API_InstancesDistribution.html>
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InstancesDistribution {
    /// `prioritized` or `lowest-price`; AWS's choice if `None`.
    pub on_demand_allocation_strategy: Option<String>,
    /// How much of the capacity is on demand at least.
    pub on_demand_base_capacity: i32,
    /// How much of what is above the base is on demand.
    pub on_demand_percentage_above_base_capacity: i32,
    /// How spot capacity is chosen, such as `price-capacity-optimized`.
    pub spot_allocation_strategy: String,
    /// Over how many pools spot is spread, under `lowest-price` alone.
    pub spot_instance_pools: Option<i32>,
    /// The most to pay for a spot instance and hour, in dollars. `None`: the on-demand price.
    pub spot_max_price: Option<String>,
}

/// A launch in the parameters of a call.
#[derive(Default)]
pub(super) struct Parameters {
    pub(super) template: Option<LaunchTemplateSpecification>,
    pub(super) mixed: Option<MixedInstancesPolicy>,
}

impl Launch {
    pub(super) fn from_sdk(
        template: Option<LaunchTemplateSpecification>,
        mixed: Option<MixedInstancesPolicy>,
    ) -> Self {
        let mixed = mixed.map(MixedInstances::from_sdk);
        match (mixed, template.map(TemplateRef::from_sdk)) {
            (Some(Some(mixed)), _) => Self::Mixed(mixed),
            (None, Some(Some(template))) => Self::Template(template),
            _ => Self::Other,
        }
    }

    pub(super) fn to_sdk(&self) -> Parameters {
        match self {
            Self::Template(template) => Parameters {
                template: Some(template.to_sdk()),
                mixed: None,
            },
            Self::Mixed(mixed) => Parameters {
                template: None,
                mixed: Some(mixed.to_sdk()),
            },
            Self::Other => Parameters::default(),
        }
    }
}

impl TemplateRef {
    fn from_sdk(from: LaunchTemplateSpecification) -> Option<Self> {
        Some(Self {
            id: from.launch_template_id?,
            // A group without a version launches the default one.
            version: from.version.unwrap_or_else(|| "$Default".into()),
        })
    }

    fn to_sdk(&self) -> LaunchTemplateSpecification {
        LaunchTemplateSpecification::builder()
            .launch_template_id(&self.id)
            .version(&self.version)
            .build()
    }
}

impl MixedInstances {
    /// `None` for a policy of another shape: chosen by requirements, say.
    fn from_sdk(from: MixedInstancesPolicy) -> Option<Self> {
        let launch = from.launch_template?;
        let overrides = launch.overrides.unwrap_or_default().into_iter();
        Some(Self {
            template: TemplateRef::from_sdk(launch.launch_template_specification?)?,
            instance_types: overrides
                .map(InstanceTypeOverride::from_sdk)
                .collect::<Option<_>>()?,
            distribution: InstancesDistribution::from_sdk(from.instances_distribution),
        })
    }

    fn to_sdk(&self) -> MixedInstancesPolicy {
        let overrides = self.instance_types.iter().map(InstanceTypeOverride::to_sdk);
        let launch = LaunchTemplate::builder()
            .launch_template_specification(self.template.to_sdk())
            .set_overrides(Some(overrides.collect()))
            .build();
        MixedInstancesPolicy::builder()
            .launch_template(launch)
            .instances_distribution(self.distribution.to_sdk())
            .build()
    }
}

impl InstanceTypeOverride {
    fn from_sdk(from: LaunchTemplateOverrides) -> Option<Self> {
        let template = match from.launch_template_specification {
            Some(template) => Some(TemplateRef::from_sdk(template)?),
            None => None,
        };
        Some(Self {
            instance_type: from.instance_type?,
            weighted_capacity: from.weighted_capacity,
            template,
        })
    }

    fn to_sdk(&self) -> LaunchTemplateOverrides {
        LaunchTemplateOverrides::builder()
            .instance_type(&self.instance_type)
            .set_weighted_capacity(self.weighted_capacity.clone())
            .set_launch_template_specification(self.template.as_ref().map(TemplateRef::to_sdk))
            .build()
    }
}

impl InstancesDistribution {
    /// What AWS leaves out has the default that it documents.
    fn from_sdk(from: Option<SdkDistribution>) -> Self {
        let from = from.unwrap_or_else(|| SdkDistribution::builder().build());
        Self {
            on_demand_allocation_strategy: from.on_demand_allocation_strategy,
            on_demand_base_capacity: from.on_demand_base_capacity.unwrap_or(0),
            on_demand_percentage_above_base_capacity: from
                .on_demand_percentage_above_base_capacity
                .unwrap_or(100),
            spot_allocation_strategy: from
                .spot_allocation_strategy
                .unwrap_or_else(|| "lowest-price".into()),
            spot_instance_pools: from.spot_instance_pools,
            spot_max_price: said(from.spot_max_price),
        }
    }

    fn to_sdk(&self) -> SdkDistribution {
        SdkDistribution::builder()
            .set_on_demand_allocation_strategy(self.on_demand_allocation_strategy.clone())
            .on_demand_base_capacity(self.on_demand_base_capacity)
            .on_demand_percentage_above_base_capacity(self.on_demand_percentage_above_base_capacity)
            .spot_allocation_strategy(&self.spot_allocation_strategy)
            .set_spot_instance_pools(self.spot_instance_pools)
            // The empty price takes away one that was set before.
            .spot_max_price(self.spot_max_price.as_deref().unwrap_or_default())
            .build()
    }
}
