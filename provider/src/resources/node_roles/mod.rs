//! `kubeha_node_roles`: IAM roles, their policies and instance profiles for both kinds of nodes.

mod checks;
mod converge;
mod delete;
mod desired;
mod import;
mod kind;
mod model;
mod observed;
mod plan;
mod policy;
mod preflight;

use std::time::Duration;

use converge::converge;
use model::NodeRoles;
use observed::Observed;
use tfplug::{Cx, Planned, PlannedChange, Resource, Result, Saved, Timeouts};

use crate::provider::{Data, not_refreshed};

/// The type's name.
const RESOURCE: &str = "kubeha_node_roles";
/// The name of the one inline policy that each role has of us.
const POLICY_NAME: &str = "kubeha";

pub(crate) struct NodeRolesResource;

impl Resource for NodeRolesResource {
    type Data = Data;
    type Model = NodeRoles;

    fn type_name(&self) -> &'static str {
        RESOURCE
    }

    /// IAM answers in a second and is of one mind within two minutes, as hashicorp/aws has it.
    fn timeouts(&self) -> Timeouts {
        let five_minutes = Some(Duration::from_secs(300));
        Timeouts {
            create: five_minutes,
            update: five_minutes,
            delete: five_minutes,
            read: None,
        }
    }

    fn plan(&self, data: &Data, change: &mut PlannedChange<NodeRoles>) -> Result<()> {
        plan::plan(data, change)
    }

    async fn preflight(&self, cx: &Cx<Data>, change: &PlannedChange<NodeRoles>) -> Result<()> {
        preflight::preflight(cx, change).await
    }

    async fn create(
        &self,
        cx: &Cx<Data>,
        planned: Planned<NodeRoles>,
        saved: &Saved<NodeRoles>,
    ) -> Result<NodeRoles> {
        let nothing = Observed::default();
        let doing = "Creating node roles";
        converge(cx, doing, nothing, planned.plan, None, saved).await
    }

    async fn read(&self, cx: &Cx<Data>, state: NodeRoles) -> Result<Option<NodeRoles>> {
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
        prior: NodeRoles,
        planned: Planned<NodeRoles>,
        saved: &Saved<NodeRoles>,
    ) -> Result<NodeRoles> {
        let doing = "Updating node roles";
        let existing = Observed::read(cx, &prior).await?;
        converge(cx, doing, existing, planned.plan, Some(&prior), saved).await
    }

    async fn delete(
        &self,
        cx: &Cx<Data>,
        state: NodeRoles,
        saved: &Saved<NodeRoles>,
    ) -> Result<()> {
        delete::delete(cx, state, saved).await
    }

    async fn import(&self, cx: &Cx<Data>, id: &str) -> Result<NodeRoles> {
        import::import(cx, id).await
    }
}
