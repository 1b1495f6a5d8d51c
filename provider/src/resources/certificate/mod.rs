//! `kubeha_certificate`: one certificate of a cluster's authorities, for what isn't a node that has
//! its own issued: members of an external etcd, static nodes, other clients.

mod converge;
mod delete;
mod import;
mod model;
mod observed;
mod plan;
mod preflight;
mod wish;

use std::time::Duration;

use converge::converge;
use model::LeafCertificate;
use observed::Observed;
use tfplug::{Cx, Planned, PlannedChange, Resource, Result, Saved, Timeouts};

use crate::provider::{Data, not_refreshed};

/// The type's name.
const RESOURCE: &str = "kubeha_certificate";
/// What its parameters are to ownership.
const KIND: &str = "certificate";

pub(crate) struct CertificateResource;

impl Resource for CertificateResource {
    type Data = Data;
    type Model = LeafCertificate;

    fn type_name(&self) -> &'static str {
        RESOURCE
    }

    /// As for the authorities: Parameter Store answers within a second.
    fn timeouts(&self) -> Timeouts {
        let five_minutes = Some(Duration::from_secs(300));
        Timeouts {
            create: five_minutes,
            update: five_minutes,
            delete: five_minutes,
            read: None,
        }
    }

    fn plan(&self, data: &Data, change: &mut PlannedChange<LeafCertificate>) -> Result<()> {
        plan::plan(data, change)
    }

    async fn preflight(
        &self,
        cx: &Cx<Data>,
        change: &PlannedChange<LeafCertificate>,
    ) -> Result<()> {
        preflight::preflight(cx, change).await
    }

    async fn create(
        &self,
        cx: &Cx<Data>,
        planned: Planned<LeafCertificate>,
        saved: &Saved<LeafCertificate>,
    ) -> Result<LeafCertificate> {
        converge(cx, "Creating certificate", planned, None, saved).await
    }

    async fn read(&self, cx: &Cx<Data>, state: LeafCertificate) -> Result<Option<LeafCertificate>> {
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
        prior: LeafCertificate,
        planned: Planned<LeafCertificate>,
        saved: &Saved<LeafCertificate>,
    ) -> Result<LeafCertificate> {
        converge(cx, "Updating certificate", planned, Some(prior), saved).await
    }

    async fn delete(
        &self,
        cx: &Cx<Data>,
        state: LeafCertificate,
        _: &Saved<LeafCertificate>,
    ) -> Result<()> {
        delete::delete(cx, &state).await
    }

    async fn import(&self, cx: &Cx<Data>, id: &str) -> Result<LeafCertificate> {
        import::import(cx, id).await
    }
}
