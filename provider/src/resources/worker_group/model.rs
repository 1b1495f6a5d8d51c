//! The attributes of `kubeha_worker_group`.

use tfplug::{Attr, List, Map, Model, Set};

use super::autoscaler::{LABEL, TAINT};
use super::labels::{key, value};
use super::purchase::SPOT_STRATEGY;
use crate::node_group::{
    BlockDevice, LifecycleHook, MetadataOptions, RootBlockDevice, metric, outdates,
};

/// Workers of a cluster: a launch template and an Auto Scaling group over all zones, whose nodes
/// stand behind the service load balancer. A cluster may have several, each with a `name`.
///
/// The cluster autoscaler finds the group by its tags, which also tell it the labels and taints that
/// nodes will have, so that it can scale up from none. As long as `desired_capacity` is not set, the
/// number of nodes is the autoscaler's business: it is no drift, and no update changes it.
///
/// When what the nodes are is changed, AWS replaces them some at a time by an instance refresh, and
/// the apply waits for its end. Until then the group launches what it did before: a change that
/// doesn't work harms the nodes at hand and not those to come, and with `auto_rollback` AWS undoes
/// it. An apply that is interrupted leaves the refresh running; the next one finds and follows it. A
/// change of tags, labels, taints or of how spot is bought replaces nobody.
#[derive(Clone, Debug, Default, PartialEq, Model)]
#[tf(rules(Conflicting(&["user_data", "user_data_base64"])))]
pub(crate) struct WorkerGroup {
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
    /// Name of the group within its cluster, such as `general` or `gpu`.
    #[tf(
        required,
        check(pattern(
            "[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?",
            "1 to 63 letters, digits, - _ and ., with a letter or digit at both ends"
        )),
        plan(requires_replace_if(
            "Changing this forces replacement.",
            |prior, _| !prior.is_null(), // as above
        ))
    )]
    pub(crate) name: Attr<String>,
    /// Name of the Auto Scaling group and its launch template: 3 to 128 letters, digits and ( ) .
    /// / _ -. Default: made from `cluster_name` and `name`.
    #[tf(optional, computed, plan(use_state_for_unknown(), requires_replace()))]
    pub(crate) autoscaling_group_name: Attr<String>,

    /// A subnet for each zone: ids by the zone's name. Nodes in a zone that is taken away are moved
    /// by AWS, unless `AZRebalance` is suspended: then they stay until they are replaced.
    #[tf(required, check(count(1..)))]
    pub(crate) subnets: Attr<Map<String>>,
    /// The fewest nodes.
    #[tf(required, check(range(0..=100_000)))]
    pub(crate) min_size: Attr<i64>,
    /// The most nodes.
    #[tf(required, check(range(0..=100_000)))]
    pub(crate) max_size: Attr<i64>,
    /// How many nodes there are to be. Leave it out where the cluster autoscaler decides: the group
    /// then begins with `min_size`.
    #[tf(optional, check(range(0..=100_000)))]
    pub(crate) desired_capacity: Attr<i64>,

    /// Instance types, the preferred ones first. Those of one group should have equal CPU and
    /// memory: the cluster autoscaler takes all nodes for alike.
    #[tf(required, check(count(1..=40)), plan(outdates()))]
    pub(crate) instance_types: Attr<List<String>>,
    /// How many nodes are on demand before any is spot.
    #[tf(default = 0, check(range(0..=100_000)))]
    pub(crate) on_demand_base_capacity: Attr<i64>,
    /// Percentage of the nodes above `on_demand_base_capacity` that are on demand. The others are
    /// spot: 100 means no spot, 0 as much as can be.
    #[tf(default = 100, check(range(0..=100)))]
    pub(crate) on_demand_percentage_above_base_capacity: Attr<i64>,
    /// How AWS chooses among the types and zones that have spot capacity:
    /// `price-capacity-optimized`, `capacity-optimized`, `capacity-optimized-prioritized` or
    /// `lowest-price`.
    #[tf(
        default = SPOT_STRATEGY,
        check(one_of([
            "price-capacity-optimized",
            "capacity-optimized",
            "capacity-optimized-prioritized",
            "lowest-price"
        ]))
    )]
    pub(crate) spot_allocation_strategy: Attr<String>,
    /// The most to pay for a spot instance, in dollars an hour, such as `"0.05"`. Default: the
    /// on-demand price, which AWS recommends.
    #[tf(
        optional,
        check(pattern("[0-9]{1,6}([.][0-9]{1,6})?", "an amount of dollars, such as \"0.05\""))
    )]
    pub(crate) spot_max_price: Attr<String>,
    /// Whether AWS replaces spot instances as soon as they are at risk, before the notice of two
    /// minutes. Default: true if there is spot, else false.
    #[tf(optional, computed)]
    pub(crate) capacity_rebalance: Attr<bool>,

    /// Id of the image. Its architecture must be that of all `instance_types`.
    #[tf(required, plan(outdates()))]
    pub(crate) image_id: Attr<String>,
    /// Name or ARN of the instance profile.
    #[tf(optional, plan(outdates()))]
    pub(crate) iam_instance_profile: Attr<String>,
    /// Ids of the nodes' security groups.
    #[tf(required, check(count(1..=16)), plan(outdates()))]
    pub(crate) security_group_ids: Attr<Set<String>>,
    /// Name of the key pair for SSH.
    #[tf(optional, plan(outdates()))]
    pub(crate) key_name: Attr<String>,
    /// Whether CloudWatch gets the instances' metrics every minute, at a price, instead of every
    /// five.
    #[tf(default = false, plan(outdates()))]
    pub(crate) enable_monitoring: Attr<bool>,
    /// What a node runs when it first boots: 16,384 bytes at most. It is searched for private keys,
    /// and neither plan nor state hold it, only its hash.
    #[tf(optional, write_only, plan(outdates()))]
    pub(crate) user_data: Attr<String>,
    /// The same in base64, for what is no text, such as `base64gzip(...)`. The bytes count before
    /// encoding. What is compressed isn't searched.
    #[tf(optional, write_only, plan(outdates()))]
    pub(crate) user_data_base64: Attr<String>,
    /// How instances reach their metadata. IMDSv2 is always required.
    #[tf(default = MetadataOptions::default(), plan(outdates()))]
    pub(crate) metadata_options: Attr<MetadataOptions>,
    /// The volume that the system is on. It is always encrypted.
    #[tf(default = RootBlockDevice::default(), plan(outdates()))]
    pub(crate) root_block_device: Attr<RootBlockDevice>,
    /// Further volumes by device name, such as `/dev/sdb`. They are always encrypted, and made
    /// anew for each instance: they keep nothing beyond it.
    #[tf(optional, plan(outdates()))]
    pub(crate) ebs_block_devices: Attr<Map<BlockDevice>>,

    /// ARNs of the target groups that nodes are registered in: those of the service load balancer.
    #[tf(optional)]
    pub(crate) target_group_arns: Attr<Set<String>>,

    /// Labels that the nodes give themselves, told to the cluster autoscaler by the group's tags. The
    /// nodes don't see these: their user data has to say them too, as kubelet's `--node-labels`.
    #[tf(optional, check(keys(key(TAG_KEY - LABEL.len())), each(value())))]
    pub(crate) labels: Attr<Map<String>>,
    /// Taints that the nodes give themselves, told to the cluster autoscaler. One for each key: the
    /// autoscaler knows no more.
    #[tf(optional)]
    pub(crate) taints: Attr<Set<Taint>>,
    /// Whether the cluster autoscaler may scale the group: whether it has the tags
    /// `k8s.io/cluster-autoscaler/enabled` and `k8s.io/cluster-autoscaler/<cluster>`.
    #[tf(default = true)]
    pub(crate) cluster_autoscaler: Attr<bool>,

    /// `EC2`, or `ELB` if a node that its target groups find unhealthy is to be replaced too.
    #[tf(default = "EC2", check(one_of(["EC2", "ELB"])))]
    pub(crate) health_check_type: Attr<String>,
    /// Seconds in service before a failed health check counts.
    #[tf(default = 300, check(range(0..=7200)))]
    pub(crate) health_check_grace_period: Attr<i64>,
    /// Seconds in service until a node counts as warm: until then, a refresh doesn't go on.
    #[tf(optional, check(range(0..=21_600)))]
    pub(crate) default_instance_warmup: Attr<i64>,
    /// Seconds after which a node is replaced, 86400 at least.
    #[tf(optional, check(range(86_400..=31_536_000)))]
    pub(crate) max_instance_lifetime: Attr<i64>,
    /// Which node goes when AWS makes the group smaller: `Default`, `AllocationStrategy`,
    /// `OldestInstance`, `NewestInstance`, `ClosestToNextInstanceHour`, `OldestLaunchTemplate`, or
    /// the ARN of a Lambda function; the first rule first. The cluster autoscaler chooses by itself.
    #[tf(default = List::from_iter(["Default".to_owned()]), check(count(1..)))]
    pub(crate) termination_policies: Attr<List<String>>,
    /// Processes that AWS shall not run, such as `AZRebalance`. With the cluster autoscaler, suspend
    /// that one: AWS moves nodes between zones without draining them.
    #[tf(default = Set::default(), check(each(one_of([
        "AddToLoadBalancer",
        "AlarmNotification",
        "AZRebalance",
        "HealthCheck",
        "InstanceRefresh",
        "Launch",
        "ReplaceUnhealthy",
        "ScheduledActions",
        "Terminate"
    ]))))]
    pub(crate) suspended_processes: Attr<Set<String>>,
    /// Whether nodes launched from now on are protected when AWS makes the group smaller. The
    /// cluster autoscaler minds this too, and then removes none.
    #[tf(default = false)]
    pub(crate) protect_from_scale_in: Attr<bool>,
    /// What AWS does while a zone has no capacity: `balanced-best-effort` launches in others,
    /// `balanced-only` waits.
    #[tf(
        default = "balanced-best-effort",
        check(one_of(["balanced-best-effort", "balanced-only"]))
    )]
    pub(crate) capacity_distribution_strategy: Attr<String>,
    /// How many nodes stay healthy whenever AWS replaces some.
    #[tf(optional)]
    pub(crate) instance_maintenance_policy: Attr<InstanceMaintenancePolicy>,
    /// Metrics of the group in CloudWatch, which are free of charge, such as
    /// `GroupInServiceInstances`. Default: the numbers of instances by state.
    #[tf(optional, computed, check(each(metric())))]
    pub(crate) enabled_metrics: Attr<Set<String>>,
    /// A hook that holds a node before it comes into service.
    #[tf(optional)]
    pub(crate) launch_hook: Attr<LifecycleHook>,
    /// A hook that holds a node before it ends: time to drain it.
    #[tf(optional)]
    pub(crate) termination_hook: Attr<LifecycleHook>,
    /// What AWS refuses: `none`, `prevent-force-deletion` (a delete that skips hooks) or
    /// `prevent-all-deletion`.
    #[tf(
        default = "none",
        check(one_of(["none", "prevent-force-deletion", "prevent-all-deletion"]))
    )]
    pub(crate) deletion_protection: Attr<String>,
    /// Whether a destroy ends all nodes at once and skips termination hooks, instead of bringing
    /// the group down to nothing first.
    #[tf(default = false)]
    pub(crate) force_delete: Attr<bool>,
    /// How long a create, or an update of the number of nodes, waits until as many are in service
    /// as the group is to have, such as `"20m"`; `"0"` doesn't wait. `timeouts` bound it too.
    #[tf(default = "10m", check(duration()))]
    pub(crate) wait_for_capacity_timeout: Attr<String>,
    /// How nodes are replaced when what they are is changed.
    #[tf(default = InstanceRefresh::default())]
    pub(crate) instance_refresh: Attr<InstanceRefresh>,

    /// Tags of group, launch template, nodes and their volumes.
    #[tf(optional)]
    pub(crate) tags: Attr<Map<String>>,
    /// Tags of group, launch template, nodes and their volumes, the provider's `default_tags`
    /// included.
    #[tf(computed)]
    pub(crate) tags_all: Attr<Map<String>>,

    /// ARN of the Auto Scaling group.
    #[tf(computed, plan(use_state_for_unknown()))]
    pub(crate) arn: Attr<String>,
    /// Id of the launch template.
    #[tf(computed, plan(use_state_for_unknown()))]
    pub(crate) launch_template_id: Attr<String>,
    /// The launch template's version that the group launches.
    #[tf(computed)]
    pub(crate) launch_template_version: Attr<i64>,
    /// SHA-256 of the user data, in hexadecimal digits.
    #[tf(computed)]
    pub(crate) user_data_sha256: Attr<String>,
    /// Ids of the nodes that aren't what the group launches, but for those that `instance_refresh`
    /// ignores. The next apply replaces them, unless its strategy is `none`.
    #[tf(computed)]
    pub(crate) outdated_instance_ids: Attr<Set<String>>,
    /// What somebody has changed of the settings that this resource fixes, in words. Normally
    /// empty; the next apply empties it.
    #[tf(computed)]
    pub(crate) drifted_settings: Attr<Set<String>>,
}

