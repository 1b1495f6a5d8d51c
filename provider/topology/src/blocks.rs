//! How a VPC's IPv4 block is divided among zones.
//!
//! The block has eight places. Place `i` is a private block of 1/16 of the whole and a public one of
//! 1/128:
//!
//! | part of 10.0.0.0/16 | for |
//! |---|---|
//! | 10.0.0.0/20 to 10.0.112.0/20 | private subnets, places 0 to 7 |
//! | 10.0.128.0/23 to 10.0.142.0/23 | public subnets, places 0 to 7 |
//! | 10.0.144.0 to 10.0.255.255 | nothing: room for subnets of one's own |
//!
//! Nodes and their pods live in private subnets. Public ones hold load balancers and NAT gateways,
//! a few addresses each.

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

use ipnet::Ipv4Net;

use crate::error::{Error, NetworkBlockProblem};
use crate::zone::ZoneName;
use crate::zones::Zones;

/// An IPv4 block that can be a VPC's, such as `10.0.0.0/16`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct NetworkBlock(Ipv4Net);

/// The blocks of one zone's subnets.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct ZoneBlocks {
    /// Of the public subnet.
    pub public: Ipv4Net,
    /// Of the private subnet.
    pub private: Ipv4Net,
}

/// The blocks that a zone has already.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub struct KnownBlocks {
    /// Of the public subnet.
    pub public: Option<Ipv4Net>,
    /// Of the private subnet.
    pub private: Option<Ipv4Net>,
}

/// The largest and smallest blocks that AWS takes for VPCs and subnets, as prefix lengths.
/// <https://docs.aws.amazon.com/vpc/latest/userguide/vpc-cidr-blocks.html>
const LARGEST: u8 = 16;
const SMALLEST: u8 = 28;
/// A private block is 1/16 of the whole: eight of them are half of it.
const PRIVATE_BITS: u8 = 4;
/// A public block is 1/8 of a private one. In the smallest network that is a /28, whose 11 usable
/// addresses are enough for a load balancer, which needs 8 free ones, and a NAT gateway.
/// <https://docs.aws.amazon.com/elasticloadbalancing/latest/network/availability-zones.html>
const PUBLIC_BITS: u8 = 7;
/// Public blocks begin behind the private ones, which take the first half.
const FIRST_PUBLIC: u32 = 1 << (PUBLIC_BITS - 1);

impl NetworkBlock {
    /// How many zones there is room for. No region has more than six Availability Zones.
    pub const PLACES: u32 = 8;
    /// The smallest block with that room, as a prefix length.
    pub const SMALLEST_DIVISIBLE: u8 = SMALLEST - PUBLIC_BITS;

    /// The block.
    pub fn net(&self) -> Ipv4Net {
        self.0
    }

    /// The blocks of a place, counted from 0; `None` beyond the last place, or if the whole is too
    /// small to be divided.
    pub fn place(&self, index: u32) -> Option<ZoneBlocks> {
        if index >= Self::PLACES || self.0.prefix_len() > Self::SMALLEST_DIVISIBLE {
            return None;
        }
        Some(ZoneBlocks {
            public: self.part(PUBLIC_BITS, FIRST_PUBLIC + index)?,
            private: self.part(PRIVATE_BITS, index)?,
        })
    }

    /// Gives each zone its blocks.
    ///
    /// What a zone has stays, whatever it is: hand-made subnets needn't lie in places. Of the rest,
    /// in the order of [`Zones`], each takes the lowest place that no block of `existing` overlaps.
    /// `existing` may name zones that aren't wanted any more: their subnets are still there.
    ///
    /// # Errors
    /// [`Error::NetworkBlock`] if the block is too small to be divided, [`Error::NoRoom`] if no
    /// place is free.
    pub fn divide(
        &self,
        zones: &Zones,
        existing: &BTreeMap<String, KnownBlocks>,
    ) -> Result<BTreeMap<ZoneName, ZoneBlocks>, Error> {
        let mut taken: Vec<Ipv4Net> = existing
            .values()
            .flat_map(|known| known.public.into_iter().chain(known.private))
            .collect();
        let mut divided = BTreeMap::new();
        for zone in zones.iter() {
            let known = existing.get(zone.as_str()).copied().unwrap_or_default();
            let blocks = match (known.public, known.private) {
                (Some(public), Some(private)) => ZoneBlocks { public, private },
                _ => {
                    let free = self.free_place(&known, &taken);
                    let place = free.ok_or_else(|| self.no_place(zone, zones))?;
                    ZoneBlocks {
                        public: known.public.unwrap_or(place.public),
                        private: known.private.unwrap_or(place.private),
                    }
                }
            };
            taken.extend([blocks.public, blocks.private]);
            divided.insert(zone.clone(), blocks);
        }
        Ok(divided)
    }

