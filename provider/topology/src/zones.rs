//! The zones of one cluster.

use crate::error::Error;
use crate::size::ZoneCount;
use crate::zone::ZoneName;

/// The zones a cluster spans: at least one, each once, all of one region.
///
/// The order in which they are given doesn't matter: they are kept sorted, so that the same
/// zones always give the same plan. Availability Zones come before other kinds, then names
/// decide: what comes first gets the larger share of the control plane.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Zones {
    sorted: Vec<ZoneName>,
    region: String,
}

impl Zones {
    /// Parses the names of zones.
    ///
    /// # Errors
    /// The first thing wrong, in the order given: [`Error::NoZones`], [`Error::ZoneName`],
    /// [`Error::DuplicateZone`] or [`Error::MixedRegions`]. Indexes count from 0 in that order.
    pub fn parse<I>(names: I) -> Result<Self, Error>
    where
        I: IntoIterator,
        I::Item: AsRef<str>,
    {
        let mut zones: Vec<ZoneName> = Vec::new();
        for (index, name) in names.into_iter().enumerate() {
            let zone = name
                .as_ref()
                .parse::<ZoneName>()
                .map_err(|error| match error {
                    Error::ZoneName { value, problem, .. } => Error::ZoneName {
                        index: Some(index),
                        value,
                        problem,
                    },
                    other => other,
                })?;
            if let Some(first_index) = zones.iter().position(|z| *z == zone) {
                return Err(Error::DuplicateZone {
                    index,
                    first_index,
                    zone,
                });
            }
            if let Some(first) = zones.first().filter(|z| z.region() != zone.region()) {
                let region = first.region().to_owned();
                return Err(Error::MixedRegions {
                    index,
                    zone,
                    region,
                });
            }
            zones.push(zone);
        }
        let Some(first) = zones.first() else {
            return Err(Error::NoZones);
        };
        let region = first.region().to_owned();
        zones.sort_by(|a, b| (a.kind(), a).cmp(&(b.kind(), b)));
        Ok(Self {
            sorted: zones,
            region,
        })
    }

    /// The zones, Availability Zones first, then by name.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = &ZoneName> {
        self.sorted.iter()
    }

    /// How many zones there are.
    pub fn count(&self) -> ZoneCount {
        ZoneCount::of(&self.sorted)
    }

    /// The region of all of them, such as `eu-west-1`.
    pub fn region(&self) -> &str {
        &self.region
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::{Field, ZoneNameProblem};

    #[test]
    fn order_is_irrelevant() {
        let zones = Zones::parse(["eu-west-1c", "eu-west-1a", "eu-west-1b"]).unwrap();
        assert_eq!(
            zones,
            Zones::parse(["eu-west-1b", "eu-west-1c", "eu-west-1a"]).unwrap()
        );
        let names: Vec<_> = zones.iter().map(ZoneName::as_str).collect();
        assert_eq!(names, ["eu-west-1a", "eu-west-1b", "eu-west-1c"]);
        assert_eq!((zones.count().get(), zones.region()), (3, "eu-west-1"));
    }

    #[test]
    fn none_is_an_error() {
        let error = Zones::parse::<[&str; 0]>([]).unwrap_err();
        assert_eq!(error, Error::NoZones);
        assert_eq!(
            (error.field(), error.index()),
            (Field::AvailabilityZones, None)
        );
    }

    #[test]
    fn a_bad_name_is_pointed_at() {
        let error = Zones::parse(["eu-west-1a", "eu-west-1"]).unwrap_err();
        let value = "eu-west-1".to_owned();
        let problem = ZoneNameProblem::Region;
        assert_eq!(
            error,
            Error::ZoneName {
                index: Some(1),
                value,
                problem
            }
        );
    }

    #[test]
    fn a_repetition_is_pointed_at() {
        let error = Zones::parse(["eu-west-1b", "eu-west-1a", "eu-west-1b"]).unwrap_err();
        let zone = "eu-west-1b".parse().unwrap();
        assert_eq!(
            error,
            Error::DuplicateZone {
                index: 2,
                first_index: 0,
                zone
            }
        );
        assert_eq!(error.index(), Some(2));
    }

    #[test]
    fn a_second_region_is_pointed_at() {
        let error = Zones::parse(["eu-west-1b", "eu-west-2a"]).unwrap_err();
        let zone = "eu-west-2a".parse().unwrap();
        assert_eq!(
            error,
            Error::MixedRegions {
                index: 1,
                zone,
                region: "eu-west-1".to_owned()
            }
        );
    }

    #[test]
    fn a_local_zone_belongs_to_its_parents_region_and_comes_last() {
        let zones = Zones::parse(["us-west-2-lax-1a", "us-west-2b"]).unwrap();
        let names: Vec<_> = zones.iter().map(ZoneName::as_str).collect();
        assert_eq!(names, ["us-west-2b", "us-west-2-lax-1a"]);
    }
}
