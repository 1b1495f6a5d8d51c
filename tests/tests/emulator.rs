//! The emulator as tests use it: started, asked, and reached through the proxy.

use std::time::Duration;

use kubeha_tests::emulator::{Checks, Emulator};
use kubeha_tests::proxy::Proxy;
use serde_json::json;

#[test]
fn accounts_are_isolated_and_commands_reach_them() {
    let emulator = Emulator::shared();
    let (one, other) = (emulator.account(), emulator.account());
    assert_ne!(one.id(), other.id());
    assert!(one.inventory().is_empty());

    one.set_clock_factor(0.0);
    let before = one.command("clock", json!({}))["now"].as_f64().unwrap();
    one.advance(Duration::from_secs(90));
    let after = one.command("clock", json!({}))["now"].as_f64().unwrap();
    assert!((after - before - 90.0).abs() < 1e-3, "{before} to {after}");

    assert!(one.kill_zone("us-east-1a").is_empty());
    assert_eq!(
        one.command("settings", json!({}))["dead_zones"],
        json!(["us-east-1a"])
    );
    assert_eq!(
        other.command("settings", json!({}))["dead_zones"],
        json!([])
    );
    one.revive_zone("us-east-1a");
    assert_eq!(one.command("settings", json!({}))["dead_zones"], json!([]));

    one.target_health(&["i-1"], Checks::Failing);
    one.target_health(&["i-2"], Checks::Failing);
    one.target_health(&["i-1"], Checks::Passing);
    let failing = one.command(
        "target-health",
        json!({ "targets": [], "state": "passing" }),
    );
    assert_eq!(failing["failing"], json!(["i-2"]));
}

#[test]
fn the_emulator_is_reached_through_the_proxy() {
    let emulator = Emulator::shared();
    let account = emulator.account();
    let proxy = Proxy::start(emulator.url()).unwrap();
    let scope = format!(
        "Credential={}/20260101/us-east-1/ec2/aws4_request",
        account.id()
    );
    let form = "Action=CreateVpc&Version=2016-11-15&CidrBlock=10.0.0.0%2F16";
    let request = http::Request::post("/")
        .header("host", "aws.example")
        .header(
            "authorization",
            format!("AWS4-HMAC-SHA256 {scope}, SignedHeaders=host, Signature=0"),
        )
        .header("content-type", "application/x-www-form-urlencoded")
        .body(http_body_util::Full::<bytes::Bytes>::from(form))
        .unwrap();

    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    let status = runtime.block_on(async {
        let stream = tokio::net::TcpStream::connect(proxy.url().trim_start_matches("http://"))
            .await
            .unwrap();
        let stream = hyper_util::rt::TokioIo::new(stream);
        let (mut sender, connection) = hyper::client::conn::http1::handshake(stream).await.unwrap();
        tokio::spawn(connection);
        sender.send_request(request).await.unwrap().status()
    });

    assert_eq!(status, 200);
    assert_eq!(proxy.counts()["ec2:CreateVpc"], 1);
    assert_eq!(account.inventory()["vpc"].len(), 1);
    assert_eq!(
        account.command("calls", json!({}))["counts"],
        json!({ "ec2:CreateVpc": 1 })
    );
}
