//! The port table, over all settings: what must pass does, and what must not doesn't.

#![expect(
    clippy::unwrap_used,
    reason = "clippy takes a strategy's function for production code"
)]

use std::collections::{BTreeMap, BTreeSet};

use ipnet::IpNet;
use proptest::prelude::*;
use topology::ports::{
    Cni, Direction, Group, Peer, PortRange, PortSettings, Rule, SharedPorts, Traffic, reaches,
};

const ETCD: [u16; 2] = [2379, 2380];

fn nets() -> impl Strategy<Value = BTreeSet<IpNet>> {
    const NETS: &[&str] = &["0.0.0.0/0", "::/0", "10.0.0.0/8", "2001:db8::/32"];
    let net = prop::sample::select(NETS).prop_map(|text| text.parse().unwrap());
    prop::collection::btree_set(net, 0..3)
}

fn shared() -> impl Strategy<Value = SharedPorts> {
    let range = (1..=u16::MAX, 1..=u16::MAX);
    range.prop_filter_map("etcd's or the wrong way round", |(first, last)| {
        SharedPorts::try_from(PortRange::new(first, last)?).ok()
    })
}

fn settings() -> impl Strategy<Value = PortSettings> {
    let api = (1..=u16::MAX, shared(), nets());
    let ports = prop::collection::btree_set(1..=u16::MAX, 0..3);
    let services = (ports, prop::collection::btree_set(shared(), 1..3), nets());
    let cni = prop::sample::select(Cni::ALL.as_slice());
    let switches = (any::<bool>(), cni, any::<bool>(), nets());
    (api, services, switches).prop_map(|(api, services, switches)| PortSettings {
        api_port: api.0,
        api_target_port: api.1,
        api_allowed: api.2,
        service_ports: services.0,
        service_node_ports: services.1,
        service_allowed: services.2,
        schedulable_control_plane: switches.0,
        cni: switches.1,
        metrics: switches.2,
        ssh_allowed: switches.3,
    })
}

/// What people get who say nothing but who may reach the API.
fn usual(cni: Cni) -> PortSettings {
    PortSettings {
        api_port: 6443,
        api_target_port: "6443".parse().unwrap(),
        api_allowed: BTreeSet::from(["10.0.0.0/8".parse().unwrap()]),
        service_ports: BTreeSet::from([80, 443]),
        service_node_ports: BTreeSet::from(["30000-32767".parse().unwrap()]),
        service_allowed: BTreeSet::new(),
        schedulable_control_plane: false,
        cni,
        metrics: false,
        ssh_allowed: BTreeSet::new(),
    }
}

/// Everything that can be asked for, switched on and off.
fn matrix() -> impl Iterator<Item = PortSettings> {
    let switches = [false, true];
    Cni::ALL.into_iter().flat_map(move |cni| {
        switches.into_iter().flat_map(move |schedulable| {
            switches.into_iter().map(move |metrics| PortSettings {
                schedulable_control_plane: schedulable,
                metrics,
                ssh_allowed: BTreeSet::from(["0.0.0.0/0".parse().unwrap()]),
                service_allowed: BTreeSet::from(["0.0.0.0/0".parse().unwrap()]),
                ..usual(cni)
            })
        })
    })
}

fn texts(rules: &[Rule], group: Group) -> Vec<String> {
    let rules = rules.iter().filter(|rule| rule.group == group);
    rules.map(ToString::to_string).collect()
}

#[test]
fn only_the_control_plane_reaches_etcd_whatever_is_asked_for() {
    let mut tried = 0;
    for settings in matrix() {
        let rules = settings.rules();
        for port in ETCD {
            for from in Group::ALL {
                let allowed = from == Group::ControlPlane;
                assert_eq!(
                    reaches(&rules, from, Group::ControlPlane, port),
                    allowed,
                    "{from} to {port}: {settings:?}"
                );
            }
        }
        tried += 1;
    }
    assert_eq!(tried, 16);
}

#[test]
fn a_worker_has_what_is_usual_and_nothing_else() {
    assert_eq!(
        texts(&usual(Cni::Flannel).rules(), Group::Worker),
        [
            "worker ingress icmp 3/4 from service_load_balancer",
            "worker ingress tcp 10250 from control_plane",
            "worker ingress tcp 10250 from worker",
            "worker ingress tcp 30000-32767 from service_load_balancer",
            "worker ingress udp 8472 from control_plane",
            "worker ingress udp 8472 from worker",
            "worker egress all to 0.0.0.0/0",
            "worker egress all to ::/0",
        ]
    );
}

