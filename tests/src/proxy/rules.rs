//! The rules that a test has made, and what they mean for one call.

use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use super::gate::Post;
use super::{Call, Fault, Latency, On, Then, random};

/// All rules.
#[derive(Debug, Default)]
pub(super) struct Rules {
    rules: Vec<Rule>,
    latency: Latency,
    seen_by_action: HashMap<String, u64>,
}

#[derive(Debug)]
struct Rule {
    on: On,
    effect: Effect,
}

/// What a rule does to the calls that it meets.
#[derive(Debug)]
pub(super) enum Effect {
    Fault(Fault),
    Before(Stop),
    After(Stop),
}

/// What is going to happen to one call.
#[derive(Debug, Default)]
pub(super) struct Plan {
    pub(super) delay: Duration,
    pub(super) before: Vec<Stop>,
    pub(super) fault: Option<Fault>,
    pub(super) after: Vec<Stop>,
    /// Whether a later stale read may want the answer.
    pub(super) remember: bool,
}

impl Rules {
    pub(super) fn add(&mut self, on: On, effect: Effect) {
        self.rules.push(Rule { on, effect });
    }

    pub(super) fn set_latency(&mut self, latency: Latency) {
        self.latency = latency;
    }

    pub(super) fn heal(&mut self) {
        self.rules.clear();
        self.latency = Latency::default();
    }

    /// Counts the call and says what is going to happen to it.
    pub(super) fn plan(&mut self, call: &Call) -> Plan {
        let nth = self.seen_by_action.entry(call.action.clone()).or_default();
        *nth += 1;
        let Latency {
            fixed,
            jitter,
            seed,
        } = self.latency;
        let delay = fixed + jitter.mul_f64(random::unit(seed, &call.action, *nth));
        let mut plan = Plan {
            delay,
            ..Plan::default()
        };
        for Rule { on, effect } in &mut self.rules {
            plan.remember |=
                matches!(effect, Effect::Fault(Fault::Stale)) && call.is_read() && on.fits(call);
            if !on.meets(call) {
                continue;
            }
            match effect {
                Effect::Fault(Fault::Stale | Fault::Absent) if !call.is_read() => {}
                Effect::Fault(fault) => _ = plan.fault.get_or_insert_with(|| fault.clone()),
                Effect::Before(stop) => plan.before.push(stop.clone()),
                Effect::After(stop) => plan.after.push(stop.clone()),
            }
        }
        plan
    }
}

type Hook = Arc<Mutex<dyn FnMut(&Call) -> Then + Send>>;

/// Where a call waits for the test.
#[derive(Clone)]
pub(super) enum Stop {
    Hook(Hook),
    Gate(Arc<Post>),
}

impl Stop {
    pub(super) fn hook(hook: impl FnMut(&Call) -> Then + Send + 'static) -> Self {
        Self::Hook(Arc::new(Mutex::new(hook)))
    }

    /// Waits as long as the test wants. A hook's panic is this task's.
    pub(super) async fn pass(self, call: &Call) -> Then {
        match self {
            Self::Gate(post) => post.pass(call).await,
            Self::Hook(hook) => {
                let call = call.clone();
                let run = move || (hook.lock().unwrap_or_else(PoisonError::into_inner))(&call);
                match tokio::task::spawn_blocking(run).await {
                    Ok(then) => then,
                    Err(failed) => match failed.try_into_panic() {
                        Ok(panic) => std::panic::resume_unwind(panic),
                        Err(_cancelled) => Then::Reset,
                    },
                }
            }
        }
    }
}

impl fmt::Debug for Stop {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Hook(_) => f.write_str("Hook"),
            Self::Gate(_) => f.write_str("Gate"),
        }
    }
}
