//! Keys: made by, parsed by and signing with aws-lc-rs.

use std::fmt;

use aws_lc_rs::digest::{SHA256, digest};
use aws_lc_rs::encoding::{AsDer, Pkcs8V1Der, PublicKeyX509Der};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::KeySize;
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_ASN1_SIGNING, ECDSA_P384_SHA384_ASN1_SIGNING, EcdsaKeyPair,
    EcdsaSigningAlgorithm, KeyPair, RSA_PKCS1_SHA256, RsaKeyPair,
};
use yasna::parse_der;
use zeroize::Zeroizing;

use crate::oid::{self, oid};
use crate::{Algorithm, Error, pem};

/// A private key. It prints as dots and is wiped from memory when dropped.
pub struct PrivateKey {
    algorithm: Algorithm,
    /// PKCS #8, whatever form it came in.
    der: Zeroizing<Vec<u8>>,
    public: PublicKey,
    pair: Pair,
}

enum Pair {
    Ecdsa(EcdsaKeyPair),
    Rsa(RsaKeyPair),
}

/// A public key.
#[derive(Clone, PartialEq, Eq)]
pub struct PublicKey {
    /// A `SubjectPublicKeyInfo` (RFC 5280).
    der: Vec<u8>,
    id: KeyId,
}

/// What names a key in certificates: the first 160 bits of the SHA-256 digest of its bits, method 1
/// of RFC 7093. Certificates of others may have made theirs in another way.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct KeyId(pub Vec<u8>);

/// Labels of the forms a private key comes in.
const LABELS: [&str; 3] = ["PRIVATE KEY", "EC PRIVATE KEY", "RSA PRIVATE KEY"];
const PUBLIC_LABEL: &str = "PUBLIC KEY";

impl PrivateKey {
    /// Makes a key.
    ///
    /// # Errors
    /// The library has no memory or no entropy.
    pub fn generate(algorithm: Algorithm) -> Result<Self, Error> {
        let failed = |_| Error::Library("make a key");
        let size = match algorithm {
            Algorithm::EcdsaP256 | Algorithm::EcdsaP384 => {
                let pair = EcdsaKeyPair::generate(signing(algorithm)).map_err(failed)?;
                return Self::of_ecdsa(algorithm, pair);
            }
            Algorithm::Rsa2048 => KeySize::Rsa2048,
            Algorithm::Rsa3072 => KeySize::Rsa3072,
            Algorithm::Rsa4096 => KeySize::Rsa4096,
        };
        Self::of_rsa(algorithm, RsaKeyPair::generate(size).map_err(failed)?)
    }

    /// Reads a key in PKCS #8 (`PRIVATE KEY`), SEC 1 (`EC PRIVATE KEY`) or PKCS #1
    /// (`RSA PRIVATE KEY`). Other blocks, such as OpenSSL's `EC PARAMETERS`, are passed over.
    ///
    /// # Errors
    /// There is no key, or several, or one that isn't of an [`Algorithm`].
    pub fn from_pem(text: &str) -> Result<Self, Error> {
        let blocks = pem::blocks(text)?;
        if blocks
            .iter()
            .any(|one| one.label == "ENCRYPTED PRIVATE KEY")
        {
            return Err(Error::EncryptedKey);
        }
        let mut keys = blocks.iter().filter(|one| LABELS.contains(&one.label));
        match (keys.next(), keys.count()) {
            (None, _) => Err(Error::NoPem("PRIVATE KEY")),
            (Some(key), 0) => Self::from_der(&key.der),
            (Some(_), more) => Err(Error::SeveralPem { count: more + 1 }),
        }
    }

    fn from_der(der: &[u8]) -> Result<Self, Error> {
        for algorithm in [Algorithm::EcdsaP256, Algorithm::EcdsaP384] {
            if let Ok(pair) = EcdsaKeyPair::from_private_key_der(signing(algorithm), der) {
                return Self::of_ecdsa(algorithm, pair);
            }
        }
        if let Ok(pair) = RsaKeyPair::from_pkcs8(der).or_else(|_| RsaKeyPair::from_der(der)) {
            let algorithm = match pair.public_modulus_len() {
                256 => Algorithm::Rsa2048,
                384 => Algorithm::Rsa3072,
                512 => Algorithm::Rsa4096,
                _ => return Err(Error::OtherKey("")),
            };
            return Self::of_rsa(algorithm, pair);
        }
        Err(match pkcs8_algorithm(der) {
            Some(found) if found == oid(oid::ED25519) => Error::OtherKey(
                ", but Ed25519, with which Kubernetes can't sign service account tokens",
            ),
            Some(found) if found != oid(oid::RSA) && found != oid(oid::EC_PUBLIC_KEY) => {
                Error::OtherKey("")
            }
            _ => Error::NoKey,
        })
    }

