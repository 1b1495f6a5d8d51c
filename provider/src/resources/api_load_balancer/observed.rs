//! What AWS has of a load balancer, and that as attributes.

use aws::elbv2::{Listener, LoadBalancer, TargetGroup};
use aws::route53::Record;
use aws::tags::Tags;
use tfplug::{Attr, Cx, Result};

use super::TYPE;
use super::model::ApiLoadBalancer;
use super::plan::endpoint;
use crate::diagnostics::aws_error;
use crate::load_balancing::health_check::Check;
use crate::load_balancing::target_settings::TargetSettings;
use crate::load_balancing::{HasBalancer, Whole, observed as common};
use crate::provider::Data;

/// The parts that exist.
#[derive(Clone, Debug, Default)]
pub(super) struct Observed {
    pub(super) load_balancer: Option<Whole<LoadBalancer>>,
    pub(super) target_group: Option<Whole<TargetGroup>>,
    pub(super) listener: Option<(Listener, Tags)>,
    pub(super) record: Option<Record>,
}

impl Observed {
    /// Looks for all parts that the state names, side by side.
    ///
    /// # Errors
    /// AWS can't be asked.
    pub(super) async fn read(cx: &Cx<Data>, state: &ApiLoadBalancer) -> Result<Self> {
        let clients = cx.data().clients()?;
        let failed = |error: aws::Error| aws_error(TYPE.reading, &error);
        let elb = clients.elbv2().await.map_err(failed)?;
        let balancer = state.balancer();
        let (load_balancer, target_group, listener, record) = tokio::try_join!(
            common::load_balancer(elb, state.arn.text()),
            common::target_group(elb, state.target_group_arn.text()),
            common::listener(elb, state.listener_arn.text()),
            common::record(clients, &balancer)
        )
        .map_err(failed)?;
        Ok(Self {
            load_balancer,
            target_group,
            listener,
            record,
        })
    }

    /// The attributes as they are; `None` when nothing is left.
    ///
    /// Of a part that somebody deleted, the ids become null, and the rest stays as it was: the plan
    /// then shows that it is made anew.
    pub(super) fn into_model(self, data: &Data, state: ApiLoadBalancer) -> Option<ApiLoadBalancer> {
        if self.load_balancer.is_none() && self.target_group.is_none() {
            return None;
        }
        let mut model = state;
        model.change_balancer(|balancer| {
            balancer.set_observed_tags(data, self.tags());
            balancer.set_observed(self.load_balancer.as_ref());
            balancer.set_observed_record(self.record.as_ref());
        });
        self.set_target_group(&mut model);
        self.set_listener(&mut model);
        model.endpoint = endpoint(&model);
        if model.endpoint.is_unknown() {
            model.endpoint = Attr::Null;
        }
        Some(model)
    }

    fn tags(&self) -> impl Iterator<Item = &Tags> {
        let parts = [
            self.load_balancer.as_ref().map(|(_, _, tags)| tags),
            self.target_group.as_ref().map(|(_, _, tags)| tags),
            self.listener.as_ref().map(|(_, tags)| tags),
        ];
        parts.into_iter().flatten()
    }

    fn set_target_group(&self, model: &mut ApiLoadBalancer) {
        let Some((group, attributes, _)) = &self.target_group else {
            model.target_group_arn = Attr::Null;
            return;
        };
        model.target_group_arn = group.arn.as_str().into();
        model.target_group_name = group.name.as_str().into();
        model.target_port = i64::from(group.port).into();
        model.health_check = Attr::Known(Check::observed(&group.health_check).into());
        let settings = TargetSettings::observed(attributes);
        model.deregistration_delay = settings.deregistration_delay;
        model.connection_termination = settings.connection_termination;
        model.preserve_client_ip = settings.preserve_client_ip;
        model.enable_unhealthy_connection_termination =
            settings.enable_unhealthy_connection_termination;
        model.unhealthy_draining_interval = settings.unhealthy_draining_interval;
    }

    fn set_listener(&self, model: &mut ApiLoadBalancer) {
        let Some((listener, _)) = &self.listener else {
            model.listener_arn = Attr::Null;
            return;
        };
        model.listener_arn = listener.arn.as_str().into();
        model.port = i64::from(listener.port).into();
        // A listener that forwards elsewhere is none of this target group.
        let to = listener.target_group_arns.iter().map(String::as_str);
        if to.ne(model.target_group_arn.text()) {
            model.listener_arn = Attr::Null;
        }
    }
}
