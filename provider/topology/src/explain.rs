//! A plan in plain words.

use crate::placement::ZonePlacement;
use crate::plan::Topology;
use crate::size::{ControlPlaneSize, uncapped_size};
use crate::words::{count, list};

/// Size, placement, a node's failure, a zone's failure, and the remedy if there is one.
pub(crate) fn explanation(topology: &Topology) -> String {
    let paragraphs = [
        Some(size(topology)),
        Some(placement(topology)),
        Some(node_failure(topology)),
        Some(zone_failure(topology)),
        edge_zones(topology),
        remedy(topology),
    ];
    paragraphs
        .into_iter()
        .flatten()
        .collect::<Vec<_>>()
        .join("\n")
}

fn size(topology: &Topology) -> String {
    let zone_count = topology.zones().count();
    let zones = count(zone_count.get(), "zone");
    let gets = if zone_count.get() == 1 { "gets" } else { "get" };
    let size = topology.size();
    let nodes = count(size.get(), "control-plane (master) node");
    let by_rule = ControlPlaneSize::for_zones(zone_count);
    let uncapped = uncapped_size(zone_count);

    if topology.size_is_chosen() {
        let rule = "the rule (one per zone, made odd, at most 7)";
        if size == by_rule {
            format!("{zones} {gets} {nodes} as chosen, just what {rule} gives.")
        } else {
            format!(
                "{zones} {gets} {nodes} as chosen; {rule} gives {}.",
                by_rule.get()
            )
        }
    } else if uncapped > size.get() {
        format!(
            "{zones} {gets} {nodes} rather than {uncapped}: etcd advises against more than {} \
             members, because every write is copied to all of them.",
            size.get(),
        )
    } else if uncapped > zone_count.get() {
        format!(
            "{zones} {gets} {nodes}: one per zone makes {}, and one more makes the number odd. \
             An even number needs a larger majority without surviving more failures.",
            zone_count.get(),
        )
    } else {
        format!("{zones} {gets} {nodes}: one per zone, which is an odd number already.")
    }
}

fn placement(topology: &Topology) -> String {
    let shares = topology.placement().iter().map(|p| match p.nodes() {
        0 => format!("none in {}", p.zone()),
        nodes => format!("{nodes} in {}", p.zone()),
    });
    let shares = list(shares, "and");
    // Where all zones hold the same, no swap can be seen.
    if topology
        .size()
        .get()
        .is_multiple_of(topology.zones().count().get())
    {
        format!("Planned placement: {shares}.")
    } else {
        format!(
            "Planned placement: {shares}. AWS balances the counts but chooses which zones get the \
             larger share, so zones may swap places with those named here."
        )
    }
}

fn node_failure(topology: &Topology) -> String {
    let size = topology.size().get();
    let quorum = topology.quorum();
    match topology.tolerated_node_failures() {
        0 => "When the one node fails, the Kubernetes API stops until another runs, and what etcd \
              held is gone unless there is a backup."
            .to_owned(),
        1 => format!(
            "When a node fails, the Kubernetes API stays: etcd needs a quorum of {quorum} of its \
             {size} members, so any 1 node may be down, but not 2."
        ),
        failures => format!(
            "When a node fails, the Kubernetes API stays: etcd needs a quorum of {quorum} of its \
             {size} members, so any {failures} nodes may be down at once, but not {}.",
            failures + 1
        ),
    }
}

