//! What AWS has of a load balancer, and that as attributes.

use aws::elbv2::{Attributes, Elbv2, Listener, LoadBalancer, TargetGroup};
use aws::route53::{Record, RecordData};
use aws::tags::Tags;
use tfplug::{Attr, Cx, Result};

use super::desired::{
    CLIENT_IP, CROSS_ZONE, CUT, DELAY, DRAIN, LOGS, LOGS_BUCKET, LOGS_PREFIX, PROTECTION,
    TERMINATION, TRAFFIC_PORT, WantedRecord, normal_name, record,
};
use super::model::{AccessLogs, ApiLoadBalancer, HealthCheck};
use super::plan::endpoint;
use crate::diagnostics::aws_error;
use crate::provider::Data;
use crate::tags;

const READING: &str = "Reading API load balancer";

/// The parts that exist.
#[derive(Clone, Debug, Default)]
pub(super) struct Observed {
    pub(super) load_balancer: Option<(LoadBalancer, Attributes, Tags)>,
    pub(super) target_group: Option<(TargetGroup, Attributes, Tags)>,
    pub(super) listener: Option<(Listener, Tags)>,
    pub(super) record: Option<Record>,
}

impl Observed {
    /// Looks for all parts that the state names, side by side.
    ///
    /// # Errors
    /// AWS can't be asked.
    pub(super) async fn read(cx: &Cx<Data>, state: &ApiLoadBalancer) -> Result<Self> {
        let clients = cx.data().clients()?;
        let failed = |error: aws::Error| aws_error(READING, &error);
        let elb = clients.elbv2().await.map_err(failed)?;
        let parts = async {
            tokio::try_join!(
                load_balancer(elb, state.arn.text()),
                target_group(elb, state.target_group_arn.text()),
                listener(elb, state.listener_arn.text()),
            )
        };
        let record = async {
            let Some(WantedRecord { zone_id, fqdn }) = record(state) else {
                return Ok(None);
            };
            let records = clients
                .route53()
                .await?
                .records(&zone_id, &fqdn, "A")
                .await?;
            Ok(records.into_iter().next())
        };
        let ((load_balancer, target_group, listener), record) =
            tokio::try_join!(parts, record).map_err(failed)?;
        Ok(Self {
            load_balancer,
            target_group,
            listener,
            record,
        })
    }

    /// The attributes as they are; `None` when nothing is left.
    ///
    /// Of a part that somebody deleted, the ids become null, and the rest stays as it was: the plan
    /// then shows that it is made anew.
    pub(super) fn into_model(self, data: &Data, state: ApiLoadBalancer) -> Option<ApiLoadBalancer> {
        if self.load_balancer.is_none() && self.target_group.is_none() {
            return None;
        }
        let mut model = state;
        self.set_tags(data, &mut model);
        match &self.load_balancer {
            Some((load_balancer, attributes, _)) => {
                set_load_balancer(&mut model, load_balancer, attributes);
            }
            None => {
                model.arn = Attr::Null;
                model.dns_name = Attr::Null;
                model.zone_id = Attr::Null;
            }
        }
        match &self.target_group {
            Some((group, attributes, _)) => set_target_group(&mut model, group, attributes),
            None => model.target_group_arn = Attr::Null,
        }
        match &self.listener {
            Some((listener, _)) => {
                model.listener_arn = listener.arn.as_str().into();
                model.port = i64::from(listener.port).into();
                // A listener that forwards elsewhere is none of this target group.
                let to = listener.target_group_arns.as_slice();
                if to
                    .iter()
                    .map(String::as_str)
                    .ne(model.target_group_arn.text())
                {
                    model.listener_arn = Attr::Null;
                }
            }
            None => model.listener_arn = Attr::Null,
        }
        if !self.leads_here(&model) {
            model.fqdn = Attr::Null;
        }
        model.endpoint = endpoint(&model);
        if model.endpoint.is_unknown() {
            model.endpoint = Attr::Null;
        }
        Some(model)
    }

    /// Whether the record, if there is to be one, leads to this load balancer.
    fn leads_here(&self, model: &ApiLoadBalancer) -> bool {
        let (Some(dns_name), Some(record)) = (model.dns_name.text(), &self.record) else {
            return model.fqdn.is_null();
        };
        leads_to(record, dns_name)
    }

    /// Tags of the first part whose tags aren't as the state has them: drift of any part shows.
    fn set_tags(&self, data: &Data, model: &mut ApiLoadBalancer) {
        let parts = [
            self.load_balancer.as_ref().map(|(_, _, tags)| tags),
            self.target_group.as_ref().map(|(_, _, tags)| tags),
            self.listener.as_ref().map(|(_, tags)| tags),
        ];
        let mut readings = parts
            .into_iter()
            .flatten()
            .map(|found| tags::read(data, found, &model.tags));
        let Some(first) = readings.next() else { return };
        let (tags, all) = if first.1 == model.tags_all {
            readings
                .find(|(_, all)| *all != model.tags_all)
                .unwrap_or(first)
        } else {
            first
        };
        model.tags = tags;
        model.tags_all = all;
    }
}

