//! Certificates as they are read.

use std::collections::BTreeSet;
use std::fmt;
use std::net::IpAddr;

use aws_lc_rs::digest::{SHA256, digest};
use yasna::models::ObjectIdentifier;
use yasna::{ASN1Error, ASN1ErrorKind, ASN1Result, BERReader, Tag, parse_der, tags};

use crate::key::{KeyId, hex};
use crate::names::AltName;
use crate::oid::{self, oid};
use crate::write::KEY_CERT_SIGN;
use crate::{Error, Moment, PublicKey, Subject, pem};

const LABEL: &str = "CERTIFICATE";

/// An X.509 certificate. Its signature isn't checked here: that needs its issuer.
#[derive(Clone, PartialEq, Eq)]
pub struct Certificate {
    der: Vec<u8>,
    serial: Vec<u8>,
    issuer: Vec<u8>,
    subject_der: Vec<u8>,
    subject: Subject,
    not_before: Moment,
    not_after: Moment,
    public: PublicKey,
    extensions: Extensions,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Extensions {
    is_authority: bool,
    /// The first bits of `KeyUsage`; all, where there is no such extension.
    key_usage: Option<u8>,
    usages: BTreeSet<Usage>,
    names: Vec<AltName>,
    key_id: Option<KeyId>,
    issuer_key: Option<KeyId>,
}

/// What TLS may use a certificate for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Usage {
    /// To show who a server is.
    Server,
    /// To show who a client is.
    Client,
}

impl Usage {
    pub(crate) fn oid(self) -> &'static [u64] {
        match self {
            Self::Server => oid::SERVER_AUTH,
            Self::Client => oid::CLIENT_AUTH,
        }
    }
}

impl Certificate {
    /// Reads a text with one certificate in it.
    ///
    /// # Errors
    /// There is none, or there are several.
    pub fn from_pem(text: &str) -> Result<Self, Error> {
        let mut all = Self::all_from_pem(text)?;
        match (all.pop(), all.len()) {
            (None, _) => Err(Error::NoPem(LABEL)),
            (Some(one), 0) => Ok(one),
            (Some(_), more) => Err(Error::SeveralPem { count: more + 1 }),
        }
    }

    /// Reads all certificates of a text, in their order.
    ///
    /// # Errors
    /// One is damaged.
    pub fn all_from_pem(text: &str) -> Result<Vec<Self>, Error> {
        let blocks = pem::blocks(text)?;
        let blocks = blocks.iter().filter(|one| one.label == LABEL);
        blocks.map(|one| Self::from_der(&one.der)).collect()
    }

    /// Reads a certificate.
    ///
    /// # Errors
    /// It is none.
    pub fn from_der(der: &[u8]) -> Result<Self, Error> {
        let read = parse_der(der, |reader| {
            reader.read_sequence(|reader| {
                let content = reader.next().read_der()?;
                reader.next().read_der()?;
                reader.next().read_bitvec_bytes()?;
                Ok(content)
            })
        });
        let content = read.map_err(|_| Error::NoCertificate)?;
        let (certificate, public) = parse_der(&content, |reader| content_of(der, reader))
            .map_err(|_| Error::NoCertificate)?;
        let public = PublicKey::from_der(&public).map_err(|_| Error::NoCertificate)?;
        Ok(certificate(public))
    }

    /// The certificate as PEM.
    #[must_use]
    pub fn to_pem(&self) -> String {
        pem::write(LABEL, &self.der).to_string()
    }

    /// The certificate itself.
    #[must_use]
    pub fn der(&self) -> &[u8] {
        &self.der
    }

    /// SHA-256 over all of it, in hexadecimal: `openssl x509 -fingerprint -sha256` without colons.
    #[must_use]
    pub fn fingerprint(&self) -> String {
        hex(digest(&SHA256, &self.der).as_ref())
    }

    /// The serial number, in hexadecimal.
    #[must_use]
    pub fn serial(&self) -> String {
        hex(&self.serial)
    }

    /// Whose it is.
    #[must_use]
    pub fn subject(&self) -> &Subject {
        &self.subject
    }

    /// From when on it is valid.
    #[must_use]
    pub fn not_before(&self) -> Moment {
        self.not_before
    }

    /// Until when it is valid.
    #[must_use]
    pub fn not_after(&self) -> Moment {
        self.not_after
    }

    /// The key that it is about.
    #[must_use]
    pub fn public(&self) -> &PublicKey {
        &self.public
    }

    /// The names of the server, in their order.
    #[must_use]
    pub fn names(&self) -> &[AltName] {
        &self.extensions.names
    }

    /// What TLS may use it for.
    #[must_use]
    pub fn usages(&self) -> &BTreeSet<Usage> {
        &self.extensions.usages
    }

    /// Whether it says of itself that this certificate signed it, as far as names go. Both halves of
    /// a rotation have one name, so their keys are compared too.
    #[must_use]
    pub fn names_as_issuer(&self, authority: &Self) -> bool {
        let keys = (&self.extensions.issuer_key, authority.key_id());
        self.issuer == authority.subject_der
            && match keys {
                (Some(ours), Some(theirs)) => ours == theirs,
                _ => true,
            }
    }

    pub(crate) fn subject_der(&self) -> &[u8] {
        &self.subject_der
    }

    /// What the certificate itself says names its key.
    pub(crate) fn key_id(&self) -> Option<&KeyId> {
        self.extensions.key_id.as_ref()
    }

