//! How many nodes the zones need, and what that means. Pure.

use tfplug::{Attr, Diagnostics, Path};
use topology::{ControlPlaneSize, Field, Topology, ZoneName, Zones};

use super::model::ControlPlaneGroup;
use crate::diagnostics::{topology_error, topology_warning};

/// The size as configured.
///
/// # Errors
/// It is even, or out of range.
pub(super) fn size(configured: &Attr<i64>) -> Result<Option<ControlPlaneSize>, Diagnostics> {
    configured
        .known()
        .map(|size| ControlPlaneSize::new(*size))
        .transpose()
        .map_err(|error| topology_error(&error, attribute).into())
}

/// What zones and size imply, as soon as both are known.
///
/// # Errors
/// A zone's name is none, or the zones don't go together.
pub(super) fn topology(plan: &ControlPlaneGroup) -> Result<Option<Topology>, Diagnostics> {
    if plan.subnets.known().is_none() {
        return Ok(None);
    }
    let malformed: Diagnostics = plan
        .zones()
        .filter_map(|name| {
            let error = name.parse::<ZoneName>().err()?;
            Some(topology_error(&error, attribute).at(Path::attribute("subnets").key(name)))
        })
        .collect();
    malformed.into_result()?;
    let zones = Zones::parse(plan.zones()).map_err(|error| {
        let subnets = Path::attribute("subnets");
        let at = match error.index().and_then(|index| plan.zones().nth(index)) {
            Some(zone) => subnets.key(zone),
            None => subnets,
        };
        Diagnostics::from(topology_error(&error, attribute).at(at))
    })?;
    Ok(Some(Topology::plan(zones, size(&plan.size)?)))
}

/// Sets what follows from a topology.
pub(super) fn set(model: &mut ControlPlaneGroup, topology: &Topology) {
    model.size = i64::from(topology.size().get()).into();
    model.quorum = i64::from(topology.quorum()).into();
    model.tolerated_node_failures = i64::from(topology.tolerated_node_failures()).into();
    model.tolerates_zone_failure = topology.tolerates_zone_failure().into();
    model.placement = Attr::Known(topology.placement().iter().map(Into::into).collect());
}

/// Leaves open what would follow.
pub(super) fn set_unknown(model: &mut ControlPlaneGroup) {
    if model.size.is_null() {
        model.size = Attr::Unknown;
    }
    model.quorum = Attr::Unknown;
    model.tolerated_node_failures = Attr::Unknown;
    model.tolerates_zone_failure = Attr::Unknown;
    model.placement = Attr::Unknown;
}

/// What the group as it is has of all this: nothing, where AWS has a number of nodes that no plan
/// would ask for.
pub(super) fn set_observed(model: &mut ControlPlaneGroup, size: Option<i64>) {
    model.size = size.into();
    let (Some(_), Ok(Some(topology))) = (size, topology(model)) else {
        model.quorum = Attr::Null;
        model.tolerated_node_failures = Attr::Null;
        model.tolerates_zone_failure = Attr::Null;
        model.placement = Attr::Null;
        return;
    };
    set(model, &topology);
}

/// The weaknesses of a topology, each at the attribute that brings it about.
pub(super) fn warnings(topology: &Topology) -> impl Iterator<Item = tfplug::Diagnostic> {
    topology
        .warnings()
        .into_iter()
        .map(|warning| topology_warning(&warning, attribute))
}

/// Where a topology's inputs stand here.
fn attribute(field: Field) -> Path {
    Path::attribute(match field {
        Field::ControlPlaneSize => "size",
        _ => "subnets",
    })
}

#[cfg(test)]
mod tests {
    use tfplug::Map;

    use super::*;

    fn group(letters: &str, size: Attr<i64>) -> ControlPlaneGroup {
        let subnet = |letter| (format!("eu-west-1{letter}"), format!("subnet-{letter}"));
        ControlPlaneGroup {
            subnets: Attr::Known(letters.chars().map(subnet).collect()),
            size,
            ..ControlPlaneGroup::default()
        }
    }

    #[test]
    fn zones_decide_unless_a_size_is_chosen() {
        for (letters, size, expected) in [
            ("a", Attr::Null, 1),
            ("ab", Attr::Null, 3),
            ("abc", Attr::Null, 3),
            ("abcd", Attr::Null, 5),
            ("abc", Attr::Known(5), 5),
        ] {
            let mut group = group(letters, size);
            let topology = topology(&group).unwrap().unwrap();
            set(&mut group, &topology);
            assert_eq!(group.size, expected.into(), "{letters}");
            assert_eq!(group.quorum, (expected / 2 + 1).into());
            let placed = group.placement.known().unwrap().known().count();
            assert_eq!(placed, letters.len());
        }
    }

    #[test]
    fn ids_need_not_be_known_but_zones_must() {
        let unknown = ("eu-west-1a".to_owned(), Attr::Unknown);
        let known = ControlPlaneGroup {
            subnets: Attr::Known(Map([unknown].into())),
            ..ControlPlaneGroup::default()
        };
        assert!(topology(&known).unwrap().is_some());
        let open = ControlPlaneGroup {
            subnets: Attr::Unknown,
            ..ControlPlaneGroup::default()
        };
        assert!(topology(&open).unwrap().is_none());
    }

    #[test]
    fn faults_stand_at_their_zone() {
        let mut mixed = group("a", Attr::Null);
        if let Attr::Known(subnets) = &mut mixed.subnets {
            subnets.0.insert("us-east-1a".to_owned(), "subnet-z".into());
        }
        let mut malformed = group("a", Attr::Null);
        if let Attr::Known(subnets) = &mut malformed.subnets {
            subnets.0.insert("Zone!".to_owned(), "subnet-z".into());
        }
        for (group, at) in [
            (mixed, "subnets[\"us-east-1a\"]"),
            (malformed, "subnets[\"Zone!\"]"),
            (group("", Attr::Null), "subnets"),
        ] {
            let errors = topology(&group).unwrap_err();
            let found: Vec<_> = errors
                .iter()
                .map(|error| error.path().to_string())
                .collect();
            assert_eq!(found, [at]);
        }
        assert!(topology(&group("abc", 4.into())).is_err());
    }

    #[test]
    fn sizes_that_no_plan_asks_for_imply_nothing() {
        for (size, expected) in [
            (Some(3), Attr::Known(2)),
            (Some(4), Attr::Null),
            (None, Attr::Null),
        ] {
            let mut group = group("abc", Attr::Null);
            set_observed(&mut group, size);
            assert_eq!((group.size, group.quorum), (size.into(), expected));
        }
    }
}
