//! Route 53: hosted zones and simple records in them.

use std::sync::Arc;

use aws_sdk_route53::Client;
use aws_sdk_route53::error::SdkError;
use aws_sdk_route53::operation::change_resource_record_sets::ChangeResourceRecordSetsError;
use aws_sdk_route53::types::{Change, ChangeAction, ChangeBatch, ChangeStatus};
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_types::SdkConfig;

mod record;
mod records;
mod zones;

use record::bare_id;
pub use record::{Record, RecordData};
use records::Key;

use crate::clients::client_of;
use crate::coalesce::Coalescer;
use crate::error::Error;
use crate::settings::{Service, Settings};
use crate::wait::{Progress, Wait};

const SERVICE: Service = Service::Route53;

/// Route 53. Its API allows five calls a second for a whole account, so use it sparingly. Records of
/// a zone that are asked for together share a call where they lie near each other.
#[derive(Clone, Debug)]
pub struct Route53 {
    client: Client,
    records: Arc<Coalescer<Key, Vec<Record>>>,
    zones: Arc<Coalescer<String, HostedZone>>,
}

/// A hosted zone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HostedZone {
    /// Its id, without `/hostedzone/`.
    pub id: String,
    /// Its domain, lower case, without the dot at the end.
    pub name: String,
    /// Whether it answers inside VPCs only.
    pub private: bool,
}

/// A change that AWS has taken and is spreading to its name servers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChangeId(String);

/// What became of a record to be made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Created {
    /// It is made.
    Made(ChangeId),
    /// A record of this name and type exists, and was not touched.
    Exists,
}

/// What became of a record that is to go.
#[derive(Clone, Debug)]
pub enum Removed {
    /// It is removed.
    Now(ChangeId),
    /// There was no such record, or no such zone.
    Before,
    /// A record of this name and type says something else, and was not touched. In AWS's words.
    Not(Error),
}

pub(crate) fn client(settings: &Settings, sdk: &SdkConfig) -> Client {
    client_of!(aws_sdk_route53, SERVICE, settings, sdk)
}

impl Route53 {
    pub(crate) fn new(client: Client) -> Self {
        Self {
            records: Arc::new(records::by_key(client.clone())),
            zones: Arc::new(zones::by_id(client.clone())),
            client,
        }
    }

    /// The hosted zone of this id.
    ///
    /// # Errors
    ///
    /// When AWS can't be asked.
    pub async fn hosted_zone(&self, id: &str) -> Result<Option<HostedZone>, Error> {
        self.zones.get(id.to_owned()).await
    }

    /// The same for checks: as it was when it was seen last, if that isn't long ago.
    ///
    /// # Errors
    ///
    /// When AWS can't be asked.
    pub async fn known_hosted_zone(&self, id: &str) -> Result<Option<HostedZone>, Error> {
        self.zones.known(id.to_owned()).await
    }

    /// The record sets of exactly this name and type: one, or several under a routing policy.
    /// Empty if there is none, or no such zone.
    ///
    /// # Errors
    ///
    /// When AWS can't be asked.
    pub async fn records(
        &self,
        zone_id: &str,
        name: &str,
        record_type: &str,
    ) -> Result<Vec<Record>, Error> {
        let key = Key::new(zone_id, name, record_type);
        Ok(self.records.get(key).await?.unwrap_or_default())
    }

    /// Makes a record, unless one of its name and type exists.
    ///
    /// # Errors
    ///
    /// When AWS refuses for another reason.
    pub async fn create_record(&self, zone_id: &str, record: &Record) -> Result<Created, Error> {
        match self.change(zone_id, ChangeAction::Create, record).await {
            Err(error) if says(&error, "already exists") => Ok(Created::Exists),
            result => result.map(Created::Made),
        }
    }

    /// Makes a record or replaces the one of its name and type, whoever made it.
    ///
    /// # Errors
    ///
    /// When AWS refuses.
    pub async fn upsert_record(&self, zone_id: &str, record: &Record) -> Result<ChangeId, Error> {
        self.change(zone_id, ChangeAction::Upsert, record).await
    }

