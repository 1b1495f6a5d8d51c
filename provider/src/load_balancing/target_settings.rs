//! Attributes of target groups: between the models' and AWS's open list.

use aws::elbv2::Attributes;
use tfplug::{Attr, Result};

/// How a target group treats connections and those targets that leave it. What the attributes mean
/// stands at the models' fields of the same names.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct TargetSettings {
    pub(crate) deregistration_delay: Attr<i64>,
    pub(crate) connection_termination: Attr<bool>,
    pub(crate) preserve_client_ip: Attr<bool>,
    pub(crate) enable_unhealthy_connection_termination: Attr<bool>,
    pub(crate) unhealthy_draining_interval: Attr<i64>,
}

impl TargetSettings {
    /// # Errors
    /// A value that must be known by now isn't, which is a defect.
    pub(crate) fn desired(&self) -> Result<Attributes> {
        let delay = self.deregistration_delay.get("deregistration_delay")?;
        let termination = self.connection_termination.get("connection_termination")?;
        let client_ip = self.preserve_client_ip.get("preserve_client_ip")?;
        let name = "enable_unhealthy_connection_termination";
        let cut = self.enable_unhealthy_connection_termination.get(name)?;
        let drain = self
            .unhealthy_draining_interval
            .get("unhealthy_draining_interval")?;
        Ok(Attributes::from([
            (DELAY.to_owned(), delay.to_string()),
            (TERMINATION.to_owned(), termination.to_string()),
            (CLIENT_IP.to_owned(), client_ip.to_string()),
            (CUT.to_owned(), cut.to_string()),
            (DRAIN.to_owned(), drain.to_string()),
        ]))
    }

    /// The settings as AWS has them.
    pub(crate) fn observed(attributes: &Attributes) -> Self {
        Self {
            deregistration_delay: number(attributes, DELAY),
            connection_termination: flag(attributes, TERMINATION),
            preserve_client_ip: flag(attributes, CLIENT_IP),
            enable_unhealthy_connection_termination: flag(attributes, CUT),
            unhealthy_draining_interval: number(attributes, DRAIN),
        }
    }
}

/// A flag among attributes.
pub(crate) fn flag(attributes: &Attributes, key: &str) -> Attr<bool> {
    attributes
        .get(key)
        .and_then(|text| text.parse::<bool>().ok())
        .into()
}

fn number(attributes: &Attributes, key: &str) -> Attr<i64> {
    attributes
        .get(key)
        .and_then(|text| text.parse::<i64>().ok())
        .into()
}

// Keys of attributes.
// <https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_TargetGroupAttribute.html>
const DELAY: &str = "deregistration_delay.timeout_seconds";
const TERMINATION: &str = "deregistration_delay.connection_termination.enabled";
const CLIENT_IP: &str = "preserve_client_ip.enabled";
const CUT: &str = "target_health_state.unhealthy.connection_termination.enabled";
/// Whether connections begin with a PROXY protocol header.
pub(crate) const PROXY_PROTOCOL: &str = "proxy_protocol_v2.enabled";
const DRAIN: &str = "target_health_state.unhealthy.draining_interval_seconds";