#[test]
fn the_api_is_reached_by_those_who_may() {
    assert_eq!(
        texts(&usual(Cni::None).rules(), Group::ApiLoadBalancer),
        [
            "api_load_balancer ingress icmp 3/4 from control_plane",
            "api_load_balancer ingress icmp 3/4 from 10.0.0.0/8",
            "api_load_balancer ingress tcp 6443 from control_plane",
            "api_load_balancer ingress tcp 6443 from worker",
            "api_load_balancer ingress tcp 6443 from 10.0.0.0/8",
            "api_load_balancer egress icmp 3/4 to control_plane",
            "api_load_balancer egress tcp 6443 to control_plane",
        ]
    );
}

#[test]
fn nobody_reaches_services_unless_told() {
    let rules = usual(Cni::Cilium).rules();
    let balancer = |rule: &&Rule| rule.group == Group::ServiceLoadBalancer;
    let into = rules
        .iter()
        .filter(balancer)
        .filter(|rule| rule.direction == Direction::Ingress && matches!(rule.peer, Peer::Net(_)));
    assert_eq!(into.count(), 0);
}

#[test]
fn each_network_opens_what_it_needs_between_nodes() {
    for (cni, traffic) in [
        (
            Cni::Calico,
            &["udp 4789", "protocol 4", "tcp 179", "tcp 5473"][..],
        ),
        (Cni::Cilium, &["udp 8472", "tcp 4240", "icmp 8/0"]),
        (Cni::Flannel, &["udp 8472"]),
        (Cni::None, &[]),
    ] {
        let without = usual(Cni::None).rules();
        let mut more = usual(cni).rules();
        more.retain(|rule| !without.contains(rule));
        let found: BTreeSet<_> = more.iter().map(ToString::to_string).collect();
        let nodes = ["control_plane", "worker"];
        let mut expected = BTreeSet::new();
        for traffic in traffic {
            for (to, from) in nodes.iter().flat_map(|to| nodes.map(|from| (to, from))) {
                expected.insert(format!("{to} ingress {traffic} from {from}"));
            }
        }
        assert_eq!(found, expected, "{cni:?}");
    }
}

proptest! {
    #[test]
    fn only_the_control_plane_reaches_etcd(settings in settings()) {
        let rules = settings.rules();
        for port in ETCD {
            for from in [Group::ApiLoadBalancer, Group::ServiceLoadBalancer, Group::Worker] {
                prop_assert!(!reaches(&rules, from, Group::ControlPlane, port));
            }
            prop_assert!(reaches(&rules, Group::ControlPlane, Group::ControlPlane, port));
        }
    }

    #[test]
    fn load_balancers_reach_their_targets_and_no_other_nodes(settings in settings()) {
        let rules = settings.rules();
        let api = settings.api_target_port.range().first();
        prop_assert!(reaches(&rules, Group::ApiLoadBalancer, Group::ControlPlane, api));
        prop_assert!(!reaches(&rules, Group::ApiLoadBalancer, Group::Worker, api));
        for ports in &settings.service_node_ports {
            for port in [ports.range().first(), ports.range().last()] {
                prop_assert!(reaches(&rules, Group::ServiceLoadBalancer, Group::Worker, port));
                let control_plane =
                    reaches(&rules, Group::ServiceLoadBalancer, Group::ControlPlane, port);
                prop_assert_eq!(control_plane, settings.schedulable_control_plane);
            }
        }
    }

    #[test]
    fn nodes_reach_the_api_and_kubelets_are_reached(settings in settings()) {
        let rules = settings.rules();
        let target = settings.api_target_port.range().first();
        for from in Group::NODES {
            prop_assert!(reaches(&rules, from, Group::ControlPlane, target));
            prop_assert!(reaches(&rules, from, Group::ApiLoadBalancer, settings.api_port));
            prop_assert!(reaches(&rules, Group::ControlPlane, from, 10250));
        }
    }

    /// Whoever comes from outside comes through a load balancer, or logs in.
    #[test]
    fn addresses_reach_load_balancers_alone(settings in settings()) {
        for rule in settings.rules() {
            let from_net = rule.direction == Direction::Ingress
                && matches!(rule.peer, Peer::Net(_));
            if from_net && rule.group.is_of_nodes() {
                prop_assert_eq!(rule.traffic, Traffic::Tcp(PortRange::single(22)));
            }
        }
    }

    /// AWS has a rule once, whatever its description, and takes few characters in that.
    #[test]
    fn rules_are_ones_that_aws_takes(settings in settings()) {
        let rules = settings.rules();
        let mut seen = BTreeMap::new();
        for rule in &rules {
            prop_assert_eq!(seen.insert(rule.to_string(), rule.purpose), None);
            let fits = |c: char| c.is_ascii_alphanumeric() || " ._-:/()#,@[]+=&;{}!$*".contains(c);
            prop_assert!(rule.purpose.chars().all(fits) && rule.purpose.len() <= 255);
        }
        prop_assert!(rules.is_sorted());
    }
}
