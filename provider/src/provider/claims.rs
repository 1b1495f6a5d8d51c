//! Names that resources of one run claim, so that two blocks can't mean one object.
//!
//! Deterministic names make a create find what an earlier one left. The price: two blocks of one
//! name would both find it. Terraform doesn't tell a provider which block it plans, but it plans
//! each block's creation once in a run, so a second creation of one name is a second block.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// The claims of one run. A provider is configured anew for each.
#[derive(Debug, Default)]
pub(crate) struct Claims {
    names: Mutex<BTreeMap<(&'static str, String), Claimant>>,
    managed: Mutex<BTreeSet<String>>,
    taken_over: Mutex<BTreeSet<String>>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Claimant {
    /// A block whose object exists; it may be planned any number of times.
    Existing,
    /// A block whose object is to be made.
    New,
}

impl Claims {
    /// Claims a name for an object that is to be made. False if another block has it.
    #[must_use]
    pub(crate) fn create(&self, kind: &'static str, name: &str) -> bool {
        self.claim(kind, name, Claimant::New).is_none()
    }

    /// Claims the name of an object that a state has and that stays. False if a block is about to
    /// make one of that name.
    #[must_use]
    pub(crate) fn keep(&self, kind: &'static str, name: &str) -> bool {
        self.claim(kind, name, Claimant::Existing) != Some(Claimant::New)
    }

    /// Notes the id of an object that a state has. One that is tainted or replaced is planned as
    /// though it were new, and then its own name is in its way.
    pub(crate) fn manage(&self, id: &str) {
        lock(&self.managed).insert(id.to_owned());
    }

    /// Whether a state of this run has the object.
    #[must_use]
    pub(crate) fn is_managed(&self, id: &str) -> bool {
        lock(&self.managed).contains(id)
    }

    /// Notes the id of an object that a create of this run went on with.
    pub(crate) fn take_over(&self, id: &str) {
        lock(&self.taken_over).insert(id.to_owned());
    }

    /// Whether a create of this run went on with the object. It is in use then, and a delete of it
    /// is about a block's former object: that of a replacement with `create_before_destroy` under an
    /// unchanged name.
    #[must_use]
    pub(crate) fn is_taken_over(&self, id: &str) -> bool {
        lock(&self.taken_over).contains(id)
    }

    fn claim(&self, kind: &'static str, name: &str, claimant: Claimant) -> Option<Claimant> {
        let mut claims = lock(&self.names);
        let entry = claims.entry((kind, name.to_owned()));
        let before = match &entry {
            std::collections::btree_map::Entry::Occupied(entry) => Some(*entry.get()),
            std::collections::btree_map::Entry::Vacant(_) => None,
        };
        entry.or_insert(claimant);
        before
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_made_once() {
        let claims = Claims::default();
        assert!(claims.create("a", "x"));
        assert!(!claims.create("a", "x"));
        assert!(claims.create("a", "y"));
        assert!(claims.create("b", "x"));
    }

    #[test]
    fn what_exists_is_planned_any_number_of_times_and_never_made_again() {
        let claims = Claims::default();
        assert!(claims.keep("a", "x"));
        assert!(claims.keep("a", "x"));
        assert!(!claims.create("a", "x"));
        assert!(claims.create("a", "y"));
        assert!(!claims.keep("a", "y"));
    }
}
