//! The quorum truth of N availability zones: how many control-plane (master) nodes they get,
//! where those stand, and what is left when a node or a zone fails. And how a network's addresses
//! are shared among zones, [`NetworkBlock`], and who may talk to whom, [`ports`].
//!
//! Everything here is pure: no AWS, no Terraform, no input or output. A text becomes a
//! [`ZoneName`], several become [`Zones`], a number becomes a [`ControlPlaneSize`]; from these
//! on nothing can fail, and [`Topology::plan`] answers the rest.
//!
//! ```
//! use topology::{Topology, Zones};
//!
//! # fn main() -> Result<(), topology::Error> {
//! let zones = Zones::parse(["eu-west-1b", "eu-west-1a"])?;
//! let topology = Topology::plan(zones, None);
//!
//! // One node per zone would be two; an even number is rounded up.
//! assert_eq!(topology.size().get(), 3);
//! assert_eq!(topology.quorum(), 2);
//! assert_eq!(topology.tolerated_node_failures(), 1);
//!
//! // Two zones can't both be expendable: one of them holds two of the three nodes.
//! assert!(!topology.tolerates_zone_failure());
//! let survives: Vec<_> = topology
//!     .placement()
//!     .iter()
//!     .map(|p| (p.zone().as_str(), p.nodes(), p.quorum_survives_loss()))
//!     .collect();
//! assert_eq!(survives, [("eu-west-1a", 2, false), ("eu-west-1b", 1, true)]);
//! assert!(topology.explanation().contains("eu-west-1a"));
//! # Ok(())
//! # }
//! ```

mod blocks;
mod canvas;
mod diagram;
mod error;
mod explain;
mod palette;
mod picture;
mod placement;
mod plan;
pub mod ports;
mod quorum;
mod size;
mod svg;
mod warning;
pub mod words;
mod zone;
mod zones;

pub use blocks::{KnownBlocks, NetworkBlock, ZoneBlocks, overlap};
pub use error::{Error, Field, NetworkBlockProblem, ZoneNameProblem};
pub use placement::{ZonePlacement, place};
pub use plan::Topology;
pub use quorum::Members;
pub use size::{ControlPlaneSize, ZoneCount};
pub use warning::Warning;
pub use zone::{ZoneKind, ZoneName};
pub use zones::Zones;