/// A taint of the nodes.
#[derive(Clone, Debug, Default, PartialEq, Model)]
pub(crate) struct Taint {
    /// Its key.
    #[tf(required, check(key(TAG_KEY - TAINT.len())))]
    pub(crate) key: Attr<String>,
    /// Its value.
    #[tf(default = "", check(value()))]
    pub(crate) value: Attr<String>,
    /// `NoSchedule`, `PreferNoSchedule` or `NoExecute`.
    #[tf(
        required,
        check(one_of(["NoSchedule", "PreferNoSchedule", "NoExecute"]))
    )]
    pub(crate) effect: Attr<String>,
}

/// How many nodes stay healthy, in percent of the desired capacity.
#[derive(Clone, Debug, Default, PartialEq, Model)]
pub(crate) struct InstanceMaintenancePolicy {
    /// At least.
    #[tf(required, check(range(0..=100)))]
    pub(crate) min_healthy_percentage: Attr<i64>,
    /// At most, those on their way included: at most 100 above the other.
    #[tf(required, check(range(100..=200)))]
    pub(crate) max_healthy_percentage: Attr<i64>,
}

/// How nodes are replaced when what they are is changed.
#[derive(Clone, Debug, Default, PartialEq, Model)]
pub(crate) struct InstanceRefresh {
    /// `rolling` lets AWS replace them some at a time, and waits for it. `none` replaces nobody:
    /// `outdated_instance_ids` tells who is left.
    #[tf(default = "rolling", check(one_of(["rolling", "none"])))]
    pub(crate) strategy: Attr<String>,
    /// How AWS goes about it.
    #[tf(default = Preferences::default())]
    pub(crate) preferences: Attr<Preferences>,
}

