//! What a plan says beyond the attributes' own behaviour. Pure.

use tfplug::{Diagnostics, Map, PlannedChange, Result};

use super::model::ServiceLoadBalancer;
use super::{TYPE, listeners, openings, outputs};
use crate::load_balancing::{HasBalancer, plan as common};
use crate::names;
use crate::provider::{Balancer, Data};

pub(super) fn plan(data: &Data, change: &mut PlannedChange<ServiceLoadBalancer>) -> Result<()> {
    let mut errors = Diagnostics::new();
    common::name(data, &TYPE, change, &mut errors);
    listeners::complete(change, &mut errors);
    listeners::warn(change);
    openings::warn(data, change);
    common::vanished_load_balancer(change);
    common::tags(data, change, &mut errors);
    change.plan.host = change.plan.balancer().host();
    outputs::plan(change);
    common::protection(change, &mut errors);
    if let Some(prior) = &change.prior {
        manage(data, prior);
    }
    data.standings.note(
        Balancer::Service,
        (&change.plan.cluster_name, &change.plan.name),
        &change.plan.subnets,
        change.plan.target_group_arns.clone(),
    );
    // The target groups' names are made from this one.
    let name = change.plan.name.clone();
    names::claim(data, change, TYPE.load_balancer, &name, "name", &mut errors);
    errors.into_result().map(|_| ())
}

/// Notes the parts that a state has.
pub(super) fn manage(data: &Data, state: &ServiceLoadBalancer) {
    let groups = state.target_groups.known().into_iter().flat_map(Map::known);
    let retired = state.retired_target_groups.known();
    let retired = retired.into_iter().flat_map(Map::known);
    let arns = state.arn.text().into_iter();
    for arn in arns
        .chain(groups.map(|(_, arn)| arn.as_str()))
        .chain(retired.map(|(arn, _)| arn))
    {
        data.claims.manage(arn);
    }
}

#[cfg(test)]
mod tests {
    use tfplug::{Attr, List, Path};

    use super::super::model::Listener;
    use super::super::outputs::tests::{config, listener, proposed, state};
    use super::*;

    fn data(cluster: &str) -> Data {
        Data::for_tests(cluster)
    }

    fn creation(listeners: Vec<Listener>) -> PlannedChange<ServiceLoadBalancer> {
        let config = config(listeners);
        let plan = proposed(&config);
        PlannedChange::new(config, None, plan)
    }

    fn update(
        before: Vec<Listener>,
        listeners: Vec<Listener>,
    ) -> PlannedChange<ServiceLoadBalancer> {
        let config = config(listeners);
        let plan = ServiceLoadBalancer {
            cluster_name: "prod".into(),
            name: "prod-service".into(),
            ..proposed(&config)
        };
        PlannedChange::new(config, Some(state(before)), plan)
    }

    /// Errors and warnings, each with its place.
    fn said(mut change: PlannedChange<ServiceLoadBalancer>) -> Vec<String> {
        let errors = plan(&data("prod"), &mut change).err().unwrap_or_default();
        errors
            .iter()
            .chain(change.warnings().iter())
            .map(|one| format!("{}: {}", one.path(), one.summary()))
            .collect()
    }

    #[test]
    fn a_plan_knows_all_that_does_not_come_from_aws() {
        let mut change = creation(vec![listener(443, 30443)]);
        plan(&data("prod"), &mut change).unwrap();
        assert_eq!(change.plan.cluster_name, "prod".into());
        assert_eq!(change.plan.name, "prod-service".into());
        assert_eq!(change.plan.host, Attr::Unknown);
        let (_, planned) = change.plan.listeners().next().unwrap();
        assert_eq!(planned.unhealthy_draining_interval, 0.into());
        assert_eq!(
            (&planned.ssl_policy, &planned.alpn_policy),
            (&Attr::Null, &Attr::Null)
        );
        let check = planned.health_check.known().unwrap();
        assert!(check.path.is_null() && check.matcher.is_null());
        assert!(change.warnings().is_empty());
    }

    #[test]
    fn tls_has_a_policy_and_tcp_has_none() {
        let tls = |certificate: Attr<String>| Listener {
            protocol: "TLS".into(),
            certificate_arn: certificate,
            ..listener(443, 30443)
        };
        let arn = "arn:aws:acm:eu-west-1:123456789012:certificate/1";
        let mut change = creation(vec![tls(arn.into())]);
        plan(&data("prod"), &mut change).unwrap();
        let (_, planned) = change.plan.listeners().next().unwrap();
        assert_eq!(
            planned.ssl_policy,
            "ELBSecurityPolicy-TLS13-1-2-2021-06".into()
        );
        assert_eq!(planned.alpn_policy, "None".into());

        assert_eq!(
            said(creation(vec![tls(Attr::Null)])),
            ["listener[0].protocol: Missing certificate"]
        );
        assert_eq!(said(creation(vec![tls(Attr::Unknown)])), [""; 0]);
        let tcp = Listener {
            certificate_arn: arn.into(),
            ssl_policy: "ELBSecurityPolicy-2016-08".into(),
            alpn_policy: "None".into(),
            ..listener(443, 30443)
        };
        assert_eq!(
            said(creation(vec![tcp])),
            [
                "listener[0].certificate_arn: Conflicting attributes",
                "listener[0].ssl_policy: Conflicting attributes",
                "listener[0].alpn_policy: Conflicting attributes",
            ]
        );
    }

