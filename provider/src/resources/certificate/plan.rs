//! What a plan says beyond the attributes' own behaviour. Pure, but for the clock: whether a
//! certificate is due for renewal is a matter of time.

use tfplug::{Attr, Diagnostic, Diagnostics, PlannedChange, Result};

use super::model::LeafCertificate;
use super::wish::{Wish, source};
use crate::authorities::{now, path_problem};
use crate::provider::Data;
use crate::{names, tags};

pub(super) fn plan(data: &Data, change: &mut PlannedChange<LeafCertificate>) -> Result<()> {
    let mut errors = Diagnostics::new();
    change.plan.cluster_name = names::cluster(
        data,
        &change.config.cluster_name,
        change.prior.as_ref().map(|prior| &prior.cluster_name),
        &change.plan.cluster_name,
        &mut errors,
    );
    names::replace_for_another_cluster(change, |model| &model.cluster_name);
    path(change, &mut errors);
    change.plan.tags_all = tags::planned(data, &change.plan.tags, &mut errors);
    if let Err(faults) = source(&change.plan) {
        errors.extend(faults);
    }
    match Wish::of(&change.plan, &change.config) {
        Ok(wish) => decide(wish.as_ref(), change),
        Err(faults) => errors.extend(faults),
    }
    if let Some(prior) = &change.prior {
        manage(data, prior);
    }
    let path = change.plan.parameter_path.clone();
    names::claim(
        data,
        change,
        "certificate-path",
        &path,
        "parameter_path",
        &mut errors,
    );
    errors.into_result().map(|_| ())
}

/// Notes what the state has.
pub(super) fn manage(data: &Data, state: &LeafCertificate) {
    if let Some(path) = state.parameter_path.text() {
        data.claims.manage(path);
    }
}

/// Where the parameters are, from the names of cluster and certificate.
fn path(change: &mut PlannedChange<LeafCertificate>, errors: &mut Diagnostics) {
    let derived = change.config.parameter_path.is_null();
    if derived && change.prior.is_none() {
        let names = (&change.plan.cluster_name, &change.plan.name);
        if let (Attr::Known(cluster), Attr::Known(name)) = names {
            let path = format!("/kubeha/{cluster}/certificates/{name}");
            change.plan.parameter_path = path.into();
        }
    }
    let path = &change.plan.parameter_path;
    if let Some(problem) = path.text().and_then(path_problem) {
        let path = path.text().unwrap_or_default();
        let (attribute, text) = if derived {
            let text = format!(
                "The cluster's name gives \"{path}\", which can't be a path of parameters: \
                 {problem}. Set \"parameter_path\"."
            );
            ("cluster_name", text)
        } else {
            let text = format!("\"{path}\" can't be a path of parameters: {problem}.");
            ("parameter_path", text)
        };
        errors.push(Diagnostic::error("Invalid parameter path", text).at(attribute));
    }
    let path = &change.plan.parameter_path;
    change.plan.certificate_parameter = path.clone().map(|path| certificate_name(&path));
    change.plan.private_key_parameter = path.clone().map(|path| key_name(&path));
}

pub(super) fn certificate_name(path: &str) -> String {
    format!("{path}/certificate")
}

pub(super) fn key_name(path: &str) -> String {
    format!("{path}/private_key")
}

/// Whether it is issued anew, and its key written.
fn decide(wish: Option<&Wish>, change: &mut PlannedChange<LeafCertificate>) {
    change.plan.ready_for_renewal = false.into();
    let Some(prior) = change.prior.clone() else {
        change.plan.open_certificate();
        change.plan.private_key_parameter_version = Attr::Unknown;
        return;
    };
    let found = prior.certificate();
    let has_another_issuer = source(&change.plan).ok() != source(&prior).ok();
    let as_wished = match (wish, &found) {
        (Some(wish), Some(found)) => {
            wish.leaf.is_met_by(found) && !wish.renewal.is_due(found.not_after(), now())
        }
        _ => false,
    };
    let rewritten =
        prior.private_key_parameter_version.is_null() || change.plan.kms_key_id != prior.kms_key_id;
    if rewritten {
        change.plan.private_key_parameter_version = Attr::Unknown;
    } else {
        change.plan.private_key_parameter_version = prior.private_key_parameter_version;
    }
    let is_kept = as_wished
        && !has_another_issuer
        && prior.ready_for_renewal != true.into()
        && !prior.certificate_parameter_version.is_null()
        // With another key it needs another certificate.
        && !prior.private_key_parameter_version.is_null();
    if is_kept {
        change.plan.keep_certificate(&prior);
    } else {
        change.plan.open_certificate();
    }
}
