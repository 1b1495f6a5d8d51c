//! Where the load balancers of a run stand, as their plans tell it.
//!
//! A target in a zone that its load balancer isn't in gets no traffic. The plan of a group of nodes
//! comes after that of the load balancer whose target groups it names, so it can look here.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::sync::{Mutex, PoisonError};

use tfplug::{Attr, Map, Set};

/// What a load balancer is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Balancer {
    /// The Kubernetes API.
    Api,
    /// Services.
    Service,
}

impl fmt::Display for Balancer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Api => "API load balancer",
            Self::Service => "service load balancer",
        })
    }
}

/// Which load balancer: its cluster, what it is for, its name.
type Key = (String, Balancer, String);

/// The load balancers of a run. A provider is configured anew for each.
#[derive(Debug, Default)]
pub(crate) struct Standings(Mutex<BTreeMap<Key, Standing>>);

#[derive(Clone, Debug)]
struct Standing {
    zones: BTreeSet<String>,
    target_groups: Attr<Set<String>>,
}

impl Standings {
    /// Notes where a load balancer is to stand, and which target groups are its own.
    pub(crate) fn note(
        &self,
        balancer: Balancer,
        (cluster, name): (&Attr<String>, &Attr<String>),
        subnets: &Attr<Map<String>>,
        target_groups: Attr<Set<String>>,
    ) {
        let (Some(cluster), Some(name), Some(subnets)) =
            (cluster.text(), name.text(), subnets.known())
        else {
            return;
        };
        let standing = Standing {
            zones: subnets.0.keys().cloned().collect(),
            target_groups,
        };
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.insert((cluster.to_owned(), balancer, name.to_owned()), standing);
    }

    /// The zones of the load balancer that has these target groups. `None` where that can't be
    /// known: not of another state's, and not of target groups to come if several could be meant.
    pub(crate) fn zones(
        &self,
        balancer: Balancer,
        cluster: &Attr<String>,
        target_groups: &Attr<Set<String>>,
    ) -> Option<BTreeSet<String>> {
        let cluster = cluster.text()?;
        let all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let such = (all.iter()).filter(|(key, _)| key.0 == cluster && key.1 == balancer);
        let standings: Vec<&Standing> = such.map(|(_, standing)| standing).collect();
        let known: BTreeSet<&String> = elements(target_groups).collect();
        let has = |one: &&&Standing| elements(&one.target_groups).any(|arn| known.contains(arn));
        let found = match (standings.iter().find(has), standings.as_slice()) {
            (Some(found), _) => found,
            (None, [only]) if may_be(target_groups) && may_be(&only.target_groups) => only,
            _ => return None,
        };
        Some(found.zones.clone())
    }
}

fn elements(set: &Attr<Set<String>>) -> impl Iterator<Item = &String> {
    set.known().into_iter().flat_map(Set::known)
}

/// Whether anything of it is still to be known.
fn may_be(set: &Attr<Set<String>>) -> bool {
    match set {
        Attr::Unknown => true,
        Attr::Known(set) => set.0.iter().any(Attr::is_unknown),
        Attr::Null => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn arns(arns: &[&str]) -> Attr<Set<String>> {
        Attr::Known(arns.iter().map(|&arn| arn.to_owned()).collect())
    }

    fn noted(standings: &Standings, name: &str, zone: &str, target_groups: Attr<Set<String>>) {
        let subnets = Map::from_iter([(zone.to_owned(), "subnet-1".to_owned())]);
        let who = (&"prod".into(), &name.into());
        standings.note(Balancer::Api, who, &Attr::Known(subnets), target_groups);
    }

    fn found(standings: &Standings, target_groups: &Attr<Set<String>>) -> Vec<String> {
        let zones = standings.zones(Balancer::Api, &"prod".into(), target_groups);
        zones.into_iter().flatten().collect()
    }

    #[test]
    fn target_groups_tell_whose_they_are() {
        let standings = Standings::default();
        noted(&standings, "one", "a", arns(&["1"]));
        noted(&standings, "two", "b", arns(&["2", "3"]));
        assert_eq!(found(&standings, &arns(&["3"])), ["b"]);
        assert_eq!(found(&standings, &arns(&["1", "9"])), ["a"]);
        assert_eq!(found(&standings, &arns(&["9"])), [""; 0]);
        assert_eq!(found(&standings, &Attr::Unknown), [""; 0]);
        assert!(
            standings
                .zones(Balancer::Service, &"prod".into(), &arns(&["1"]))
                .is_none()
        );
        assert!(
            standings
                .zones(Balancer::Api, &"other".into(), &arns(&["1"]))
                .is_none()
        );
    }

    #[test]
    fn what_is_to_come_is_the_only_one_that_is() {
        let standings = Standings::default();
        noted(&standings, "one", "a", Attr::Unknown);
        assert_eq!(found(&standings, &Attr::Unknown), ["a"]);
        assert_eq!(found(&standings, &Attr::Null), [""; 0]);
        assert_eq!(found(&standings, &arns(&["9"])), [""; 0]);
        // The same, planned once more.
        noted(&standings, "one", "b", Attr::Unknown);
        assert_eq!(found(&standings, &Attr::Unknown), ["b"]);
        noted(&standings, "two", "c", Attr::Unknown);
        assert_eq!(found(&standings, &Attr::Unknown), [""; 0]);
    }
}
