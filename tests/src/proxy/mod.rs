//! A proxy between an AWS SDK and an endpoint: logs calls by action and makes chosen ones go wrong.
//!
//! ```no_run
//! use kubeha_tests::proxy::{Fault, On, Proxy, Then};
//!
//! # fn kill_provider() {}
//! # fn main() -> Result<(), kubeha_tests::proxy::Error> {
//! let proxy = Proxy::start("http://127.0.0.1:4566")?;
//! proxy.fault(On::action("elasticloadbalancing:CreateListener").nth(1), Fault::ResetAfter);
//! proxy.before(On::any().nth(7), |_| {
//!     kill_provider();
//!     Then::Reset
//! });
//! // ... run terraform with AWS_ENDPOINT_URL set to proxy.url() ...
//! assert_eq!(proxy.counts().get("elasticloadbalancing:CreateListener"), Some(&1));
//! # Ok(())
//! # }
//! ```
//!
//! What happens to a call, in this order: it is logged, delayed by the [`Latency`], met by the hooks and gates
//! [before](Proxy::before) it, refused or forwarded, met by those [after](Proxy::after) it, and answered.
//! A call that was received whole is carried through even if its client goes away meanwhile, as it would be in AWS.
//!
//! Nothing here is left to chance: what is drawn depends on a seed, the call's action, and which call of that action
//! it is, so it stays the same however the calls of different actions interleave.

mod absent;
mod action;
mod answer;
mod call;
mod failure;
mod fault;
mod gate;
mod handle;
mod log;
mod on;
mod random;
mod route53;
mod rules;
mod serve;
mod shared;
mod stale;
mod tape;
mod upstream;

use std::collections::BTreeMap;
use std::fmt;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::Duration;

use http::Uri;
use http::uri::{Authority, Scheme};
use tokio::sync::oneshot;

pub use http::StatusCode;

pub use self::call::Call;
pub use self::failure::Failure;
pub use self::fault::{Fault, Malformed};
pub use self::gate::Gate;
pub use self::on::On;
pub use self::tape::Taped;

use self::rules::{Effect, Stop};
use self::shared::Shared;

/// Why a proxy couldn't be started.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The upstream isn't of the form `http://host:port`.
    #[error("the upstream must look like http://host:port, got {0:?}")]
    Upstream(String),
    /// No port or no thread could be had.
    #[error("can't start the proxy: {0}")]
    Io(#[from] std::io::Error),
}

/// What becomes of a call after a hook or gate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Then {
    /// The call takes its course.
    Proceed,
    /// The connection is reset. Before the effect, the call isn't forwarded; after it, the answer is lost.
    Reset,
}

/// How long every call is delayed before anything else happens to it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Latency {
    /// The least delay.
    pub fixed: Duration,
    /// What may come on top: a part of this, evenly distributed.
    pub jitter: Duration,
    /// Decides which part.
    pub seed: u64,
}

