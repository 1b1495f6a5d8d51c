//! Servers and clients that talk TLS with what is issued here, both asking who the other is.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing
)]

mod support;

use std::io::{Read, Write};
use std::sync::Arc;

use pki::{Algorithm, Certificate, Moment, Part, PrivateKey, Profile, Serial, Validity};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{PrivateKeyDer, ServerName};
use rustls::server::WebPkiClientVerifier;
use rustls::{ClientConfig, ClientConnection, ConnectionCommon, ServerConfig, ServerConnection};
use support::{Issued, NOW, authority, der, leaf, provider, request, roots};

const P256: Algorithm = Algorithm::EcdsaP256;

fn key(issued: &Issued) -> PrivateKeyDer<'static> {
    PrivateKeyDer::from_pem_slice(issued.key.to_pem().as_bytes()).unwrap()
}

/// A server and a client that greet each other; what fails, if it does.
fn talk(
    server: &Issued,
    trusted_by_server: &Certificate,
    client: &Issued,
    trusted_by_client: &Certificate,
) -> Result<(), String> {
    let of_clients =
        WebPkiClientVerifier::builder_with_provider(roots([trusted_by_server]), provider());
    let server_config = ServerConfig::builder_with_provider(provider())
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_client_cert_verifier(of_clients.build().unwrap())
        .with_single_cert(vec![der(&server.certificate)], key(server))
        .unwrap();
    let client_config = ClientConfig::builder_with_provider(provider())
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots([trusted_by_client]))
        .with_client_auth_cert(vec![der(&client.certificate)], key(client))
        .unwrap();
    let name = ServerName::try_from("a.example.com").unwrap();
    let mut server = ServerConnection::new(Arc::new(server_config)).unwrap();
    let mut client = ClientConnection::new(Arc::new(client_config), name).unwrap();
    client.writer().write_all(b"hello").unwrap();
    let mut heard = Vec::new();
    for _ in 0..10 {
        pass(&mut client, &mut server).map_err(|error| format!("server: {error}"))?;
        pass(&mut server, &mut client).map_err(|error| format!("client: {error}"))?;
        let mut words = [0; 16];
        if let Ok(length) = server.reader().read(&mut words) {
            heard.extend_from_slice(&words[..length]);
            server.writer().write_all(&words[..length]).unwrap();
        }
        if let Ok(length) = client.reader().read(&mut words) {
            assert_eq!(&words[..length], b"hello");
            assert_eq!(heard, b"hello");
            return Ok(());
        }
    }
    panic!("they go on talking without end");
}

/// What one side has to say, brought to the other.
fn pass<A, B>(
    from: &mut ConnectionCommon<A>,
    to: &mut ConnectionCommon<B>,
) -> Result<(), rustls::Error> {
    let mut bytes = Vec::new();
    while from.wants_write() {
        from.write_tls(&mut bytes).unwrap();
    }
    let mut bytes = bytes.as_slice();
    while !bytes.is_empty() {
        to.read_tls(&mut bytes).unwrap();
        to.process_new_packets()?;
    }
    Ok(())
}

/// A certificate that is good today: rustls looks at the clock.
fn issued(authority: &pki::Authority, profile: Profile, at: Moment, hours: i64) -> Issued {
    let key = PrivateKey::generate(P256).unwrap();
    let mut wish = request(profile);
    wish.validity = Validity::hours(hours).unwrap();
    let serial = Serial::random().unwrap();
    let certificate = authority.issue(&wish.check().unwrap(), key.public(), at, &serial);
    Issued {
        certificate: certificate.unwrap(),
        key,
    }
}

fn authority_of(part: Part, at: Moment) -> pki::Authority {
    let key = PrivateKey::generate(P256).unwrap();
    pki::Authority::new(support::self_signed(part, &key, at), key).unwrap()
}

#[test]
fn members_and_clients_of_one_authority_understand_each_other() {
    let today = Moment::of(std::time::SystemTime::now());
    let etcd = authority_of(Part::Etcd, today);
    let own = etcd.certificate();
    let server = issued(&etcd, Profile::EtcdServer, today, 24);
    let peer = issued(&etcd, Profile::EtcdPeer, today, 24);
    for client in [
        Profile::ApiserverEtcdClient,
        Profile::EtcdHealthcheckClient,
        Profile::EtcdPeer,
        Profile::EtcdServer,
    ] {
        let client = issued(&etcd, client, today, 24);
        talk(&server, own, &client, own).unwrap();
        talk(&peer, own, &client, own).unwrap();
    }
}

#[test]
fn a_worker_can_not_reach_etcd() {
    let today = Moment::of(std::time::SystemTime::now());
    let etcd = authority_of(Part::Etcd, today);
    let cluster = authority_of(Part::Kubernetes, today);
    let server = issued(&etcd, Profile::EtcdServer, today, 24);
    for profile in [Profile::KubeletClient, Profile::Admin] {
        let client = issued(&cluster, profile, today, 24);
        let refused = talk(&server, etcd.certificate(), &client, etcd.certificate());
        assert!(
            refused
                .unwrap_err()
                .starts_with("server: invalid peer certificate")
        );
    }
}

#[test]
fn an_expired_certificate_is_refused_and_so_is_one_to_come() {
    let today = Moment::of(std::time::SystemTime::now());
    let etcd = authority_of(Part::Etcd, today.plus_hours(-100));
    let server = issued(&etcd, Profile::EtcdServer, today, 24);
    let own = etcd.certificate();
    for at in [today.plus_hours(-25), today.plus_hours(2)] {
        let client = issued(&etcd, Profile::ApiserverEtcdClient, at, 24);
        let refused = talk(&server, own, &client, own).unwrap_err();
        assert!(
            refused.starts_with("server: invalid peer certificate"),
            "{refused}"
        );
        let late = issued(&etcd, Profile::EtcdServer, at, 24);
        let client = issued(&etcd, Profile::ApiserverEtcdClient, today, 24);
        let refused = talk(&late, own, &client, own).unwrap_err();
        assert!(
            refused.starts_with("client: invalid peer certificate"),
            "{refused}"
        );
    }
}

#[test]
fn a_client_s_certificate_is_no_server_s() {
    let today = Moment::of(std::time::SystemTime::now());
    let cluster = authority_of(Part::Kubernetes, today);
    let own = cluster.certificate();
    let client = issued(&cluster, Profile::Admin, today, 24);
    let server = issued(&cluster, Profile::Apiserver, today, 24);
    talk(&server, own, &client, own).unwrap();
    let refused = talk(&client, own, &client, own).unwrap_err();
    assert!(
        refused.starts_with("client: invalid peer certificate"),
        "{refused}"
    );
    let refused = talk(&server, own, &server, own).unwrap_err();
    assert!(
        refused.starts_with("server: invalid peer certificate"),
        "{refused}"
    );
}

#[test]
fn one_authority_can_not_stand_for_another_of_its_name() {
    let [one, other] = [(), ()].map(|()| authority(Part::Etcd, P256));
    let key = PrivateKey::generate(P256).unwrap();
    let serial = Serial::random().unwrap();
    let certificate = one
        .issue(&leaf(Profile::EtcdPeer), key.public(), NOW, &serial)
        .unwrap();
    assert!(support::webpki_client(&[one.certificate()], &certificate, NOW).is_ok());
    assert!(support::webpki_client(&[other.certificate()], &certificate, NOW).is_err());
    assert!(!certificate.names_as_issuer(other.certificate()));
}
