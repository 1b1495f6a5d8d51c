//! Stored states, damaged: what isn't a state of the schema is an error, and never a panic.

use proptest::collection::vec;
use proptest::prelude::*;

use crate::damage::any_damage;
use crate::fixtures::resources;
use crate::played::Played;

#[test]
fn a_damaged_state_is_read_or_refused() {
    for resource in resources() {
        let played = Played::of(&resource);
        let damages = (
            vec(any_damage(), 1..4),
            vec(any::<u8>(), 0..40),
            any::<bool>(),
        );
        played.holds_for(&damages, |(damages, private, keep_private)| {
            let mut stored = played.recording.stored.clone();
            for damage in damages {
                stored.attributes = damage.done_to_document(&stored.attributes);
            }
            if !keep_private {
                stored.private = private;
            }
            let (runtime, terraform) = (&played.runtime, &played.terraform);
            let read = runtime.block_on(terraform.upgrade(&stored));
            prop_assert_eq!(read.panics(), Vec::<String>::new());
            if read.errors.is_empty() {
                // A state that fits its schema can still be odd: ids that are none, numbers that are
                // huge.
                let refreshed = runtime.block_on(terraform.read(&resource, read.state));
                prop_assert_eq!(refreshed.panics(), Vec::<String>::new());
            }
            Ok(())
        });
    }
}
