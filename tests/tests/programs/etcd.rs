//! Three members of an etcd cluster, with the certificates of `examples/external-etcd`: each asks
//! clients and other members who they are.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::SystemTime;

use kubeha_tests::run;
use pki::{Authority, Certificate, Moment, PrivateKey, Profile, Request, Serial, Validity};
use serde_json::json;

use crate::program::{Server, eventually, program};
use crate::site::{Pair, Site, free_port, shown, text};

/// Addresses of one machine that can be told apart. What connects comes from 127.0.0.1, which every
/// member's certificate has too.
const MEMBERS: [(&str, &str); 3] = [
    ("etcd-0", "127.0.0.2"),
    ("etcd-1", "127.0.0.3"),
    ("etcd-2", "127.0.0.4"),
];

struct Member {
    url: String,
    log: PathBuf,
    _server: Server,
}

/// A cluster, and who comes to it.
struct Cluster {
    members: Vec<Member>,
    authority: PathBuf,
}

impl Cluster {
    fn start(site: &Site) -> Self {
        let outputs = site.outputs();
        let authority = site.write("etcd-ca.pem", text(&outputs["trusted_ca"]["value"]));
        let ports = MEMBERS.map(|(_, address)| [free_port(address), free_port(address)]);
        let url =
            |at: usize, use_of: usize| format!("https://{}:{}", MEMBERS[at].1, ports[at][use_of]);
        let cluster = [0, 1, 2].map(|at| format!("{}={}", MEMBERS[at].0, url(at, 1)));
        let start = |at: usize| {
            let (name, _) = MEMBERS[at];
            let paths = &outputs["parameters"]["value"][name];
            let (server, peer) = (
                site.fetch(text(&paths["server"])),
                site.fetch(text(&paths["peer"])),
            );
            let (clients, peers) = (url(at, 0), url(at, 1));
            let log = site.workspace.path(&format!("{name}.log"));
            let mut etcd = program("etcd", "etcd-server");
            etcd.args(["--name", name, "--initial-cluster-state", "new"])
                .args(["--data-dir", &shown(&site.workspace.path(name))])
                .args(["--initial-cluster", &cluster.join(",")])
                .args([
                    "--listen-client-urls",
                    &clients,
                    "--advertise-client-urls",
                    &clients,
                ])
                .args([
                    "--listen-peer-urls",
                    &peers,
                    "--initial-advertise-peer-urls",
                    &peers,
                ])
                .arg("--client-cert-auth")
                .args(["--trusted-ca-file", &shown(&authority)])
                .args(["--cert-file", &shown(&server.certificate)])
                .args(["--key-file", &shown(&server.key)])
                .arg("--peer-client-cert-auth")
                .args(["--peer-trusted-ca-file", &shown(&authority)])
                .args(["--peer-cert-file", &shown(&peer.certificate)])
                .args(["--peer-key-file", &shown(&peer.key)])
                .args(["--logger", "zap", "--log-outputs", &shown(&log)]);
            let child = etcd.env_clear().spawn().unwrap();
            Member {
                url: clients,
                log,
                _server: Server(child),
            }
        };
        Self {
            members: [0, 1, 2].map(start).into(),
            authority,
        }
    }

    /// etcdctl at a member, trusting an authority, with a certificate or without.
    fn ctl(&self, at: usize, authority: &Path, client: Option<&Pair>) -> Command {
        let mut ctl = program("etcdctl", "etcd-client");
        ctl.env_clear().env("ETCDCTL_API", "3");
        ctl.args([
            "--endpoints",
            &self.members[at].url,
            "--cacert",
            &shown(authority),
        ]);
        ctl.args(["--dial-timeout=3s", "--command-timeout=3s"]);
        if let Some(client) = client {
            ctl.args([
                "--cert",
                &shown(&client.certificate),
                "--key",
                &shown(&client.key),
            ]);
        }
        ctl
    }

    fn says(&self, at: usize, client: &Pair, arguments: &[&str]) -> Result<String, String> {
        run(self.ctl(at, &self.authority, Some(client)).args(arguments))
    }

    /// What a member says in its log of those that it turned away, while `refused` is.
    #[track_caller]
    fn refuses(&self, at: usize, client: Option<&Pair>, why: &str) {
        let log = &self.members[at].log;
        let before = std::fs::read_to_string(log).unwrap().len();
        let mut ctl = self.ctl(at, &self.authority, client);
        let answer = run(ctl.args(["get", "greeting"]));
        assert!(answer.is_err(), "{why}: {answer:?}");
        let said = std::fs::read_to_string(log).unwrap().split_off(before);
        assert!(said.contains(why), "no {why:?} in {said}");
    }
}

