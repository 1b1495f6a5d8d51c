//! Writes certificates: X.509 version 3, as RFC 5280 has it.

use yasna::models::{GeneralizedTime, UTCTime};
use yasna::{DERWriter, DERWriterSeq, Tag, construct_der};

use crate::key::KeyId;
use crate::names::AltName;
use crate::oid::{self, oid};
use crate::{Algorithm, Certificate, Error, Moment, PrivateKey, PublicKey, Usage};

/// What tells certificates of one issuer apart: 128 random bits, twice what the CA/Browser Forum's
/// baseline requirements (7.1) ask for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Serial(pub [u8; 16]);

impl Serial {
    /// A new one.
    ///
    /// # Errors
    /// There is no entropy.
    pub fn random() -> Result<Self, Error> {
        let mut bytes = [0; 16];
        aws_lc_rs::rand::fill(&mut bytes).map_err(|_| Error::Library("find randomness"))?;
        Ok(Self(bytes))
    }
}

/// All that a certificate says.
pub(crate) struct Content<'a> {
    pub(crate) serial: &'a Serial,
    /// The issuer's subject, byte by byte.
    pub(crate) issuer: &'a [u8],
    pub(crate) issuer_key: Option<&'a KeyId>,
    pub(crate) subject: &'a [u8],
    pub(crate) not_before: Moment,
    pub(crate) not_after: Moment,
    pub(crate) public: &'a PublicKey,
    pub(crate) use_of: Use<'a>,
}

/// What a certificate's key may do.
pub(crate) enum Use<'a> {
    /// Sign certificates, but none of further authorities.
    Authority,
    /// Stand behind a name.
    Leaf {
        usages: &'a [Usage],
        names: &'a [AltName],
    },
}

/// Bits of `KeyUsage`, from the first: RFC 5280, 4.2.1.3.
const DIGITAL_SIGNATURE: u8 = 0b1000_0000;
const KEY_ENCIPHERMENT: u8 = 0b0010_0000;
pub(crate) const KEY_CERT_SIGN: u8 = 0b0000_0100;
const CRL_SIGN: u8 = 0b0000_0010;

/// Writes and signs a certificate.
pub(crate) fn sign(content: &Content<'_>, signer: &PrivateKey) -> Result<Certificate, Error> {
    let to_be_signed = content.der(signer.algorithm());
    let signature = signer.sign(&to_be_signed)?;
    let der = construct_der(|writer| {
        writer.write_sequence(|writer| {
            writer.next().write_der(&to_be_signed);
            algorithm(writer.next(), signer.algorithm());
            let bits = signature.len() * 8;
            writer.next().write_bitvec_bytes(&signature, bits);
        });
    });
    Certificate::from_der(&der)
}

