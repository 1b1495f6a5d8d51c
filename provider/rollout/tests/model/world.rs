//! An Auto Scaling group, its nodes and their etcd in miniature, with what can happen to them.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use rollout::{Goal, Group, Instance, Lifecycle, Observation, Step, TargetHealth};

use crate::scenario::{API, zone_name};

/// The time between two looks. Delays of a scenario are counted in it.
pub(crate) const LOOK: Duration = Duration::from_secs(1);

/// How many looks in a row are remembered of a node; more make no difference to any check.
const LOOKS_KEPT: u8 = 2;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Life {
    Pending,
    InService,
    Terminating,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Health {
    /// Boots, joins etcd.
    Starting,
    Up,
    /// The API server fails; EC2 sees nothing.
    Sick,
    /// The machine is down; AWS will see it.
    Dead,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Target {
    Registered,
    Draining,
    Absent,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct Node {
    pub(crate) id: u8,
    pub(crate) zone: u8,
    pub(crate) outdated: bool,
    pub(crate) life: Life,
    pub(crate) health: Health,
    pub(crate) target: Target,
    /// Whether it was launched since the start.
    pub(crate) is_new: bool,
    /// Whether etcd counts it as a member, up or not.
    pub(crate) member: bool,
    /// Whether the roll took it out.
    pub(crate) ours: bool,
    /// In how many looks in a row the present process saw it healthy.
    pub(crate) seen_healthy: u8,
    /// In how many looks in a row the present process saw it in service, in no target group.
    pub(crate) seen_out: u8,
}

impl Node {
    pub(crate) fn is_voting(&self) -> bool {
        self.member && self.health == Health::Up && self.life == Life::InService
    }

    pub(crate) fn is_serving(&self) -> bool {
        self.health == Health::Up
            && self.life == Life::InService
            && self.target == Target::Registered
    }

    fn is_counted(&self) -> bool {
        self.life != Life::Terminating
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct World {
    /// By id.
    pub(crate) nodes: Vec<Node>,
    pub(crate) min: u8,
    pub(crate) max: u8,
    pub(crate) desired: u8,
    /// Members that etcd still counts, whose machines are gone.
    pub(crate) ghosts: u8,
    /// Whether the roll terminated a node whose successor isn't healthy yet.
    pub(crate) owed: bool,
    pub(crate) dead_zone: Option<u8>,
    /// How many faults may still happen.
    pub(crate) faults: u8,
}

/// What happens without the provider.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Event {
    // What AWS and nodes do if they behave.
    Drained(u8),
    Gone(u8),
    Launched {
        id: u8,
        zone: u8,
    },
    InService(u8),
    Healthy(u8),
    Recovered(u8),
    Replaced(u8),
    ZoneBack(u8),
    // Faults.
    Crashed(u8),
    FellSick(u8),
    NeverStarted(u8),
    DeregisteredByHand(u8),
    ZoneDied(u8),
    /// The user plans another template: every node is outdated.
    TemplateChanged,
    /// The user goes back to the template that the first nodes have.
    TemplateReverted,
}

impl Event {
    /// Whether the provider is run anew for it.
    pub(crate) fn is_new_plan(self) -> bool {
        matches!(self, Self::TemplateChanged | Self::TemplateReverted)
    }
}

/// What AWS says to a step.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Refused(pub(crate) String);

impl World {
    pub(crate) fn members(&self) -> u32 {
        let members = self.nodes.iter().filter(|node| node.member).count();
        u32::try_from(members).unwrap() + u32::from(self.ghosts)
    }

    pub(crate) fn node(&self, id: u8) -> &Node {
        self.nodes.iter().find(|node| node.id == id).unwrap()
    }

    /// The ids of all nodes, one bit each.
    pub(crate) fn ids(&self) -> u32 {
        self.nodes.iter().fold(0, |ids, node| ids | 1 << node.id)
    }

    fn node_mut(&mut self, id: u8) -> &mut Node {
        self.nodes.iter_mut().find(|node| node.id == id).unwrap()
    }

    /// Everything that can happen next if AWS and nodes behave. `avoid` are ids that the process
    /// still has in mind.
    pub(crate) fn deeds(&self, goal: &Goal, avoid: u32) -> Vec<Event> {
        let mut events = Vec::new();
        for node in &self.nodes {
            let zone_is_up = self.dead_zone != Some(node.zone);
            if node.target == Target::Draining && node.life == Life::InService {
                events.push(Event::Drained(node.id));
            }
            match (node.life, node.health) {
                (Life::Terminating, _) => events.push(Event::Gone(node.id)),
                (Life::Pending, _) if zone_is_up => events.push(Event::InService(node.id)),
                (Life::InService, Health::Starting) if zone_is_up && self.may_join(node) => {
                    events.push(Event::Healthy(node.id));
                }
                (Life::InService, Health::Sick) if zone_is_up && self.may_join(node) => {
                    events.push(Event::Recovered(node.id));
                }
                (Life::InService, Health::Dead) => events.push(Event::Replaced(node.id)),
                _ => {}
            }
        }
        let counted = self.nodes.iter().filter(|node| node.is_counted());
        if counted.count() < usize::from(self.desired) {
            let taken = self.ids() | avoid;
            let id = u8::try_from(taken.trailing_ones()).unwrap();
            let zones = self.zones_to_launch_in(goal);
            events.extend(zones.into_iter().map(|zone| Event::Launched { id, zone }));
        }
        events.extend(self.dead_zone.map(Event::ZoneBack));
        events
    }

    /// etcd takes no new member while one is dead, and a dead one's member is removed only when
    /// its machine is gone for good.
    fn may_join(&self, newcomer: &Node) -> bool {
        let is_dead = |node: &Node| node.life == Life::Terminating || node.health == Health::Dead;
        newcomer.member || !self.nodes.iter().any(|node| node.member && is_dead(node))
    }

    /// Everything that can go wrong next.
    ///
    /// But one thing that can't be seen and isn't answered for: that a node dies after it was
    /// taken out for good, and before it has taken its member out of etcd.
    pub(crate) fn faults(&self, goal: &Goal) -> Vec<Event> {
        let mut events = Vec::new();
        if self.faults == 0 {
            return events;
        }
        let is_removal = u32::from(self.desired) > goal.size.get();
        let is_exempt = |node: &Node| is_removal && node.ours;
        for node in self
            .nodes
            .iter()
            .filter(|node| node.life == Life::InService && !is_exempt(node))
        {
            match node.health {
                Health::Up => {
                    events.push(Event::Crashed(node.id));
                    events.push(Event::FellSick(node.id));
                }
                Health::Starting => events.push(Event::NeverStarted(node.id)),
                Health::Sick | Health::Dead => {}
            }
            if node.target == Target::Registered {
                events.push(Event::DeregisteredByHand(node.id));
            }
        }
        if !self.nodes.iter().all(|node| node.outdated) {
            events.push(Event::TemplateChanged);
        }
        if !self.nodes.iter().all(|node| node.outdated == node.is_new) {
            events.push(Event::TemplateReverted);
        }
        if self.dead_zone.is_none() {
            let mut zones: BTreeSet<u8> = self.nodes.iter().map(|node| node.zone).collect();
            for node in self.nodes.iter().filter(|node| is_exempt(node)) {
                zones.remove(&node.zone);
            }
            events.extend(zones.into_iter().map(Event::ZoneDied));
        }
        events
    }

    /// The emptiest of the planned zones, among which AWS chooses; nothing is launched in a dead
    /// zone, nor elsewhere instead of it.
    fn zones_to_launch_in(&self, goal: &Goal) -> Vec<u8> {
        let crowd = |zone: u8| {
            let counted = self.nodes.iter().filter(|node| node.is_counted());
            counted.filter(|node| node.zone == zone).count()
        };
        let planned = |zone: &u8| goal.zones.iter().any(|z| z.as_str() == zone_name(*zone));
        let planned: Vec<u8> = (0..26).filter(planned).collect();
        let least = planned.iter().map(|zone| crowd(*zone)).min().unwrap();
        planned
            .into_iter()
            .filter(|zone| crowd(*zone) == least && self.dead_zone != Some(*zone))
            .collect()
    }

    pub(crate) fn happen(&mut self, event: Event) {
        match event {
            Event::Drained(id) => self.node_mut(id).target = Target::Absent,
            Event::Gone(id) => {
                let node = *self.node(id);
                self.ghosts += u8::from(node.member);
                self.nodes.retain(|node| node.id != id);
            }
            Event::Launched { id, zone } => {
                self.nodes.push(Node {
                    id,
                    zone,
                    outdated: false,
                    life: Life::Pending,
                    health: Health::Starting,
                    target: Target::Absent,
                    is_new: true,
                    member: false,
                    ours: false,
                    seen_healthy: 0,
                    seen_out: 0,
                });
                self.nodes.sort_by_key(|node| node.id);
            }
            Event::InService(id) => {
                let node = self.node_mut(id);
                node.life = Life::InService;
                node.target = Target::Registered;
            }
            Event::Healthy(id) | Event::Recovered(id) => {
                let node = self.node_mut(id);
                node.health = Health::Up;
                // A newcomer removes the members of those that are gone, then joins.
                if !node.member {
                    node.member = true;
                    self.ghosts = 0;
                }
            }
            Event::Replaced(id) => {
                let node = self.node_mut(id);
                node.life = Life::Terminating;
                node.target = Target::Absent;
            }
            Event::ZoneBack(_) => self.dead_zone = None,
            Event::Crashed(id) => self.fault(|world| world.node_mut(id).health = Health::Dead),
            Event::FellSick(id) | Event::NeverStarted(id) => {
                self.fault(|world| world.node_mut(id).health = Health::Sick);
            }
            Event::DeregisteredByHand(id) => {
                self.fault(|world| world.node_mut(id).target = Target::Absent);
            }
            Event::TemplateChanged => self.fault(|world| {
                for node in &mut world.nodes {
                    node.outdated = true;
                }
            }),
            Event::TemplateReverted => self.fault(|world| {
                for node in &mut world.nodes {
                    node.outdated = node.is_new;
                }
            }),
            Event::ZoneDied(zone) => self.fault(|world| {
                world.dead_zone = Some(zone);
                for node in world.nodes.iter_mut().filter(|node| node.zone == zone) {
                    node.health = Health::Dead;
                    if node.life == Life::Pending {
                        node.life = Life::Terminating;
                    }
                }
            }),
        }
        self.settle_debts();
    }

    fn fault(&mut self, what: impl FnOnce(&mut Self)) {
        self.faults -= 1;
        what(self);
    }

    /// What the roll took is given back when the group is complete and all new nodes are healthy,
    /// but for those that have become outdated themselves.
    fn settle_debts(&mut self) {
        let complete = self.nodes.len() == usize::from(self.desired);
        if complete
            && self
                .nodes
                .iter()
                .filter(|node| node.is_new && !node.outdated)
                .all(Node::is_serving)
        {
            self.owed = false;
        }
        for node in &mut self.nodes {
            node.ours &= node.target != Target::Registered;
        }
    }

    /// Does a step of the provider. What is done already is done again without effect.
    pub(crate) fn apply(&mut self, step: &Step) -> Result<(), Refused> {
        match step {
            Step::Deregister { id } => {
                let node = self.node_mut(number(id));
                if node.life == Life::InService && node.target == Target::Registered {
                    node.target = Target::Draining;
                    node.ours = true;
                }
            }
            Step::Register { id } => {
                let node = self.node_mut(number(id));
                if node.life == Life::InService {
                    node.target = Target::Registered;
                }
            }
            Step::SetSize { min, max, desired } => {
                if !(min <= desired && desired <= max) {
                    return Err(Refused(format!("{step:?}")));
                }
                self.min = u8::try_from(*min).unwrap();
                self.max = u8::try_from(*max).unwrap();
                self.desired = u8::try_from(*desired).unwrap();
            }
            Step::Terminate { id, decrement } => {
                let min = self.min;
                let node = self.node_mut(number(id));
                if node.life == Life::Terminating {
                    return Ok(());
                }
                // Who works takes its own member out; else the successor does that, if one comes.
                node.member &= !(*decrement && node.health == Health::Up);
                node.life = Life::Terminating;
                node.target = Target::Absent;
                node.health = Health::Dead;
                node.ours = true;
                if *decrement {
                    if self.desired == min {
                        return Err(Refused(format!("{step:?} with a minimum of {min}")));
                    }
                    self.desired -= 1;
                } else {
                    self.owed = true;
                }
            }
            Step::Done | Step::Stop(_) | Step::Wait { .. } => {}
        }
        self.settle_debts();
        Ok(())
    }

    /// Remembers what the present process sees.
    pub(crate) fn be_seen(&mut self) {
        for node in &mut self.nodes {
            let healthy = node.is_serving();
            let out = node.life == Life::InService && node.target == Target::Absent;
            let longer = |looks: u8| (looks + 1).min(LOOKS_KEPT);
            node.seen_healthy = if healthy {
                longer(node.seen_healthy)
            } else {
                0
            };
            node.seen_out = if out { longer(node.seen_out) } else { 0 };
        }
    }

    /// A new process has seen nothing.
    pub(crate) fn be_forgotten(&mut self) {
        for node in &mut self.nodes {
            (node.seen_healthy, node.seen_out) = (0, 0);
        }
    }

    pub(crate) fn look(&self, goal: &Goal, elapsed: Duration) -> Observation {
        Observation {
            group: Group {
                min: u32::from(self.min),
                max: u32::from(self.max),
                desired: u32::from(self.desired),
                zones: goal
                    .zones
                    .iter()
                    .map(|zone| zone.as_str().to_owned())
                    .collect(),
                launches_as_planned: true,
                suspended_processes: BTreeSet::from(["AZRebalance".to_owned()]),
                is_refreshing: false,
            },
            instances: self.nodes.iter().map(instance).collect(),
            elapsed,
        }
    }
}

fn instance(node: &Node) -> Instance {
    let health = match (node.target, node.health) {
        (Target::Absent, _) => None,
        (Target::Draining, _) => Some(TargetHealth::Draining),
        (Target::Registered, Health::Starting) => Some(TargetHealth::Initial),
        (Target::Registered, Health::Up) => Some(TargetHealth::Healthy),
        (Target::Registered, Health::Sick | Health::Dead) => Some(TargetHealth::Unhealthy),
    };
    Instance {
        id: name(node.id),
        zone: zone_name(node.zone),
        lifecycle: match node.life {
            Life::Pending => Lifecycle::Joining,
            Life::InService => Lifecycle::InService,
            Life::Terminating => Lifecycle::Leaving,
        },
        outdated: node.outdated,
        targets: health
            .map(|health| (API.to_owned(), health))
            .into_iter()
            .collect::<BTreeMap<_, _>>(),
    }
}

pub(crate) fn name(id: u8) -> String {
    format!("i-{id}")
}

pub(crate) fn number(id: &str) -> u8 {
    id.strip_prefix("i-").unwrap().parse().unwrap()
}
