//! Where an exploration starts, and what it is to reach.

use std::collections::BTreeSet;

use rollout::{Goal, TargetGroups, Wishes};
use topology::{ControlPlaneSize, Zones};

use crate::world::{Health, LOOK, Life, Node, Target, World, name};

pub(crate) const API: &str = "api";

pub(crate) fn zone_name(zone: u8) -> String {
    format!("eu-west-1{}", char::from(b'a' + zone))
}

/// A roll or a resize to explore.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Scenario {
    pub(crate) name: &'static str,
    /// The nodes at the start, each by its zone's letter: a capital one is outdated.
    pub(crate) nodes: &'static str,
    /// The planned zones' letters.
    pub(crate) zones: &'static str,
    /// The planned size.
    pub(crate) size: i64,
    /// How many faults may happen.
    pub(crate) faults: u8,
    pub(crate) allow_control_plane_outage: bool,
    /// The id of the node to roll last.
    pub(crate) roll_last: Option<u8>,
}

impl Scenario {
    pub(crate) const fn new(
        name: &'static str,
        nodes: &'static str,
        zones: &'static str,
        size: i64,
    ) -> Self {
        Self {
            name,
            nodes,
            zones,
            size,
            faults: 0,
            allow_control_plane_outage: false,
            roll_last: None,
        }
    }

    pub(crate) const fn with_faults(self, faults: u8) -> Self {
        Self { faults, ..self }
    }

    pub(crate) const fn with_outage_allowed(self) -> Self {
        Self {
            allow_control_plane_outage: true,
            ..self
        }
    }

    pub(crate) const fn with_last(self, id: u8) -> Self {
        Self {
            roll_last: Some(id),
            ..self
        }
    }

    /// The goal, with patience for so many looks.
    pub(crate) fn goal(&self, patience: u32) -> Goal {
        let wishes = Wishes {
            drain_delay: LOOK,
            stable_for: LOOK,
            replacement_timeout: LOOK * patience,
            allow_control_plane_outage: self.allow_control_plane_outage,
        };
        Goal {
            size: ControlPlaneSize::new(self.size).unwrap(),
            zones: Zones::parse(self.zones.bytes().map(|z| zone_name(z - b'a'))).unwrap(),
            target_groups: TargetGroups {
                api: BTreeSet::from([API.to_owned()]),
                service: BTreeSet::new(),
            },
            roll_last: self.roll_last.map(name),
            settings: wishes.check().unwrap(),
        }
    }

    pub(crate) fn world(&self) -> World {
        let node = |(id, letter): (u8, u8)| Node {
            id,
            zone: letter.to_ascii_lowercase() - b'a',
            outdated: letter.is_ascii_uppercase(),
            life: Life::InService,
            health: Health::Up,
            target: Target::Registered,
            is_new: false,
            member: true,
            ours: false,
            seen_healthy: 0,
            seen_out: 0,
        };
        let nodes: Vec<_> = (0..).zip(self.nodes.bytes()).map(node).collect();
        let size = u8::try_from(nodes.len()).unwrap();
        World {
            nodes,
            min: size,
            max: size,
            desired: size,
            ghosts: 0,
            owed: false,
            dead_zone: None,
            faults: self.faults,
        }
    }
}
