//! The attributes that all types of load balancers have.

use tfplug::value::Value;
use tfplug::{Attr, Map, Model, Set};

use super::WantedRecord;

/// The attributes of a load balancer itself, of its name in DNS, and of its tags. What they mean
/// stands at the models' fields of the same names.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Balancer {
    pub(crate) cluster_name: Attr<String>,
    pub(crate) name: Attr<String>,
    pub(crate) subnets: Attr<Map<String>>,
    pub(crate) security_group_ids: Attr<Set<String>>,
    pub(crate) internal: Attr<bool>,
    pub(crate) enable_cross_zone_load_balancing: Attr<bool>,
    pub(crate) enable_deletion_protection: Attr<bool>,
    pub(crate) access_logs: Attr<AccessLogs>,
    pub(crate) fqdn: Attr<String>,
    pub(crate) hosted_zone_id: Attr<String>,
    pub(crate) tags: Attr<Map<String>>,
    pub(crate) tags_all: Attr<Map<String>>,
    pub(crate) arn: Attr<String>,
    pub(crate) dns_name: Attr<String>,
    pub(crate) zone_id: Attr<String>,
    pub(crate) vpc_id: Attr<String>,
}

/// A model with the attributes of a load balancer. See [`has_balancer`].
pub(crate) trait HasBalancer: tfplug::model::Model {
    /// The cluster it belongs to.
    fn cluster_name(&self) -> &Attr<String>;

    /// A copy of these attributes.
    fn balancer(&self) -> Balancer;

    /// Sets all of them.
    fn set_balancer(&mut self, balancer: Balancer);

    /// Changes some of them.
    fn change_balancer(&mut self, change: impl FnOnce(&mut Balancer)) {
        let mut balancer = self.balancer();
        change(&mut balancer);
        self.set_balancer(balancer);
    }
}

/// Implements [`HasBalancer`] for a model that has the attributes as fields of the same names.
macro_rules! has_balancer {
    ($model:ty) => {
        impl $crate::load_balancing::HasBalancer for $model {
            fn cluster_name(&self) -> &tfplug::Attr<String> {
                &self.cluster_name
            }

            fn balancer(&self) -> $crate::load_balancing::Balancer {
                let from = self.clone();
                $crate::load_balancing::Balancer {
                    cluster_name: from.cluster_name,
                    name: from.name,
                    subnets: from.subnets,
                    security_group_ids: from.security_group_ids,
                    internal: from.internal,
                    enable_cross_zone_load_balancing: from.enable_cross_zone_load_balancing,
                    enable_deletion_protection: from.enable_deletion_protection,
                    access_logs: from.access_logs,
                    fqdn: from.fqdn,
                    hosted_zone_id: from.hosted_zone_id,
                    tags: from.tags,
                    tags_all: from.tags_all,
                    arn: from.arn,
                    dns_name: from.dns_name,
                    zone_id: from.zone_id,
                    vpc_id: from.vpc_id,
                }
            }

            fn set_balancer(&mut self, balancer: $crate::load_balancing::Balancer) {
                self.cluster_name = balancer.cluster_name;
                self.name = balancer.name;
                self.subnets = balancer.subnets;
                self.security_group_ids = balancer.security_group_ids;
                self.internal = balancer.internal;
                self.enable_cross_zone_load_balancing = balancer.enable_cross_zone_load_balancing;
                self.enable_deletion_protection = balancer.enable_deletion_protection;
                self.access_logs = balancer.access_logs;
                self.fqdn = balancer.fqdn;
                self.hosted_zone_id = balancer.hosted_zone_id;
                self.tags = balancer.tags;
                self.tags_all = balancer.tags_all;
                self.arn = balancer.arn;
                self.dns_name = balancer.dns_name;
                self.zone_id = balancer.zone_id;
                self.vpc_id = balancer.vpc_id;
            }
        }
    };
}
pub(crate) use has_balancer;

impl Balancer {
    /// The name in DNS, if it has one.
    pub(crate) fn record(&self) -> Option<WantedRecord> {
        Some(WantedRecord {
            zone_id: self.hosted_zone_id.text()?.to_owned(),
            fqdn: self.fqdn.text()?.to_owned(),
        })
    }

    /// Where clients reach it, as soon as that is known: its name in Route 53, else the one AWS
    /// gave it.
    pub(crate) fn host(&self) -> Attr<String> {
        let host = match &self.fqdn {
            Attr::Null => &self.dns_name,
            fqdn => fqdn,
        };
        match host {
            Attr::Known(host) => host.trim_end_matches('.').into(),
            _ => Attr::Unknown,
        }
    }
}

/// Where access logs go.
#[derive(Clone, Debug, PartialEq, Model)]
pub(crate) struct AccessLogs {
    /// Name of the S3 bucket.
    #[tf(required, check(length(3..=63)))]
    pub(crate) bucket: Attr<String>,
    /// Beginning of the objects' keys.
    #[tf(optional)]
    pub(crate) prefix: Attr<String>,
}

/// Whether a subnet that the load balancer has is not planned for its zone any more.
/// <https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_SetSubnets.html>
pub(crate) fn loses_a_subnet(prior: &Value, planned: &Value) -> bool {
    match prior {
        Value::Map(prior) => prior
            .iter()
            .any(|(zone, subnet)| planned.get(zone) != subnet),
        _ => false,
    }
}