    /// The lowest place whose blocks, as far as the zone lacks them, are free.
    fn free_place(&self, known: &KnownBlocks, taken: &[Ipv4Net]) -> Option<ZoneBlocks> {
        let is_free = |block: Ipv4Net| !taken.iter().any(|other| overlap(block, *other));
        (0..Self::PLACES)
            .filter_map(|index| self.place(index))
            .find(|place| {
                (known.public.is_some() || is_free(place.public))
                    && (known.private.is_some() || is_free(place.private))
            })
    }

    fn no_place(&self, zone: &ZoneName, zones: &Zones) -> Error {
        if self.place(0).is_none() {
            return Error::NetworkBlock {
                value: self.to_string(),
                problem: NetworkBlockProblem::TooSmall,
            };
        }
        Error::NoRoom {
            block: *self,
            zone: zone.clone(),
            zones: zones.count().get(),
        }
    }

    /// Part number `index` of the `2^bits` equal parts of the block.
    fn part(&self, bits: u8, index: u32) -> Option<Ipv4Net> {
        let prefix = self.0.prefix_len().checked_add(bits)?;
        let size = 1_u32.checked_shl(u32::from(32_u8.checked_sub(prefix)?))?;
        let start = u32::from(self.0.network()).checked_add(index.checked_mul(size)?)?;
        let part = Ipv4Net::new(start.into(), prefix).ok()?;
        self.0.contains(&part).then_some(part)
    }
}

/// Whether two blocks have an address in common.
pub fn overlap(one: Ipv4Net, other: Ipv4Net) -> bool {
    one.contains(&other) || other.contains(&one)
}

impl FromStr for NetworkBlock {
    type Err = Error;

    /// Parses CIDR notation.
    ///
    /// # Errors
    /// [`Error::NetworkBlock`].
    fn from_str(value: &str) -> Result<Self, Error> {
        let fault = |problem| Error::NetworkBlock {
            value: value.to_owned(),
            problem,
        };
        let net: Ipv4Net = value
            .parse()
            .map_err(|_| fault(NetworkBlockProblem::Grammar))?;
        if net.network() != net.addr() {
            return Err(fault(NetworkBlockProblem::HostBits(net.trunc())));
        }
        if !(LARGEST..=SMALLEST).contains(&net.prefix_len()) {
            return Err(fault(NetworkBlockProblem::PrefixLength));
        }
        Ok(Self(net))
    }
}

