//! What AWS has of load balancers and their parts, and the common attributes from that.

use aws::Clients;
use aws::elbv2::{Attributes, Elbv2, Listener, LoadBalancer, TargetGroup};
use aws::route53::{Record, RecordData};
use aws::tags::Tags;
use tfplug::Attr;

use super::desired::{CROSS_ZONE, LOGS, LOGS_BUCKET, LOGS_PREFIX, PROTECTION};
use super::target_settings::flag;
use super::{AccessLogs, Balancer, WantedRecord, Whole, normal_name};
use crate::provider::Data;
use crate::tags;

/// The load balancer of this ARN.
///
/// # Errors
/// AWS can't be asked.
pub(crate) async fn load_balancer(
    elb: &Elbv2,
    arn: Option<&str>,
) -> Result<Option<Whole<LoadBalancer>>, aws::Error> {
    let Some(arn) = arn else { return Ok(None) };
    let (found, attributes, tags) = tokio::try_join!(
        elb.load_balancer(arn),
        elb.load_balancer_attributes(arn),
        elb.tags(arn)
    )?;
    Ok(whole(found, attributes, tags))
}

/// The target group of this ARN.
///
/// # Errors
/// AWS can't be asked.
pub(crate) async fn target_group(
    elb: &Elbv2,
    arn: Option<&str>,
) -> Result<Option<Whole<TargetGroup>>, aws::Error> {
    let Some(arn) = arn else { return Ok(None) };
    let (found, attributes, tags) = tokio::try_join!(
        elb.target_group(arn),
        elb.target_group_attributes(arn),
        elb.tags(arn)
    )?;
    Ok(whole(found, attributes, tags))
}

/// A part with its settings and tags. One that vanished between the looks is gone.
fn whole<T>(
    found: Option<T>,
    attributes: Option<Attributes>,
    tags: Option<Tags>,
) -> Option<Whole<T>> {
    Some((found?, attributes?, tags?))
}

/// The listener of this ARN.
///
/// # Errors
/// AWS can't be asked.
pub(crate) async fn listener(
    elb: &Elbv2,
    arn: Option<&str>,
) -> Result<Option<(Listener, Tags)>, aws::Error> {
    let Some(arn) = arn else { return Ok(None) };
    let (found, tags) = tokio::try_join!(elb.listener(arn), elb.tags(arn))?;
    Ok(found.zip(tags))
}

/// The record of a load balancer's name, wherever it leads.
///
/// # Errors
/// AWS can't be asked.
pub(crate) async fn record(
    clients: &Clients,
    balancer: &Balancer,
) -> Result<Option<Record>, aws::Error> {
    let Some(WantedRecord { zone_id, fqdn }) = balancer.record() else {
        return Ok(None);
    };
    let dns = clients.route53().await?;
    let records = dns.records(&zone_id, &fqdn, "A").await?;
    Ok(records.into_iter().next())
}

impl Balancer {
    /// Sets what AWS says of a load balancer. Of one that somebody deleted, the ids become null and
    /// the rest stays as it was: the plan then shows that it is made anew.
    pub(crate) fn set_observed(&mut self, found: Option<&Whole<LoadBalancer>>) {
        let Some((found, attributes, _)) = found else {
            self.arn = Attr::Null;
            self.dns_name = Attr::Null;
            self.zone_id = Attr::Null;
            return;
        };
        self.set_made(found);
        self.internal = found.internal.into();
        self.subnets = Attr::Known(found.subnets.clone().into_iter().collect());
        self.security_group_ids = Attr::Known(found.security_groups.iter().cloned().collect());
        self.enable_cross_zone_load_balancing = flag(attributes, CROSS_ZONE);
        self.enable_deletion_protection = flag(attributes, PROTECTION);
        self.access_logs = if flag(attributes, LOGS) == Attr::Known(true) {
            Attr::Known(AccessLogs {
                bucket: text(attributes, LOGS_BUCKET),
                prefix: text(attributes, LOGS_PREFIX),
            })
        } else {
            Attr::Null
        };
    }

    /// Sets what AWS alone decides of a load balancer.
    pub(super) fn set_made(&mut self, found: &LoadBalancer) {
        self.arn = found.arn.as_str().into();
        self.name = found.name.as_str().into();
        self.dns_name = found.dns_name.as_str().into();
        self.zone_id = found.zone_id.as_str().into();
        self.vpc_id = found.vpc_id.as_str().into();
    }

    /// Forgets the name in DNS if its record doesn't lead to this load balancer.
    pub(crate) fn set_observed_record(&mut self, found: Option<&Record>) {
        let leads_here = match (self.dns_name.text(), found) {
            (Some(dns_name), Some(record)) => leads_to(record, dns_name),
            _ => self.fqdn.is_null(),
        };
        if !leads_here {
            self.fqdn = Attr::Null;
        }
    }

    /// What the parts' tags say.
    pub(crate) fn set_observed_tags<'a>(
        &mut self,
        data: &Data,
        parts: impl IntoIterator<Item = &'a Tags>,
    ) {
        (self.tags, self.tags_all) = tags::read_parts(data, parts, &self.tags, &self.tags_all);
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

/// AWS says "" for what is not set.
fn text(attributes: &Attributes, key: &str) -> Attr<String> {
    attributes
        .get(key)
        .filter(|text| !text.is_empty())
        .cloned()
        .into()
}
