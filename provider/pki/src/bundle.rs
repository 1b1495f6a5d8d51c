//! What of a part is trusted, as one text: what signs stands in front.
//!
//! One text because it is one parameter: nobody can read who signs without who is trusted, and a
//! change of both is one write.

use crate::{Certificate, Error, Part, PublicKey};

/// A certificate or public key that is trusted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Trusted {
    /// An authority's certificate.
    Certificate(Box<Certificate>),
    /// A key that signs tokens.
    Key(PublicKey),
}

/// All that is trusted of a part, each key once.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Bundle(Vec<Trusted>);

impl Trusted {
    /// Whose signatures are trusted.
    #[must_use]
    pub fn public(&self) -> &PublicKey {
        match self {
            Self::Certificate(certificate) => certificate.public(),
            Self::Key(key) => key,
        }
    }

    /// The certificate, if it is one.
    #[must_use]
    pub fn certificate(&self) -> Option<&Certificate> {
        match self {
            Self::Certificate(certificate) => Some(certificate),
            Self::Key(_) => None,
        }
    }

    /// As PEM.
    #[must_use]
    pub fn to_pem(&self) -> String {
        match self {
            Self::Certificate(certificate) => certificate.to_pem(),
            Self::Key(key) => key.to_pem(),
        }
    }
}

impl From<Certificate> for Trusted {
    fn from(certificate: Certificate) -> Self {
        Self::Certificate(Box::new(certificate))
    }
}

impl Bundle {
    /// A bundle of these, of which the first signs.
    #[must_use]
    pub fn of(all: impl IntoIterator<Item = Trusted>) -> Self {
        let mut bundle = Self::default();
        for one in all {
            if bundle.find(one.public()).is_none() {
                bundle.0.push(one);
            }
        }
        bundle
    }

    /// Reads the text of a part's bundle.
    ///
    /// # Errors
    /// A certificate or key in it is damaged, or there is none.
    pub fn from_pem(part: Part, text: &str) -> Result<Self, Error> {
        let all: Vec<Trusted> = if part == Part::ServiceAccount {
            let keys = PublicKey::all_from_pem(text)?;
            keys.into_iter().map(Trusted::Key).collect()
        } else {
            let certificates = Certificate::all_from_pem(text)?;
            certificates.into_iter().map(Trusted::from).collect()
        };
        if all.is_empty() {
            let label = match part {
                Part::ServiceAccount => "PUBLIC KEY",
                _ => "CERTIFICATE",
            };
            return Err(Error::NoPem(label));
        }
        Ok(Self::of(all))
    }

    /// The text, one after the other.
    #[must_use]
    pub fn to_pem(&self) -> String {
        self.0.iter().map(Trusted::to_pem).collect()
    }

    /// What signs.
    #[must_use]
    pub fn signer(&self) -> Option<&Trusted> {
        self.0.first()
    }

    /// All that is trusted, what signs in front.
    #[must_use]
    pub fn trusted(&self) -> &[Trusted] {
        &self.0
    }

    /// What stands for this key.
    #[must_use]
    pub fn find(&self, key: &PublicKey) -> Option<&Trusted> {
        self.0.iter().find(|one| one.public() == key)
    }
}
