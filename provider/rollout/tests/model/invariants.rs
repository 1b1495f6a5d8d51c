//! What must hold of each step, judged by the world itself and not by what the provider sees.

use rollout::{Goal, Step};
use topology::Members;

use crate::world::{Health, Life, Node, Target, World, number};

/// Whether a step may be done, before it is done.
pub(crate) fn check_step(goal: &Goal, world: &World, step: &Step) -> Result<(), String> {
    match step {
        Step::Deregister { id } => {
            let node = world.node(number(id));
            if node.life != Life::InService || node.target != Target::Registered {
                return Ok(()); // an old look; no effect
            }
            check_turn(goal, world, node)?;
            check_leaving(goal, world, node)
        }
        Step::Terminate { id, decrement } => {
            let node = world.node(number(id));
            if node.life == Life::Terminating {
                return Ok(());
            }
            if node.target != Target::Absent {
                return Err(format!("{id} is terminated before it is drained"));
            }
            if node.seen_out < 2 {
                return Err(format!("{id} is terminated without drain_delay"));
            }
            if *decrement && u32::from(world.desired) <= goal.size.get() {
                return Err("the group shrinks below its goal".to_owned());
            }
            if !decrement && !must_leave(goal, node) {
                return Err(format!("{id} is replaced without a reason"));
            }
            check_leaving(goal, world, node)
        }
        Step::SetSize { desired, .. } => check_size(goal, world, *desired),
        Step::Done => check_done(goal, world),
        Step::Register { .. } | Step::Stop(_) | Step::Wait { .. } => Ok(()),
    }
}

/// A node goes only if nobody else is missing and the others are a quorum.
fn check_leaving(goal: &Goal, world: &World, leaver: &Node) -> Result<(), String> {
    let others = || world.nodes.iter().filter(|node| node.id != leaver.id);
    if world.owed {
        return Err("a node goes while the last one's successor isn't healthy".to_owned());
    }
    if others().any(|node| node.ours) {
        return Err("a node goes while another is out by our doing".to_owned());
    }
    if others().any(|node| node.life != Life::InService) {
        return Err("a node goes while another joins or leaves".to_owned());
    }
    if world.nodes.len() < usize::from(world.desired) {
        return Err("a node goes while another is missing".to_owned());
    }
    for node in others() {
        if !node.is_serving() {
            // The dead that have to leave as well don't hold up the others.
            if node.health == Health::Up || !must_leave(goal, node) {
                return Err(format!("a node goes while i-{} isn't healthy", node.id));
            }
        } else if node.seen_healthy < 2 {
            return Err(format!("a node goes while i-{} isn't stable", node.id));
        }
    }
    let members = world.members();
    let outage_is_allowed = goal.settings.allow_control_plane_outage() && members <= 2;
    let voting = u32::try_from(others().filter(|node| node.is_voting()).count()).unwrap();
    if voting < quorum(members) && !outage_is_allowed {
        return Err(format!(
            "a node goes and leaves {voting} of {members} members"
        ));
    }
    Ok(())
}

/// Who is named to go last does, unless it is dead: that one goes first.
fn check_turn(goal: &Goal, world: &World, leaver: &Node) -> Result<(), String> {
    let is_last = goal.roll_last == Some(crate::world::name(leaver.id));
    let others = world.nodes.iter().filter(|node| node.id != leaver.id);
    let waits = others.filter(|node| must_leave(goal, node)).count() > 0;
    if is_last && leaver.health == Health::Up && waits {
        return Err(format!("i-{} goes before its turn", leaver.id));
    }
    Ok(())
}

/// The group grows by one at a time, when it is at rest, and is never told to choose who goes.
fn check_size(goal: &Goal, world: &World, desired: u32) -> Result<(), String> {
    let before = u32::from(world.desired);
    if desired < before {
        return Err("the group is told to choose who goes".to_owned());
    }
    if desired == before {
        return Ok(());
    }
    let counted = world
        .nodes
        .iter()
        .filter(|node| node.life != Life::Terminating)
        .count();
    if u32::try_from(counted).unwrap() == desired {
        return Ok(()); // takes what is there
    }
    if desired > before + 1 {
        return Err("the group grows by more than one".to_owned());
    }
    if desired > goal.size.get() {
        return Err("the group grows beyond its goal".to_owned());
    }
    if !world
        .nodes
        .iter()
        .all(|node| node.is_serving() && node.seen_healthy >= 2)
    {
        return Err("the group grows while a node isn't healthy".to_owned());
    }
    Ok(())
}

fn check_done(goal: &Goal, world: &World) -> Result<(), String> {
    let size = u8::try_from(goal.size.get()).unwrap();
    if (world.min, world.max, world.desired) != (size, size, size) {
        return Err("done with the wrong size".to_owned());
    }
    if world.nodes.len() != usize::from(size) || !world.nodes.iter().all(Node::is_serving) {
        return Err("done before all nodes are healthy".to_owned());
    }
    if world.nodes.iter().any(|node| must_leave(goal, node)) {
        return Err("done with a node that has to leave".to_owned());
    }
    Ok(())
}

/// Whether etcd has a quorum. One or two members that may be without one count as if they had.
pub(crate) fn has_quorum(goal: &Goal, world: &World) -> bool {
    let members = world.members();
    let voting = world.nodes.iter().filter(|node| node.is_voting()).count();
    u32::try_from(voting).unwrap() >= quorum(members)
        || goal.settings.allow_control_plane_outage() && members <= 2
}

pub(crate) fn must_leave(goal: &Goal, node: &Node) -> bool {
    let zone = crate::scenario::zone_name(node.zone);
    node.outdated || !goal.zones.iter().any(|planned| planned.as_str() == zone)
}

fn quorum(members: u32) -> u32 {
    Members::new(i64::from(members)).map_or(1, Members::quorum)
}
