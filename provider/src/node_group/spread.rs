//! Whether a group's nodes are there, and spread as they should be. Pure.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use aws::autoscaling::GroupInstance;

use super::observed::is_living;

/// What a group should have.
#[derive(Clone, Debug)]
pub(crate) struct Wanted {
    /// How many nodes.
    pub(crate) size: usize,
    /// Its zones.
    pub(crate) zones: BTreeSet<String>,
    /// Whether nodes must be spread evenly: those that exist are moved by nobody.
    pub(crate) evenly: bool,
    /// Whether it must be exactly these, with nobody coming or going: where no autoscaler is.
    pub(crate) exactly: bool,
}

/// What it has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Spread {
    /// Nodes in service by zone: each of the group's, and others that hold one.
    pub(crate) in_service: BTreeMap<String, usize>,
    /// Living nodes that aren't in service and healthy, each with its state.
    pub(crate) others: BTreeMap<String, String>,
    size: usize,
    reached: bool,
}

impl Spread {
    pub(crate) fn of(wanted: &Wanted, instances: &[GroupInstance]) -> Self {
        let mut in_service: BTreeMap<String, usize> =
            wanted.zones.iter().map(|zone| (zone.clone(), 0)).collect();
        let mut others = BTreeMap::new();
        for instance in instances {
            if instance.lifecycle_state == "InService" && instance.health_status == "Healthy" {
                *in_service.entry(instance.zone.clone()).or_default() += 1;
            } else {
                let state = if is_living(instance) && instance.health_status != "Healthy" {
                    format!("{}, {}", instance.lifecycle_state, instance.health_status)
                } else {
                    instance.lifecycle_state.clone()
                };
                others.insert(instance.id.clone(), format!("{state} in {}", instance.zone));
            }
        }
        let count: usize = in_service.values().sum();
        let settled = if wanted.exactly {
            count == wanted.size && others.is_empty()
        } else {
            count >= wanted.size
        };
        let reached = settled && (!wanted.evenly || is_even(&wanted.zones, &in_service));
        Self {
            in_service,
            others,
            size: wanted.size,
            reached,
        }
    }

    /// Whether all nodes are in service, where they should be.
    pub(crate) fn is_reached(&self) -> bool {
        self.reached
    }

    /// Whether the zones hold equal numbers of nodes, give or take one.
    pub(crate) fn is_even(&self, zones: &BTreeSet<String>) -> bool {
        is_even(zones, &self.in_service)
    }
}

/// Zones' shares differ by one at most, and no other zone has any.
fn is_even(zones: &BTreeSet<String>, nodes: &BTreeMap<String, usize>) -> bool {
    let shares = || {
        nodes
            .iter()
            .filter(|(zone, _)| zones.contains(*zone))
            .map(|(_, n)| *n)
    };
    let astray = nodes
        .iter()
        .any(|(zone, n)| *n > 0 && !zones.contains(zone));
    let (least, most) = (shares().min().unwrap_or(0), shares().max().unwrap_or(0));
    !astray && most - least <= 1
}

impl fmt::Display for Spread {
    /// Reads after "last seen".
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let count: usize = self.in_service.values().sum();
        let zones: Vec<_> = self
            .in_service
            .iter()
            .map(|(zone, n)| format!("{zone}: {n}"))
            .collect();
        write!(
            f,
            "{count} of {} in service ({})",
            self.size,
            zones.join(", ")
        )?;
        for (id, state) in &self.others {
            write!(f, ", {id} {state}")?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn wanted(size: usize, letters: &str) -> Wanted {
        Wanted {
            size,
            zones: letters.chars().map(|c| c.to_string()).collect(),
            evenly: true,
            exactly: true,
        }
    }

    /// An instance for each word `zone[state]`: `a` is in service.
    fn instances(text: &str) -> Vec<GroupInstance> {
        text.split_whitespace()
            .enumerate()
            .map(|(at, word)| {
                let (zone, state) = word.split_once('/').unwrap_or((word, "InService"));
                let (state, health) = match state {
                    "sick" => ("InService", "Unhealthy"),
                    state => (state, "Healthy"),
                };
                GroupInstance {
                    id: format!("i-{at}"),
                    zone: zone.to_owned(),
                    instance_type: "t3.micro".to_owned(),
                    lifecycle_state: state.to_owned(),
                    health_status: health.to_owned(),
                    launch_template: None,
                    protected_from_scale_in: true,
                }
            })
            .collect()
    }

    fn reached(wanted: &Wanted, text: &str) -> bool {
        Spread::of(wanted, &instances(text)).is_reached()
    }

    #[test]
    fn all_must_be_in_service_healthy_and_even() {
        let three = wanted(3, "abc");
        assert!(reached(&three, "a b c"));
        assert!(!reached(&three, "a b"));
        assert!(!reached(&three, "a b c/Pending"));
        assert!(!reached(&three, "a b c/sick"));
        assert!(!reached(&three, "a a b"));
        assert!(!reached(&three, "a b d"));
        assert!(!reached(&three, "a b c a/Terminating"));
        assert!(!reached(&three, "a b c a"));
        assert!(reached(
            &Wanted {
                evenly: false,
                ..three
            },
            "a a b"
        ));
    }

    #[test]
    fn where_an_autoscaler_is_nodes_may_come_and_go() {
        let two = Wanted {
            evenly: false,
            exactly: false,
            ..wanted(2, "ab")
        };
        assert!(reached(&two, "a a"));
        assert!(reached(&two, "a b a/Pending b/Terminating"));
        assert!(!reached(&two, "a b/Pending"));
    }

    #[test]
    fn any_zone_may_have_the_larger_share() {
        let three = wanted(3, "ab");
        assert!(reached(&three, "a a b") && reached(&three, "a b b"));
        assert!(!reached(&three, "a a a"));
        let one = wanted(1, "abc");
        assert!(reached(&one, "b"));
    }

    #[test]
    fn it_says_who_is_missing() {
        let spread = Spread::of(&wanted(3, "abc"), &instances("a b/Pending:Wait c/sick"));
        assert_eq!(
            spread.to_string(),
            "1 of 3 in service (a: 1, b: 0, c: 0), i-1 Pending:Wait in b, \
             i-2 InService, Unhealthy in c"
        );
    }

    proptest! {
        /// What the topology places is what the wait accepts.
        #[test]
        fn placements_are_even(zones in 1..8_usize, half in 0..4_usize) {
            let names: Vec<String> = ('a'..='z').take(zones).map(|c| format!("eu-west-1{c}")).collect();
            let size = 2 * half + 1;
            let parsed = topology::Zones::parse(names.iter().map(String::as_str)).unwrap();
            let chosen = topology::ControlPlaneSize::new(i64::try_from(size).unwrap()).unwrap();
            let words: Vec<String> = topology::place(&parsed, chosen)
                .iter()
                .flat_map(|share| (0..share.nodes()).map(|_| share.zone().to_string()))
                .collect();
            let wanted = Wanted { size, zones: names.into_iter().collect(), evenly: true, exactly: true };
            prop_assert!(reached(&wanted, &words.join(" ")));
        }

        #[test]
        fn evenness_is_a_difference_of_one(counts in proptest::collection::vec(0..4_usize, 1..6)) {
            let zones: BTreeSet<String> = (0..counts.len()).map(|n| n.to_string()).collect();
            let nodes = counts.iter().enumerate().map(|(n, count)| (n.to_string(), *count)).collect();
            let expected = counts.iter().all(|a| counts.iter().all(|b| a.abs_diff(*b) <= 1));
            prop_assert_eq!(is_even(&zones, &nodes), expected);
        }
    }
}
