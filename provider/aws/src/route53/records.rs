//! Records by name and type: the list of a zone, read from the first name on that is asked for.

use std::collections::{BTreeMap, BTreeSet};

use aws_sdk_route53::Client;
use aws_sdk_route53::operation::list_resource_record_sets::builders::ListResourceRecordSetsFluentBuilder as List;
use aws_sdk_route53::types::RrType;

use super::record::bare_name;
use super::{Record, SERVICE};
use crate::coalesce::{Coalescer, LISTED_FROM};
use crate::error::Error;

/// How many records one call may be asked for: as many as a page of the list holds.
/// <https://docs.aws.amazon.com/Route53/latest/APIReference/API_ListResourceRecordSets.html>
const BATCH: usize = 300;

/// Zone, name and type of records, in the order of Route 53's lists: by the name's labels from the
/// last to the first.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Key {
    zone_id: String,
    labels: Vec<String>,
    record_type: String,
}

impl Key {
    pub(super) fn new(zone_id: &str, name: &str, record_type: &str) -> Self {
        let name = bare_name(name);
        Self {
            zone_id: zone_id.to_owned(),
            labels: name.rsplit('.').map(str::to_owned).collect(),
            record_type: record_type.to_owned(),
        }
    }

    fn name(&self) -> String {
        let labels: Vec<&str> = self.labels.iter().rev().map(String::as_str).collect();
        labels.join(".")
    }

    fn is_of(&self, record: &Record) -> bool {
        record.record_type == self.record_type && record.name == self.name()
    }
}

pub(super) fn by_key(client: Client) -> Coalescer<Key, Vec<Record>> {
    let asked = client.clone();
    Coalescer::new(BATCH, move |keys| read(asked.clone(), keys))
        .or_listed(LISTED_FROM, move |keys| listed(client.clone(), keys))
}

/// All records of the first page of the zones.
async fn listed(client: Client, keys: Vec<Key>) -> Result<BTreeMap<Key, Vec<Record>>, Error> {
    let mut found: BTreeMap<Key, Vec<Record>> = BTreeMap::new();
    let zones: BTreeSet<&String> = keys.iter().map(|key| &key.zone_id).collect();
    for zone_id in zones {
        let request = client.list_resource_record_sets().hosted_zone_id(zone_id);
        let answer = match call(&request, zone_id).await {
            Err(error) if error.is_not_found() => continue,
            answer => answer?,
        };
        // Of the name at which the page ends there may be more.
        let cut = answer.next_record_name.as_deref().map(bare_name);
        for record in answer.resource_record_sets {
            let record = Record::from_sdk(record);
            if cut.as_ref() != Some(&record.name) {
                let key = Key::new(zone_id, &record.name, &record.record_type);
                found.entry(key).or_default().push(record);
            }
        }
    }
    Ok(found)
}

/// One list tells of all that lie on its first page. Of what isn't seen there nothing is concluded:
/// it gets a list of its own.
async fn read(client: Client, keys: Vec<Key>) -> Result<BTreeMap<Key, Vec<Record>>, Error> {
    let mut found = BTreeMap::new();
    let mut page = Page::default();
    for key in keys {
        let seen = page.of(&key);
        let records = if seen.is_empty() {
            page = list(&client, &key).await?;
            page.told_of(&key)
        } else {
            seen
        };
        found.insert(key, records);
    }
    Ok(found)
}

/// What one list has told, as far as it is told whole.
#[derive(Default)]
struct Page {
    zone_id: String,
    records: Vec<Record>,
    /// The name at which the list was cut off.
    cut: Option<String>,
}

impl Page {
    /// The records of a name and type; none if it may have more than the page.
    fn of(&self, key: &Key) -> Vec<Record> {
        if self.zone_id != key.zone_id || self.cut.as_ref() == Some(&key.name()) {
            return Vec::new();
        }
        self.told_of(key)
    }

    fn told_of(&self, key: &Key) -> Vec<Record> {
        let records = self.records.iter().filter(|record| key.is_of(record));
        records.cloned().collect()
    }
}

/// Lists a zone from a name on, to the page that has the last record of that name and type.
async fn list(client: &Client, key: &Key) -> Result<Page, Error> {
    let name = key.name();
    let request = client
        .list_resource_record_sets()
        .hosted_zone_id(&key.zone_id)
        .start_record_name(&name)
        .start_record_type(RrType::from(key.record_type.as_str()));
    let mut page = Page {
        zone_id: key.zone_id.clone(),
        ..Page::default()
    };
    // The SDK has no paginator for it.
    let mut next = Some(request);
    while let Some(request) = next.take() {
        let about = format!("{} {name}", key.zone_id);
        let answer = match call(&request, &about).await {
            Err(error) if error.is_not_found() => return Ok(page),
            answer => answer?,
        };
        let records = answer.resource_record_sets.into_iter();
        page.records.extend(records.map(Record::from_sdk));
        page.cut = None;
        if answer.is_truncated {
            let cut = answer.next_record_name.as_deref().map(bare_name);
            let same_type =
                answer.next_record_type.as_ref().map(RrType::as_str) == Some(&key.record_type);
            page.cut.clone_from(&cut);
            if cut == Some(name.clone()) && same_type {
                next = Some(
                    request
                        .set_start_record_name(answer.next_record_name)
                        .set_start_record_type(answer.next_record_type)
                        .set_start_record_identifier(answer.next_record_identifier),
                );
            }
        }
    }
    Ok(page)
}

async fn call(
    request: &List,
    about: &str,
) -> Result<
    aws_sdk_route53::operation::list_resource_record_sets::ListResourceRecordSetsOutput,
    Error,
> {
    let answer = request.clone().send().await;
    answer.map_err(|error| Error::call(SERVICE, "ListResourceRecordSets", about, error))
}
