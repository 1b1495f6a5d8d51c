//! `control_plane_size(zone_count)`

use tfplug::{Function, FunctionError, Parameters};
use topology::{ControlPlaneSize, ZoneCount};

use crate::diagnostics::argument_error;

pub(crate) struct ControlPlaneSizeOf;

#[derive(Parameters)]
pub(crate) struct Arguments {
    /// Number of availability zones, 1 or more.
    zone_count: i64,
}

impl Function for ControlPlaneSizeOf {
    type Parameters = Arguments;
    type Output = i64;

    fn name(&self) -> &'static str {
        "control_plane_size"
    }

    fn summary(&self) -> &'static str {
        "Number of control plane nodes for a number of zones"
    }

    fn description(&self) -> &'static str {
        "Returns how many control plane (master) nodes a cluster over `zone_count` availability \
         zones gets: one per zone, and one more if that makes an even number; 7 at most."
    }

    fn call(&self, arguments: Arguments) -> Result<i64, FunctionError> {
        let zones = ZoneCount::new(arguments.zone_count)
            .map_err(|error| argument_error("zone_count", &error))?;
        Ok(ControlPlaneSize::for_zones(zones).get().into())
    }
}
