//! Takes the roles away: out of their instance profiles first, then these, then the policies, and
//! the roles last, as IAM demands.

use std::collections::BTreeSet;

use aws::iam::{Iam, InstanceProfile};
use aws::ownership::Claim;
use aws::tags::Tags;
use tfplug::{Attr, Cx, Diagnostic, Result, Saved};

use super::POLICY_NAME;
use super::converge::settled;
use super::kind::Kind;
use super::model::NodeRoles;
use super::plan::at;
use crate::diagnostics::aws_error;
use crate::provider::Data;

const DELETING: &str = "Deleting node roles";

/// What of one kind is to go.
struct Going {
    kind: Kind,
    role: Option<String>,
    profile: Option<String>,
    /// ARNs of managed policies attached to the role, whoever attached them: what is lost with an
    /// attachment can be attached again.
    attached: BTreeSet<String>,
    /// The instance profiles that the role is in.
    profiles: Vec<InstanceProfile>,
}

/// # Errors
/// AWS refuses, or others have made something that hangs on a role. What is left by then is saved.
pub(super) async fn delete(
    cx: &Cx<Data>,
    mut state: NodeRoles,
    saved: &Saved<NodeRoles>,
) -> Result<()> {
    // The new object of a replacement may be the old one under the same names.
    let taken_over = Kind::ALL.into_iter().any(|kind| {
        let role = kind.role_arn(&state).text();
        role.is_some_and(|arn| cx.data().claims.is_taken_over(arn))
    });
    if taken_over {
        cx.warn(Diagnostic::warning(
            "Not deleted",
            "The new object of this replacement has taken over the old one's roles, since both \
             have the same names, so those stay. Nothing was replaced. Without \
             create_before_destroy, the old ones go first.",
        ));
        return Ok(());
    }
    let failed = |error: aws::Error| aws_error(DELETING, &error);
    let iam = cx.data().clients()?.iam().await.map_err(failed)?;
    // Both are judged before any is touched.
    let mut all = Vec::new();
    for kind in Kind::ALL {
        all.push(Going::of(cx, iam, kind, &state).await?);
    }
    for going in all {
        going.profile(cx, iam).await.map_err(failed)?;
        let attributes = going.kind.attributes(&mut state);
        *attributes.instance_profile = Attr::Null;
        *attributes.instance_profile_arn = Attr::Null;
        saved.save(&state);
        going.role(cx, iam).await.map_err(failed)?;
        *going.kind.attributes(&mut state).role_arn = Attr::Null;
        saved.save(&state);
    }
    Ok(())
}

impl Going {
    /// # Errors
    /// AWS can't be asked, or something hangs on the role that this resource didn't make and that
    /// would be lost: an inline policy's text, or what another instance profile is for.
    async fn of(cx: &Cx<Data>, iam: &Iam, kind: Kind, state: &NodeRoles) -> Result<Self> {
        let failed = |error: aws::Error| aws_error(DELETING, &error);
        let mut going = Self {
            kind,
            role: None,
            profile: None,
            attached: BTreeSet::new(),
            profiles: Vec::new(),
        };
        let Some(role) = kind.role_name(state).text() else {
            return Ok(going);
        };
        // A create that was stopped may have made more than it could tell.
        let cluster = state.cluster_name.text().unwrap_or_default();
        let is_ours = |kind, tags: &Tags| {
            let claim = cx.data().ownership(cluster, kind).claim(tags);
            claim == Claim::Adopt
        };
        going.profile = match kind.instance_profile(state).text() {
            Some(name) => Some(name.to_owned()),
            None => {
                let found = iam.instance_profile(role).await.map_err(failed)?;
                let ours = found.filter(|found| is_ours(kind.profile(), &found.tags));
                ours.map(|profile| profile.name)
            }
        };
        if kind.role_arn(state).is_null() {
            let found = iam.role(role).await.map_err(failed)?;
            if !found.is_some_and(|found| is_ours(kind.role(), &found.tags)) {
                return Ok(going);
            }
        }
        let (inline, attached, profiles) = tokio::try_join!(
            iam.inline_policy_names(role),
            iam.attached_policies(role),
            iam.instance_profiles_of(role)
        )
        .map_err(failed)?;
        let mut foreign = Vec::new();
        for name in inline.unwrap_or_default() {
            if name != POLICY_NAME {
                foreign.push(format!(
                    "the inline policy \"{name}\":\n  aws iam delete-role-policy --role-name \
                     '{role}' --policy-name '{name}'"
                ));
            }
        }
        for profile in &profiles {
            if going.profile.as_deref() != Some(&profile.name) {
                foreign.push(format!(
                    "the instance profile \"{0}\", which it is in:\n  aws iam \
                     remove-role-from-instance-profile --instance-profile-name '{0}' --role-name \
                     '{role}'",
                    profile.name
                ));
            }
        }
        if !foreign.is_empty() {
            return Err(Diagnostic::error(
                DELETING,
                format!(
                    "The role \"{role}\" can't go: this resource didn't make {}\n\nRemove that \
                     first, if nobody needs it.",
                    foreign.join("\n\nand ")
                ),
            )
            .at(at(kind))
            .into());
        }
        going.role = Some(role.to_owned());
        going.attached = attached.unwrap_or_default();
        going.profiles = profiles;
        Ok(going)
    }

    async fn profile(&self, cx: &Cx<Data>, iam: &Iam) -> Result<(), aws::Error> {
        for profile in &self.profiles {
            for role in &profile.roles {
                let name = profile.name.as_str();
                settled(cx, name, || iam.remove_role_from_profile(name, role)).await?;
            }
        }
        if let Some(name) = &self.profile {
            settled(cx, name, || iam.delete_instance_profile(name)).await?;
        }
        Ok(())
    }

    async fn role(&self, cx: &Cx<Data>, iam: &Iam) -> Result<(), aws::Error> {
        let Some(name) = &self.role else {
            return Ok(());
        };
        for arn in &self.attached {
            settled(cx, name, || iam.detach_policy(name, arn)).await?;
        }
        settled(cx, name, || iam.delete_inline_policy(name, POLICY_NAME)).await?;
        settled(cx, name, || iam.delete_role(name)).await
    }
}
