//! A plugin host as Terraform is one: starts a plugin, reads its handshake line, speaks to it.

use std::io;
use std::path::PathBuf;
use std::process::{Command, ExitStatus, Stdio};
use std::sync::Arc;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use hyper_util::rt::TokioIo;
use rcgen::{BasicConstraints, CertificateParams, IsCa, KeyPair, SignatureAlgorithm};
use rustls::client::ResolvesClientCert;
use rustls::crypto::aws_lc_rs;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};
use rustls::sign::CertifiedKey;
use rustls::{ClientConfig, RootCertStore, SignatureScheme};
use tfplug::proto::plugin::Empty;
use tfplug::proto::plugin::grpc_controller_client::GrpcControllerClient;
use tokio::io::{AsyncBufReadExt as _, AsyncRead, AsyncReadExt as _, AsyncWrite, BufReader};
use tokio::process::{Child, ChildStdout};
use tonic::transport::{Channel, Endpoint, Uri};

/// Beyond this a test hangs; nothing is asserted about how much sooner things happen.
pub(crate) const LIMIT: Duration = Duration::from_secs(60);

/// A byte stream to the plugin.
pub(crate) trait Io: AsyncRead + AsyncWrite + Send + Unpin {}

impl<T: AsyncRead + AsyncWrite + Send + Unpin> Io for T {}

/// A client certificate as go-plugin makes it: self-signed, a CA, for `localhost`.
pub(crate) struct Identity {
    pub(crate) certificate: CertificateDer<'static>,
    pub(crate) key: KeyPair,
}

impl Identity {
    /// go-plugin's own choice is P-521.
    pub(crate) fn generate(algorithm: &'static SignatureAlgorithm) -> Self {
        let key = KeyPair::generate_for(algorithm).unwrap();
        let mut params = CertificateParams::new(["localhost".to_owned()]).unwrap();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let certificate = params.self_signed(&key).unwrap().der().clone();
        Self { certificate, key }
    }

    /// What PLUGIN_CLIENT_CERT carries.
    pub(crate) fn pem(&self) -> String {
        let body = base64::engine::general_purpose::STANDARD.encode(&self.certificate);
        format!("-----BEGIN CERTIFICATE-----\n{body}\n-----END CERTIFICATE-----\n")
    }

    /// How an honest client shows it.
    pub(crate) fn credentials(&self) -> Credentials {
        Credentials::new(vec![self.certificate.clone()], &self.key)
    }
}

/// What a client shows in the handshake; chain and key need not belong together.
#[derive(Debug)]
pub(crate) struct Credentials(Option<Arc<CertifiedKey>>);

impl Credentials {
    pub(crate) fn new(chain: Vec<CertificateDer<'static>>, key: &KeyPair) -> Self {
        let key = PrivateKeyDer::from(PrivatePkcs8KeyDer::from(key.serialize_der()));
        let key = aws_lc_rs::sign::any_supported_type(&key).unwrap();
        Self(Some(Arc::new(CertifiedKey::new(chain, key))))
    }

    pub(crate) fn none() -> Self {
        Self(None)
    }
}

impl ResolvesClientCert for Credentials {
    fn resolve(&self, _: &[&[u8]], _: &[SignatureScheme]) -> Option<Arc<CertifiedKey>> {
        self.0.clone()
    }

    fn has_certs(&self) -> bool {
        self.0.is_some()
    }
}

/// Where a plugin listens, and whom to expect there.
#[derive(Debug, Clone)]
pub(crate) struct Address {
    pub(crate) network: String,
    pub(crate) address: String,
    /// None: plaintext.
    pub(crate) server: Option<CertificateDer<'static>>,
}

impl Address {
    /// Reads go-plugin's handshake line.
    pub(crate) fn parse(line: &str) -> Self {
        let fields: Vec<_> = line.trim_end().split('|').collect();
        let [core, protocol, network, address, kind, certificate] = fields[..] else {
            panic!("handshake line {line:?}")
        };
        assert_eq!(
            (core, protocol, kind),
            ("1", "6", "grpc"),
            "handshake line {line:?}"
        );
        Self {
            network: network.to_owned(),
            address: address.to_owned(),
            server: Some(STANDARD_NO_PAD.decode(certificate).unwrap().into()),
        }
    }

    /// A bare connection.
    pub(crate) async fn dial(&self) -> io::Result<Box<dyn Io>> {
        Ok(match self.network.as_str() {
            "tcp" => Box::new(tokio::net::TcpStream::connect(&self.address).await?),
            #[cfg(unix)]
            "unix" => Box::new(tokio::net::UnixStream::connect(&self.address).await?),
            other => panic!("network {other:?}"),
        })
    }

    /// A TLS connection, checked against the announced certificate as a Go client does.
    pub(crate) async fn dial_tls(&self, credentials: Credentials) -> io::Result<Box<dyn Io>> {
        let mut roots = RootCertStore::empty();
        roots.add(self.server.clone().unwrap()).unwrap();
        let mut config =
            ClientConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
                .with_safe_default_protocol_versions()
                .unwrap()
                .with_root_certificates(roots)
                .with_client_cert_resolver(Arc::new(credentials));
        config.alpn_protocols = vec![b"h2".to_vec()];
        let connector = tokio_rustls::TlsConnector::from(Arc::new(config));
        let name = "localhost".try_into().unwrap();
        Ok(Box::new(connector.connect(name, self.dial().await?).await?))
    }
}

