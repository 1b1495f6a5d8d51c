//! Names that a server goes by: DNS names and addresses.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use ipnet::IpNet;

/// A subject alternative name.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum AltName {
    /// A DNS name in lower case, perhaps with `*` for its first label.
    Dns(String),
    /// An address.
    Ip(IpAddr),
}

/// A name that can't be.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AltNameInvalid {
    /// Nothing at all.
    #[error("a DNS name can't be empty")]
    Empty,
    /// An address in the place of a name.
    #[error("{0:?} is an IP address; certificates keep these apart from DNS names")]
    Address(String),
    /// `*` elsewhere than for a whole first label.
    #[error("{0:?} has a wildcard that isn't the whole first label, as in \"*.example.com\"")]
    Wildcard(String),
    /// Characters, labels or lengths that DNS doesn't have.
    #[error(
        "{0:?} is no DNS name: labels of 1 to 63 letters, digits and inner hyphens, up to 253 \
         characters in all"
    )]
    Dns(String),
    /// No address.
    #[error("{0:?} is no IP address")]
    Ip(String),
    /// An address that no server has.
    #[error("{0} is the address of no server")]
    Unspecified(IpAddr),
}

impl AltName {
    /// Reads a DNS name, without a final dot.
    ///
    /// # Errors
    /// It is none.
    pub fn dns(text: &str) -> Result<Self, AltNameInvalid> {
        if text.is_empty() {
            return Err(AltNameInvalid::Empty);
        }
        if text.parse::<IpAddr>().is_ok() {
            return Err(AltNameInvalid::Address(text.to_owned()));
        }
        let rest = text.strip_prefix("*.").unwrap_or(text);
        if rest.contains('*') {
            return Err(AltNameInvalid::Wildcard(text.to_owned()));
        }
        if text.len() > 253 || !rest.split('.').all(is_label) {
            return Err(AltNameInvalid::Dns(text.to_owned()));
        }
        Ok(Self::Dns(text.to_ascii_lowercase()))
    }

    /// Reads an address.
    ///
    /// # Errors
    /// It is none, or `0.0.0.0` or `::`.
    pub fn ip(text: &str) -> Result<Self, AltNameInvalid> {
        let address: IpAddr = (text.parse()).map_err(|_| AltNameInvalid::Ip(text.to_owned()))?;
        if address.is_unspecified() {
            return Err(AltNameInvalid::Unspecified(address));
        }
        Ok(Self::Ip(address))
    }

    /// Whether it stands for many names.
    #[must_use]
    pub fn is_wildcard(&self) -> bool {
        matches!(self, Self::Dns(name) if name.starts_with("*."))
    }

    /// What a machine is to itself.
    pub(crate) fn local() -> [Self; 3] {
        [
            Self::Dns("localhost".to_owned()),
            Self::Ip(Ipv4Addr::LOCALHOST.into()),
            Self::Ip(Ipv6Addr::LOCALHOST.into()),
        ]
    }
}

impl fmt::Display for AltName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Dns(name) => f.write_str(name),
            Self::Ip(address) => address.fmt(f),
        }
    }
}

fn is_label(label: &str) -> bool {
    (1..=63).contains(&label.len())
        && label.chars().all(|c| c.is_ascii_alphanumeric() || c == '-')
        && !label.starts_with('-')
        && !label.ends_with('-')
}

/// The first address of a block of services, which is that of the service `kubernetes`.
///
/// `None` if the block has no room for one.
#[must_use]
pub fn first_address(block: IpNet) -> Option<IpAddr> {
    let first = match block.network() {
        IpAddr::V4(network) => IpAddr::V4(u32::from(network).checked_add(1)?.into()),
        IpAddr::V6(network) => IpAddr::V6(u128::from(network).checked_add(1)?.into()),
    };
    block.contains(&first).then_some(first)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_dns_s() {
        for text in [
            "a",
            "etcd-0.example.com",
            "*.example.com",
            "API.Example.COM",
        ] {
            let name = AltName::dns(text).unwrap();
            assert_eq!(name.to_string(), text.to_lowercase());
        }
        let long = "a".repeat(64);
        for text in [
            "", "a.", ".a", "a..b", "-a", "a-", "a_b", "a b", "*", "a.*.b", "*a.b", "**.b",
            "10.0.0.1", "::1", "ä.de", &long,
        ] {
            assert!(AltName::dns(text).is_err(), "{text:?}");
        }
    }

    #[test]
    fn addresses_are_servers() {
        let one = AltName::ip("2001:DB8:0:0::1").unwrap();
        assert_eq!(one.to_string(), "2001:db8::1");
        for text in ["", "10.0.0", "0.0.0.0", "::", "10.0.0.0/8", "localhost"] {
            assert!(AltName::ip(text).is_err(), "{text:?}");
        }
    }

    #[test]
    fn the_first_service_is_kubernetes_itself() {
        let first = |block: &str| first_address(block.parse().unwrap()).map(|ip| ip.to_string());
        assert_eq!(first("10.21.0.0/16").as_deref(), Some("10.21.0.1"));
        assert_eq!(first("10.21.7.9/16").as_deref(), Some("10.21.0.1"));
        assert_eq!(first("fd00:1::/112").as_deref(), Some("fd00:1::1"));
        assert_eq!(first("10.0.0.7/32"), None);
        assert_eq!(first("255.255.255.255/32"), None);
    }
}
