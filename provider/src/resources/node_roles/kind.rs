//! The two kinds of node, and which attributes are whose.

use aws::names::role_name;
use tfplug::{Attr, Set};

use super::model::NodeRoles;

/// A kind of node.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    ControlPlane,
    Worker,
}

/// The attributes of one kind.
#[derive(Debug)]
pub(super) struct Attributes<'a> {
    pub(super) role_name: &'a mut Attr<String>,
    pub(super) policy_arns: &'a mut Attr<Set<String>>,
    pub(super) role_arn: &'a mut Attr<String>,
    pub(super) boundary: &'a mut Attr<String>,
    pub(super) policy: &'a mut Attr<String>,
    pub(super) instance_profile: &'a mut Attr<String>,
    pub(super) instance_profile_arn: &'a mut Attr<String>,
}

impl Kind {
    /// Both, in the order in which they are made.
    pub(super) const ALL: [Self; 2] = [Self::ControlPlane, Self::Worker];

    /// The kind of the role in its ownership tags.
    pub(super) fn role(self) -> &'static str {
        match self {
            Self::ControlPlane => "control-plane-role",
            Self::Worker => "worker-role",
        }
    }

    /// The kind of the instance profile in its ownership tags.
    pub(super) fn profile(self) -> &'static str {
        match self {
            Self::ControlPlane => "control-plane-instance-profile",
            Self::Worker => "worker-instance-profile",
        }
    }

    /// The name of the role of a cluster, unless somebody chooses another.
    pub(super) fn default_name(self, cluster: &str) -> String {
        match self {
            Self::ControlPlane => role_name(cluster, "control-plane"),
            Self::Worker => role_name(cluster, "worker"),
        }
    }

    /// The attribute with the role's name.
    pub(super) fn name_attribute(self) -> &'static str {
        match self {
            Self::ControlPlane => "control_plane_role_name",
            Self::Worker => "worker_role_name",
        }
    }

    /// The attribute with the attached policies.
    pub(super) fn policy_arns_attribute(self) -> &'static str {
        match self {
            Self::ControlPlane => "control_plane_policy_arns",
            Self::Worker => "worker_policy_arns",
        }
    }

    /// What the role is for, in words that IAM takes. They name the region: roles belong to a whole
    /// account, so clusters of one name in two regions would otherwise take each other's.
    pub(super) fn description(self, region: &str) -> String {
        let nodes = match self {
            Self::ControlPlane => "Control plane nodes",
            Self::Worker => "Workers",
        };
        format!("{nodes} of a Kubernetes cluster in {region}")
    }

    /// The name of the role.
    pub(super) fn role_name(self, model: &NodeRoles) -> &Attr<String> {
        match self {
            Self::ControlPlane => &model.control_plane_role_name,
            Self::Worker => &model.worker_role_name,
        }
    }

    /// The ARN of the role.
    pub(super) fn role_arn(self, model: &NodeRoles) -> &Attr<String> {
        match self {
            Self::ControlPlane => &model.control_plane_role_arn,
            Self::Worker => &model.worker_role_arn,
        }
    }

    /// The attached policies.
    pub(super) fn policy_arns(self, model: &NodeRoles) -> &Attr<Set<String>> {
        match self {
            Self::ControlPlane => &model.control_plane_policy_arns,
            Self::Worker => &model.worker_policy_arns,
        }
    }

    /// The inline policy.
    pub(super) fn policy(self, model: &NodeRoles) -> &Attr<String> {
        match self {
            Self::ControlPlane => &model.control_plane_policy,
            Self::Worker => &model.worker_policy,
        }
    }

    /// The name of the instance profile.
    pub(super) fn instance_profile(self, model: &NodeRoles) -> &Attr<String> {
        match self {
            Self::ControlPlane => &model.control_plane_instance_profile,
            Self::Worker => &model.worker_instance_profile,
        }
    }

    /// The ARN of the instance profile.
    pub(super) fn instance_profile_arn(self, model: &NodeRoles) -> &Attr<String> {
        match self {
            Self::ControlPlane => &model.control_plane_instance_profile_arn,
            Self::Worker => &model.worker_instance_profile_arn,
        }
    }

    /// All attributes of the kind, to be changed.
    pub(super) fn attributes(self, model: &mut NodeRoles) -> Attributes<'_> {
        match self {
            Self::ControlPlane => Attributes {
                role_name: &mut model.control_plane_role_name,
                policy_arns: &mut model.control_plane_policy_arns,
                role_arn: &mut model.control_plane_role_arn,
                boundary: &mut model.control_plane_permissions_boundary,
                policy: &mut model.control_plane_policy,
                instance_profile: &mut model.control_plane_instance_profile,
                instance_profile_arn: &mut model.control_plane_instance_profile_arn,
            },
            Self::Worker => Attributes {
                role_name: &mut model.worker_role_name,
                policy_arns: &mut model.worker_policy_arns,
                role_arn: &mut model.worker_role_arn,
                boundary: &mut model.worker_permissions_boundary,
                policy: &mut model.worker_policy,
                instance_profile: &mut model.worker_instance_profile,
                instance_profile_arn: &mut model.worker_instance_profile_arn,
            },
        }
    }
}