impl Content<'_> {
    fn der(&self, signer: Algorithm) -> Vec<u8> {
        construct_der(|writer| {
            writer.write_sequence(|writer| {
                let version = writer.next();
                version.write_tagged(Tag::context(0), |writer| writer.write_u8(2));
                let serial = writer.next();
                serial.write_bigint_bytes(&self.serial.0, true);
                algorithm(writer.next(), signer);
                writer.next().write_der(self.issuer);
                writer.next().write_sequence(|writer| {
                    moment(writer.next(), self.not_before);
                    moment(writer.next(), self.not_after);
                });
                writer.next().write_der(self.subject);
                writer.next().write_der(self.public.der());
                writer.next().write_tagged(Tag::context(3), |writer| {
                    writer.write_sequence(|writer| self.extensions(writer));
                });
            });
        })
    }

    fn extensions(&self, writer: &mut DERWriterSeq<'_>) {
        match self.use_of {
            Use::Authority => {
                extension(writer, oid::BASIC_CONSTRAINTS, true, |writer| {
                    writer.write_sequence(|writer| {
                        writer.next().write_bool(true);
                        writer.next().write_u8(0);
                    });
                });
                key_usage(writer, KEY_CERT_SIGN | CRL_SIGN);
            }
            Use::Leaf { usages, names } => {
                extension(writer, oid::BASIC_CONSTRAINTS, true, |writer| {
                    writer.write_sequence(|_| {});
                });
                // Only with RSA can a key be encrypted; RFC 5480 (3) forbids the bit for others.
                let is_rsa = self.public.algorithm().is_some_and(Algorithm::is_rsa);
                let encipherment = if is_rsa { KEY_ENCIPHERMENT } else { 0 };
                key_usage(writer, DIGITAL_SIGNATURE | encipherment);
                extension(writer, oid::EXTENDED_KEY_USAGE, false, |writer| {
                    writer.write_sequence(|writer| {
                        for usage in usages {
                            writer.next().write_oid(&oid(usage.oid()));
                        }
                    });
                });
                if !names.is_empty() {
                    extension(writer, oid::SUBJECT_ALT_NAME, false, |writer| {
                        writer.write_sequence(|writer| {
                            for name in names {
                                alt_name(writer.next(), name);
                            }
                        });
                    });
                }
            }
        }
        extension(writer, oid::SUBJECT_KEY_IDENTIFIER, false, |writer| {
            writer.write_bytes(&self.public.id().0);
        });
        if let Some(id) = self.issuer_key {
            extension(writer, oid::AUTHORITY_KEY_IDENTIFIER, false, |writer| {
                writer.write_sequence(|writer| {
                    let id_of_key = writer.next();
                    id_of_key.write_tagged_implicit(Tag::context(0), |writer| {
                        writer.write_bytes(&id.0);
                    });
                });
            });
        }
    }
}

fn extension(
    writer: &mut DERWriterSeq<'_>,
    name: &[u64],
    critical: bool,
    content: impl FnOnce(DERWriter<'_>),
) {
    writer.next().write_sequence(|writer| {
        writer.next().write_oid(&oid(name));
        if critical {
            writer.next().write_bool(true);
        }
        writer.next().write_bytes(&construct_der(content));
    });
}

/// DER leaves zeros at the end of named bits away.
fn key_usage(writer: &mut DERWriterSeq<'_>, bits: u8) {
    let length = 8_u32.saturating_sub(bits.trailing_zeros());
    let length = usize::try_from(length).unwrap_or(8);
    extension(writer, oid::KEY_USAGE, true, |writer| {
        writer.write_bitvec_bytes(&[bits], length);
    });
}

fn alt_name(writer: DERWriter<'_>, name: &AltName) {
    match name {
        AltName::Dns(name) => writer.write_tagged_implicit(Tag::context(2), |writer| {
            writer.write_ia5_string(name);
        }),
        AltName::Ip(std::net::IpAddr::V4(address)) => {
            writer.write_tagged_implicit(Tag::context(7), |writer| {
                writer.write_bytes(&address.octets());
            });
        }
        AltName::Ip(std::net::IpAddr::V6(address)) => {
            writer.write_tagged_implicit(Tag::context(7), |writer| {
                writer.write_bytes(&address.octets());
            });
        }
    }
}

/// RFC 5280, 4.1.2.5: UTC time through 2049, generalized time from 2050 on.
fn moment(writer: DERWriter<'_>, moment: Moment) {
    let date = moment.date();
    match UTCTime::from_datetime_opt(date) {
        Some(time) => writer.write_utctime(&time),
        None => writer.write_generalized_time(&GeneralizedTime::from_datetime(date)),
    }
}

fn algorithm(writer: DERWriter<'_>, signer: Algorithm) {
    writer.write_sequence(|writer| match signer {
        Algorithm::EcdsaP256 => writer.next().write_oid(&oid(oid::ECDSA_SHA256)),
        Algorithm::EcdsaP384 => writer.next().write_oid(&oid(oid::ECDSA_SHA384)),
        Algorithm::Rsa2048 | Algorithm::Rsa3072 | Algorithm::Rsa4096 => {
            writer.next().write_oid(&oid(oid::RSA_SHA256));
            writer.next().write_null();
        }
    });
}
