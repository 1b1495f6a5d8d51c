//! Pictures of topologies, for the README and the guides.

use topology::{Topology, Zones};

use crate::error::Error;

/// How many zones, and of which region: one that has so many.
const TOPOLOGIES: [(usize, &str); 4] = [
    (1, "eu-west-1"),
    (2, "eu-west-1"),
    (3, "eu-west-1"),
    (4, "us-west-2"),
];

/// The drawing of each, by its path below `docs/`.
pub(crate) fn pictures() -> Result<Vec<(String, String)>, Error> {
    TOPOLOGIES
        .iter()
        .map(|(count, region)| {
            let names = ('a'..='z')
                .take(*count)
                .map(|letter| format!("{region}{letter}"));
            let topology = Topology::plan(Zones::parse(names)?, None);
            Ok((
                format!("images/topology-{count}.svg"),
                topology.diagram_svg(),
            ))
        })
        .collect()
}
