//! What AWS has of a cluster's roles, and that as attributes.

use std::collections::BTreeSet;

use aws::iam::policy::Policy;
use aws::iam::{Iam, InstanceProfile, Role};
use tfplug::{Attr, Cx, Result};

use super::POLICY_NAME;
use super::kind::Kind;
use super::model::NodeRoles;
use super::policy::{Grants, Pki, Scope, policy, trust};
use crate::diagnostics::aws_error;
use crate::provider::Data;
use crate::tags;

const READING: &str = "Reading node roles";

/// The parts that exist, and the region for which they are meant.
#[derive(Clone, Debug, Default)]
pub(super) struct Observed {
    pub(super) region: String,
    pub(super) control_plane: ObservedRole,
    pub(super) worker: ObservedRole,
}

/// What exists of one kind.
#[derive(Clone, Debug, Default)]
pub(super) struct ObservedRole {
    pub(super) role: Option<Role>,
    /// The text of our inline policy.
    pub(super) policy: Option<String>,
    /// ARNs of attached policies, if they were asked for.
    pub(super) attached: Option<BTreeSet<String>>,
    pub(super) profile: Option<InstanceProfile>,
}

/// What to look for, by name.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Look<'a> {
    pub(super) role: Option<&'a str>,
    /// Whether the role's inline policy too.
    pub(super) policy: bool,
    /// Whether what is attached to the role too.
    pub(super) attached: bool,
    pub(super) profile: Option<&'a str>,
}

impl Observed {
    /// Looks for all parts that the state names, side by side.
    ///
    /// # Errors
    /// AWS can't be asked.
    pub(super) async fn read(cx: &Cx<Data>, state: &NodeRoles) -> Result<Self> {
        let look = |kind: Kind| Look {
            // A name alone doesn't make it ours: what vanished is looked for when it is made again.
            role: kind
                .role_arn(state)
                .text()
                .and_then(|_| kind.role_name(state).text()),
            policy: true,
            attached: kind.policy_arns(state).known().is_some(),
            profile: kind.instance_profile(state).text(),
        };
        let clients = cx.data().clients()?;
        let failed = |error: aws::Error| aws_error(READING, &error);
        let iam = clients.iam().await.map_err(failed)?;
        let (control_plane, worker) = tokio::try_join!(
            ObservedRole::look(iam, look(Kind::ControlPlane)),
            ObservedRole::look(iam, look(Kind::Worker)),
        )
        .map_err(failed)?;
        let region = clients.region().await.map_err(failed)?.to_owned();
        Ok(Self {
            region,
            control_plane,
            worker,
        })
    }

    pub(super) fn role(&self, kind: Kind) -> &ObservedRole {
        match kind {
            Kind::ControlPlane => &self.control_plane,
            Kind::Worker => &self.worker,
        }
    }

    /// The attributes as they are; `None` when nothing is left.
    ///
    /// Of a part that somebody deleted, the ids become null, and the rest stays as it was: the plan
    /// then shows that it is made anew.
    pub(super) fn into_model(self, data: &Data, state: NodeRoles) -> Option<NodeRoles> {
        let both = Kind::ALL.map(|kind| self.role(kind));
        if both
            .iter()
            .all(|one| one.role.is_none() && one.profile.is_none())
        {
            return None;
        }
        let before = before(&state);
        let mut model = state;
        model.region = self.region.as_str().into();
        self.set_tags(data, &mut model);
        self.set_what_both_have(&mut model);
        self.set_grants(&before, &mut model);
        for kind in Kind::ALL {
            self.set_role(kind, &before, &mut model);
        }
        Some(model)
    }

    /// What one attribute says of both roles: the first of them that isn't as the state has it.
    fn set_what_both_have(&self, model: &mut NodeRoles) {
        let roles = || self.roles();
        model.path = differing(&model.path, roles().map(|role| role.path.as_str().into()));
        model.permissions_boundary = differing(
            &model.permissions_boundary,
            roles().map(|role| role.permissions_boundary.clone().into()),
        );
        let wanted = trust(&self.region);
        model.assume_role_policy = differing(
            &wanted.text().into(),
            roles().map(|role| as_wanted(&role.trust_policy, &wanted).into()),
        );
    }

    /// What the policies say that they grant.
    fn set_grants(&self, before: &Grants, model: &mut NodeRoles) {
        let found: Vec<Grants> = Kind::ALL
            .into_iter()
            .filter_map(|kind| {
                let policy = Policy::parse(self.role(kind).policy.as_deref()?)?;
                Some(before.read(kind, &policy, &self.scope(kind)?))
            })
            .collect();
        // Of a policy that is gone nothing is known, and its own attribute says so.
        if found.is_empty() {
            return;
        }
        let flag = |state: Attr<bool>, get: fn(&Grants) -> bool| {
            differing(&state, found.iter().map(|grants| get(grants).into()))
        };
        let text = |state: &Attr<String>, get: fn(&Pki) -> Option<&String>| {
            let texts = found.iter().map(|grants| grants.pki.as_ref().and_then(get));
            differing(state, texts.map(|text| text.cloned().into()))
        };
        if self.control_plane.policy.is_some() {
            model.cloud_controller = flag(model.cloud_controller, |grants| grants.cloud_controller);
            model.ebs_csi = flag(model.ebs_csi, |grants| grants.ebs_csi);
            model.cluster_autoscaler =
                flag(model.cluster_autoscaler, |grants| grants.cluster_autoscaler);
        }
        model.ecr_read = flag(model.ecr_read, |grants| grants.ecr_read);
        model.session_manager = flag(model.session_manager, |grants| grants.session_manager);
        model.pki_parameter_path = text(&model.pki_parameter_path, |pki| Some(&pki.path));
        model.pki_kms_key_arn = text(&model.pki_kms_key_arn, |pki| pki.key_arn.as_ref());
    }

