//! The ARNs of listeners and target groups, as planned and as they are reached. Pure.

use std::collections::BTreeMap;

use tfplug::{Attr, Map, PlannedChange, Set};

use super::model::ServiceLoadBalancer;

/// A retired target group with targets, or attached to an Auto Scaling group.
pub(super) const HELD: &str = "held";
/// A retired target group that can be deleted.
pub(super) const FREE: &str = "free";

/// Plans the ARNs: kept, where a listener stays on its node port; open, where AWS will give one.
pub(super) fn plan(change: &mut PlannedChange<ServiceLoadBalancer>) {
    let Some(wanted) = ports(&change.plan) else {
        change.plan.listener_arns = Attr::Unknown;
        change.plan.target_groups = Attr::Unknown;
        change.plan.target_group_arns = Attr::Unknown;
        change.plan.retired_target_groups = Attr::Unknown;
        return;
    };
    let prior = change.prior.clone().unwrap_or_default();
    let before = ports(&prior).unwrap_or_default();
    let known_before = |map: &Attr<Map<String>>, port: &str| {
        let arn = map.known().and_then(|map| map.0.get(port)?.known());
        arn.map_or(Attr::Unknown, |arn| arn.clone().into())
    };
    let listeners = wanted.keys().map(|port| {
        let arn = known_before(&prior.listener_arns, port);
        (port.clone(), arn)
    });
    change.plan.listener_arns = Attr::Known(Map(listeners.collect()));
    let groups = wanted.iter().map(|(port, node_port)| {
        let stays = node_port.known().is_some() && before.get(port) == Some(node_port);
        let arn = if stays {
            known_before(&prior.target_groups, port)
        } else {
            Attr::Unknown
        };
        (port.clone(), arn)
    });
    let groups = Map(groups.collect());
    let retires = prior.target_groups.known().is_some_and(|before| {
        let mut before = before.0.iter();
        before.any(|(port, arn)| groups.0.get(port) != Some(arn))
    });
    change.plan.target_group_arns = all(&groups);
    change.plan.target_groups = Attr::Known(groups);
    if let Some(retired) = planned_retired(change.prior.as_ref(), retires) {
        change.plan.retired_target_groups = retired;
    }
}

/// The retired target groups as planned; `None` to leave them as they are planned so far, which is
/// open if anything else changes, and as before if nothing does.
fn planned_retired(
    prior: Option<&ServiceLoadBalancer>,
    retires: bool,
) -> Option<Attr<Map<String>>> {
    // A create may find what an earlier one has left.
    let Some(prior) = prior else {
        return Some(Attr::Unknown);
    };
    let before = prior.retired_target_groups.known();
    let fates: Vec<_> = before.into_iter().flat_map(|map| map.0.values()).collect();
    if retires || fates.iter().any(|fate| fate.text() == Some(FREE)) {
        Some(Attr::Unknown)
    } else if fates.is_empty() {
        Some(Attr::Known(Map::default()))
    } else {
        None
    }
}

/// Node ports by port; `None` as long as not all ports are known.
fn ports(model: &ServiceLoadBalancer) -> Option<BTreeMap<String, Attr<i64>>> {
    let listeners = model.listener.known()?.0.iter();
    let mut ports = BTreeMap::new();
    for listener in listeners {
        let listener = listener.known()?;
        ports.insert(listener.port.known()?.to_string(), listener.node_port);
    }
    Some(ports)
}

/// All target groups, open as long as one of them is.
pub(super) fn all(groups: &Map<String>) -> Attr<Set<String>> {
    match groups.all_known() {
        Some(known) => Attr::Known(known.into_values().cloned().collect()),
        None => Attr::Unknown,
    }
}

/// Sets or removes an entry of a map that may not be there yet.
pub(super) fn set(map: &mut Attr<Map<String>>, key: &str, value: Option<&str>) {
    let mut entries = std::mem::take(map).into_known().unwrap_or_default();
    match value {
        Some(value) => entries.0.insert(key.to_owned(), value.into()),
        None => entries.0.remove(key),
    };
    *map = Attr::Known(entries);
}

#[cfg(test)]
pub(super) mod tests {
    use tfplug::{List, Set};

    use super::super::model::{HealthCheck, Listener};
    use super::*;

    /// A listener as the schema's defaults make it.
    pub(in super::super) fn listener(port: i64, node_port: i64) -> Listener {
        let health_check = HealthCheck {
            protocol: "TCP".into(),
            interval: 10.into(),
            timeout: 10.into(),
            healthy_threshold: 2.into(),
            unhealthy_threshold: 2.into(),
            ..HealthCheck::default()
        };
        Listener {
            port: port.into(),
            node_port: node_port.into(),
            protocol: "TCP".into(),
            health_check: health_check.into(),
            enable_unhealthy_connection_termination: true.into(),
            ..Listener::default()
        }
    }

    /// What a user writes at least.
    pub(in super::super) fn config(listeners: Vec<Listener>) -> ServiceLoadBalancer {
        ServiceLoadBalancer {
            subnets: Attr::Known(Map::from_iter([(
                "eu-west-1a".to_owned(),
                "subnet-1".to_owned(),
            )])),
            security_group_ids: Attr::Known(Set::from_iter(["sg-1".to_owned()])),
            listener: Attr::Known(List::from_iter(listeners)),
            ..ServiceLoadBalancer::default()
        }
    }

    /// What "known after apply" makes of it.
    pub(in super::super) fn proposed(config: &ServiceLoadBalancer) -> ServiceLoadBalancer {
        ServiceLoadBalancer {
            cluster_name: Attr::Unknown,
            name: Attr::Unknown,
            enable_deletion_protection: false.into(),
            arn: Attr::Unknown,
            dns_name: Attr::Unknown,
            tags_all: Attr::Unknown,
            host: Attr::Unknown,
            listener_arns: Attr::Unknown,
            target_groups: Attr::Unknown,
            target_group_arns: Attr::Unknown,
            retired_target_groups: Attr::Unknown,
            ..config.clone()
        }
    }