    fn of_ecdsa(algorithm: Algorithm, pair: EcdsaKeyPair) -> Result<Self, Error> {
        let der = pair.to_pkcs8v1().map_err(|_| Error::NoKey)?;
        let public = pair.public_key();
        let spki: PublicKeyX509Der<'_> = public.as_der().map_err(|_| Error::NoKey)?;
        Ok(Self {
            algorithm,
            der: Zeroizing::new(der.as_ref().to_vec()),
            public: PublicKey::new(spki.as_ref().to_vec(), public.as_ref()),
            pair: Pair::Ecdsa(pair),
        })
    }

    fn of_rsa(algorithm: Algorithm, pair: RsaKeyPair) -> Result<Self, Error> {
        let der: Pkcs8V1Der<'_> = pair.as_der().map_err(|_| Error::NoKey)?;
        let public = pair.public_key();
        let spki: PublicKeyX509Der<'_> = public.as_der().map_err(|_| Error::NoKey)?;
        Ok(Self {
            algorithm,
            der: Zeroizing::new(der.as_ref().to_vec()),
            public: PublicKey::new(spki.as_ref().to_vec(), public.as_ref()),
            pair: Pair::Rsa(pair),
        })
    }

    /// The key in PKCS #8, as `openssl genpkey` writes it.
    #[must_use]
    pub fn to_pem(&self) -> Zeroizing<String> {
        pem::write("PRIVATE KEY", &self.der)
    }

    /// Its kind and size.
    #[must_use]
    pub fn algorithm(&self) -> Algorithm {
        self.algorithm
    }

    /// Its public half.
    #[must_use]
    pub fn public(&self) -> &PublicKey {
        &self.public
    }

    /// Signs, with the digest that goes with the algorithm.
    pub(crate) fn sign(&self, message: &[u8]) -> Result<Vec<u8>, Error> {
        let failed = |_| Error::Library("sign");
        let random = SystemRandom::new();
        match &self.pair {
            Pair::Ecdsa(pair) => {
                let signature = pair.sign(&random, message).map_err(failed)?;
                Ok(signature.as_ref().to_vec())
            }
            Pair::Rsa(pair) => {
                let mut signature = vec![0; pair.public_modulus_len()];
                pair.sign(&RSA_PKCS1_SHA256, &random, message, &mut signature)
                    .map_err(failed)?;
                Ok(signature)
            }
        }
    }
}

impl fmt::Debug for PrivateKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PrivateKey({}, ...)", self.algorithm)
    }
}

fn signing(algorithm: Algorithm) -> &'static EcdsaSigningAlgorithm {
    if algorithm == Algorithm::EcdsaP384 {
        &ECDSA_P384_SHA384_ASN1_SIGNING
    } else {
        &ECDSA_P256_SHA256_ASN1_SIGNING
    }
}

/// What kind of key a PKCS #8 document says it holds.
fn pkcs8_algorithm(der: &[u8]) -> Option<yasna::models::ObjectIdentifier> {
    let read = parse_der(der, |reader| {
        reader.read_sequence(|reader| {
            reader.next().read_u8()?;
            let found = reader.next().read_sequence(|reader| {
                let found = reader.next().read_oid()?;
                reader.read_optional(|reader| reader.read_der())?;
                Ok(found)
            })?;
            reader.next().read_der()?;
            while reader.read_optional(|reader| reader.read_der())?.is_some() {}
            Ok(found)
        })
    });
    read.ok()
}

impl PublicKey {
    fn new(der: Vec<u8>, bits: &[u8]) -> Self {
        let hash = digest(&SHA256, bits);
        let id = hash.as_ref().iter().copied().take(20).collect();
        Self { der, id: KeyId(id) }
    }

    /// Reads a `SubjectPublicKeyInfo`.
    ///
    /// # Errors
    /// It is none.
    pub(crate) fn from_der(der: &[u8]) -> Result<Self, Error> {
        let bits = parse_der(der, |reader| {
            reader.read_sequence(|reader| {
                reader.next().read_der()?;
                reader.next().read_bitvec_bytes()
            })
        });
        let (bits, _) = bits.map_err(|_| Error::NoPublicKey)?;
        Ok(Self::new(der.to_vec(), &bits))
    }

