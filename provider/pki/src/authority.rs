//! Authorities: what signs.

use crate::write::{self, Content, Use};
use crate::{
    Certificate, Error, Leaf, Moment, PrivateKey, PublicKey, RequestInvalid, SKEW_SECONDS, Serial,
    Subject, Usage, Validity,
};

/// A certificate that may sign others, with its private key.
#[derive(Debug)]
pub struct Authority {
    certificate: Certificate,
    key: PrivateKey,
}

/// An authority's own certificate, to be made.
#[derive(Debug)]
pub struct SelfSigned<'a> {
    /// What it is called.
    pub subject: &'a Subject,
    /// How long it is valid.
    pub validity: Validity,
    /// When it is made.
    pub now: Moment,
    /// What tells it from others of its name.
    pub serial: &'a Serial,
}

impl SelfSigned<'_> {
    /// The certificate of the authority that has this key. Made again with the same key and subject
    /// it replaces the old one: what that has signed, this one has signed too.
    ///
    /// # Errors
    /// The library fails.
    pub fn sign(&self, key: &PrivateKey) -> Result<Certificate, Error> {
        let name = self.subject.der();
        let content = Content {
            serial: self.serial,
            issuer: &name,
            issuer_key: None,
            subject: &name,
            not_before: self.now.plus_seconds(-SKEW_SECONDS),
            not_after: self.validity.end(self.now),
            public: key.public(),
            use_of: Use::Authority,
        };
        write::sign(&content, key)
    }
}

impl Authority {
    /// Puts certificate and key together.
    ///
    /// # Errors
    /// They don't belong together, or the certificate is no authority's.
    pub fn new(certificate: Certificate, key: PrivateKey) -> Result<Self, Error> {
        let name = || certificate.subject().common_name.clone();
        if let Some(why) = certificate.no_authority() {
            return Err(Error::NoAuthority(name(), why));
        }
        if certificate.public() != key.public() {
            return Err(Error::Mismatch(name()));
        }
        Ok(Self { certificate, key })
    }

    /// Its certificate.
    #[must_use]
    pub fn certificate(&self) -> &Certificate {
        &self.certificate
    }

    /// Signs a certificate for a key.
    ///
    /// # Errors
    /// It would outlive the authority, or the library fails.
    pub fn issue(
        &self,
        leaf: &Leaf,
        public: &PublicKey,
        now: Moment,
        serial: &Serial,
    ) -> Result<Certificate, Error> {
        let authority = self.certificate.not_after();
        let end = leaf.validity.end(now);
        if end > authority {
            return Err(RequestInvalid::OutlivesAuthority { end, authority }.into());
        }
        let usages: Vec<_> = [
            (Usage::Server, leaf.profile.is_server()),
            (Usage::Client, leaf.profile.is_client()),
        ]
        .into_iter()
        .filter_map(|(usage, has)| has.then_some(usage))
        .collect();
        let content = Content {
            serial,
            issuer: self.certificate.subject_der(),
            issuer_key: self.certificate.key_id(),
            subject: &leaf.subject.der(),
            // Even before the authority's: no verifier nests the two, and the validity asked for can
            // then be told from the certificate alone.
            not_before: now.plus_seconds(-SKEW_SECONDS),
            not_after: end,
            public,
            use_of: Use::Leaf {
                usages: &usages,
                names: &leaf.names,
            },
        };
        write::sign(&content, &self.key)
    }
}
