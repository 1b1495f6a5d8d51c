//! `kubeha_topology`: the quorum truth of N availability zones.

mod model;

use model::Topology;
use tfplug::{Attr, Cx, DataSource, Diagnostics, Path, Result};
use topology::{ControlPlaneSize, Field, ZoneName, Zones};

use crate::diagnostics::{topology_error, topology_warning};
use crate::provider::Data;

pub(crate) struct TopologyDataSource;

impl DataSource for TopologyDataSource {
    type Data = Data;
    type Model = Topology;

    fn type_name(&self) -> &'static str {
        "kubeha_topology"
    }

    /// The size is a number that people type. Zones mostly come from other data sources, which
    /// `mock_provider` fills with invented text or with nothing, so their names are left to `read`.
    fn validate(&self, config: &Topology, out: &mut Diagnostics) {
        if let Err(errors) = size(&config.control_plane_size) {
            out.extend(errors);
        }
    }

    async fn read(&self, cx: &Cx<Data>, config: Topology) -> Result<Topology> {
        let zones = zones(&config);
        let size = size(&config.control_plane_size);
        let (zones, size) = match (zones, size) {
            (Ok(zones), Ok(size)) => (zones, size),
            (zones, size) => {
                let mut all = zones.err().unwrap_or_default();
                all.extend(size.err().unwrap_or_default());
                return Err(all);
            }
        };
        let plan = topology::Topology::plan(zones, size);
        if cx.data().told.is_for(self.type_name(), &plan) {
            for warning in plan.warnings() {
                cx.warn(topology_warning(&warning, attribute));
            }
        }
        Ok(Topology {
            availability_zones: config.availability_zones,
            control_plane_size: i64::from(plan.size().get()).into(),
            quorum: i64::from(plan.quorum()).into(),
            tolerated_node_failures: i64::from(plan.tolerated_node_failures()).into(),
            tolerates_zone_failure: plan.tolerates_zone_failure().into(),
            placement: Attr::Known(plan.placement().iter().map(Into::into).collect()),
            explanation: plan.explanation().into(),
            diagram: plan.diagram().into(),
            diagram_svg: plan.diagram_svg().into(),
        })
    }
}

fn attribute(field: Field) -> Path {
    Path::attribute(field.as_str())
}

/// The zones, or every name that is none, and only then what is wrong among them.
fn zones(config: &Topology) -> Result<Zones> {
    let names = config.availability_zones.get("availability_zones")?;
    // A null element is as little a name as an empty one, and is reported as that.
    let names: Vec<&str> = names
        .0
        .iter()
        .map(|name| name.text().unwrap_or_default())
        .collect();
    let malformed: Diagnostics = names
        .iter()
        .enumerate()
        .filter_map(|(index, name)| {
            let error = name.parse::<ZoneName>().err()?;
            let path = |field| attribute(field).index(index);
            Some(topology_error(&error, path))
        })
        .collect();
    malformed.into_result()?;
    Zones::parse(names).map_err(|error| topology_error(&error, attribute).into())
}

fn size(configured: &Attr<i64>) -> Result<Option<ControlPlaneSize>> {
    configured
        .known()
        .map(|size| ControlPlaneSize::new(*size))
        .transpose()
        .map_err(|error| topology_error(&error, attribute).into())
}