/// gRPC over one connection; when that ends, so does the channel.
pub(crate) async fn channel(io: Box<dyn Io>) -> Result<Channel, tonic::transport::Error> {
    let mut io = Some(TokioIo::new(io));
    let connector = tower::service_fn(move |_: Uri| {
        let io = io.take().ok_or(io::ErrorKind::NotConnected);
        async move { Ok::<_, io::Error>(io?) }
    });
    Endpoint::from_static("http://localhost")
        .connect_with_connector(connector)
        .await
}

/// A running plugin, killed when dropped.
pub(crate) struct Plugin {
    pub(crate) address: Address,
    pub(crate) identity: Identity,
    child: Child,
    stdout: BufReader<ChildStdout>,
}

impl Plugin {
    /// Starts `command` with what Terraform puts into a plugin's environment.
    pub(crate) async fn start(command: Command) -> Self {
        Self::start_with(command, Identity::generate(&rcgen::PKCS_ECDSA_P521_SHA512)).await
    }

    /// The same with a client certificate of choice.
    pub(crate) async fn start_with(mut command: Command, identity: Identity) -> Self {
        managed(&mut command).env("PLUGIN_CLIENT_CERT", identity.pem());
        let (child, mut stdout) = spawn(command);
        let line = read_line(&mut stdout).await;
        Self {
            address: Address::parse(&line),
            identity,
            child,
            stdout,
        }
    }

    /// Starts `command` with `--debug` and finds the address in what it prints.
    pub(crate) async fn debug(mut command: Command) -> Self {
        command.arg("--debug");
        let (child, mut stdout) = spawn(command);
        let json = loop {
            let line = read_line(&mut stdout).await;
            if let Some((_, json)) = line.trim().split_once("TF_REATTACH_PROVIDERS='") {
                break json.trim_end_matches('\'').to_owned();
            }
        };
        let providers: serde_json::Value = serde_json::from_str(&json).unwrap();
        let (_, provider) = providers.as_object().unwrap().iter().next().unwrap();
        assert_eq!(provider["Protocol"], "grpc");
        assert_eq!(provider["ProtocolVersion"], 6);
        assert_eq!(provider["Pid"], child.id().unwrap());
        let text = |name: &str| provider["Addr"][name].as_str().unwrap().to_owned();
        let address = Address {
            network: text("Network"),
            address: text("String"),
            server: None,
        };
        let identity = Identity::generate(&rcgen::PKCS_ECDSA_P256_SHA256);
        Self {
            address,
            identity,
            child,
            stdout,
        }
    }

    /// Connects as the host that started the plugin.
    pub(crate) async fn connect(&self) -> Channel {
        let io = match self.address.server {
            Some(_) => self.address.dial_tls(self.identity.credentials()).await,
            None => self.address.dial().await,
        };
        channel(io.unwrap()).await.unwrap()
    }

    /// The process id.
    pub(crate) fn pid(&self) -> u32 {
        self.child.id().unwrap()
    }

    /// The directory that holds the Unix socket.
    pub(crate) fn socket_dir(&self) -> PathBuf {
        assert_eq!(self.address.network, "unix");
        PathBuf::from(&self.address.address)
            .parent()
            .unwrap()
            .to_owned()
    }

    /// Ends the plugin as a host does, and waits for it.
    pub(crate) async fn shutdown(self, channel: Channel) -> ExitStatus {
        GrpcControllerClient::new(channel)
            .shutdown(Empty {})
            .await
            .unwrap();
        self.exited().await
    }

    /// Waits for the plugin's own end; by then it has printed nothing after its first line.
    pub(crate) async fn exited(mut self) -> ExitStatus {
        let mut rest = String::new();
        let exit = async {
            let status = self.child.wait().await.unwrap();
            self.stdout.read_to_string(&mut rest).await.unwrap();
            status
        };
        let status = tokio::time::timeout(LIMIT, exit)
            .await
            .expect("the plugin does not exit");
        assert_eq!(rest.trim(), "");
        status
    }
}

/// Sets what every host sets, the client certificate aside.
pub(crate) fn managed(command: &mut Command) -> &mut Command {
    command
        .env(
            "TF_PLUGIN_MAGIC_COOKIE",
            "d602bf8f470bc67ca7faa0386276bbdd4330efaf76d1a219cb4d6991ca9872b2",
        )
        .env("PLUGIN_PROTOCOL_VERSIONS", "5,6")
        .env("PLUGIN_MIN_PORT", "10000")
        .env("PLUGIN_MAX_PORT", "25000")
}

fn spawn(command: Command) -> (Child, BufReader<ChildStdout>) {
    let mut command = tokio::process::Command::from(command);
    let mut child = command
        .stdout(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .unwrap();
    let stdout = child.stdout.take().unwrap();
    (child, BufReader::new(stdout))
}

async fn read_line(stdout: &mut BufReader<ChildStdout>) -> String {
    let mut line = String::new();
    let read = tokio::time::timeout(LIMIT, stdout.read_line(&mut line)).await;
    assert_ne!(
        read.expect("no line on stdout").unwrap(),
        0,
        "the plugin ended at once"
    );
    line
}
