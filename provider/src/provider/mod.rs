//! The provider: who it is, its configuration, and all it offers.

use tfplug::{Configure, Model, Provider, Registry, Result, Settings};

use crate::data_sources::topology::TopologyDataSource;
use crate::functions::{ControlPlaneSizeOf, Placement, Quorum, ToleratesZoneFailure};

/// Who the plugin is.
pub const SETTINGS: Settings = Settings {
    name: "kubeha",
    version: env!("CARGO_PKG_VERSION"),
    address: "registry.terraform.io/kubeha/kubeha",
    log_targets: &["terraform_provider_kubeha", "topology"],
};

/// The `kubeha` provider builds highly available Kubernetes topologies on AWS from a region and its
/// availability zones. What it offers today is computed offline: it needs no credentials and no
/// configuration.
#[derive(Clone, Debug, PartialEq, Model)]
pub struct Config {}

/// The provider.
#[derive(Clone, Copy, Debug)]
pub struct Kubeha;

/// What resources and data sources get from the configured provider.
#[derive(Clone, Copy, Debug)]
pub struct Data;

impl Provider for Kubeha {
    type Config = Config;
    type Data = Data;

    async fn configure(&self, _: Configure<Config>) -> Result<Data> {
        Ok(Data)
    }

    fn register(&self, registry: &mut Registry<Data>) {
        registry
            .data_source(TopologyDataSource)
            .function(ControlPlaneSizeOf)
            .function(Placement)
            .function(Quorum)
            .function(ToleratesZoneFailure);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn schemas_are_sound() {
        assert_eq!(tfplug::problems(Kubeha), [""; 0]);
    }
}
