//! Planned roles in AWS's terms: everything known, everything of AWS's types.

use std::collections::BTreeSet;

use aws::tags::Tags;
use tfplug::{Attr, Diagnostic, Result};

use super::kind::Kind;
use super::model::NodeRoles;
use super::plan::grants;
use super::policy::{Grants, Scope, policy, trust};
use crate::tags;

/// What is to be. Made from a plan whose values are all known but for what comes from AWS.
#[derive(Clone, Debug)]
pub(super) struct Desired {
    pub(super) cluster: String,
    pub(super) region: String,
    pub(super) path: String,
    pub(super) boundary: Option<String>,
    /// Who may assume the roles: JSON.
    pub(super) trust_policy: String,
    pub(super) tags: Tags,
    pub(super) control_plane: DesiredRole,
    pub(super) worker: DesiredRole,
    grants: Grants,
}

/// What is to be of one kind.
#[derive(Clone, Debug)]
pub(super) struct DesiredRole {
    pub(super) name: String,
    /// Name of the instance profile: the role's, but for one that was imported.
    pub(super) profile: String,
    /// ARNs of the policies to attach; `None` if others attach them.
    pub(super) attached: Option<BTreeSet<String>>,
    /// The planned policy, if the plan could tell.
    policy: Option<String>,
}

impl Desired {
    /// # Errors
    /// A value that must be known by now isn't, which is a defect.
    pub(super) fn of(plan: &NodeRoles, region: &str) -> Result<Self> {
        let unknown = || Diagnostic::bug("What nodes may do is not known where it must be.");
        Ok(Self {
            cluster: plan.cluster_name.get("cluster_name")?.clone(),
            region: region.to_owned(),
            path: plan.path.get("path")?.clone(),
            boundary: plan.permissions_boundary.text().map(str::to_owned),
            trust_policy: trust(region).text(),
            tags: tags::wanted(plan.tags_all.get("tags_all")?),
            control_plane: DesiredRole::of(Kind::ControlPlane, plan)?,
            worker: DesiredRole::of(Kind::Worker, plan)?,
            grants: grants(plan).ok_or_else(unknown)?,
        })
    }

    pub(super) fn role(&self, kind: Kind) -> &DesiredRole {
        match kind {
            Kind::ControlPlane => &self.control_plane,
            Kind::Worker => &self.worker,
        }
    }

    /// The policy's text: as planned, or made now that the role's ARN tells the account.
    pub(super) fn policy(&self, kind: Kind, role_arn: &str) -> Result<String> {
        if let Some(planned) = &self.role(kind).policy {
            return Ok(planned.clone());
        }
        let scope = Scope::of(role_arn, &self.region).ok_or_else(|| {
            Diagnostic::error(
                "Unexpected answer",
                format!("\"{role_arn}\", which AWS gave a role, is no role's ARN."),
            )
        })?;
        Ok(policy(kind, &self.grants, &scope).text())
    }
}

impl DesiredRole {
    fn of(kind: Kind, plan: &NodeRoles) -> Result<Self> {
        let name = kind.role_name(plan).get(kind.name_attribute())?.clone();
        let profile = kind.instance_profile(plan).text().unwrap_or(&name);
        Ok(Self {
            profile: profile.to_owned(),
            attached: attached(kind, plan)?,
            policy: kind.policy(plan).text().map(str::to_owned),
            name,
        })
    }
}

/// The ARNs of the policies that a model attaches; `None` if it leaves that to others.
pub(super) fn attached(kind: Kind, model: &NodeRoles) -> Result<Option<BTreeSet<String>>> {
    let arns = kind.policy_arns(model);
    if let Attr::Null = arns {
        return Ok(None);
    }
    let path = kind.policy_arns_attribute();
    let known = arns.get(path)?.all_known().ok_or_else(|| {
        Diagnostic::bug(format!(
            "A part of \"{path}\" is not known where it must be."
        ))
        .at(path)
    })?;
    Ok(Some(known.into_iter().cloned().collect()))
}
