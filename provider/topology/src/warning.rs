//! What is legal but should be known before it is built.

use std::fmt;

use crate::error::Field;
use crate::placement::ZonePlacement;
use crate::plan::Topology;
use crate::size::{ControlPlaneSize, ZoneCount, uncapped_size};
use crate::words::{count, list};
use crate::zone::ZoneName;

/// A weakness of a plan. `Display` says what it means and what to do about it.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Warning {
    /// Local Zones or Wavelength Zones are among the zones, so fewer places fail independently
    /// than there are zones.
    EdgeZones {
        /// Those that aren't Availability Zones.
        zones: Vec<ZoneName>,
    },

    /// There are too few zones: the loss of one of these stops the API, whatever the size.
    QuorumLostWithZone {
        /// The zones that take the quorum along.
        zones: Vec<ZoneName>,
        /// How many zones there are.
        zone_count: ZoneCount,
    },

    /// There are enough zones to survive the loss of one, but too few nodes.
    SizeBelowZoneTolerance {
        /// The size planned.
        size: ControlPlaneSize,
        /// The smallest size that would survive.
        needed: ControlPlaneSize,
        /// The zones that take the quorum along.
        zones: Vec<ZoneName>,
    },

    /// The rule would give more nodes than [`ControlPlaneSize::MAX`].
    SizeCappedAtMaximum {
        /// How many zones there are.
        zone_count: ZoneCount,
        /// What the rule would give.
        uncapped: u32,
    },

    /// There is one node only: its failure stops the API.
    SingleNode {
        /// What brought this about: a size that was chosen, or a single zone.
        field: Field,
    },

    /// There are fewer nodes than zones.
    ZonesWithoutControlPlane {
        /// The zones that get none.
        zones: Vec<ZoneName>,
        /// What brought this about: a size that was chosen, or many zones.
        field: Field,
    },
}

impl Warning {
    /// The input to change if the weakness isn't wanted.
    pub fn field(&self) -> Field {
        match self {
            Self::EdgeZones { .. }
            | Self::QuorumLostWithZone { .. }
            | Self::SizeCappedAtMaximum { .. } => Field::AvailabilityZones,
            Self::SizeBelowZoneTolerance { .. } => Field::ControlPlaneSize,
            Self::SingleNode { field } | Self::ZonesWithoutControlPlane { field, .. } => *field,
        }
    }

    /// A headline.
    pub fn summary(&self) -> &'static str {
        match self {
            Self::EdgeZones { .. } => "Not every zone is an Availability Zone",
            Self::QuorumLostWithZone { .. } => "Too few zones to survive the loss of one",
            Self::SizeBelowZoneTolerance { .. } => {
                "Too few control-plane nodes to survive the loss of a zone"
            }
            Self::SizeCappedAtMaximum { .. } => "Fewer control-plane nodes than zones",
            Self::SingleNode { .. } => "A single control-plane node",
            Self::ZonesWithoutControlPlane { .. } => "Zones without a control-plane node",
        }
    }
}

impl fmt::Display for Warning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::EdgeZones { zones } => {
                let zones = zones.iter().map(|z| format!("{z} ({})", z.kind()));
                write!(
                    f,
                    "Among the zones: {}. Such a zone relies on a parent Availability Zone, so the \
                     two may not fail independently, and the control plane may survive less than \
                     the counts say. Use Availability Zones for the control plane.",
                    list(zones, "and"),
                )
            }
            Self::QuorumLostWithZone { zones, zone_count } => write!(
                f,
                "If {} fails, the quorum of etcd goes with it and the Kubernetes API stops. \
                 No number of nodes changes that with {}; three zones survive the loss of any one.",
                list(zones, "or"),
                count(zone_count.get(), "zone"),
            ),
            Self::SizeBelowZoneTolerance {
                size,
                needed,
                zones,
            } => write!(
                f,
                "With {}, the Kubernetes API stops if {} fails. These zones would survive the \
                 loss of any one with {}.",
                count(size.get(), "control-plane node"),
                list(zones, "or"),
                count(needed.get(), "control-plane node"),
            ),
            Self::SizeCappedAtMaximum {
                zone_count,
                uncapped,
            } => write!(
                f,
                "{} would get {}, but etcd advises against more than {} members: every write is \
                 copied to all of them. {} are planned; the loss of any one zone is still \
                 survived.",
                count(zone_count.get(), "zone"),
                count(*uncapped, "control-plane node"),
                ControlPlaneSize::MAX.get(),
                ControlPlaneSize::MAX.get(),
            ),
            Self::SingleNode { .. } => write!(
                f,
                "If the one control-plane node fails, the Kubernetes API stops until another \
                 runs, and what etcd held is gone unless there is a backup. Three nodes survive \
                 the loss of one.",
            ),
            Self::ZonesWithoutControlPlane { zones, .. } => write!(
                f,
                "There are fewer control-plane nodes than zones, so {} would hold workers only; \
                 AWS may choose other zones to leave out. The Kubernetes API is reached across \
                 zones there.",
                list(zones, "and"),
            ),
        }
    }
}

