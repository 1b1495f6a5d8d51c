//! What a plan says of a load balancer's common attributes, beyond their own behaviour. Pure.

use aws::names::{elb_name, elb_name_problem};
use tfplug::{Attr, Diagnostic, Diagnostics, PlannedChange};

use super::{HasBalancer, Type};
use crate::names;
use crate::provider::Data;
use crate::tags;

/// The cluster's name from the provider, the load balancer's from the cluster's. Another cluster
/// is another load balancer.
pub(crate) fn name<M: HasBalancer>(
    data: &Data,
    kind: &Type,
    change: &mut PlannedChange<M>,
    errors: &mut Diagnostics,
) {
    let config = change.config.balancer();
    let prior = change.prior.as_ref().map(M::balancer);
    let mut plan = change.plan.balancer();
    plan.cluster_name = names::cluster(
        data,
        &config.cluster_name,
        prior.as_ref().map(|prior| &prior.cluster_name),
        &plan.cluster_name,
        errors,
    );
    if config.name.is_null() && prior.is_none_or(|prior| prior.name.is_null()) {
        let cluster = plan.cluster_name.clone();
        plan.name = cluster.map(|cluster| elb_name(&cluster, kind.part));
    }
    check_name(&plan.name, "name", errors);
    change.plan.set_balancer(plan);
    names::replace_for_another_cluster(change, M::cluster_name);
}

/// Refuses a name that AWS doesn't take.
pub(crate) fn check_name(name: &Attr<String>, path: &str, errors: &mut Diagnostics) {
    if let Some(problem) = name.text().and_then(elb_name_problem) {
        errors.push(Diagnostic::error("Invalid name", format!("\"{path}\": {problem}.")).at(path));
    }
}

/// What AWS gave a load balancer that somebody deleted is open again.
pub(crate) fn vanished_load_balancer<M: HasBalancer>(change: &mut PlannedChange<M>) {
    let vanished = |prior: &M| prior.balancer().arn.is_null();
    if change.prior.as_ref().is_some_and(vanished) {
        change.plan.change_balancer(|plan| {
            plan.arn = Attr::Unknown;
            plan.dns_name = Attr::Unknown;
            plan.zone_id = Attr::Unknown;
        });
    }
}

/// `tags_all` as planned.
pub(crate) fn tags<M: HasBalancer>(
    data: &Data,
    change: &mut PlannedChange<M>,
    errors: &mut Diagnostics,
) {
    let tags_all = tags::planned(data, &change.config.balancer().tags, errors);
    change.plan.change_balancer(|plan| plan.tags_all = tags_all);
}

/// A protected load balancer can't be replaced: AWS would refuse half-way.
pub(crate) fn protection<M: HasBalancer>(change: &PlannedChange<M>, errors: &mut Diagnostics) {
    let protected = change
        .prior
        .as_ref()
        .is_some_and(|prior| prior.balancer().enable_deletion_protection == Attr::Known(true));
    if let (true, Some(path)) = (protected, change.replacements().first()) {
        errors.push(
            Diagnostic::error(
                "Deletion protection is on",
                format!(
                    "The change of \"{path}\" needs a new load balancer, but AWS would refuse to \
                     delete the present one. Set \"enable_deletion_protection\" to false and \
                     apply that alone first, or take the change back."
                ),
            )
            .at(path.clone()),
        );
    }
}

/// The time that connections to an unhealthy target get: what is configured, or what fits the rest.
pub(crate) fn draining(
    cut: Attr<bool>,
    configured: Attr<i64>,
    default_seconds: i64,
) -> Result<Attr<i64>, Diagnostic> {
    match (cut, configured) {
        (cut, Attr::Null) => Ok(cut.map(|cut| if cut { 0 } else { default_seconds })),
        (Attr::Known(true), Attr::Known(1..)) => Err(Diagnostic::error(
            "Conflicting attributes",
            "Connections are either cut when a node turns unhealthy, or drained. Remove \
             \"unhealthy_draining_interval\", or set \
             \"enable_unhealthy_connection_termination\" to false.",
        )),
        (_, configured) => Ok(configured),
    }
}
