//! EC2: what other resources check their arguments against.

mod network;

use std::collections::BTreeMap;
use std::future::Future;

use aws_sdk_ec2::Client;
use aws_sdk_ec2::types::Filter;
use aws_types::SdkConfig;

pub use network::{SecurityGroup, Subnet, Vpc};

use crate::clients::client_of;
use crate::coalesce::Coalescer;
use crate::error::Error;
use crate::settings::{Service, Settings};

const SERVICE: Service = Service::Ec2;

/// How many values a filter takes.
/// <https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/Using_Filtering.html>
const BATCH: usize = 200;

/// EC2. Reads that arrive together share their calls.
///
/// Objects are asked for by filter: an id that doesn't exist, or isn't one, is then missing in the
/// answer instead of failing the call for all.
#[derive(Debug)]
pub struct Ec2 {
    subnets: Coalescer<String, Subnet>,
    vpcs: Coalescer<String, Vpc>,
    security_groups: Coalescer<String, SecurityGroup>,
}

pub(crate) fn client(settings: &Settings, sdk: &SdkConfig) -> Client {
    client_of!(aws_sdk_ec2, SERVICE, settings, sdk)
}

impl Ec2 {
    pub(crate) fn new(client: Client) -> Self {
        Self {
            subnets: reads(client.clone(), network::subnets),
            vpcs: reads(client.clone(), network::vpcs),
            security_groups: reads(client, network::security_groups),
        }
    }
}

fn reads<V, Fut>(client: Client, describe: fn(Client, Vec<String>) -> Fut) -> Coalescer<String, V>
where
    V: Clone + Send + Sync + 'static,
    Fut: Future<Output = Result<BTreeMap<String, V>, Error>> + Send + 'static,
{
    Coalescer::new(BATCH, move |ids| describe(client.clone(), ids))
}

fn by(name: &str, ids: &[String]) -> Filter {
    Filter::builder()
        .name(name)
        .set_values(Some(ids.to_vec()))
        .build()
}
