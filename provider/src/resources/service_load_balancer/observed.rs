//! What AWS has of a load balancer, and that as attributes.

use std::collections::BTreeMap;

use aws::elbv2::{Listener, LoadBalancer};
use aws::names::listener_target_group_ports;
use aws::route53::Record;
use aws::tags::Tags;
use tfplug::{Attr, Cx, List, Map, Result};

use super::TYPE;
use super::listeners::NO_ALPN;
use super::model::{self, ServiceLoadBalancer};
use super::outputs::{FREE, HELD, all};
use super::parts::{Group, Known, Parts};
use super::retired::{self, Fate};
use crate::diagnostics::aws_error;
use crate::load_balancing::health_check::Check;
use crate::load_balancing::target_settings::{PROXY_PROTOCOL, TargetSettings, flag};
use crate::load_balancing::{HasBalancer, Whole, observed as common};
use crate::provider::Data;

/// The load balancer with its parts, as far as they exist.
#[derive(Clone, Debug, Default)]
pub(super) struct Observed {
    pub(super) load_balancer: Option<Whole<LoadBalancer>>,
    pub(super) parts: Parts,
    record: Option<Record>,
}

impl Observed {
    /// Looks for all that the state names, and for what belongs to it though the state doesn't, side
    /// by side.
    ///
    /// # Errors
    /// AWS can't be asked.
    pub(super) async fn read(
        cx: &Cx<Data>,
        doing: &'static str,
        state: &ServiceLoadBalancer,
    ) -> Result<Self> {
        let clients = cx.data().clients()?;
        let failed = |error: aws::Error| aws_error(doing, &error);
        let elb = clients.elbv2().await.map_err(failed)?;
        let balancer = state.balancer();
        let known = Known::of(cx.data(), state);
        let (load_balancer, parts, record) = tokio::try_join!(
            common::load_balancer(elb, state.arn.text()),
            Parts::read(elb, &known, state.arn.text()),
            common::record(clients, &balancer)
        )
        .map_err(failed)?;
        Ok(Self {
            load_balancer,
            parts,
            record,
        })
    }

    /// The attributes as they are; `None` when nothing is left.
    ///
    /// # Errors
    /// AWS can't be asked who holds the target groups that no listener uses.
    pub(super) async fn into_model(
        self,
        cx: &Cx<Data>,
        state: ServiceLoadBalancer,
    ) -> Result<Option<ServiceLoadBalancer>> {
        if self.load_balancer.is_none() && self.parts.own().next().is_none() {
            return Ok(None);
        }
        let own = self.own_by_port(&state);
        let retired = self.parts.unused();
        let fates = retired::fates(cx.data().clients()?, &retired)
            .await
            .map_err(|error| aws_error(TYPE.reading, &error))?;
        let mut model = state;
        model.change_balancer(|balancer| {
            balancer.set_observed_tags(cx.data(), self.tags(&own));
            balancer.set_observed(self.load_balancer.as_ref());
            balancer.set_observed_record(self.record.as_ref());
        });
        let host = model.balancer().host();
        model.host = host.into_known().into();
        let listener_arns = self.managed().map(|(listener, _)| {
            let port = listener.port.to_string();
            (port, listener.arn.clone())
        });
        model.listener_arns = Attr::Known(listener_arns.collect());
        model.listener = Attr::Known(self.listeners(&model));
        let groups: Map<String> = own
            .iter()
            .map(|(port, group)| (port.to_string(), group.group.arn.clone()))
            .collect();
        model.target_group_arns = all(&groups);
        model.target_groups = Attr::Known(groups);
        let fate = |(arn, fate)| {
            let word = match fate {
                Fate::Held(_) => HELD,
                Fate::Free => FREE,
            };
            (arn, word.to_owned())
        };
        model.retired_target_groups = Attr::Known(fates.into_iter().map(fate).collect());
        Ok(Some(model))
    }

