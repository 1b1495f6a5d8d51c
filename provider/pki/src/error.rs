//! What can be wrong with keys and certificates that others wrote.

use crate::{RequestInvalid, ValidityInvalid};

/// Why a key or certificate can't be used. No text of a key is in it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// There is no such PEM block.
    #[error("there is no PEM block \"BEGIN {0}\" in it")]
    NoPem(&'static str),
    /// There are several where one is meant.
    #[error("there are {count} PEM blocks in it where one is meant")]
    SeveralPem {
        /// How many.
        count: usize,
    },
    /// A PEM block without end, or with characters that aren't Base64.
    #[error("the PEM block is damaged")]
    DamagedPem,
    /// A key behind a passphrase.
    #[error("the private key is encrypted; give it without a passphrase")]
    EncryptedKey,
    /// Bytes that are no private key, or one whose parts don't match each other.
    #[error("it is no private key, or a damaged one")]
    NoKey,
    /// A key of another kind.
    #[error(
        "the private key is none of ECDSA on P-256 or P-384 and RSA of 2048, 3072 or 4096 bits{0}"
    )]
    OtherKey(&'static str),
    /// Bytes that are no X.509 certificate.
    #[error("it is no X.509 certificate, or a damaged one")]
    NoCertificate,
    /// Bytes that are no public key.
    #[error("it is no public key, or a damaged one")]
    NoPublicKey,
    /// A certificate that isn't an authority's.
    #[error("the certificate of {0:?} is no authority's: {1}")]
    NoAuthority(String, &'static str),
    /// Certificate and key don't belong together.
    #[error(
        "the certificate of {0:?} is for another key: its public key isn't that of the private key"
    )]
    Mismatch(String),
    /// A period that can't be.
    #[error(transparent)]
    Validity(#[from] ValidityInvalid),
    /// A leaf that can't be issued.
    #[error(transparent)]
    Request(#[from] RequestInvalid),
    /// The library failed to make a key or to sign, which it documents for lack of memory or
    /// entropy.
    #[error("the cryptographic library failed to {0}")]
    Library(&'static str),
}
