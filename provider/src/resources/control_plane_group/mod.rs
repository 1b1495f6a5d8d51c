//! `kubeha_control_plane_group`: launch template and Auto Scaling group of a cluster's control plane
//! (master) nodes.

mod converge;
mod delete;
mod desired;
mod import;
mod model;
mod observed;
mod openings;
mod plan;
mod preflight;
mod rollout;
mod sizing;

use std::time::Duration;

use model::ControlPlaneGroup;
use rollout::Rolling;
use tfplug::{Cx, Diagnostics, Planned, PlannedChange, Resource, Result, Saved, Timeouts};

use crate::node_group::{Kind, Observed, protected};
use crate::provider::{Data, not_refreshed};

const KIND: Kind = Kind {
    resource: "kubeha_control_plane_group",
    noun: "control plane group",
    name_attribute: "name",
    role: "control-plane",
    group: "control-plane-group",
    template: "control-plane-launch-template",
    node: "control-plane-node",
    volume: "control-plane-volume",
    is_memory: |key| matches!(key, TAINT_KEY | LABEL_KEY),
};
/// What stands behind the cluster's name in the name of its parts.
const PART: &str = "control-plane";
/// Names of its hooks. Others' hooks have others.
const LAUNCH_HOOK: &str = "kubeha-launch";
const TERMINATION_HOOK: &str = "kubeha-termination";
/// Tags that say nodes carry the control plane's taint, and its label, in the form in which
/// cluster-autoscaler reads such tags of groups.
/// <https://github.com/kubernetes/autoscaler/blob/master/cluster-autoscaler/cloudprovider/aws/README.md>
const TAINT_KEY: &str =
    "k8s.io/cluster-autoscaler/node-template/taint/node-role.kubernetes.io/control-plane";
const LABEL_KEY: &str =
    "k8s.io/cluster-autoscaler/node-template/label/node-role.kubernetes.io/control-plane";

pub(crate) struct ControlPlaneGroupResource;

impl Resource for ControlPlaneGroupResource {
    type Data = Data;
    type Model = ControlPlaneGroup;

    fn type_name(&self) -> &'static str {
        KIND.resource
    }

    /// `wait_for_capacity_timeout` ends the longest wait of creates long before this. An update may
    /// replace seven nodes one by one, each of which may take the quarter of an hour that
    /// `replacement_timeout` is by default. A delete waits for termination hooks, of a quarter of an
    /// hour each unless they say otherwise.
    fn timeouts(&self) -> Timeouts {
        let minutes = |minutes: u64| Some(Duration::from_secs(minutes * 60));
        Timeouts {
            create: minutes(60),
            update: minutes(180),
            delete: minutes(30),
            read: None,
        }
    }

    /// Sizes and times are what people type.
    fn validate(&self, config: &ControlPlaneGroup, out: &mut Diagnostics) {
        if let Err(errors) = sizing::size(&config.size) {
            out.extend(errors);
        }
        if let Err(errors) = Rolling::of(&config.rollout) {
            out.extend(errors);
        }
    }

    fn plan(&self, data: &Data, change: &mut PlannedChange<ControlPlaneGroup>) -> Result<()> {
        plan::plan(data, change)
    }

    fn plan_destroy(&self, _: &Data, state: &ControlPlaneGroup) -> Result<()> {
        match is_protected(state) {
            Some(protected) => Err(protected.into()),
            None => Ok(()),
        }
    }

    async fn preflight(
        &self,
        cx: &Cx<Data>,
        change: &PlannedChange<ControlPlaneGroup>,
    ) -> Result<()> {
        preflight::preflight(cx, change).await
    }

    async fn create(
        &self,
        cx: &Cx<Data>,
        planned: Planned<ControlPlaneGroup>,
        saved: &Saved<ControlPlaneGroup>,
    ) -> Result<ControlPlaneGroup> {
        converge::converge(cx, Observed::default(), planned, None, saved).await
    }

    async fn read(
        &self,
        cx: &Cx<Data>,
        state: ControlPlaneGroup,
    ) -> Result<Option<ControlPlaneGroup>> {
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
        prior: ControlPlaneGroup,
        planned: Planned<ControlPlaneGroup>,
        saved: &Saved<ControlPlaneGroup>,
    ) -> Result<ControlPlaneGroup> {
        let existing = observed::look(cx, &prior).await?;
        converge::converge(cx, existing, planned, Some(&prior), saved).await
    }

    async fn delete(
        &self,
        cx: &Cx<Data>,
        state: ControlPlaneGroup,
        saved: &Saved<ControlPlaneGroup>,
    ) -> Result<()> {
        delete::delete(cx, state, saved).await
    }

    async fn import(&self, cx: &Cx<Data>, id: &str) -> Result<ControlPlaneGroup> {
        import::import(cx, id).await
    }
}

/// Why the group that a state has can't be deleted, if so.
fn is_protected(state: &ControlPlaneGroup) -> Option<tfplug::Diagnostic> {
    let force = state.force_delete == tfplug::Attr::Known(true);
    // What is not there needs no protection.
    state.arn.known()?;
    protected(state.deletion_protection.text(), force)
}
