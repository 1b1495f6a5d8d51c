//! The transport as a plugin host and an intruder see it: a real process on a real socket.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing
)]

#[path = "support/host.rs"]
mod host;

use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::time::Duration;

use host::{Credentials, Identity, LIMIT, Plugin, managed};
use tfplug::proto::plugin::ConnInfo;
use tfplug::proto::plugin::grpc_broker_client::GrpcBrokerClient;
use tfplug::proto::plugin::grpc_stdio_client::GrpcStdioClient;
use tfplug::proto::tfplugin6 as tf;
use tfplug::proto::tfplugin6::provider_client::ProviderClient;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::time::timeout;
use tonic::transport::Channel;
use tonic_health::pb::health_check_response::ServingStatus;
use tonic_health::pb::health_client::HealthClient;
use tower::ServiceExt as _;

fn minimal() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_tfplug-minimal"));
    command.env_clear();
    command
}

fn minimal_on(transport: &str) -> Command {
    let mut command = minimal();
    command.env("TFPLUG_TRANSPORT", transport);
    command
}

/// Whether a provider really answers.
async fn metadata(channel: Channel) -> Result<(), tonic::Status> {
    let answer = ProviderClient::new(channel)
        .get_metadata(tf::get_metadata::Request {})
        .await?;
    assert_eq!(answer.into_inner().resources[0].type_name, "minimal_thing");
    Ok(())
}

#[tokio::test]
async fn serves_its_host_on_both_transports() {
    for (transport, algorithm) in [
        ("unix", &rcgen::PKCS_ECDSA_P521_SHA512),
        ("unix", &rcgen::PKCS_ECDSA_P256_SHA256),
        ("tcp", &rcgen::PKCS_ECDSA_P521_SHA512),
    ] {
        let identity = Identity::generate(algorithm);
        let plugin = Plugin::start_with(minimal_on(transport), identity).await;
        assert_eq!(plugin.address.network, transport);
        let channel = plugin.connect().await;
        metadata(channel.clone()).await.unwrap();
        let ping = tonic_health::pb::HealthCheckRequest {
            service: "plugin".into(),
        };
        let health = HealthClient::new(channel.clone())
            .check(ping)
            .await
            .unwrap()
            .into_inner();
        assert_eq!(health.status(), ServingStatus::Serving);
        assert!(plugin.shutdown(channel).await.success());
    }
}

/// Talks HTTP/2 until the other side ends it; the answer's bytes.
async fn talk(mut io: Box<dyn host::Io>) -> Vec<u8> {
    const PREFACE_AND_SETTINGS: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0";
    let mut answer = vec![0; 64];
    // Errors are refusals too.
    let _ = io.write_all(PREFACE_AND_SETTINGS).await;
    let _ = io.flush().await;
    let read = timeout(LIMIT, io.read(&mut answer))
        .await
        .expect("neither answer nor end");
    answer.truncate(read.unwrap_or_default());
    answer
}

#[tokio::test]
async fn refuses_everybody_else() {
    for transport in ["unix", "tcp"] {
        let plugin = Plugin::start(minimal_on(transport)).await;
        let address = &plugin.address;
        let right = plugin.identity.certificate.clone();
        let stranger = Identity::generate(&rcgen::PKCS_ECDSA_P521_SHA512);
        let intruders = [
            ("no certificate", Credentials::none()),
            ("a foreign certificate", stranger.credentials()),
            (
                "the right certificate without its key",
                Credentials::new(vec![right.clone()], &stranger.key),
            ),
            (
                "a chain",
                Credentials::new(
                    vec![right.clone(), stranger.certificate.clone()],
                    &plugin.identity.key,
                ),
            ),
            (
                "the right certificate twice",
                Credentials::new(vec![right.clone(), right.clone()], &plugin.identity.key),
            ),
            (
                "a foreign certificate with the right one behind",
                Credentials::new(vec![stranger.certificate.clone(), right], &stranger.key),
            ),
        ];
        for (who, credentials) in intruders {
            // A TLS 1.3 client's handshake ends before the server looks at the certificate, so
            // only data tells.
            if let Ok(io) = address.dial_tls(credentials).await {
                assert_eq!(talk(io).await, b"", "{transport}: served {who}");
            }
        }
        let plain = talk(address.dial().await.unwrap()).await;
        let alert = plain.first().is_none_or(|kind| *kind == 21);
        assert!(alert, "{transport}: served a plaintext client: {plain:?}");

        let host = address
            .dial_tls(plugin.identity.credentials())
            .await
            .unwrap();
        assert_ne!(
            talk(host).await,
            b"",
            "the same talk from the host is answered"
        );
        let channel = plugin.connect().await;
        metadata(channel.clone()).await.unwrap();
        assert!(plugin.shutdown(channel).await.success());
    }
}

