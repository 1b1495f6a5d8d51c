//! A planned load balancer in AWS's terms: everything known, everything of AWS's types.

use std::collections::BTreeMap;

use aws::elbv2::{Attributes, HealthCheck};
use aws::route53::{Record, RecordData};
use aws::tags::Tags;
use tfplug::{Attr, Diagnostic, Map, Result, Set};

use super::model::{self, ApiLoadBalancer};
use crate::tags;

/// What is to be. Made from a plan whose values are all known: in an apply.
#[derive(Clone, Debug)]
pub(super) struct Desired {
    pub(super) cluster: String,
    pub(super) name: String,
    pub(super) target_group_name: String,
    /// Subnet ids by zone.
    pub(super) subnets: BTreeMap<String, String>,
    pub(super) security_groups: Vec<String>,
    pub(super) internal: bool,
    pub(super) port: i32,
    pub(super) target_port: i32,
    pub(super) health_check: HealthCheck,
    pub(super) load_balancer_attributes: Attributes,
    pub(super) target_group_attributes: Attributes,
    pub(super) record: Option<WantedRecord>,
    pub(super) tags: Tags,
}

/// The name to have, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct WantedRecord {
    pub(super) zone_id: String,
    pub(super) fqdn: String,
}

impl Desired {
    /// # Errors
    /// A value that must be known by now isn't, which is a defect.
    pub(super) fn of(plan: &ApiLoadBalancer) -> Result<Self> {
        Ok(Self {
            cluster: plan.cluster_name.get("cluster_name")?.clone(),
            name: plan.name.get("name")?.clone(),
            target_group_name: plan.target_group_name.get("target_group_name")?.clone(),
            subnets: subnets(&plan.subnets)?,
            security_groups: security_groups(&plan.security_group_ids)?,
            internal: *plan.internal.get("internal")?,
            port: number(&plan.port, "port")?,
            target_port: number(&plan.target_port, "target_port")?,
            health_check: health_check(plan.health_check.get("health_check")?)?,
            load_balancer_attributes: load_balancer_attributes(plan)?,
            target_group_attributes: target_group_attributes(plan)?,
            record: record(plan),
            tags: tags::wanted(plan.tags_all.get("tags_all")?),
        })
    }
}

impl WantedRecord {
    /// The alias record that leads to a load balancer.
    pub(super) fn alias(&self, dns_name: &str, zone_id: &str) -> Record {
        Record {
            name: normal_name(&self.fqdn),
            record_type: "A".to_owned(),
            data: RecordData::Alias {
                dns_name: normal_name(dns_name),
                zone_id: zone_id.to_owned(),
                // One load balancer has no other to fail over to: a name that answers nothing
                // helps nobody.
                evaluate_target_health: false,
            },
            set_identifier: None,
        }
    }
}

/// A domain name as names are compared: lower case, without the dot at the end.
pub(super) fn normal_name(name: &str) -> String {
    name.trim_end_matches('.').to_ascii_lowercase()
}

pub(super) fn record(plan: &ApiLoadBalancer) -> Option<WantedRecord> {
    let zone_id = plan.hosted_zone_id.text()?.to_owned();
    Some(WantedRecord {
        zone_id,
        fqdn: plan.fqdn.text()?.to_owned(),
    })
}

pub(super) fn subnets(subnets: &Attr<Map<String>>) -> Result<BTreeMap<String, String>> {
    let known = subnets
        .get("subnets")?
        .all_known()
        .ok_or_else(|| unknown_within("subnets"))?;
    Ok(known
        .into_iter()
        .map(|(zone, id)| (zone.to_owned(), id.clone()))
        .collect())
}

fn security_groups(groups: &Attr<Set<String>>) -> Result<Vec<String>> {
    let name = "security_group_ids";
    let known = groups
        .get(name)?
        .all_known()
        .ok_or_else(|| unknown_within(name))?;
    Ok(known.into_iter().cloned().collect())
}