/// A certificate of the etcd authority for its clients, of a time.
fn issue(site: &Site, name: &str, at: Moment) -> Pair {
    let values = site.workspace.values("kubeha_pki.this");
    let signs = Certificate::from_pem(text(&values["etcd"]["certificate_pem"])).unwrap();
    let key = site.parameter(text(&values["etcd"]["private_key_parameter"]));
    let authority = Authority::new(signs, PrivateKey::from_pem(&key).unwrap()).unwrap();
    let request = Request {
        profile: Profile::ApiserverEtcdClient,
        common_name: None,
        organizations: Vec::new(),
        names: Vec::new(),
        api_server: None,
        validity: Validity::hours(1).unwrap(),
    };
    let key = PrivateKey::generate(pki::Algorithm::EcdsaP256).unwrap();
    let serial = Serial::random().unwrap();
    let leaf = request.check().unwrap();
    let issued = authority.issue(&leaf, key.public(), at, &serial).unwrap();
    Pair {
        certificate: site.write(&format!("{name}.pem"), &issued.to_pem()),
        key: site.write(&format!("{name}-key.pem"), &key.to_pem()),
    }
}

#[test]
#[ignore = "needs etcd and etcdctl: make test-programs"]
fn members_and_the_api_server_s_client_are_let_in_and_nobody_else() {
    let site = Site::new(kubeha_tests::example::configuration("external-etcd"));
    let members = serde_json::Map::from_iter(
        MEMBERS.map(|(name, address)| (name.to_owned(), json!(address))),
    );
    site.workspace.file(
        "terraform.tfvars.json",
        &json!({ "members": members }).to_string(),
    );
    // What a worker has is of the cluster's other authority.
    site.workspace.file(
        "worker.tf",
        r#"
        resource "kubeha_certificate" "worker" {
          name        = "worker"
          profile     = "kubelet-client"
          common_name = "system:node:worker-0"
          pki_arn     = kubeha_pki.this.arn
        }
        output "worker" {
          value = kubeha_certificate.worker.parameter_path
        }
        output "kubernetes_ca" {
          value = kubeha_pki.this.kubernetes.trusted_certificates_pem
        }
        "#,
    );
    site.workspace.apply().succeeds();
    let outputs = site.outputs();
    let client = site.fetch(text(&outputs["client_parameters"]["value"]));
    let worker = site.fetch(text(&outputs["worker"]["value"]));
    let other_authority = site.write(
        "kubernetes-ca.pem",
        text(&outputs["kubernetes_ca"]["value"]),
    );

    let cluster = Cluster::start(&site);
    for at in 0..MEMBERS.len() {
        eventually("health", || {
            cluster.says(at, &client, &["endpoint", "health"])
        });
    }
    // Written at one member, read at another: they have a leader, and take each other's entries.
    cluster
        .says(0, &client, &["put", "greeting", "hello"])
        .unwrap();
    let read = cluster.says(2, &client, &["get", "greeting", "--print-value-only"]);
    assert_eq!(read.as_deref(), Ok("hello\n"));
    let listed = cluster.says(1, &client, &["member", "list"]).unwrap();
    assert_eq!(
        listed
            .lines()
            .filter(|line| line.contains("started"))
            .count(),
        3,
        "{listed}"
    );

    cluster.refuses(0, None, "didn't provide a certificate");
    cluster.refuses(1, Some(&worker), "certificate signed by unknown authority");
    let now = Moment::of(SystemTime::now());
    let expired = issue(&site, "expired", now.plus_hours(-3));
    cluster.refuses(2, Some(&expired), "certificate has expired");
    // The one difference is the time.
    let fresh = issue(&site, "fresh", now);
    let read = cluster.says(2, &fresh, &["get", "greeting", "--print-value-only"]);
    assert_eq!(read.as_deref(), Ok("hello\n"));
    // Nor does a client take a member for one of another authority's.
    let mut elsewhere = cluster.ctl(0, &other_authority, Some(&client));
    let answer = run(elsewhere.args(["get", "greeting"]));
    assert!(answer.is_err(), "{answer:?}");
}
