//! The port table itself.

use std::collections::BTreeSet;
use std::net::{Ipv4Addr, Ipv6Addr};

use ipnet::{IpNet, Ipv4Net, Ipv6Net};

use super::traffic::{ETCD, PortRange};
use super::{Cni, Direction, Group, Peer, PortSettings, Rule, Traffic};

const KUBELET: Traffic = tcp(10250);
const CONTROLLER_MANAGER: Traffic = tcp(10257);
const SCHEDULER: Traffic = tcp(10259);
/// etcd's metrics and health, where its `--listen-metrics-urls` says so.
const ETCD_METRICS: Traffic = tcp(2381);
const KUBE_PROXY_METRICS: Traffic = tcp(10249);
const NODE_EXPORTER: Traffic = tcp(9100);
const SSH: Traffic = tcp(22);

/// Linux's own port for VXLAN, from before 4789 was assigned to it.
const VXLAN_OF_LINUX: Traffic = udp(8472);
const VXLAN: Traffic = udp(4789);
const CILIUM_HEALTH: Traffic = tcp(4240);
/// Agent, operator, Envoy, Hubble.
const CILIUM_METRICS: Traffic = tcp_range(9962, 9965);
const BGP: Traffic = tcp(179);
const TYPHA: Traffic = tcp(5473);
const ECHO: Traffic = Traffic::Icmp(8, 0);

/// "Packet too big". Without it, connections over paths with small packets hang.
/// <https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/network_mtu.html#path_mtu_discovery>
const TOO_BIG: Traffic = Traffic::Icmp(3, 4);
const TOO_BIG_V6: Traffic = Traffic::Icmpv6(2, 0);
const PATH_MTU: &str = "Path MTU discovery";

const fn tcp(port: u16) -> Traffic {
    Traffic::Tcp(PortRange::single(port))
}

const fn udp(port: u16) -> Traffic {
    Traffic::Udp(PortRange::single(port))
}

const fn tcp_range(first: u16, last: u16) -> Traffic {
    match PortRange::new(first, last) {
        Some(range) => Traffic::Tcp(range),
        None => tcp(first),
    }
}

pub(super) fn rules(settings: &PortSettings) -> Vec<Rule> {
    let mut table = Table::default();
    table.api(settings);
    table.services(settings);
    table.control_plane();
    table.workers();
    table.pods(settings.cni);
    if settings.metrics {
        table.metrics(settings);
    }
    for group in Group::NODES {
        table.let_nets(group, SSH, &settings.ssh_allowed, "SSH");
        // Images, AWS, other clouds: nodes reach everything. Dual-stack ones over IPv6 too.
        for net in ANYWHERE {
            table.egress(
                group,
                Traffic::All,
                Peer::Net(net),
                "Nodes reach everything",
            );
        }
    }
    table.0.into_iter().collect()
}

/// All addresses.
const ANYWHERE: [IpNet; 2] = [
    IpNet::V4(Ipv4Net::new_assert(Ipv4Addr::UNSPECIFIED, 0)),
    IpNet::V6(Ipv6Net::new_assert(Ipv6Addr::UNSPECIFIED, 0)),
];

/// The rules, each once.
#[derive(Default)]
struct Table(BTreeSet<Rule>);

impl Table {
    /// Clients reach the load balancer, and that the API servers. Nodes reach those also without it:
    /// the service `kubernetes` in the cluster leads there.
    fn api(&mut self, settings: &PortSettings) {
        let (balancer, nodes) = (Group::ApiLoadBalancer, Group::ControlPlane);
        let port = tcp(settings.api_port);
        self.let_clients(
            balancer,
            port,
            &settings.api_allowed,
            "Kubernetes API, clients",
        );
        let target = Traffic::Tcp(settings.api_target_port.range());
        for node in Group::NODES {
            self.ingress(balancer, port, node, "Kubernetes API, nodes");
            self.ingress(nodes, target, node, "Kubernetes API, nodes");
        }
        self.balanced(
            balancer,
            target,
            nodes,
            "Kubernetes API and its health checks",
        );
    }

    /// Clients reach the load balancer, and that the nodes.
    fn services(&mut self, settings: &PortSettings) {
        let balancer = Group::ServiceLoadBalancer;
        for port in &settings.service_ports {
            let clients = &settings.service_allowed;
            self.let_clients(balancer, tcp(*port), clients, "Services, clients");
        }
        for nodes in service_nodes(settings) {
            for ports in &settings.service_node_ports {
                let target = Traffic::Tcp(ports.range());
                self.balanced(balancer, target, nodes, "Services and their health checks");
            }
        }
    }

    fn control_plane(&mut self) {
        let nodes = Group::ControlPlane;
        self.ingress(nodes, Traffic::Tcp(ETCD), nodes, "etcd");
        self.ingress(nodes, KUBELET, nodes, "kubelet");
    }

