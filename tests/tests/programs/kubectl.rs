//! kubectl with the kubeconfig that is issued.

use std::net::TcpStream;
use std::process::{Command, Stdio};

use kubeha_tests::run;
use serde_json::{Value as Json, json};

use crate::program::{Server, eventually, program};
use crate::site::{Site, free_port, shown, text};

/// An API server's certificate, and a kubeconfig in a file, which is the one way to look at it.
fn configuration(host: &str, file: &str) -> String {
    format!(
        r#"
        provider "kubeha" {{
          cluster_name = "acc"
          owner        = "acceptance/acc"
        }}
        resource "kubeha_pki" "this" {{}}
        resource "kubeha_certificate" "apiserver" {{
          name         = "apiserver"
          profile      = "apiserver"
          pki_arn      = kubeha_pki.this.arn
          service_cidr = "10.96.0.0/12"
        }}
        ephemeral "kubeha_kubeconfig" "admin" {{
          pki_arn = kubeha_pki.this.arn
          host    = "{host}"
        }}
        resource "terraform_data" "look" {{
          provisioner "local-exec" {{
            command     = "printf %s \"$KUBECONFIG_TEXT\" > {file}"
            environment = {{
              KUBECONFIG_TEXT = ephemeral.kubeha_kubeconfig.admin.kubeconfig
            }}
          }}
        }}
        "#
    )
}

#[test]
#[ignore = "needs kubectl: make test-programs"]
fn kubectl_reads_the_kubeconfig_and_is_let_in_with_it() {
    let site = Site::new(kubeha_tests::kubeha());
    let port = free_port("127.0.0.1");
    let host = format!("https://127.0.0.1:{port}");
    let file = shown(&site.workspace.path("kubeconfig"));
    site.workspace.main(&configuration(&host, &file));
    site.workspace.apply().succeeds();
    let kubectl = |arguments: &[&str]| {
        let mut kubectl = program("kubectl", "kubernetes-client");
        let home = site.workspace.path("");
        kubectl.env("HOME", home).env_remove("KUBECONFIG");
        run(kubectl.args(["--kubeconfig", &file]).args(arguments))
    };
    let view = kubectl(&["config", "view", "--raw", "-o", "json"]).unwrap();
    let view: Json = serde_json::from_str(&view).unwrap();
    assert_eq!(view["clusters"][0]["cluster"]["server"], host);
    let context = &view["contexts"][0];
    assert_eq!(view["current-context"], context["name"]);
    assert_eq!(
        (&context["context"]["cluster"], &context["context"]["user"]),
        (&view["clusters"][0]["name"], &view["users"][0]["name"])
    );
    let user = view["users"][0]["user"].as_object().unwrap();
    let holds: Vec<_> = user.keys().map(String::as_str).collect();
    assert_eq!(holds, ["client-certificate-data", "client-key-data"]);
    // Without --raw it shows no secret, so it knows where they are.
    let hidden = kubectl(&["config", "view", "-o", "json"]).unwrap();
    let hidden: Json = serde_json::from_str(&hidden).unwrap();
    for secret in holds {
        assert_ne!(
            hidden["users"][0]["user"][secret],
            json!(user[secret]),
            "{secret}"
        );
    }

    // To a server that asks clients for a certificate of the cluster's, and has one of it.
    let values = site.workspace.values("kubeha_pki.this");
    let authority = site.write(
        "ca.pem",
        text(&values["kubernetes"]["trusted_certificates_pem"]),
    );
    let server = site.fetch("/kubeha/acc/certificates/apiserver");
    site.write(
        "readyz",
        "HTTP/1.0 200 OK\r\nContent-Type: text/plain\r\n\r\nas ready as can be",
    );
    let _server = Server(
        Command::new("openssl")
            .args(["s_server", "-HTTP", "-Verify", "1", "-verify_return_error"])
            .args([
                "-accept",
                &format!("127.0.0.1:{port}"),
                "-CAfile",
                &shown(&authority),
            ])
            .args([
                "-cert",
                &shown(&server.certificate),
                "-key",
                &shown(&server.key),
            ])
            .current_dir(site.workspace.path(""))
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap(),
    );
    eventually("server", || {
        let connected = TcpStream::connect(("127.0.0.1", port));
        connected.map_err(|error| error.to_string())
    });
    let asked = kubectl(&["get", "--raw", "/readyz"]);
    assert_eq!(asked.as_deref(), Ok("as ready as can be"));
}
