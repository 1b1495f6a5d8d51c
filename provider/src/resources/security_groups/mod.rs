//! `kubeha_security_groups`: the four security groups of a cluster, and who may talk to whom.

mod attributes;
mod authorize;
mod converge;
mod delete;
mod derive;
mod desired;
mod groups;
mod import;
mod model;
mod observed;
mod plan;
mod preflight;
mod rules;
mod settings;

use std::time::Duration;

use converge::converge;
use model::SecurityGroups;
use observed::Observed;
use tfplug::{Cx, Planned, PlannedChange, Resource, Result, Saved, Timeouts};

use crate::diagnostics::aws_error;
use crate::provider::{Data, not_refreshed};

/// The type's name.
const RESOURCE: &str = "kubeha_security_groups";

pub(crate) struct SecurityGroupsResource;

impl Resource for SecurityGroupsResource {
    type Data = Data;
    type Model = SecurityGroups;

    fn type_name(&self) -> &'static str {
        RESOURCE
    }

    /// Groups are made at once, and go when nothing has them. What load balancers leave in a VPC
    /// goes within 20 minutes.
    fn timeouts(&self) -> Timeouts {
        let minutes = |minutes: u64| Some(Duration::from_secs(minutes * 60));
        Timeouts {
            create: minutes(10),
            update: minutes(10),
            delete: minutes(30),
            read: None,
        }
    }

    fn plan(&self, data: &Data, change: &mut PlannedChange<SecurityGroups>) -> Result<()> {
        plan::plan(data, change)
    }

    async fn preflight(&self, cx: &Cx<Data>, change: &PlannedChange<SecurityGroups>) -> Result<()> {
        preflight::preflight(cx, change).await
    }

    async fn create(
        &self,
        cx: &Cx<Data>,
        planned: Planned<SecurityGroups>,
        saved: &Saved<SecurityGroups>,
    ) -> Result<SecurityGroups> {
        let nothing = Observed::default();
        let doing = "Creating security groups";
        converge(cx, doing, nothing, planned.plan, None, saved).await
    }

    async fn read(&self, cx: &Cx<Data>, state: SecurityGroups) -> Result<Option<SecurityGroups>> {
        if let Some(warning) = not_refreshed(cx.data()) {
            cx.warn(warning);
            return Ok(Some(state));
        }
        plan::manage(cx.data(), &state);
        let found = read(cx, "Reading security groups", &state).await?;
        Ok(found.into_model(cx.data(), state))
    }

    async fn update(
        &self,
        cx: &Cx<Data>,
        prior: SecurityGroups,
        planned: Planned<SecurityGroups>,
        saved: &Saved<SecurityGroups>,
    ) -> Result<SecurityGroups> {
        let doing = "Updating security groups";
        let existing = read(cx, doing, &prior).await?;
        converge(cx, doing, existing, planned.plan, Some(&prior), saved).await
    }

    async fn delete(
        &self,
        cx: &Cx<Data>,
        state: SecurityGroups,
        saved: &Saved<SecurityGroups>,
    ) -> Result<()> {
        delete::delete(cx, state, saved).await
    }

    async fn import(&self, cx: &Cx<Data>, id: &str) -> Result<SecurityGroups> {
        import::import(cx, id).await
    }
}

/// What there is of the groups that a state names.
async fn read(cx: &Cx<Data>, doing: &str, state: &SecurityGroups) -> Result<Observed> {
    let failed = |error: aws::Error| aws_error(doing, &error);
    let ec2 = cx.data().clients()?.ec2().await.map_err(failed)?;
    let found = Observed::read(ec2, &state.ids()).await;
    found.map_err(|error| failed(error).into())
}
