//! Blocks of zones through any history of zones that come and go.

#![expect(
    clippy::unwrap_used,
    reason = "clippy takes a strategy's function for production code"
)]

use std::collections::BTreeMap;

use ipnet::Ipv4Net;
use proptest::prelude::*;
use topology::{Error, KnownBlocks, NetworkBlock, ZoneBlocks, ZoneName, Zones, overlap};

type Divided = BTreeMap<ZoneName, ZoneBlocks>;

/// Any block that can be divided.
fn networks() -> impl Strategy<Value = NetworkBlock> {
    (any::<u32>(), 16..=NetworkBlock::SMALLEST_DIVISIBLE).prop_map(|(address, prefix)| {
        let net = Ipv4Net::new(address.into(), prefix).unwrap().trunc();
        net.to_string().parse().unwrap()
    })
}

/// Sets of zones, one after the other, each in any order.
fn histories() -> impl Strategy<Value = Vec<Vec<String>>> {
    let letters: Vec<char> = ('a'..='h').collect();
    let zones = (1..=8usize, Just(letters).prop_shuffle()).prop_map(|(count, letters)| {
        let names = letters.iter().take(count);
        names.map(|letter| format!("eu-west-1{letter}")).collect()
    });
    prop::collection::vec(zones, 1..8)
}

fn blocks(divided: &Divided) -> Vec<Ipv4Net> {
    let both = |blocks: &ZoneBlocks| [blocks.public, blocks.private];
    divided.values().flat_map(both).collect()
}

fn known(divided: &Divided) -> BTreeMap<String, KnownBlocks> {
    let entry = |(zone, blocks): (&ZoneName, &ZoneBlocks)| {
        let known = KnownBlocks {
            public: Some(blocks.public),
            private: Some(blocks.private),
        };
        (zone.to_string(), known)
    };
    divided.iter().map(entry).collect()
}

proptest! {
    #[test]
    fn blocks_are_disjoint_inside_and_stay(network in networks(), history in histories()) {
        let mut before = Divided::new();
        for names in history {
            let zones = Zones::parse(&names).unwrap();
            let existing = known(&before);
            let now = match network.divide(&zones, &existing) {
                Ok(now) => now,
                Err(Error::NoRoom { .. }) => {
                    // Only because those that leave still have their places.
                    let all = zones.iter().map(ZoneName::to_string).chain(existing.into_keys());
                    let all: std::collections::BTreeSet<_> = all.collect();
                    prop_assert!(all.len() > 8, "{all:?}");
                    before.retain(|zone, _| names.contains(&zone.to_string()));
                    network.divide(&zones, &known(&before)).unwrap()
                }
                Err(error) => return Err(TestCaseError::fail(error.to_string())),
            };
            prop_assert_eq!(now.keys().collect::<Vec<_>>().len(), names.len());

            let mut leaving = before.clone();
            leaving.retain(|zone, _| !now.contains_key(zone));
            let mut all = blocks(&now);
            all.extend(blocks(&leaving));
            for (at, one) in all.iter().enumerate() {
                prop_assert!(network.net().contains(one) && (16..=28).contains(&one.prefix_len()));
                prop_assert!(!all.iter().skip(at + 1).any(|other| overlap(*one, *other)));
            }
            for (zone, blocks) in &before {
                prop_assert!(now.get(zone).is_none_or(|same| same == blocks), "{} moved", zone);
            }

            let mut turned = names;
            turned.reverse();
            let turned = Zones::parse(&turned).unwrap();
            prop_assert_eq!(&network.divide(&turned, &known(&before)).unwrap(), &now);
            prop_assert_eq!(&network.divide(&zones, &known(&now)).unwrap(), &now, "settled");
            before = now;
        }
    }

    /// Subnets that somebody made anywhere in the network are never overlapped.
    #[test]
    fn hand_made_blocks_are_kept_clear_of(
        network in networks(),
        places in prop::collection::vec((any::<u16>(), 0..=4u8), 0..6),
        count in 1..=4usize,
    ) {
        let parts = places.iter().map(|(at, more)| {
            let prefix = (network.net().prefix_len() + 3 + more).min(28);
            let mut parts = network.net().subnets(prefix).unwrap();
            let count = 1_usize << (prefix - network.net().prefix_len());
            parts.nth(usize::from(*at) % count).unwrap()
        });
        let existing: BTreeMap<_, _> = parts
            .enumerate()
            .map(|(at, part)| {
                let known = KnownBlocks { public: None, private: Some(part) };
                (format!("eu-west-2{at}"), known)
            })
            .collect();
        let zones = ('a'..='d').take(count).map(|letter| format!("eu-west-1{letter}"));
        let zones = Zones::parse(zones).unwrap();
        if let Ok(divided) = network.divide(&zones, &existing) {
            for one in blocks(&divided) {
                let there = existing.values().filter_map(|known| known.private);
                prop_assert!(!there.into_iter().any(|other| overlap(one, other)));
            }
        }
    }

    #[test]
    fn any_text_is_a_block_or_an_error(text in ".*", near in "[0-9]{1,3}\\.[0-9.]{0,9}/[0-9]{1,2}") {
        for text in [text, near] {
            if let Ok(network) = text.parse::<NetworkBlock>() {
                let parsed: Ipv4Net = text.parse().unwrap();
                prop_assert_eq!(network.net(), parsed);
            }
        }
    }
}