    /// The listeners that a plan can speak of: a port may have a TCP and a UDP listener, and those
    /// of UDP are others'.
    fn managed(&self) -> impl Iterator<Item = &(Listener, Tags)> {
        let listeners = self.parts.listeners.iter();
        listeners.filter(|(listener, _)| listener.protocol != "UDP")
    }

    /// The target groups of those listeners that lead to their own, by port. A listener that leads
    /// elsewhere has none, so that a plan makes it lead back.
    fn own_by_port(&self, state: &ServiceLoadBalancer) -> BTreeMap<i32, &Group> {
        let noted = state.target_groups.known();
        let name = state.name.text().unwrap_or_default();
        let own = |(listener, _): &(Listener, Tags)| {
            let [arn] = listener.target_group_arns.as_slice() else {
                return None;
            };
            let group = self.parts.groups.get(arn).filter(|group| group.own)?;
            let noted = noted.and_then(|noted| noted.0.get(&listener.port.to_string())?.text());
            let ports = listener_target_group_ports(name, &group.group.name);
            let its = noted == Some(arn) || ports == Some((listener.port, group.group.port));
            its.then_some((listener.port, group))
        };
        self.managed().filter_map(own).collect()
    }

    /// The tags of all parts that are to have the same.
    fn tags<'a>(&'a self, own: &'a BTreeMap<i32, &Group>) -> impl Iterator<Item = &'a Tags> {
        let balancer = self.load_balancer.iter().map(|(_, _, tags)| tags);
        let led = self
            .managed()
            .filter(|(listener, _)| own.contains_key(&listener.port));
        balancer
            .chain(led.map(|(_, tags)| tags))
            .chain(own.values().map(|group| &group.tags))
    }

    /// All listeners, in the order of the state, since their order means nothing; then others by
    /// port.
    fn listeners(&self, state: &ServiceLoadBalancer) -> List<model::Listener> {
        let places: BTreeMap<i64, usize> = state
            .listeners()
            .filter_map(|(at, listener)| Some((*listener.port.known()?, at)))
            .collect();
        let mut listeners: Vec<&Listener> =
            self.parts.listeners.iter().map(|(one, _)| one).collect();
        listeners.sort_by_key(|listener| {
            let place = places.get(&i64::from(listener.port)).copied();
            (
                place.unwrap_or(usize::MAX),
                listener.port,
                &listener.protocol,
            )
        });
        let model = |listener: &Listener| {
            let group = listener.target_group_arns.first();
            let group = group.and_then(|arn| self.parts.groups.get(arn));
            as_attributes(listener, group)
        };
        listeners.into_iter().map(model).collect()
    }
}

fn as_attributes(listener: &Listener, group: Option<&Group>) -> model::Listener {
    let tls = listener.protocol == "TLS";
    let alpn_policy = listener.alpn_policy.as_deref().unwrap_or(NO_ALPN);
    let attributes = group
        .map(|group| group.attributes.clone())
        .unwrap_or_default();
    let settings = TargetSettings::observed(&attributes);
    let check = group.map(|group| Check::observed(&group.group.health_check).into());
    model::Listener {
        port: i64::from(listener.port).into(),
        node_port: group.map(|group| i64::from(group.group.port)).into(),
        protocol: listener.protocol.as_str().into(),
        certificate_arn: listener.certificate_arn.clone().into(),
        ssl_policy: listener.ssl_policy.clone().filter(|_| tls).into(),
        alpn_policy: tls.then(|| alpn_policy.to_owned()).into(),
        health_check: check.into(),
        deregistration_delay: settings.deregistration_delay,
        connection_termination: settings.connection_termination,
        preserve_client_ip: settings.preserve_client_ip,
        proxy_protocol_v2: flag(&attributes, PROXY_PROTOCOL),
        enable_unhealthy_connection_termination: settings.enable_unhealthy_connection_termination,
        unhealthy_draining_interval: settings.unhealthy_draining_interval,
    }
}
