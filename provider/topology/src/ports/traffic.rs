//! Ports, protocols and addresses, and the texts they are read from.

use std::fmt;
use std::str::FromStr;

use ipnet::IpNet;

/// etcd's ports: for clients, and for members among themselves. Whoever reaches them with a
/// certificate has the whole cluster, so nobody but control plane nodes may.
pub(super) const ETCD: PortRange = PortRange {
    first: 2379,
    last: 2380,
};

/// One port or several in a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PortRange {
    first: u16,
    last: u16,
}

impl PortRange {
    /// One port.
    pub const fn single(port: u16) -> Self {
        Self {
            first: port,
            last: port,
        }
    }

    /// The ports from one to another; `None` if they are the other way round.
    pub const fn new(first: u16, last: u16) -> Option<Self> {
        if first <= last {
            Some(Self { first, last })
        } else {
            None
        }
    }

    /// The first port.
    pub fn first(self) -> u16 {
        self.first
    }

    /// The last port.
    pub fn last(self) -> u16 {
        self.last
    }

    /// Whether a port is one of them.
    pub fn contains(self, port: u16) -> bool {
        (self.first..=self.last).contains(&port)
    }

    fn overlaps(self, other: Self) -> bool {
        self.first <= other.last && other.first <= self.last
    }
}

impl fmt::Display for PortRange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.first == self.last {
            write!(f, "{}", self.first)
        } else {
            write!(f, "{}-{}", self.first, self.last)
        }
    }
}

impl FromStr for PortRange {
    type Err = PortsError;

    /// A port, or two with a hyphen between, as in the API server's `--service-node-port-range`.
    fn from_str(text: &str) -> Result<Self, PortsError> {
        let invalid = || PortsError::NoPorts(text.to_owned());
        // Numbers may have a sign or zeros in front; ports may not, so that each has one spelling.
        let port = |text: &str| {
            let port: u16 = text.parse().ok().filter(|port| *port > 0)?;
            (port.to_string() == text).then_some(port)
        };
        let (first, last) = text.split_once('-').unwrap_or((text, text));
        let (first, last) = port(first).zip(port(last)).ok_or_else(invalid)?;
        Self::new(first, last).ok_or_else(invalid)
    }
}

/// Ports that others than control plane nodes may reach: not those of etcd.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SharedPorts(PortRange);

impl SharedPorts {
    /// The ports.
    pub fn range(self) -> PortRange {
        self.0
    }
}

impl TryFrom<PortRange> for SharedPorts {
    type Error = PortsError;

    fn try_from(range: PortRange) -> Result<Self, PortsError> {
        if range.overlaps(ETCD) {
            return Err(PortsError::Etcd(range));
        }
        Ok(Self(range))
    }
}

impl FromStr for SharedPorts {
    type Err = PortsError;

    fn from_str(text: &str) -> Result<Self, PortsError> {
        text.parse::<PortRange>()?.try_into()
    }
}

/// Why a text isn't ports, or addresses.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum PortsError {
    /// They are etcd's.
    #[error("{0} would open etcd's ports {ETCD}, which are the control plane's alone")]
    Etcd(PortRange),

    /// Bits are set behind the prefix. AWS drops them, and then has another network than was asked
    /// for.
    #[error("{0} has bits set behind the prefix; did you mean {trunc}?", trunc = .0.trunc())]
    HostBits(IpNet),

    /// No addresses in CIDR notation.
    #[error("{0:?} is not a network in CIDR notation, such as 10.0.0.0/8 or 2001:db8::/32")]
    NoNet(String),

    /// No port and no range of ports.
    #[error(
        "{0:?} is no port and no range of ports: expected a number from 1 to 65535, or two with a \
         hyphen between, such as 30000-32767"
    )]
    NoPorts(String),
}

