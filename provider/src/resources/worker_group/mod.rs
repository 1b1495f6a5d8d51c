//! `kubeha_worker_group`: launch template and Auto Scaling group of a cluster's workers.

mod autoscaler;
mod converge;
mod delete;
mod desired;
mod import;
mod labels;
mod machine;
mod model;
mod observed;
mod plan;
mod preferences;
mod preflight;
mod purchase;
mod refresh;
mod replace;
mod types;

use std::time::Duration;

use model::WorkerGroup;
use tfplug::{Cx, Diagnostics, Planned, PlannedChange, Resource, Result, Saved, Timeouts};

use crate::node_group::Kind;
use crate::provider::{Data, not_refreshed};

/// The type's name.
const RESOURCE: &str = "kubeha_worker_group";

static KIND: Kind = Kind {
    resource: RESOURCE,
    noun: "worker group",
    name_attribute: "autoscaling_group_name",
    role: "worker",
    group: "worker-group",
    template: "worker-launch-template",
    node: "worker",
    volume: "worker-volume",
    is_memory: autoscaler::is_ours,
};

/// What stands behind the cluster's name in the name of a group.
fn part(name: &str) -> String {
    format!("worker-{name}")
}

pub(crate) struct WorkerGroupResource;

impl Resource for WorkerGroupResource {
    type Data = Data;
    type Model = WorkerGroup;

    fn type_name(&self) -> &'static str {
        RESOURCE
    }

    /// Creates and deletes take as long as instances take to come and go, with their hooks. An
    /// update may be a refresh: ten rounds of some minutes each, since a tenth of the nodes may be
    /// away at a time.
    fn timeouts(&self) -> Timeouts {
        let minutes = |minutes: u64| Some(Duration::from_secs(60 * minutes));
        Timeouts {
            create: minutes(30),
            update: minutes(120),
            delete: minutes(60),
            read: None,
        }
    }

    fn validate(&self, config: &WorkerGroup, out: &mut Diagnostics) {
        plan::validate(config, out);
    }

    fn plan(&self, data: &Data, change: &mut PlannedChange<WorkerGroup>) -> Result<()> {
        plan::plan(data, change)
    }

    fn plan_destroy(&self, _: &Data, state: &WorkerGroup) -> Result<()> {
        match plan::is_protected(state) {
            Some(why) => Err(why.into()),
            None => Ok(()),
        }
    }

    async fn preflight(&self, cx: &Cx<Data>, change: &PlannedChange<WorkerGroup>) -> Result<()> {
        preflight::preflight(cx, change).await
    }

    async fn create(
        &self,
        cx: &Cx<Data>,
        planned: Planned<WorkerGroup>,
        saved: &Saved<WorkerGroup>,
    ) -> Result<WorkerGroup> {
        converge::converge(cx, "Creating worker group", planned, None, saved).await
    }

    async fn read(&self, cx: &Cx<Data>, state: WorkerGroup) -> Result<Option<WorkerGroup>> {
        if let Some(warning) = not_refreshed(cx.data()) {
            cx.warn(warning);
            return Ok(Some(state));
        }
        plan::manage(cx.data(), &state);
        aws::refreshing(observed::read(cx, state)).await
    }

    async fn update(
        &self,
        cx: &Cx<Data>,
        prior: WorkerGroup,
        planned: Planned<WorkerGroup>,
        saved: &Saved<WorkerGroup>,
    ) -> Result<WorkerGroup> {
        converge::converge(cx, "Updating worker group", planned, Some(prior), saved).await
    }

    async fn delete(
        &self,
        cx: &Cx<Data>,
        state: WorkerGroup,
        saved: &Saved<WorkerGroup>,
    ) -> Result<()> {
        delete::delete(cx, state, saved).await
    }

    async fn import(&self, cx: &Cx<Data>, id: &str) -> Result<WorkerGroup> {
        import::import(cx, id).await
    }
}
