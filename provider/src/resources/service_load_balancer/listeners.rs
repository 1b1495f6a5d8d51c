//! What a plan says of each listener: its defaults, and what can't work. Pure.

use std::collections::BTreeMap;

use tfplug::{Attr, Diagnostic, Diagnostics, Path, PlannedChange};

use super::model::{Listener, ServiceLoadBalancer};
use crate::load_balancing::health_check::{Check, WebDefaults};
use crate::load_balancing::plan::draining;

/// The policy that AWS recommends for both versions of TLS that are in use, and that every
/// partition has.
/// <https://docs.aws.amazon.com/elasticloadbalancing/latest/network/describe-ssl-policies.html>
const SSL_POLICY: &str = "ELBSecurityPolicy-TLS13-1-2-2021-06";

/// AWS's word for no negotiation of protocols.
pub(super) const NO_ALPN: &str = "None";

/// Where ingress controllers and kube-proxy answer whether they are fit.
const FIT: WebDefaults = WebDefaults {
    path: "/healthz",
    matcher: "200",
};

/// Kubernetes' default for how long a pod may take to end.
/// <https://kubernetes.io/docs/concepts/workloads/pods/pod-lifecycle/#pod-termination>
const DRAINING_SECONDS: i64 = 30;

/// The range that an API server gives node ports from, unless `--service-node-port-range` says
/// otherwise. <https://kubernetes.io/docs/reference/command-line-tools-reference/kube-apiserver/>
const NODE_PORTS: std::ops::RangeInclusive<i64> = 30000..=32767;

/// AWS's quota of listeners for a network load balancer, which can be raised.
/// <https://docs.aws.amazon.com/elasticloadbalancing/latest/network/load-balancer-limits.html>
const QUOTA: usize = 50;

/// Completes the planned listeners, and checks that they can work.
pub(super) fn complete(change: &mut PlannedChange<ServiceLoadBalancer>, errors: &mut Diagnostics) {
    let subnets = change.plan.subnets.known();
    let zones: Vec<String> = subnets
        .into_iter()
        .flat_map(|subnets| subnets.0.keys().cloned())
        .collect();
    let Attr::Known(planned) = &mut change.plan.listener else {
        return;
    };
    let configured = change.config.listener.known();
    let mut ports = BTreeMap::new();
    for (at, planned) in planned.0.iter_mut().enumerate() {
        let config = configured.and_then(|list| list.0.get(at)?.known());
        let (Attr::Known(planned), Some(config)) = (planned, config) else {
            continue;
        };
        let path = Path::attribute("listener").index(at);
        tls(planned, config, &zones, &path, errors);
        health_check(planned, config, &path, errors);
        let cut = planned.enable_unhealthy_connection_termination;
        match draining(cut, config.unhealthy_draining_interval, DRAINING_SECONDS) {
            Ok(interval) => planned.unhealthy_draining_interval = interval,
            Err(error) => errors.push(error.at(path.clone().and("unhealthy_draining_interval"))),
        }
        if let Some(&port) = planned.port.known()
            && let Some(first) = ports.insert(port, at)
        {
            // The first of them all is the one to blame the others with.
            ports.insert(port, first);
            errors.push(used_twice(port).at(path.and("port")));
        }
    }
}

fn used_twice(port: i64) -> Diagnostic {
    Diagnostic::error(
        "Port used twice",
        format!(
            "Another listener block has the port {port} too. A port has one listener, whether TCP \
             or TLS."
        ),
    )
}

fn tls(
    planned: &mut Listener,
    config: &Listener,
    zones: &[String],
    path: &Path,
    errors: &mut Diagnostics,
) {
    let unset = |value: &Attr<String>, default: &str| match value {
        Attr::Null => Attr::from(default),
        set => set.clone(),
    };
    match planned.protocol.text() {
        Some("TLS") => {
            planned.ssl_policy = unset(&config.ssl_policy, SSL_POLICY);
            planned.alpn_policy = unset(&config.alpn_policy, NO_ALPN);
            if config.certificate_arn.is_null() {
                let text = "To end TLS, the load balancer needs a certificate. Set \
                            \"certificate_arn\", or let the nodes end it with protocol \"TCP\".";
                let error = Diagnostic::error("Missing certificate", text);
                errors.push(error.at(path.clone().and("protocol")));
            }
            let certificate = config.certificate_arn.text();
            if let Some(problem) = certificate.and_then(|arn| certificate_problem(arn, zones)) {
                let error = Diagnostic::error("Invalid certificate", problem);
                errors.push(error.at(path.clone().and("certificate_arn")));
            }
        }
        Some(protocol) => {
            for (name, configured) in [
                ("certificate_arn", &config.certificate_arn),
                ("ssl_policy", &config.ssl_policy),
                ("alpn_policy", &config.alpn_policy),
            ] {
                if !configured.is_null() {
                    let text = format!(
                        "A {protocol} listener has no \"{name}\". Remove it, or set \"protocol\" \
                         to \"TLS\"."
                    );
                    let error = Diagnostic::error("Conflicting attributes", text);
                    errors.push(error.at(path.clone().and(name)));
                }
            }
            planned.ssl_policy = config.ssl_policy.clone();
            planned.alpn_policy = config.alpn_policy.clone();
        }
        None => {}
    }
}

