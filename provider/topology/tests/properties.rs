//! Checks the arithmetic against brute force: nodes are laid out and taken away one by one.

#![expect(
    clippy::unwrap_used,
    reason = "clippy takes a strategy's function for production code"
)]

use proptest::prelude::*;
use topology::{ControlPlaneSize, Error, Members, Topology, Warning, ZoneCount, ZoneName, Zones};

/// Up to seven zones of some region, in any order, with every legal size and none.
fn plans() -> impl Strategy<Value = Topology> {
    const REGIONS: &[&str] = &[
        "eu-west-1",
        "us-gov-west-1",
        "ap-southeast-7",
        "us-east-1-atl-2",
    ];
    let letters: Vec<char> = ('a'..='g').collect();
    let letters = (1..=7usize, Just(letters).prop_shuffle());
    let size = prop::option::of(prop::sample::select(ControlPlaneSize::ALL.as_slice()));
    (prop::sample::select(REGIONS), letters, size).prop_map(|(region, (count, letters), size)| {
        let names = letters
            .iter()
            .take(count)
            .map(|letter| format!("{region}{letter}"));
        Topology::plan(Zones::parse(names).unwrap(), size)
    })
}

/// A zone's index for each node, such as `[0, 0, 1]`.
fn nodes_of(counts: &[u32]) -> Vec<usize> {
    let zones = counts.iter().enumerate();
    zones
        .flat_map(|(zone, nodes)| (0..*nodes).map(move |_| zone))
        .collect()
}

/// Whether the nodes outside one zone are more than half of all.
fn majority_without(nodes: &[usize], lost: usize) -> bool {
    let left = nodes.iter().filter(|zone| **zone != lost).count();
    left * 2 > nodes.len()
}

/// Every way to put nodes into zones so that counts differ by one at most.
fn balanced_placements(zones: usize, size: u32) -> Vec<Vec<u32>> {
    let mut found = vec![Vec::new()];
    for _ in 0..zones {
        found = found
            .into_iter()
            .flat_map(|counts: Vec<u32>| {
                (0..=size).map(move |nodes| [counts.as_slice(), &[nodes]].concat())
            })
            .filter(|counts| counts.iter().sum::<u32>() <= size && spread(counts) <= 1)
            .collect();
    }
    found.retain(|counts| counts.iter().sum::<u32>() == size);
    found
}

fn spread(counts: &[u32]) -> u32 {
    let most = counts.iter().max().copied().unwrap_or(0);
    most - counts.iter().min().copied().unwrap_or(0)
}

/// Small enough to try every case instead of a sample.
#[test]
fn tolerance_equals_brute_force_over_all_balanced_placements() {
    for zones in 1..=7usize {
        for size in ControlPlaneSize::ALL {
            let count = ZoneCount::new(i64::try_from(zones).unwrap()).unwrap();
            let placements = balanced_placements(zones, size.get());
            assert!(!placements.is_empty());
            for counts in placements {
                let nodes = nodes_of(&counts);
                let survives = (0..zones).all(|lost| majority_without(&nodes, lost));
                assert_eq!(survives, size.tolerates_zone_failure(count), "{counts:?}");
            }
        }
    }
}

#[test]
fn smallest_tolerating_size_equals_brute_force() {
    for zones in 1..=7usize {
        let tolerates = |size: &ControlPlaneSize| {
            balanced_placements(zones, size.get())
                .iter()
                .all(|counts| (0..zones).all(|lost| majority_without(&nodes_of(counts), lost)))
        };
        let count = ZoneCount::new(i64::try_from(zones).unwrap()).unwrap();
        assert_eq!(
            ControlPlaneSize::smallest_tolerating_zone_failure(count),
            ControlPlaneSize::ALL.into_iter().find(tolerates),
            "{zones} zones"
        );
    }
}

#[test]
fn tolerated_node_failures_are_the_most_that_leave_a_majority() {
    for members in 1..=9 {
        let most = (0..=members)
            .rev()
            .find(|lost| (members - lost) * 2 > members)
            .unwrap();
        let members = Members::new(members).unwrap();
        assert_eq!(i64::from(members.tolerated_failures()), most);
    }
}

