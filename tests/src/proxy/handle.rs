//! One call from its arrival to its answer.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::StatusCode;
use http::request::Parts;
use tokio::sync::oneshot;

use super::action::Request;
use super::answer::{Answer, Sent};
use super::rules::Stop;
use super::shared::{InProgress, Shared};
use super::stale::Key;
use super::tape::Taped;
use super::{Call, Fault, Then, absent, upstream};

/// How a call ends.
#[derive(Debug)]
pub(super) enum Outcome {
    Answer(Sent),
    Reset,
}

/// Carries a call through. `client_gone` ends when nobody waits for the answer any more.
pub(super) async fn handle(
    shared: Arc<Shared>,
    head: Parts,
    body: Bytes,
    client_gone: oneshot::Receiver<()>,
) -> Outcome {
    let request = Request::read(&head, &body);
    let (mut call, plan) = shared.begin(&request);
    let key = plan.remember.then(|| Key::of(&head, &body));
    tokio::time::sleep(plan.delay).await;
    if pass(plan.before, call.call()).await == Then::Reset {
        return Outcome::Reset;
    }
    match &plan.fault {
        Some(Fault::Fail(failure)) => return answer(&mut call, failure.answer(&request).into()),
        Some(Fault::Absent) => return answer(&mut call, absent::answer(&request).into()),
        Some(Fault::ResetBefore) => return Outcome::Reset,
        Some(Fault::Hang(limit)) => return hang(*limit, client_gone).await,
        Some(Fault::Stale) => {
            let stale = key
                .as_ref()
                .and_then(|key| shared.lock().memory.stale(key, &request.service));
            match stale {
                Some(stale) => return answer(&mut call, stale.into()),
                None => call.note(|call| call.faulted = None),
            }
        }
        None
        | Some(
            Fault::FailAfter(_) | Fault::ResetAfter | Fault::HangAfter(_) | Fault::Malformed(_),
        ) => {}
    }
    let arrived = forward(&shared, &head, body, &mut call, key).await;
    // What hooks see; the log says what the client gets.
    let mut seen = call.call().clone();
    seen.status = Some(arrived.status.as_u16());
    seen.aws_error_code = arrived.error_code();
    if pass(plan.after, &seen).await == Then::Reset {
        return Outcome::Reset;
    }
    match plan.fault {
        Some(Fault::FailAfter(failure)) => answer(&mut call, failure.answer(&request).into()),
        Some(Fault::Malformed(how)) => answer(&mut call, arrived.spoil(how, request.wire)),
        Some(Fault::HangAfter(limit)) => hang(limit, client_gone).await,
        Some(Fault::ResetAfter) => Outcome::Reset,
        _ => answer(&mut call, arrived.into()),
    }
}

/// Lets the call wait wherever the test wants it to.
async fn pass(stops: Vec<Stop>, call: &Call) -> Then {
    for stop in stops {
        if stop.pass(call).await == Then::Reset {
            return Then::Reset;
        }
    }
    Then::Proceed
}

/// Lets the call have its effect.
async fn forward(
    shared: &Shared,
    head: &Parts,
    body: Bytes,
    call: &mut InProgress,
    key: Option<Key>,
) -> Answer {
    call.note(|call| call.forwarded = true);
    let service = call.call().service().to_owned();
    let writes = {
        let memory = &mut shared.lock().memory;
        if !call.call().is_read() {
            memory.count_write(&service);
        }
        memory.writes(&service)
    };
    match upstream::forward(&shared.upstream, head, body.clone()).await {
        Ok(arrived) => {
            let mut state = shared.lock();
            if let Some(key) = key {
                state.memory.keep(key, &service, writes, &arrived);
            }
            if let Some(tape) = &mut state.tape {
                tape.push(Taped::new(head, &body, &arrived));
            }
            drop(state);
            arrived
        }
        Err(error) => {
            let text = format!("the proxy's upstream {}: {error}", shared.upstream);
            Answer::typed(StatusCode::BAD_GATEWAY, "text/plain", text)
        }
    }
}

/// Answers, and logs that before the client can see it.
fn answer(call: &mut InProgress, sent: Sent) -> Outcome {
    call.note(|call| {
        call.status = Some(sent.answer().status.as_u16());
        call.aws_error_code = sent.answer().error_code();
    });
    Outcome::Answer(sent)
}

/// Waits for the client to give up, but not for ever.
async fn hang(limit: Duration, client_gone: oneshot::Receiver<()>) -> Outcome {
    // Either way nobody is answered.
    _ = tokio::time::timeout(limit, client_gone).await;
    Outcome::Reset
}
