//! What a plan says beyond the attributes' own behaviour. Pure, but for the clock: whether an
//! authority is due for renewal is a matter of time.

use pki::rotation::Position;
use pki::{Part, Trusted};
use tfplug::{Diagnostic, Diagnostics, PlannedChange, Result};

use super::brought::{Brought, certificate_attribute, underscored, version_attribute};
use super::model::ClusterPki;
use super::part_state::{self, PartState};
use super::settings::Settings;
use super::steps::{self, Wish};
use crate::authorities::{Layout, default_path, now, path_problem};
use crate::provider::Data;
use crate::{names, tags};

pub(super) fn plan(data: &Data, change: &mut PlannedChange<ClusterPki>) -> Result<()> {
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
    let settings = match Settings::of(&change.config) {
        Ok(settings) => Some(settings),
        Err(faults) => {
            errors.extend(faults);
            None
        }
    };
    for part in Part::ALL {
        match Brought::of(part, &change.config).read(part) {
            Ok(_) => {}
            Err(faults) => errors.extend(faults),
        }
        if let Some(settings) = &settings {
            plan_part(part, settings, change, &mut errors);
        }
    }
    if let Some(settings) = &settings {
        keys_that_stay(settings, change);
    }
    if let Some(prior) = &change.prior {
        manage(data, prior);
    }
    let path = change.plan.parameter_path.clone();
    names::claim(data, change, "pki", &path, "parameter_path", &mut errors);
    errors.into_result().map(|_| ())
}

/// Notes what the state has.
pub(super) fn manage(data: &Data, state: &ClusterPki) {
    if let Some(path) = state.parameter_path.text() {
        data.claims.manage(path);
    }
}

/// Where the parameters are, from the cluster's name.
fn path(change: &mut PlannedChange<ClusterPki>, errors: &mut Diagnostics) {
    let derived = change.config.parameter_path.is_null();
    if derived && change.prior.is_none() {
        let cluster = change.plan.cluster_name.clone();
        change.plan.parameter_path = cluster.map(|cluster| default_path(&cluster));
    }
    let Some(problem) = change.plan.parameter_path.text().and_then(path_problem) else {
        return;
    };
    let path = change.plan.parameter_path.text().unwrap_or_default();
    let (attribute, text) = if derived {
        let text = format!(
            "The cluster's name gives \"{path}\", which can't be a path of parameters: {problem}. \
             Set \"parameter_path\"."
        );
        ("cluster_name", text)
    } else {
        let text = format!("\"{path}\" can't be a path of parameters: {problem}.");
        ("parameter_path", text)
    };
    errors.push(Diagnostic::error("Invalid parameter path", text).at(attribute));
}

fn plan_part(
    part: Part,
    settings: &Settings,
    change: &mut PlannedChange<ClusterPki>,
    errors: &mut Diagnostics,
) {
    let wish = Wish::of(part, &change.plan);
    let Some(prior) = change.prior.clone() else {
        if wish != Wish::Unknown
            && let Err(why) = wish.target(None)
        {
            errors.push(impossible(part, &why));
        }
        part_state::open(part, &mut change.plan);
        return;
    };
    let layout = Layout::new(prior.parameter_path.text().unwrap_or_default());
    let before = PartState::of(part, &layout, &prior);
    let (Some(before), false) = (before, wish == Wish::Unknown) else {
        part_state::open(part, &mut change.plan);
        return;
    };
    let stands = before.position();
    let target = match wish.target(stands.or_else(|| signing(&before))) {
        Ok(target) => target,
        Err(why) => {
            errors.push(impossible(part, &why));
            return;
        }
    };
    let mut changes = is_touched(&before) || change.plan.kms_key_id != prior.kms_key_id;
    match stands.map(|stands| stands.to(target)) {
        Some(Ok(step)) => {
            changes |= step != pki::rotation::Change::None;
            if let Some(said) = steps::announce(part, step, target) {
                change.warn(said);
            }
        }
        Some(Err(skipped)) => errors.push(impossible(part, &skipped.to_string())),
        // Between two positions, whoever signs goes on.
        None => {
            changes = true;
            if before
                .signing
                .is_some_and(|signing| signing != target.signer())
            {
                let why = "an earlier step was stopped half-way; finish it, or take it back";
                errors.push(impossible(part, why));
            }
        }
    }
    changes |= brings(part, change, &prior, &before, target, errors);
    changes |= is_due(part, settings, change, &before);
    if changes {
        part_state::open(part, &mut change.plan);
    } else {
        part_state::keep(part, &mut change.plan, &prior);
    }
}

/// Where a part would stand if the step that was stopped half-way were taken back.
fn signing(before: &PartState) -> Option<Position> {
    let generation = before.signing?;
    Some(Position {
        generation,
        ..Position::FIRST
    })
}

