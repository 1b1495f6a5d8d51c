//! The plan of a control plane: all that zones and a size imply.

use crate::diagram;
use crate::explain;
use crate::picture;
use crate::placement::{ZonePlacement, place};
use crate::size::ControlPlaneSize;
use crate::warning::{self, Warning};
use crate::zone::{ZoneKind, ZoneName};
use crate::zones::Zones;

/// A control plane over zones: its size, its quorum, where its nodes stand, what it survives.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Topology {
    zones: Zones,
    size: ControlPlaneSize,
    size_is_chosen: bool,
    placement: Vec<ZonePlacement>,
}

impl Topology {
    /// Plans a control plane. Without a chosen size the rule decides
    /// ([`ControlPlaneSize::for_zones`]).
    pub fn plan(zones: Zones, chosen: Option<ControlPlaneSize>) -> Self {
        let size = chosen.unwrap_or_else(|| ControlPlaneSize::for_zones(zones.count()));
        let placement = place(&zones, size);
        Self {
            zones,
            size,
            size_is_chosen: chosen.is_some(),
            placement,
        }
    }

    /// The zones planned for.
    pub fn zones(&self) -> &Zones {
        &self.zones
    }

    /// How many control-plane (master) nodes there are.
    pub fn size(&self) -> ControlPlaneSize {
        self.size
    }

    /// Whether the size was chosen, rather than given by the rule.
    pub fn size_is_chosen(&self) -> bool {
        self.size_is_chosen
    }

    /// How many nodes must be up for the Kubernetes API to work.
    pub fn quorum(&self) -> u32 {
        self.size.members().quorum()
    }

    /// How many nodes, wherever they are, may be down at once.
    pub fn tolerated_node_failures(&self) -> u32 {
        self.size.members().tolerated_failures()
    }

    /// Whether the API stays up when any one zone fails, whichever it is.
    pub fn tolerates_zone_failure(&self) -> bool {
        self.size.tolerates_zone_failure(self.zones.count())
    }

    /// Every zone with its share of the nodes, in the order of [`Zones`]. See [`place`] for what
    /// AWS may swap.
    pub fn placement(&self) -> &[ZonePlacement] {
        &self.placement
    }

    /// Why the size is what it is, and what happens when a node or a zone fails, in plain words.
    ///
    /// A few paragraphs, one per line; no newline at the end.
    pub fn explanation(&self) -> String {
        explain::explanation(self)
    }

    /// What the user should know before building this; empty if nothing is amiss.
    pub fn warnings(&self) -> Vec<Warning> {
        warning::warnings(self)
    }

    /// A drawing for a terminal: load balancers, zones, nodes, and what each zone's loss leaves.
    ///
    /// Plain ASCII, at most 80 columns, no space before a line's end; ends with a newline.
    pub fn diagram(&self) -> String {
        diagram::diagram(self)
    }

    /// The same as an SVG document of its own, for a page or a file.
    ///
    /// It has a title and a description, fits light and dark pages, and runs no script; ends with a
    /// newline.
    pub fn diagram_svg(&self) -> String {
        picture::picture(self)
    }

    /// The zones that aren't Availability Zones.
    pub(crate) fn edge_zones(&self) -> impl Iterator<Item = &ZoneName> {
        self.zones
            .iter()
            .filter(|z| z.kind() != ZoneKind::AvailabilityZone)
    }

    /// The zones whose loss stops the API.
    pub(crate) fn critical_zones(&self) -> impl Iterator<Item = &ZonePlacement> {
        self.placement.iter().filter(|p| !p.quorum_survives_loss())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_chosen_size_wins_over_the_rule() {
        let zones = Zones::parse(["eu-west-1a", "eu-west-1b", "eu-west-1c"]).unwrap();
        let by_rule = Topology::plan(zones.clone(), None);
        assert_eq!((by_rule.size().get(), by_rule.size_is_chosen()), (3, false));

        let five = ControlPlaneSize::new(5).unwrap();
        let chosen = Topology::plan(zones, Some(five));
        assert_eq!((chosen.size(), chosen.size_is_chosen()), (five, true));
        assert_eq!((chosen.quorum(), chosen.tolerated_node_failures()), (3, 2));
        assert!(chosen.tolerates_zone_failure());
        assert_eq!(chosen.critical_zones().count(), 0);
    }
}
