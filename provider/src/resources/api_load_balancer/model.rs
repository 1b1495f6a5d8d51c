//! The attributes of `kubeha_api_load_balancer`.

use tfplug::{Attr, Map, Model, Set};

use crate::load_balancing::health_check::converts_to_check;
use crate::load_balancing::target_settings::TargetSettings;
use crate::load_balancing::{AccessLogs, has_balancer, loses_a_subnet};

/// The one address of a cluster's Kubernetes API: a network load balancer over all zones, its
/// target group and listener, and, if asked for, its name in Route 53.
///
/// Control plane nodes are targets as long as their API server says it is ready (HTTPS `/readyz`,
/// which includes etcd). Clients keep their connections while one node is replaced: the defaults
/// deregister in 30 seconds, leave the connections of a node that merely turned unhealthy alone, and
/// reach every node from every zone.
///
/// Without a deletion protection of its own, the load balancer goes with `terraform destroy`; set
/// `enable_deletion_protection` for production.
#[derive(Clone, Debug, Default, PartialEq, Model)]
#[tf(rules(Together(&["fqdn", "hosted_zone_id"])))]
pub(crate) struct ApiLoadBalancer {
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
    /// Name of the load balancer: 1 to 32 letters, digits and hyphens. Default: made from
    /// `cluster_name`.
    #[tf(optional, computed, plan(use_state_for_unknown(), requires_replace()))]
    pub(crate) name: Attr<String>,
    /// Name of the target group: 1 to 32 letters, digits and hyphens. Default: made from
    /// `cluster_name`.
    #[tf(
        optional,
        computed,
        plan(use_state_for_unknown(), requires_replace_if(
            "Changing this forces replacement.",
            |prior, _| !prior.is_null(), // an imported, unfinished one may have none yet
        ))
    )]
    pub(crate) target_group_name: Attr<String>,

    /// A subnet for each zone: ids by the zone's name. Every zone with control plane nodes must be
    /// among them, since a target in another zone gets no traffic. Zones can be added in place;
    /// AWS can't take a subnet away from a network load balancer, so removing or exchanging one
    /// forces replacement.
    #[tf(required, check(count(1..)), plan(requires_replace_if("", loses_a_subnet)))]
    pub(crate) subnets: Attr<Map<String>>,
    /// Ids of its security groups, 1 to 5. A network load balancer that was made without one can
    /// never get one.
    #[tf(required, check(count(1..=5)))]
    pub(crate) security_group_ids: Attr<Set<String>>,
    /// Whether it has private addresses only.
    #[tf(default = true, plan(requires_replace()))]
    pub(crate) internal: Attr<bool>,

    /// Port on which clients reach the API.
    #[tf(default = 6443, check(range(1..=65535)))]
    pub(crate) port: Attr<i64>,
    /// Port on which the API servers listen.
    #[tf(
        default = 6443,
        check(range(1..=65535)),
        plan(requires_replace_if(
            "Changing this forces replacement.",
            |prior, _| !prior.is_null(), // as above
        ))
    )]
    pub(crate) target_port: Attr<i64>,
    /// How an API server is found to be ready.
    #[tf(default = HealthCheck::default())]
    pub(crate) health_check: Attr<HealthCheck>,
    /// Seconds a deregistered node still serves the connections it has.
    #[tf(default = 30, check(range(0..=3600)))]
    pub(crate) deregistration_delay: Attr<i64>,
    /// Whether connections that outlive `deregistration_delay` are closed.
    #[tf(default = true)]
    pub(crate) connection_termination: Attr<bool>,
    /// Whether the API servers see the clients' addresses. A node could then not reach itself
    /// through the load balancer.
    #[tf(default = false)]
    pub(crate) preserve_client_ip: Attr<bool>,
    /// Whether the connections of a node are cut when it turns unhealthy. AWS's own default is
    /// true, which resets the clients of an API server that is shutting down in good order.
    #[tf(default = false)]
    pub(crate) enable_unhealthy_connection_termination: Attr<bool>,
    /// Seconds a node that turned unhealthy still serves the connections it has. Default: 120, time
    /// for an API server to end in good order; 0 if `enable_unhealthy_connection_termination` is
    /// true, and then nothing else.
    #[tf(optional, computed, check(range(0..=360_000)))]
    pub(crate) unhealthy_draining_interval: Attr<i64>,
    /// Whether each zone's address reaches the nodes of all zones. Without it, a zone whose node is
    /// being replaced vanishes from DNS.
    #[tf(default = true)]
    pub(crate) enable_cross_zone_load_balancing: Attr<bool>,
    /// Whether AWS refuses to delete it. Set it to false, and apply, before a destroy.
    #[tf(default = false)]
    pub(crate) enable_deletion_protection: Attr<bool>,
    /// Where access logs go. AWS writes them for TLS listeners only.
    #[tf(optional)]
    pub(crate) access_logs: Attr<AccessLogs>,
    /// The API servers' `--shutdown-delay-duration` in seconds, if it is set: a node must be found
    /// unready before it stops listening, so the health check must need less time than this. It is
    /// only checked, in every plan, and not stored.
    #[tf(optional, write_only, check(range(1..=3600)))]
    pub(crate) apiserver_shutdown_delay: Attr<i64>,

    /// Name of the API in Route 53, such as `api.prod.example.com`.
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
    /// ARN of the target group that the control plane group attaches itself to.
    #[tf(computed, plan(use_state_for_unknown()))]
    pub(crate) target_group_arn: Attr<String>,
    /// ARN of the listener.
    #[tf(computed, plan(use_state_for_unknown()))]
    pub(crate) listener_arn: Attr<String>,
    /// URL of the API: `https://`, the FQDN or else the load balancer's own name, and the port.
    #[tf(computed)]
    pub(crate) endpoint: Attr<String>,
}