    /// What such a load balancer is, made: the target group of port 80 has the ARN `group-80`.
    pub(in super::super) fn state(listeners: Vec<Listener>) -> ServiceLoadBalancer {
        let ports: Vec<_> = listeners
            .iter()
            .filter_map(|listener| listener.port.known().map(ToString::to_string))
            .collect();
        let arns = |kind: &str| -> Map<String> {
            let entry = |port: &String| (port.clone(), format!("{kind}-{port}"));
            ports.iter().map(entry).collect()
        };
        ServiceLoadBalancer {
            cluster_name: "prod".into(),
            name: "prod-service".into(),
            arn: "arn".into(),
            listener_arns: Attr::Known(arns("listener")),
            target_group_arns: all(&arns("group")),
            target_groups: Attr::Known(arns("group")),
            retired_target_groups: Attr::Known(Map::default()),
            ..config(listeners)
        }
    }

    fn planned(before: ServiceLoadBalancer, listeners: Vec<Listener>) -> ServiceLoadBalancer {
        let config = config(listeners);
        let proposed = proposed(&config);
        let mut change = PlannedChange::new(config, Some(before), proposed);
        plan(&mut change);
        change.plan
    }

    fn map(entries: &[(&str, Attr<String>)]) -> Attr<Map<String>> {
        let entries = entries
            .iter()
            .map(|(key, value)| ((*key).to_owned(), value.clone()));
        Attr::Known(Map(entries.collect()))
    }

    #[test]
    fn what_stays_keeps_its_arns() {
        let two = || vec![listener(80, 30080), listener(443, 30443)];
        let before = state(two());
        let plan = planned(before.clone(), two().into_iter().rev().collect());
        assert_eq!(plan.listener_arns, before.listener_arns);
        assert_eq!(plan.target_groups, before.target_groups);
        assert_eq!(plan.target_group_arns, before.target_group_arns);
        assert_eq!(plan.retired_target_groups, before.retired_target_groups);
    }

    #[test]
    fn another_node_port_is_another_group_of_the_same_listener() {
        let before = state(vec![listener(80, 30080), listener(443, 30443)]);
        let plan = planned(before, vec![listener(80, 30081), listener(443, 30443)]);
        assert_eq!(
            plan.target_groups,
            map(&[("80", Attr::Unknown), ("443", "group-443".into())])
        );
        assert_eq!(
            plan.listener_arns,
            map(&[("80", "listener-80".into()), ("443", "listener-443".into())])
        );
        assert!(plan.target_group_arns.is_unknown());
        assert!(plan.retired_target_groups.is_unknown());
    }

    #[test]
    fn exchanged_node_ports_are_other_groups() {
        let before = state(vec![listener(80, 30001), listener(443, 30002)]);
        let plan = planned(before, vec![listener(80, 30002), listener(443, 30001)]);
        let open = Attr::Unknown;
        assert_eq!(
            plan.target_groups,
            map(&[("80", open.clone()), ("443", open)])
        );
    }

    #[test]
    fn a_listener_less_retires_its_group_and_one_more_retires_none() {
        let one = || vec![listener(80, 30080)];
        let two = || vec![listener(80, 30080), listener(443, 30443)];
        let plan = planned(state(two()), one());
        assert_eq!(plan.target_groups, map(&[("80", "group-80".into())]));
        assert!(plan.retired_target_groups.is_unknown());
        let plan = planned(state(one()), two());
        assert_eq!(plan.retired_target_groups, map(&[]));
        assert!(plan.target_group_arns.is_unknown());
    }

    #[test]
    fn a_node_port_that_is_not_known_may_be_another() {
        let open = Listener {
            node_port: Attr::Unknown,
            ..listener(80, 30080)
        };
        let plan = planned(state(vec![listener(80, 30080)]), vec![open]);
        assert_eq!(plan.target_groups, map(&[("80", Attr::Unknown)]));
        assert!(plan.retired_target_groups.is_unknown());
    }

    /// Nothing else changes: an apply is due when a group is free, and not before.
    #[test]
    fn a_free_group_asks_for_an_apply_and_a_held_one_does_not() {
        for (fate, due) in [(HELD, false), (FREE, true)] {
            let retired = map(&[("old", fate.into())]);
            let before = ServiceLoadBalancer {
                retired_target_groups: retired.clone(),
                ..state(vec![listener(80, 30080)])
            };
            let config = config(vec![listener(80, 30080)]);
            let mut change = PlannedChange::new(config, Some(before.clone()), before);
            plan(&mut change);
            let found = change.plan.retired_target_groups;
            assert_eq!(found.is_unknown(), due, "{fate}");
            assert!(due || found == retired);
        }
    }

    #[test]
    fn a_vanished_listener_gets_a_new_arn() {
        let mut before = state(vec![listener(443, 30443)]);
        before.retired_target_groups = map(&[("group-80", FREE.into())]);
        let plan = planned(before, vec![listener(80, 30080), listener(443, 30443)]);
        assert_eq!(
            plan.listener_arns,
            map(&[("80", Attr::Unknown), ("443", "listener-443".into())])
        );
    }

    #[test]
    fn entries_come_and_go() {
        let mut found = Attr::Null;
        set(&mut found, "a", Some("1"));
        set(&mut found, "b", Some("2"));
        set(&mut found, "a", None);
        assert_eq!(found, map(&[("b", "2".into())]));
    }
}
