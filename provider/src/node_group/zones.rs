//! Whether nodes stand where their load balancers do. Pure.

use tfplug::{Attr, Diagnostic, Map, Set};
use topology::words::list;

use crate::provider::{Balancer, Data};

/// Warns of zones that a load balancer isn't in: no target there gets traffic.
pub(crate) fn without_balancer(
    data: &Data,
    balancer: Balancer,
    cluster: &Attr<String>,
    subnets: &Attr<Map<String>>,
    target_groups: &Attr<Set<String>>,
) -> Option<Diagnostic> {
    let stands = data.standings.zones(balancer, cluster, target_groups)?;
    let zones = subnets.known()?.0.keys();
    let without: Vec<_> = zones.filter(|zone| !stands.contains(*zone)).collect();
    if without.is_empty() {
        return None;
    }
    let text = format!(
        "The {balancer} whose target groups these nodes join has no subnet in {}: it sends nothing there, \
         and nodes there never count as healthy behind it. Give it one, or leave the zone out here.",
        list(without, "and"),
    );
    Some(Diagnostic::warning("Zones without the load balancer", text).at("subnets"))
}