impl fmt::Display for NetworkBlock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::Field;

    fn block(text: &str) -> NetworkBlock {
        text.parse().unwrap()
    }

    fn net(text: &str) -> Ipv4Net {
        text.parse().unwrap()
    }

    fn zones(letters: &str) -> Zones {
        Zones::parse(letters.chars().map(|letter| format!("eu-west-1{letter}"))).unwrap()
    }

    fn private(divided: &BTreeMap<ZoneName, ZoneBlocks>) -> Vec<String> {
        divided
            .iter()
            .map(|(zone, blocks)| format!("{zone} {}", blocks.private))
            .collect()
    }

    /// What is there, as the next division finds it.
    fn known(divided: &BTreeMap<ZoneName, ZoneBlocks>) -> BTreeMap<String, KnownBlocks> {
        let entry = |(zone, blocks): (&ZoneName, &ZoneBlocks)| {
            let known = KnownBlocks {
                public: Some(blocks.public),
                private: Some(blocks.private),
            };
            (zone.to_string(), known)
        };
        divided.iter().map(entry).collect()
    }

    #[test]
    fn places_are_as_documented() {
        let block = block("10.0.0.0/16");
        for (index, public, private) in [
            (0, "10.0.128.0/23", "10.0.0.0/20"),
            (7, "10.0.142.0/23", "10.0.112.0/20"),
        ] {
            let expected = ZoneBlocks {
                public: net(public),
                private: net(private),
            };
            assert_eq!(block.place(index), Some(expected));
        }
        assert_eq!(block.place(8), None);
    }

    #[test]
    fn the_smallest_network_has_subnets_that_aws_takes() {
        let place = block("10.0.0.0/21").place(7).unwrap();
        assert_eq!(
            (place.public, place.private),
            (net("10.0.4.112/28"), net("10.0.3.128/25"))
        );
        assert_eq!(block("10.0.0.0/22").place(0), None);
        assert_eq!(block("255.255.0.0/16").place(7).map(|_| ()), Some(()));
    }

    #[test]
    fn what_is_no_block_of_a_vpc_is_said() {
        use NetworkBlockProblem::{Grammar, HostBits, PrefixLength};
        for (text, expected) in [
            ("", Grammar),
            ("10.0.0.0", Grammar),
            ("fd00::/16", Grammar),
            ("10.0.0.0/33", Grammar),
            ("10.0.1.0/16", HostBits(net("10.0.0.0/16"))),
            ("10.0.0.0/15", PrefixLength),
            ("10.0.0.0/29", PrefixLength),
        ] {
            match text.parse::<NetworkBlock>() {
                Err(Error::NetworkBlock { problem, .. }) => assert_eq!(problem, expected, "{text}"),
                other => panic!("{text}: {other:?}"),
            }
        }
    }

    #[test]
    fn a_new_zone_takes_the_lowest_free_place_and_none_moves() {
        let block = block("10.0.0.0/16");
        let first = block.divide(&zones("cb"), &BTreeMap::new()).unwrap();
        assert_eq!(
            private(&first),
            ["eu-west-1b 10.0.0.0/20", "eu-west-1c 10.0.16.0/20"]
        );
        let second = block.divide(&zones("abc"), &known(&first)).unwrap();
        assert_eq!(
            private(&second),
            [
                "eu-west-1a 10.0.32.0/20",
                "eu-west-1b 10.0.0.0/20",
                "eu-west-1c 10.0.16.0/20"
            ]
        );
        let third = block.divide(&zones("ac"), &known(&second)).unwrap();
        let fourth = block.divide(&zones("acd"), &known(&third)).unwrap();
        assert_eq!(
            private(&fourth),
            [
                "eu-west-1a 10.0.32.0/20",
                "eu-west-1c 10.0.16.0/20",
                "eu-west-1d 10.0.0.0/20"
            ]
        );
    }

    /// Its subnets go last, so they are still there when the new ones come.
    #[test]
    fn the_place_of_a_zone_that_leaves_is_not_free_yet() {
        let block = block("10.0.0.0/16");
        let first = block.divide(&zones("ab"), &BTreeMap::new()).unwrap();
        let second = block.divide(&zones("bc"), &known(&first)).unwrap();
        assert_eq!(
            private(&second),
            ["eu-west-1b 10.0.16.0/20", "eu-west-1c 10.0.32.0/20"]
        );
    }

    #[test]
    fn hand_made_blocks_stay_and_are_kept_clear_of() {
        let block = block("10.0.0.0/16");
        let by_hand = BTreeMap::from([(
            "eu-west-1a".to_owned(),
            KnownBlocks {
                public: None,
                private: Some(net("10.0.1.0/24")),
            },
        )]);
        let divided = block.divide(&zones("ab"), &by_hand).unwrap();
        assert_eq!(
            private(&divided),
            ["eu-west-1a 10.0.1.0/24", "eu-west-1b 10.0.16.0/20"]
        );
        let public: Vec<_> = divided.values().map(|blocks| blocks.public).collect();
        assert_eq!(public, [net("10.0.128.0/23"), net("10.0.130.0/23")]);
    }

    #[test]
    fn a_lack_of_room_is_blamed_on_what_can_change() {
        let small = block("10.0.0.0/24");
        let error = small.divide(&zones("a"), &BTreeMap::new()).unwrap_err();
        assert_eq!(error.field(), Field::NetworkBlock);
        assert!(error.to_string().contains("/21"), "{error}");

        let nine = zones("abcdefghi");
        let error = block("10.0.0.0/16")
            .divide(&nine, &BTreeMap::new())
            .unwrap_err();
        assert_eq!(error.field(), Field::AvailabilityZones);
        assert!(error.to_string().contains("eu-west-1i"), "{error}");

        // What exists needs no place.
        let blocks = KnownBlocks {
            public: Some(net("10.0.0.0/26")),
            private: Some(net("10.0.0.64/26")),
        };
        let by_hand = BTreeMap::from([("eu-west-1a".to_owned(), blocks)]);
        assert_eq!(small.divide(&zones("a"), &by_hand).unwrap().len(), 1);
    }
}
