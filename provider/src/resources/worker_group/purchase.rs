//! What a group launches: one type of instance on demand, by the launch template alone, or a mix of
//! types and of ways to pay, by a mixed instances policy.

use aws::autoscaling::{
    InstanceTypeOverride, InstancesDistribution, Launch, MixedInstances, TemplateRef,
};

/// Which instances are launched, and how they are paid for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Purchase {
    /// The preferred ones first; at least one.
    pub(super) instance_types: Vec<String>,
    /// How much of the capacity is on demand at least.
    pub(super) on_demand_base_capacity: i32,
    /// How much of what is above the base is on demand: 0 to 100.
    pub(super) on_demand_percentage_above_base_capacity: i32,
    pub(super) spot_allocation_strategy: String,
    /// Dollars an hour; none for the on-demand price.
    pub(super) spot_max_price: Option<String>,
}

/// AWS's recommendation.
/// <https://docs.aws.amazon.com/autoscaling/ec2/userguide/allocation-strategies.html>
pub(super) const SPOT_STRATEGY: &str = "price-capacity-optimized";
/// The preferred types first: what the order of the types is for.
const ON_DEMAND_STRATEGY: &str = "prioritized";
/// All on demand.
pub(super) const ALL: i32 = 100;

impl Purchase {
    /// Whether the launch template alone says it all.
    fn is_plain(&self) -> bool {
        self.instance_types.len() == 1
            && self.on_demand_base_capacity == 0
            && self.on_demand_percentage_above_base_capacity == ALL
            && self.spot_allocation_strategy == SPOT_STRATEGY
            && self.spot_max_price.is_none()
    }

    /// The type that the launch template names. With a mix it names none: a template that named
    /// one would change, and roll the group, whenever the order of the types does.
    pub(super) fn template_type(&self) -> Option<&String> {
        self.instance_types.first().filter(|_| self.is_plain())
    }

    /// What the group is to launch from a version of its launch template.
    pub(super) fn launch(&self, template: TemplateRef) -> Launch {
        if self.is_plain() {
            return Launch::Template(template);
        }
        let types = self.instance_types.iter();
        Launch::Mixed(MixedInstances {
            template,
            instance_types: types
                .map(|name| InstanceTypeOverride {
                    instance_type: name.clone(),
                    weighted_capacity: None,
                    template: None,
                })
                .collect(),
            distribution: InstancesDistribution {
                on_demand_allocation_strategy: Some(ON_DEMAND_STRATEGY.to_owned()),
                on_demand_base_capacity: self.on_demand_base_capacity,
                on_demand_percentage_above_base_capacity: self
                    .on_demand_percentage_above_base_capacity,
                spot_allocation_strategy: self.spot_allocation_strategy.clone(),
                spot_instance_pools: None,
                spot_max_price: self.spot_max_price.clone(),
            },
        })
    }

    /// What a group launches, as AWS has it. `template_type` is the type that its launch template
    /// names. `None` for what this provider never makes.
    pub(super) fn read(launch: &Launch, template_type: Option<&str>) -> Option<Self> {
        match launch {
            Launch::Template(_) => Some(Self::on_demand(template_type)),
            Launch::Mixed(mixed) => {
                let distribution = &mixed.distribution;
                let mut types: Vec<_> = (mixed.instance_types.iter())
                    .map(|one| one.instance_type.clone())
                    .collect();
                // Without any of its own, a policy launches the template's.
                if types.is_empty() {
                    types.extend(template_type.map(str::to_owned));
                }
                Some(Self {
                    instance_types: types,
                    on_demand_base_capacity: distribution.on_demand_base_capacity,
                    on_demand_percentage_above_base_capacity: distribution
                        .on_demand_percentage_above_base_capacity,
                    spot_allocation_strategy: distribution.spot_allocation_strategy.clone(),
                    spot_max_price: distribution.spot_max_price.clone(),
                })
            }
            Launch::Other => None,
        }
    }

    fn on_demand(instance_type: Option<&str>) -> Self {
        Self {
            instance_types: instance_type.into_iter().map(str::to_owned).collect(),
            on_demand_base_capacity: 0,
            on_demand_percentage_above_base_capacity: ALL,
            spot_allocation_strategy: SPOT_STRATEGY.to_owned(),
            spot_max_price: None,
        }
    }
}

/// What somebody changed of a group's launch that no attribute stands for, in words.
pub(super) fn deviations(launch: &Launch) -> Vec<String> {
    let Launch::Mixed(mixed) = launch else {
        return Vec::new();
    };
    let mut found = Vec::new();
    let strategy = mixed.distribution.on_demand_allocation_strategy.as_deref();
    if let Some(other) = strategy.filter(|strategy| *strategy != ON_DEMAND_STRATEGY) {
        found.push(format!(
            "on_demand_allocation_strategy is {other}, not {ON_DEMAND_STRATEGY}"
        ));
    }
    for one in &mixed.instance_types {
        let name = &one.instance_type;
        if let Some(weight) = &one.weighted_capacity {
            found.push(format!("{name} has a weight of {weight}"));
        }
        if one.template.is_some() {
            found.push(format!("{name} has a launch template of its own"));
        }
    }
    found
}

