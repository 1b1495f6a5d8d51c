//! `kubeha_pki`: a cluster's authorities and the key pair of its service accounts.

mod brought;
mod converge;
mod delete;
mod import;
mod model;
mod observed;
mod part;
mod part_state;
mod plan;
mod preflight;
mod settings;
mod steps;

use std::time::Duration;

use converge::converge;
use model::ClusterPki;
use observed::Observed;
use tfplug::{Cx, Diagnostics, Planned, PlannedChange, Resource, Result, Saved, Timeouts};

use crate::provider::{Data, not_refreshed};

/// The type's name.
const RESOURCE: &str = "kubeha_pki";
/// What its parameters are to ownership.
const KIND: &str = "pki";

pub(crate) struct PkiResource;

impl Resource for PkiResource {
    type Data = Data;
    type Model = ClusterPki;

    fn type_name(&self) -> &'static str {
        RESOURCE
    }

    /// Parameter Store answers within a second, and four RSA keys are made within ten.
    fn timeouts(&self) -> Timeouts {
        let five_minutes = Some(Duration::from_secs(300));
        Timeouts {
            create: five_minutes,
            update: five_minutes,
            delete: five_minutes,
            read: None,
        }
    }

    fn validate(&self, config: &ClusterPki, out: &mut Diagnostics) {
        if let Err(errors) = settings::Settings::of(config) {
            out.extend(errors);
        }
    }

    fn plan(&self, data: &Data, change: &mut PlannedChange<ClusterPki>) -> Result<()> {
        plan::plan(data, change)
    }

    async fn preflight(&self, cx: &Cx<Data>, change: &PlannedChange<ClusterPki>) -> Result<()> {
        preflight::preflight(cx, change).await
    }

    async fn create(
        &self,
        cx: &Cx<Data>,
        planned: Planned<ClusterPki>,
        saved: &Saved<ClusterPki>,
    ) -> Result<ClusterPki> {
        converge(cx, "Creating PKI", planned, None, saved).await
    }

    async fn read(&self, cx: &Cx<Data>, state: ClusterPki) -> Result<Option<ClusterPki>> {
        if let Some(warning) = not_refreshed(cx.data()) {
            cx.warn(warning);
            return Ok(Some(state));
        }
        plan::manage(cx.data(), &state);
        let found = Observed::read(cx, &state).await?;
        Ok(found.into_model(cx.data(), state))
    }

    async fn update(
        &self,
        cx: &Cx<Data>,
        prior: ClusterPki,
        planned: Planned<ClusterPki>,
        saved: &Saved<ClusterPki>,
    ) -> Result<ClusterPki> {
        converge(cx, "Updating PKI", planned, Some(prior), saved).await
    }

    async fn delete(&self, cx: &Cx<Data>, state: ClusterPki, _: &Saved<ClusterPki>) -> Result<()> {
        delete::delete(cx, &state).await
    }

    async fn import(&self, cx: &Cx<Data>, id: &str) -> Result<ClusterPki> {
        import::import(cx, id).await
    }
}
