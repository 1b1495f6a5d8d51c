//! Rotations in any order: what is in use is trusted at every step.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing
)]

mod support;

use std::collections::BTreeMap;

use pki::rotation::{Change, Position};
use pki::{Algorithm, Authority, Bundle, Certificate, KeyId, Part, PrivateKey, Profile, Trusted};
use proptest::prelude::*;
use support::{Issued, NOW, issue, openssl_verify, self_signed, webpki_client};

const P256: Algorithm = Algorithm::EcdsaP256;

/// An authority's generations, and certificates that are in use.
struct Cluster {
    position: Position,
    keys: BTreeMap<u32, String>,
    bundle: Bundle,
    /// Issued under the step before this one.
    before: Issued,
    /// Issued under this step.
    now: Issued,
}

impl Cluster {
    fn new() -> Self {
        let key = PrivateKey::generate(P256).unwrap();
        let bundle = Bundle::of([Trusted::from(self_signed(Part::Etcd, &key, NOW))]);
        let keys = BTreeMap::from([(1, key.to_pem().to_string())]);
        let before = signed(&bundle, &keys, 1);
        let now = signed(&bundle, &keys, 1);
        Self {
            position: Position::FIRST,
            keys,
            bundle,
            before,
            now,
        }
    }

    /// Goes to a position, as an apply does; what is in use is replaced between two steps.
    fn go(&mut self, to: Position) {
        let trusted = to.trusted();
        for generation in &trusted {
            let make = || PrivateKey::generate(P256).unwrap().to_pem().to_string();
            self.keys.entry(*generation).or_insert_with(make);
        }
        let entries = trusted.iter().map(|generation| {
            let key = PrivateKey::from_pem(&self.keys[generation]).unwrap();
            match self.bundle.find(key.public()) {
                Some(known) => known.clone(),
                None => self_signed(Part::Etcd, &key, NOW).into(),
            }
        });
        self.bundle = Bundle::of(entries.collect::<Vec<_>>());
        self.keys
            .retain(|generation, _| trusted.contains(generation));
        self.position = to;
        let new = signed(&self.bundle, &self.keys, to.signer());
        self.before = std::mem::replace(&mut self.now, new);
    }

    fn certificates(&self) -> Vec<&Certificate> {
        let trusted = self.bundle.trusted().iter();
        trusted.filter_map(Trusted::certificate).collect()
    }
}

fn signed(bundle: &Bundle, keys: &BTreeMap<u32, String>, signer: u32) -> Issued {
    let certificate = bundle.signer().unwrap().certificate().unwrap().clone();
    let key = PrivateKey::from_pem(&keys[&signer]).unwrap();
    issue(
        &Authority::new(certificate, key).unwrap(),
        Profile::EtcdPeer,
        P256,
    )
}

/// A way of steps: forward, or back where that can be.
fn way() -> impl Strategy<Value = Vec<bool>> {
    prop::collection::vec(prop::bool::weighted(0.7), 1..9)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]

    #[test]
    fn what_is_in_use_is_trusted_at_every_step(way in way()) {
        let mut cluster = Cluster::new();
        for forward in way {
            let from = cluster.position;
            let to = if forward { from.next() } else { back(from) };
            let change = from.to(to).unwrap();
            prop_assert_eq!(change == Change::None, from == to);
            // A client that hasn't heard of this step yet still trusts what the last one did.
            let old = cluster.bundle.clone();
            cluster.go(to);
            let ids: Vec<KeyId> = cluster.bundle.trusted().iter().map(|one| one.public().id().clone()).collect();
            let keys = cluster.keys.iter().map(|(at, pem)| {
                (*at, PrivateKey::from_pem(pem).unwrap().public().id().clone())
            }).collect();
            prop_assert_eq!(Position::of(&keys, &ids), Some(to));
            for certificate in [&cluster.before.certificate, &cluster.now.certificate] {
                let trusted = cluster.certificates();
                prop_assert!(webpki_client(&trusted, certificate, NOW).is_ok(), "{} to {}", from, to);
            }
            let old: Vec<_> = old.trusted().iter().filter_map(Trusted::certificate).collect();
            let by_old = webpki_client(&old, &cluster.now.certificate, NOW);
            prop_assert!(by_old.is_ok(), "{} to {}: old clients", from, to);
            let text = cluster.bundle.to_pem();
            prop_assert_eq!(&Bundle::from_pem(Part::Etcd, &text).unwrap(), &cluster.bundle);
        }
    }
}

/// One step back, or none from where there is no way back.
fn back(from: Position) -> Position {
    use pki::rotation::Step;
    match from.step {
        Step::Retire => from,
        Step::Stage => from.settled().unwrap(),
        Step::Promote => Position {
            step: Step::Stage,
            ..from
        },
    }
}

#[test]
fn openssl_trusts_both_halves_of_a_rotation() {
    let mut cluster = Cluster::new();
    let first = cluster.now.certificate.clone();
    let staged = Position::FIRST.next();
    cluster.go(staged);
    cluster.go(staged.next());
    let text = cluster.bundle.to_pem();
    for certificate in [&first, &cluster.now.certificate] {
        openssl_verify(&text, certificate, "sslclient", NOW).unwrap();
    }
    assert_ne!(first, cluster.now.certificate);
    cluster.go(staged.next().next());
    let text = cluster.bundle.to_pem();
    assert!(openssl_verify(&text, &first, "sslclient", NOW).is_err());
    openssl_verify(&text, &cluster.now.certificate, "sslclient", NOW).unwrap();
}

#[test]
fn a_renewed_authority_has_signed_what_the_old_one_did() {
    let key = PrivateKey::generate(P256).unwrap();
    let old = self_signed(Part::Etcd, &key, NOW);
    let pem = key.to_pem();
    let authority = Authority::new(old.clone(), key).unwrap();
    let issued = issue(&authority, Profile::EtcdPeer, P256).certificate;
    let key = PrivateKey::from_pem(&pem).unwrap();
    let renewed = self_signed(Part::Etcd, &key, NOW.plus_hours(500));
    assert_ne!(old, renewed);
    let at = NOW.plus_hours(600);
    webpki_client(&[&renewed], &issued, at).unwrap();
    openssl_verify(&renewed.to_pem(), &issued, "sslclient", at).unwrap();
    assert!(issued.names_as_issuer(&renewed));
}
