//! Authorities and certificates for tests, and two implementations to verify them by that share no
//! code with the one under test: webpki, behind rustls, and OpenSSL.

#![allow(dead_code)] // each test uses some of it

use std::path::Path;
use std::process::Command;
use std::sync::Arc;
use std::time::Duration;

use pki::{
    Algorithm, AltName, ApiServer, Authority, Certificate, Leaf, Moment, Part, PrivateKey, Profile,
    Request, SelfSigned, Serial, Validity,
};
use rustls::RootCertStore;
use rustls::client::WebPkiServerVerifier;
use rustls::client::danger::ServerCertVerifier;
use rustls::crypto::CryptoProvider;
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::server::WebPkiClientVerifier;

/// A moment in the year 2030.
pub(crate) const NOW: Moment = Moment(1_900_000_000);

pub(crate) const CA_HOURS: i64 = 10_000;
pub(crate) const HOURS: i64 = 1_000;

/// The authority of a part, made now.
pub(crate) fn authority(part: Part, algorithm: Algorithm) -> Authority {
    let key = PrivateKey::generate(algorithm).unwrap();
    let certificate = self_signed(part, &key, NOW);
    Authority::new(certificate, key).unwrap()
}

/// An authority's certificate, made then.
pub(crate) fn self_signed(part: Part, key: &PrivateKey, now: Moment) -> Certificate {
    let own = SelfSigned {
        subject: &part.subject().unwrap(),
        validity: Validity::hours(CA_HOURS).unwrap(),
        now,
        serial: &Serial::random().unwrap(),
    };
    own.sign(key).unwrap()
}

/// A wish that the profile's rules allow.
pub(crate) fn request(profile: Profile) -> Request {
    let common_name = match profile {
        Profile::KubeletClient | Profile::KubeletServer => Some("system:node:a.internal".into()),
        Profile::Client => Some("jane".into()),
        _ => None,
    };
    let organizations = if profile == Profile::Client {
        vec!["developers".into(), "on-call".into()]
    } else {
        Vec::new()
    };
    let names = if profile.is_server() {
        vec![
            AltName::dns("a.example.com").unwrap(),
            AltName::ip("10.0.0.5").unwrap(),
            AltName::ip("fd00::5").unwrap(),
        ]
    } else {
        Vec::new()
    };
    let api_server = (profile == Profile::Apiserver).then(|| ApiServer {
        service_block: "10.21.0.0/16".parse().unwrap(),
        domain: "cluster.local".into(),
    });
    Request {
        profile,
        common_name,
        organizations,
        names,
        api_server,
        validity: Validity::hours(HOURS).unwrap(),
    }
}

pub(crate) fn leaf(profile: Profile) -> Leaf {
    request(profile).check().unwrap()
}

/// A certificate of an authority, with its key.
pub(crate) fn issue(authority: &Authority, profile: Profile, algorithm: Algorithm) -> Issued {
    let key = PrivateKey::generate(algorithm).unwrap();
    let serial = Serial::random().unwrap();
    let certificate = authority
        .issue(&leaf(profile), key.public(), NOW, &serial)
        .unwrap();
    Issued { certificate, key }
}

#[derive(Debug)]
pub(crate) struct Issued {
    pub(crate) certificate: Certificate,
    pub(crate) key: PrivateKey,
}

pub(crate) fn provider() -> Arc<CryptoProvider> {
    Arc::new(rustls::crypto::aws_lc_rs::default_provider())
}

pub(crate) fn roots<'a>(trusted: impl IntoIterator<Item = &'a Certificate>) -> Arc<RootCertStore> {
    let mut roots = RootCertStore::empty();
    for one in trusted {
        roots.add(der(one)).unwrap();
    }
    Arc::new(roots)
}

pub(crate) fn der(certificate: &Certificate) -> CertificateDer<'static> {
    CertificateDer::from(certificate.der().to_vec())
}

fn unix(moment: Moment) -> UnixTime {
    UnixTime::since_unix_epoch(Duration::from_secs(moment.0.try_into().unwrap()))
}

/// What webpki says of a server's certificate.
pub(crate) fn webpki_server(
    trusted: &[&Certificate],
    certificate: &Certificate,
    name: &str,
    at: Moment,
) -> Result<(), rustls::Error> {
    let roots = roots(trusted.iter().copied());
    let builder = WebPkiServerVerifier::builder_with_provider(roots, provider());
    let verifier = builder.build().unwrap();
    let name = ServerName::try_from(name.to_owned()).unwrap();
    verifier
        .verify_server_cert(&der(certificate), &[], &name, &[], unix(at))
        .map(drop)
}

/// What webpki says of a client's certificate.
pub(crate) fn webpki_client(
    trusted: &[&Certificate],
    certificate: &Certificate,
    at: Moment,
) -> Result<(), rustls::Error> {
    let roots = roots(trusted.iter().copied());
    let builder = WebPkiClientVerifier::builder_with_provider(roots, provider());
    let verifier = builder.build().unwrap();
    verifier
        .verify_client_cert(&der(certificate), &[], unix(at))
        .map(drop)
}

/// Runs OpenSSL in a folder; `Err` is what it said.
pub(crate) fn openssl(folder: &Path, arguments: &[&str]) -> Result<String, String> {
    let output = Command::new("openssl")
        .args(arguments)
        .current_dir(folder)
        .output()
        .expect("openssl is installed");
    let said = String::from_utf8_lossy(&output.stdout).into_owned()
        + &String::from_utf8_lossy(&output.stderr);
    if output.status.success() {
        Ok(said)
    } else {
        Err(said)
    }
}

/// `openssl verify` at a moment, for a purpose: `sslserver` or `sslclient`.
pub(crate) fn openssl_verify(
    trusted: &str,
    certificate: &Certificate,
    purpose: &str,
    at: Moment,
) -> Result<String, String> {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("ca.pem"), trusted).unwrap();
    std::fs::write(folder.path().join("it.pem"), certificate.to_pem()).unwrap();
    let at = at.0.to_string();
    let strict = [
        "verify",
        "-x509_strict",
        "-CAfile",
        "ca.pem",
        "-attime",
        &at,
    ];
    let arguments = [&strict[..], &["-purpose", purpose, "it.pem"]].concat();
    openssl(folder.path(), &arguments)
}
