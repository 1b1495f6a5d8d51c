//! What can be wrong with the input, each case with the value and its place.

use std::fmt;

use ipnet::Ipv4Net;

use crate::blocks::NetworkBlock;
use crate::zone::{MAX_ZONE_NAME_LEN, ZoneName};

/// Why an input isn't a topology.
///
/// [`Error::field`] and [`Error::index`] say where, so that a caller can point at the attribute
/// and the element.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A zone is named twice. Two entries of one zone would count as two places to fail.
    #[error("zone {zone} is listed twice (entries {first_index} and {index}, counted from 0)")]
    DuplicateZone {
        /// Where the repetition stands, from 0.
        index: usize,
        /// Where the zone stood first, from 0.
        first_index: usize,
        /// The zone.
        zone: ZoneName,
    },

    /// The control-plane size is even.
    #[error(
        "a control plane of {value} nodes is even: it survives no more failures than {} and \
         needs one node more; use {}", value.saturating_sub(1), neighbours(*value)
    )]
    EvenSize {
        /// The size given.
        value: i64,
    },

    /// A number of quorum members is below 1 or absurdly large.
    #[error("{value} is no number of members: it must be between 1 and {max}", max = u32::MAX)]
    MembersOutOfRange {
        /// The number given.
        value: i64,
    },

    /// Zones of several regions are mixed. One cluster lives in one region.
    #[error(
        "zone {zone} is in region {}, but the zones before it are in {region}: \
         one cluster lives in one region", zone.region()
    )]
    MixedRegions {
        /// Where the zone stands, from 0.
        index: usize,
        /// The zone that doesn't fit.
        zone: ZoneName,
        /// The region of the first zone.
        region: String,
    },

    /// A text isn't a block of IPv4 addresses that a VPC can have and zones can share.
    #[error("{value:?} can't be the network's block: {problem}")]
    NetworkBlock {
        /// The text given.
        value: String,
        /// What is wrong with it.
        problem: NetworkBlockProblem,
    },

    /// No place of the network's block is left for a zone.
    #[error(
        "no place in {block} is free for {zone}: the block has {} of them, for {zones} zones and \
         for subnets of zones that are still to go",
        NetworkBlock::PLACES
    )]
    NoRoom {
        /// The network's block.
        block: NetworkBlock,
        /// The zone without a place.
        zone: ZoneName,
        /// How many zones there are.
        zones: u32,
    },

    /// There are no zones.
    #[error("at least one availability zone is needed; three survive the loss of any one")]
    NoZones,

    /// The control-plane size is below 1 or above [`ControlPlaneSize::MAX`].
    ///
    /// [`ControlPlaneSize::MAX`]: crate::ControlPlaneSize::MAX
    #[error("a control plane of {value} nodes is out of range: use 1, 3, 5 or 7")]
    SizeOutOfRange {
        /// The size given.
        value: i64,
    },

    /// A number of zones is below 1 or absurdly large.
    #[error("{value} is no number of zones: it must be between 1 and {max}", max = u32::MAX)]
    ZoneCountOutOfRange {
        /// The number given.
        value: i64,
    },

    /// A text isn't the name of a zone.
    #[error("{value:?} is not a zone name: {problem}")]
    ZoneName {
        /// Where the text stands, from 0; `None` if it was parsed alone.
        index: Option<usize>,
        /// The text given.
        value: String,
        /// What is wrong with it.
        problem: ZoneNameProblem,
    },
}

impl Error {
    /// The input that has to change.
    pub fn field(&self) -> Field {
        match self {
            Self::EvenSize { .. }
            | Self::MembersOutOfRange { .. }
            | Self::SizeOutOfRange { .. } => Field::ControlPlaneSize,
            Self::DuplicateZone { .. }
            | Self::MixedRegions { .. }
            | Self::NoRoom { .. }
            | Self::NoZones
            | Self::ZoneCountOutOfRange { .. }
            | Self::ZoneName { .. } => Field::AvailabilityZones,
            Self::NetworkBlock { .. } => Field::NetworkBlock,
        }
    }

    /// The element of [`Error::field`] that has to change, from 0, if it is one element.
    pub fn index(&self) -> Option<usize> {
        match self {
            Self::DuplicateZone { index, .. } | Self::MixedRegions { index, .. } => Some(*index),
            Self::ZoneName { index, .. } => *index,
            _ => None,
        }
    }
}

/// What is wrong with a text that should be the name of a zone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ZoneNameProblem {
    /// A character no zone name has.
    #[error("only lowercase letters, digits and hyphens are allowed, not {0:?}")]
    Character(char),
    /// The text is empty.
    #[error("it is empty")]
    Empty,
    /// The text has the right characters in the wrong order.
    #[error("expected a region and a letter, such as eu-west-1a")]
    Grammar,
    /// The text names a region.
    #[error("it is a region; add the zone's letter, such as eu-west-1a for eu-west-1")]
    Region,
    /// The text is longer than any zone's name.
    #[error("it is longer than {MAX_ZONE_NAME_LEN} characters")]
    TooLong,
    /// The text is a zone id, which is the same place in every account.
    #[error("it looks like a zone id; give the zone's name in this account, such as eu-west-1a")]
    ZoneId,
}

/// What is wrong with a text that should be a network's block.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum NetworkBlockProblem {
    /// The text isn't CIDR notation of IPv4.
    #[error("expected IPv4 addresses in CIDR notation, such as 10.0.0.0/16")]
    Grammar,
    /// Bits are set behind the prefix.
    #[error("bits are set behind the prefix; did you mean {0}?")]
    HostBits(Ipv4Net),
    /// AWS takes no VPC of this size.
    #[error("AWS takes prefix lengths from 16 to 28")]
    PrefixLength,
    /// Its parts would be smaller than AWS takes subnets.
    #[error(
        "it is too small to be divided among {} zones; a /{} or larger is needed",
        NetworkBlock::PLACES,
        NetworkBlock::SMALLEST_DIVISIBLE
    )]
    TooSmall,
}

/// The input that an error or a warning is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Field {
    /// The zones: `availability_zones`.
    AvailabilityZones,
    /// The number of control-plane nodes: `control_plane_size`.
    ControlPlaneSize,
    /// The network's IPv4 addresses: `cidr_block`.
    NetworkBlock,
}

impl Field {
    /// The name users type.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::AvailabilityZones => "availability_zones",
            Self::ControlPlaneSize => "control_plane_size",
            Self::NetworkBlock => "cidr_block",
        }
    }
}

impl fmt::Display for Field {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// The odd sizes beside an even one.
fn neighbours(value: i64) -> String {
    format!("{} or {}", value.saturating_sub(1), value.saturating_add(1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_name_value_and_remedy() {
        assert_eq!(
            Error::EvenSize { value: 4 }.to_string(),
            "a control plane of 4 nodes is even: it survives no more failures than 3 and needs \
             one node more; use 3 or 5"
        );
        let error = Error::ZoneName {
            index: Some(1),
            value: "eu-west-1\n".to_owned(),
            problem: ZoneNameProblem::Character('\n'),
        };
        assert_eq!(
            error.to_string(),
            "\"eu-west-1\\n\" is not a zone name: only lowercase letters, digits and hyphens are \
             allowed, not '\\n'"
        );
        assert_eq!(
            (error.field().as_str(), error.index()),
            ("availability_zones", Some(1))
        );
    }
}
