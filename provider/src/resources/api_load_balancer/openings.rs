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

#[cfg(test)]
mod tests {
    use tfplug::Set;

    use super::super::model::HealthCheck;
    use super::*;
    use crate::provider::{Opening, settings_for_tests};

    fn told(port: i64, target_port: i64, check: Attr<i64>, groups: Attr<Set<String>>) -> String {
        let data = Data::for_tests("prod");
        let opening = Opening {
            settings: settings_for_tests(),
            ids: [].into(),
            shared: [].into(),
        };
        data.openings.note("prod", opening);
        let plan = ApiLoadBalancer {
            cluster_name: "prod".into(),
            security_group_ids: groups,
            port: port.into(),
            target_port: target_port.into(),
            health_check: Attr::Known(HealthCheck {
                port: check,
                ..HealthCheck::default()
            }),
            ..ApiLoadBalancer::default()
        };
        let mut change = PlannedChange::new(plan.clone(), None, plan);
        warn(&data, &mut change);
        let warnings = change.warnings().iter();
        let places: Vec<_> = warnings.map(|one| one.path().to_string()).collect();
        places.join(", ")
    }

    #[test]
    fn each_closed_port_is_told_where_it_stands() {
        let unknown = Attr::Unknown;
        assert_eq!(told(6443, 6443, Attr::Null, unknown.clone()), "");
        assert_eq!(told(443, 6443, Attr::Null, unknown.clone()), "port");
        assert_eq!(told(6443, 443, Attr::Null, unknown.clone()), "target_port");
        assert_eq!(told(6443, 6443, 8080.into(), unknown), "health_check.port");
        let own = Attr::Known(Set::from_iter(["sg-1".to_owned()]));
        assert_eq!(told(443, 443, 443.into(), own), "");
    }
}
