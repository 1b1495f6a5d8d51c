//! The services go-plugin expects beside the provider's own.

use std::pin::Pin;
use std::task::{Context, Poll};

use tokio_stream::Stream;
use tokio_util::sync::{CancellationToken, WaitForCancellationFutureOwned};
use tonic::{Request, Response, Status, Streaming};
use tracing::debug;

use crate::proto::plugin::grpc_broker_server::GrpcBroker;
use crate::proto::plugin::grpc_controller_server::GrpcController;
use crate::proto::plugin::grpc_stdio_server::GrpcStdio;
use crate::proto::plugin::{ConnInfo, Empty, StdioData};

/// All three services; cloned for each.
#[derive(Debug, Clone)]
pub(super) struct GoPlugin {
    /// Cancelled by Shutdown; ends the streams.
    pub(super) closing: CancellationToken,
}

#[tonic::async_trait]
impl GrpcController for GoPlugin {
    /// The answer still goes out: closing lets open requests finish.
    async fn shutdown(&self, _: Request<Empty>) -> Result<Response<Empty>, Status> {
        debug!("the host asks for shutdown");
        self.closing.cancel();
        Ok(Response::new(Empty {}))
    }
}

#[tonic::async_trait]
impl GrpcStdio for GoPlugin {
    type StreamStdioStream = Silent<StdioData, ()>;

    /// Nothing to stream: logs go straight to stderr. Kept open, since an open stream is what
    /// stops an idle Go client from closing its connection.
    async fn stream_stdio(
        &self,
        _: Request<()>,
    ) -> Result<Response<Self::StreamStdioStream>, Status> {
        Ok(Response::new(Silent::until(&self.closing, ())))
    }
}

#[tonic::async_trait]
impl GrpcBroker for GoPlugin {
    type StartStreamStream = Silent<ConnInfo, Streaming<ConnInfo>>;

    /// Terraform's providers never open side connections; the host opens the stream all the same.
    async fn start_stream(
        &self,
        request: Request<Streaming<ConnInfo>>,
    ) -> Result<Response<Self::StartStreamStream>, Status> {
        Ok(Response::new(Silent::until(
            &self.closing,
            request.into_inner(),
        )))
    }
}

/// A stream without items that ends when the server closes.
#[derive(Debug)]
pub(super) struct Silent<T, R> {
    closing: Pin<Box<WaitForCancellationFutureOwned>>,
    /// The client's half, held so that it isn't reset.
    _requests: R,
    items: std::marker::PhantomData<fn() -> T>,
}

impl<T, R> Silent<T, R> {
    fn until(closing: &CancellationToken, requests: R) -> Self {
        Self {
            closing: Box::pin(closing.clone().cancelled_owned()),
            _requests: requests,
            items: std::marker::PhantomData,
        }
    }
}

impl<T, R: Unpin> Stream for Silent<T, R> {
    type Item = Result<T, Status>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.closing.as_mut().poll(cx).map(|()| None)
    }
}
