//! Planned load balancers and target groups in AWS's terms: everything known, everything of AWS's
//! types.

use std::collections::BTreeMap;

use aws::elbv2::{Attributes, HealthCheck};
use aws::route53::{Record, RecordData};
use aws::tags::Tags;
use tfplug::{Attr, Diagnostic, Map, Result, Set};

use super::{Balancer, WantedRecord, normal_name};
use crate::tags;

/// What a load balancer is to be. Made from a plan whose values are all known: in an apply.
#[derive(Clone, Debug)]
pub(crate) struct LoadBalancerSpec {
    pub(crate) cluster: String,
    pub(crate) name: String,
    /// Subnet ids by zone.
    pub(crate) subnets: BTreeMap<String, String>,
    pub(crate) security_groups: Vec<String>,
    pub(crate) internal: bool,
    pub(crate) attributes: Attributes,
    pub(crate) record: Option<WantedRecord>,
    /// Tags of it and of all parts, ownership aside.
    pub(crate) tags: Tags,
}

/// What a target group is to be.
#[derive(Clone, Debug)]
pub(crate) struct TargetGroupSpec {
    pub(crate) name: String,
    /// Port of the targets, by TCP.
    pub(crate) port: i32,
    pub(crate) health_check: HealthCheck,
    pub(crate) attributes: Attributes,
    /// The resource's attribute to blame if the name is taken.
    pub(crate) named_by: &'static str,
}

impl LoadBalancerSpec {
    /// # Errors
    /// A value that must be known by now isn't, which is a defect.
    pub(crate) fn of(balancer: &Balancer) -> Result<Self> {
        Ok(Self {
            cluster: balancer.cluster_name.get("cluster_name")?.clone(),
            name: balancer.name.get("name")?.clone(),
            subnets: subnets(&balancer.subnets)?,
            security_groups: security_groups(&balancer.security_group_ids)?,
            internal: *balancer.internal.get("internal")?,
            attributes: attributes(balancer)?,
            record: balancer.record(),
            tags: tags::wanted(balancer.tags_all.get("tags_all")?),
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

fn subnets(subnets: &Attr<Map<String>>) -> Result<BTreeMap<String, String>> {
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

fn attributes(balancer: &Balancer) -> Result<Attributes> {
    let cross_zone = balancer.enable_cross_zone_load_balancing;
    let protection = balancer.enable_deletion_protection;
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
            balancer.access_logs.known().is_some().to_string(),
        ),
    ]);
    if let Some(logs) = balancer.access_logs.known() {
        let bucket = logs.bucket.get("access_logs.bucket")?.clone();
        attributes.insert(LOGS_BUCKET.to_owned(), bucket);
        let prefix = logs.prefix.text().unwrap_or_default().to_owned();
        attributes.insert(LOGS_PREFIX.to_owned(), prefix);
    }
    Ok(attributes)
}

/// A number of AWS's type. The checks of the schemas keep every number within it.
///
/// # Errors
/// It must be known by now and isn't, or one of those checks is missing: defects both.
pub(crate) fn number(attribute: &Attr<i64>, name: &str) -> Result<i32> {
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

// Keys of attributes.
// <https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_LoadBalancerAttribute.html>
pub(super) const CROSS_ZONE: &str = "load_balancing.cross_zone.enabled";
pub(super) const PROTECTION: &str = "deletion_protection.enabled";
pub(super) const LOGS: &str = "access_logs.s3.enabled";
pub(super) const LOGS_BUCKET: &str = "access_logs.s3.bucket";
pub(super) const LOGS_PREFIX: &str = "access_logs.s3.prefix";
