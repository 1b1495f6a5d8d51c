//! The states that were found, and how they hang together.

use std::collections::{HashMap, VecDeque};

use crate::digest::digest;
use crate::explorer::{Findings, State, Violation};
use crate::world::{Event, World};

/// What led from one state to another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Move {
    /// Something happened without the provider.
    Happened(Event),
    /// The provider was killed and started again.
    Killed,
    /// A new provider looked at the world before the last change, and acted.
    KilledAndLookedBack,
    /// The provider looked, and did what it decided.
    Looked,
    /// The provider looked at the world before its last change, and acted.
    LookedBack,
    /// Nothing: the beginning.
    Start,
}

/// States are kept as digests; the way to each tells of it.
pub(crate) struct Graph {
    index: HashMap<u128, u32>,
    /// Whence each state was found first.
    parents: Vec<(u32, Move)>,
    /// All transitions; those marked are a killed process's.
    edges: Vec<(u32, u32, bool)>,
    done: Vec<u32>,
    queue: VecDeque<(u32, State)>,
    /// Every world, with a state in which it is.
    worlds: HashMap<u128, (u32, World)>,
}

impl Graph {
    pub(crate) fn new(start: State) -> Self {
        let mut graph = Self {
            index: HashMap::new(),
            parents: Vec::new(),
            edges: Vec::new(),
            done: Vec::new(),
            queue: VecDeque::new(),
            worlds: HashMap::new(),
        };
        graph.add(0, start, Move::Start);
        graph
    }

    /// The next state to go on from.
    pub(crate) fn next(&mut self) -> Option<(u32, State)> {
        self.queue.pop_front()
    }

    /// Takes a state in, to go on from it if it is new.
    pub(crate) fn add(&mut self, from: u32, state: State, how: Move) -> u32 {
        let found = self.parents.len();
        let at = self.pass(from, &state, how);
        if at as usize == found {
            let mut world = state.world.clone();
            world.be_forgotten();
            self.worlds.entry(digest(&world)).or_insert((at, world));
            self.queue.push_back((at, state));
        }
        at
    }

    /// Takes a state in that isn't to be gone on from.
    pub(crate) fn pass(&mut self, from: u32, state: &State, how: Move) -> u32 {
        let found = u32::try_from(self.parents.len()).unwrap();
        let at = *self.index.entry(digest(state)).or_insert(found);
        if how != Move::Start {
            let is_kill = matches!(how, Move::Killed | Move::KilledAndLookedBack);
            self.edges.push((from, at, is_kill));
        }
        if at == found {
            self.parents.push((from, how));
        }
        at
    }

    pub(crate) fn note_done(&mut self, at: u32) {
        self.done.push(at);
    }

    pub(crate) fn worlds(&self) -> impl Iterator<Item = (u32, &World)> {
        self.worlds.values().map(|(at, world)| (*at, world))
    }

    pub(crate) fn size(&self) -> Findings {
        Findings {
            states: self.parents.len(),
            transitions: self.edges.len(),
            worlds: self.worlds.len(),
            without_quorum: 0,
        }
    }

    pub(crate) fn violation(&self, mut at: u32, what: String) -> Violation {
        let mut way = Vec::new();
        loop {
            let (from, how) = self.parents[at as usize];
            if how == Move::Start {
                break;
            }
            way.push(how);
            at = from;
        }
        way.reverse();
        Violation { what, way }
    }

    /// One process can't go on for ever: without kills no state comes again.
    pub(crate) fn check_that_it_ends(&self) -> Result<(), Violation> {
        let count = self.parents.len();
        let edges = || self.edges.iter().filter(|(.., is_kill)| !is_kill);
        let outgoing = Adjacent::new(count, edges().map(|(from, to, _)| (*from, *to)));
        let mut incoming = vec![0_u32; count];
        for (_, to, _) in edges() {
            incoming[*to as usize] += 1;
        }
        let numbers = 0..u32::try_from(count).unwrap();
        let mut free: Vec<u32> = numbers.filter(|at| incoming[*at as usize] == 0).collect();
        let mut sorted = 0;
        while let Some(at) = free.pop() {
            sorted += 1;
            for to in outgoing.of(at) {
                incoming[*to as usize] -= 1;
                if incoming[*to as usize] == 0 {
                    free.push(*to);
                }
            }
        }
        if sorted == count {
            return Ok(());
        }
        // What is left is on a circle or behind one. Walking back leads onto it.
        let is_left = |at: u32| incoming[at as usize] > 0;
        let left = edges().filter(|(from, to, _)| is_left(*from) && is_left(*to));
        let back: HashMap<u32, u32> = left.map(|(from, to, _)| (*to, *from)).collect();
        let mut at = *back.keys().next().unwrap();
        for _ in 0..back.len() {
            at = back[&at];
        }
        Err(self.violation(at, "it can go on for ever".to_owned()))
    }

    /// Whatever has happened: with faults over and the provider run again, the goal can be reached.
    pub(crate) fn check_that_the_goal_stays_in_reach(&self) -> Result<(), Violation> {
        let count = self.parents.len();
        let incoming = Adjacent::new(count, self.edges.iter().map(|(from, to, _)| (*to, *from)));
        let mut reaches = vec![false; count];
        let mut queue = self.done.clone();
        while let Some(at) = queue.pop() {
            if !std::mem::replace(&mut reaches[at as usize], true) {
                queue.extend(incoming.of(at));
            }
        }
        match reaches.iter().position(|reaches| !reaches) {
            None => Ok(()),
            Some(at) => {
                let at = u32::try_from(at).unwrap();
                Err(self.violation(at, "from here the goal can't be reached".to_owned()))
            }
        }
    }
}

/// Each state's neighbours, one after the other in one list.
struct Adjacent {
    starts: Vec<u32>,
    neighbours: Vec<u32>,
}

impl Adjacent {
    fn new(count: usize, edges: impl Iterator<Item = (u32, u32)> + Clone) -> Self {
        let mut starts = vec![0_u32; count + 1];
        for (from, _) in edges.clone() {
            starts[from as usize + 1] += 1;
        }
        for at in 0..count {
            starts[at + 1] += starts[at];
        }
        let mut neighbours = vec![0; starts[count] as usize];
        let mut next = starts.clone();
        for (from, to) in edges {
            neighbours[next[from as usize] as usize] = to;
            next[from as usize] += 1;
        }
        Self { starts, neighbours }
    }

    fn of(&self, at: u32) -> &[u32] {
        let at = at as usize;
        &self.neighbours[self.starts[at] as usize..self.starts[at + 1] as usize]
    }
}
