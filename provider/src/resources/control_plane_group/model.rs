//! The attributes of `kubeha_control_plane_group`.

use tfplug::{Attr, List, Map, Model, Set};

use super::rollout::Rollout;
use crate::node_group::{
    BlockDevice, LifecycleHook, MetadataOptions, RootBlockDevice, has_machine, metric, outdates,
};

/// The control plane (master) nodes of a cluster: a launch template, and an Auto Scaling group of
/// as many nodes as its zones need, spread over them, behind the API load balancer.
///
/// Each node carries etcd, so the group is kept from all that takes nodes away unasked: zones
/// aren't rebalanced, nodes are protected from scale-in, health is EC2's alone (an API server that
/// waits for its quorum is not a reason to end the machine), and the launch template's version is
/// said by number. `drifted_settings` tells when somebody has changed that, and the next apply puts
/// it right.
///
/// A change of what nodes are launched as (image, type, user data, ...) makes a new version of the
/// launch template, and the nodes that run another are outdated. `rollout` says how they are
/// replaced: by default the apply does it, one at a time, each only while the others are healthy
/// behind the API load balancer and a quorum; the plan says in which order. A change of the size, or
/// of the zones, goes the same way. An apply that is interrupted, or stops since a node doesn't get
/// healthy, leaves the rest as they are, and the next one goes on. A change of tags reaches the
/// launch template, the group, the instances and their volumes at once, and makes none of them
/// outdated.
///
/// With nodes that are `schedulable`, services' target groups are attached too.
#[derive(Clone, Debug, Default, PartialEq, Model)]
#[tf(rules(Conflicting(&["user_data", "user_data_base64"])))]
pub(crate) struct ControlPlaneGroup {
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
    /// Name of the group and of the launch template: 3 to 128 letters, digits, and `( ) . - / _`.
    /// Default: made from `cluster_name`.
    #[tf(optional, computed, plan(use_state_for_unknown(), requires_replace()))]
    pub(crate) name: Attr<String>,

    /// A subnet for each zone: ids by the zone's name. The zones decide how many nodes there are,
    /// so their names must be known in the plan; the ids needn't be. A zone that is added gets the
    /// next node, and nobody is moved for it; the nodes of a zone that is removed are replaced one
    /// by one, unless `rollout` replaces nobody.
    #[tf(required)]
    pub(crate) subnets: Attr<Map<String>>,
    /// Number of nodes: odd, 1 to 7. Default: the number of zones, plus one if that is even, 7 at
    /// most. It is changed in place, one node after the other.
    #[tf(optional, computed)]
    pub(crate) size: Attr<i64>,

    /// Id of the image.
    #[tf(required, plan(outdates()))]
    pub(crate) image_id: Attr<String>,
    /// Instance type. All zones must offer it, and it must run the image's architecture.
    #[tf(required, plan(outdates()))]
    pub(crate) instance_type: Attr<String>,
    /// Name or ARN of the instance profile.
    #[tf(optional, plan(outdates()))]
    pub(crate) iam_instance_profile: Attr<String>,
    /// Ids of the nodes' security groups, 1 to 16.
    #[tf(required, check(count(..=16)), plan(outdates()))]
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

    /// ARNs of the target groups that the nodes are registered in: the API load balancer's.
    #[tf(optional)]
    pub(crate) target_group_arns: Attr<Set<String>>,
    /// Whether the cluster's workloads run here too. The group then attaches
    /// `service_target_group_arns`; `schedulable_control_plane = true` of `kubeha_security_groups`
    /// lets the service load balancer reach them. Else the group's tags carry the control plane's
    /// taint. What a node registers with is its user data's affair: kubelet's
    /// `--register-with-taints`.
    #[tf(default = false)]
    pub(crate) schedulable: Attr<bool>,
    /// ARNs of the service load balancer's target groups, attached while `schedulable` is true.
    #[tf(optional)]
    pub(crate) service_target_group_arns: Attr<Set<String>>,

