//! EC2: networks, launch templates and instances, and what other resources check their arguments
//! against.
//!
//! Reads of one object answer `None` where there is none; deletes of what is gone succeed.

mod address;
mod image;
mod instance;
mod instance_type;
mod internet_gateway;
mod key_pair;
mod launch_template;
mod launch_template_version;
mod nat_gateway;
mod network;
mod network_interface;
#[cfg(test)]
mod network_tests;
mod once;
mod route_table;
mod security_group;
mod security_group_rule;
#[cfg(test)]
mod security_group_tests;
mod subnet;
mod tagging;
mod template_data;
#[cfg(test)]
mod tests;
mod vpc;
mod zone;

use std::collections::{BTreeMap, BTreeSet};
use std::future::Future;

use aws_sdk_ec2::Client;
use aws_sdk_ec2::types::Filter;
use aws_types::SdkConfig;

pub use address::Address;
pub use image::Image;
pub use instance::{Instance, Volume};
pub use instance_type::InstanceType;
pub use internet_gateway::InternetGateway;
pub use launch_template::LaunchTemplate;
pub use launch_template_version::TemplateVersionData;
pub use nat_gateway::{NatGateway, NatGatewayState};
pub use network::{Subnet, Vpc};
pub use network_interface::NetworkInterface;
pub use route_table::{DefaultRoute, RouteTable, RouteTarget};
pub use security_group::{NewSecurityGroup, SecurityGroup};
pub use security_group_rule::{NewRule, Permission, RulePeer, SecurityGroupRule};
pub use subnet::NewSubnet;
pub use template_data::{BlockDevice, MetadataOptions, Profile, TemplateData};
pub use vpc::VpcDns;
pub use zone::Zone;

use crate::clients::client_of;
use crate::coalesce::{Coalescer, LISTED_FROM};
use crate::error::Error;
use crate::ownership::CLUSTER_KEY;
use crate::settings::{Service, Settings};

const SERVICE: Service = Service::Ec2;

/// How many values a filter takes.
/// <https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/Using_Filtering.html>
const BATCH: usize = 200;

/// EC2. Reads that arrive together share their calls. What no write of ours changes (images, instance
/// types, zones) is asked for once in some minutes.
///
/// Objects are asked for by filter where there is one: an id that doesn't exist, or isn't one, is
/// then missing in the answer instead of failing the call for all.
#[derive(Debug)]
pub struct Ec2 {
    client: Client,
    addresses: Coalescer<String, Address>,
    addresses_by_cluster: Coalescer<String, Vec<Address>>,
    images: Coalescer<String, Image>,
    instances: Coalescer<String, Instance>,
    instance_types: Coalescer<String, InstanceType>,
    internet_gateways: Coalescer<String, InternetGateway>,
    internet_gateways_by_cluster: Coalescer<String, Vec<InternetGateway>>,
    internet_gateways_by_vpc: Coalescer<String, InternetGateway>,
    key_pairs: Coalescer<String, ()>,
    launch_template_versions: Coalescer<launch_template_version::Key, TemplateVersionData>,
    launch_templates: Coalescer<String, LaunchTemplate>,
    launch_templates_by_name: Coalescer<String, LaunchTemplate>,
    nat_gateways_by_vpc: Coalescer<String, Vec<NatGateway>>,
    network_interfaces_by_subnet: Coalescer<String, Vec<NetworkInterface>>,
    network_interfaces_by_vpc: Coalescer<String, Vec<NetworkInterface>>,
    offerings: Coalescer<String, BTreeSet<String>>,
    route_tables_by_vpc: Coalescer<String, Vec<RouteTable>>,
    security_group_rules_by_group: Coalescer<String, Vec<SecurityGroupRule>>,
    security_groups: Coalescer<String, SecurityGroup>,
    security_groups_by_name: Coalescer<(String, String), SecurityGroup>,
    subnets: Coalescer<String, Subnet>,
    subnets_by_vpc: Coalescer<String, Vec<Subnet>>,
    volumes: Coalescer<String, Vec<Volume>>,
    vpcs: Coalescer<String, Vpc>,
    vpcs_by_cluster: Coalescer<String, Vec<Vpc>>,
    zones: Coalescer<String, Zone>,
}

