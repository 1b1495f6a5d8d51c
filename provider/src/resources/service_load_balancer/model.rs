//! The attributes of `kubeha_service_load_balancer`.

use tfplug::{Attr, List, Map, Model, Set};

use crate::load_balancing::health_check::converts_to_check;
use crate::load_balancing::{AccessLogs, has_balancer, loses_a_subnet};

/// The one address of a cluster's services: a network load balancer over all zones, a listener and
/// a target group for each port, and, if asked for, its name in Route 53.
///
/// Each listener leads to a node port, on which every node answers for the service behind it.
/// Worker groups attach themselves to `target_group_arns`, and so does a control plane group that
/// is schedulable.
///
/// A target group can't change its port. Another `node_port` therefore means another target group,
/// to which the listener moves at once: **until nodes stand in it and have passed their checks,
/// that listener answers nobody.** Where clients must not notice, add a second listener first and
/// move the clients. The old target group is kept for as long as an Auto Scaling group or targets
/// hold it, since AWS would delete it under them; `retired_target_groups` lists it. Groups let go
/// of it later in the same apply, and the next plan then shows that it is deleted.
///
/// Without a deletion protection of its own, the load balancer goes with `terraform destroy`; set
/// `enable_deletion_protection` for production.
#[derive(Clone, Debug, Default, PartialEq, Model)]
#[tf(rules(Together(&["fqdn", "hosted_zone_id"])))]
pub(crate) struct ServiceLoadBalancer {
    /// Name of the cluster. Default: the provider's.
    #[tf(
        optional,
        computed,
        plan(use_state_for_unknown(), requires_replace_if(
            "Changing this forces replacement.",
            |prior, _| !prior.is_null(), // an imported one may not say yet
        ))
    )]
    pub(crate) cluster_name: Attr<String>,
    /// Name of the load balancer: 1 to 32 letters, digits and hyphens. The names of the target
    /// groups are made from it. Default: made from `cluster_name`.
    #[tf(optional, computed, plan(use_state_for_unknown(), requires_replace()))]
    pub(crate) name: Attr<String>,

    /// A subnet for each zone: ids by the zone's name. Every zone with nodes must be among them,
    /// since a target in another zone gets no traffic. Zones can be added in place; AWS can't take
    /// a subnet away from a network load balancer, so removing or exchanging one forces
    /// replacement.
    #[tf(required, check(count(1..)), plan(requires_replace_if("", loses_a_subnet)))]
    pub(crate) subnets: Attr<Map<String>>,
    /// Ids of its security groups, 1 to 5. A network load balancer that was made without one can
    /// never get one.
    #[tf(required, check(count(1..=5)))]
    pub(crate) security_group_ids: Attr<Set<String>>,
    /// Whether it has private addresses only. Services are mostly for the world, so it has public
    /// ones unless this is set, as with `aws_lb`; its subnets must then be public.
    #[tf(default = false, plan(requires_replace()))]
    pub(crate) internal: Attr<bool>,
    /// Whether each zone's address reaches the nodes of all zones. Without it, a zone without a
    /// healthy node vanishes from DNS.
    #[tf(default = true)]
    pub(crate) enable_cross_zone_load_balancing: Attr<bool>,
    /// Whether AWS refuses to delete it. Set it to false, and apply, before a destroy.
    #[tf(default = false)]
    pub(crate) enable_deletion_protection: Attr<bool>,
    /// Where access logs go. AWS writes them for TLS listeners only.
    #[tf(optional)]
    pub(crate) access_logs: Attr<AccessLogs>,

    /// A port that is open to clients. There is one listener for each port, whatever the order of
    /// the blocks. All listeners of the load balancer are managed: one that somebody adds is
    /// removed.
    #[tf(block, required)]
    pub(crate) listener: Attr<List<Listener>>,

    /// Name of the services in Route 53, such as `services.prod.example.com`.
    #[tf(optional)]
    pub(crate) fqdn: Attr<String>,
    /// Id of the hosted zone that `fqdn` belongs to.
    #[tf(optional)]
    pub(crate) hosted_zone_id: Attr<String>,

    /// Tags of all its parts.
    #[tf(optional)]
    pub(crate) tags: Attr<Map<String>>,
    /// Tags of all its parts, the provider's `default_tags` included.
    #[tf(computed)]
    pub(crate) tags_all: Attr<Map<String>>,

    /// ARN of the load balancer.
    #[tf(computed, plan(use_state_for_unknown()))]
    pub(crate) arn: Attr<String>,
    /// Name that AWS gave the load balancer in DNS.
    #[tf(computed, plan(use_state_for_unknown()))]
    pub(crate) dns_name: Attr<String>,
    /// Id of the hosted zone of `dns_name`, for alias records.
    #[tf(computed, plan(use_state_for_unknown()))]
    pub(crate) zone_id: Attr<String>,
    /// Id of the VPC.
    #[tf(computed, plan(use_state_for_unknown()))]
    pub(crate) vpc_id: Attr<String>,
    /// Name under which clients reach the services: the FQDN, or else the load balancer's own.
    #[tf(computed)]
    pub(crate) host: Attr<String>,
    /// ARNs of the listeners by port.
    #[tf(computed)]
    pub(crate) listener_arns: Attr<Map<String>>,
    /// ARNs of the listeners' target groups by port. The ports are known at plan.
    #[tf(computed)]
    pub(crate) target_groups: Attr<Map<String>>,
    /// ARNs of all listeners' target groups: what node groups attach themselves to.
    #[tf(computed)]
    pub(crate) target_group_arns: Attr<Set<String>>,
    /// Target groups that no listener uses any more, by ARN: `held` while targets are in it or an
    /// Auto Scaling group is attached to it, else `free`. The next apply deletes those that are
    /// free.
    #[tf(computed)]
    pub(crate) retired_target_groups: Attr<Map<String>>,
}