/// The weaknesses of a plan, gravest first.
pub(crate) fn warnings(topology: &Topology) -> Vec<Warning> {
    let zone_count = topology.zones().count();
    let size = topology.size();
    let critical: Vec<_> = topology.critical_zones().map(zone).collect();
    let empty: Vec<_> = topology
        .placement()
        .iter()
        .filter(|p| p.nodes() == 0)
        .map(zone)
        .collect();
    let edge: Vec<_> = topology.edge_zones().cloned().collect();
    let uncapped = uncapped_size(zone_count);

    let mut warnings = Vec::new();
    if size.get() == 1 {
        let field = field(topology);
        warnings.push(Warning::SingleNode { field });
    }
    if !critical.is_empty() {
        warnings.push(
            match ControlPlaneSize::smallest_tolerating_zone_failure(zone_count) {
                Some(needed) => Warning::SizeBelowZoneTolerance {
                    size,
                    needed,
                    zones: critical,
                },
                None => Warning::QuorumLostWithZone {
                    zones: critical,
                    zone_count,
                },
            },
        );
    }
    if !topology.size_is_chosen() && uncapped > size.get() {
        warnings.push(Warning::SizeCappedAtMaximum {
            zone_count,
            uncapped,
        });
    }
    if !empty.is_empty() {
        let field = field(topology);
        warnings.push(Warning::ZonesWithoutControlPlane {
            zones: empty,
            field,
        });
    }
    if !edge.is_empty() {
        warnings.push(Warning::EdgeZones { zones: edge });
    }
    warnings
}

/// The input that decided the size.
fn field(topology: &Topology) -> Field {
    if topology.size_is_chosen() {
        Field::ControlPlaneSize
    } else {
        Field::AvailabilityZones
    }
}

fn zone(placement: &ZonePlacement) -> ZoneName {
    placement.zone().clone()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::zones::Zones;

    fn plan(letters: &str, size: Option<i64>) -> Vec<Warning> {
        let zones = Zones::parse(letters.chars().map(|c| format!("eu-west-1{c}"))).unwrap();
        Topology::plan(zones, size.map(|s| ControlPlaneSize::new(s).unwrap())).warnings()
    }

    fn names(letters: &str) -> Vec<ZoneName> {
        letters
            .chars()
            .map(|c| format!("eu-west-1{c}").parse().unwrap())
            .collect()
    }

    fn zone_count(count: i64) -> ZoneCount {
        ZoneCount::new(count).unwrap()
    }

    #[test]
    fn three_zones_and_more_by_the_rule_are_sound() {
        for letters in ["abc", "abcd", "abcde", "abcdef", "abcdefg"] {
            assert_eq!(plan(letters, None), [], "{letters}");
        }
        assert_eq!(plan("abc", Some(7)), []);
    }

    #[test]
    fn one_zone_has_two_weaknesses() {
        let lost = Warning::QuorumLostWithZone {
            zones: names("a"),
            zone_count: zone_count(1),
        };
        let single = Warning::SingleNode {
            field: Field::AvailabilityZones,
        };
        assert_eq!(plan("a", None), [single, lost.clone()]);
        assert_eq!(plan("a", Some(3)), [lost]);
    }

    #[test]
    fn two_zones_name_the_one_that_counts() {
        let lost = Warning::QuorumLostWithZone {
            zones: names("a"),
            zone_count: zone_count(2),
        };
        assert_eq!(plan("ab", None), std::slice::from_ref(&lost));
        assert_eq!(lost.field(), Field::AvailabilityZones);
        assert_eq!(
            lost.to_string(),
            "If eu-west-1a fails, the quorum of etcd goes with it and the Kubernetes API stops. \
             No number of nodes changes that with 2 zones; three zones survive the loss of any one."
        );
    }

    #[test]
    fn a_size_too_small_names_the_right_one() {
        let warnings = plan("abc", Some(1));
        let [size, needed] = [1, 3].map(|s| ControlPlaneSize::new(s).unwrap());
        assert_eq!(
            warnings,
            [
                Warning::SingleNode {
                    field: Field::ControlPlaneSize
                },
                Warning::SizeBelowZoneTolerance {
                    size,
                    needed,
                    zones: names("a")
                },
                Warning::ZonesWithoutControlPlane {
                    zones: names("bc"),
                    field: Field::ControlPlaneSize
                },
            ]
        );
        assert!(
            warnings
                .iter()
                .all(|w| w.field() == Field::ControlPlaneSize)
        );
        let text = warnings[1].to_string();
        assert!(
            text.contains("eu-west-1a") && text.contains("3 control-plane nodes"),
            "{text}"
        );
    }

    #[test]
    fn a_cap_is_told() {
        let empty = |field| Warning::ZonesWithoutControlPlane {
            zones: names("h"),
            field,
        };
        assert_eq!(
            plan("abcdefgh", None),
            [
                Warning::SizeCappedAtMaximum {
                    zone_count: zone_count(8),
                    uncapped: 9
                },
                empty(Field::AvailabilityZones),
            ]
        );
        // Who states seven isn't told that nine were meant.
        assert_eq!(plan("abcdefgh", Some(7)), [empty(Field::ControlPlaneSize)]);
    }

    #[test]
    fn edge_zones_are_told() {
        let zones = Zones::parse(["us-west-2a", "us-west-2b", "us-west-2-lax-1a"]).unwrap();
        let warnings = Topology::plan(zones, None).warnings();
        let zones = vec!["us-west-2-lax-1a".parse().unwrap()];
        assert_eq!(warnings, [Warning::EdgeZones { zones }]);
        assert!(
            warnings[0]
                .to_string()
                .contains("us-west-2-lax-1a (Local Zone)")
        );
    }

    #[test]
    fn every_warning_is_a_headline_and_sentences() {
        for warning in ["a", "ab", "abc", "abcdefgh"]
            .iter()
            .flat_map(|letters| [plan(letters, None), plan(letters, Some(1))].concat())
        {
            let text = warning.to_string();
            assert!(
                !warning.summary().ends_with('.') && text.ends_with('.'),
                "{text}"
            );
            assert!(!text.contains("  ") && !text.contains('\n'), "{text}");
        }
    }
}
