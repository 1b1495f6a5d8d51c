//! What the caller's environment asks of the plugin.
//!
//! The names are go-plugin's (`client.go`, `server.go` and `constants.go` in
//! hashicorp/go-plugin), the cookie is Terraform's (`internal/plugin6/serve.go`).

use std::ffi::OsString;
use std::ops::RangeInclusive;
use std::path::PathBuf;

use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;

use super::{Error, Settings};

/// How the caller wants to be served.
#[derive(Debug, Clone)]
pub struct Host {
    /// Who calls.
    pub mode: Mode,
    /// Where to listen.
    pub socket: Socket,
}

/// Who calls the plugin.
#[derive(Debug, Clone)]
pub enum Mode {
    /// Terraform started the plugin and proves itself with this one certificate (DER).
    Managed(CertificateDer<'static>),
    /// Somebody debugs the plugin; Terraform is told to attach, without TLS.
    Debug,
}

/// Where to listen.
#[derive(Debug, Clone)]
pub enum Socket {
    /// A Unix socket in a fresh directory, in the first of these that will do.
    Unix(Vec<PathBuf>),
    /// Loopback TCP on the first free of these ports; zero lets the system choose.
    Tcp(RangeInclusive<u16>),
}

impl Host {
    /// Reads what Terraform sets for a plugin it starts; `get` looks a variable up.
    ///
    /// # Errors
    ///
    /// [`Error::NotAPlugin`] without the cookie, otherwise what is wrong with which variable.
    pub fn managed(get: impl Fn(&str) -> Option<OsString>) -> Result<Self, Error> {
        let text = |name| get(name).map(|value| value.to_string_lossy().into_owned());
        if text(COOKIE.0).as_deref() != Some(COOKIE.1) {
            return Err(Error::NotAPlugin);
        }
        let offered = text("PLUGIN_PROTOCOL_VERSIONS").unwrap_or_default();
        let wanted = Settings::PROTOCOL.to_string();
        if !offered.split(',').any(|version| version.trim() == wanted) {
            return Err(Error::ProtocolVersion { offered });
        }
        // Terraform and OpenTofu always send one, unless TF_DISABLE_PLUGIN_TLS is set
        // (`internal/command/meta_providers.go`).
        let pem = text("PLUGIN_CLIENT_CERT").filter(|pem| !pem.is_empty());
        let certificate = client_certificate(&pem.ok_or(Error::NoClientCertificate)?)?;
        Ok(Self {
            mode: Mode::Managed(certificate),
            socket: socket(get)?,
        })
    }

    /// For `--debug`: only the variables that choose a socket count.
    ///
    /// # Errors
    ///
    /// What is wrong with which variable.
    pub fn debug(get: impl Fn(&str) -> Option<OsString>) -> Result<Self, Error> {
        Ok(Self {
            mode: Mode::Debug,
            socket: socket(get)?,
        })
    }
}

/// Tells a plugin that a plugin host starts it. Not a secret.
const COOKIE: (&str, &str) = (
    "TF_PLUGIN_MAGIC_COOKIE",
    "d602bf8f470bc67ca7faa0386276bbdd4330efaf76d1a219cb4d6991ca9872b2",
);

/// Ours: `tcp` or `unix`; without it, Unix sockets where there are any.
const TRANSPORT: &str = "TFPLUG_TRANSPORT";

fn client_certificate(pem: &str) -> Result<CertificateDer<'static>, Error> {
    let mut certificates = CertificateDer::pem_slice_iter(pem.as_bytes());
    match (certificates.next(), certificates.next()) {
        (Some(Ok(certificate)), None) => Ok(certificate),
        _ => Err(Error::ClientCertificate),
    }
}

fn socket(get: impl Fn(&str) -> Option<OsString>) -> Result<Socket, Error> {
    let asked = get(TRANSPORT).filter(|value| !value.is_empty());
    match asked
        .as_ref()
        .map(|value| value.to_string_lossy())
        .as_deref()
    {
        Some("tcp") => tcp(get),
        Some("unix") | None if cfg!(unix) => Ok(unix(get)),
        None => tcp(get),
        Some(other) => Err(Error::Environment {
            name: TRANSPORT,
            value: other.to_owned(),
            want: if cfg!(unix) { "tcp or unix" } else { "tcp" },
        }),
    }
}