/// Why a load balancer in these zones can't have a certificate of this ARN.
fn certificate_problem(arn: &str, zones: &[String]) -> Option<String> {
    let parts: Vec<_> = arn.splitn(6, ':').collect();
    let ["arn", _, service, region, _, name] = parts.as_slice() else {
        return Some(format!("\"{arn}\" is not the ARN of a certificate."));
    };
    match *service {
        "acm" if name.starts_with("certificate/") => {
            // Zones are named after their regions.
            let elsewhere = zones.iter().find(|zone| !zone.starts_with(region))?;
            Some(format!(
                "The certificate is in {region}, but the load balancer is to stand in {elsewhere}. \
                 It can only have certificates of its own region."
            ))
        }
        "iam" if name.starts_with("server-certificate/") => None,
        _ => Some(format!(
            "\"{arn}\" is not the ARN of a certificate in ACM (arn:aws:acm:...:certificate/...) or \
             in IAM (arn:aws:iam::...:server-certificate/...)."
        )),
    }
}

fn health_check(planned: &mut Listener, config: &Listener, path: &Path, errors: &mut Diagnostics) {
    let Attr::Known(check) = &planned.health_check else {
        return;
    };
    let mut check = Check::from(check.clone());
    let configured = config.health_check.clone().into_known().map(Check::from);
    let path = path.clone().and("health_check");
    check.complete(configured.as_ref(), FIT, &path, errors);
    planned.health_check = Attr::Known(check.into());
}

/// Tells what works, but perhaps not as it is meant.
pub(super) fn warn(change: &mut PlannedChange<ServiceLoadBalancer>) {
    let before: BTreeMap<i64, i64> = (change.prior.iter())
        .flat_map(ServiceLoadBalancer::listeners)
        .filter_map(|(_, listener)| Some((*listener.port.known()?, *listener.node_port.known()?)))
        .collect();
    let mut warnings = Vec::new();
    for (at, listener) in change.plan.listeners() {
        let (Some(port), Some(node_port)) = (listener.port.known(), listener.node_port.known())
        else {
            continue;
        };
        let path = || Path::attribute("listener").index(at).and("node_port");
        let before = before.get(port);
        if before == Some(node_port) {
            continue;
        }
        if !NODE_PORTS.contains(node_port) {
            warnings.push(out_of_range(*node_port).at(path()));
        }
        if before.is_some() && change.replacements().is_empty() {
            warnings.push(interrupted(*port).at(path()));
        }
    }
    let count = change.plan.listeners().count();
    if count > QUOTA && change.prior.as_ref().map(|prior| prior.listeners().count()) != Some(count)
    {
        warnings.push(many(count).at("listener"));
    }
    for warning in warnings {
        change.warn(warning);
    }
}

fn out_of_range(node_port: i64) -> Diagnostic {
    Diagnostic::warning(
        "Outside the range of node ports",
        format!(
            "Kubernetes gives services node ports from 30000 to 32767, unless the API server's \
             --service-node-port-range says otherwise. {node_port} is right for a host port, such \
             as that of an ingress controller."
        ),
    )
}

fn interrupted(port: i64) -> Diagnostic {
    Diagnostic::warning(
        "Traffic will stop for a while",
        format!(
            "Another node port means another target group. From the moment the listener on port \
             {port} moves to it, until nodes stand in it and have passed their checks, clients \
             can't connect. If they must not notice, add a second listener first."
        ),
    )
}

fn many(count: usize) -> Diagnostic {
    Diagnostic::warning(
        "Many listeners",
        format!(
            "{count} listeners are more than the {QUOTA} that AWS gives a network load balancer \
             unless the account's quota was raised; the apply would fail. Several ports can lead to \
             one ingress controller."
        ),
    )
}
