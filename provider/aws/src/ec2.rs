//! EC2: what other resources check their arguments against.

use std::collections::BTreeMap;
use std::future::Future;

use aws_sdk_ec2::Client;
use aws_sdk_ec2::types::Filter;
use aws_types::SdkConfig;

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

/// A subnet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Subnet {
    /// Its id.
    pub id: String,
    /// Its VPC.
    pub vpc_id: String,
    /// Its availability zone's name, such as `eu-west-1a`.
    pub availability_zone: String,
    /// Its IPv4 block, if it has one.
    pub cidr_block: Option<String>,
    /// How many IPv4 addresses are free.
    pub available_ip_address_count: i32,
}

/// A VPC.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Vpc {
    /// Its id.
    pub id: String,
    /// Its primary IPv4 block.
    pub cidr_block: String,
}

/// A security group.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SecurityGroup {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Its VPC.
    pub vpc_id: String,
}

pub(crate) fn client(settings: &Settings, sdk: &SdkConfig) -> Client {
    client_of!(aws_sdk_ec2, SERVICE, settings, sdk)
}

impl Ec2 {
    pub(crate) fn new(client: Client) -> Self {
        Self {
            subnets: reads(client.clone(), subnets),
            vpcs: reads(client.clone(), vpcs),
            security_groups: reads(client, security_groups),
        }
    }

    /// The subnet of this id.
    ///
    /// # Errors
    ///
    /// When AWS can't be asked.
    pub async fn subnet(&self, id: &str) -> Result<Option<Subnet>, Error> {
        self.subnets.get(id.to_owned()).await
    }

    /// The VPC of this id.
    ///
    /// # Errors
    ///
    /// When AWS can't be asked.
    pub async fn vpc(&self, id: &str) -> Result<Option<Vpc>, Error> {
        self.vpcs.get(id.to_owned()).await
    }

    /// The security group of this id.
    ///
    /// # Errors
    ///
    /// When AWS can't be asked.
    pub async fn security_group(&self, id: &str) -> Result<Option<SecurityGroup>, Error> {
        self.security_groups.get(id.to_owned()).await
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

async fn subnets(client: Client, ids: Vec<String>) -> Result<BTreeMap<String, Subnet>, Error> {
    let mut found = BTreeMap::new();
    let request = client.describe_subnets().filters(by("subnet-id", &ids));
    let mut pages = request.into_paginator().send();
    while let Some(page) = pages.next().await {
        let page =
            page.map_err(|error| Error::call(SERVICE, "DescribeSubnets", ids.join(", "), error))?;
        for one in page.subnets.unwrap_or_default() {
            let Some(id) = one.subnet_id else { continue };
            let subnet = Subnet {
                id: id.clone(),
                vpc_id: one.vpc_id.unwrap_or_default(),
                availability_zone: one.availability_zone.unwrap_or_default(),
                cidr_block: one.cidr_block,
                available_ip_address_count: one.available_ip_address_count.unwrap_or_default(),
            };
            found.insert(id, subnet);
        }
    }
    Ok(found)
}

async fn vpcs(client: Client, ids: Vec<String>) -> Result<BTreeMap<String, Vpc>, Error> {
    let mut found = BTreeMap::new();
    let request = client.describe_vpcs().filters(by("vpc-id", &ids));
    let mut pages = request.into_paginator().send();
    while let Some(page) = pages.next().await {
        let page =
            page.map_err(|error| Error::call(SERVICE, "DescribeVpcs", ids.join(", "), error))?;
        for one in page.vpcs.unwrap_or_default() {
            let Some(id) = one.vpc_id else { continue };
            let vpc = Vpc {
                id: id.clone(),
                cidr_block: one.cidr_block.unwrap_or_default(),
            };
            found.insert(id, vpc);
        }
    }
    Ok(found)
}

async fn security_groups(
    client: Client,
    ids: Vec<String>,
) -> Result<BTreeMap<String, SecurityGroup>, Error> {
    let mut found = BTreeMap::new();
    let request = client
        .describe_security_groups()
        .filters(by("group-id", &ids));
    let mut pages = request.into_paginator().send();
    while let Some(page) = pages.next().await {
        let page = page.map_err(|error| {
            Error::call(SERVICE, "DescribeSecurityGroups", ids.join(", "), error)
        })?;
        for one in page.security_groups.unwrap_or_default() {
            let Some(id) = one.group_id else { continue };
            let group = SecurityGroup {
                id: id.clone(),
                name: one.group_name.unwrap_or_default(),
                vpc_id: one.vpc_id.unwrap_or_default(),
            };
            found.insert(id, group);
        }
    }
    Ok(found)
}