fn unix(get: impl Fn(&str) -> Option<OsString>) -> Socket {
    let asked = get("PLUGIN_UNIX_SOCKET_DIR")
        .filter(|dir| !dir.is_empty())
        .map(PathBuf::from);
    let temporary = get("TMPDIR")
        .filter(|dir| !dir.is_empty())
        .map(PathBuf::from);
    Socket::Unix(
        asked
            .into_iter()
            .chain(temporary)
            .chain([PathBuf::from("/tmp")])
            .collect(),
    )
}

fn tcp(get: impl Fn(&str) -> Option<OsString>) -> Result<Socket, Error> {
    let port = |name: &'static str| {
        let value = get(name).unwrap_or_default().to_string_lossy().into_owned();
        if value.is_empty() {
            return Ok(0);
        }
        value.parse::<u16>().map_err(|_| Error::Environment {
            name,
            value,
            want: "a port",
        })
    };
    let (min, max) = (port("PLUGIN_MIN_PORT")?, port("PLUGIN_MAX_PORT")?);
    if min > max {
        return Err(Error::Environment {
            name: "PLUGIN_MAX_PORT",
            value: max.to_string(),
            want: "a port not below PLUGIN_MIN_PORT",
        });
    }
    Ok(Socket::Tcp(min..=max))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn get<'a>(variables: &'a [(&str, &str)]) -> impl Fn(&str) -> Option<OsString> + 'a {
        move |wanted| {
            variables
                .iter()
                .find(|(name, _)| *name == wanted)
                .map(|(_, value)| value.into())
        }
    }

    fn pem() -> String {
        rcgen::generate_simple_self_signed(["localhost".to_owned()])
            .unwrap()
            .cert
            .pem()
    }

    #[test]
    fn cookie_comes_first() {
        assert!(matches!(Host::managed(get(&[])), Err(Error::NotAPlugin)));
        assert!(matches!(
            Host::managed(get(&[(COOKIE.0, "x")])),
            Err(Error::NotAPlugin)
        ));
    }

    #[test]
    fn protocol_must_be_offered() {
        for (offered, good) in [
            ("6", true),
            ("5,6", true),
            ("5, 6", true),
            ("5", false),
            ("16", false),
            ("", false),
        ] {
            let host = Host::managed(get(&[COOKIE, ("PLUGIN_PROTOCOL_VERSIONS", offered)]));
            let refused = matches!(host, Err(Error::ProtocolVersion { .. }));
            assert_eq!(refused, !good, "{offered:?}");
        }
    }

    #[test]
    fn certificate_must_be_one() {
        let one = pem();
        let two = format!("{one}{}", pem());
        let managed = |pem: &str| {
            Host::managed(get(&[
                COOKIE,
                ("PLUGIN_PROTOCOL_VERSIONS", "6"),
                ("PLUGIN_CLIENT_CERT", pem),
            ]))
        };
        assert!(matches!(managed(&one).unwrap().mode, Mode::Managed(_)));
        assert!(matches!(managed(""), Err(Error::NoClientCertificate)));
        assert!(matches!(managed("junk"), Err(Error::ClientCertificate)));
        assert!(matches!(managed(&two), Err(Error::ClientCertificate)));
    }

    #[test]
    fn ports() {
        let range = |min, max| match tcp(get(&[("PLUGIN_MIN_PORT", min), ("PLUGIN_MAX_PORT", max)]))
        {
            Ok(Socket::Tcp(range)) => Some(range),
            _ => None,
        };
        assert_eq!(range("", ""), Some(0..=0));
        assert_eq!(range("10000", "25000"), Some(10000..=25000));
        assert_eq!(range("2", "1"), None);
        assert_eq!(range("70000", "70001"), None);
    }

    #[cfg(unix)]
    #[test]
    fn socket_directories_in_order() {
        let Socket::Unix(dirs) = unix(get(&[("PLUGIN_UNIX_SOCKET_DIR", "/a"), ("TMPDIR", "/b")]))
        else {
            panic!("not a unix socket")
        };
        assert_eq!(dirs, ["/a", "/b", "/tmp"].map(PathBuf::from));
        assert!(matches!(
            socket(get(&[(TRANSPORT, "pigeon")])),
            Err(Error::Environment { .. })
        ));
    }
}
