//! Names in plans: the cluster's, and that of what is one of a kind.

use tfplug::{Attr, Diagnostic, Diagnostics, PlannedChange};

use crate::provider::Data;

/// The cluster that a resource belongs to: its own `cluster_name`, else the provider's. With
/// neither, an error.
pub(crate) fn cluster(
    data: &Data,
    config: &Attr<String>,
    prior: Option<&Attr<String>>,
    planned: &Attr<String>,
    errors: &mut Diagnostics,
) -> Attr<String> {
    if !config.is_null() {
        return planned.clone();
    }
    match (data.cluster_name(), prior) {
        // An imported object may belong to a cluster that nobody names.
        (Attr::Null, Some(prior)) => prior.clone(),
        (Attr::Null, None) => {
            errors.push(
                Diagnostic::error(
                    "Missing cluster name",
                    "Set \"cluster_name\" here, or in the provider block for all resources.",
                )
                .at("cluster_name"),
            );
            planned.clone()
        }
        (name, _) => name.clone(),
    }
}

/// Asks for a replacement if the cluster is another than before: names and marks of all parts come
/// from it.
pub(crate) fn replace_for_another_cluster<M>(
    change: &mut PlannedChange<M>,
    cluster: fn(&M) -> &Attr<String>,
) {
    if let (Some(prior), Attr::Known(now)) = (&change.prior, cluster(&change.plan))
        && let Attr::Known(before) = cluster(prior)
        && before != now
    {
        change.require_replace("cluster_name");
    }
}

/// Claims a name of which AWS has one in account and region. Two blocks can't mean one object: a
/// create takes what it finds.
pub(crate) fn claim<M>(
    data: &Data,
    change: &PlannedChange<M>,
    kind: &'static str,
    name: &Attr<String>,
    path: &str,
    errors: &mut Diagnostics,
) {
    let Some(name) = name.text() else { return };
    if !is_free(data, change, kind, name) {
        errors.push(
            Diagnostic::error(
                "Name claimed twice",
                format!(
                    "Another resource of this configuration makes \"{name}\" too. Two blocks of \
                     one cluster need a \"{path}\" each."
                ),
            )
            .at(path),
        );
    }
}

/// Claims a name without a word: false if another block of this configuration has it.
#[must_use]
pub(crate) fn is_free<M>(
    data: &Data,
    change: &PlannedChange<M>,
    kind: &'static str,
    name: &str,
) -> bool {
    match &change.prior {
        None => data.claims.create(change.block(), kind, name),
        Some(_) if change.replacements().is_empty() => data.claims.keep(change.block(), kind, name),
        // Planned once more as a new one, which then claims its name.
        Some(_) => true,
    }
}
