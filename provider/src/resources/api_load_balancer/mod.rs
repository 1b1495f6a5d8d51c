//! `kubeha_api_load_balancer`: network load balancer, target group, listener and DNS name of a
//! cluster's Kubernetes API.

mod converge;
mod delete;
mod desired;
mod import;
mod model;
mod observed;
mod openings;
mod plan;
mod preflight;

use std::time::Duration;

use converge::converge;
use model::ApiLoadBalancer;
use observed::Observed;
use tfplug::{Attr, Cx, Planned, PlannedChange, Resource, Result, Saved, Timeouts};

use crate::load_balancing::Type;
use crate::load_balancing::delete::protected;
use crate::provider::{Data, not_refreshed};

static TYPE: Type = Type {
    resource: "kubeha_api_load_balancer",
    noun: "an API load balancer",
    part: "api",
    load_balancer: "api-load-balancer",
    listener: "api-listener",
    target_group: "api-target-group",
    planning: "Planning API load balancer",
    reading: "Reading API load balancer",
    deleting: "Deleting API load balancer",
    importing: "Importing API load balancer",
};

pub(crate) struct ApiLoadBalancerResource;

impl Resource for ApiLoadBalancerResource {
    type Data = Data;
    type Model = ApiLoadBalancer;

    fn type_name(&self) -> &'static str {
        TYPE.resource
    }

    /// A network load balancer takes some minutes to be active; hashicorp/aws waits 10.
    fn timeouts(&self) -> Timeouts {
        let ten_minutes = Some(Duration::from_secs(600));
        Timeouts {
            create: ten_minutes,
            update: ten_minutes,
            delete: ten_minutes,
            read: None,
        }
    }

    fn plan(&self, data: &Data, change: &mut PlannedChange<ApiLoadBalancer>) -> Result<()> {
        plan::plan(data, change)
    }

    fn plan_destroy(&self, _: &Data, state: &ApiLoadBalancer) -> Result<()> {
        if state.enable_deletion_protection == Attr::Known(true) {
            return Err(protected().into());
        }
        Ok(())
    }

    async fn preflight(
        &self,
        cx: &Cx<Data>,
        change: &PlannedChange<ApiLoadBalancer>,
    ) -> Result<()> {
        preflight::preflight(cx, change).await
    }

    async fn create(
        &self,
        cx: &Cx<Data>,
        planned: Planned<ApiLoadBalancer>,
        saved: &Saved<ApiLoadBalancer>,
    ) -> Result<ApiLoadBalancer> {
        let nothing = Observed::default();
        converge(
            cx,
            "Creating API load balancer",
            nothing,
            planned.plan,
            None,
            saved,
        )
        .await
    }

    async fn read(&self, cx: &Cx<Data>, state: ApiLoadBalancer) -> Result<Option<ApiLoadBalancer>> {
        if let Some(warning) = not_refreshed(cx.data()) {
            cx.warn(warning);
            return Ok(Some(state));
        }
        plan::manage(cx.data(), &state);
        Ok(aws::refreshing(Observed::read(cx, &state))
            .await?
            .into_model(cx.data(), state))
    }

    async fn update(
        &self,
        cx: &Cx<Data>,
        prior: ApiLoadBalancer,
        planned: Planned<ApiLoadBalancer>,
        saved: &Saved<ApiLoadBalancer>,
    ) -> Result<ApiLoadBalancer> {
        let doing = "Updating API load balancer";
        let existing = Observed::read(cx, &prior).await?;
        converge(cx, doing, existing, planned.plan, Some(&prior), saved).await
    }

    async fn delete(
        &self,
        cx: &Cx<Data>,
        state: ApiLoadBalancer,
        saved: &Saved<ApiLoadBalancer>,
    ) -> Result<()> {
        delete::delete(cx, state, saved).await
    }

    async fn import(&self, cx: &Cx<Data>, id: &str) -> Result<ApiLoadBalancer> {
        import::import(cx, id).await
    }
}
