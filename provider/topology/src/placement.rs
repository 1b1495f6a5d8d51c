//! Which zone holds how many control-plane nodes.

use crate::quorum::Members;
use crate::size::ControlPlaneSize;
use crate::zone::ZoneName;
use crate::zones::Zones;

/// Spreads control-plane nodes over zones, as evenly as they go.
///
/// Counts differ by one at most; the zones that come first in [`Zones`] get the larger share.
/// With fewer nodes than zones the last ones get none. The result has every zone, in that order.
///
/// An Auto Scaling group balances its zones the same way, but AWS chooses which of them get the
/// larger share. So the *counts* here are what will be, up to a swap of zones; whether any one
/// zone may fail is the same for every swap. It is not the same for a group out of balance, as
/// after launches that failed for want of capacity: there, ask [`Members::quorum_survives`] with
/// the living counts.
pub fn place(zones: &Zones, size: ControlPlaneSize) -> Vec<ZonePlacement> {
    let zone_count = zones.count().get();
    let share = size.get() / zone_count;
    let larger_shares = size.get() % zone_count;
    (0..)
        .zip(zones.iter())
        .map(|(position, zone)| ZonePlacement {
            zone: zone.clone(),
            nodes: share + u32::from(position < larger_shares),
            members: size.members(),
        })
        .collect()
}

/// One zone's share of the control plane.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct ZonePlacement {
    zone: ZoneName,
    nodes: u32,
    members: Members,
}

impl ZonePlacement {
    /// The zone.
    pub fn zone(&self) -> &ZoneName {
        &self.zone
    }

    /// How many control-plane nodes it holds; 0 if there are fewer nodes than zones.
    pub fn nodes(&self) -> u32 {
        self.nodes
    }

    /// How many control-plane nodes are left when the zone fails.
    pub fn left_after_loss(&self) -> u32 {
        self.members.get() - self.nodes
    }

    /// Whether those that are left are a quorum, so that the Kubernetes API stays up.
    pub fn quorum_survives_loss(&self) -> bool {
        self.members.quorum_survives(self.nodes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Each zone's count and survival.
    fn placed(letters: &str, size: i64) -> Vec<(u32, bool)> {
        let zones = Zones::parse(letters.chars().map(|c| format!("eu-west-1{c}"))).unwrap();
        place(&zones, ControlPlaneSize::new(size).unwrap())
            .iter()
            .map(|p| (p.nodes(), p.quorum_survives_loss()))
            .collect()
    }

    #[test]
    fn first_zones_get_the_larger_share() {
        assert_eq!(placed("a", 1), [(1, false)]);
        assert_eq!(placed("ba", 3), [(2, false), (1, true)]);
        assert_eq!(placed("abc", 3), [(1, true); 3]);
        assert_eq!(
            placed("abcd", 5),
            [(2, true), (1, true), (1, true), (1, true)]
        );
        assert_eq!(placed("abc", 7), [(3, true), (2, true), (2, true)]);
    }

    #[test]
    fn fewer_nodes_than_zones_leave_zones_empty() {
        assert_eq!(placed("abc", 1), [(1, false), (0, true), (0, true)]);
        assert_eq!(
            placed("abcd", 3),
            [(1, true), (1, true), (1, true), (0, true)]
        );
    }

    #[test]
    fn what_is_left_is_counted() {
        let zones = Zones::parse(["eu-west-1a", "eu-west-1b"]).unwrap();
        let placement = place(&zones, ControlPlaneSize::new(3).unwrap());
        let left: Vec<_> = placement
            .iter()
            .map(ZonePlacement::left_after_loss)
            .collect();
        assert_eq!(left, [1, 2]);
    }
}
