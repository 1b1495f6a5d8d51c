//! A kubeconfig that needs no program beside it: certificate and key are in it.
//! <https://kubernetes.io/docs/reference/config-api/kubeconfig.v1/>

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use zeroize::Zeroizing;

use crate::{Certificate, PrivateKey};

/// What goes into it.
#[derive(Debug)]
pub struct Kubeconfig<'a> {
    /// The cluster's name.
    pub cluster: &'a str,
    /// The URL of the API server.
    pub server: &'a str,
    /// The certificates of the authorities that are trusted, as PEM.
    pub authorities: &'a str,
    /// The user's certificate.
    pub certificate: &'a Certificate,
    /// Its key.
    pub key: &'a PrivateKey,
}

impl Kubeconfig<'_> {
    /// The text: YAML, with texts in it quoted as in JSON.
    #[must_use]
    pub fn text(&self) -> Zeroizing<String> {
        let user = quoted(&self.certificate.subject().common_name);
        let cluster = quoted(self.cluster);
        let server = quoted(self.server);
        let authorities = BASE64_STANDARD.encode(self.authorities);
        let certificate = BASE64_STANDARD.encode(self.certificate.to_pem());
        let key = Zeroizing::new(BASE64_STANDARD.encode(self.key.to_pem().as_bytes()));
        let key = key.as_str();
        let parts = [
            "apiVersion: v1\nkind: Config\nclusters:\n- name: ",
            &cluster,
            "\n  cluster:\n    server: ",
            &server,
            "\n    certificate-authority-data: ",
            &authorities,
            "\nusers:\n- name: ",
            &user,
            "\n  user:\n    client-certificate-data: ",
            &certificate,
            "\n    client-key-data: ",
            key,
            "\ncontexts:\n- name: ",
            &cluster,
            "\n  context:\n    cluster: ",
            &cluster,
            "\n    user: ",
            &user,
            "\ncurrent-context: ",
            &cluster,
            "\n",
        ];
        // As long as it gets: a text that grows leaves copies behind.
        let length = parts.iter().map(|part| part.len()).sum();
        let mut text = Zeroizing::new(String::with_capacity(length));
        for part in parts {
            text.push_str(part);
        }
        text
    }
}

/// A text in double quotes, which YAML reads as JSON does.
fn quoted(text: &str) -> String {
    let mut quoted = String::from("\"");
    for c in text.chars() {
        match c {
            '"' | '\\' => quoted.extend(['\\', c]),
            c if c.is_control() => quoted.push_str(&format!("\\u{:04x}", u32::from(c))),
            c => quoted.push(c),
        }
    }
    quoted.push('"');
    quoted
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_quoted() {
        assert_eq!(quoted(r#"a "b" \c"#), r#""a \"b\" \\c""#);
        assert_eq!(quoted("a\nb: c"), "\"a\\u000ab: c\"");
    }
}
