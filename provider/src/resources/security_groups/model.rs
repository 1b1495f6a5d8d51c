//! The attributes of `kubeha_security_groups`.

use std::collections::BTreeMap;

use tfplug::{Attr, Map, Model, Set};
use topology::ports::Group;

/// The four security groups of a cluster: of the API's load balancer, the services' load balancer,
/// the control plane nodes and the workers. Each opens what its components need of each other, and
/// nothing else. The plan shows every rule.
///
/// ## Who reaches what
///
/// | into | from | what |
/// |---|---|---|
/// | API load balancer | `api_allowed_cidrs`, nodes | `api_port` |
/// | control plane nodes | API load balancer, nodes | `api_target_port` |
/// | control plane nodes | control plane nodes alone | etcd, 2379 and 2380 |
/// | all nodes | control plane nodes; into workers also workers | kubelet, 10250 |
/// | all nodes | all nodes | what `cni` needs |
/// | service load balancer | `service_allowed_cidrs` | `service_ports` |
/// | workers | service load balancer | `service_node_ports` |
/// | control plane nodes, if `schedulable_control_plane` | service load balancer | `service_node_ports` |
///
/// ICMP messages that say a packet is too big pass along the ways through load balancers. Load
/// balancers reach their targets and nothing else; nodes reach everything. No setting lets a worker
/// or a load balancer reach etcd.
///
/// Nodes reach a load balancer with public addresses from public addresses themselves, those of NAT
/// gateways, which no rule between groups covers. If the API's is one (`internal = false`), put them
/// into `api_allowed_cidrs`: `[for ip in values(kubeha_network.this.nat_gateway_public_ips) :
/// "${ip}/32"]`.
///
/// ## Rules of others
///
/// Rules that others add are listed in `foreign_rules` and left alone: the AWS Load Balancer
/// Controller and Kubernetes's cloud controller add some for services of type `LoadBalancer`. With
/// `exclusive = true` they are removed, those of controllers too. The rule that lets everything out,
/// which AWS gives each new group, is taken away from load balancers' groups.
///
/// ## The cluster's tag
///
/// The groups of nodes bear the tag `kubernetes.io/cluster/<name>`. Kubernetes's cloud controller
/// needs exactly one group with it on each node: a group of your own that you give nodes besides
/// must not have it.
///
/// ## A destroy
///
/// Nothing is touched while a network interface still has one of the groups: what load balancers
/// leave behind is waited for, and anything else is named.
#[derive(Clone, Debug, Default, PartialEq, Model)]
pub(crate) struct SecurityGroups {
    /// Name of the cluster. It has these groups once. Default: the provider's.
    #[tf(
        optional,
        computed,
        plan(use_state_for_unknown(), requires_replace_if(
            "Changing this forces replacement.",
            |prior, _| !prior.is_null(), // an imported one may not say yet
        ))
    )]
    pub(crate) cluster_name: Attr<String>,
    /// Id of the VPC.
    #[tf(required, plan(requires_replace()))]
    pub(crate) vpc_id: Attr<String>,

    /// What connects pods on different nodes: `cilium` (VXLAN and its health checks), `calico`
    /// (VXLAN, IP in IP, BGP, Typha), `flannel` (VXLAN), or `none`, with which the rules are yours to
    /// add.
    #[tf(default = "cilium", check(one_of(["calico", "cilium", "flannel", "none"])))]
    pub(crate) cni: Attr<String>,
    /// Addresses that may reach the Kubernetes API through its load balancer, in CIDR notation. There
    /// is no default: `0.0.0.0/0` is the world. Nodes may always.
    #[tf(required)]
    pub(crate) api_allowed_cidrs: Attr<Set<String>>,
    /// Port of the API's load balancer.
    #[tf(default = 6443, check(range(1..=65535)))]
    pub(crate) api_port: Attr<i64>,
    /// Port on which the API servers listen.
    #[tf(default = 6443, check(range(1..=65535)))]
    pub(crate) api_target_port: Attr<i64>,
    /// Addresses that may reach services through their load balancer, in CIDR notation. Nobody, unless
    /// this is set; services for the world have `["0.0.0.0/0"]`.
    #[tf(default = Set::default())]
    pub(crate) service_allowed_cidrs: Attr<Set<String>>,
    /// Ports of the services' load balancer. Default: 80 and 443.
    #[tf(default = Set::from_iter([80, 443]), check(each(range(1..=65535))))]
    pub(crate) service_ports: Attr<Set<i64>>,
    /// Ports of nodes that the services' load balancer reaches: node ports of its listeners, and ports
    /// of its health checks. Each is a port or a range, as in the API server's
    /// `--service-node-port-range`. etcd's ports can't be among them. Default: `["30000-32767"]`.
    #[tf(default = Set::from_iter(["30000-32767".to_owned()]), check(count(1..)))]
    pub(crate) service_node_ports: Attr<Set<String>>,
    /// Whether services run on control plane nodes too, so that their load balancer reaches them there.
    #[tf(default = false)]
    pub(crate) schedulable_control_plane: Attr<bool>,
    /// Whether what collects metrics, on workers, reaches the ports that components have for them:
    /// kubelets (10250), kube-proxy (10249), node exporter (9100), controller manager (10257),
    /// scheduler (10259), etcd (2381, which asks for no certificate), and Cilium's (9962 to 9965) with
    /// that `cni`.
    #[tf(default = false)]
    pub(crate) enable_metrics_ports: Attr<bool>,
    /// Addresses that may log in on nodes with SSH, in CIDR notation. Nobody, unless this is set.
    #[tf(default = Set::default())]
    pub(crate) ssh_allowed_cidrs: Attr<Set<String>>,
    /// Whether rules of others are removed.
    #[tf(default = false)]
    pub(crate) exclusive: Attr<bool>,

    /// Tags of the groups and of their rules. Each group also has a `Name`, unless this has one.
    #[tf(optional)]
    pub(crate) tags: Attr<Map<String>>,
    /// Tags of the groups and of their rules, the provider's `default_tags` included.
    #[tf(computed)]
    pub(crate) tags_all: Attr<Map<String>>,
    /// Tags by which Kubernetes finds the groups of nodes.
    #[tf(computed)]
    pub(crate) kubernetes_tags: Attr<Map<String>>,

    /// Id of the group of the API's load balancer.
    #[tf(computed, plan(use_state_for_unknown()))]
    pub(crate) api_load_balancer_id: Attr<String>,
    /// Id of the group of the control plane nodes.
    #[tf(computed, plan(use_state_for_unknown()))]
    pub(crate) control_plane_id: Attr<String>,
    /// Id of the group of the services' load balancer.
    #[tf(computed, plan(use_state_for_unknown()))]
    pub(crate) service_load_balancer_id: Attr<String>,
    /// Id of the group of the workers.
    #[tf(computed, plan(use_state_for_unknown()))]
    pub(crate) worker_id: Attr<String>,

    /// The rules of this resource, such as `worker ingress tcp 10250 from control_plane`, and what each
    /// is for.
    #[tf(computed)]
    pub(crate) rules: Attr<Map<String>>,
    /// The rules of others in these groups, by their ids.
    #[tf(computed)]
    pub(crate) foreign_rules: Attr<Map<String>>,
}

impl SecurityGroups {
    /// The attribute that holds a group's id.
    pub(super) fn id(&self, group: Group) -> &Attr<String> {
        match group {
            Group::ApiLoadBalancer => &self.api_load_balancer_id,
            Group::ControlPlane => &self.control_plane_id,
            Group::ServiceLoadBalancer => &self.service_load_balancer_id,
            Group::Worker => &self.worker_id,
        }
    }

    /// The same, to be set.
    pub(super) fn id_mut(&mut self, group: Group) -> &mut Attr<String> {
        match group {
            Group::ApiLoadBalancer => &mut self.api_load_balancer_id,
            Group::ControlPlane => &mut self.control_plane_id,
            Group::ServiceLoadBalancer => &mut self.service_load_balancer_id,
            Group::Worker => &mut self.worker_id,
        }
    }

    /// The ids that are known.
    pub(super) fn ids(&self) -> BTreeMap<Group, String> {
        let known = |group: Group| Some((group, self.id(group).known()?.clone()));
        Group::ALL.into_iter().filter_map(known).collect()
    }
}
