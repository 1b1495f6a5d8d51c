//! What NAT gateways there are, and in which zones. Pure.

use std::collections::BTreeSet;

use tfplug::{Attr, Map};
use topology::{ZoneName, Zones};

use super::model::Network;
use super::observed::entries;

/// What NAT gateways there are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Mode {
    PerZone,
    Single,
    None,
}

impl Mode {
    pub(super) fn as_str(self) -> &'static str {
        match self {
            Self::PerZone => "per_zone",
            Self::Single => "single",
            Self::None => "none",
        }
    }

    pub(super) fn parse(text: &str) -> Option<Self> {
        [Self::PerZone, Self::Single, Self::None]
            .into_iter()
            .find(|mode| mode.as_str() == text)
    }

    /// The mode of a network that is imported: one gateway for several zones is a single one.
    pub(super) fn found(zones: usize, nat_gateways: usize) -> Self {
        match nat_gateways {
            0 => Self::None,
            1 if zones > 1 => Self::Single,
            _ => Self::PerZone,
        }
    }
}

/// The zones that have a NAT gateway. The single one stays where it is, for as long as that is
/// listed.
pub(super) fn nat_zones(mode: Mode, zones: &Zones, prior: Option<&Network>) -> BTreeSet<String> {
    match mode {
        Mode::None => BTreeSet::new(),
        Mode::PerZone => zones.iter().map(ZoneName::to_string).collect(),
        Mode::Single => {
            // One that somebody deleted may have left its address.
            let has_gateway = |zone: &&ZoneName| {
                let has = |ids: &Attr<Map<String>>| entries(ids).contains_key(zone.as_str());
                prior.is_some_and(|prior| {
                    has(&prior.nat_gateway_ids) || has(&prior.nat_gateway_allocation_ids)
                })
            };
            let zone = zones
                .iter()
                .find(has_gateway)
                .or_else(|| zones.iter().next());
            zone.map(ZoneName::to_string).into_iter().collect()
        }
    }
}
