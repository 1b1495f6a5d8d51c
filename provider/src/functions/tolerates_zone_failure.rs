//! `tolerates_zone_failure(zone_count, size)`

use tfplug::{Function, FunctionError, Parameters};
use topology::{ControlPlaneSize, ZoneCount};

use crate::diagnostics::argument_error;

pub(crate) struct ToleratesZoneFailure;

#[derive(Parameters)]
pub(crate) struct Arguments {
    /// Number of availability zones, 1 or more.
    zone_count: i64,
    /// Number of control plane nodes: 1, 3, 5 or 7.
    size: i64,
}

impl Function for ToleratesZoneFailure {
    type Parameters = Arguments;
    type Output = bool;

    fn name(&self) -> &'static str {
        "tolerates_zone_failure"
    }

    fn summary(&self) -> &'static str {
        "Whether the Kubernetes API survives the loss of any one zone"
    }

    fn description(&self) -> &'static str {
        "Returns whether `size` control plane nodes, spread evenly over `zone_count` availability \
         zones, still have a quorum when any one zone fails. It takes three zones or more."
    }

    fn call(&self, arguments: Arguments) -> Result<bool, FunctionError> {
        let zones = ZoneCount::new(arguments.zone_count)
            .map_err(|error| argument_error("zone_count", &error))?;
        let size = ControlPlaneSize::new(arguments.size)
            .map_err(|error| argument_error("size", &error))?;
        Ok(size.tolerates_zone_failure(zones))
    }
}
