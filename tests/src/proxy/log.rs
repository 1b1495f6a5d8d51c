//! The log of calls.

use std::collections::{BTreeMap, VecDeque};

use super::Call;

/// Enough for any one test; older calls fall out.
const KEPT: usize = 20_000;

/// The calls since the last clearing.
#[derive(Debug, Default)]
pub(super) struct Log {
    calls: VecDeque<Call>,
    counts: BTreeMap<String, usize>,
    total: usize,
    generation: u64,
}

/// Finds a call in the log again.
#[derive(Clone, Copy, Debug)]
pub(super) struct Ticket {
    generation: u64,
    index: usize,
}

impl Log {
    /// The place that the next call will have.
    pub(super) fn next_index(&self) -> usize {
        self.total + 1
    }

    pub(super) fn add(&mut self, call: Call) -> Ticket {
        self.total += 1;
        *self.counts.entry(call.action.clone()).or_default() += 1;
        if self.calls.len() == KEPT {
            self.calls.pop_front();
        }
        self.calls.push_back(call);
        Ticket {
            generation: self.generation,
            index: self.total,
        }
    }

    /// Replaces what is known of a call, unless it has been forgotten.
    pub(super) fn update(&mut self, ticket: Ticket, call: &Call) {
        let first = self.total - self.calls.len() + 1;
        let place = ticket
            .index
            .checked_sub(first)
            .filter(|_| ticket.generation == self.generation);
        if let Some(kept) = place.and_then(|place| self.calls.get_mut(place)) {
            call.clone_into(kept);
        }
    }

    pub(super) fn clear(&mut self) {
        *self = Self {
            generation: self.generation + 1,
            ..Self::default()
        };
    }

    pub(super) fn calls(&self) -> Vec<Call> {
        self.calls.iter().cloned().collect()
    }

    pub(super) fn counts(&self) -> BTreeMap<String, usize> {
        self.counts.clone()
    }
}
