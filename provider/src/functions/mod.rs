//! Functions: the rules of the topology, offline, a file each.

mod control_plane_size;
mod placement;
mod quorum;
mod tolerates_zone_failure;

pub(crate) use control_plane_size::ControlPlaneSizeOf;
pub(crate) use placement::Placement;
pub(crate) use quorum::Quorum;
pub(crate) use tolerates_zone_failure::ToleratesZoneFailure;
