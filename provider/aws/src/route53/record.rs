//! Records as Route 53 spells them and as they are compared.

use aws_sdk_route53::types::{AliasTarget, ResourceRecord, ResourceRecordSet, RrType};

/// A record set.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Record {
    /// Its name, lower case, without the dot at the end.
    pub name: String,
    /// Its type, such as `A`.
    pub record_type: String,
    /// What it says.
    pub data: RecordData,
    /// Tells records of one name and type apart under routing policies (weights, regions, ...).
    /// Such records are read so that they can be refused; this crate doesn't write them.
    pub set_identifier: Option<String>,
}

/// What a record says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RecordData {
    /// The addresses of another AWS object.
    Alias {
        /// The object's own DNS name, lower case, without the dot at the end.
        dns_name: String,
        /// The hosted zone of that name.
        zone_id: String,
        /// Whether the record counts as failing with the object.
        evaluate_target_health: bool,
    },
    /// Values as they stand.
    Values {
        /// Seconds that resolvers may keep it.
        ttl: i64,
        /// The values.
        values: Vec<String>,
    },
}

impl Record {
    pub(super) fn from_sdk(from: ResourceRecordSet) -> Self {
        let data = match from.alias_target {
            Some(alias) => RecordData::Alias {
                dns_name: bare_name(&alias.dns_name),
                zone_id: bare_id(&alias.hosted_zone_id),
                evaluate_target_health: alias.evaluate_target_health,
            },
            None => RecordData::Values {
                ttl: from.ttl.unwrap_or_default(),
                values: from
                    .resource_records
                    .unwrap_or_default()
                    .into_iter()
                    .map(|record| record.value)
                    .collect(),
            },
        };
        Self {
            name: bare_name(&from.name),
            record_type: from.r#type.as_str().to_owned(),
            data,
            set_identifier: from.set_identifier,
        }
    }

    pub(super) fn to_sdk(&self) -> Result<ResourceRecordSet, aws_sdk_route53::error::BuildError> {
        let builder = ResourceRecordSet::builder()
            .name(&self.name)
            .r#type(RrType::from(self.record_type.as_str()));
        match &self.data {
            RecordData::Alias {
                dns_name,
                zone_id,
                evaluate_target_health,
            } => {
                let alias = AliasTarget::builder()
                    .dns_name(dns_name)
                    .hosted_zone_id(zone_id)
                    .evaluate_target_health(*evaluate_target_health);
                builder.alias_target(alias.build()?)
            }
            RecordData::Values { ttl, values } => {
                let values: Result<Vec<_>, _> = values
                    .iter()
                    .map(|value| ResourceRecord::builder().value(value).build())
                    .collect();
                builder.ttl(*ttl).set_resource_records(Some(values?))
            }
        }
        .build()
    }
}

/// `/hostedzone/Z1` is `Z1`.
pub(super) fn bare_id(id: &str) -> String {
    id.rsplit('/').next().unwrap_or(id).to_owned()
}

/// A name as Route 53 compares it: in lower case, without the dot at the end, with escapes such
/// as `\052` for an asterisk undone.
/// <https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/DomainNameFormat.html>
pub(super) fn bare_name(name: &str) -> String {
    let name = name.strip_suffix('.').unwrap_or(name);
    let mut plain = String::with_capacity(name.len());
    let mut rest = name;
    while let Some((before, after)) = rest.split_once('\\') {
        plain.push_str(before);
        let code = after
            .get(..3)
            .and_then(|code| u8::from_str_radix(code, 8).ok());
        match code.filter(u8::is_ascii) {
            Some(code) => {
                plain.push(char::from(code));
                rest = after.get(3..).unwrap_or_default();
            }
            None => {
                plain.push('\\');
                rest = after;
            }
        }
    }
    plain.push_str(rest);
    plain.to_ascii_lowercase()
}
