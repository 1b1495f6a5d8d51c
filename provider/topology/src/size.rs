//! How many control-plane nodes there are: the limits of the number, and the rule that gives it.

use crate::error::Error;
use crate::quorum::Members;

/// A number of control-plane (master) nodes: 1, 3, 5 or 7.
///
/// Odd, because an even number needs a larger majority without surviving more failures. At most
/// [`MAX`](Self::MAX).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ControlPlaneSize(u32);

impl ControlPlaneSize {
    /// The largest control plane: 7 nodes.
    ///
    /// Each node carries an etcd member, and etcd's FAQ ("What is maximum cluster size?",
    /// <https://etcd.io/docs/latest/faq/>) advises against more than seven: every write is
    /// copied to all members, so each one makes writes slower, while seven already survive the
    /// loss of three.
    pub const MAX: Self = Self(7);

    /// Every legal size, smallest first.
    pub const ALL: [Self; 4] = [Self(1), Self(3), Self(5), Self::MAX];

    /// Takes a size that a user chose.
    ///
    /// # Errors
    /// [`Error::SizeOutOfRange`] below 1 or above [`MAX`](Self::MAX), else [`Error::EvenSize`].
    pub fn new(value: i64) -> Result<Self, Error> {
        match u32::try_from(value) {
            Ok(size) if !(1..=Self::MAX.0).contains(&size) => Err(Error::SizeOutOfRange { value }),
            Ok(size) if size % 2 == 0 => Err(Error::EvenSize { value }),
            Ok(size) => Ok(Self(size)),
            Err(_) => Err(Error::SizeOutOfRange { value }),
        }
    }

    /// The size that a number of zones gets: one node per zone, one more if that is even, and
    /// never more than [`MAX`](Self::MAX).
    ///
    /// The cap matters from eight zones on (no region has so many Availability Zones; Local
    /// Zones may add up to it). It costs nothing: seven nodes over eight zones still survive the
    /// loss of any one, nine etcd members would only write more slowly. The zones beyond the
    /// seventh hold workers only.
    pub fn for_zones(zones: ZoneCount) -> Self {
        Self(uncapped_size(zones)).min(Self::MAX)
    }

    /// The smallest size with which a number of zones survives the loss of any one of them.
    ///
    /// `None` for one zone and for two: one of two zones always holds a majority of an odd
    /// number of nodes.
    pub fn smallest_tolerating_zone_failure(zones: ZoneCount) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|size| size.tolerates_zone_failure(zones))
    }

    /// The number of nodes.
    pub fn get(self) -> u32 {
        self.0
    }

    /// The nodes as members of a quorum: each carries one etcd member.
    pub fn members(self) -> Members {
        Members::from_size(self.0)
    }

    /// Whether quorum survives the loss of any one zone, when the nodes are spread evenly.
    ///
    /// The fullest zone holds M/N nodes, rounded up; what it leaves must be a majority of M:
    /// M - ceil(M/N) >= floor(M/2) + 1.
    pub fn tolerates_zone_failure(self, zones: ZoneCount) -> bool {
        self.members().quorum_survives(self.0.div_ceil(zones.get()))
    }
}

/// A number of zones, at least 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ZoneCount(u32);

impl ZoneCount {
    /// Takes a number of zones.
    ///
    /// # Errors
    /// [`Error::ZoneCountOutOfRange`] below 1 or above `u32::MAX`.
    pub fn new(value: i64) -> Result<Self, Error> {
        match u32::try_from(value) {
            Ok(zones) if zones > 0 => Ok(Self(zones)),
            _ => Err(Error::ZoneCountOutOfRange { value }),
        }
    }

    /// The number.
    pub fn get(self) -> u32 {
        self.0
    }

    /// For lists that are known not to be empty. More than `u32::MAX` zones don't exist.
    pub(crate) fn of<T>(zones: &[T]) -> Self {
        Self(u32::try_from(zones.len()).unwrap_or(u32::MAX).max(1))
    }
}

/// One node per zone, one more if that is even: the rule before the cap.
pub(crate) fn uncapped_size(zones: ZoneCount) -> u32 {
    // Setting the lowest bit adds one to even numbers only, and can't overflow.
    zones.0 | 1
}

#[cfg(test)]
mod tests {
    use super::*;

    fn zones(count: i64) -> ZoneCount {
        ZoneCount::new(count).unwrap()
    }

    #[test]
    fn zones_to_size_quorum_and_tolerance() {
        for (count, size, quorum, tolerates) in [
            (1, 1, 1, false),
            (2, 3, 2, false),
            (3, 3, 2, true),
            (4, 5, 3, true),
            (5, 5, 3, true),
            (6, 7, 4, true),
            (7, 7, 4, true),
        ] {
            let given = ControlPlaneSize::for_zones(zones(count));
            assert_eq!(given.get(), size, "{count} zones");
            assert_eq!(given.members().quorum(), quorum, "{count} zones");
            assert_eq!(
                given.tolerates_zone_failure(zones(count)),
                tolerates,
                "{count} zones"
            );
        }
    }

    #[test]
    fn size_is_capped_and_still_tolerates() {
        for count in [8, 9, 100, i64::from(u32::MAX)] {
            let size = ControlPlaneSize::for_zones(zones(count));
            assert_eq!(size, ControlPlaneSize::MAX);
            assert!(size.tolerates_zone_failure(zones(count)));
        }
    }

    #[test]
    fn three_nodes_are_the_least_that_tolerate() {
        assert_eq!(
            ControlPlaneSize::smallest_tolerating_zone_failure(zones(1)),
            None
        );
        assert_eq!(
            ControlPlaneSize::smallest_tolerating_zone_failure(zones(2)),
            None
        );
        for count in 3..=9 {
            let smallest = ControlPlaneSize::smallest_tolerating_zone_failure(zones(count));
            assert_eq!(
                smallest.map(ControlPlaneSize::get),
                Some(3),
                "{count} zones"
            );
        }
    }

    #[test]
    fn sizes_are_odd_and_from_1_to_7() {
        let legal: Vec<_> = (-1..=9)
            .filter(|v| ControlPlaneSize::new(*v).is_ok())
            .collect();
        assert_eq!(legal, [1, 3, 5, 7]);
        assert_eq!(legal, ControlPlaneSize::ALL.map(|s| i64::from(s.get())));
        for value in [2, 4, 6] {
            assert_eq!(ControlPlaneSize::new(value), Err(Error::EvenSize { value }));
        }
        for value in [i64::MIN, -3, 0, 8, 9, i64::MAX] {
            assert_eq!(
                ControlPlaneSize::new(value),
                Err(Error::SizeOutOfRange { value })
            );
        }
    }

    #[test]
    fn zone_counts_are_positive() {
        for value in [i64::MIN, -1, 0, i64::MAX] {
            assert_eq!(
                ZoneCount::new(value),
                Err(Error::ZoneCountOutOfRange { value })
            );
        }
    }
}
