//! The nested objects that all kinds of node groups have.

use tfplug::plan::Modifier;
use tfplug::validate::{Check, one_of};
use tfplug::{Attr, Model, Set};

/// How instances reach their metadata. IMDSv2 is always required.
#[derive(Clone, Debug, PartialEq, Model)]
pub(crate) struct MetadataOptions {
    /// How many network hops an answer travels. 1 keeps it on the node; pods that need the node's
    /// instance profile, and aren't on its network, need 2.
    #[tf(default = 1, check(range(1..=64)))]
    pub(crate) http_put_response_hop_limit: Attr<i64>,
}

impl Default for MetadataOptions {
    fn default() -> Self {
        Self {
            http_put_response_hop_limit: Attr::Null,
        }
    }
}

/// The volume that the system is on. It is always encrypted.
#[derive(Clone, Debug, Default, PartialEq, Model)]
pub(crate) struct RootBlockDevice {
    /// Name of the device. Default: the image's root device.
    #[tf(optional, computed)]
    pub(crate) device_name: Attr<String>,
    /// Size in GiB: at least the image's.
    #[tf(default = ROOT_GIB)]
    pub(crate) volume_size: Attr<i64>,
    /// `gp3`, `gp2`, `io2` or `io1`.
    #[tf(default = "gp3", check(one_of(["gp3", "gp2", "io2", "io1"])))]
    pub(crate) volume_type: Attr<String>,
    /// IOPS, with gp3, io2 and io1. Default with gp3: AWS's 3000.
    #[tf(optional)]
    pub(crate) iops: Attr<i64>,
    /// MiB/s, with gp3. Default: AWS's 125.
    #[tf(optional)]
    pub(crate) throughput: Attr<i64>,
    /// Id, alias or ARN of the KMS key that encrypts it. Default: the account's default key for
    /// EBS.
    #[tf(optional)]
    pub(crate) kms_key_id: Attr<String>,
    /// Whether it goes with its instance.
    #[tf(default = true)]
    pub(crate) delete_on_termination: Attr<bool>,
}

/// Room for a system, some generations of container images, logs, and an etcd at its limit of 8
/// GiB. kops gives its control plane nodes the same.
const ROOT_GIB: i64 = 64;

/// A further volume. It is always encrypted, and made anew for each instance.
#[derive(Clone, Debug, Default, PartialEq, Model)]
pub(crate) struct BlockDevice {
    /// Size in GiB.
    #[tf(required)]
    pub(crate) volume_size: Attr<i64>,
    /// `gp3`, `gp2`, `io2`, `io1`, `st1`, `sc1` or `standard`.
    #[tf(
        default = "gp3",
        check(one_of(["gp3", "gp2", "io2", "io1", "st1", "sc1", "standard"]))
    )]
    pub(crate) volume_type: Attr<String>,
    /// IOPS, with gp3, io2 and io1. Default with gp3: AWS's 3000.
    #[tf(optional)]
    pub(crate) iops: Attr<i64>,
    /// MiB/s, with gp3. Default: AWS's 125.
    #[tf(optional)]
    pub(crate) throughput: Attr<i64>,
    /// Id, alias or ARN of the KMS key that encrypts it. Default: the account's default key for
    /// EBS.
    #[tf(optional)]
    pub(crate) kms_key_id: Attr<String>,
    /// Whether it goes with its instance.
    #[tf(default = true)]
    pub(crate) delete_on_termination: Attr<bool>,
}

/// Marks an attribute that machines are launched by. It plans nothing: which nodes are outdated
/// is told by comparing them. The reference pages tell of it.
pub(crate) fn outdates() -> Modifier {
    Modifier::new("A change makes nodes outdated.", |_| {})
}

/// A metric of groups.
/// <https://docs.aws.amazon.com/autoscaling/ec2/APIReference/API_EnableMetricsCollection.html>
pub(crate) fn metric() -> Check {
    one_of([
        "GroupMinSize",
        "GroupMaxSize",
        "GroupDesiredCapacity",
        "GroupInServiceInstances",
        "GroupPendingInstances",
        "GroupStandbyInstances",
        "GroupTerminatingInstances",
        "GroupTotalInstances",
        "GroupInServiceCapacity",
        "GroupPendingCapacity",
        "GroupStandbyCapacity",
        "GroupTerminatingCapacity",
        "GroupTotalCapacity",
        "WarmPoolDesiredCapacity",
        "WarmPoolWarmedCapacity",
        "WarmPoolPendingCapacity",
        "WarmPoolTerminatingCapacity",
        "WarmPoolTotalCapacity",
        "GroupAndWarmPoolDesiredCapacity",
        "GroupAndWarmPoolTotalCapacity",
    ])
}

/// The group's numbers of instances by state, and its bounds.
pub(crate) fn default_metrics() -> Set<String> {
    [
        "GroupDesiredCapacity",
        "GroupInServiceInstances",
        "GroupMaxSize",
        "GroupMinSize",
        "GroupPendingInstances",
        "GroupStandbyInstances",
        "GroupTerminatingInstances",
        "GroupTotalInstances",
    ]
    .map(str::to_owned)
    .into_iter()
    .collect()
}

/// A moment in an instance's life at which AWS waits for word from the node, or from whoever
/// watches: `aws autoscaling complete-lifecycle-action`.
#[derive(Clone, Debug, Default, PartialEq, Model)]
#[tf(rules(Requires("role_arn", &["notification_target_arn"])))]
pub(crate) struct LifecycleHook {
    /// Seconds without a word, or a heartbeat, after which AWS goes on by itself.
    #[tf(default = HEARTBEAT_SECONDS, check(range(30..=7200)))]
    pub(crate) heartbeat_timeout: Attr<i64>,
    /// What AWS then does: `CONTINUE` or `ABANDON`. An instance whose launch is abandoned is
    /// terminated and another one launched; one that is terminating goes either way. Default:
    /// `ABANDON` at launch, `CONTINUE` at termination.
    #[tf(optional, computed, check(one_of(["CONTINUE", "ABANDON"])))]
    pub(crate) default_result: Attr<String>,
    /// ARN of an SNS topic or SQS queue that is told. EventBridge is told in any case.
    #[tf(optional)]
    pub(crate) notification_target_arn: Attr<String>,
    /// ARN of the role with which Auto Scaling tells it.
    #[tf(optional)]
    pub(crate) role_arn: Attr<String>,
    /// Text that goes with the message.
    #[tf(optional, check(length(1..=4000)))]
    pub(crate) notification_metadata: Attr<String>,
}

/// As long as kops gives a node to drain.
const HEARTBEAT_SECONDS: i64 = 900;