/// A port that is open to clients, and where it leads.
#[derive(Clone, Debug, Default, PartialEq, Model)]
pub(crate) struct Listener {
    /// Port on which clients reach the service.
    #[tf(required, check(range(1..=65535)))]
    pub(crate) port: Attr<i64>,
    /// Port on which the nodes answer: that of a Kubernetes service of type `NodePort`, or a host
    /// port of an ingress controller. Outside 30000 to 32767, the range that the API server gives
    /// node ports from unless told otherwise, there is a warning. `service_node_ports` of
    /// `kubeha_security_groups` must have it, and `service_ports` the listener's. Another one means
    /// another target group; see above.
    #[tf(required, check(range(1..=65535)))]
    pub(crate) node_port: Attr<i64>,
    /// `TCP`, or `TLS` if the load balancer is to end it. The nodes get TCP either way.
    #[tf(default = "TCP", check(one_of(["TCP", "TLS"])))]
    pub(crate) protocol: Attr<String>,
    /// ARN of the certificate in ACM or IAM; with TLS, and only then.
    #[tf(optional)]
    pub(crate) certificate_arn: Attr<String>,
    /// Name of the security policy, with TLS. Default: `"ELBSecurityPolicy-TLS13-1-2-2021-06"`,
    /// which takes TLS 1.2 and 1.3.
    #[tf(optional, computed)]
    pub(crate) ssl_policy: Attr<String>,
    /// `HTTP1Only`, `HTTP2Only`, `HTTP2Optional`, `HTTP2Preferred` or `None`, with TLS. Default:
    /// `"None"`.
    #[tf(
        optional,
        computed,
        check(one_of(["HTTP1Only", "HTTP2Only", "HTTP2Optional", "HTTP2Preferred", "None"]))
    )]
    pub(crate) alpn_policy: Attr<String>,
    /// How a node is found to be fit.
    #[tf(default = HealthCheck::default())]
    pub(crate) health_check: Attr<HealthCheck>,
    /// Seconds a deregistered node still serves the connections it has. AWS keeps a node that a
    /// group ends alive for as long.
    #[tf(default = 300, check(range(0..=3600)))]
    pub(crate) deregistration_delay: Attr<i64>,
    /// Whether connections that outlive `deregistration_delay` are closed, so that clients notice
    /// before the node is gone.
    #[tf(default = true)]
    pub(crate) connection_termination: Attr<bool>,
    /// Whether the nodes see the clients' addresses. A node can then not reach itself through the
    /// load balancer: set it to false if pods call services by this load balancer's name.
    #[tf(default = true)]
    pub(crate) preserve_client_ip: Attr<bool>,
    /// Whether each connection begins with a PROXY protocol header, version 2. What answers on the
    /// node port must expect it.
    #[tf(default = false)]
    pub(crate) proxy_protocol_v2: Attr<bool>,
    /// Whether the connections of a node are cut when it turns unhealthy, so that clients try
    /// another. Set it to false where checks fail before a service ends in good order.
    #[tf(default = true)]
    pub(crate) enable_unhealthy_connection_termination: Attr<bool>,
    /// Seconds a node that turned unhealthy still serves the connections it has. Default: 0 while
    /// `enable_unhealthy_connection_termination` is true, and then nothing else; or else 30, the
    /// time that Kubernetes gives a pod to end.
    #[tf(optional, computed, check(range(0..=360_000)))]
    pub(crate) unhealthy_draining_interval: Attr<i64>,
}

