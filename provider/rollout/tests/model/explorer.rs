//! Tries every order in which things can happen, and remembers where it has been.

use std::collections::HashSet;
use std::time::Duration;

use rollout::{Goal, Memory, Observation, Step};

use crate::digest::digest;
use crate::graph::{Graph, Move};
use crate::invariants::{check_step, has_quorum};
use crate::scenario::Scenario;
use crate::world::{LOOK, Refused, World};

/// What decides: the real thing, or one that is wrong on purpose.
pub(crate) type Policy = fn(&Goal, &Observation, &mut Memory) -> Step;

/// In how many looks a change has to come about, while AWS may take its time: one more than it
/// takes at best, so that both ends are tried.
const SHORT_PATIENCE: u32 = 5;

/// More looks than any change takes when AWS does something between two of them.
const LONG_PATIENCE: u32 = 60;

/// The world and the provider's process.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct State {
    pub(crate) world: World,
    memory: Memory,
    /// Which ids the process saw last, one bit each; `None` if it hasn't looked yet.
    seen: Option<u32>,
    /// Whether the process has ended: done, or stopped.
    ended: bool,
}

/// What an exploration found.
#[derive(Debug, Default, Clone, Copy)]
pub(crate) struct Findings {
    pub(crate) states: usize,
    pub(crate) transitions: usize,
    /// The worlds among the states.
    pub(crate) worlds: usize,
    /// In how many of the worlds etcd has no quorum.
    pub(crate) without_quorum: usize,
}

/// A way to something that must not be: the moves that lead there, and what is wrong.
#[derive(Debug)]
pub(crate) struct Violation {
    pub(crate) what: String,
    pub(crate) way: Vec<Move>,
}

/// Explores all that can follow: nodes and AWS take their time, faults happen, the provider is
/// killed at any moment and started again, and looks may be from before the last change.
///
/// # Errors
/// The shortest way to a step that breaks an invariant; or to a state from which the provider
/// could go on for ever; or to one from which the goal can't be reached any more.
pub(crate) fn explore(scenario: &Scenario, policy: Policy) -> Result<Findings, Violation> {
    let goal = scenario.goal(SHORT_PATIENCE);
    let mut graph = Graph::new(State::new(scenario.world()));
    let mut blind = HashSet::new();
    while let Some((from, state)) = graph.next() {
        for event in [
            state.world.deeds(&goal, state.avoid()),
            state.world.faults(&goal),
        ]
        .concat()
        {
            let mut next = state.clone();
            next.world.happen(event);
            if event.is_new_plan() {
                next = next.killed();
            }
            graph.add(from, next, Move::Happened(event));
        }
        graph.add(from, state.killed(), Move::Killed);
        if state.ended {
            continue;
        }
        let (step, next) = state
            .act(&goal, policy)
            .map_err(|what| graph.violation(from, what))?;
        let at = graph.add(from, next.clone(), Move::Looked);
        if step == Step::Done {
            graph.note_done(at);
        }
        if !step.is_change() {
            continue;
        }
        let old = &state.world;
        let mut late = vec![(Move::LookedBack, next.clone())];
        // A new process knows nothing but the two worlds.
        if blind.insert((digest(old), digest(&next.world))) {
            late.push((Move::KilledAndLookedBack, next.killed()));
        }
        for (how, late) in late {
            let acted = late.act_blindly(old, &goal, policy);
            if let Some(late) = acted.map_err(|what| graph.violation(at, what))? {
                graph.add(at, late, how);
            }
        }
    }
    graph.check_that_it_ends()?;
    graph.check_that_the_goal_stays_in_reach()?;
    check_that_all_worlds_heal(&graph, scenario, policy)?;
    Ok(Findings {
        without_quorum: graph
            .worlds()
            .filter(|(_, world)| !has_quorum(&goal, world))
            .count(),
        ..graph.size()
    })
}