    #[test]
    fn certificates_are_those_of_this_region() {
        for (arn, fits) in [
            ("arn:aws:acm:eu-west-1:123456789012:certificate/1", true),
            ("arn:aws:iam::123456789012:server-certificate/a/b", true),
            ("arn:aws-cn:acm:eu-west-1:123456789012:certificate/1", true),
            ("arn:aws:acm:us-east-1:123456789012:certificate/1", false),
            ("arn:aws:acm:eu-west-1:123456789012:x/1", false),
            ("arn:aws:iam::123456789012:role/x", false),
            ("certificate/1", false),
            ("", false),
        ] {
            let tls = Listener {
                protocol: "TLS".into(),
                certificate_arn: arn.into(),
                ..listener(443, 30443)
            };
            let found = said(creation(vec![tls]));
            let expected: &[&str] = if fits {
                &[]
            } else {
                &["listener[0].certificate_arn: Invalid certificate"]
            };
            assert_eq!(found, expected, "{arn}");
        }
    }

    #[test]
    fn a_port_has_one_listener_and_a_node_port_any_number() {
        let twice = vec![
            listener(80, 30080),
            listener(443, 30080),
            listener(80, 30081),
        ];
        assert_eq!(said(creation(twice)), ["listener[2].port: Port used twice"]);
        let open = Listener {
            port: Attr::Unknown,
            ..listener(80, 30080)
        };
        assert_eq!(said(creation(vec![open.clone(), open])), [""; 0]);
    }

    #[test]
    fn a_node_port_out_of_range_is_told_once() {
        let low = || vec![listener(80, 8080)];
        assert_eq!(
            said(creation(low())),
            ["listener[0].node_port: Outside the range of node ports"]
        );
        assert_eq!(said(update(low(), low())), [""; 0]);
        let both_ends = vec![listener(80, 30000), listener(443, 32767)];
        assert_eq!(said(creation(both_ends)), [""; 0]);
    }

    #[test]
    fn another_node_port_interrupts_and_says_so() {
        let found = said(update(
            vec![listener(80, 30080), listener(443, 30443)],
            vec![listener(443, 30443), listener(80, 30081)],
        ));
        assert_eq!(
            found,
            ["listener[1].node_port: Traffic will stop for a while"]
        );
    }

    #[test]
    fn more_listeners_than_aws_gives_are_told() {
        let many = (1..=51).map(|port| listener(port, 30000 + port)).collect();
        assert_eq!(said(creation(many)), ["listener: Many listeners"]);
    }

    #[test]
    fn a_listener_s_numbers_must_go_together() {
        let mut slow = listener(80, 30080);
        if let Attr::Known(check) = &mut slow.health_check {
            check.timeout = 11.into();
        }
        let drained = Listener {
            unhealthy_draining_interval: 5.into(),
            ..listener(443, 30443)
        };
        assert_eq!(
            said(creation(vec![slow, drained])),
            [
                "listener[0].health_check.timeout: Health check can't work",
                "listener[1].unhealthy_draining_interval: Conflicting attributes",
            ]
        );
    }

    #[test]
    fn listeners_that_are_not_known_yet_are_no_mistake() {
        let mut change = creation(vec![listener(80, 30080)]);
        change.config.listener = Attr::Unknown;
        change.plan.listener = Attr::Unknown;
        plan(&data("prod"), &mut change).unwrap();
        assert!(change.plan.target_groups.is_unknown());
        let mut change = creation(vec![listener(80, 30080)]);
        change.config.listener = Attr::Known(List(vec![Attr::Unknown]));
        change.plan.listener = Attr::Known(List(vec![Attr::Unknown]));
        plan(&data("prod"), &mut change).unwrap();
        assert!(change.plan.target_group_arns.is_unknown());
    }

    #[test]
    fn a_protected_load_balancer_is_not_replaced() {
        let mut change = update(vec![listener(80, 30080)], vec![listener(80, 30080)]);
        if let Some(prior) = &mut change.prior {
            prior.enable_deletion_protection = true.into();
        }
        change.require_replace("internal");
        let errors = plan(&data("prod"), &mut change).unwrap_err();
        let paths: Vec<_> = errors.iter().map(|error| error.path().clone()).collect();
        assert_eq!(paths, [Path::attribute("internal")]);
    }

    #[test]
    fn two_blocks_cannot_mean_one_load_balancer() {
        let data = data("prod");
        plan(&data, &mut creation(vec![listener(80, 30080)])).unwrap();
        let errors = plan(&data, &mut creation(vec![listener(443, 30443)])).unwrap_err();
        assert_eq!(errors.iter().count(), 1);
    }
}
