//! What would fail at apply, found at plan by asking AWS. Changes nothing.

use aws::ownership::Claim;
use pki::{Bundle, Part, Trusted};
use tfplug::{Cx, Diagnostic, PlannedChange, Result};

use super::model::LeafCertificate;
use super::plan::{certificate_name, key_name};
use super::wish::{Wish, source};
use super::{KIND, RESOURCE};
use crate::authorities::{Source, now};
use crate::diagnostics::{aws_error, refusal};
use crate::provider::Data;

const PLANNING: &str = "Planning certificate";

/// # Errors
/// All that would fail, each at its attribute.
pub(super) async fn preflight(
    cx: &Cx<Data>,
    change: &PlannedChange<LeafCertificate>,
) -> Result<()> {
    // Without a configured provider nothing can be asked; the apply will plan again with it.
    if !cx.data().is_configured() {
        return Ok(());
    }
    if change.plan.certificate_pem.is_unknown() {
        outlives(cx, change).await?;
    }
    let (Some(path), Some(cluster)) = (
        change.plan.parameter_path.text(),
        change.plan.cluster_name.text(),
    ) else {
        return Ok(());
    };
    let is_new = change.prior.is_none() && !cx.data().claims.is_managed(path);
    // The create judges by itself.
    if !is_new || !cx.data().owner_is_known() || cx.is_applying() {
        return Ok(());
    }
    let failed = |error: aws::Error| aws_error(PLANNING, &error);
    let ssm = cx.data().clients()?.ssm().await.map_err(failed)?;
    for name in [certificate_name(path), key_name(path)] {
        let Some(tags) = ssm.parameter_tags(&name).await.map_err(failed)? else {
            continue;
        };
        if let Claim::Refuse(why) = cx.data().ownership(cluster, KIND).claim(&tags) {
            return Err(taken(PLANNING, &name, &why, path).into());
        }
    }
    Ok(())
}

/// A parameter of that name is another's.
pub(super) fn taken(
    doing: &str,
    name: &str,
    why: &aws::ownership::Refusal,
    path: &str,
) -> Diagnostic {
    let what = format!("A parameter named \"{name}\"");
    refusal(doing, &what, why, RESOURCE, Some(path)).at("parameter_path")
}

/// It would end after its authority, if that exists already.
async fn outlives(cx: &Cx<Data>, change: &PlannedChange<LeafCertificate>) -> Result<()> {
    let wish = Wish::of(&change.plan, &change.config)?;
    let (Some(wish), Some(source)) = (wish, source(&change.plan)?) else {
        return Ok(());
    };
    let failed = |error: aws::Error| aws_error(PLANNING, &error);
    let ssm = cx.data().clients()?.ssm().await.map_err(failed)?;
    let issuer = wish.leaf.profile().issuer();
    let Some(authority) = issuing(ssm, &source, issuer).await.map_err(failed)? else {
        return Ok(());
    };
    let validity = change
        .plan
        .validity_period_hours
        .get("validity_period_hours")?;
    let (end, authority) = (now().plus_hours(*validity), authority.not_after());
    if end > authority {
        let why = pki::RequestInvalid::OutlivesAuthority { end, authority };
        let text = format!("The certificate can't be issued: {why}.");
        return Err(Diagnostic::error("Invalid certificate", text)
            .at(why.attribute())
            .into());
    }
    Ok(())
}

/// The certificate that signs, if it can be read.
pub(super) async fn issuing(
    ssm: &aws::ssm::Ssm,
    source: &Source,
    issuer: Part,
) -> Result<Option<pki::Certificate>, aws::Error> {
    let name = match source {
        Source::Pki(layout) => layout.public(issuer),
        Source::Parameters { certificate, .. } => certificate.clone(),
    };
    let text = ssm.parameter(&name).await?.and_then(|one| one.text);
    let bundle = text.and_then(|text| Bundle::from_pem(issuer, &text).ok());
    let signer = bundle.as_ref().and_then(Bundle::signer);
    Ok(signer.and_then(Trusted::certificate).cloned())
}