    /// Reads all keys of a PEM text, in their order.
    ///
    /// # Errors
    /// One is damaged.
    pub fn all_from_pem(text: &str) -> Result<Vec<Self>, Error> {
        let blocks = pem::blocks(text)?;
        let keys = blocks.iter().filter(|one| one.label == PUBLIC_LABEL);
        keys.map(|one| Self::from_der(&one.der)).collect()
    }

    /// The key as PEM: `PUBLIC KEY`.
    #[must_use]
    pub fn to_pem(&self) -> String {
        pem::write(PUBLIC_LABEL, &self.der).to_string()
    }

    /// What names it.
    #[must_use]
    pub fn id(&self) -> &KeyId {
        &self.id
    }

    /// SHA-256 over the `SubjectPublicKeyInfo`, in hexadecimal: what kubeadm's
    /// `discovery-token-ca-cert-hash` has behind `sha256:`.
    #[must_use]
    pub fn fingerprint(&self) -> String {
        hex(digest(&SHA256, &self.der).as_ref())
    }

    /// The kind of key, if it is one that is made here.
    #[must_use]
    pub fn algorithm(&self) -> Option<Algorithm> {
        let read = parse_der(&self.der, |reader| {
            reader.read_sequence(|reader| {
                let kind = reader.next().read_sequence(|reader| {
                    let kind = reader.next().read_oid()?;
                    let rest = reader.next().read_der()?;
                    Ok((kind, rest))
                })?;
                let (bits, _) = reader.next().read_bitvec_bytes()?;
                Ok((kind, bits.len()))
            })
        });
        let ((kind, parameters), length) = read.ok()?;
        if kind == oid(oid::EC_PUBLIC_KEY) {
            let curve = parse_der(&parameters, |reader| reader.read_oid()).ok()?;
            return [
                (oid::P256, Algorithm::EcdsaP256),
                (oid::P384, Algorithm::EcdsaP384),
            ]
            .into_iter()
            .find_map(|(name, algorithm)| (curve == oid(name)).then_some(algorithm));
        }
        if kind != oid(oid::RSA) {
            return None;
        }
        // The modulus and some bytes around it: tag, lengths, a sign, the exponent.
        [
            (256, Algorithm::Rsa2048),
            (384, Algorithm::Rsa3072),
            (512, Algorithm::Rsa4096),
        ]
        .into_iter()
        .find_map(|(bytes, algorithm)| (bytes..bytes + 24).contains(&length).then_some(algorithm))
    }

    pub(crate) fn der(&self) -> &[u8] {
        &self.der
    }
}

impl fmt::Debug for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PublicKey({})", self.id)
    }
}

impl fmt::Display for KeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex(&self.0))
    }
}

impl fmt::Debug for KeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "KeyId({self})")
    }
}

/// Bytes in hexadecimal.
pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_survives_being_written() {
        for algorithm in [
            Algorithm::EcdsaP256,
            Algorithm::EcdsaP384,
            Algorithm::Rsa2048,
        ] {
            let key = PrivateKey::generate(algorithm).unwrap();
            let again = PrivateKey::from_pem(&key.to_pem()).unwrap();
            assert_eq!(again.algorithm(), algorithm);
            assert_eq!(again.public(), key.public());
            assert_eq!(*again.to_pem(), *key.to_pem());
            assert_eq!(key.public().algorithm(), Some(algorithm));
            let public = PublicKey::all_from_pem(&key.public().to_pem()).unwrap();
            assert_eq!(public, [key.public().clone()]);
        }
    }

    #[test]
    fn keys_differ() {
        let [one, other] = [(), ()].map(|()| PrivateKey::generate(Algorithm::EcdsaP256).unwrap());
        assert_ne!(one.public().id(), other.public().id());
    }

    #[test]
    fn nothing_of_a_key_is_printed() {
        let key = PrivateKey::generate(Algorithm::EcdsaP256).unwrap();
        assert_eq!(format!("{key:?}"), "PrivateKey(ECDSA-P256, ...)");
    }

    #[test]
    fn what_is_no_key_is_refused() {
        let refused = |text: &str| PrivateKey::from_pem(text).err();
        let key = PrivateKey::generate(Algorithm::EcdsaP256).unwrap();
        let pem = key.to_pem();
        assert_eq!(refused(""), Some(Error::NoPem("PRIVATE KEY")));
        let twice = format!("{}{}", *pem, *pem);
        assert_eq!(refused(&twice), Some(Error::SeveralPem { count: 2 }));
        assert_eq!(refused(&pem.replacen('M', "N", 1)), Some(Error::NoKey));
        let encrypted = pem.replace("PRIVATE KEY", "ENCRYPTED PRIVATE KEY");
        assert_eq!(refused(&encrypted), Some(Error::EncryptedKey));
    }
}
