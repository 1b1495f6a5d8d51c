//! Who a certificate is for: to Kubernetes a user (CN) and its groups (O).
//! <https://kubernetes.io/docs/reference/access-authn-authz/authentication/#x509-client-certificates>

use yasna::models::ObjectIdentifier;
use yasna::{construct_der, parse_der};

use crate::oid::{self, oid};

/// A common name and organizations.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Subject {
    /// CN: the user.
    pub common_name: String,
    /// O: the groups, in their order.
    pub organizations: Vec<String>,
}

/// A subject that can't be.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SubjectInvalid {
    /// Nothing, or too much.
    #[error("a common name or organization has 1 to {MAX_LENGTH} characters; {0:?} has {1}")]
    Length(String, usize),
    /// Characters that can't be seen.
    #[error("{0:?} has control characters in it")]
    Control(String),
    /// A group that is named twice.
    #[error("the organization {0:?} is named twice")]
    Twice(String),
}

/// The longest name: a node's with `system:node:` before it. X.509 names 64 as its upper bound, but
/// Kubernetes goes beyond, and neither Go nor OpenSSL holds a certificate to it.
const MAX_LENGTH: usize = 253 + 12;

impl Subject {
    /// A subject of these names.
    ///
    /// # Errors
    /// One is empty, too long, unprintable, or named twice.
    pub fn new<I>(common_name: impl Into<String>, organizations: I) -> Result<Self, SubjectInvalid>
    where
        I: IntoIterator,
        I::Item: Into<String>,
    {
        let common_name = common_name.into();
        check(&common_name)?;
        let mut all: Vec<String> = Vec::new();
        for name in organizations {
            let name = name.into();
            check(&name)?;
            if all.contains(&name) {
                return Err(SubjectInvalid::Twice(name));
            }
            all.push(name);
        }
        Ok(Self {
            common_name,
            organizations: all,
        })
    }

    /// A subject that is written here, in the code.
    pub(crate) fn fixed(common_name: &str, organizations: &[&str]) -> Self {
        let organizations = organizations.iter().map(|name| (*name).to_owned());
        Self {
            common_name: common_name.to_owned(),
            organizations: organizations.collect(),
        }
    }

    /// The `Name` of RFC 5280: organizations first, as OpenSSL and Go order them.
    pub(crate) fn der(&self) -> Vec<u8> {
        construct_der(|writer| {
            writer.write_sequence(|writer| {
                let organizations = self.organizations.iter();
                let parts = organizations.map(|name| (oid::ORGANIZATION, name));
                for (kind, name) in parts.chain([(oid::COMMON_NAME, &self.common_name)]) {
                    writer.next().write_set_of(|writer| {
                        writer.next().write_sequence(|writer| {
                            writer.next().write_oid(&oid(kind));
                            writer.next().write_utf8_string(name);
                        });
                    });
                }
            });
        })
    }

    /// The common name and organizations of a `Name`; what else is in it is passed over. Texts of
    /// old encodings are read as far as they are ASCII.
    pub(crate) fn from_der(der: &[u8]) -> yasna::ASN1Result<Self> {
        let mut subject = Self::fixed("", &[]);
        let parts: Vec<Vec<(ObjectIdentifier, String)>> = parse_der(der, |reader| {
            reader.collect_sequence_of(|reader| {
                reader.collect_set_of(|reader| {
                    reader.read_sequence(|reader| {
                        let kind = reader.next().read_oid()?;
                        let value = reader.next().read_tagged_der()?;
                        let text = String::from_utf8_lossy(value.value()).into_owned();
                        Ok((kind, text))
                    })
                })
            })
        })?;
        for (kind, text) in parts.into_iter().flatten() {
            if kind == oid(oid::COMMON_NAME) {
                subject.common_name = text;
            } else if kind == oid(oid::ORGANIZATION) {
                subject.organizations.push(text);
            }
        }
        Ok(subject)
    }
}

fn check(name: &str) -> Result<(), SubjectInvalid> {
    let length = name.chars().count();
    if !(1..=MAX_LENGTH).contains(&length) {
        return Err(SubjectInvalid::Length(name.to_owned(), length));
    }
    if name.chars().any(char::is_control) {
        return Err(SubjectInvalid::Control(name.to_owned()));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read() {
        let subject = Subject::new("jane", ["a", "b", "süß"]).unwrap();
        assert_eq!(Subject::from_der(&subject.der()).unwrap(), subject);
    }

    #[test]
    fn what_kubernetes_could_not_use_is_refused() {
        let none: [&str; 0] = [];
        assert!(Subject::new("", none).is_err());
        assert!(Subject::new("a\nb", none).is_err());
        assert!(Subject::new("x".repeat(266), none).is_err());
        assert!(Subject::new("jane", [""]).is_err());
        let twice = Subject::new("jane", ["a", "a"]).unwrap_err();
        assert_eq!(twice, SubjectInvalid::Twice("a".into()));
    }
}