/// A kind of key that no key has, nor will have after this apply, may be meant to change those there
/// are. The attribute isn't stored, so without a word the plan would just be empty.
fn keys_that_stay(settings: &Settings, change: &mut PlannedChange<ClusterPki>) {
    let (Some(prior), true) = (&change.prior, change.config.key_algorithm.known().is_some()) else {
        return;
    };
    let layout = Layout::new(prior.parameter_path.text().unwrap_or_default());
    let is_kept = |part| !part_state::is_open(part, &change.plan);
    let parts = Part::ALL.into_iter().filter(|part| is_kept(*part));
    let bundles: Vec<_> = parts
        .filter_map(|part| PartState::of(part, &layout, prior)?.bundle)
        .collect();
    let trusted = bundles.iter().flat_map(|bundle| bundle.trusted());
    let has_any = trusted
        .map(|one| one.public().algorithm())
        .any(|algorithm| algorithm == Some(settings.algorithm));
    if has_any || bundles.len() < Part::ALL.len() {
        return;
    }
    let wanted = settings.algorithm.name();
    change.warn(
        Diagnostic::warning(
            "Keys stay as they are",
            format!(
                "No key of this PKI is {wanted}. Keys that exist are never exchanged for another \
                 kind: the next generation that \"rotation\" stages will be {wanted}. If none is \
                 to come, take \"key_algorithm\" back."
            ),
        )
        .at("key_algorithm"),
    );
}

/// Whether something of it is gone or was written by somebody else.
fn is_touched(before: &PartState) -> bool {
    before.version.is_none() || before.bundle.is_none() || before.keys.values().any(Option::is_none)
}

/// Whether a key or certificate is brought along that isn't there yet.
fn brings(
    part: Part,
    change: &PlannedChange<ClusterPki>,
    prior: &ClusterPki,
    before: &PartState,
    target: Position,
    errors: &mut Diagnostics,
) -> bool {
    let config = Brought::of(part, &change.config);
    let version = Brought::of(part, &change.plan).version;
    let is_new = !before.keys.contains_key(&target.generation);
    if version != Brought::of(part, prior).version && !version.is_null() && !is_new {
        errors.push(
            Diagnostic::error(
                "A key changes by a rotation",
                format!(
                    "Another key in the place of the one that is in use would cut off all that \
                     trusts it. Bring the key along in the same apply that stages the next \
                     generation of \"{part}\" in \"rotation\"."
                ),
            )
            .at(version_attribute(part).as_str()),
        );
    }
    let Ok(pair) = config.read(part) else {
        return false;
    };
    let Some(certificate) = pair.certificate else {
        return false;
    };
    let bundle = before.bundle.as_ref();
    match bundle.and_then(|bundle| bundle.find(certificate.public())) {
        Some(found) => found.certificate() != Some(&certificate),
        None if is_new && pair.key.is_some() => true,
        None => {
            let attribute = certificate_attribute(part);
            let text = format!(
                "The certificate is for none of the keys of \"{part}\". Bring its key along in the \
                 apply that makes a generation."
            );
            errors
                .push(Diagnostic::error("Invalid key or certificate", text).at(attribute.as_str()));
            false
        }
    }
}

/// Whether a certificate is near its end.
fn is_due(
    part: Part,
    settings: &Settings,
    change: &mut PlannedChange<ClusterPki>,
    before: &PartState,
) -> bool {
    let pair = Brought::of(part, &change.config)
        .read(part)
        .unwrap_or_default();
    let trusted = before
        .bundle
        .iter()
        .flat_map(|bundle| bundle.trusted().to_vec());
    let due: Vec<_> = trusted
        .filter_map(|one| one.certificate().cloned())
        .filter(|one| settings.renewal.is_due(one.not_after(), now()))
        .collect();
    let (brought, own): (Vec<_>, Vec<_>) =
        (due.into_iter()).partition(|one| pair.certificate.as_ref() == Some(one));
    for one in &brought {
        let text = format!(
            "The certificate that you brought along for {part} ends at {}. Bring a new one for the \
             same key.",
            one.not_after()
        );
        let attribute = certificate_attribute(part);
        change.warn(Diagnostic::warning("Authority near its end", text).at(attribute.as_str()));
    }
    for one in &own {
        let text = format!(
            "The certificate of {part} ends at {}, so it is made anew with the same key: all that \
             it signed stays valid. Afterwards bring the new one to every node and client.",
            one.not_after()
        );
        let attribute = underscored(part);
        change.warn(Diagnostic::warning("Authority is renewed", text).at(attribute.as_str()));
    }
    !own.is_empty()
}

fn impossible(part: Part, why: &str) -> Diagnostic {
    let text = format!("{part}: {why}.");
    Diagnostic::error("Impossible rotation", text).at(steps::at(part))
}

/// Whether what is trusted is a certificate that has to be made anew.
pub(super) fn has_to_be_renewed(settings: &Settings, one: &Trusted) -> bool {
    one.certificate()
        .is_some_and(|one| settings.renewal.is_due(one.not_after(), now()))
}

/// The target of a part, once everything is known.
///
/// # Errors
/// There is none.
pub(super) fn target(
    part: Part,
    plan: &ClusterPki,
    before: Option<&PartState>,
) -> Result<Position> {
    let stands = before.and_then(|before| before.position().or_else(|| signing(before)));
    let wish = Wish::of(part, plan);
    wish.target(stands)
        .map_err(|why| impossible(part, &why).into())
        .and_then(|target| {
            let allowed = before
                .and_then(PartState::position)
                .is_none_or(|stands| stands.to(target).is_ok());
            if allowed {
                Ok(target)
            } else {
                Err(impossible(part, "it has moved since the plan; plan again").into())
            }
        })
}
