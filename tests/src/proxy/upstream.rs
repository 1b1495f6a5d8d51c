//! Passing requests on.

use bytes::Bytes;
use http::header::{
    CONNECTION, CONTENT_LENGTH, EXPECT, HeaderName, PROXY_AUTHENTICATE, PROXY_AUTHORIZATION, TE,
    TRAILER, TRANSFER_ENCODING, UPGRADE,
};
use http::request::Parts;
use http::uri::{Authority, PathAndQuery};
use http::{HeaderMap, Request, Uri};
use http_body_util::{BodyExt, Full, LengthLimitError, Limited};
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;

use super::answer::Answer;

/// Bytes in the largest answer; AWS's pages are far smaller.
const LARGEST_ANSWER: usize = 64 * 1024 * 1024;

/// Why the upstream gave no answer.
#[derive(Debug, thiserror::Error)]
pub(super) enum Unreachable {
    #[error("can't connect: {0}")]
    Connect(#[from] std::io::Error),
    #[error("no answer: {0}")]
    Exchange(#[from] hyper::Error),
    #[error("the answer is longer than {LARGEST_ANSWER} bytes")]
    TooLong,
    #[error("the answer ended early: {0}")]
    Body(Box<dyn std::error::Error + Send + Sync>),
}

/// Sends the request as it came, its host and signature included, and reads the whole answer.
///
/// Each request has a connection of its own: one that is kept could be closed by the upstream at any moment, which
/// would be a fault that nobody asked for.
pub(super) async fn forward(
    upstream: &Authority,
    head: &Parts,
    body: Bytes,
) -> Result<Answer, Unreachable> {
    let stream = TcpStream::connect(upstream.as_str()).await?;
    stream.set_nodelay(true)?;
    let (mut sender, connection) =
        hyper::client::conn::http1::handshake(TokioIo::new(stream)).await?;
    let exchange = async {
        let mut request = Request::new(Full::new(body));
        *request.method_mut() = head.method.clone();
        *request.uri_mut() = target(&head.uri);
        *request.headers_mut() = end_to_end(&head.headers);
        let (head, body) = sender.send_request(request).await?.into_parts();
        let body = Limited::new(body, LARGEST_ANSWER)
            .collect()
            .await
            .map_err(|error| {
                if error.is::<LengthLimitError>() {
                    Unreachable::TooLong
                } else {
                    Unreachable::Body(error)
                }
            })?;
        Ok(Answer {
            status: head.status,
            headers: end_to_end(&head.headers),
            body: body.to_bytes(),
        })
    };
    tokio::pin!(exchange);
    tokio::select! {
        answer = &mut exchange => answer,
        // The connection may end with the answer still to be read.
        _ = connection => exchange.await,
    }
}

/// The target in the form that servers expect: path and query alone.
fn target(uri: &Uri) -> Uri {
    uri.path_and_query()
        .cloned()
        .unwrap_or_else(|| PathAndQuery::from_static("/"))
        .into()
}

/// The headers without those that belong to one connection (RFC 9110, section 7.6.1) or are made anew.
fn end_to_end(headers: &HeaderMap) -> HeaderMap {
    const KEEP_ALIVE: HeaderName = HeaderName::from_static("keep-alive");
    let mut kept = headers.clone();
    let named = headers
        .get_all(CONNECTION)
        .iter()
        .filter_map(|value| value.to_str().ok());
    for name in named.flat_map(|names| names.split(',')) {
        kept.remove(name.trim());
    }
    let own = [
        CONNECTION,
        KEEP_ALIVE,
        PROXY_AUTHENTICATE,
        PROXY_AUTHORIZATION,
        TE,
        TRAILER,
        TRANSFER_ENCODING,
        UPGRADE,
    ];
    for name in own.into_iter().chain([CONTENT_LENGTH, EXPECT]) {
        kept.remove(name);
    }
    kept
}
