//! User data: what a node runs when it first boots, measured and searched before it is sent.
//!
//! It is write-only: neither plan nor state hold it, only its hash, by which drift shows.

use aws_lc_rs::digest::{SHA256, digest};
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use tfplug::{Attr, Diagnostic, Diagnostics};

use super::private_keys::holds_private_key;

/// How much user data EC2 takes, in bytes before it is encoded.
/// <https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/instancedata-add-user-data.html>
const LIMIT: usize = 16_384;

/// User data that EC2 takes and that holds no private key.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct UserData(Vec<u8>);

impl std::fmt::Debug for UserData {
    /// Its length alone: what is in it is nobody's business.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "UserData({} bytes)", self.0.len())
    }
}

impl UserData {
    /// User data as configured, as text or as base64; null if there is none.
    ///
    /// # Errors
    /// At the attribute: it is too long, no base64, or holds a private key. It is never repeated.
    pub(crate) fn parse(
        text: &Attr<String>,
        base64: &Attr<String>,
    ) -> Result<Attr<Self>, Diagnostics> {
        let (bytes, attribute) = match (text, base64) {
            (Attr::Unknown, _) | (_, Attr::Unknown) => return Ok(Attr::Unknown),
            (Attr::Known(text), _) => (text.clone().into_bytes(), "user_data"),
            (Attr::Null, Attr::Known(encoded)) => {
                let compact: String = encoded.split_whitespace().collect();
                let Ok(bytes) = BASE64_STANDARD.decode(compact) else {
                    return Err(Diagnostic::error(
                        "Invalid user data",
                        "This is not base64. Plain text belongs into \"user_data\".",
                    )
                    .at("user_data_base64")
                    .into());
                };
                (bytes, "user_data_base64")
            }
            (Attr::Null, Attr::Null) => return Ok(Attr::Null),
        };
        let mut errors = Diagnostics::new();
        if bytes.len() > LIMIT {
            errors.push(too_long(bytes.len()).at(attribute));
        }
        if holds_private_key(&bytes) {
            errors.push(private_key().at(attribute));
        }
        errors.into_result()?;
        Ok(if bytes.is_empty() {
            Attr::Null
        } else {
            Attr::Known(Self(bytes))
        })
    }

    /// As the API wants it.
    pub(crate) fn base64(&self) -> String {
        BASE64_STANDARD.encode(&self.0)
    }

    /// The SHA-256 of its bytes in hexadecimal digits.
    pub(crate) fn sha256(&self) -> String {
        sha256_hex(&self.0)
    }
}

/// The hash of user data as AWS has it.
pub(crate) fn sha256_of_base64(encoded: &str) -> String {
    match BASE64_STANDARD.decode(encoded) {
        Ok(bytes) => sha256_hex(&bytes),
        // Whatever it is, it isn't ours, and its hash says so.
        Err(_) => sha256_hex(encoded.as_bytes()),
    }
}

fn sha256_hex(bytes: &[u8]) -> String {
    digest(&SHA256, bytes)
        .as_ref()
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect()
}

fn too_long(length: usize) -> Diagnostic {
    Diagnostic::error(
        "User data too long",
        format!(
            "It has {length} bytes; EC2 takes {LIMIT}, counted before base64. Compress it \
             (\"user_data_base64 = base64gzip(...)\", which cloud-init understands), or let it \
             fetch the larger part from elsewhere."
        ),
    )
}

fn private_key() -> Diagnostic {
    Diagnostic::error(
        "Private key in user data",
        "Whoever may describe the launch template or reach the instance's metadata can read user \
         data. Store the key in SSM Parameter Store or Secrets Manager, and let the node fetch it \
         with its instance profile.",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(text: &str) -> Result<Attr<UserData>, Vec<String>> {
        UserData::parse(&text.into(), &Attr::Null).map_err(|errors| {
            errors
                .iter()
                .map(|error| format!("{}: {}", error.path(), error.summary()))
                .collect()
        })
    }

    #[test]
    fn the_limit_counts_bytes_before_base64() {
        assert!(parsed(&"x".repeat(LIMIT)).is_ok());
        assert!(parsed(&"ä".repeat(LIMIT / 2)).is_ok());
        let found = parsed(&("x".repeat(LIMIT) + "x")).unwrap_err();
        assert_eq!(found, ["user_data: User data too long"]);
        let found = parsed(&"ä".repeat(LIMIT / 2 + 1)).unwrap_err();
        assert_eq!(found, ["user_data: User data too long"]);
    }

    #[test]
    fn text_and_its_base64_are_the_same_user_data() {
        let text = parsed("#!/bin/sh\n").unwrap();
        let encoded = Attr::Known("IyEvYmlu\nL3NoCg==".to_owned());
        let base64 = UserData::parse(&Attr::Null, &encoded).unwrap();
        assert_eq!(text, base64);
        let data = text.into_known().unwrap();
        assert_eq!(data.sha256(), sha256_of_base64(&data.base64()));
        assert_eq!(data.sha256().len(), 64);
    }

    #[test]
    fn nothing_is_no_user_data_and_unknown_stays_unknown() {
        assert_eq!(parsed("").unwrap(), Attr::Null);
        assert!(
            UserData::parse(&Attr::Unknown, &Attr::Null)
                .unwrap()
                .is_unknown()
        );
        assert!(UserData::parse(&Attr::Null, &Attr::Null).unwrap().is_null());
    }

    #[test]
    fn what_is_refused_is_not_repeated() {
        let secret = "-----BEGIN EC PRIVATE KEY-----\nMHcCAQEEIHx\n";
        let errors = UserData::parse(&secret.into(), &Attr::Null).unwrap_err();
        let said = format!("{errors:?}");
        assert!(said.contains("Private key in user data"));
        assert!(!said.contains("MHcCAQEEIHx") && !said.contains("BEGIN EC"));
        let debug = format!("{:?}", parsed("token").unwrap());
        assert!(!debug.contains("116"), "{debug}"); // the bytes of "token"
    }

    #[test]
    fn what_is_no_base64_is_refused_at_its_attribute() {
        let errors = UserData::parse(&Attr::Null, &"#!/bin/sh".into()).unwrap_err();
        let at: Vec<_> = errors
            .iter()
            .map(|error| error.path().to_string())
            .collect();
        assert_eq!(at, ["user_data_base64"]);
    }
}
