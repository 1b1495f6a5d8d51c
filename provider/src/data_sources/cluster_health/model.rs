//! The attributes of `kubeha_cluster_health`.

use tfplug::{Attr, List, Map, Model, Set};

/// Tells how a cluster is doing at this moment, as AWS sees it: which nodes are in service and
/// healthy behind their load balancers, whether the control plane has a quorum, and what it would
/// survive now. Made for `check` blocks and for conditions.
///
/// It takes the ARNs of groups and target groups, so that it waits until they exist, and asks AWS
/// each time it is read, which is in every plan.
///
/// **What AWS can't see.** Quorum is a matter of etcd's own list of members, which no API of AWS
/// shows. Here every node is taken for one member, and a node for one that votes if it is in
/// service and healthy in each of `api_target_group_arns`. With the health check of
/// `kubeha_api_load_balancer`, `/readyz` over HTTPS, that means that its API server reaches etcd.
/// A check that only opens a connection means less. A member that was never removed, or never
/// joined, shows only in `etcdctl member list`.
///
/// **Healthy** is a cluster with no `problems`, and these are the problems there are: the control
/// plane has no quorum, or is just starting; a group has fewer instances in service than it should, or is being deleted;
/// an instance in service fails a health check; a group isn't attached to a target group that
/// counts; the control plane's nodes are spread unevenly; it would not survive the loss of a zone
/// now, though so many nodes over so many zones can; a target group has no healthy target. So a
/// group that is just growing isn't healthy until it has grown. An instance that is merely
/// `outdated` is no problem, since there are groups that are meant to be rolled later.
#[derive(Clone, Debug, Default, PartialEq, Model)]
pub(crate) struct ClusterHealth {
    /// ARN of the control plane's Auto Scaling group.
    #[tf(required)]
    pub(crate) control_plane_group_arn: Attr<String>,
    /// ARNs of the target groups in which control plane nodes must be healthy: the API load
    /// balancer's `target_group_arn`. With an empty set the Auto Scaling group's own checks alone
    /// decide, which know whether a machine runs, and nothing of what runs on it.
    #[tf(required)]
    pub(crate) api_target_group_arns: Attr<Set<String>>,
    /// ARNs of the worker groups' Auto Scaling groups. The control plane's isn't one of them.
    #[tf(optional)]
    pub(crate) worker_group_arns: Attr<Set<String>>,
    /// ARNs of the target groups in which workers must be healthy: the service load balancer's
    /// `target_group_arns`. Each counts for those worker groups that are attached to it, and for a
    /// control plane that is, such as a schedulable one; the quorum doesn't hang on it. Leave out
    /// target groups of services with `externalTrafficPolicy: Local`: there nodes without a pod
    /// fail their checks on purpose.
    #[tf(optional)]
    pub(crate) service_target_group_arns: Attr<Set<String>>,
    /// How long to wait for a cluster that isn't healthy to become so, such as `"10m"`. Then the
    /// answer is what it is; that is no error. Meant for the apply that makes a cluster: later
    /// plans would wait for an ill one too. Default: `"0"`, not at all.
    #[tf(optional, check(duration()))]
    pub(crate) wait_for_healthy_timeout: Attr<String>,

    /// Whether there are no `problems`.
    #[tf(computed)]
    pub(crate) healthy: Attr<bool>,
    /// What is wrong, the gravest first, one sentence or two each: for `error_message`.
    #[tf(computed)]
    pub(crate) problems: Attr<List<String>>,
    /// Whether no instance is `outdated`.
    #[tf(computed)]
    pub(crate) up_to_date: Attr<bool>,
    /// The control plane.
    #[tf(computed)]
    pub(crate) control_plane: Attr<ControlPlane>,
    /// The worker groups by name of their Auto Scaling group.
    #[tf(computed)]
    pub(crate) worker_groups: Attr<Map<WorkerGroup>>,
    /// The targets of each target group, by its ARN, counted by state. Other than instances of
    /// these groups count too.
    #[tf(computed)]
    pub(crate) target_groups: Attr<Map<TargetGroup>>,
}