/// A running proxy on a port of its own at 127.0.0.1. Dropping it ends it and all its connections.
///
/// # Panics
/// A panic in a hook resets the call and is passed on when the proxy is dropped, so that a failed assertion in a
/// hook fails its test.
pub struct Proxy {
    address: SocketAddr,
    shared: Arc<Shared>,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Proxy {
    /// Starts a proxy in front of `upstream`, an URL like `http://127.0.0.1:4566`.
    ///
    /// # Errors
    /// If the URL has another form, or the system refuses a port or a thread.
    pub fn start(upstream: &str) -> Result<Self, Error> {
        let shared = Arc::new(Shared::new(authority(upstream)?));
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()?;
        let listener = std::net::TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
        listener.set_nonblocking(true)?;
        let address = listener.local_addr()?;
        let listener = {
            let _entered = runtime.enter();
            tokio::net::TcpListener::from_std(listener)?
        };
        let (stop, stopped) = oneshot::channel();
        let served = Arc::clone(&shared);
        let thread = std::thread::Builder::new()
            .name("proxy".to_owned())
            .spawn(move || {
                runtime.block_on(serve::serve(listener, served, stopped));
                // Not a plain drop: that would wait for hooks that may never return.
                runtime.shutdown_background();
            })?;
        Ok(Self {
            address,
            shared,
            stop: Some(stop),
            thread: Some(thread),
        })
    }

    /// Where the proxy listens, as a value for `AWS_ENDPOINT_URL`.
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// The calls since the start or the last [`clear`](Self::clear), in order of arrival: the latest 20,000.
    #[must_use]
    pub fn calls(&self) -> Vec<Call> {
        self.shared.lock().log.calls()
    }

    /// How often each action was called since the start or the last [`clear`](Self::clear).
    #[must_use]
    pub fn counts(&self) -> BTreeMap<String, usize> {
        self.shared.lock().log.counts()
    }

    /// Forgets the calls. Rules stay as they are and go on counting.
    pub fn clear(&self) {
        self.shared.lock().log.clear();
    }

    /// Keeps the upstream's answers from now on.
    pub fn record(&self) {
        self.shared.lock().tape = Some(Vec::new());
    }

    /// The answers since then, each once, and no more are kept.
    pub fn recorded(&self) -> Vec<Taped> {
        let taped = self.shared.lock().tape.take().unwrap_or_default();
        let mut once: Vec<Taped> = Vec::new();
        for one in taped {
            if !once.contains(&one) {
                once.push(one);
            }
        }
        once
    }

    /// Removes faults, hooks, gates and the latency. Calls that were already met by one are not released from it.
    pub fn heal(&self) {
        self.shared.lock().rules.heal();
    }

    /// Delays each call from now on.
    pub fn set_latency(&self, latency: Latency) {
        self.shared.lock().rules.set_latency(latency);
    }

    /// Makes calls go wrong. If several faults want one call, the one added first has it; for the others it counts
    /// as a call of theirs all the same.
    pub fn fault(&self, on: On, fault: Fault) {
        self.shared.lock().rules.add(on, Effect::Fault(fault));
    }

    /// Runs `hook` before calls have their effect: a call waits for it and isn't forwarded until it has returned.
    pub fn before(&self, on: On, hook: impl FnMut(&Call) -> Then + Send + 'static) {
        self.shared
            .lock()
            .rules
            .add(on, Effect::Before(Stop::hook(hook)));
    }

    /// Runs `hook` after calls had their effect: a call isn't answered until it has returned. The call that it is
    /// given carries the upstream's status and error code. Calls that were not forwarded are passed over.
    pub fn after(&self, on: On, hook: impl FnMut(&Call) -> Then + Send + 'static) {
        self.shared
            .lock()
            .rules
            .add(on, Effect::After(Stop::hook(hook)));
    }

    /// Holds calls before they have their effect, until the gate is opened or dropped.
    #[must_use]
    pub fn hold_before(&self, on: On) -> Gate {
        let gate = Gate::new();
        self.shared
            .lock()
            .rules
            .add(on, Effect::Before(Stop::Gate(gate.post())));
        gate
    }

    /// Holds calls after they had their effect, before they are answered, until the gate is opened or dropped.
    #[must_use]
    pub fn hold_after(&self, on: On) -> Gate {
        let gate = Gate::new();
        self.shared
            .lock()
            .rules
            .add(on, Effect::After(Stop::Gate(gate.post())));
        gate
    }

    /// Waits until no call is in progress, for `limit` at most; tells whether that came about. For use after the
    /// client was killed: what it had sent may still be having its effect.
    #[must_use]
    pub fn wait_idle(&self, limit: Duration) -> bool {
        self.shared.wait_idle(limit)
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        drop(self.stop.take());
        let ended = self.thread.take().map(JoinHandle::join);
        let panic = self
            .shared
            .lock()
            .panic
            .take()
            .or_else(|| ended.and_then(Result::err));
        if let Some(panic) = panic
            && !std::thread::panicking()
        {
            std::panic::resume_unwind(panic);
        }
    }
}

impl fmt::Debug for Proxy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Proxy")
            .field("address", &self.address)
            .finish_non_exhaustive()
    }
}

fn authority(upstream: &str) -> Result<Authority, Error> {
    let wrong = || Error::Upstream(upstream.to_owned());
    let uri: Uri = upstream.parse().map_err(|_| wrong())?;
    match (uri.scheme(), uri.authority(), uri.path()) {
        (Some(scheme), Some(authority), "/")
            if *scheme == Scheme::HTTP && authority.port().is_some() =>
        {
            Ok(authority.clone())
        }
        _ => Err(wrong()),
    }
}