/// Whether a record is an alias of a load balancer.
pub(super) fn leads_to(record: &Record, dns_name: &str) -> bool {
    let RecordData::Alias { dns_name: to, .. } = &record.data else {
        return false;
    };
    // AWS's console puts "dualstack." before names; they lead to the same place.
    let to = normal_name(to);
    let to = to.strip_prefix("dualstack.").unwrap_or(&to);
    to == normal_name(dns_name)
}

/// A part with its settings and tags. One that vanished between the looks is gone.
fn whole<T>(
    found: Option<T>,
    attributes: Option<Attributes>,
    tags: Option<Tags>,
) -> Option<(T, Attributes, Tags)> {
    Some((found?, attributes?, tags?))
}

async fn load_balancer(
    elb: &Elbv2,
    arn: Option<&str>,
) -> Result<Option<(LoadBalancer, Attributes, Tags)>, aws::Error> {
    let Some(arn) = arn else { return Ok(None) };
    let (found, attributes, tags) = tokio::try_join!(
        elb.load_balancer(arn),
        elb.load_balancer_attributes(arn),
        elb.tags(arn)
    )?;
    Ok(whole(found, attributes, tags))
}

async fn target_group(
    elb: &Elbv2,
    arn: Option<&str>,
) -> Result<Option<(TargetGroup, Attributes, Tags)>, aws::Error> {
    let Some(arn) = arn else { return Ok(None) };
    let (found, attributes, tags) = tokio::try_join!(
        elb.target_group(arn),
        elb.target_group_attributes(arn),
        elb.tags(arn)
    )?;
    Ok(whole(found, attributes, tags))
}

async fn listener(elb: &Elbv2, arn: Option<&str>) -> Result<Option<(Listener, Tags)>, aws::Error> {
    let Some(arn) = arn else { return Ok(None) };
    let (found, tags) = tokio::try_join!(elb.listener(arn), elb.tags(arn))?;
    Ok(found.zip(tags))
}

fn set_load_balancer(
    model: &mut ApiLoadBalancer,
    load_balancer: &LoadBalancer,
    attributes: &Attributes,
) {
    model.arn = load_balancer.arn.as_str().into();
    model.name = load_balancer.name.as_str().into();
    model.dns_name = load_balancer.dns_name.as_str().into();
    model.zone_id = load_balancer.zone_id.as_str().into();
    model.vpc_id = load_balancer.vpc_id.as_str().into();
    model.internal = load_balancer.internal.into();
    model.subnets = Attr::Known(load_balancer.subnets.clone().into_iter().collect());
    model.security_group_ids = Attr::Known(load_balancer.security_groups.iter().cloned().collect());
    model.enable_cross_zone_load_balancing = flag(attributes, CROSS_ZONE);
    model.enable_deletion_protection = flag(attributes, PROTECTION);
    model.access_logs = if flag(attributes, LOGS) == Attr::Known(true) {
        Attr::Known(AccessLogs {
            bucket: text(attributes, LOGS_BUCKET),
            prefix: text(attributes, LOGS_PREFIX),
        })
    } else {
        Attr::Null
    };
}

fn set_target_group(model: &mut ApiLoadBalancer, group: &TargetGroup, attributes: &Attributes) {
    model.target_group_arn = group.arn.as_str().into();
    model.target_group_name = group.name.as_str().into();
    model.target_port = i64::from(group.port).into();
    let check = &group.health_check;
    model.health_check = Attr::Known(HealthCheck {
        protocol: check.protocol.as_str().into(),
        port: check
            .port
            .parse::<i64>()
            .ok()
            .filter(|_| check.port != TRAFFIC_PORT)
            .into(),
        path: check.path.clone().into(),
        matcher: check.matcher.clone().into(),
        interval: i64::from(check.interval_seconds).into(),
        timeout: i64::from(check.timeout_seconds).into(),
        healthy_threshold: i64::from(check.healthy_threshold).into(),
        unhealthy_threshold: i64::from(check.unhealthy_threshold).into(),
    });
    model.deregistration_delay = number(attributes, DELAY);
    model.connection_termination = flag(attributes, TERMINATION);
    model.preserve_client_ip = flag(attributes, CLIENT_IP);
    model.enable_unhealthy_connection_termination = flag(attributes, CUT);
    model.unhealthy_draining_interval = number(attributes, DRAIN);
}

fn flag(attributes: &Attributes, key: &str) -> Attr<bool> {
    attributes
        .get(key)
        .and_then(|text| text.parse::<bool>().ok())
        .into()
}

fn number(attributes: &Attributes, key: &str) -> Attr<i64> {
    attributes
        .get(key)
        .and_then(|text| text.parse::<i64>().ok())
        .into()
}

/// AWS says "" for what is not set.
fn text(attributes: &Attributes, key: &str) -> Attr<String> {
    attributes
        .get(key)
        .filter(|text| !text.is_empty())
        .cloned()
        .into()
}