fn health_check(check: &model::HealthCheck) -> Result<HealthCheck> {
    let path = |name: &str| format!("health_check.{name}");
    Ok(HealthCheck {
        protocol: check.protocol.get(&path("protocol"))?.clone(),
        port: check
            .port
            .known()
            .map_or_else(|| TRAFFIC_PORT.to_owned(), ToString::to_string),
        path: check.path.known().cloned(),
        matcher: check.matcher.known().cloned(),
        interval_seconds: number(&check.interval, &path("interval"))?,
        timeout_seconds: number(&check.timeout, &path("timeout"))?,
        healthy_threshold: number(&check.healthy_threshold, &path("healthy_threshold"))?,
        unhealthy_threshold: number(&check.unhealthy_threshold, &path("unhealthy_threshold"))?,
    })
}

fn load_balancer_attributes(plan: &ApiLoadBalancer) -> Result<Attributes> {
    let cross_zone = plan.enable_cross_zone_load_balancing;
    let protection = plan.enable_deletion_protection;
    let mut attributes = Attributes::from([
        (
            CROSS_ZONE.to_owned(),
            cross_zone
                .get("enable_cross_zone_load_balancing")?
                .to_string(),
        ),
        (
            PROTECTION.to_owned(),
            protection.get("enable_deletion_protection")?.to_string(),
        ),
        (
            LOGS.to_owned(),
            plan.access_logs.known().is_some().to_string(),
        ),
    ]);
    if let Some(logs) = plan.access_logs.known() {
        let bucket = logs.bucket.get("access_logs.bucket")?.clone();
        attributes.insert(LOGS_BUCKET.to_owned(), bucket);
        let prefix = logs.prefix.text().unwrap_or_default().to_owned();
        attributes.insert(LOGS_PREFIX.to_owned(), prefix);
    }
    Ok(attributes)
}

fn target_group_attributes(plan: &ApiLoadBalancer) -> Result<Attributes> {
    let delay = plan.deregistration_delay.get("deregistration_delay")?;
    let termination = plan.connection_termination.get("connection_termination")?;
    let client_ip = plan.preserve_client_ip.get("preserve_client_ip")?;
    let name = "enable_unhealthy_connection_termination";
    let cut = plan.enable_unhealthy_connection_termination.get(name)?;
    let drain = plan
        .unhealthy_draining_interval
        .get("unhealthy_draining_interval")?;
    Ok(Attributes::from([
        (DELAY.to_owned(), delay.to_string()),
        (TERMINATION.to_owned(), termination.to_string()),
        (CLIENT_IP.to_owned(), client_ip.to_string()),
        (CUT.to_owned(), cut.to_string()),
        (DRAIN.to_owned(), drain.to_string()),
    ]))
}

/// The checks of the schema keep every number within these types.
fn number(attribute: &Attr<i64>, name: &str) -> Result<i32> {
    let number = *attribute.get(name)?;
    i32::try_from(number)
        .map_err(|_| Diagnostic::bug(format!("\"{name}\" is {number}, out of its range.")).into())
}

fn unknown_within(name: &str) -> Diagnostic {
    Diagnostic::bug(format!(
        "A part of \"{name}\" is not known where it must be."
    ))
    .at(name)
}

/// AWS's word for "the port that traffic goes to".
pub(super) const TRAFFIC_PORT: &str = "traffic-port";

// Keys of attributes.
// <https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_LoadBalancerAttribute.html>
pub(super) const CROSS_ZONE: &str = "load_balancing.cross_zone.enabled";
pub(super) const PROTECTION: &str = "deletion_protection.enabled";
pub(super) const LOGS: &str = "access_logs.s3.enabled";
pub(super) const LOGS_BUCKET: &str = "access_logs.s3.bucket";
pub(super) const LOGS_PREFIX: &str = "access_logs.s3.prefix";
// <https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_TargetGroupAttribute.html>
pub(super) const DELAY: &str = "deregistration_delay.timeout_seconds";
pub(super) const TERMINATION: &str = "deregistration_delay.connection_termination.enabled";
pub(super) const CLIENT_IP: &str = "preserve_client_ip.enabled";
pub(super) const CUT: &str = "target_health_state.unhealthy.connection_termination.enabled";
pub(super) const DRAIN: &str = "target_health_state.unhealthy.draining_interval_seconds";
