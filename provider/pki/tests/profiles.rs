//! Every profile, as webpki and OpenSSL see it: chain, usages, names, time.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing
)]

mod support;

use pki::{Algorithm, Certificate, Error, Part, Profile, Usage};
use support::{
    CA_HOURS, HOURS, NOW, authority, issue, leaf, openssl, openssl_verify, webpki_client,
    webpki_server,
};

const P256: Algorithm = Algorithm::EcdsaP256;

#[test]
fn each_is_taken_for_what_it_is_and_nothing_else() {
    let parts = [Part::Kubernetes, Part::Etcd, Part::FrontProxy];
    let authorities = parts.map(|part| (part, authority(part, P256)));
    for profile in Profile::ALL {
        let (_, issuer) = authorities
            .iter()
            .find(|(part, _)| *part == profile.issuer())
            .unwrap();
        let certificate = issue(issuer, profile, P256).certificate;
        let trusted = [issuer.certificate()];
        let pem = issuer.certificate().to_pem();
        let is_client = profile.is_client();
        let is_server = profile.is_server();
        let client = webpki_client(&trusted, &certificate, NOW);
        assert_eq!(client.is_ok(), is_client, "{profile}: {client:?}");
        let server = webpki_server(&trusted, &certificate, "a.example.com", NOW);
        assert_eq!(server.is_ok(), is_server, "{profile}: {server:?}");
        let client = openssl_verify(&pem, &certificate, "sslclient", NOW);
        assert_eq!(client.is_ok(), is_client, "{profile}: {client:?}");
        let server = openssl_verify(&pem, &certificate, "sslserver", NOW);
        assert_eq!(server.is_ok(), is_server, "{profile}: {server:?}");
        assert!(certificate.names_as_issuer(issuer.certificate()));
        // The others' signatures are worth nothing.
        for (part, other) in &authorities {
            if *part != profile.issuer() {
                let trusted = [other.certificate()];
                assert!(webpki_client(&trusted, &certificate, NOW).is_err());
                let pem = other.certificate().to_pem();
                assert!(openssl_verify(&pem, &certificate, "any", NOW).is_err());
                assert!(!certificate.names_as_issuer(other.certificate()));
            }
        }
    }
}

#[test]
fn a_server_is_known_by_its_names_alone() {
    let issuer = authority(Part::Kubernetes, P256);
    let certificate = issue(&issuer, Profile::Apiserver, P256).certificate;
    let verify = |name: &str| webpki_server(&[issuer.certificate()], &certificate, name, NOW);
    for name in [
        "kubernetes",
        "kubernetes.default.svc.cluster.local",
        "localhost",
        "127.0.0.1",
        "::1",
        "10.21.0.1",
        "a.example.com",
        "10.0.0.5",
        "fd00::5",
    ] {
        assert!(verify(name).is_ok(), "{name}");
    }
    for name in ["kube-apiserver", "b.example.com", "10.21.0.2", "10.0.0.6"] {
        assert!(verify(name).is_err(), "{name}");
    }
}

#[test]
fn time_bounds_it() {
    let issuer = authority(Part::Etcd, P256);
    let certificate = issue(&issuer, Profile::EtcdPeer, P256).certificate;
    let pem = issuer.certificate().to_pem();
    for (at, valid) in [
        (NOW.plus_seconds(-3601), false),
        (NOW.plus_seconds(-3600), true),
        (NOW.plus_hours(HOURS).plus_seconds(-1), true),
        (NOW.plus_hours(HOURS).plus_seconds(1), false),
    ] {
        let webpki = webpki_client(&[issuer.certificate()], &certificate, at);
        assert_eq!(webpki.is_ok(), valid, "{at}: {webpki:?}");
        let openssl = openssl_verify(&pem, &certificate, "sslclient", at);
        assert_eq!(openssl.is_ok(), valid, "{at}: {openssl:?}");
    }
}

#[test]
fn each_algorithm_signs_for_each() {
    // Keys of RSA take their time.
    let algorithms = [P256, Algorithm::EcdsaP384, Algorithm::Rsa2048];
    for of_issuer in algorithms {
        let issuer = authority(Part::Kubernetes, of_issuer);
        for algorithm in algorithms {
            let issued = issue(&issuer, Profile::Admin, algorithm);
            let certificate = &issued.certificate;
            webpki_client(&[issuer.certificate()], certificate, NOW).unwrap();
            let pem = issuer.certificate().to_pem();
            openssl_verify(&pem, certificate, "sslclient", NOW).unwrap();
            assert_eq!(certificate.public().algorithm(), Some(algorithm));
        }
    }
}

