//! `kubeha_service_load_balancer`: network load balancer, listeners, target groups and DNS name of
//! a cluster's services.

mod converge;
mod delete;
mod desired;
mod import;
mod listeners;
mod model;
mod observed;
mod openings;
mod outputs;
mod parts;
mod plan;
mod preflight;
mod retired;

use std::time::Duration;

use converge::converge;
use model::ServiceLoadBalancer;
use observed::Observed;
use tfplug::{Attr, Cx, Planned, PlannedChange, Resource, Result, Saved, Timeouts};

use crate::load_balancing::Type;
use crate::load_balancing::delete::protected;
use crate::provider::{Data, not_refreshed};

static TYPE: Type = Type {
    resource: "kubeha_service_load_balancer",
    noun: "a service load balancer",
    part: "service",
    load_balancer: "service-load-balancer",
    listener: "service-listener",
    target_group: "service-target-group",
    planning: "Planning service load balancer",
    reading: "Reading service load balancer",
    deleting: "Deleting service load balancer",
    importing: "Importing service load balancer",
};

pub(crate) struct ServiceLoadBalancerResource;

impl Resource for ServiceLoadBalancerResource {
    type Data = Data;
    type Model = ServiceLoadBalancer;

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

    fn plan(&self, data: &Data, change: &mut PlannedChange<ServiceLoadBalancer>) -> Result<()> {
        plan::plan(data, change)
    }

    fn plan_destroy(&self, _: &Data, state: &ServiceLoadBalancer) -> Result<()> {
        if state.enable_deletion_protection == Attr::Known(true) {
            return Err(protected().into());
        }
        Ok(())
    }

    async fn preflight(
        &self,
        cx: &Cx<Data>,
        change: &PlannedChange<ServiceLoadBalancer>,
    ) -> Result<()> {
        preflight::preflight(cx, change).await
    }

    async fn create(
        &self,
        cx: &Cx<Data>,
        planned: Planned<ServiceLoadBalancer>,
        saved: &Saved<ServiceLoadBalancer>,
    ) -> Result<ServiceLoadBalancer> {
        let doing = "Creating service load balancer";
        let nothing = Observed::default();
        converge(cx, doing, nothing, planned.plan, None, saved).await
    }

    async fn read(
        &self,
        cx: &Cx<Data>,
        state: ServiceLoadBalancer,
    ) -> Result<Option<ServiceLoadBalancer>> {
        if let Some(warning) = not_refreshed(cx.data()) {
            cx.warn(warning);
            return Ok(Some(state));
        }
        plan::manage(cx.data(), &state);
        aws::refreshing(async {
            let observed = Observed::read(cx, TYPE.reading, &state).await?;
            observed.into_model(cx, state).await
        })
        .await
    }

    async fn update(
        &self,
        cx: &Cx<Data>,
        prior: ServiceLoadBalancer,
        planned: Planned<ServiceLoadBalancer>,
        saved: &Saved<ServiceLoadBalancer>,
    ) -> Result<ServiceLoadBalancer> {
        let doing = "Updating service load balancer";
        let existing = Observed::read(cx, doing, &prior).await?;
        converge(cx, doing, existing, planned.plan, Some(&prior), saved).await
    }

    async fn delete(
        &self,
        cx: &Cx<Data>,
        state: ServiceLoadBalancer,
        saved: &Saved<ServiceLoadBalancer>,
    ) -> Result<()> {
        delete::delete(cx, state, saved).await
    }

    async fn import(&self, cx: &Cx<Data>, id: &str) -> Result<ServiceLoadBalancer> {
        import::import(cx, id).await
    }
}
