//! What nodes may do: the policies of both kinds of node. Pure.
//!
//! Whatever makes or changes something is bound to the cluster: by tags where AWS takes
//! conditions on tags, by name where it doesn't. What only describes is open, since AWS binds
//! descriptions to nothing.
//!
//! Controllers run on the control plane, so their permissions are the control plane's alone: a pod
//! on a worker reaches no more than the worker itself may.

mod controllers;
#[cfg(test)]
mod evaluator;
mod node;
mod pki;
mod scope;
#[cfg(test)]
mod tests;

use aws::iam::policy::{Policy, Statement};

pub(super) use pki::{MAX_PARAMETER_LEVELS, Pki};
pub(super) use scope::Scope;

use super::kind::Kind;

/// What is granted beside what every node needs.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Grants {
    /// The cluster's name.
    pub(super) cluster: String,
    pub(super) cloud_controller: bool,
    pub(super) ebs_csi: bool,
    pub(super) cluster_autoscaler: bool,
    pub(super) ecr_read: bool,
    pub(super) session_manager: bool,
    /// Where the authorities are kept, if nodes are to read them.
    pub(super) pki: Option<Pki>,
}

/// The policy of a kind of node.
pub(super) fn policy(kind: Kind, grants: &Grants, scope: &Scope) -> Policy {
    let cluster = &grants.cluster;
    let mut statements = Vec::new();
    match kind {
        Kind::ControlPlane => {
            statements.extend(node::control_plane(cluster, scope));
            if grants.cloud_controller {
                statements.extend(controllers::cloud_controller(cluster, scope));
            }
            if grants.ebs_csi {
                statements.extend(controllers::ebs_csi(cluster, scope));
            }
            if grants.cluster_autoscaler {
                statements.extend(controllers::cluster_autoscaler(cluster, scope));
            }
        }
        Kind::Worker => statements.push(node::worker()),
    }
    if grants.ecr_read {
        statements.push(node::ecr_read());
    }
    if grants.session_manager {
        statements.push(node::session_manager());
    }
    if let Some(pki) = &grants.pki {
        statements.extend(match kind {
            Kind::ControlPlane => pki.of_the_control_plane(scope),
            Kind::Worker => pki.of_workers(scope),
        });
    }
    Policy::new(statements)
}

/// Who may take on the roles: EC2, for the instances.
///
/// China has its own name for EC2.
/// <https://docs.amazonaws.cn/en_us/aws/latest/userguide/iam.html>
pub(super) fn trust(region: &str) -> Policy {
    let service = if region.starts_with("cn-") {
        "ec2.amazonaws.com.cn"
    } else {
        "ec2.amazonaws.com"
    };
    Policy::new([Statement::trust(service)])
}

/// How many characters IAM takes in all inline policies of a role, white space aside.
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html>
pub(super) const MAX_SIZE: usize = 10_240;

impl Grants {
    /// What a policy grants, where it says so. What it can't say is as in `self`.
    ///
    /// A grant is there if any statement of it is: one that was changed still is, and the policy's
    /// text shows the change.
    pub(super) fn read(&self, kind: Kind, policy: &Policy, scope: &Scope) -> Self {
        let has = |statements: &[Statement]| {
            let mut sids = statements.iter().filter_map(Statement::sid);
            sids.any(|sid| policy.statement(sid).is_some())
        };
        let mut found = self.clone();
        found.ecr_read = has(&[node::ecr_read()]);
        found.session_manager = has(&[node::session_manager()]);
        if kind == Kind::ControlPlane {
            let cluster = &self.cluster;
            found.cloud_controller = has(&controllers::cloud_controller(cluster, scope));
            found.ebs_csi = has(&controllers::ebs_csi(cluster, scope));
            found.cluster_autoscaler = has(&controllers::cluster_autoscaler(cluster, scope));
        }
        found.pki = Pki::read(policy);
        found
    }
}