#[tokio::test]
async fn silent_connections_block_nobody() {
    let plugin = Plugin::start(minimal()).await;
    let mut silent = Vec::new();
    for _ in 0..40 {
        silent.push(plugin.address.dial().await.unwrap());
    }
    let channel = plugin.connect().await;
    metadata(channel.clone()).await.unwrap();
    // Answered beside the silent ones, not after them.
    for io in &mut silent {
        let read = timeout(Duration::from_millis(1), io.read_u8()).await;
        assert!(
            read.is_err(),
            "a silent connection has already ended: {read:?}"
        );
    }
    assert!(plugin.shutdown(channel).await.success());
}

#[tokio::test]
async fn garbage_hurts_only_its_sender() {
    let plugin = Plugin::start(minimal()).await;
    let host = plugin.connect().await;
    let garbage: Vec<u8> = (0..10_000_u32).map(|i| (i * 7919 % 251) as u8).collect();
    let bare = plugin.address.dial().await.unwrap();
    let inside = plugin
        .address
        .dial_tls(plugin.identity.credentials())
        .await
        .unwrap();
    for mut io in [bare, inside] {
        let _ = io.write_all(&garbage).await;
        let mut rest = Vec::new();
        let end = timeout(LIMIT, io.read_to_end(&mut rest)).await;
        assert!(end.is_ok(), "garbage keeps a connection");
    }
    metadata(host.clone()).await.unwrap();
    assert!(plugin.shutdown(host).await.success());
}

#[tokio::test]
async fn oversized_message_is_refused_unread() {
    let plugin = Plugin::start(minimal()).await;
    let host = plugin.connect().await;
    // A gRPC frame that announces 512 MiB: flag, then length.
    let frame = String::from_utf8(vec![0, 0x20, 0, 0, 0]).unwrap();
    let request = http::Request::post("http://localhost/tfplugin6.Provider/GetMetadata")
        .header("content-type", "application/grpc")
        .body(tonic::body::Body::new(frame))
        .unwrap();
    let response = timeout(LIMIT, host.clone().oneshot(request))
        .await
        .unwrap()
        .unwrap();
    let status = tonic::Status::from_header_map(response.headers()).unwrap();
    assert_eq!(status.code(), tonic::Code::OutOfRange, "{status}");
    metadata(host.clone()).await.unwrap();
    assert!(plugin.shutdown(host).await.success());
}

#[tokio::test]
async fn large_messages_pass_both_ways() {
    let plugin = Plugin::start(minimal()).await;
    let state = tf::DynamicValue {
        msgpack: vec![7; 20 << 20],
        json: Vec::new(),
    };
    let channel = plugin.connect().await;
    let mut client = ProviderClient::new(channel.clone()).max_decoding_message_size(64 << 20);
    let request = tf::read_resource::Request {
        current_state: Some(state.clone()),
        ..Default::default()
    };
    let answer = client.read_resource(request).await.unwrap().into_inner();
    assert!(answer.new_state == Some(state));
    assert!(plugin.shutdown(channel).await.success());
}

#[cfg(unix)]
#[tokio::test]
async fn shutdown_ends_streams_and_removes_the_socket() {
    use std::os::unix::fs::PermissionsExt as _;

    let plugin = Plugin::start(minimal()).await;
    let dir = plugin.socket_dir();
    assert_eq!(dir.metadata().unwrap().permissions().mode() & 0o777, 0o700);
    let channel = plugin.connect().await;
    let mut stdio = GrpcStdioClient::new(channel.clone())
        .stream_stdio(())
        .await
        .unwrap()
        .into_inner();
    let mut broker = GrpcBrokerClient::new(channel.clone())
        .start_stream(tokio_stream::pending::<ConnInfo>())
        .await
        .unwrap()
        .into_inner();
    assert!(plugin.shutdown(channel).await.success());
    assert_eq!(stdio.message().await.unwrap(), None);
    assert_eq!(broker.message().await.unwrap(), None);
    assert!(!dir.exists());
}

#[cfg(unix)]
#[tokio::test]
async fn long_temporary_directory_falls_back() {
    let long = tempfile::tempdir().unwrap();
    let inner = long.path().join("x".repeat(150));
    std::fs::create_dir(&inner).unwrap();
    let mut command = minimal();
    command.env("TMPDIR", &inner);
    let plugin = Plugin::start(command).await;
    assert!(plugin.socket_dir().starts_with("/tmp"));
    let channel = plugin.connect().await;
    metadata(channel.clone()).await.unwrap();
    assert!(plugin.shutdown(channel).await.success());
}

/// An ApplyResourceChange that runs until stopped.
#[cfg(unix)]
struct Running {
    call: tokio::task::JoinHandle<Result<(), tonic::Status>>,
    mark: PathBuf,
    _dir: tempfile::TempDir,
}

