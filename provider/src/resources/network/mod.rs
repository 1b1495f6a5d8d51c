//! `kubeha_network`: VPC, subnets, gateways and routes of a cluster.

mod attributes;
mod converge;
mod delete;
mod desired;
mod import;
mod mode;
mod model;
mod nat;
mod observed;
mod outside;
mod part;
mod plan;
mod planned_tags;
mod preflight;
mod removal;
mod role;
mod routing;
mod settling;
mod subnets;
mod vpc;

use std::time::Duration;

use converge::converge;
use model::Network;
use observed::{Ids, Observed};
use tfplug::{Cx, Planned, PlannedChange, Resource, Result, Saved, Timeouts};

use crate::diagnostics::aws_error;
use crate::provider::{Data, not_refreshed};

/// The type's name.
const RESOURCE: &str = "kubeha_network";

pub(crate) struct NetworkResource;

impl Resource for NetworkResource {
    type Data = Data;
    type Model = Network;

    fn type_name(&self) -> &'static str {
        RESOURCE
    }

    /// NAT gateways take some minutes to be made and to go; hashicorp/aws waits 10 and 30. What
    /// controllers and load balancers leave in subnets goes within 20.
    fn timeouts(&self) -> Timeouts {
        let minutes = |minutes: u64| Some(Duration::from_secs(minutes * 60));
        Timeouts {
            create: minutes(10),
            update: minutes(30),
            delete: minutes(30),
            read: None,
        }
    }

    fn plan(&self, data: &Data, change: &mut PlannedChange<Network>) -> Result<()> {
        plan::plan(data, change)
    }

    async fn preflight(&self, cx: &Cx<Data>, change: &PlannedChange<Network>) -> Result<()> {
        preflight::preflight(cx, change).await
    }

    async fn create(
        &self,
        cx: &Cx<Data>,
        planned: Planned<Network>,
        saved: &Saved<Network>,
    ) -> Result<Network> {
        let nothing = Observed::default();
        converge(cx, "Creating network", nothing, planned.plan, None, saved).await
    }

    async fn read(&self, cx: &Cx<Data>, state: Network) -> Result<Option<Network>> {
        if let Some(warning) = not_refreshed(cx.data()) {
            cx.warn(warning);
            return Ok(Some(state));
        }
        plan::manage(cx.data(), &state);
        let found = read(cx, "Reading network", &state).await?;
        Ok(found.into_model(cx.data(), state))
    }

    async fn update(
        &self,
        cx: &Cx<Data>,
        prior: Network,
        planned: Planned<Network>,
        saved: &Saved<Network>,
    ) -> Result<Network> {
        let doing = "Updating network";
        let existing = read(cx, doing, &prior).await?;
        converge(cx, doing, existing, planned.plan, Some(&prior), saved).await
    }

    async fn delete(&self, cx: &Cx<Data>, state: Network, saved: &Saved<Network>) -> Result<()> {
        delete::delete(cx, state, saved).await
    }

    async fn import(&self, cx: &Cx<Data>, id: &str) -> Result<Network> {
        import::import(cx, id).await
    }
}

/// What there is of the network that a state describes.
async fn read(cx: &Cx<Data>, doing: &str, state: &Network) -> Result<Observed> {
    let cluster = state.cluster_name.text().unwrap_or_default();
    Observed::read(cx.data().clients()?, cluster, &Ids::of(state))
        .await
        .map_err(|error| aws_error(doing, &error).into())
}