/// How a node is found to be fit.
#[derive(Clone, Debug, Default, PartialEq, Model)]
pub(crate) struct HealthCheck {
    /// `TCP`, `HTTP` or `HTTPS`. TCP finds every node fit that takes connections on the port, and
    /// with a node port that is every node.
    #[tf(default = "TCP", check(one_of(["TCP", "HTTP", "HTTPS"])))]
    pub(crate) protocol: Attr<String>,
    /// Port, or the node port if it is not set.
    #[tf(optional, check(range(1..=65535)))]
    pub(crate) port: Attr<i64>,
    /// Path that is asked for. Default: `"/healthz"`; none with TCP.
    #[tf(
        optional,
        computed,
        check(pattern("/.{0,1023}", "a path that begins with /, of 1024 characters at most"))
    )]
    pub(crate) path: Attr<String>,
    /// HTTP status that means fit. Default: `"200"`; none with TCP.
    #[tf(
        optional,
        computed,
        check(pattern(
            "[2345][0-9][0-9]([,-][2345][0-9][0-9])*",
            "statuses such as 200 or 200-399"
        ))
    )]
    pub(crate) matcher: Attr<String>,
    /// Seconds between two checks of a node.
    #[tf(default = 10, check(range(5..=300)))]
    pub(crate) interval: Attr<i64>,
    /// Seconds without an answer after which a check has failed.
    #[tf(default = 10, check(range(2..=120)))]
    pub(crate) timeout: Attr<i64>,
    /// Passed checks in a row after which a node is healthy.
    #[tf(default = 2, check(range(2..=10)))]
    pub(crate) healthy_threshold: Attr<i64>,
    /// Failed checks in a row after which a node is unhealthy.
    #[tf(default = 2, check(range(2..=10)))]
    pub(crate) unhealthy_threshold: Attr<i64>,
}

has_balancer!(ServiceLoadBalancer);
converts_to_check!(HealthCheck);

impl ServiceLoadBalancer {
    /// The listeners that are known at all, each with its place among the blocks.
    pub(super) fn listeners(&self) -> impl Iterator<Item = (usize, &Listener)> {
        let list = self.listener.known().map(|list| list.0.as_slice());
        let places = list.unwrap_or_default().iter().enumerate();
        places.filter_map(|(at, listener)| Some((at, listener.known()?)))
    }
}
