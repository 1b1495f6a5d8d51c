//! What the proxy's handle and its connections share.

use std::any::Any;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use http::uri::Authority;

use super::Call;
use super::action::Request;
use super::log::{Log, Ticket};
use super::rules::{Plan, Rules};
use super::stale::Memory;
use super::tape::Taped;

/// The proxy as its connections see it.
#[derive(Debug)]
pub(super) struct Shared {
    pub(super) upstream: Authority,
    state: Mutex<State>,
    idle: Condvar,
}

#[derive(Debug, Default)]
pub(super) struct State {
    pub(super) log: Log,
    pub(super) rules: Rules,
    pub(super) memory: Memory,
    /// Answers, while they are recorded.
    pub(super) tape: Option<Vec<Taped>>,
    /// The first panic of a test's closure.
    pub(super) panic: Option<Box<dyn Any + Send>>,
    in_progress: usize,
}

impl Shared {
    pub(super) fn new(upstream: Authority) -> Self {
        Self {
            upstream,
            state: Mutex::default(),
            idle: Condvar::new(),
        }
    }

    /// A panic elsewhere leaves nothing half-done here that matters.
    pub(super) fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Logs the call and decides what happens to it, in one step, so that counts agree with the log's order.
    pub(super) fn begin(self: &Arc<Self>, request: &Request) -> (InProgress, Plan) {
        // Before the lock, so that it is dropped after it should a closure of the test panic in between.
        let guard = Guard::enter(self);
        let mut state = self.lock();
        let mut call = Call {
            index: state.log.next_index(),
            action: request.action(),
            started: Instant::now(),
            parameters: request.parameters.clone(),
            forwarded: false,
            status: None,
            aws_error_code: None,
            faulted: None,
        };
        let ticket = state.log.add(call.clone());
        let plan = state.rules.plan(&call);
        call.faulted.clone_from(&plan.fault);
        state.log.update(ticket, &call);
        drop(state);
        (
            InProgress {
                call,
                ticket,
                guard,
            },
            plan,
        )
    }

    pub(super) fn wait_idle(&self, limit: Duration) -> bool {
        let waited = self
            .idle
            .wait_timeout_while(self.lock(), limit, |state| state.in_progress > 0);
        let (state, _) = waited.unwrap_or_else(PoisonError::into_inner);
        state.in_progress == 0
    }
}

/// A call that the proxy is busy with.
#[derive(Debug)]
pub(super) struct InProgress {
    call: Call,
    ticket: Ticket,
    guard: Guard,
}

impl InProgress {
    pub(super) fn call(&self) -> &Call {
        &self.call
    }

    /// Notes something about the call, also in the log.
    pub(super) fn note(&mut self, change: impl FnOnce(&mut Call)) {
        change(&mut self.call);
        self.guard.0.lock().log.update(self.ticket, &self.call);
    }
}

#[derive(Debug)]
struct Guard(Arc<Shared>);

impl Guard {
    fn enter(shared: &Arc<Shared>) -> Self {
        shared.lock().in_progress += 1;
        Self(Arc::clone(shared))
    }
}

impl Drop for Guard {
    fn drop(&mut self) {
        let mut state = self.0.lock();
        state.in_progress -= 1;
        if state.in_progress == 0 {
            self.0.idle.notify_all();
        }
    }
}
