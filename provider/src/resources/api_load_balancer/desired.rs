//! A planned load balancer's own parts in AWS's terms: everything known, everything of AWS's types.

use tfplug::Result;

use super::model::ApiLoadBalancer;
use crate::load_balancing::health_check::Check;
use crate::load_balancing::{TargetGroupSpec, number};

/// What is to be beside the load balancer itself. Made from a plan whose values are all known: in
/// an apply.
#[derive(Clone, Debug)]
pub(super) struct Desired {
    pub(super) target_group: TargetGroupSpec,
    pub(super) port: i32,
}

impl Desired {
    /// # Errors
    /// A value that must be known by now isn't, which is a defect.
    pub(super) fn of(plan: &ApiLoadBalancer) -> Result<Self> {
        let named_by = "target_group_name";
        let check = Check::from(plan.health_check.get("health_check")?.clone());
        Ok(Self {
            target_group: TargetGroupSpec {
                name: plan.target_group_name.get(named_by)?.clone(),
                port: number(&plan.target_port, "target_port")?,
                health_check: check.desired("health_check")?,
                attributes: plan.target_settings().desired()?,
                named_by,
            },
            port: number(&plan.port, "port")?,
        })
    }
}