#[cfg(unix)]
impl Running {
    /// Starts a plugin that will leave its mark, and the call.
    async fn start() -> (Plugin, Channel, Self) {
        let dir = tempfile::tempdir().unwrap();
        let mark = dir.path().join("mark");
        let mut command = minimal();
        command.env("TFPLUG_MINIMAL_MARK", &mark);
        let plugin = Plugin::start(command).await;
        let channel = plugin.connect().await;
        let mut client = ProviderClient::new(channel.clone());
        let call = tokio::spawn(async move {
            client
                .apply_resource_change(tf::apply_resource_change::Request::default())
                .await?;
            Ok(())
        });
        let begun = async {
            while std::fs::read(&mark).is_err() {
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        };
        timeout(LIMIT, begun)
            .await
            .expect("the operation never begins");
        (
            plugin,
            channel,
            Self {
                call,
                mark,
                _dir: dir,
            },
        )
    }
}

#[cfg(unix)]
fn signal(name: &str, pid: u32) {
    let kill = Command::new("kill")
        .args([format!("-{name}"), pid.to_string()])
        .status();
    assert!(kill.unwrap().success());
}

#[cfg(unix)]
fn read(path: &Path) -> String {
    std::fs::read_to_string(path).unwrap()
}

#[cfg(unix)]
#[tokio::test]
async fn interrupt_is_ignored_and_stop_provider_stops() {
    let (plugin, channel, running) = Running::start().await;
    signal("INT", plugin.pid());
    signal("INT", plugin.pid());
    metadata(channel.clone()).await.unwrap();
    assert_eq!(read(&running.mark), "begun", "an interrupt stops nothing");
    let mut client = ProviderClient::new(channel.clone());
    client
        .stop_provider(tf::stop_provider::Request {})
        .await
        .unwrap();
    timeout(LIMIT, running.call)
        .await
        .unwrap()
        .unwrap()
        .unwrap();
    assert_eq!(read(&running.mark), "stopped");
    metadata(channel.clone()).await.unwrap();
    assert!(plugin.shutdown(channel).await.success());
}

#[cfg(unix)]
#[tokio::test]
async fn terminate_stops_operations_and_waits_for_the_host() {
    let (plugin, channel, running) = Running::start().await;
    let dir = plugin.socket_dir();
    signal("TERM", plugin.pid());
    timeout(LIMIT, running.call)
        .await
        .unwrap()
        .unwrap()
        .expect("the answer still comes");
    assert_eq!(read(&running.mark), "stopped");
    metadata(channel.clone()).await.unwrap();
    drop(channel);
    assert!(plugin.exited().await.success());
    assert!(!dir.exists());
}

#[cfg(unix)]
#[tokio::test]
async fn orphan_finishes_its_operations_and_exits() {
    let (plugin, channel, running) = Running::start().await;
    let dir = plugin.socket_dir();
    running.call.abort();
    drop(channel);
    assert!(plugin.exited().await.success());
    assert_eq!(read(&running.mark), "stopped");
    assert!(!dir.exists());
}

#[cfg(unix)]
#[tokio::test]
async fn strangers_do_not_keep_an_orphan_alive() {
    let plugin = Plugin::start(minimal()).await;
    let address = plugin.address.clone();
    metadata(plugin.connect().await).await.unwrap();
    let strangers = tokio::spawn(async move {
        let mut held = Vec::new();
        while let Ok(io) = address.dial().await {
            held.push(io);
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
    });
    assert!(plugin.exited().await.success());
    strangers.await.unwrap();
}

#[cfg(unix)]
#[tokio::test]
async fn debug_serves_one_terraform_after_another() {
    let plugin = Plugin::debug(minimal()).await;
    let dir = plugin.socket_dir();
    assert!(dir.exists());
    for _ in 0..2 {
        metadata(plugin.connect().await).await.unwrap();
    }
    signal("INT", plugin.pid());
    assert!(plugin.exited().await.success());
    assert!(!dir.exists());
}

fn output(command: &mut Command) -> (Option<i32>, String, String) {
    let Output {
        status,
        stdout,
        stderr,
    } = command.output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (status.code(), text(stdout), text(stderr))
}

#[test]
fn started_by_hand_it_explains_itself() {
    let (code, stdout, stderr) = output(&mut minimal());
    assert_eq!((code, stdout.as_str()), (Some(1), ""));
    assert!(stderr.contains("provider plugin for Terraform"), "{stderr}");
    assert!(
        stderr.contains("source = \"registry.terraform.io/example/minimal\""),
        "{stderr}"
    );

    let (code, stdout, _) = output(minimal().arg("--version"));
    assert_eq!(
        (code, stdout.as_str()),
        (Some(0), "terraform-provider-minimal 1.2.3\n")
    );

    let (code, stdout, stderr) = output(minimal().arg("--serve"));
    assert_eq!((code, stdout.as_str()), (Some(2), ""));
    assert!(stderr.contains("\"--serve\""), "{stderr}");
}

#[test]
fn never_serves_a_host_in_plaintext() {
    let (code, stdout, stderr) = output(managed(&mut minimal()));
    assert_eq!((code, stdout.as_str()), (Some(1), ""));
    assert!(stderr.contains("PLUGIN_CLIENT_CERT is not set"), "{stderr}");
}

#[test]
fn names_the_protocols_it_was_offered() {
    let (code, stdout, stderr) =
        output(managed(&mut minimal()).env("PLUGIN_PROTOCOL_VERSIONS", "4,5"));
    assert_eq!((code, stdout.as_str()), (Some(1), ""));
    assert!(stderr.contains("\"4,5\""), "{stderr}");
}
