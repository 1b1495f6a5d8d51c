//! Accepts connections and lets only authenticated ones through to gRPC.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use rustls::ServerConfig;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::sync::mpsc;
use tokio::task::JoinHandle;
use tokio_rustls::TlsAcceptor;
use tokio_stream::wrappers::ReceiverStream;
use tokio_util::sync::CancellationToken;
use tonic::transport::server::Connected;
use tracing::{debug, warn};

use super::connections::{Connections, Open};
use super::endpoint::{Endpoint, Io};

/// A client that has proven itself, or any client when there is no TLS.
pub(super) struct Connection {
    io: Box<dyn Io>,
    _open: Open,
}

/// Accepts on `endpoint` until `closing`, then drops it. Without `tls` clients aren't asked who
/// they are.
///
/// The task ends once the socket is closed and its directory gone.
pub(super) fn spawn(
    endpoint: Endpoint,
    tls: Option<ServerConfig>,
    connections: Connections,
    closing: CancellationToken,
) -> (ReceiverStream<io::Result<Connection>>, JoinHandle<()>) {
    let (sender, receiver) = mpsc::channel(BACKLOG);
    let gate = Gate {
        tls: tls.map(|tls| TlsAcceptor::from(Arc::new(tls))),
        connections,
        sender,
    };
    let accepting = tokio::spawn(async move {
        closing.run_until_cancelled(gate.accept(&endpoint)).await;
    });
    (ReceiverStream::new(receiver), accepting)
}

/// Connections waiting for tonic, which takes them as they come.
const BACKLOG: usize = 16;

/// A handshake takes milliseconds; a client this slow is not Terraform.
const HANDSHAKE_LIMIT: Duration = Duration::from_secs(10);

/// A failed accept is mostly a lack of file descriptors, which others must give back first.
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);

#[derive(Clone)]
struct Gate {
    tls: Option<TlsAcceptor>,
    connections: Connections,
    sender: mpsc::Sender<io::Result<Connection>>,
}

impl Gate {
    async fn accept(self, endpoint: &Endpoint) {
        loop {
            match endpoint.accept().await {
                // Each in a task of its own: a silent client must not hold up the next one.
                Ok(io) => drop(tokio::spawn(self.clone().admit(io))),
                Err(error) => {
                    warn!(%error, "cannot accept a connection");
                    tokio::time::sleep(ACCEPT_PAUSE).await;
                }
            }
        }
    }

    async fn admit(self, io: Box<dyn Io>) {
        let io = match &self.tls {
            None => io,
            Some(tls) => match tokio::time::timeout(HANDSHAKE_LIMIT, tls.accept(io)).await {
                Ok(Ok(stream)) => Box::new(stream),
                Ok(Err(error)) => return debug!(%error, "refused a connection"),
                Err(_) => return debug!("refused a connection that stayed silent"),
            },
        };
        let connection = Connection {
            io,
            _open: self.connections.open(),
        };
        // Fails only when the server is closing.
        let _ = self.sender.send(Ok(connection)).await;
    }
}

impl Connected for Connection {
    type ConnectInfo = ();

    fn connect_info(&self) {}
}

impl AsyncRead for Connection {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.io).poll_read(cx, buf)
    }
}

impl AsyncWrite for Connection {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.io).poll_write(cx, buf)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bufs: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.io).poll_write_vectored(cx, bufs)
    }

    fn is_write_vectored(&self) -> bool {
        self.io.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.io).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.io).poll_shutdown(cx)
    }
}