fn zone_failure(topology: &Topology) -> String {
    let quorum = topology.quorum();
    let nodes = count(topology.size().get(), "node");
    if topology.tolerates_zone_failure() {
        let least = topology
            .placement()
            .iter()
            .map(ZonePlacement::left_after_loss)
            .min();
        let least = least.unwrap_or(quorum);
        let slack = match least.saturating_sub(quorum) {
            0 => "no other node may fail meanwhile".to_owned(),
            spare => format!("{} may fail meanwhile", count(spare, "other node")),
        };
        return format!(
            "When a zone fails, whichever it is, the Kubernetes API stays: that leaves at least \
             {least} of {nodes}, and quorum is {quorum}; {slack}."
        );
    }

    // Zones with equal shares share their fate, and stand side by side.
    let alike = topology.placement().chunk_by(|a, b| a.nodes() == b.nodes());
    let fates = alike.filter_map(|zones| {
        let first = zones.first()?;
        let verb = if first.quorum_survives_loss() {
            "stays"
        } else {
            "stops"
        };
        let left = match first.left_after_loss() {
            0 => "no node".to_owned(),
            left => format!("{left} of {nodes}"),
        };
        Some(format!(
            "When {} fails, the Kubernetes API {verb}: that leaves {left}, and quorum is {quorum}.",
            list(zones.iter().map(ZonePlacement::zone), "or"),
        ))
    });
    let meanwhile = "While the API is stopped, what runs keeps running, but nothing \
                     is scheduled, changed or healed.";
    fates
        .chain([meanwhile.to_owned()])
        .collect::<Vec<_>>()
        .join(" ")
}

/// What the counts don't show.
fn edge_zones(topology: &Topology) -> Option<String> {
    let zones: Vec<_> = topology
        .edge_zones()
        .map(|z| format!("{z} ({})", z.kind()))
        .collect();
    (!zones.is_empty()).then(|| {
        format!(
            "All this counts each zone as failing alone. That is less certain for {}: such a zone \
             relies on a parent Availability Zone.",
            list(zones, "and"),
        )
    })
}

fn remedy(topology: &Topology) -> Option<String> {
    if topology.tolerates_zone_failure() {
        return None;
    }
    let zone_count = topology.zones().count();
    Some(match ControlPlaneSize::smallest_tolerating_zone_failure(zone_count) {
        Some(needed) => format!(
            "With {} these zones survive the loss of any one.",
            count(needed.get(), "control-plane node"),
        ),
        None if zone_count.get() == 2 => {
            "More nodes don't help: one of two zones always holds the majority of an odd number. \
             Recommended: add a third zone, then any one may fail."
                .to_owned()
        }
        None => {
            "More nodes don't help: they would all fail with the zone. Recommended: use three \
             zones, then any one may fail."
                .to_owned()
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::zones::Zones;

    fn explain(letters: &str, size: Option<i64>) -> String {
        let zones = Zones::parse(letters.chars().map(|c| format!("eu-west-1{c}"))).unwrap();
        explanation(&Topology::plan(
            zones,
            size.map(|s| ControlPlaneSize::new(s).unwrap()),
        ))
    }

    #[test]
    fn a_chosen_size_is_compared_with_the_rule() {
        let same = explain("abc", Some(3));
        assert!(same.starts_with("3 zones get 3 control-plane (master) nodes as chosen, just"));
        let other = explain("abc", Some(5));
        assert!(
            other.contains("(one per zone, made odd, at most 7) gives 3."),
            "{other}"
        );
        assert!(
            other.contains("any 2 nodes may be down at once, but not 3"),
            "{other}"
        );
    }

    #[test]
    fn a_size_too_small_gets_the_right_number() {
        let text = explain("abc", Some(1));
        assert!(
            text.contains("When eu-west-1a fails, the Kubernetes API stops: that leaves no node"),
            "{text}"
        );
        assert!(
            text.ends_with("With 3 control-plane nodes these zones survive the loss of any one.")
        );
    }

    #[test]
    fn a_cap_is_explained() {
        let text = explain("abcdefgh", None);
        assert!(text.starts_with("8 zones get 7 control-plane (master) nodes rather than 9"));
    }

    #[test]
    fn slack_beyond_the_zone_is_counted() {
        assert!(explain("abc", None).contains("at least 2 of 3 nodes, and quorum is 2; no other"));
        assert!(explain("abcde", None).contains("at least 4 of 5 nodes, and quorum is 3; 1 other"));
    }
}
