//! The proxy's listener and connections.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll};

use http::{Request, Response, StatusCode};
use http_body_util::{BodyExt, LengthLimitError, Limited};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::oneshot;

use super::answer::{Answer, Sent, SentBody};
use super::handle::{Outcome, handle};
use super::shared::Shared;

/// Bytes in the largest request. The APIs' own limits are far smaller.
const LARGEST_REQUEST: usize = 8 * 1024 * 1024;

/// Serves until `stopped` is dropped or sent.
pub(super) async fn serve(
    listener: TcpListener,
    shared: Arc<Shared>,
    mut stopped: oneshot::Receiver<()>,
) {
    loop {
        tokio::select! {
            _ = &mut stopped => return,
            accepted = listener.accept() => match accepted {
                Ok((stream, _)) => {
                    tokio::spawn(converse(stream, Arc::clone(&shared)));
                }
                // A client that left at once, or no more file descriptors until another connection ends.
                Err(_) => tokio::task::yield_now().await,
            },
        }
    }
}

async fn converse(stream: TcpStream, shared: Arc<Shared>) {
    let reset = Arc::new(AtomicBool::new(false));
    let service = service_fn(|request| {
        let (shared, reset) = (Arc::clone(&shared), Arc::clone(&reset));
        async move {
            let outcome = exchange(request, shared).await;
            if outcome.is_err() {
                reset.store(true, Ordering::Relaxed);
            }
            outcome
        }
    });
    // Without this, small answers wait for acknowledgements; failing to set it changes no result.
    _ = stream.set_nodelay(true);
    let stream = TokioIo::new(Connection {
        stream,
        reset: Arc::clone(&reset),
    });
    // However this ends, the client sees the end of its connection, and the log has the rest.
    _ = http1::Builder::new()
        .serve_connection(stream, service)
        .await;
}

/// The error that makes a connection end without an answer.
#[derive(Debug, thiserror::Error)]
#[error("reset on purpose")]
struct Reset;

async fn exchange(
    request: Request<Incoming>,
    shared: Arc<Shared>,
) -> Result<Response<SentBody>, Reset> {
    let (head, body) = request.into_parts();
    let body = match Limited::new(body, LARGEST_REQUEST).collect().await {
        Ok(body) => body.to_bytes(),
        Err(error) if error.is::<LengthLimitError>() => {
            let answer = Answer::typed(
                StatusCode::PAYLOAD_TOO_LARGE,
                "text/plain",
                "longer than the proxy allows",
            );
            return Ok(Sent::from(answer).into_response());
        }
        Err(_gone) => return Err(Reset),
    };
    // Dropped with this future, which is when the client goes away.
    let (_client, client_gone) = oneshot::channel();
    // A task of its own, since the call goes on without the client.
    let handled = tokio::spawn(async move {
        let handled = tokio::spawn(handle(Arc::clone(&shared), head, body, client_gone)).await;
        handled.unwrap_or_else(|failed| {
            if let Ok(panic) = failed.try_into_panic() {
                shared.lock().panic.get_or_insert(panic);
            }
            Outcome::Reset
        })
    });
    match handled.await {
        Ok(Outcome::Answer(sent)) => Ok(sent.into_response()),
        Ok(Outcome::Reset) | Err(_) => Err(Reset),
    }
}

/// A connection that can end with a reset instead of a farewell.
struct Connection {
    stream: TcpStream,
    reset: Arc<AtomicBool>,
}

impl Connection {
    fn is_reset(&self) -> bool {
        self.reset.load(Ordering::Relaxed)
    }
}

impl Drop for Connection {
    fn drop(&mut self) {
        if self.is_reset() {
            // Failing that, the client sees an end of file instead: a lost connection as well.
            _ = self.stream.set_zero_linger();
        }
    }
}

impl AsyncRead for Connection {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(cx, buf)
    }
}

impl AsyncWrite for Connection {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(cx, buf)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        if self.is_reset() {
            Poll::Ready(Ok(()))
        } else {
            Pin::new(&mut self.stream).poll_shutdown(cx)
        }
    }
}