/// The network of a text in CIDR notation, spelled as AWS spells it.
///
/// # Errors
/// It isn't one, or bits are set behind its prefix.
pub fn net(text: &str) -> Result<IpNet, PortsError> {
    let net: IpNet = text
        .parse()
        .map_err(|_| PortsError::NoNet(text.to_owned()))?;
    if net.trunc() != net {
        return Err(PortsError::HostBits(net));
    }
    Ok(net)
}

/// What passes a rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Traffic {
    /// Everything.
    All,
    /// An ICMP message of this type and code.
    Icmp(u8, u8),
    /// An ICMPv6 message of this type and code.
    Icmpv6(u8, u8),
    /// IPv4 packets in IPv4 packets: protocol 4.
    IpInIp,
    /// TCP to these ports.
    Tcp(PortRange),
    /// UDP to these ports.
    Udp(PortRange),
}

impl Traffic {
    /// Whether TCP connections to a port are among it.
    pub fn has_tcp(self, port: u16) -> bool {
        match self {
            Self::All => true,
            Self::Tcp(range) => range.contains(port),
            Self::Icmp(..) | Self::Icmpv6(..) | Self::IpInIp | Self::Udp(_) => false,
        }
    }

    /// The protocol as EC2 names it.
    pub fn protocol(self) -> &'static str {
        match self {
            Self::All => "-1",
            Self::Icmp(..) => "icmp",
            Self::Icmpv6(..) => "icmpv6",
            Self::IpInIp => "4",
            Self::Tcp(_) => "tcp",
            Self::Udp(_) => "udp",
        }
    }

    /// What EC2 has as ports: the range's ends, or type and code; `None` where there are none.
    pub fn ports(self) -> Option<(u16, u16)> {
        match self {
            Self::All | Self::IpInIp => None,
            Self::Icmp(kind, code) | Self::Icmpv6(kind, code) => Some((kind.into(), code.into())),
            Self::Tcp(range) | Self::Udp(range) => Some((range.first, range.last)),
        }
    }
}

impl fmt::Display for Traffic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::All => f.write_str("all"),
            Self::IpInIp => f.write_str("protocol 4"),
            Self::Icmp(kind, code) | Self::Icmpv6(kind, code) => {
                write!(f, "{} {kind}/{code}", self.protocol())
            }
            Self::Tcp(range) | Self::Udp(range) => write!(f, "{} {range}", self.protocol()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ports_have_one_spelling() {
        for text in ["1", "443", "30000-32767", "65535", "1-65535"] {
            assert_eq!(text.parse::<PortRange>().unwrap().to_string(), text);
        }
        for text in [
            "", "0", "080", "+80", "65536", "9-8", "1-2-3", "80 ", "a", "-1",
        ] {
            let error = text.parse::<PortRange>().unwrap_err();
            assert_eq!(error, PortsError::NoPorts(text.to_owned()));
        }
    }

    #[test]
    fn etcd_is_never_shared() {
        for text in ["2379", "2380", "1-2379", "2380-2381", "1-65535"] {
            let error = text.parse::<SharedPorts>().unwrap_err();
            assert!(matches!(error, PortsError::Etcd(_)), "{text}: {error}");
        }
        for text in ["2378", "2381", "30000-32767"] {
            let shared: SharedPorts = text.parse().unwrap();
            assert_eq!(shared.range().to_string(), text);
        }
    }

    #[test]
    fn networks_are_spelled_as_aws_spells_them() {
        assert_eq!(net("10.0.0.0/8").unwrap().to_string(), "10.0.0.0/8");
        assert_eq!(net("2001:DB8::/32").unwrap().to_string(), "2001:db8::/32");
        let error = net("10.1.0.0/8").unwrap_err().to_string();
        assert!(error.contains("did you mean 10.0.0.0/8?"), "{error}");
        for text in ["10.0.0.0", "10.0.0.0/33", "", "office"] {
            assert_eq!(net(text), Err(PortsError::NoNet(text.to_owned())));
        }
    }
}
