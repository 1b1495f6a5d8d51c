//! Whether the cluster's security groups let through what the listeners promise. Pure.

use tfplug::{Attr, Diagnostic, Path, PlannedChange};
use topology::ports::{Group, PortRange, PortSettings};

use super::model::ServiceLoadBalancer;
use crate::load_balancing::openings::Side;
use crate::provider::Data;

/// Warns of each port that is closed, and if all are.
pub(super) fn warn(data: &Data, change: &mut PlannedChange<ServiceLoadBalancer>) {
    let plan = &change.plan;
    let group = Group::ServiceLoadBalancer;
    let groups = &plan.security_group_ids;
    let Some(settings) = data.openings.of(&plan.cluster_name, group, groups) else {
        return;
    };
    let (clients, nodes) = sides(&settings);
    let mut warnings = Vec::new();
    if settings.service_allowed.is_empty() {
        warnings.push(nobody().at("security_group_ids"));
    }
    for (at, listener) in plan.listeners() {
        let path = || Path::attribute("listener").index(at);
        warnings.extend(clients.closed(listener.port, path().and("port")));
        warnings.extend(nodes.closed(listener.node_port, path().and("node_port")));
        let check = listener.health_check.known();
        let port = check.map_or(Attr::Null, |check| check.port);
        warnings.extend(nodes.closed(port, path().and("health_check").and("port")));
    }
    for warning in warnings {
        change.warn(warning);
    }
}

fn nobody() -> Diagnostic {
    Diagnostic::warning(
        "Nobody is let in",
        "The cluster's kubeha_security_groups let no addresses reach the service load balancer: \
         \"service_allowed_cidrs\" is empty. Set it there, to [\"0.0.0.0/0\"] for services for the \
         world, unless rules of your own are to let clients in.",
    )
}

/// That of the clients, and that of the nodes.
fn sides(settings: &PortSettings) -> (Side, Side) {
    let ports = settings.service_ports.iter();
    let clients = Side {
        way: "clients reach the service load balancer on",
        open: ports.map(|port| PortRange::single(*port)).collect(),
        fails: "nobody can connect",
        attribute: "service_ports",
    };
    let ports = settings.service_node_ports.iter();
    let nodes = Side {
        way: "the service load balancer reach nodes on",
        open: ports.map(|ports| ports.range()).collect(),
        fails: "no node will pass its checks, nor get traffic there",
        attribute: "service_node_ports",
    };
    (clients, nodes)
}

#[cfg(test)]
mod tests {
    use tfplug::{List, Set};

    use super::super::model::{HealthCheck, Listener};
    use super::super::outputs::tests::{config, listener};
    use super::*;
    use crate::provider::{Opening, settings_for_tests};

    fn told(listeners: Vec<Listener>, groups: Attr<Set<String>>) -> Vec<String> {
        let mut settings = settings_for_tests();
        settings.service_allowed = ["0.0.0.0/0".parse().unwrap()].into();
        told_with(settings, listeners, groups)
    }

    fn told_with(
        settings: PortSettings,
        listeners: Vec<Listener>,
        groups: Attr<Set<String>>,
    ) -> Vec<String> {
        let data = Data::for_tests("prod");
        let opening = Opening {
            settings,
            ids: [].into(),
            shared: [].into(),
        };
        data.openings.note("prod", opening);
        let plan = ServiceLoadBalancer {
            cluster_name: "prod".into(),
            security_group_ids: groups,
            listener: Attr::Known(List::from_iter(listeners)),
            ..config(Vec::new())
        };
        let mut change = PlannedChange::new(plan.clone(), None, plan);
        warn(&data, &mut change);
        let warnings = change.warnings().iter();
        warnings.map(|one| one.path().to_string()).collect()
    }

    #[test]
    fn each_closed_port_is_told_where_it_stands() {
        let checked = Listener {
            health_check: Attr::Known(HealthCheck {
                port: 10256.into(),
                ..HealthCheck::default()
            }),
            ..listener(443, 30443)
        };
        assert_eq!(
            told(
                vec![listener(80, 30080), listener(8443, 8443), checked],
                Attr::Unknown
            ),
            [
                "listener[1].port",
                "listener[1].node_port",
                "listener[2].health_check.port"
            ]
        );
    }

    #[test]
    fn a_balancer_that_lets_nobody_in_is_told_so() {
        let listeners = vec![listener(443, 30443)];
        let told = told_with(settings_for_tests(), listeners, Attr::Unknown);
        assert_eq!(told, ["security_group_ids"]);
    }

    #[test]
    fn a_group_of_ones_own_is_ones_own_affair() {
        let own = Attr::Known(Set::from_iter(["sg-1".to_owned()]));
        assert_eq!(told(vec![listener(8443, 8443)], own), [""; 0]);
    }
}
