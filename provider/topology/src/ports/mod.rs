//! Who may talk to whom in a cluster: its port table, as the rules of four security groups.
//!
//! What each component listens on:
//! <https://kubernetes.io/docs/reference/networking/ports-and-protocols/>. What a network load
//! balancer needs of its own group and of its targets':
//! <https://docs.aws.amazon.com/elasticloadbalancing/latest/network/load-balancer-security-groups.html>.

mod table;
mod traffic;

use std::collections::BTreeSet;
use std::fmt;

use ipnet::IpNet;

pub use traffic::{PortRange, PortsError, SharedPorts, Traffic, net};

/// A security group of a cluster.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Group {
    /// That of the API's load balancer.
    ApiLoadBalancer,
    /// That of the control plane (master) nodes.
    ControlPlane,
    /// That of the services' load balancer.
    ServiceLoadBalancer,
    /// That of the workers.
    Worker,
}

impl Group {
    /// All of them.
    pub const ALL: [Self; 4] = [
        Self::ApiLoadBalancer,
        Self::ControlPlane,
        Self::ServiceLoadBalancer,
        Self::Worker,
    ];

    /// Those of nodes.
    pub const NODES: [Self; 2] = [Self::ControlPlane, Self::Worker];

    /// The name in rules, such as `control_plane`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::ApiLoadBalancer => "api_load_balancer",
            Self::ControlPlane => "control_plane",
            Self::ServiceLoadBalancer => "service_load_balancer",
            Self::Worker => "worker",
        }
    }

    /// Whether nodes are in it.
    pub fn is_of_nodes(self) -> bool {
        Self::NODES.contains(&self)
    }
}

impl fmt::Display for Group {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Which way a rule lets connections through.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Direction {
    /// To what is in the group. Answers pass by themselves.
    Ingress,
    /// From what is in the group. Answers pass by themselves.
    Egress,
}

impl Direction {
    /// The name in rules.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Ingress => "ingress",
            Self::Egress => "egress",
        }
    }
}

/// The other end of a connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Peer {
    /// What is in a group.
    Group(Group),
    /// Addresses.
    Net(IpNet),
}

impl fmt::Display for Peer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Group(group) => group.fmt(f),
            Self::Net(net) => net.fmt(f),
        }
    }
}

/// A rule of a group. Its text, such as `worker ingress tcp 10250 from control_plane`, says all of
/// it but for what.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Rule {
    /// The group that has it.
    pub group: Group,
    /// Which way.
    pub direction: Direction,
    /// What passes.
    pub traffic: Traffic,
    /// From or to whom.
    pub peer: Peer,
    /// What for, in words that AWS takes as a rule's description.
    pub purpose: &'static str,
}

impl fmt::Display for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = rule_text(self.group, self.direction, &self.traffic, &self.peer);
        f.write_str(&text)
    }
}

/// The text of a rule, whoever made it.
pub fn rule_text(
    group: Group,
    direction: Direction,
    traffic: &dyn fmt::Display,
    peer: &dyn fmt::Display,
) -> String {
    let (way, side) = match direction {
        Direction::Ingress => (direction.as_str(), "from"),
        Direction::Egress => (direction.as_str(), "to"),
    };
    format!("{group} {way} {traffic} {side} {peer}")
}

/// What connects pods on different nodes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Cni {
    /// Calico: VXLAN or IP-in-IP, BGP, Typha.
    /// <https://docs.tigera.io/calico/latest/getting-started/kubernetes/requirements>
    Calico,
    /// Cilium: VXLAN and health checks.
    /// <https://docs.cilium.io/en/stable/operations/system_requirements/#firewall-rules>
    Cilium,
    /// Flannel: VXLAN on the port that Linux has for it.
    /// <https://github.com/flannel-io/flannel/blob/master/Documentation/backends.md>
    Flannel,
    /// None of these: the user opens what is needed.
    None,
}

impl Cni {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Calico, Self::Cilium, Self::Flannel, Self::None];

    /// The name that people type.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Calico => "calico",
            Self::Cilium => "cilium",
            Self::Flannel => "flannel",
            Self::None => "none",
        }
    }

    /// The one of this name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|cni| cni.as_str() == name)
    }
}

/// What a cluster's port table follows from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PortSettings {
    /// Port of the API's load balancer.
    pub api_port: u16,
    /// Port on which the API servers listen.
    pub api_target_port: SharedPorts,
    /// Addresses that may reach the API's load balancer.
    pub api_allowed: BTreeSet<IpNet>,
    /// Ports of the services' load balancer.
    pub service_ports: BTreeSet<u16>,
    /// Ports of the nodes that it reaches.
    pub service_node_ports: BTreeSet<SharedPorts>,
    /// Addresses that may reach the services' load balancer.
    pub service_allowed: BTreeSet<IpNet>,
    /// Whether it reaches control plane nodes too.
    pub schedulable_control_plane: bool,
    /// What connects pods.
    pub cni: Cni,
    /// Whether what collects metrics, on workers, reaches the components' ports for them.
    pub metrics: bool,
    /// Addresses that may log in on nodes.
    pub ssh_allowed: BTreeSet<IpNet>,
}

impl PortSettings {
    /// The rules of all groups, each once, sorted.
    pub fn rules(&self) -> Vec<Rule> {
        table::rules(self)
    }
}

/// Whether a set of rules lets one group open a TCP connection to a port of another: out of the
/// first, into the second. Addresses in rules may be anybody's.
pub fn reaches(rules: &[Rule], from: Group, to: Group, port: u16) -> bool {
    let passes = |group: Group, direction: Direction, other: Group| {
        rules.iter().any(|rule| {
            let is_peer = match rule.peer {
                Peer::Group(peer) => peer == other,
                Peer::Net(_) => true,
            };
            is_peer
                && rule.group == group
                && rule.direction == direction
                && rule.traffic.has_tcp(port)
        })
    };
    passes(from, Direction::Egress, to) && passes(to, Direction::Ingress, from)
}