    /// Metrics of the group in CloudWatch, which are free of charge. Default: the numbers of
    /// instances by state.
    #[tf(optional, computed, check(each(metric())))]
    pub(crate) enabled_metrics: Attr<Set<String>>,
    /// Seconds after an instance came into service before EC2's checks of its health count.
    #[tf(default = 300, check(range(0..=7200)))]
    pub(crate) health_check_grace_period: Attr<i64>,
    /// Seconds until a new instance counts as warm in an instance refresh.
    #[tf(optional, check(range(0..=21_600)))]
    pub(crate) default_instance_warmup: Attr<i64>,
    /// Holds a new node before it comes into service, and behind the load balancer, until somebody
    /// says that it is a voting member of etcd.
    #[tf(optional)]
    pub(crate) launch_hook: Attr<LifecycleHook>,
    /// Holds a node before it ends until somebody says that it has left etcd.
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
    /// How long a create waits until all nodes are in service, such as `"20m"`; `"0"` doesn't wait.
    /// `timeouts` bound it too. An update whose `rollout` replaces nobody waits likewise for nodes
    /// that it adds.
    #[tf(default = "10m", check(duration()))]
    pub(crate) wait_for_capacity_timeout: Attr<String>,
    /// How nodes are replaced when what they are launched as changes, and how the group is resized.
    #[tf(default = Rollout::default())]
    pub(crate) rollout: Attr<Rollout>,

    /// Tags of launch template, group, instances and volumes.
    #[tf(optional)]
    pub(crate) tags: Attr<Map<String>>,
    /// Tags of launch template, group, instances and volumes, the provider's `default_tags`
    /// included.
    #[tf(computed)]
    pub(crate) tags_all: Attr<Map<String>>,

    /// ARN of the group.
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
    /// Number of nodes that must be up for the Kubernetes API to work: more than half of them.
    #[tf(computed)]
    pub(crate) quorum: Attr<i64>,
    /// Number of nodes that may fail at the same time.
    #[tf(computed)]
    pub(crate) tolerated_node_failures: Attr<i64>,
    /// Whether the Kubernetes API keeps working when any one zone fails, whichever it is.
    #[tf(computed)]
    pub(crate) tolerates_zone_failure: Attr<bool>,
    /// The zones with their shares of the nodes, sorted by name. Where shares differ, AWS chooses
    /// which zones get the larger ones; an apply warns if it chose others than stand here.
    #[tf(computed)]
    pub(crate) placement: Attr<List<ZonePlacement>>,
    /// Instances that aren't what the group would launch today: launched as something else, tags
    /// aside, or in a zone that is not the group's any more.
    #[tf(computed)]
    pub(crate) outdated_instance_ids: Attr<Set<String>>,
    /// What somebody has changed of the settings that this resource fixes, in words. Normally
    /// empty; the next apply empties it.
    #[tf(computed)]
    pub(crate) drifted_settings: Attr<Set<String>>,
}

has_machine!(ControlPlaneGroup);

/// A zone's share of the nodes.
#[derive(Clone, Debug, PartialEq, Model)]
pub(crate) struct ZonePlacement {
    /// Name of the availability zone.
    #[tf(computed)]
    pub(crate) zone: Attr<String>,
    /// Number of nodes in it.
    #[tf(computed)]
    pub(crate) nodes: Attr<i64>,
    /// Whether the nodes of the other zones are a quorum.
    #[tf(computed)]
    pub(crate) quorum_survives_loss: Attr<bool>,
}

impl From<&topology::ZonePlacement> for ZonePlacement {
    fn from(placement: &topology::ZonePlacement) -> Self {
        Self {
            zone: placement.zone().as_str().into(),
            nodes: i64::from(placement.nodes()).into(),
            quorum_survives_loss: placement.quorum_survives_loss().into(),
        }
    }
}

impl ControlPlaneGroup {
    /// The names of the zones.
    pub(super) fn zones(&self) -> impl Iterator<Item = &str> {
        let subnets = self.subnets.known().into_iter();
        subnets.flat_map(|map| map.0.keys().map(String::as_str))
    }

    /// The target groups to be attached now, as far as they are known.
    pub(super) fn attached(&self) -> impl Iterator<Item = &String> {
        let schedulable = self.schedulable == Attr::Known(true);
        let services = self
            .service_target_group_arns
            .known()
            .filter(|_| schedulable);
        (self.target_group_arns.known().into_iter())
            .chain(services)
            .flat_map(Set::known)
    }
}
