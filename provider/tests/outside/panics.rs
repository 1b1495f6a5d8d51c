//! Panics of this process, wherever: also in tasks whose end nobody asks about.

use std::sync::{Mutex, Once, PoisonError};

static SEEN: Mutex<Vec<String>> = Mutex::new(Vec::new());

/// Notes each panic from now on. Those of these tests themselves are failures already.
pub(crate) fn watch() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let before = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |info| {
            let place = info.location().map(ToString::to_string).unwrap_or_default();
            if !place.contains("tests/outside") {
                let mut seen = SEEN.lock().unwrap_or_else(PoisonError::into_inner);
                seen.push(format!("panic at {place}"));
            }
            before(info);
        }));
    });
}

/// All so far, of any test: one panic fails whoever looks.
pub(crate) fn seen() -> Vec<String> {
    SEEN.lock().unwrap_or_else(PoisonError::into_inner).clone()
}