proptest! {
    #[test]
    fn placement_is_complete_and_balanced(topology in plans()) {
        let counts: Vec<u32> = topology.placement().iter().map(|p| p.nodes()).collect();
        prop_assert_eq!(counts.iter().sum::<u32>(), topology.size().get());
        prop_assert!(spread(&counts) <= 1);
        prop_assert!(counts.is_sorted_by(|a, b| a >= b), "first zones get the larger share");
        let zones: Vec<_> = topology.placement().iter().map(|p| p.zone()).collect();
        prop_assert_eq!(zones, topology.zones().iter().collect::<Vec<_>>());
    }

    #[test]
    fn survival_equals_removing_nodes(topology in plans()) {
        let counts: Vec<u32> = topology.placement().iter().map(|p| p.nodes()).collect();
        let nodes = nodes_of(&counts);
        for (index, zone) in topology.placement().iter().enumerate() {
            prop_assert_eq!(zone.quorum_survives_loss(), majority_without(&nodes, index));
        }
        let all = (0..counts.len()).all(|lost| majority_without(&nodes, lost));
        prop_assert_eq!(topology.tolerates_zone_failure(), all);
    }

    #[test]
    fn words_name_each_zone_that_takes_the_quorum(topology in plans()) {
        let text = topology.explanation();
        let warnings = topology.warnings();
        let warned = |zone: &ZoneName| warnings.iter().any(|w| match w {
            Warning::QuorumLostWithZone { zones, .. }
            | Warning::SizeBelowZoneTolerance { zones, .. } => {
                zones.contains(zone) && w.to_string().contains(zone.as_str())
            }
            _ => false,
        });
        for zone in topology.placement() {
            let fatal = !zone.quorum_survives_loss();
            let stops = format!("When {} fails, the Kubernetes API stops", zone.zone());
            prop_assert_eq!(text.contains(&stops), fatal, "{}", text);
            prop_assert_eq!(warned(zone.zone()), fatal);
        }
        prop_assert!(!text.ends_with('\n') && !text.contains("  "));
    }

    #[test]
    fn diagrams_fit_a_terminal(topology in plans()) {
        let diagram = topology.diagram();
        prop_assert!(diagram.is_ascii() && diagram.ends_with('\n'));
        for line in diagram.lines() {
            prop_assert!(line.len() <= 80 && !line.ends_with(' '), "{:?}", line);
        }
        let masters = diagram.matches("[master]").count();
        prop_assert_eq!(u32::try_from(masters).unwrap(), topology.size().get());
        for zone in topology.zones().iter() {
            let caption = format!("lose {zone}:");
            prop_assert!(diagram.contains(&caption));
        }
    }

    #[test]
    fn order_of_zones_is_irrelevant(
        letters in Just(('a'..='g').collect::<Vec<_>>()).prop_shuffle(),
        count in 1..=7usize,
    ) {
        let mut names: Vec<_> =
            letters.iter().take(count).map(|letter| format!("eu-west-1{letter}")).collect();
        let given = Zones::parse(&names).unwrap();
        names.sort();
        prop_assert_eq!(given, Zones::parse(&names).unwrap());
    }

    #[test]
    fn any_text_is_a_zone_or_an_error_that_points_at_it(texts in prop::collection::vec(".*", 0..4)) {
        match Zones::parse(&texts) {
            Ok(zones) => prop_assert_eq!(zones.iter().len(), texts.len()),
            Err(Error::NoZones) => prop_assert!(texts.is_empty()),
            Err(error) => {
                prop_assert!(error.index().is_some_and(|index| index < texts.len()));
                prop_assert!(!error.to_string().contains('\n'));
            }
        }
    }

    /// Texts close to the grammar reach branches that arbitrary ones don't.
    #[test]
    fn near_names_keep_their_text_and_start_with_their_region(
        text in "[a-z]{1,4}(-[a-z]{0,5}){0,2}-[0-9]{0,2}[a-z]{0,2}(-(wl1|wlz|lax|1|1a|az1)){0,4}",
    ) {
        match text.parse::<ZoneName>() {
            Ok(zone) => {
                prop_assert_eq!(zone.as_str(), &text);
                prop_assert!(text.starts_with(zone.region()) && text != zone.region());
                prop_assert!(zone.region().ends_with(|c: char| c.is_ascii_digit()));
            }
            Err(Error::ZoneName { value, index, .. }) => {
                prop_assert_eq!((value, index), (text, None));
            }
            Err(error) => prop_assert!(false, "{}", error),
        }
    }

    /// However long a name is, its drawing stays within the terminal.
    #[test]
    fn long_names_fit_a_terminal(
        word in "[a-z]{2,30}",
        count in 1..=4usize,
        size in prop::sample::select(ControlPlaneSize::ALL.as_slice()),
    ) {
        let names = ('a'..='d').take(count).map(|letter| format!("{word}-w-1{letter}"));
        if let Ok(zones) = Zones::parse(names) {
            let diagram = Topology::plan(zones, Some(size)).diagram();
            prop_assert!(diagram.lines().all(|line| line.len() <= 80), "{}", diagram);
        }
    }

    #[test]
    fn any_number_is_taken_or_refused(value in any::<i64>(), near in -2..=10i64) {
        for value in [value, near] {
            let legal = (1..=7).contains(&value) && value % 2 == 1;
            prop_assert_eq!(ControlPlaneSize::new(value).is_ok(), legal);
            let countable = (1..=i64::from(u32::MAX)).contains(&value);
            prop_assert_eq!(Members::new(value).is_ok(), countable);
            prop_assert_eq!(ZoneCount::new(value).is_ok(), countable);
            if let Ok(zones) = ZoneCount::new(value) {
                let size = ControlPlaneSize::for_zones(zones);
                prop_assert!(ControlPlaneSize::ALL.contains(&size));
                prop_assert_eq!(size.tolerates_zone_failure(zones), value >= 3);
            }
        }
    }
}