/// Whether two launches are the same to AWS, which fills in what isn't said, and writes prices its
/// own way.
pub(super) fn is_same(one: &Launch, other: &Launch) -> bool {
    match (one, other) {
        (Launch::Mixed(one), Launch::Mixed(other)) => {
            let (mut one, mut other) = (one.clone(), other.clone());
            let price = |mixed: &MixedInstances| mixed.distribution.spot_max_price.clone();
            let prices = (price(&one), price(&other));
            for mixed in [&mut one, &mut other] {
                let distribution = &mut mixed.distribution;
                distribution.spot_max_price = None;
                distribution.spot_instance_pools = None;
                distribution
                    .on_demand_allocation_strategy
                    .get_or_insert_with(|| ON_DEMAND_STRATEGY.to_owned());
            }
            one == other && is_same_price(prices.0.as_deref(), prices.1.as_deref())
        }
        (Launch::Other, _) | (_, Launch::Other) => false,
        _ => one == other,
    }
}

/// Whether two prices are one, however many zeros they are written with.
pub(super) fn is_same_price(one: Option<&str>, other: Option<&str>) -> bool {
    let amount = |price: &str| price.parse::<tfplug::value::Number>().ok();
    match (one, other) {
        (Some(one), Some(other)) => {
            one == other || amount(one).is_some_and(|one| Some(one) == amount(other))
        }
        (one, other) => one == other,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn template() -> TemplateRef {
        TemplateRef {
            id: "lt-1".to_owned(),
            version: "3".to_owned(),
        }
    }

    fn purchase(types: &[&str]) -> Purchase {
        Purchase {
            instance_types: types.iter().map(|name| (*name).to_owned()).collect(),
            ..Purchase::on_demand(None)
        }
    }

    #[test]
    fn one_type_on_demand_needs_no_policy() {
        let plain = purchase(&["m5.large"]);
        assert_eq!(plain.launch(template()), Launch::Template(template()));
        assert_eq!(plain.template_type().unwrap(), "m5.large");
    }

    #[test]
    fn all_else_is_a_policy() {
        let one = purchase(&["m5.large"]);
        for mixed in [
            purchase(&["m5.large", "m6i.large"]),
            Purchase {
                on_demand_percentage_above_base_capacity: 0,
                ..one.clone()
            },
            Purchase {
                on_demand_base_capacity: 1,
                ..one.clone()
            },
            // What a policy alone can hold would be read back as something else.
            Purchase {
                spot_allocation_strategy: "lowest-price".to_owned(),
                ..one.clone()
            },
            Purchase {
                spot_max_price: Some("0.05".to_owned()),
                ..one
            },
        ] {
            let launch = mixed.launch(template());
            assert!(matches!(launch, Launch::Mixed(_)), "{mixed:?}");
            assert_eq!(mixed.template_type(), None);
            assert_eq!(deviations(&launch), [""; 0]);
        }
    }

    #[test]
    fn what_others_put_into_a_policy_is_told() {
        let Launch::Mixed(mut mixed) = purchase(&["a", "b"]).launch(template()) else {
            panic!("two types are a mix");
        };
        mixed.distribution.on_demand_allocation_strategy = Some("lowest-price".to_owned());
        mixed.instance_types[0].weighted_capacity = Some("2".to_owned());
        mixed.instance_types[1].template = Some(template());
        assert_eq!(
            deviations(&Launch::Mixed(mixed)),
            [
                "on_demand_allocation_strategy is lowest-price, not prioritized",
                "a has a weight of 2",
                "b has a launch template of its own"
            ]
        );
    }

    #[test]
    fn what_aws_fills_in_makes_no_difference() {
        let wanted = Purchase {
            spot_max_price: Some("0.05".to_owned()),
            ..purchase(&["a", "b"])
        };
        let wanted = wanted.launch(template());
        let Launch::Mixed(mut found) = wanted.clone() else {
            panic!("two types are a mix");
        };
        found.distribution.on_demand_allocation_strategy = None;
        found.distribution.spot_instance_pools = Some(2);
        found.distribution.spot_max_price = Some("0.0500".to_owned());
        assert!(is_same(&wanted, &Launch::Mixed(found.clone())));
        found.distribution.spot_max_price = Some("0.5".to_owned());
        assert!(!is_same(&wanted, &Launch::Mixed(found.clone())));
        found.distribution.spot_max_price = None;
        assert!(!is_same(&wanted, &Launch::Mixed(found)));
        assert!(!is_same(&wanted, &Launch::Template(template())));
    }

    #[test]
    fn a_policy_without_types_launches_the_templates() {
        let Launch::Mixed(mut mixed) = purchase(&["a", "b"]).launch(template()) else {
            panic!("two types are a mix");
        };
        mixed.instance_types.clear();
        let found = Purchase::read(&Launch::Mixed(mixed), Some("c")).unwrap();
        assert_eq!(found.instance_types, ["c"]);
        assert_eq!(Purchase::read(&Launch::Other, Some("c")), None);
    }

    proptest! {
        #[test]
        fn what_is_wanted_is_read_back(
            types in prop::collection::vec("[a-z][0-9][.]large", 1..4),
            base in 0..3_i32,
            percentage in 0..=100_i32,
            strategy in prop::sample::select(vec![SPOT_STRATEGY, "capacity-optimized"]),
            price in prop::option::of("0[.][0-9]{1,3}"),
        ) {
            let wanted = Purchase {
                instance_types: types,
                on_demand_base_capacity: base,
                on_demand_percentage_above_base_capacity: percentage,
                spot_allocation_strategy: strategy.to_owned(),
                spot_max_price: price,
            };
            let launch = wanted.launch(template());
            prop_assert!(is_same(&launch, &launch));
            let named = wanted.template_type().map(String::as_str);
            prop_assert_eq!(Purchase::read(&launch, named), Some(wanted.clone()));
        }
    }
}
