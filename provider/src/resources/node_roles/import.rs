//! Finds existing roles by what a user gives.

use aws::iam::{Iam, InstanceProfile, Role};
use aws::ownership::{CLUSTER_KEY, KIND_KEY};
use tfplug::{Cx, Diagnostic, Result};

use super::kind::Kind;
use super::model::NodeRoles;
use crate::diagnostics::aws_error;
use crate::provider::Data;

const IMPORTING: &str = "Importing node roles";

/// # Errors
/// The id isn't of that form, there is neither role, or a role is in several instance profiles.
pub(super) async fn import(cx: &Cx<Data>, id: &str) -> Result<NodeRoles> {
    let Some(names) = parse(id) else {
        return Err(malformed(id).into());
    };
    let failed = |error: aws::Error| aws_error(IMPORTING, &error);
    let iam = cx.data().clients()?.iam().await.map_err(failed)?;
    let mut model = NodeRoles::default();
    let mut cluster = None;
    for (kind, name) in Kind::ALL.into_iter().zip(names) {
        *kind.attributes(&mut model).role_name = name.into();
        // An unfinished create may have made one of them only.
        let Some(role) = iam.role(name).await.map_err(failed)? else {
            continue;
        };
        let attached = iam.attached_policies(name).await.map_err(failed)?;
        let attached = attached.filter(|arns| !arns.is_empty());
        let profile = profile(iam, kind, &role).await?;
        let attributes = kind.attributes(&mut model);
        *attributes.role_arn = role.arn.as_str().into();
        *attributes.policy_arns = attached.map(|arns| arns.into_iter().collect()).into();
        *attributes.instance_profile = profile.map(|profile| profile.name).into();
        cluster = cluster.or_else(|| role.tags.get(CLUSTER_KEY).cloned());
    }
    if Kind::ALL.iter().all(|kind| kind.role_arn(&model).is_null()) {
        let [first, second] = names;
        let text = format!(
            "There is no role \"{first}\", and no role \"{second}\". They must be in the account of \
             these credentials."
        );
        return Err(Diagnostic::error(IMPORTING, text).into());
    }
    model.cluster_name = match cluster {
        Some(cluster) => cluster.into(),
        None => cx.data().cluster_name().clone(),
    };
    Ok(model)
}

/// The instance profile that a role is in, or, after an unfinished create, the one that waits for
/// it.
async fn profile(iam: &Iam, kind: Kind, role: &Role) -> Result<Option<InstanceProfile>> {
    let failed = |error: aws::Error| aws_error(IMPORTING, &error);
    let mut profiles = iam.instance_profiles_of(&role.name).await.map_err(failed)?;
    if let Some(same) = profiles.iter().position(|one| one.name == role.name) {
        return Ok(Some(profiles.swap_remove(same)));
    }
    match profiles.len() {
        0 => {
            let waiting = iam.instance_profile(&role.name).await.map_err(failed)?;
            Ok(waiting.filter(|profile| {
                profile
                    .tags
                    .get(KIND_KEY)
                    .is_some_and(|of| of == kind.profile())
                    && profile.tags.get(CLUSTER_KEY) == role.tags.get(CLUSTER_KEY)
            }))
        }
        1 => Ok(profiles.pop()),
        several => Err(Diagnostic::error(
            IMPORTING,
            format!(
                "The role \"{}\" is in {several} instance profiles, none of which has its name. It \
                 can't be told which one nodes use: take it out of the others first.",
                role.name
            ),
        )
        .into()),
    }
}

/// An import id taken apart: the roles' names.
fn parse(id: &str) -> Option<[&str; 2]> {
    let (first, second) = id.split_once(',')?;
    let names = [first.trim(), second.trim()];
    let good = |name: &&str| !name.is_empty() && !name.contains(',');
    names.iter().all(good).then_some(names)
}

fn malformed(id: &str) -> Diagnostic {
    Diagnostic::error(
        IMPORTING,
        format!(
            "\"{id}\" is not an import id. Give the names of the control plane nodes' role and of \
             the workers' role, with a comma between: prod-control-plane,prod-worker."
        ),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_have_two_names() {
        assert_eq!(parse("a, b"), Some(["a", "b"]));
        for text in ["", "a", "a,", ",b", "a,b,c"] {
            assert_eq!(parse(text), None, "{text}");
        }
    }
}