    fn workers(&mut self) {
        let nodes = Group::Worker;
        self.ingress(nodes, KUBELET, Group::ControlPlane, "kubelet");
        self.ingress(nodes, KUBELET, nodes, "kubelet, metrics-server");
    }

    /// Pods on all nodes reach each other.
    fn pods(&mut self, cni: Cni) {
        let traffic: &[(Traffic, &'static str)] = match cni {
            Cni::Calico => &[
                (VXLAN, "Calico, VXLAN"),
                (Traffic::IpInIp, "Calico, IP in IP"),
                (BGP, "Calico, BGP"),
                (TYPHA, "Calico, Typha"),
            ],
            Cni::Cilium => &[
                (VXLAN_OF_LINUX, "Cilium, VXLAN"),
                (CILIUM_HEALTH, "Cilium, health checks"),
                (ECHO, "Cilium, health checks"),
            ],
            Cni::Flannel => &[(VXLAN_OF_LINUX, "Flannel, VXLAN")],
            Cni::None => &[],
        };
        for (traffic, purpose) in traffic {
            for to in Group::NODES {
                for from in Group::NODES {
                    self.ingress(to, *traffic, from, purpose);
                }
            }
        }
    }

    /// What collects metrics runs on nodes that services run on.
    fn metrics(&mut self, settings: &PortSettings) {
        let mut everywhere = vec![
            (KUBELET, "Metrics, kubelet"),
            (KUBE_PROXY_METRICS, "Metrics, kube-proxy"),
            (NODE_EXPORTER, "Metrics, node exporter"),
        ];
        if settings.cni == Cni::Cilium {
            everywhere.push((CILIUM_METRICS, "Metrics, Cilium"));
        }
        for from in service_nodes(settings) {
            for to in Group::NODES {
                for (traffic, purpose) in &everywhere {
                    self.ingress(to, *traffic, from, purpose);
                }
            }
            for (traffic, purpose) in [
                (CONTROLLER_MANAGER, "Metrics, controller manager"),
                (SCHEDULER, "Metrics, scheduler"),
                (ETCD_METRICS, "Metrics, etcd"),
            ] {
                self.ingress(Group::ControlPlane, traffic, from, purpose);
            }
        }
    }

    /// Clients by their addresses.
    fn let_clients(
        &mut self,
        balancer: Group,
        port: Traffic,
        clients: &BTreeSet<IpNet>,
        purpose: &'static str,
    ) {
        self.let_nets(balancer, port, clients, purpose);
        for client in clients {
            let too_big = match client {
                IpNet::V4(_) => TOO_BIG,
                IpNet::V6(_) => TOO_BIG_V6,
            };
            self.add(
                balancer,
                Direction::Ingress,
                too_big,
                Peer::Net(*client),
                PATH_MTU,
            );
        }
    }

    fn let_nets(
        &mut self,
        group: Group,
        traffic: Traffic,
        nets: &BTreeSet<IpNet>,
        purpose: &'static str,
    ) {
        for net in nets {
            self.add(group, Direction::Ingress, traffic, Peer::Net(*net), purpose);
        }
    }

    /// From a load balancer to its targets, health checks included. A network load balancer's own
    /// group must let it out.
    fn balanced(&mut self, from: Group, target: Traffic, to: Group, purpose: &'static str) {
        self.egress(from, target, Peer::Group(to), purpose);
        self.ingress(to, target, from, purpose);
        self.egress(from, TOO_BIG, Peer::Group(to), PATH_MTU);
        self.ingress(to, TOO_BIG, from, PATH_MTU);
        self.ingress(from, TOO_BIG, to, PATH_MTU);
    }

    fn ingress(&mut self, group: Group, traffic: Traffic, from: Group, purpose: &'static str) {
        self.add(
            group,
            Direction::Ingress,
            traffic,
            Peer::Group(from),
            purpose,
        );
    }

    fn egress(&mut self, group: Group, traffic: Traffic, to: Peer, purpose: &'static str) {
        self.add(group, Direction::Egress, traffic, to, purpose);
    }

    /// The first purpose of a rule is the one that counts: AWS has each rule once.
    fn add(
        &mut self,
        group: Group,
        direction: Direction,
        traffic: Traffic,
        peer: Peer,
        purpose: &'static str,
    ) {
        let rule = Rule {
            group,
            direction,
            traffic,
            peer,
            purpose,
        };
        let is_there = self
            .0
            .iter()
            .any(|other| Rule { purpose, ..*other } == rule);
        if !is_there {
            self.0.insert(rule);
        }
    }
}

/// The nodes that services run on.
fn service_nodes(settings: &PortSettings) -> impl Iterator<Item = Group> + use<> {
    let control_plane = settings.schedulable_control_plane;
    let control_plane = control_plane.then_some(Group::ControlPlane);
    [Group::Worker].into_iter().chain(control_plane)
}
