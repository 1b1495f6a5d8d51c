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

#[cfg(test)]
mod tests {
    use super::*;

    fn subnets(zones: &[&str]) -> Attr<Map<String>> {
        let subnet = |zone: &&str| ((*zone).to_owned(), format!("subnet-{zone}"));
        Attr::Known(zones.iter().map(subnet).collect())
    }

    #[test]
    fn zones_that_the_balancer_lacks_are_named() {
        let data = Data::for_tests("prod");
        let cluster = "prod".into();
        let who = (&cluster, &"prod-api".into());
        let targets = Attr::Unknown;
        let look = |zones: &[&str], balancer| {
            let nodes = subnets(zones);
            let told = without_balancer(&data, balancer, &cluster, &nodes, &Attr::Unknown);
            told.map(|one| one.detail().to_owned()).unwrap_or_default()
        };
        assert_eq!(
            look(&["a", "b"], Balancer::Api),
            "",
            "nothing is known of it"
        );
        data.standings
            .note(Balancer::Api, who, &subnets(&["a", "b"]), targets);
        assert_eq!(look(&["a", "b"], Balancer::Api), "");
        assert_eq!(look(&["a"], Balancer::Api), "");
        assert_eq!(look(&["c"], Balancer::Service), "");
        let text = look(&["a", "c", "d"], Balancer::Api);
        assert!(
            text.starts_with("The API load balancer whose target groups these nodes join has no subnet in c and d:"),
            "{text}"
        );
    }
}
