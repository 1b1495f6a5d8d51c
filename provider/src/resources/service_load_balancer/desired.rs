//! Planned listeners and their target groups in AWS's terms: everything known, everything of AWS's
//! types.

use aws::elbv2::ListenerSpec;
use aws::names::listener_target_group_name;
use tfplug::Result;

use super::listeners::NO_ALPN;
use super::model::{self, ServiceLoadBalancer};
use crate::load_balancing::health_check::Check;
use crate::load_balancing::target_settings::{PROXY_PROTOCOL, TargetSettings};
use crate::load_balancing::{TargetGroupSpec, number};

/// A listener that is to be. Made from a plan whose values are all known: in an apply.
#[derive(Clone, Debug)]
pub(super) struct DesiredListener {
    pub(super) port: i32,
    pub(super) target_group: TargetGroupSpec,
    /// The listener as users see it.
    pub(super) model: model::Listener,
}

impl DesiredListener {
    /// All listeners that are to be.
    ///
    /// # Errors
    /// A value that must be known by now isn't, which is a defect.
    pub(super) fn all(plan: &ServiceLoadBalancer) -> Result<Vec<Self>> {
        let balancer = plan.name.get("name")?;
        let listeners = plan.listener.get("listener")?.0.iter();
        listeners
            .map(|listener| Self::of(balancer, listener.get("listener")?))
            .collect()
    }

    fn of(balancer: &str, listener: &model::Listener) -> Result<Self> {
        let port = number(&listener.port, "listener.port")?;
        let node_port = number(&listener.node_port, "listener.node_port")?;
        let path = "listener.health_check";
        let check = Check::from(listener.health_check.get(path)?.clone());
        let proxy_protocol = listener.proxy_protocol_v2.get("proxy_protocol_v2")?;
        let mut attributes = settings(listener).desired()?;
        attributes.insert(PROXY_PROTOCOL.to_owned(), proxy_protocol.to_string());
        listener.protocol.get("listener.protocol")?;
        Ok(Self {
            port,
            target_group: TargetGroupSpec {
                name: listener_target_group_name(balancer, port, node_port),
                port: node_port,
                health_check: check.desired(path)?,
                attributes,
                named_by: "name",
            },
            model: listener.clone(),
        })
    }

    /// The listener in AWS's terms, once its target group is there.
    pub(super) fn spec(&self, target_group_arn: &str) -> ListenerSpec {
        let text = |value: Option<&str>| value.map(str::to_owned);
        let alpn_policy = self.model.alpn_policy.text();
        ListenerSpec {
            protocol: self.model.protocol.text().unwrap_or_default().to_owned(),
            certificate_arn: text(self.model.certificate_arn.text()),
            ssl_policy: text(self.model.ssl_policy.text()),
            alpn_policy: text(alpn_policy.filter(|policy| *policy != NO_ALPN)),
            ..ListenerSpec::tcp(self.port, target_group_arn)
        }
    }
}

fn settings(listener: &model::Listener) -> TargetSettings {
    TargetSettings {
        deregistration_delay: listener.deregistration_delay,
        connection_termination: listener.connection_termination,
        preserve_client_ip: listener.preserve_client_ip,
        enable_unhealthy_connection_termination: listener.enable_unhealthy_connection_termination,
        unhealthy_draining_interval: listener.unhealthy_draining_interval,
    }
}
