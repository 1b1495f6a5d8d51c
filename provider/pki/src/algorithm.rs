//! What keys can be: the names that kubeadm has for them.

use std::fmt;
use std::str::FromStr;

/// The kind and size of a key.
///
/// Named as kubeadm's `encryptionAlgorithm`:
/// <https://kubernetes.io/docs/reference/config-api/kubeadm-config.v1beta4/#kubeadm-k8s-io-v1beta4-EncryptionAlgorithmType>
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Algorithm {
    /// ECDSA on the curve P-256, with SHA-256.
    #[default]
    EcdsaP256,
    /// ECDSA on the curve P-384, with SHA-384.
    EcdsaP384,
    /// RSA of 2048 bits, with SHA-256.
    Rsa2048,
    /// RSA of 3072 bits, with SHA-256.
    Rsa3072,
    /// RSA of 4096 bits, with SHA-256.
    Rsa4096,
}

/// A name that is no algorithm's.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AlgorithmInvalid {
    /// Ed25519: TLS has it, Kubernetes doesn't.
    #[error(
        "Ed25519 keys can't sign service account tokens, which Kubernetes signs with RSA or ECDSA \
         alone, and kubeadm takes none; use ECDSA-P256"
    )]
    Ed25519,
    /// Anything else.
    #[error("{0:?} is none of ECDSA-P256, ECDSA-P384, RSA-2048, RSA-3072 and RSA-4096")]
    Unknown(String),
}

impl Algorithm {
    /// All of them.
    pub const ALL: [Self; 5] = [
        Self::EcdsaP256,
        Self::EcdsaP384,
        Self::Rsa2048,
        Self::Rsa3072,
        Self::Rsa4096,
    ];

    /// The name.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::EcdsaP256 => "ECDSA-P256",
            Self::EcdsaP384 => "ECDSA-P384",
            Self::Rsa2048 => "RSA-2048",
            Self::Rsa3072 => "RSA-3072",
            Self::Rsa4096 => "RSA-4096",
        }
    }

    /// Whether it is RSA, with which a key can also be encrypted.
    #[must_use]
    pub fn is_rsa(self) -> bool {
        matches!(self, Self::Rsa2048 | Self::Rsa3072 | Self::Rsa4096)
    }
}

impl fmt::Display for Algorithm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Algorithm {
    type Err = AlgorithmInvalid;

    fn from_str(text: &str) -> Result<Self, AlgorithmInvalid> {
        if text.eq_ignore_ascii_case("ed25519") {
            return Err(AlgorithmInvalid::Ed25519);
        }
        Self::ALL
            .into_iter()
            .find(|algorithm| algorithm.name() == text)
            .ok_or_else(|| AlgorithmInvalid::Unknown(text.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_exact() {
        for algorithm in Algorithm::ALL {
            assert_eq!(algorithm.name().parse(), Ok(algorithm));
        }
        for text in ["", "ecdsa-p256", "RSA", "RSA-1024", "ECDSA-P521"] {
            assert!(text.parse::<Algorithm>().is_err(), "{text:?}");
        }
    }

    #[test]
    fn ed25519_is_refused_with_the_reason() {
        let refused = "ed25519".parse::<Algorithm>().unwrap_err();
        assert!(refused.to_string().contains("service account tokens"));
    }
}
