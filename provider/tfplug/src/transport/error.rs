//! Why the plugin can't serve.

use std::io;
use std::path::PathBuf;

/// A reason to end before or instead of serving.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// Started by hand: the environment lacks Terraform's magic cookie.
    #[error("not started by terraform")]
    NotAPlugin,
    /// The caller speaks other protocol versions.
    #[error(
        "the caller offers plugin protocol versions {offered:?}, this provider speaks 6: \
         use terraform 1.0 or later, or any OpenTofu"
    )]
    ProtocolVersion {
        /// `PLUGIN_PROTOCOL_VERSIONS` as received; empty when unset.
        offered: String,
    },
    /// No certificate to pin; serving would let any local user call the provider.
    #[error(
        "PLUGIN_CLIENT_CERT is not set, and without it anybody on this machine could call the \
         provider with its credentials: unset TF_DISABLE_PLUGIN_TLS, or start with --debug"
    )]
    NoClientCertificate,
    /// `PLUGIN_CLIENT_CERT` isn't one PEM certificate.
    #[error("PLUGIN_CLIENT_CERT must hold exactly one PEM certificate")]
    ClientCertificate,
    /// A variable holds something else than it should.
    #[error("{name} is {value:?}, want {want}")]
    Environment {
        /// The variable.
        name: &'static str,
        /// Its value.
        value: String,
        /// What it may hold.
        want: &'static str,
    },
    /// No directory could hold the socket.
    #[error("cannot make a socket in {path}")]
    Socket {
        /// The last directory tried.
        path: PathBuf,
        /// What the system said.
        #[source]
        source: io::Error,
    },
    /// Every candidate directory's name is too long for a socket, or breaks the handshake line.
    #[error("no directory is fit for a socket: set TMPDIR to a short path of plain characters")]
    SocketPath,
    /// No loopback port was free.
    #[error("cannot listen on 127.0.0.1 between ports {min} and {max}")]
    Port {
        /// First port tried.
        min: u16,
        /// Last port tried.
        max: u16,
        /// What the system said of the last.
        #[source]
        source: io::Error,
    },
    /// The server certificate could not be made.
    #[error("cannot make a server certificate")]
    Certificate(#[from] rcgen::Error),
    /// TLS refused its configuration.
    #[error("cannot set up tls")]
    Tls(#[from] rustls::Error),
    /// The handshake line could not be written.
    #[error("cannot write to stdout")]
    Stdout(#[source] io::Error),
    /// Signal handlers or the async runtime could not be set up.
    #[error("cannot set up the process")]
    Process(#[source] io::Error),
    /// The gRPC server broke.
    #[error("the grpc server broke")]
    Server(#[from] tonic::transport::Error),
}
