//! What can go wrong with a thing, on demand.

use tfplug::validate::{Check, one_of};
use tfplug::{Attr, Diagnostic, Result};

/// Fails a create before anything exists.
pub(crate) const CREATE: &str = "create";
/// Fails a create after the object exists.
pub(crate) const CREATE_LATE: &str = "create late";
/// Fails an update before anything has changed.
pub(crate) const UPDATE: &str = "update";
/// Fails an update after the text has changed, before the note has.
pub(crate) const UPDATE_LATE: &str = "update late";
/// Fails a delete.
pub(crate) const DELETE: &str = "delete";
/// Panics in a create before anything exists.
pub(crate) const PANIC: &str = "panic";
/// Panics in a create after the object exists.
pub(crate) const PANIC_LATE: &str = "panic late";
/// Waits in a read until the gate `read` opens, and doesn't hear that it should stop.
pub(crate) const SLOW_READ: &str = "slow read";
/// Doesn't hear that it should stop waiting.
pub(crate) const DEAF: &str = "deaf";

/// That a fault is one of these.
pub(crate) fn known() -> Check {
    one_of([
        CREATE,
        CREATE_LATE,
        UPDATE,
        UPDATE_LATE,
        DELETE,
        PANIC,
        PANIC_LATE,
        SLOW_READ,
        DEAF,
    ])
}

/// Whether this is the fault.
pub(crate) fn is(fault: &Attr<String>, this: &str) -> bool {
    fault.text() == Some(this)
}

/// Fails if this is the fault.
pub(crate) fn fail_on(fault: &Attr<String>, this: &str) -> Result<()> {
    if is(fault, this) {
        return Err(Diagnostic::error("It failed", format!("As asked: {this}.")).into());
    }
    Ok(())
}

/// Panics if this is the fault.
pub(crate) fn panic_on(fault: &Attr<String>, this: &str) {
    #[allow(clippy::panic, reason = "it is what tests ask for")]
    if is(fault, this) {
        panic!("as asked");
    }
}