/// The state of the control plane.
#[derive(Clone, Debug, PartialEq, Model)]
pub(crate) struct ControlPlane {
    /// Name of the Auto Scaling group.
    #[tf(computed)]
    pub(crate) name: Attr<String>,
    /// Number of nodes there should be: the group's desired capacity.
    #[tf(computed)]
    pub(crate) size: Attr<i64>,
    /// Number of nodes in service.
    #[tf(computed)]
    pub(crate) in_service: Attr<i64>,
    /// Number of nodes that are in service, and healthy in the eyes of the group and in each of
    /// `api_target_group_arns`.
    #[tf(computed)]
    pub(crate) healthy: Attr<i64>,
    /// Number of nodes that must be healthy for the Kubernetes API to work: more than half of
    /// `size`, or of `in_service` where that is more.
    #[tf(computed)]
    pub(crate) quorum: Attr<i64>,
    /// Whether so many are healthy.
    #[tf(computed)]
    pub(crate) has_quorum: Attr<bool>,
    /// Number of the healthy nodes that may fail now, wherever they are.
    #[tf(computed)]
    pub(crate) tolerated_node_failures: Attr<i64>,
    /// Whether quorum would outlive the loss of any one zone now, with the nodes that are healthy
    /// and as they are spread.
    #[tf(computed)]
    pub(crate) tolerates_zone_failure: Attr<bool>,
    /// Whether the numbers of nodes in service differ by one at most between any two of the
    /// group's zones, and none is in service elsewhere.
    #[tf(computed)]
    pub(crate) balanced: Attr<bool>,
    /// The zones by name: the group's, and others where an instance of it stands.
    #[tf(computed)]
    pub(crate) zones: Attr<Map<Zone>>,
    /// The instances by id.
    #[tf(computed)]
    pub(crate) instances: Attr<Map<Instance>>,
    /// Ids of the instances that are `outdated`.
    #[tf(computed)]
    pub(crate) outdated_instance_ids: Attr<Set<String>>,
}

/// The state of a worker group.
#[derive(Clone, Debug, PartialEq, Model)]
pub(crate) struct WorkerGroup {
    /// Number of workers there should be: the group's, or an autoscaler's, choice.
    #[tf(computed)]
    pub(crate) desired_capacity: Attr<i64>,
    /// Number of workers in service.
    #[tf(computed)]
    pub(crate) in_service: Attr<i64>,
    /// Number of workers that are in service, and healthy in the eyes of the group and in each of
    /// `service_target_group_arns` that the group is attached to.
    #[tf(computed)]
    pub(crate) healthy: Attr<i64>,
    /// Whether the numbers of workers in service differ by one at most between any two of the
    /// group's zones, and none is in service elsewhere.
    #[tf(computed)]
    pub(crate) balanced: Attr<bool>,
    /// The zones by name: the group's, and others where an instance of it stands.
    #[tf(computed)]
    pub(crate) zones: Attr<Map<Zone>>,
    /// The instances by id.
    #[tf(computed)]
    pub(crate) instances: Attr<Map<Instance>>,
    /// Ids of the instances that are `outdated`.
    #[tf(computed)]
    pub(crate) outdated_instance_ids: Attr<Set<String>>,
}

/// A group's instances in one zone.
#[derive(Clone, Debug, PartialEq, Model)]
pub(crate) struct Zone {
    /// Number of instances in service.
    #[tf(computed)]
    pub(crate) in_service: Attr<i64>,
    /// Number of those that are healthy.
    #[tf(computed)]
    pub(crate) healthy: Attr<i64>,
    /// Number of instances that are starting, leaving or on standby.
    #[tf(computed)]
    pub(crate) other: Attr<i64>,
}

/// One instance.
#[derive(Clone, Debug, PartialEq, Model)]
pub(crate) struct Instance {
    /// Name of its zone.
    #[tf(computed)]
    pub(crate) zone: Attr<String>,
    /// AWS's word, such as `InService` or `Pending:Wait`.
    #[tf(computed)]
    pub(crate) lifecycle_state: Attr<String>,
    /// What its group's own checks say: `Healthy` or `Unhealthy`.
    #[tf(computed)]
    pub(crate) health_status: Attr<String>,
    /// Its state in each target group that counts, by ARN: AWS's word, such as `healthy`, or
    /// `unregistered`.
    #[tf(computed)]
    pub(crate) target_health: Attr<Map<String>>,
    /// Whether it is in service, and all of these are healthy; of a control plane node, those of
    /// `api_target_group_arns`.
    #[tf(computed)]
    pub(crate) healthy: Attr<bool>,
    /// Whether its group would launch another machine today: from another template, or from a
    /// version that differs in more than tags.
    #[tf(computed)]
    pub(crate) outdated: Attr<bool>,
}

/// The targets of a target group.
#[derive(Clone, Debug, PartialEq, Model)]
pub(crate) struct TargetGroup {
    /// Number of targets that pass their health checks.
    #[tf(computed)]
    pub(crate) healthy: Attr<i64>,
    /// Number of targets that fail them.
    #[tf(computed)]
    pub(crate) unhealthy: Attr<i64>,
    /// Number of targets that are being registered, or checked for the first time.
    #[tf(computed)]
    pub(crate) initial: Attr<i64>,
    /// Number of targets that were deregistered and end what they have begun.
    #[tf(computed)]
    pub(crate) draining: Attr<i64>,
    /// Number of targets that get no traffic: no load balancer uses the target group, or none in
    /// their zone, or they don't run.
    #[tf(computed)]
    pub(crate) unused: Attr<i64>,
    /// Number of targets without health checks.
    #[tf(computed)]
    pub(crate) unavailable: Attr<i64>,
}