/// How an API server is found to be ready.
#[derive(Clone, Debug, Default, PartialEq, Model)]
pub(crate) struct HealthCheck {
    /// `HTTPS`, `HTTP` or `TCP`. TCP finds servers ready that are still starting or hang.
    #[tf(default = "HTTPS", check(one_of(["HTTPS", "HTTP", "TCP"])))]
    pub(crate) protocol: Attr<String>,
    /// Port, or the targets' own if it is not set.
    #[tf(optional, check(range(1..=65535)))]
    pub(crate) port: Attr<i64>,
    /// Path that is asked for. Default: `"/readyz"`; none with TCP.
    #[tf(
        optional,
        computed,
        check(pattern("/.{0,1023}", "a path that begins with /, of 1024 characters at most"))
    )]
    pub(crate) path: Attr<String>,
    /// HTTP status that means ready. Default: `"200"`; none with TCP.
    #[tf(
        optional,
        computed,
        check(pattern(
            "[2345][0-9][0-9]([,-][2345][0-9][0-9])*",
            "statuses such as 200 or 200-399"
        ))
    )]
    pub(crate) matcher: Attr<String>,
    /// Seconds between two checks of a target.
    #[tf(default = 10, check(range(5..=300)))]
    pub(crate) interval: Attr<i64>,
    /// Seconds without an answer after which a check has failed.
    #[tf(default = 10, check(range(2..=120)))]
    pub(crate) timeout: Attr<i64>,
    /// Passed checks in a row after which a target is healthy.
    #[tf(default = 2, check(range(2..=10)))]
    pub(crate) healthy_threshold: Attr<i64>,
    /// Failed checks in a row after which a target is unhealthy.
    #[tf(default = 2, check(range(2..=10)))]
    pub(crate) unhealthy_threshold: Attr<i64>,
}

has_balancer!(ApiLoadBalancer);
converts_to_check!(HealthCheck);

impl ApiLoadBalancer {
    /// The settings of its target group.
    pub(super) fn target_settings(&self) -> TargetSettings {
        TargetSettings {
            deregistration_delay: self.deregistration_delay,
            connection_termination: self.connection_termination,
            preserve_client_ip: self.preserve_client_ip,
            enable_unhealthy_connection_termination: self.enable_unhealthy_connection_termination,
            unhealthy_draining_interval: self.unhealthy_draining_interval,
        }
    }
}
