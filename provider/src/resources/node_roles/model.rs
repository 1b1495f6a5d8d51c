//! The attributes of `kubeha_node_roles`.

use tfplug::{Attr, Map, Model, Set};

/// What the nodes of a cluster may do in AWS: an IAM role and an instance profile for control plane
/// nodes, and the same for workers.
///
/// What changes anything is held to the cluster, by tags or by name. Permissions of controllers are
/// those of the control plane, where controllers belong; a worker can describe instances, pull
/// images, and read what it needs to join. It can read no private key, whatever other policies are
/// attached to it, and can't end another node.
///
/// Roles belong to an account, not to a region: clusters of one name in two regions need
/// `control_plane_role_name` and `worker_role_name`.
#[derive(Clone, Debug, Default, PartialEq, Model)]
pub(crate) struct NodeRoles {
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
    /// Path of the roles and instance profiles: `/`, or words between slashes such as `/k8s/`.
    #[tf(
        default = "/",
        check(pattern(
            "/|/[!-~]{1,510}/",
            "a path that begins and ends with /, of 512 printable characters at most"
        )),
        plan(requires_replace())
    )]
    pub(crate) path: Attr<String>,
    /// ARN of the policy that bounds what both roles may do.
    #[tf(optional)]
    pub(crate) permissions_boundary: Attr<String>,

    /// Name of the control plane nodes' role and instance profile: 1 to 64 letters, digits and
    /// `_+=,.@-`. Default: made from `cluster_name`.
    #[tf(optional, computed, plan(use_state_for_unknown(), requires_replace()))]
    pub(crate) control_plane_role_name: Attr<String>,
    /// Name of the workers' role and instance profile: 1 to 64 letters, digits and `_+=,.@-`.
    /// Default: made from `cluster_name`.
    #[tf(optional, computed, plan(use_state_for_unknown(), requires_replace()))]
    pub(crate) worker_role_name: Attr<String>,
    /// ARNs of managed policies for control plane nodes. If this is set, exactly these are attached;
    /// if not, policies that others attach are left alone.
    #[tf(optional)]
    pub(crate) control_plane_policy_arns: Attr<Set<String>>,
    /// ARNs of managed policies for workers. If this is set, exactly these are attached; if not,
    /// policies that others attach are left alone.
    #[tf(optional)]
    pub(crate) worker_policy_arns: Attr<Set<String>>,

    /// Whether the cloud controller manager may describe the cluster's objects and make load
    /// balancers, tagged with `kubernetes.io/cluster/<cluster_name> = owned`. It may not set routes
    /// of pods, which only kubenet needs.
    #[tf(default = true)]
    pub(crate) cloud_controller: Attr<bool>,
    /// Whether the EBS CSI driver may make and attach volumes and snapshots. It must run with
    /// `--k8s-tag-cluster-id=<cluster_name>`, and can use no volumes that lack the tag
    /// `kubernetes.io/cluster/<cluster_name> = owned`.
    #[tf(default = true)]
    pub(crate) ebs_csi: Attr<bool>,
    /// Whether the cluster autoscaler may resize groups of the cluster that are tagged for it, and
    /// end their instances.
    #[tf(default = false)]
    pub(crate) cluster_autoscaler: Attr<bool>,
    /// Whether nodes may pull images from ECR.
    #[tf(default = true)]
    pub(crate) ecr_read: Attr<bool>,
    /// Whether nodes can be reached by Session Manager. This needs no managed policy: AWS's own,
    /// `AmazonSSMManagedInstanceCore`, would let nodes read all parameters of the account.
    #[tf(default = false)]
    pub(crate) session_manager: Attr<bool>,

    /// Where the cluster's authorities are in Parameter Store, such as `/kubeha/prod/pki`. Nodes may
    /// read what is in `public` and `join` below it; control plane nodes may also read `private`,
    /// and write `join`.
    #[tf(optional)]
    pub(crate) pki_parameter_path: Attr<String>,
    /// ARN of the KMS key that encrypts those parameters. Without it, that is AWS's own key for
    /// parameters.
    #[tf(optional)]
    pub(crate) pki_kms_key_arn: Attr<String>,

    /// Tags of roles and instance profiles. IAM's keys differ by more than case.
    #[tf(optional)]
    pub(crate) tags: Attr<Map<String>>,
    /// Tags of roles and instance profiles, the provider's `default_tags` included.
    #[tf(computed)]
    pub(crate) tags_all: Attr<Map<String>>,

    /// Region for which the roles are made: that of the provider.
    #[tf(computed, plan(use_state_for_unknown()))]
    pub(crate) region: Attr<String>,
    /// Policy that lets EC2 hand the roles to instances: JSON.
    #[tf(computed, plan(use_state_for_unknown()))]
    pub(crate) assume_role_policy: Attr<String>,
    /// ARN of the control plane nodes' role.
    #[tf(computed, plan(use_state_for_unknown()))]
    pub(crate) control_plane_role_arn: Attr<String>,
    /// ARN of the policy that bounds what control plane nodes may do: `permissions_boundary`, unless
    /// somebody changed it.
    #[tf(computed)]
    pub(crate) control_plane_permissions_boundary: Attr<String>,
    /// What control plane nodes may do: JSON.
    #[tf(computed)]
    pub(crate) control_plane_policy: Attr<String>,
    /// Name of the control plane nodes' instance profile.
    #[tf(computed, plan(use_state_for_unknown()))]
    pub(crate) control_plane_instance_profile: Attr<String>,
    /// ARN of the control plane nodes' instance profile. Null while it doesn't hand out the role.
    #[tf(computed, plan(use_state_for_unknown()))]
    pub(crate) control_plane_instance_profile_arn: Attr<String>,
    /// ARN of the workers' role.
    #[tf(computed, plan(use_state_for_unknown()))]
    pub(crate) worker_role_arn: Attr<String>,
    /// ARN of the policy that bounds what workers may do: `permissions_boundary`, unless somebody
    /// changed it.
    #[tf(computed)]
    pub(crate) worker_permissions_boundary: Attr<String>,
    /// What workers may do: JSON.
    #[tf(computed)]
    pub(crate) worker_policy: Attr<String>,
    /// Name of the workers' instance profile.
    #[tf(computed, plan(use_state_for_unknown()))]
    pub(crate) worker_instance_profile: Attr<String>,
    /// ARN of the workers' instance profile. Null while it doesn't hand out the role.
    #[tf(computed, plan(use_state_for_unknown()))]
    pub(crate) worker_instance_profile_arn: Attr<String>,
}
