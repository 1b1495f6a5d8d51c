//! Certificates from a `kubeha_pki`, as OpenSSL sees them.

use std::path::Path;
use std::process::Command;

use kubeha_tests::lifecycle::{PROVIDER, Stage};
use kubeha_tests::run;
use serde_json::{Value as Json, json};

use crate::subject::SUBJECT;

/// Both resources, with these arguments.
fn configuration(pki: &str, certificate: &str) -> String {
    format!(
        "provider \"kubeha\" {{\n{PROVIDER}\n}}\nresource \"kubeha_pki\" \"this\" {{\n{pki}\n}}\n\
         resource \"kubeha_certificate\" \"this\" {{\npki_arn = kubeha_pki.this.arn\n\
         {certificate}\n}}\n"
    )
}

fn openssl(folder: &Path, arguments: &[&str]) -> Result<String, String> {
    run(Command::new("openssl").args(arguments).current_dir(folder))
}

/// Verifies what is in the state and in Parameter Store; the certificate as OpenSSL tells it.
#[track_caller]
fn verified(stage: &Stage, part: &str, purpose: &str) -> String {
    let workspace = stage.workspace();
    let authority = workspace.values("kubeha_pki.this");
    let leaf = workspace.values("kubeha_certificate.this");
    let text = |value: &Json| value.as_str().unwrap().to_owned();
    workspace.file(
        "ca.pem",
        &text(&authority[part]["trusted_certificates_pem"]),
    );
    workspace.file("leaf.pem", &text(&leaf["certificate_pem"]));
    let asked = json!({ "Name": leaf["private_key_parameter"], "WithDecryption": true });
    let key = stage.aws.ssm("GetParameter", &asked)["Parameter"]["Value"].clone();
    workspace.file("key.pem", &text(&key));
    let folder = workspace.path(".");
    let run = |arguments: &[&str]| openssl(&folder, arguments).unwrap();
    run(&[
        "verify",
        "-x509_strict",
        "-purpose",
        purpose,
        "-CAfile",
        "ca.pem",
        "leaf.pem",
    ]);
    let of_key = run(&["pkey", "-in", "key.pem", "-pubout"]);
    let of_certificate = run(&["x509", "-in", "leaf.pem", "-pubkey", "-noout"]);
    assert_eq!(of_key, of_certificate);
    run(&["x509", "-in", "leaf.pem", "-noout", "-text"])
}

#[test]
fn each_kind_is_issued_by_its_authority() {
    let stage = Stage::new(&SUBJECT);
    for (arguments, part, purpose, says) in [
        (
            "name = \"api\"\nprofile = \"apiserver\"\nservice_cidr = \"10.21.0.0/16\"\n\
             dns_names = [\"api.example.com\"]",
            "kubernetes",
            "sslserver",
            "DNS:kubernetes.default.svc.cluster.local, DNS:localhost, IP Address:127.0.0.1, IP \
             Address:0:0:0:0:0:0:0:1, IP Address:10.21.0.1, DNS:api.example.com",
        ),
        (
            "name = \"peer\"\nprofile = \"etcd-peer\"\nip_addresses = [\"10.0.0.5\"]",
            "etcd",
            "sslclient",
            "IP Address:10.0.0.5",
        ),
        (
            "name = \"proxy\"\nprofile = \"front-proxy-client\"\nkey_algorithm = \"RSA-2048\"",
            "front_proxy",
            "sslclient",
            "CN = front-proxy-client",
        ),
        (
            "name = \"jane\"\nprofile = \"client\"\ncommon_name = \"jane\"\n\
             organizations = [\"a\", \"b\"]",
            "kubernetes",
            "sslclient",
            "O = a, O = b, CN = jane",
        ),
    ] {
        stage.workspace().main(&configuration("", arguments));
        stage.apply().succeeds();
        stage.plan_is_empty(arguments);
        let text = verified(&stage, part, purpose);
        let text: Vec<_> = text.split_whitespace().collect();
        assert!(text.join(" ").contains(says), "no {says} in {text:?}");
    }
    stage.destroy().succeeds();
    stage.nothing_left("destroyed");
}

#[test]
fn what_an_old_key_signed_is_issued_anew_once_another_signs() {
    let stage = Stage::new(&SUBJECT);
    let arguments = "name = \"peer\"\nprofile = \"etcd-peer\"\nip_addresses = [\"10.0.0.5\"]";
    let at = |step: &str| {
        let pki = format!("rotation = {{ etcd = {{ generation = 2, step = \"{step}\" }} }}");
        configuration(&pki, arguments)
    };
    stage.workspace().main(&configuration("", arguments));
    stage.apply().succeeds();
    let fingerprint = || stage.values()["fingerprint"].clone();
    let first = fingerprint();
    stage.workspace().main(&at("stage"));
    stage.apply().succeeds();
    stage.plan_is_empty("staged");
    assert_eq!(fingerprint(), first);
    verified(&stage, "etcd", "sslclient");
    stage.workspace().main(&at("promote"));
    stage.apply().succeeds();
    // Trusted still, until it is issued anew by the next apply.
    verified(&stage, "etcd", "sslclient");
    let planned = stage.planned("promoted");
    assert_eq!(planned["change"]["actions"], json!(["update"]));
    stage.apply_planned().succeeds();
    stage.plan_is_empty("issued anew");
    assert_ne!(fingerprint(), first);
    verified(&stage, "etcd", "sslclient");
    stage.workspace().main(&at("retire"));
    stage.apply().succeeds();
    stage.plan_is_empty("retired");
    verified(&stage, "etcd", "sslclient");
}

#[test]
fn renewal_keeps_the_key() {
    let stage = Stage::new(&SUBJECT);
    let [certificate, key] = &stage.network.authority;
    let arguments = |hours: &str| {
        format!(
            "name = \"peer\"\nprofile = \"etcd-peer\"\nip_addresses = [\"10.0.0.5\"]\n\
             ca_certificate_parameter = \"{certificate}\"\nca_private_key_parameter = \"{key}\"\n\
             {hours}"
        )
    };
    stage.write(
        PROVIDER,
        &arguments("validity_period_hours = 48\nearly_renewal_hours = 0"),
    );
    stage.apply().succeeds();
    let before = stage.values();
    stage.write(
        PROVIDER,
        &arguments("validity_period_hours = 100\nearly_renewal_hours = 2"),
    );
    stage.apply().succeeds();
    stage.plan_is_empty("issued for longer");
    let after = stage.values();
    assert_ne!(before["fingerprint"], after["fingerprint"]);
    assert_eq!(
        before["private_key_parameter_version"],
        after["private_key_parameter_version"]
    );
}
