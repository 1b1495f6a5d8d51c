//! Which block of a configuration a plan is about.
//!
//! Terraform doesn't tell. But it plans one block twice when the object is to be replaced: first as
//! the change it would be, then as a new object. To the second plan it hands the private bytes of
//! the first one's answer, so a note in them says that both are of one block.

use std::sync::atomic::{AtomicU64, Ordering};

use crate::context::Private;

/// Tells the blocks of one run apart: both plans of a replacement have the same.
///
/// It means nothing beyond the process that planned: no state keeps it.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct BlockId(u64);

impl BlockId {
    /// One that no other plan of this process has.
    pub(crate) fn new() -> Self {
        static NEXT: AtomicU64 = AtomicU64::new(0);
        Self(NEXT.fetch_add(1, Ordering::Relaxed))
    }

    /// Takes the note of a first plan out of private bytes.
    pub(crate) fn take(private: &mut Private) -> Option<Self> {
        let bytes = private.set(NOTE, None)?;
        Some(Self(u64::from_be_bytes(bytes.try_into().ok()?)))
    }

    /// Notes in private bytes which block a first plan was about.
    pub(crate) fn note(self, private: &mut Private) {
        private.set(NOTE, Some(self.0.to_be_bytes().to_vec()));
    }
}

/// Where the note stands. Authors' keys have no colon.
const NOTE: &str = "tfplug:block";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_note_is_read_once() {
        let mut private = Private::default();
        let block = BlockId::new();
        block.note(&mut private);
        let mut private = Private::from_bytes(&private.to_bytes());
        assert_eq!(BlockId::take(&mut private), Some(block));
        assert_eq!(private, Private::default());
        assert_eq!(BlockId::take(&mut private), None);
        assert_ne!(BlockId::new(), block);
    }
}
