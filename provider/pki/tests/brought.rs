//! Keys and certificates that OpenSSL made, brought along by a user.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing
)]

mod support;

use std::path::Path;

use pki::{Algorithm, Authority, Certificate, Error, Moment, PrivateKey, Profile, Serial};
use support::{leaf, openssl, openssl_verify, webpki_client};

fn read(folder: &Path, name: &str) -> String {
    std::fs::read_to_string(folder.join(name)).unwrap()
}

fn run(folder: &Path, command: &str) {
    let arguments: Vec<_> = command.split(' ').collect();
    openssl(folder, &arguments).unwrap();
}

#[test]
fn every_form_of_key_is_taken() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    for (command, algorithm) in [
        (
            "ecparam -name prime256v1 -genkey -out key.pem",
            Algorithm::EcdsaP256,
        ),
        (
            "ecparam -name secp384r1 -genkey -noout -out key.pem",
            Algorithm::EcdsaP384,
        ),
        (
            "genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out key.pem",
            Algorithm::EcdsaP256,
        ),
        ("genrsa -traditional -out key.pem 2048", Algorithm::Rsa2048),
        (
            "genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:3072 -out key.pem",
            Algorithm::Rsa3072,
        ),
    ] {
        run(folder, command);
        let key = PrivateKey::from_pem(&read(folder, "key.pem")).unwrap();
        assert_eq!(key.algorithm(), algorithm, "{command}");
        // OpenSSL takes what is written, and finds the same public key in it.
        std::fs::write(folder.join("ours.pem"), key.to_pem().as_bytes()).unwrap();
        run(folder, "pkey -in ours.pem -pubout -out public.pem");
        assert_eq!(
            read(folder, "public.pem"),
            key.public().to_pem(),
            "{command}"
        );
        run(folder, "pkey -in ours.pem -check -noout");
    }
}

#[test]
fn other_keys_are_refused_with_the_reason() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    for (command, words) in [
        ("genpkey -algorithm ED25519 -out key.pem", "Ed25519"),
        (
            "ecparam -name secp521r1 -genkey -noout -out key.pem",
            "no private key",
        ),
        (
            "genpkey -algorithm EC -pkeyopt ec_paramgen_curve:secp256k1 -out key.pem",
            "no private key",
        ),
        ("genrsa -out key.pem 1024", ""),
        ("genpkey -algorithm X25519 -out key.pem", "none of ECDSA"),
        (
            "genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -aes256 -pass pass:a -out key.pem",
            "encrypted",
        ),
        (
            "genrsa -traditional -aes256 -passout pass:abcd -out key.pem 2048",
            "encrypted",
        ),
    ] {
        run(folder, command);
        let refused = PrivateKey::from_pem(&read(folder, "key.pem")).unwrap_err();
        assert!(refused.to_string().contains(words), "{command}: {refused}");
    }
}

/// Its name is in old encodings and has parts that nobody here writes; the chain depends on each
/// byte of it.
#[test]
fn an_authority_of_openssl_signs_here() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    std::fs::write(
        folder.join("ca.cnf"),
        "[req]\ndistinguished_name=dn\nprompt=no\nstring_mask=default\nx509_extensions=x\n\
         [dn]\nC=DE\n0.O=Example\n1.O=More\nCN=corp ca\n\
         [x]\nbasicConstraints=critical,CA:TRUE\nkeyUsage=critical,keyCertSign\n\
         subjectKeyIdentifier=hash\n",
    )
    .unwrap();
    run(
        folder,
        "genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-384 -out key.pem",
    );
    run(
        folder,
        "req -x509 -config ca.cnf -key key.pem -days 3650 -out ca.pem",
    );
    let certificate = Certificate::from_pem(&read(folder, "ca.pem")).unwrap();
    assert_eq!(certificate.subject().organizations, ["Example", "More"]);
    let key = PrivateKey::from_pem(&read(folder, "key.pem")).unwrap();
    let now = Moment::of(std::time::SystemTime::now());
    let authority = Authority::new(certificate, key).unwrap();
    let key = PrivateKey::generate(Algorithm::EcdsaP256).unwrap();
    let serial = Serial::random().unwrap();
    let issued = authority.issue(&leaf(Profile::Admin), key.public(), now, &serial);
    let issued = issued.unwrap();
    webpki_client(&[authority.certificate()], &issued, now).unwrap();
    openssl_verify(&read(folder, "ca.pem"), &issued, "sslclient", now).unwrap();
    assert!(issued.names_as_issuer(authority.certificate()));
}

#[test]
fn what_does_not_belong_together_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    run(
        folder,
        "ecparam -name prime256v1 -genkey -noout -out key.pem",
    );
    run(
        folder,
        "req -x509 -key key.pem -days 1 -subj /CN=leaf -addext basicConstraints=critical,CA:FALSE -out leaf.pem",
    );
    run(
        folder,
        "req -x509 -key key.pem -days 1 -subj /CN=signless -addext keyUsage=digitalSignature -out signless.pem",
    );
    run(
        folder,
        "req -x509 -key key.pem -days 1 -subj /CN=ca -out ca.pem",
    );
    let key = || PrivateKey::from_pem(&read(folder, "key.pem")).unwrap();
    let certificate = |name: &str| Certificate::from_pem(&read(folder, name)).unwrap();
    let refused = |name: &str, key| {
        let refused = Authority::new(certificate(name), key).unwrap_err();
        refused.to_string()
    };
    assert!(refused("leaf.pem", key()).contains("CA:TRUE"));
    assert!(refused("signless.pem", key()).contains("keyCertSign"));
    let other = PrivateKey::generate(Algorithm::EcdsaP256).unwrap();
    assert!(refused("ca.pem", other).contains("another key"));
    assert!(Authority::new(certificate("ca.pem"), key()).is_ok());
    let two = read(folder, "ca.pem").repeat(2);
    assert_eq!(
        Certificate::from_pem(&two).err(),
        Some(Error::SeveralPem { count: 2 })
    );
    let key_for_certificate = Certificate::from_pem(&read(folder, "key.pem"));
    assert_eq!(key_for_certificate.err(), Some(Error::NoPem("CERTIFICATE")));
}

#[test]
fn damage_is_an_error_and_never_a_panic() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    run(
        folder,
        "ecparam -name prime256v1 -genkey -noout -out key.pem",
    );
    run(
        folder,
        "req -x509 -key key.pem -days 1 -subj /CN=ca -out ca.pem",
    );
    let certificate = Certificate::from_pem(&read(folder, "ca.pem")).unwrap();
    let whole = certificate.der();
    for length in 0..whole.len() {
        assert!(Certificate::from_der(&whole[..length]).is_err(), "{length}");
    }
    for at in 0..whole.len() {
        let mut damaged = whole.to_vec();
        damaged[at] ^= 0x55;
        // Whether it is noticed depends on where it is: a signature is checked by others.
        let _ = Certificate::from_der(&damaged);
    }
}
