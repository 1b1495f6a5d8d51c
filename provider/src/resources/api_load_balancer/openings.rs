//! Whether the cluster's security groups let through what leads to the API servers. Pure.

use tfplug::{Attr, Path, PlannedChange};
use topology::ports::{Group, PortRange};

use super::model::ApiLoadBalancer;
use crate::load_balancing::openings::Side;
use crate::provider::Data;

/// Warns of each port that is closed.
pub(super) fn warn(data: &Data, change: &mut PlannedChange<ApiLoadBalancer>) {
    let plan = &change.plan;
    let groups = &plan.security_group_ids;
    let group = Group::ApiLoadBalancer;
    let Some(settings) = data.openings.of(&plan.cluster_name, group, groups) else {
        return;
    };
    let clients = Side {
        way: "clients and nodes reach the API load balancer on",
        open: vec![PortRange::single(settings.api_port)],
        fails: "nobody can connect",
        attribute: "api_port",
    };
    let servers = Side {
        way: "the API load balancer reach control plane nodes on",
        open: vec![settings.api_target_port.range()],
        fails: "no node will pass its checks",
        attribute: "api_target_port",
    };
    let check = plan.health_check.known();
    let check = check.map_or(Attr::Null, |check| check.port);
    let path = Path::attribute;
    let warnings = [
        clients.closed(plan.port, path("port")),
        servers.closed(plan.target_port, path("target_port")),
        servers.closed(check, path("health_check").and("port")),
    ];
    for warning in warnings.into_iter().flatten() {
        change.warn(warning);
    }
}