    fn set_role(&self, kind: Kind, before: &Grants, model: &mut NodeRoles) {
        let found = self.role(kind);
        let policy = self.policy_text(kind, before);
        let attributes = kind.attributes(model);
        *attributes.policy = policy.into();
        match &found.role {
            Some(role) => {
                *attributes.role_name = role.name.as_str().into();
                *attributes.role_arn = role.arn.as_str().into();
                *attributes.boundary = role.permissions_boundary.clone().into();
            }
            None => *attributes.role_arn = Attr::Null,
        }
        if let Some(attached) = &found.attached {
            *attributes.policy_arns = Attr::Known(attached.iter().cloned().collect());
        }
        let profile = found.profile.as_ref();
        *attributes.instance_profile = profile.map(|profile| profile.name.clone()).into();
        // One that doesn't hand out the role is there, but unfinished.
        let whole = profile
            .filter(|profile| profile.roles == [attributes.role_name.text().unwrap_or_default()]);
        *attributes.instance_profile_arn = whole.map(|profile| profile.arn.clone()).into();
    }

    /// The inline policy's text: in our words if it means what they say.
    fn policy_text(&self, kind: Kind, before: &Grants) -> Option<String> {
        let text = self.role(kind).policy.as_deref()?;
        let in_our_words = || {
            let scope = self.scope(kind)?;
            let grants = before.read(kind, &Policy::parse(text)?, &scope);
            Some(as_wanted(text, &policy(kind, &grants, &scope)))
        };
        Some(in_our_words().unwrap_or_else(|| text.to_owned()))
    }

    fn scope(&self, kind: Kind) -> Option<Scope> {
        Scope::of(&self.role(kind).role.as_ref()?.arn, &self.region)
    }

    fn roles(&self) -> impl Iterator<Item = &Role> {
        Kind::ALL
            .into_iter()
            .filter_map(|kind| self.role(kind).role.as_ref())
    }

    fn set_tags(&self, data: &Data, model: &mut NodeRoles) {
        let parts = Kind::ALL.into_iter().flat_map(|kind| {
            let found = self.role(kind);
            let role = found.role.as_ref().map(|role| &role.tags);
            [role, found.profile.as_ref().map(|profile| &profile.tags)]
        });
        let parts = parts.flatten();
        (model.tags, model.tags_all) = tags::read_parts(data, parts, &model.tags, &model.tags_all);
    }
}

impl ObservedRole {
    /// Looks for parts by name, side by side.
    pub(super) async fn look(iam: &Iam, look: Look<'_>) -> Result<Self, aws::Error> {
        let role = async {
            let Some(name) = look.role else {
                return Ok((None, None, None));
            };
            let policy = async {
                if look.policy {
                    iam.inline_policy(name, POLICY_NAME).await
                } else {
                    Ok(None)
                }
            };
            let attached = async {
                if look.attached {
                    iam.attached_policies(name).await
                } else {
                    Ok(None)
                }
            };
            tokio::try_join!(iam.role(name), policy, attached)
        };
        let profile = async {
            match look.profile {
                Some(name) => iam.instance_profile(name).await,
                None => Ok(None),
            }
        };
        let ((role, policy, attached), profile) = tokio::try_join!(role, profile)?;
        // A role that vanished between the looks is gone.
        let there = role.is_some();
        Ok(Self {
            role,
            policy: policy.filter(|_| there),
            attached: attached.filter(|_| there),
            profile,
        })
    }
}

/// What a state says is granted. An imported one says nothing yet.
fn before(state: &NodeRoles) -> Grants {
    let flag = |attribute: Attr<bool>| attribute == Attr::Known(true);
    Grants {
        cluster: state.cluster_name.text().unwrap_or_default().to_owned(),
        cloud_controller: flag(state.cloud_controller),
        ebs_csi: flag(state.ebs_csi),
        cluster_autoscaler: flag(state.cluster_autoscaler),
        ecr_read: flag(state.ecr_read),
        session_manager: flag(state.session_manager),
        pki: state.pki_parameter_path.text().map(|path| Pki {
            path: path.to_owned(),
            key_arn: state.pki_kms_key_arn.text().map(str::to_owned),
        }),
    }
}

/// A document in our words if it means what is wanted, else in its own.
pub(super) fn as_wanted(text: &str, wanted: &Policy) -> String {
    match Policy::parse(text) {
        Some(found) if found.means_the_same(wanted) => wanted.text(),
        Some(found) => found.text(),
        None => text.to_owned(),
    }
}

/// The first value that isn't as before; if there is none, the value that all have.
fn differing<T: PartialEq + Clone>(
    before: &Attr<T>,
    found: impl IntoIterator<Item = Attr<T>>,
) -> Attr<T> {
    let other = found.into_iter().find(|value| value != before);
    other.unwrap_or_else(|| before.clone())
}
