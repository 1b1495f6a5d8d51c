//! What a plan says of a load balancer's ports that its cluster's security groups don't open. Pure.

use tfplug::{Attr, Diagnostic, Path};
use topology::ports::PortRange;
use topology::words::list;

/// One side of a load balancer, and what its security group opens there.
#[derive(Debug)]
pub(crate) struct Side {
    /// Who comes through, and to whom, such as "clients reach the services' load balancer on".
    pub(crate) way: &'static str,
    /// The ports that are open.
    pub(crate) open: Vec<PortRange>,
    /// What happens on any other port.
    pub(crate) fails: &'static str,
    /// The attribute of `kubeha_security_groups` that opens ports.
    pub(crate) attribute: &'static str,
}

impl Side {
    /// A warning at `path` if the port isn't open.
    pub(crate) fn closed(&self, port: Attr<i64>, path: Path) -> Option<Diagnostic> {
        let port = u16::try_from(*port.known()?).ok()?;
        if self.open.iter().any(|range| range.contains(port)) {
            return None;
        }
        let open = match self.open.is_empty() {
            true => "no port".to_owned(),
            false => list(&self.open, "and"),
        };
        let Self {
            way,
            fails,
            attribute,
            ..
        } = self;
        let text = format!(
            "The cluster's kubeha_security_groups let {way} {open}, and not on {port}: {fails}. \
             Set \"{attribute}\" there to match, unless a rule of your own is to open the port."
        );
        Some(Diagnostic::warning("Port not open", text).at(path))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn side(open: &[&str]) -> Side {
        Side {
            way: "clients reach it on",
            open: open.iter().map(|range| range.parse().unwrap()).collect(),
            fails: "nobody can connect",
            attribute: "service_ports",
        }
    }

    #[test]
    fn what_is_open_or_not_known_is_no_warning() {
        let open = side(&["80", "30000-32767"]);
        for port in [
            80.into(),
            30000.into(),
            32767.into(),
            Attr::Unknown,
            Attr::Null,
        ] {
            assert_eq!(open.closed(port, Path::root()), None);
        }
    }

    #[test]
    fn what_is_closed_names_what_opens_it() {
        let warning = |open: &[&str]| side(open).closed(81.into(), Path::attribute("port"));
        let told = warning(&["80", "443"]).unwrap();
        assert_eq!(
            told.detail(),
            "The cluster's kubeha_security_groups let clients reach it on 80 and 443, and not on \
             81: nobody can connect. Set \"service_ports\" there to match, unless a rule of your \
             own is to open the port."
        );
        assert_eq!(told.path(), &Path::attribute("port"));
        let told = warning(&[]).unwrap();
        assert!(told.detail().contains("reach it on no port, and not on 81"));
    }
}
