//! Object identifiers of X.509 (RFC 5280), and of keys and signatures (RFC 5480, RFC 4055).

pub(crate) const COMMON_NAME: &[u64] = &[2, 5, 4, 3];
pub(crate) const ORGANIZATION: &[u64] = &[2, 5, 4, 10];

pub(crate) const SUBJECT_KEY_IDENTIFIER: &[u64] = &[2, 5, 29, 14];
pub(crate) const KEY_USAGE: &[u64] = &[2, 5, 29, 15];
pub(crate) const SUBJECT_ALT_NAME: &[u64] = &[2, 5, 29, 17];
pub(crate) const BASIC_CONSTRAINTS: &[u64] = &[2, 5, 29, 19];
pub(crate) const AUTHORITY_KEY_IDENTIFIER: &[u64] = &[2, 5, 29, 35];
pub(crate) const EXTENDED_KEY_USAGE: &[u64] = &[2, 5, 29, 37];

pub(crate) const SERVER_AUTH: &[u64] = &[1, 3, 6, 1, 5, 5, 7, 3, 1];
pub(crate) const CLIENT_AUTH: &[u64] = &[1, 3, 6, 1, 5, 5, 7, 3, 2];

pub(crate) const EC_PUBLIC_KEY: &[u64] = &[1, 2, 840, 10045, 2, 1];
pub(crate) const P256: &[u64] = &[1, 2, 840, 10045, 3, 1, 7];
pub(crate) const P384: &[u64] = &[1, 3, 132, 0, 34];
pub(crate) const RSA: &[u64] = &[1, 2, 840, 113_549, 1, 1, 1];
pub(crate) const ED25519: &[u64] = &[1, 3, 101, 112];

pub(crate) const ECDSA_SHA256: &[u64] = &[1, 2, 840, 10045, 4, 3, 2];
pub(crate) const ECDSA_SHA384: &[u64] = &[1, 2, 840, 10045, 4, 3, 3];
pub(crate) const RSA_SHA256: &[u64] = &[1, 2, 840, 113_549, 1, 1, 11];

/// The identifier as the writer takes it.
pub(crate) fn oid(components: &[u64]) -> yasna::models::ObjectIdentifier {
    yasna::models::ObjectIdentifier::from_slice(components)
}
