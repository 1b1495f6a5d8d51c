//! Names that resources of one run claim, so that two blocks can't mean one object.
//!
//! Deterministic names make a create find what an earlier one left. The price: two blocks of one
//! name would both find it.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Mutex, MutexGuard, PoisonError};

use tfplug::BlockId;

/// The claims of one run. A provider is configured anew for each.
#[derive(Debug, Default)]
pub(crate) struct Claims {
    names: Mutex<BTreeMap<(&'static str, String), Claimants>>,
    managed: Mutex<BTreeSet<String>>,
    taken_over: Mutex<BTreeSet<String>>,
}

/// The blocks that have claimed one name.
type Claimants = BTreeMap<BlockId, Claimant>;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Claimant {
    /// A block whose object exists. Several may have it, such as an import of what is there.
    Existing,
    /// A block whose object is to be made.
    New,
}

impl Claims {
    /// Claims a name for an object that `block` is to make. False if another block has it.
    #[must_use]
    pub(crate) fn create(&self, block: BlockId, kind: &'static str, name: &str) -> bool {
        self.claim(block, kind, name, Claimant::New)
    }

    /// Claims the name of an object that a state has and that stays, as far as the plan knows yet:
    /// the same block may still [create](Self::create) it, in a replacement that nothing in the
    /// configuration asks for. False if another block is about to make one of that name.
    #[must_use]
    pub(crate) fn keep(&self, block: BlockId, kind: &'static str, name: &str) -> bool {
        self.claim(block, kind, name, Claimant::Existing)
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

    fn claim(&self, block: BlockId, kind: &'static str, name: &str, claimant: Claimant) -> bool {
        let mut names = lock(&self.names);
        let claimants = names.entry((kind, name.to_owned())).or_default();
        let mut others = claimants.iter().filter(|(other, _)| **other != block);
        let is_free = match claimant {
            Claimant::Existing => others.all(|(_, other)| *other == Claimant::Existing),
            Claimant::New => others.next().is_none(),
        };
        if is_free {
            claimants.insert(block, claimant);
        }
        is_free
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use tfplug::PlannedChange;

    use super::*;

    #[test]
    fn a_name_is_made_once() {
        let [one, other, third] = blocks();
        let claims = Claims::default();
        assert!(claims.create(one, "a", "x"));
        assert!(!claims.create(other, "a", "x"));
        assert!(claims.create(other, "a", "y"));
        assert!(claims.create(third, "b", "x"));
    }

    #[test]
    fn what_exists_may_be_several_blocks_and_is_not_made_by_another() {
        let [one, other, third] = blocks();
        let claims = Claims::default();
        assert!(claims.keep(one, "a", "x"));
        assert!(claims.keep(other, "a", "x"));
        assert!(!claims.create(third, "a", "x"));
        assert!(claims.create(third, "a", "y"));
        assert!(!claims.keep(one, "a", "y"));
    }

    /// `terraform apply -replace` once failed: the plan of the existing object was in the way of
    /// that of the new one.
    #[test]
    fn a_block_makes_anew_what_it_has_and_no_other_does() {
        let [one, other, _] = blocks();
        let claims = Claims::default();
        assert!(claims.keep(one, "a", "x"));
        assert!(claims.create(one, "a", "x"));
        assert!(!claims.create(other, "a", "x"));
        assert!(!claims.keep(other, "a", "x"));

        let claims = Claims::default();
        assert!(claims.keep(one, "a", "x"));
        assert!(claims.keep(other, "a", "x"));
        assert!(!claims.create(one, "a", "x"), "the other block has it");
    }

    fn blocks() -> [BlockId; 3] {
        [(); 3].map(|()| PlannedChange::new((), None, ()).block())
    }
}