    /// Deletes exactly this record.
    ///
    /// # Errors
    ///
    /// When AWS refuses.
    pub async fn delete_record(&self, zone_id: &str, record: &Record) -> Result<Removed, Error> {
        match self.change(zone_id, ChangeAction::Delete, record).await {
            Err(error) if error.is_not_found() || says(&error, "it was not found") => {
                Ok(Removed::Before)
            }
            Err(error) if says(&error, "do not match") => Ok(Removed::Not(error)),
            result => result.map(Removed::Now),
        }
    }

    /// Waits until all of AWS's name servers have the change.
    ///
    /// # Errors
    ///
    /// When the wait ends early, or AWS can't be asked.
    pub async fn wait_until_in_sync(&self, change: &ChangeId, wait: Wait) -> Result<(), Error> {
        const OPERATION: &str = "GetChange";
        // No change is everywhere at once: most take half a minute.
        wait.later()
            .until(|| async {
                let answer = self.client.get_change().id(&change.0).send().await;
                let answer = match answer
                    .map_err(|error| Error::call(SERVICE, OPERATION, &change.0, error))
                {
                    // A change that was just accepted may not be known everywhere yet.
                    Err(error) if error.code() == Some("NoSuchChange") => {
                        return Ok(Progress::Pending("not visible yet".into()));
                    }
                    answer => answer?,
                };
                let info = answer
                    .change_info
                    .ok_or_else(|| Error::lacking(SERVICE, OPERATION, &change.0, "ChangeInfo"))?;
                Ok(match info.status {
                    ChangeStatus::Insync => Progress::Done(()),
                    status => Progress::Pending(status.as_str().to_owned()),
                })
            })
            .await
    }

    async fn change(
        &self,
        zone_id: &str,
        action: ChangeAction,
        record: &Record,
    ) -> Result<ChangeId, Error> {
        const OPERATION: &str = "ChangeResourceRecordSets";
        let about = format!("{zone_id} {} {}", record.name, record.record_type);
        let invalid = |error| Error::unsendable(SERVICE, OPERATION, &about, error);
        let record = record.to_sdk().map_err(invalid)?;
        let change = Change::builder()
            .action(action)
            .resource_record_set(record)
            .build()
            .map_err(invalid)?;
        let batch = ChangeBatch::builder()
            .changes(change)
            .build()
            .map_err(invalid)?;
        let request = self
            .client
            .change_resource_record_sets()
            .hosted_zone_id(zone_id);
        let answer = request.change_batch(batch).send().await.map_err(|error| {
            let texts = invalid_batch_texts(&error);
            Error::call(SERVICE, OPERATION, &about, error).or_refused(INVALID_BATCH, texts)
        })?;
        let info = answer
            .change_info
            .ok_or_else(|| Error::lacking(SERVICE, OPERATION, &about, "ChangeInfo"))?;
        Ok(ChangeId(bare_id(&info.id)))
    }
}

const INVALID_BATCH: &str = "InvalidChangeBatch";

/// What Route 53 says about a change it refuses. It has a list of texts where others have one,
/// in one of two forms: wrapped like all errors, which the SDK reads, or as the root of the
/// answer, which the SDK doesn't understand.
/// <https://docs.aws.amazon.com/Route53/latest/APIReference/API_ChangeResourceRecordSets.html>
fn invalid_batch_texts(error: &SdkError<ChangeResourceRecordSetsError, HttpResponse>) -> String {
    if let Some(ChangeResourceRecordSetsError::InvalidChangeBatch(invalid)) =
        error.as_service_error()
    {
        return invalid.messages().join(" ");
    }
    let body = error
        .raw_response()
        .and_then(|response| response.body().bytes());
    let body = String::from_utf8_lossy(body.unwrap_or_default());
    if !body.contains("<InvalidChangeBatch") {
        return String::new();
    }
    let texts = body
        .split("<Message>")
        .skip(1)
        .filter_map(|rest| rest.split("</Message>").next());
    let texts: Vec<&str> = texts.collect();
    let text = texts
        .join(" ")
        .replace("&apos;", "'")
        .replace("&quot;", "\"");
    text.replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&amp;", "&")
}

/// Route 53 tells these cases by text only. The texts are those that its error has had since
/// 2013 and that external-dns and hashicorp/aws rely on too.
fn says(error: &Error, text: &str) -> bool {
    error.code() == Some(INVALID_BATCH)
        && error
            .as_call()
            .and_then(|call| call.message.as_deref())
            .is_some_and(|message| message.contains(text))
}

#[cfg(test)]
mod tests;
