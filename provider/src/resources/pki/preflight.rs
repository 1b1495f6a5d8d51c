//! What would fail at apply, found at plan by asking AWS. Changes nothing.

use aws::ownership::Claim;
use pki::Part;
use tfplug::{Cx, Diagnostic, Diagnostics, PlannedChange, Result};

use super::model::ClusterPki;
use super::observed::tags_of;
use super::part_state::PartState;
use super::plan::target;
use super::{KIND, RESOURCE};
use crate::authorities::{Layout, Seen, Store};
use crate::diagnostics::{aws_error, refusal};
use crate::provider::Data;

const PLANNING: &str = "Planning PKI";

/// # Errors
/// All that would fail, each at its attribute.
pub(super) async fn preflight(cx: &Cx<Data>, change: &PlannedChange<ClusterPki>) -> Result<()> {
    // Without a configured provider nothing can be asked; the apply will plan again with it.
    if !cx.data().is_configured() {
        return Ok(());
    }
    let (Some(path), Some(cluster)) = (
        change.plan.parameter_path.text(),
        change.plan.cluster_name.text(),
    ) else {
        return Ok(());
    };
    let failed = |error: aws::Error| aws_error(PLANNING, &error);
    let layout = Layout::new(path);
    if let Some(prior) = &change.prior {
        let is_touched = |part| {
            let state = PartState::of(part, &layout, prior);
            state.is_some_and(|state| state.keys.values().any(Option::is_none))
        };
        if !Part::ALL.into_iter().any(is_touched) {
            return Ok(());
        }
        let ssm = cx.data().clients()?.ssm().await.map_err(failed)?;
        let seen = Store::new(ssm, &layout).look().await.map_err(failed)?;
        // No error yet: the way out is a replacement, whose old half is planned too.
        if let Err(errors) = gone(PLANNING, &layout, &seen, &change.plan, Some(prior)) {
            for error in errors {
                cx.warn(Diagnostic::warning("The apply will fail", error.detail()));
            }
        }
        return Ok(());
    }
    // What the state has goes before the new one comes. The create judges by itself.
    if !cx.data().owner_is_known() || cx.data().claims.is_managed(path) || cx.is_applying() {
        return Ok(());
    }
    let ssm = cx.data().clients()?.ssm().await.map_err(failed)?;
    // Where no private key is, nothing that is public can be of a PKI.
    let keys = ssm.metadata_below(&layout.all_private()).await;
    if keys.map_err(failed)?.is_empty() {
        return Ok(());
    }
    let seen = Store::new(ssm, &layout).look().await.map_err(failed)?;
    let tags = tags_of(ssm, &seen).await.map_err(failed)?;
    for (name, tags) in tags {
        if let Claim::Refuse(why) = cx.data().ownership(cluster, KIND).claim(&tags) {
            return Err(taken(PLANNING, &name, &why, &layout).into());
        }
    }
    Ok(())
}

/// A parameter of that name is another's.
pub(super) fn taken(
    doing: &str,
    name: &str,
    why: &aws::ownership::Refusal,
    layout: &Layout,
) -> Diagnostic {
    let what = format!("A parameter named \"{name}\"");
    refusal(doing, &what, why, RESOURCE, Some(layout.path())).at("parameter_path")
}

/// Private keys that are trusted and can't be made again.
///
/// # Errors
/// There are such.
pub(super) fn gone(
    doing: &str,
    layout: &Layout,
    seen: &Seen,
    plan: &ClusterPki,
    prior: Option<&ClusterPki>,
) -> Result<()> {
    let mut errors = Diagnostics::new();
    for part in Part::ALL {
        let before = prior.and_then(|prior| PartState::of(part, layout, prior));
        let Some(before) = before else { continue };
        let target = target(part, plan, Some(&before))?;
        for generation in target.trusted() {
            let had = before.keys.contains_key(&generation);
            if had && !seen.part(part).keys.contains_key(&generation) {
                let name = layout.private(part, generation);
                errors.push(Diagnostic::error(
                    doing,
                    format!(
                        "The private key \"{name}\" is gone. Another one in its place would cut \
                         off all that trusts the old one, so none is made. Write it back from a \
                         backup under that name; or have all of it made anew, which every node \
                         and client must then hear of, by terraform taint and an apply."
                    ),
                ));
            }
        }
    }
    errors.into_result().map(drop)
}