pub(crate) fn client(settings: &Settings, sdk: &SdkConfig) -> Client {
    client_of!(aws_sdk_ec2, SERVICE, settings, sdk)
}

impl Ec2 {
    pub(crate) fn new(client: Client) -> Self {
        Self {
            addresses: reads(client.clone(), address::by_id),
            addresses_by_cluster: reads(client.clone(), address::by_cluster),
            images: reads(client.clone(), image::images).remembering(),
            instances: listed(client.clone(), instance::instances, instance::listed),
            instance_types: reads(client.clone(), instance_type::instance_types).remembering(),
            internet_gateways: reads(client.clone(), internet_gateway::by_id),
            internet_gateways_by_cluster: reads(client.clone(), internet_gateway::by_cluster),
            internet_gateways_by_vpc: reads(client.clone(), internet_gateway::by_vpc),
            key_pairs: reads(client.clone(), key_pair::key_pairs),
            launch_template_versions: launch_template_version::by_id(client.clone()),
            launch_templates: listed(
                client.clone(),
                launch_template::by_id,
                launch_template::listed,
            ),
            launch_templates_by_name: reads(client.clone(), launch_template::by_name),
            nat_gateways_by_vpc: reads(client.clone(), nat_gateway::by_vpc),
            network_interfaces_by_subnet: reads(client.clone(), network_interface::by_subnet),
            network_interfaces_by_vpc: reads(client.clone(), network_interface::by_vpc),
            offerings: reads(client.clone(), instance_type::offerings).remembering(),
            route_tables_by_vpc: reads(client.clone(), route_table::by_vpc),
            security_group_rules_by_group: reads(client.clone(), security_group_rule::by_group),
            security_groups: reads(client.clone(), security_group::by_id).remembering(),
            security_groups_by_name: reads(client.clone(), security_group::by_name),
            subnets: reads(client.clone(), network::subnets).remembering(),
            subnets_by_vpc: reads(client.clone(), subnet::by_vpc),
            volumes: listed(client.clone(), instance::volumes, instance::listed_volumes),
            vpcs: reads(client.clone(), network::vpcs).remembering(),
            vpcs_by_cluster: reads(client.clone(), vpc::by_cluster),
            zones: reads(client.clone(), zone::zones).remembering(),
            client,
        }
    }
}

fn reads<K, V, Fut>(client: Client, describe: fn(Client, Vec<K>) -> Fut) -> Coalescer<K, V>
where
    K: Clone + Ord + Send + Sync + 'static,
    V: Clone + Send + Sync + 'static,
    Fut: Future<Output = Result<BTreeMap<K, V>, Error>> + Send + 'static,
{
    Coalescer::new(BATCH, move |ids| describe(client.clone(), ids))
}

/// The same, of what refreshes of many objects list.
fn listed<V, Fut, List>(
    client: Client,
    describe: fn(Client, Vec<String>) -> Fut,
    list: fn(Client, Vec<String>) -> List,
) -> Coalescer<String, V>
where
    V: Clone + Send + Sync + 'static,
    Fut: Future<Output = Result<BTreeMap<String, V>, Error>> + Send + 'static,
    List: Future<Output = Result<BTreeMap<String, V>, Error>> + Send + 'static,
{
    reads(client.clone(), describe).or_listed(LISTED_FROM, move |ids| list(client.clone(), ids))
}

fn by(name: &str, ids: &[String]) -> Filter {
    Filter::builder()
        .name(name)
        .set_values(Some(ids.to_vec()))
        .build()
}

/// Objects of clusters, whichever.
fn marked() -> Filter {
    by("tag-key", &[CLUSTER_KEY.to_owned()])
}

/// Deletes of what is gone succeed.
fn or_gone(deleted: Result<(), Error>) -> Result<(), Error> {
    match deleted {
        Err(error) if error.is_not_found() => Ok(()),
        other => other,
    }
}
