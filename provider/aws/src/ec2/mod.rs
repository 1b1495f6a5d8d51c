//! EC2: launch templates and instances, and what other resources check their arguments against.
//!
//! Reads of one object answer `None` where there is none; deletes of what is gone succeed.

mod image;
mod instance;
mod instance_type;
mod key_pair;
mod launch_template;
mod network;
mod tagging;
mod template_data;
#[cfg(test)]
mod tests;
mod zone;

use std::collections::{BTreeMap, BTreeSet};
use std::future::Future;

use aws_sdk_ec2::Client;
use aws_sdk_ec2::types::Filter;
use aws_types::SdkConfig;

pub use image::Image;
pub use instance::{Instance, Volume};
pub use instance_type::InstanceType;
pub use launch_template::{LaunchTemplate, TemplateVersionData};
pub use network::{SecurityGroup, Subnet, Vpc};
pub use template_data::{BlockDevice, MetadataOptions, Profile, TemplateData};
pub use zone::Zone;

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
/// Objects are asked for by filter where there is one: an id that doesn't exist, or isn't one, is
/// then missing in the answer instead of failing the call for all.
#[derive(Debug)]
pub struct Ec2 {
    client: Client,
    images: Coalescer<String, Image>,
    instances: Coalescer<String, Instance>,
    instance_types: Coalescer<String, InstanceType>,
    key_pairs: Coalescer<String, ()>,
    launch_templates: Coalescer<String, LaunchTemplate>,
    launch_templates_by_name: Coalescer<String, LaunchTemplate>,
    offerings: Coalescer<String, BTreeSet<String>>,
    security_groups: Coalescer<String, SecurityGroup>,
    subnets: Coalescer<String, Subnet>,
    volumes: Coalescer<String, Vec<Volume>>,
    vpcs: Coalescer<String, Vpc>,
    zones: Coalescer<String, Zone>,
}

pub(crate) fn client(settings: &Settings, sdk: &SdkConfig) -> Client {
    client_of!(aws_sdk_ec2, SERVICE, settings, sdk)
}

impl Ec2 {
    pub(crate) fn new(client: Client) -> Self {
        Self {
            images: reads(client.clone(), image::images),
            instances: reads(client.clone(), instance::instances),
            instance_types: reads(client.clone(), instance_type::instance_types),
            key_pairs: reads(client.clone(), key_pair::key_pairs),
            launch_templates: reads(client.clone(), launch_template::by_id),
            launch_templates_by_name: reads(client.clone(), launch_template::by_name),
            offerings: reads(client.clone(), instance_type::offerings),
            security_groups: reads(client.clone(), network::security_groups),
            subnets: reads(client.clone(), network::subnets),
            volumes: reads(client.clone(), instance::volumes),
            vpcs: reads(client.clone(), network::vpcs),
            zones: reads(client.clone(), zone::zones),
            client,
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
