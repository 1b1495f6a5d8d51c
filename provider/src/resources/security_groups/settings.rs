//! The settings that the port table follows from, read from attributes. Pure.

use std::collections::BTreeSet;
use std::fmt;

use ipnet::IpNet;
use tfplug::{Attr, Diagnostic, Diagnostics, Set};
use topology::ports::{Cni, PortRange, PortSettings, SharedPorts, net};

use super::model::SecurityGroups;

/// The settings, if all are known. What is wrong is told at its attribute, whatever else is known.
pub(super) fn settings(model: &SecurityGroups, errors: &mut Diagnostics) -> Option<PortSettings> {
    let mut nets = |set: &Attr<Set<String>>, at: &str| parsed(set, at, net, errors);
    let api_allowed = nets(&model.api_allowed_cidrs, "api_allowed_cidrs");
    let service_allowed = nets(&model.service_allowed_cidrs, "service_allowed_cidrs");
    let ssh_allowed = nets(&model.ssh_allowed_cidrs, "ssh_allowed_cidrs");
    let service_node_ports = parsed(
        &model.service_node_ports,
        "service_node_ports",
        str::parse::<SharedPorts>,
        errors,
    );
    let api_target_port = port(&model.api_target_port).map(|port| {
        SharedPorts::try_from(PortRange::single(port))
            .map_err(|error| errors.push(invalid(&error, "api_target_port")))
    });
    Some(PortSettings {
        api_port: port(&model.api_port)?,
        api_target_port: api_target_port?.ok()?,
        api_allowed: api_allowed?,
        service_ports: service_ports(&model.service_ports)?,
        service_node_ports: service_node_ports?,
        service_allowed: service_allowed?,
        schedulable_control_plane: *model.schedulable_control_plane.known()?,
        cni: Cni::named(model.cni.text()?)?,
        metrics: *model.enable_metrics_ports.known()?,
        ssh_allowed: ssh_allowed?,
    })
}

/// Whether a set of networks has all addresses of IPv4 or IPv6.
pub(super) fn is_for_the_world(nets: &BTreeSet<IpNet>) -> bool {
    nets.iter().any(|net| net.prefix_len() == 0)
}

/// The elements, if all are known and well-formed.
fn parsed<T: Ord, E: fmt::Display>(
    set: &Attr<Set<String>>,
    at: &str,
    parse: impl Fn(&str) -> Result<T, E>,
    errors: &mut Diagnostics,
) -> Option<BTreeSet<T>> {
    let mut all = Some(BTreeSet::new());
    for element in &set.known()?.0 {
        // A null element is as little as an empty one, and is reported as that.
        let text = match element {
            Attr::Unknown => None,
            known => Some(known.text().unwrap_or_default()),
        };
        let value = text.and_then(|text| {
            parse(text)
                .map_err(|error| errors.push(invalid(&error, at)))
                .ok()
        });
        match (&mut all, value) {
            (Some(values), Some(value)) => _ = values.insert(value),
            _ => all = None,
        }
    }
    all
}

fn port(number: &Attr<i64>) -> Option<u16> {
    u16::try_from(*number.known()?).ok()
}

fn service_ports(ports: &Attr<Set<i64>>) -> Option<BTreeSet<u16>> {
    ports.known()?.0.iter().map(port).collect()
}

fn invalid(error: &dyn fmt::Display, at: &str) -> Diagnostic {
    let summary = if at.ends_with("cidrs") {
        "Invalid CIDR block"
    } else {
        "Invalid ports"
    };
    Diagnostic::error(summary, format!("{error}.")).at(at)
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    pub(in super::super) fn set(texts: &[&str]) -> Attr<Set<String>> {
        Attr::Known(texts.iter().map(|text| (*text).to_owned()).collect())
    }

    /// What the schema's defaults make of the least that users write.
    pub(in super::super) fn usual() -> SecurityGroups {
        SecurityGroups {
            vpc_id: "vpc-1".into(),
            cni: "cilium".into(),
            api_allowed_cidrs: set(&["10.0.0.0/8"]),
            api_port: 6443.into(),
            api_target_port: 6443.into(),
            service_allowed_cidrs: set(&[]),
            service_ports: Attr::Known(Set::from_iter([80, 443])),
            service_node_ports: set(&["30000-32767"]),
            schedulable_control_plane: false.into(),
            enable_metrics_ports: false.into(),
            ssh_allowed_cidrs: set(&[]),
            exclusive: false.into(),
            ..SecurityGroups::default()
        }
    }

    fn faults(model: &SecurityGroups) -> (bool, Vec<String>) {
        let mut errors = Diagnostics::new();
        let is_known = settings(model, &mut errors).is_some();
        let texts = errors
            .iter()
            .map(|error| format!("{}: {}", error.path(), error.detail()));
        (is_known, texts.collect())
    }

    #[test]
    fn what_is_usual_is_known() {
        assert_eq!(faults(&usual()), (true, vec![]));
    }

    #[test]
    fn what_is_not_known_yet_is_no_fault_and_hides_none() {
        let mut model = usual();
        model.api_allowed_cidrs = Attr::Known(Set(vec![Attr::Unknown, "office".into()]));
        model.ssh_allowed_cidrs = Attr::Unknown;
        let (is_known, texts) = faults(&model);
        assert!(!is_known);
        assert_eq!(texts.len(), 1, "{texts:?}");
        assert!(
            texts[0].starts_with("api_allowed_cidrs: \"office\" is not"),
            "{texts:?}"
        );
    }

    #[test]
    fn each_fault_stands_at_its_attribute() {
        let model = SecurityGroups {
            api_allowed_cidrs: set(&["10.0.0.1/8"]),
            service_allowed_cidrs: Attr::Known(Set(vec![Attr::Null])),
            ssh_allowed_cidrs: set(&["x"]),
            service_node_ports: set(&["2000-3000"]),
            api_target_port: 2379.into(),
            ..usual()
        };
        let (is_known, texts) = faults(&model);
        assert!(!is_known);
        let places: Vec<_> = texts
            .iter()
            .filter_map(|text| Some(text.split_once(':')?.0))
            .collect();
        assert_eq!(
            places,
            [
                "api_allowed_cidrs",
                "service_allowed_cidrs",
                "ssh_allowed_cidrs",
                "service_node_ports",
                "api_target_port"
            ]
        );
    }

    #[test]
    fn all_addresses_are_the_world() {
        let nets = |texts: &[&str]| texts.iter().filter_map(|text| net(text).ok()).collect();
        assert!(is_for_the_world(&nets(&["10.0.0.0/8", "::/0"])));
        assert!(!is_for_the_world(&nets(&["0.0.0.0/1"])));
    }
}
