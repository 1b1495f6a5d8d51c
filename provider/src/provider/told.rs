//! What was said of a topology in this run already.
//!
//! A configuration mostly has the data source beside the group of the same zones, and once is enough.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use topology::Topology;

/// The topologies that were judged, and by which type. A provider is configured anew for each run.
#[derive(Debug, Default)]
pub(crate) struct Told(Mutex<BTreeMap<(Vec<String>, u32), &'static str>>);

impl Told {
    /// Whether this type is the one to tell: the first that judged these zones and this size. Its
    /// other blocks tell it too, since they may be other clusters.
    #[must_use]
    pub(crate) fn is_for(&self, type_name: &'static str, topology: &Topology) -> bool {
        let zones = topology.placement().iter();
        let zones = zones.map(|one| one.zone().as_str().to_owned()).collect();
        let size = topology.size().get();
        let mut told = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        *told.entry((zones, size)).or_insert(type_name) == type_name
    }
}

#[cfg(test)]
mod tests {
    use topology::Zones;

    use super::*;

    #[test]
    fn the_first_type_tells() {
        let topology = |zones: [&str; 2]| Topology::plan(Zones::parse(zones).unwrap(), None);
        let (told, ours) = (Told::default(), topology(["eu-west-1a", "eu-west-1b"]));
        assert!(told.is_for("data", &ours));
        assert!(!told.is_for("group", &ours));
        // The order of zones means nothing.
        assert!(!told.is_for("group", &topology(["eu-west-1b", "eu-west-1a"])));
        assert!(told.is_for("group", &topology(["eu-west-1b", "eu-west-1c"])));
        assert!(told.is_for("data", &ours), "of another cluster");
    }
}
