//! Panics in handlers: a defect that must cost one answer, not the process and what it knows.

use std::any::Any;
use std::cell::RefCell;
use std::future::{Future, poll_fn};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::pin;
use std::task::Poll;

use crate::diagnostic::Diagnostic;

thread_local! {
    /// Where this thread panicked last. A panic is caught on the thread that raised it, before
    /// that thread does anything else.
    static LAST: RefCell<Option<String>> = const { RefCell::new(None) };
}

/// Makes panics go to the log with their place, instead of to stderr as loose lines.
pub(crate) fn install_hook() {
    std::panic::set_hook(Box::new(|info| {
        let place = info.location().map(ToString::to_string);
        tracing::error!(
            place = place.as_deref().unwrap_or("unknown"),
            "panic: {}",
            message(info.payload())
        );
        LAST.set(place);
    }));
}

/// Runs a handler; a panic becomes a diagnostic that asks for a report.
pub(crate) async fn catch<F: Future>(handler: F) -> Result<F::Output, Diagnostic> {
    let mut handler = pin!(handler);
    poll_fn(
        |cx| match catch_unwind(AssertUnwindSafe(|| handler.as_mut().poll(cx))) {
            Ok(Poll::Pending) => Poll::Pending,
            Ok(Poll::Ready(output)) => Poll::Ready(Ok(output)),
            Err(_) => Poll::Ready(Err(diagnostic())),
        },
    )
    .await
}

/// Runs a step that doesn't wait; a panic becomes a diagnostic that asks for a report.
pub(crate) fn catch_now<T>(step: impl FnOnce() -> T) -> Result<T, Diagnostic> {
    catch_unwind(AssertUnwindSafe(step)).map_err(|_| diagnostic())
}

/// The message stays out of what people see: it may hold values. The log has it.
fn diagnostic() -> Diagnostic {
    let place = LAST.take().unwrap_or_else(|| "an unknown place".to_owned());
    Diagnostic::bug(format!("The provider panicked at {place}."))
}

fn message(payload: &(dyn Any + Send)) -> &str {
    payload
        .downcast_ref::<&str>()
        .copied()
        .or_else(|| payload.downcast_ref::<String>().map(String::as_str))
        .unwrap_or("without a message")
}
