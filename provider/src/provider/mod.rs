//! The provider: who it is, its configuration, and all it offers.

mod claims;
mod config;
mod data;
mod openings;
mod settings;
mod standings;
mod terraform_version;
mod told;

use std::time::Duration;

use aws::Environment;
use config::Config;
pub(crate) use data::{Data, configured_tags, not_refreshed};
pub(crate) use openings::Opening;
#[cfg(test)]
pub(crate) use openings::tests::settings as settings_for_tests;
pub(crate) use standings::Balancer;
use tfplug::{CancellationToken, Configure, Diagnostics, Provider, Registry, Result, Settings};

use crate::data_sources::certificate_bundle::CertificateBundleDataSource;
use crate::data_sources::cluster_health::ClusterHealthDataSource;
use crate::data_sources::topology::TopologyDataSource;
use crate::ephemeral::{ClientCertificateResource, KubeconfigResource};
use crate::functions::{ControlPlaneSizeOf, Placement, Quorum, ToleratesZoneFailure};
use crate::resources::{
    ApiLoadBalancerResource, CertificateResource, ControlPlaneGroupResource, NetworkResource,
    NodeRolesResource, PkiResource, SecurityGroupsResource, ServiceLoadBalancerResource,
    WorkerGroupResource,
};

/// Who the plugin is.
pub const SETTINGS: Settings = Settings {
    name: "kubeha",
    version: env!("CARGO_PKG_VERSION"),
    address: "registry.terraform.io/kubeha/kubeha",
    log_targets: &["terraform_provider_kubeha", "aws", "topology"],
};

/// How long operations may go on after Ctrl-C if nothing makes them wait. What is nearly done gets done
/// then, and a create isn't left tainted; users don't wait much longer than for the call in progress.
const GRACE: Duration = Duration::from_secs(1);

/// Cancelled some time after the user's stop: from then on no further call is made.
fn halt(stop: CancellationToken) -> CancellationToken {
    let halt = CancellationToken::new();
    let cancelled = halt.clone();
    tokio::spawn(async move {
        stop.cancelled().await;
        tokio::time::sleep(GRACE).await;
        tracing::info!("stopped: no further call is made");
        cancelled.cancel();
    });
    halt
}

/// The provider.
#[derive(Clone, Copy, Debug)]
pub struct Kubeha;

impl Provider for Kubeha {
    type Config = Config;
    type Data = Data;

    fn validate(&self, config: &Config, out: &mut Diagnostics) {
        if let Some(Err(errors)) = config.owner.text().map(data::parse_owner) {
            out.extend(errors);
        }
    }

    async fn configure(&self, call: Configure<Config>) -> Result<Data> {
        terraform_version::check(&call.terraform_version)?;
        Data::new(
            &call.config,
            &call.terraform_version,
            Environment::of_process(),
            halt(call.stop),
        )
    }

    fn register(&self, registry: &mut Registry<Data>) {
        registry
            .resource(ApiLoadBalancerResource)
            .resource(CertificateResource)
            .resource(ControlPlaneGroupResource)
            .resource(NetworkResource)
            .resource(NodeRolesResource)
            .resource(PkiResource)
            .resource(SecurityGroupsResource)
            .resource(ServiceLoadBalancerResource)
            .resource(WorkerGroupResource)
            .data_source(CertificateBundleDataSource)
            .data_source(ClusterHealthDataSource)
            .data_source(TopologyDataSource)
            .ephemeral(ClientCertificateResource)
            .ephemeral(KubeconfigResource)
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