/// How AWS goes about an instance refresh.
#[derive(Clone, Debug, Default, PartialEq, Model)]
pub(crate) struct Preferences {
    /// Percentage of the desired capacity that stays healthy. Default: that of
    /// `instance_maintenance_policy`, else 90.
    #[tf(optional, check(range(0..=100)))]
    pub(crate) min_healthy_percentage: Attr<i64>,
    /// Percentage of the desired capacity that the group may grow to meanwhile: at most 100 above
    /// `min_healthy_percentage`. Default: that of `instance_maintenance_policy`, else 100.
    #[tf(optional, check(range(100..=200)))]
    pub(crate) max_healthy_percentage: Attr<i64>,
    /// Seconds in service until a new node counts. Default: `default_instance_warmup`, else
    /// `health_check_grace_period`.
    #[tf(optional, check(range(0..=21_600)))]
    pub(crate) instance_warmup: Attr<i64>,
    /// Percentages of the nodes after which AWS pauses: ascending, and 100 at the end.
    #[tf(optional, check(each(range(1..=100))))]
    pub(crate) checkpoint_percentages: Attr<List<i64>>,
    /// Seconds that each pause takes. Default: AWS's 3600. Mind `timeouts`.
    #[tf(optional, check(range(0..=172_800)))]
    pub(crate) checkpoint_delay: Attr<i64>,
    /// Whether AWS goes back to what the group launched before, if the refresh fails.
    #[tf(default = false)]
    pub(crate) auto_rollback: Attr<bool>,
    /// Whether nodes that are as they should be already are left alone.
    #[tf(default = true)]
    pub(crate) skip_matching: Attr<bool>,
    /// What becomes of nodes that are protected from scale-in: `Refresh`, `Ignore`, or `Wait` for
    /// somebody to end the protection, for an hour. Default: `Wait`; `Refresh` where
    /// `protect_from_scale_in` protects them all.
    #[tf(optional, check(one_of(["Refresh", "Ignore", "Wait"])))]
    pub(crate) scale_in_protected_instances: Attr<String>,
    /// What becomes of nodes in standby: `Terminate`, `Ignore`, or `Wait` for their return, for an
    /// hour.
    #[tf(default = "Wait", check(one_of(["Terminate", "Ignore", "Wait"])))]
    pub(crate) standby_instances: Attr<String>,
}

/// How many characters a tag's key may have.
const TAG_KEY: usize = 128;
