//! Systems Manager's Parameter Store: named texts, of which some are encrypted.
//!
//! Only [`Ssm::secret`] decrypts. All other reads take names, versions and the texts of what isn't
//! encrypted, and need no permission of KMS.

mod metadata;
mod parameter;
mod tagging;
#[cfg(test)]
mod tests;
mod write;

use std::collections::BTreeMap;
use std::future::Future;

use aws_sdk_ssm::Client;
use aws_types::SdkConfig;

pub use metadata::Metadata;
pub use parameter::Parameter;
pub use write::{Content, DEFAULT_KEY, Encryption, MAX_BYTES, Tier};

use crate::clients::client_of;
use crate::coalesce::Coalescer;
use crate::error::Error;
use crate::settings::{Service, Settings};

const SERVICE: Service = Service::Ssm;

/// How many names GetParameters and DeleteParameters take.
/// <https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_GetParameters.html>
const BATCH: usize = 10;

/// How many values a filter of DescribeParameters takes, which is also as many as a page holds.
/// <https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_ParameterStringFilter.html>
const FILTER_BATCH: usize = 50;

/// Parameter Store. Reads that arrive together share their calls.
#[derive(Debug)]
pub struct Ssm {
    client: Client,
    metadata: Coalescer<String, Metadata>,
    metadata_below: Coalescer<String, Vec<Metadata>>,
    parameters: Coalescer<String, Parameter>,
}

pub(crate) fn client(settings: &Settings, sdk: &SdkConfig) -> Client {
    client_of!(aws_sdk_ssm, SERVICE, settings, sdk)
}

impl Ssm {
    pub(crate) fn new(client: Client) -> Self {
        Self {
            metadata: reads(FILTER_BATCH, client.clone(), metadata::by_name),
            metadata_below: reads(FILTER_BATCH, client.clone(), metadata::by_path),
            parameters: reads(BATCH, client.clone(), parameter::by_name),
            client,
        }
    }
}

fn reads<V, Fut>(
    limit: usize,
    client: Client,
    read: fn(Client, Vec<String>) -> Fut,
) -> Coalescer<String, V>
where
    V: Clone + Send + Sync + 'static,
    Fut: Future<Output = Result<BTreeMap<String, V>, Error>> + Send + 'static,
{
    Coalescer::new(limit, move |names| read(client.clone(), names))
}

/// Whether there is a parameter of that name already.
#[must_use]
pub fn already_exists(error: &Error) -> bool {
    error.code() == Some("ParameterAlreadyExists")
}