    /// Why it can't sign certificates, if it can't.
    pub(crate) fn no_authority(&self) -> Option<&'static str> {
        if !self.extensions.is_authority {
            return Some("its basic constraints don't say CA:TRUE");
        }
        let may = |bits: u8| bits & KEY_CERT_SIGN != 0;
        let may = self.extensions.key_usage.is_none_or(may);
        (!may).then_some("its key usage lacks keyCertSign")
    }
}

impl fmt::Debug for Certificate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Certificate")
            .field("subject", &self.subject)
            .field("serial", &self.serial())
            .field("not_after", &self.not_after.to_string())
            .finish_non_exhaustive()
    }
}

type Unfinished = Box<dyn FnOnce(PublicKey) -> Certificate>;

/// The `TBSCertificate`: a certificate that lacks its key, and the key's bytes.
fn content_of(der: &[u8], reader: BERReader<'_, '_>) -> ASN1Result<(Unfinished, Vec<u8>)> {
    let der = der.to_vec();
    reader.read_sequence(|reader| {
        reader.read_optional(|reader| {
            reader.read_tagged(Tag::context(0), |reader| reader.read_u8())
        })?;
        let (serial, _) = reader.next().read_bigint_bytes()?;
        reader.next().read_der()?;
        let issuer = reader.next().read_der()?;
        let (not_before, not_after) = reader.next().read_sequence(|reader| {
            let not_before = moment(reader.next())?;
            let not_after = moment(reader.next())?;
            Ok((not_before, not_after))
        })?;
        let subject_der = reader.next().read_der()?;
        let public = reader.next().read_der()?;
        for number in [1, 2] {
            reader.read_optional(|reader| {
                reader
                    .read_tagged_implicit(Tag::context(number), |reader| reader.read_bitvec_bytes())
            })?;
        }
        let extensions = reader.read_optional(|reader| {
            reader.read_tagged(Tag::context(3), |reader| {
                let mut extensions = Extensions::default();
                reader.read_sequence_of(|reader| extensions.take(reader))?;
                Ok(extensions)
            })
        })?;
        let subject = Subject::from_der(&subject_der)?;
        let extensions = extensions.unwrap_or_default();
        let certificate: Unfinished = Box::new(move |public| Certificate {
            der,
            serial,
            issuer,
            subject_der,
            subject,
            not_before,
            not_after,
            public,
            extensions,
        });
        Ok((certificate, public))
    })
}

impl Extensions {
    fn take(&mut self, reader: BERReader<'_, '_>) -> ASN1Result<()> {
        let (name, content) = reader.read_sequence(|reader| {
            let name = reader.next().read_oid()?;
            reader.read_default(false, |reader| reader.read_bool())?;
            let content = reader.next().read_bytes()?;
            Ok((name, content))
        })?;
        self.set(&name, &content)
    }

    fn set(&mut self, name: &ObjectIdentifier, content: &[u8]) -> ASN1Result<()> {
        if *name == oid(oid::BASIC_CONSTRAINTS) {
            self.is_authority = parse_der(content, |reader| {
                reader.read_sequence(|reader| {
                    let is_authority = reader.read_default(false, |reader| reader.read_bool())?;
                    reader.read_optional(|reader| reader.read_u64())?;
                    Ok(is_authority)
                })
            })?;
        } else if *name == oid(oid::KEY_USAGE) {
            let (bits, _) = parse_der(content, |reader| reader.read_bitvec_bytes())?;
            self.key_usage = bits.first().copied().or(Some(0));
        } else if *name == oid(oid::EXTENDED_KEY_USAGE) {
            let all = parse_der(content, |reader| {
                reader.collect_sequence_of(|reader| reader.read_oid())
            })?;
            let known = [Usage::Server, Usage::Client].into_iter();
            self.usages = known
                .filter(|usage| all.contains(&oid(usage.oid())))
                .collect();
        } else if *name == oid(oid::SUBJECT_ALT_NAME) {
            let all = parse_der(content, |reader| {
                reader.collect_sequence_of(|reader| reader.read_tagged_der())
            })?;
            let names = all
                .iter()
                .filter_map(|one| alt_name(one.tag(), one.value()));
            self.names = names.collect();
        } else if *name == oid(oid::SUBJECT_KEY_IDENTIFIER) {
            self.key_id = Some(KeyId(parse_der(content, |reader| reader.read_bytes())?));
        } else if *name == oid(oid::AUTHORITY_KEY_IDENTIFIER) {
            let all = parse_der(content, |reader| {
                reader.collect_sequence_of(|reader| reader.read_tagged_der())
            })?;
            let id = all.iter().find(|one| one.tag() == Tag::context(0));
            self.issuer_key = id.map(|one| KeyId(one.value().to_vec()));
        }
        Ok(())
    }
}

/// A name of a kind that is issued here; others are passed over.
fn alt_name(tag: Tag, value: &[u8]) -> Option<AltName> {
    if tag == Tag::context(2) {
        let text = std::str::from_utf8(value).ok()?;
        return Some(AltName::Dns(text.to_owned()));
    }
    if tag != Tag::context(7) {
        return None;
    }
    let v4 = <[u8; 4]>::try_from(value).map(IpAddr::from);
    let v6 = <[u8; 16]>::try_from(value).map(IpAddr::from);
    v4.or(v6).ok().map(AltName::Ip)
}

fn moment(reader: BERReader<'_, '_>) -> ASN1Result<Moment> {
    let tag = reader.lookahead_tag()?;
    let date = if tag == tags::TAG_UTCTIME {
        *reader.read_utctime()?.datetime()
    } else if tag == tags::TAG_GENERALIZEDTIME {
        *reader.read_generalized_time()?.datetime()
    } else {
        return Err(ASN1Error::new(ASN1ErrorKind::Invalid));
    };
    Ok(Moment(date.unix_timestamp()))
}