#[test]
fn openssl_reads_what_kubernetes_will() {
    let issuer = authority(Part::Kubernetes, P256);
    let text = |certificate: &Certificate| {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("it.pem"), certificate.to_pem()).unwrap();
        openssl(folder.path(), &["x509", "-in", "it.pem", "-noout", "-text"]).unwrap()
    };
    let user = text(&issue(&issuer, Profile::Client, P256).certificate);
    for words in [
        "O = developers, O = on-call, CN = jane",
        "Issuer: CN = kubernetes-ca",
        "CA:FALSE",
        "Digital Signature\n",
        "TLS Web Client Authentication\n",
    ] {
        assert!(user.contains(words), "no {words:?} in {user}");
    }
    let rsa = text(&issue(&issuer, Profile::Admin, Algorithm::Rsa2048).certificate);
    assert!(
        rsa.contains("Digital Signature, Key Encipherment\n"),
        "{rsa}"
    );
    let member = authority(Part::Etcd, P256);
    let member = text(&issue(&member, Profile::EtcdServer, P256).certificate);
    let both = "TLS Web Server Authentication, TLS Web Client Authentication\n";
    assert!(member.contains(both), "{member}");
    let names = "DNS:localhost, IP Address:127.0.0.1, IP Address:0:0:0:0:0:0:0:1, \
                 DNS:a.example.com, IP Address:10.0.0.5";
    assert!(member.contains(names), "{member}");
    let own = text(issuer.certificate());
    for words in ["CA:TRUE, pathlen:0", "Certificate Sign, CRL Sign\n"] {
        assert!(own.contains(words), "no {words:?} in {own}");
    }
}

#[test]
fn what_is_written_is_read() {
    let issuer = authority(Part::Etcd, P256);
    let issued = issue(&issuer, Profile::EtcdServer, P256);
    let again = Certificate::from_pem(&issued.certificate.to_pem()).unwrap();
    assert_eq!(again, issued.certificate);
    assert_eq!(again.names(), leaf(Profile::EtcdServer).names());
    assert_eq!(
        again.usages().iter().copied().collect::<Vec<_>>(),
        [Usage::Server, Usage::Client]
    );
    assert_eq!(again.not_after(), NOW.plus_hours(HOURS));
    assert_eq!(again.public(), issued.key.public());
    assert!(leaf(Profile::EtcdServer).is_met_by(&again));
    assert!(!leaf(Profile::EtcdPeer).is_met_by(&again));
    let mut longer = support::request(Profile::EtcdServer);
    longer.validity = pki::Validity::hours(HOURS + 1).unwrap();
    assert!(!longer.check().unwrap().is_met_by(&again));
    assert_eq!(again.subject().common_name, "kube-etcd");
}

#[test]
fn nothing_outlives_its_authority() {
    let issuer = authority(Part::Etcd, P256);
    let key = pki::PrivateKey::generate(P256).unwrap();
    let serial = pki::Serial::random().unwrap();
    let issue = |at| issuer.issue(&leaf(Profile::EtcdPeer), key.public(), at, &serial);
    assert!(issue(NOW.plus_hours(CA_HOURS - HOURS)).is_ok());
    let late = issue(NOW.plus_hours(CA_HOURS - HOURS + 1)).unwrap_err();
    assert!(matches!(late, Error::Request(_)), "{late:?}");
    assert!(late.to_string().contains("renew the authority"), "{late}");
}

/// A century hence, when the year takes four digits.
#[test]
fn beyond_2049_time_is_written_in_full() {
    let key = pki::PrivateKey::generate(P256).unwrap();
    let late = NOW.plus_hours(30 * 365 * 24);
    let certificate = support::self_signed(Part::Etcd, &key, late);
    let issuer = pki::Authority::new(certificate, key).unwrap();
    let leaf = leaf(Profile::EtcdPeer);
    let key = pki::PrivateKey::generate(P256).unwrap();
    let serial = pki::Serial::random().unwrap();
    let issued = issuer.issue(&leaf, key.public(), late, &serial).unwrap();
    webpki_client(&[issuer.certificate()], &issued, late).unwrap();
    assert_eq!(issued.not_after(), late.plus_hours(HOURS));
}

#[test]
fn serial_numbers_are_random() {
    let issuer = authority(Part::Etcd, P256);
    let [one, other] = [(), ()].map(|()| issue(&issuer, Profile::EtcdPeer, P256).certificate);
    assert_ne!(one.serial(), other.serial());
}
