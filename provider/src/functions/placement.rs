//! `placement(zones, size)`

use tfplug::{Function, FunctionError, List, Map, Parameters};
use topology::{ControlPlaneSize, Zones, place};

use crate::diagnostics::argument_error;

pub(crate) struct Placement;

#[derive(Parameters)]
pub(crate) struct Arguments {
    /// Names of the availability zones, all of one region and each once.
    zones: List<String>,
    /// Number of control plane nodes: 1, 3, 5 or 7. `control_plane_size(length(zones))` gives the
    /// rule's.
    size: i64,
}

impl Function for Placement {
    type Parameters = Arguments;
    type Output = Map<i64>;

    fn name(&self) -> &'static str {
        "placement"
    }

    fn summary(&self) -> &'static str {
        "Number of control plane nodes by zone"
    }

    fn description(&self) -> &'static str {
        "Returns how many of `size` control plane nodes stand in each of `zones`, as a map from \
         zone to number: as evenly as possible, the larger shares in the first zones by name."
    }

    fn call(&self, arguments: Arguments) -> Result<Map<i64>, FunctionError> {
        let names = arguments
            .zones
            .0
            .iter()
            .map(|name| name.text().unwrap_or_default());
        let zones = Zones::parse(names).map_err(|error| argument_error("zones", &error))?;
        let size = ControlPlaneSize::new(arguments.size)
            .map_err(|error| argument_error("size", &error))?;
        let placement = place(&zones, size);
        Ok(placement
            .iter()
            .map(|zone| (zone.zone().to_string(), i64::from(zone.nodes())))
            .collect())
    }
}
