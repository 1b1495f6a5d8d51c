//! Serves a provider from the first byte on stdout to the last connection's end.

use std::io::{self, Write as _};
use std::pin::pin;
use std::time::{Duration, SystemTime};

use tokio::time::timeout;
use tokio_util::sync::CancellationToken;
use tonic::transport::Server;
use tonic::transport::server::Router;
use tonic_health::ServingStatus;
use tracing::{debug, info, warn};

use super::connections::Connections;
use super::endpoint::Endpoint;
use super::goplugin::GoPlugin;
use super::signals::{Event, Signals};
use super::tls::Identity;
use super::{Error, Host, Lifecycle, Mode, Settings, accept, announce, tls};
use crate::proto::plugin::grpc_broker_server::GrpcBrokerServer;
use crate::proto::plugin::grpc_controller_server::GrpcControllerServer;
use crate::proto::plugin::grpc_stdio_server::GrpcStdioServer;
use crate::proto::tfplugin6::provider_server::{Provider, ProviderServer};

/// Announces the plugin on stdout and serves `provider` until the host is done with it.
///
/// That is: it said Shutdown, or it is gone. Then `lifecycle.stop` is cancelled and operations
/// get 30 seconds to finish what they have begun in AWS or wherever they are.
///
/// # Errors
///
/// What kept the plugin from serving. Misbehaving clients never do.
pub async fn serve<P: Provider>(
    settings: &Settings,
    host: Host,
    lifecycle: Lifecycle,
    provider: P,
) -> Result<(), Error> {
    // Before the host knows of us: from here on a Ctrl-C can't kill the plugin.
    let signals = Signals::install().map_err(Error::Process)?;
    let endpoint = Endpoint::bind(&host.socket)?;
    let address = endpoint.address();
    let debugging = matches!(host.mode, Mode::Debug);
    let (text, tls) = match host.mode {
        Mode::Managed(client) => {
            let identity = Identity::generate(SystemTime::now())?;
            let text = announce::handshake(address, &identity.certificate);
            (text, Some(tls::server_config(identity, client)?))
        }
        Mode::Debug => (
            announce::reattach(settings, address, std::process::id()),
            None,
        ),
    };

    let closing = CancellationToken::new();
    let connections = Connections::default();
    let router = router(provider, closing.clone()).await;
    announce(&text).map_err(Error::Stdout)?;
    debug!(network = address.network(), "listening");
    let (incoming, accepting) = accept::spawn(endpoint, tls, connections.clone(), closing.clone());
    let server = tokio::spawn(
        router.serve_with_incoming_shutdown(incoming, closing.clone().cancelled_owned()),
    );

    let end = end(signals, &connections, &lifecycle, debugging);
    closing.run_until_cancelled(end).await;
    lifecycle.stop.cancel();
    closing.cancel();
    // The socket goes first: a host that loses patience with the operations kills the process.
    let _ = accepting.await;
    lifecycle.tasks.close();
    if timeout(OPERATIONS_LIMIT, lifecycle.tasks.wait())
        .await
        .is_err()
    {
        warn!(
            count = lifecycle.tasks.len(),
            "gave up on operations that would not stop"
        );
    }
    match timeout(CLOSE_LIMIT, server).await {
        Ok(Ok(result)) => Ok(result?),
        // A connection nobody closes; the process ends it.
        Err(_) => Ok(()),
        Ok(Err(join)) => Err(Error::Process(join.into())),
    }
}

/// Largest message either way, in bytes. A plan carries prior, proposed and configured values, so
/// gRPC's usual 4 MiB end at an attribute of 1.4 MiB; go-plugin itself has no limit.
const MAX_MESSAGE: usize = 256 * 1024 * 1024;

/// How long operations may take to notice that they should stop. Terraform, when it still lives,
/// kills the plugin two seconds after Shutdown anyway.
const OPERATIONS_LIMIT: Duration = Duration::from_secs(30);

/// How long a client may take to close its connection after the last answer.
const CLOSE_LIMIT: Duration = Duration::from_secs(1);

async fn router<P: Provider>(provider: P, closing: CancellationToken) -> Router {
    let (health, health_service) = tonic_health::server::health_reporter();
    // The name go-plugin's Ping asks for.
    health
        .set_service_status("plugin", ServingStatus::Serving)
        .await;
    let goplugin = GoPlugin { closing };
    Server::builder()
        .add_service(
            ProviderServer::new(provider)
                .max_decoding_message_size(MAX_MESSAGE)
                .max_encoding_message_size(MAX_MESSAGE),
        )
        .add_service(GrpcControllerServer::new(goplugin.clone()))
        .add_service(GrpcStdioServer::new(goplugin.clone()))
        .add_service(GrpcBrokerServer::new(goplugin))
        .add_service(health_service)
}

fn announce(text: &str) -> io::Result<()> {
    let mut stdout = io::stdout().lock();
    stdout.write_all(text.as_bytes())?;
    stdout.flush()
}

/// Resolves when the process should end although nobody said Shutdown.
async fn end(
    mut signals: Signals,
    connections: &Connections,
    lifecycle: &Lifecycle,
    debugging: bool,
) {
    let mut abandoned = pin!(connections.abandoned());
    let mut terminated = false;
    loop {
        tokio::select! {
            () = &mut abandoned, if !debugging => {
                return warn!("terraform is gone, finishing what runs");
            }
            // Who sends SIGTERM doesn't want to wait for another host.
            () = connections.none(), if terminated => return,
            event = signals.next() => match event {
                _ if debugging => return info!("ending the debugged provider"),
                // Terraform got it too, and decides: a first one becomes StopProvider. Ending
                // here would lose objects that are just being created. While it plans within an
                // apply it says nothing, though, and would wait for the end of the refresh.
                Event::Interrupt => {
                    debug!("interrupted, ending what only looks");
                    lifecycle.looks.cancel();
                }
                Event::Terminate => {
                    info!("asked to terminate, stopping operations");
                    lifecycle.stop.cancel();
                    terminated = true;
                }
            },
        }
    }
}