/// More than being in reach: if from any world on nodes and AWS behave, one run of the provider,
/// with patience, does reach the goal.
fn check_that_all_worlds_heal(
    graph: &Graph,
    scenario: &Scenario,
    policy: Policy,
) -> Result<(), Violation> {
    let goal = scenario.goal(LONG_PATIENCE);
    let mut known = HashSet::new();
    for (at, world) in graph.worlds() {
        let mut state = State::new(world.clone());
        // Ways that meet go on together.
        while known.insert(digest(&state)) {
            while let Some(deed) = state.world.deeds(&goal, state.avoid()).first() {
                state.world.happen(*deed);
            }
            let (step, next) = state
                .act(&goal, policy)
                .map_err(|what| graph.violation(at, what))?;
            match step {
                Step::Done => break,
                Step::Stop(reason) => {
                    let what = format!("from here all behave, and yet: {reason:?}");
                    return Err(graph.violation(at, what));
                }
                _ => state = next,
            }
        }
    }
    Ok(())
}

/// Without faults and kills, and if something happens between any two looks: every order of
/// events ends with the goal reached, and quorum is never lost on the way.
///
/// # Errors
/// The shortest way to something else.
pub(crate) fn explore_good_days(
    scenario: &Scenario,
    policy: Policy,
) -> Result<Findings, Violation> {
    let goal = scenario.goal(LONG_PATIENCE);
    let mut graph = Graph::new(State::new(scenario.world()));
    while let Some((from, state)) = graph.next() {
        if state.ended {
            continue;
        }
        let deeds = state.world.deeds(&goal, state.avoid());
        let mut nexts: Vec<_> = deeds
            .iter()
            .map(|deed| (Some(*deed), state.clone()))
            .collect();
        if nexts.is_empty() {
            nexts.push((None, state));
        }
        for (deed, mut next) in nexts {
            let mut from = from;
            if let Some(deed) = deed {
                next.world.happen(deed);
                from = graph.pass(from, &next, Move::Happened(deed));
            }
            let (step, next) = next
                .act(&goal, policy)
                .map_err(|what| graph.violation(from, what))?;
            if !has_quorum(&goal, &next.world) {
                return Err(graph.violation(from, format!("{step:?} loses the quorum")));
            }
            if let Step::Stop(reason) = &step {
                return Err(graph.violation(from, format!("it stops: {reason:?}")));
            }
            graph.add(from, next, Move::Looked);
        }
    }
    graph.check_that_it_ends()?;
    Ok(graph.size())
}

impl State {
    pub(crate) fn new(world: World) -> Self {
        Self {
            world,
            memory: Memory::default(),
            seen: None,
            ended: false,
        }
    }

    /// The ids that the process has in mind: a new instance has another.
    fn avoid(&self) -> u32 {
        self.seen.unwrap_or(0)
    }

    /// The process is killed, or ended before, and another starts.
    fn killed(&self) -> Self {
        let mut world = self.world.clone();
        world.be_forgotten();
        Self::new(world)
    }

    /// The process looks and does what it decides.
    fn act(&self, goal: &Goal, policy: Policy) -> Result<(Step, Self), String> {
        let mut next = self.clone();
        next.world.be_seen();
        next.seen = Some(next.world.ids());
        let elapsed = self.seen.map_or(Duration::ZERO, |_| LOOK);
        let look = next.world.look(goal, elapsed);
        let step = policy(goal, &look, &mut next.memory);
        next.do_step(goal, &step)?;
        Ok((step, next))
    }

    /// The process looks once or twice at an old world, and does in the present one what it
    /// decides then; `None` if that is nothing.
    fn act_blindly(
        &self,
        old: &World,
        goal: &Goal,
        policy: Policy,
    ) -> Result<Option<Self>, String> {
        let mut next = self.clone();
        let mut step = policy(goal, &old.look(goal, Duration::ZERO), &mut next.memory);
        if !step.is_change() {
            step = policy(goal, &old.look(goal, LOOK), &mut next.memory);
        }
        if !step.is_change() {
            return Ok(None);
        }
        next.seen = Some(next.avoid() | old.ids());
        // What it has seen is what the old world showed.
        for node in &mut next.world.nodes {
            if old.nodes.iter().any(|old| old.id == node.id) {
                (node.seen_healthy, node.seen_out) = (2, 2);
            }
        }
        next.do_step(goal, &step)?;
        Ok(Some(next))
    }

    fn do_step(&mut self, goal: &Goal, step: &Step) -> Result<(), String> {
        check_step(goal, &self.world, step)?;
        self.world
            .apply(step)
            .map_err(|Refused(what)| format!("AWS refuses {what}"))?;
        self.ended = matches!(step, Step::Done | Step::Stop(_));
        Ok(())
    }
}
