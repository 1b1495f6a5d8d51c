//! Subnets and VPCs.

use std::collections::BTreeMap;

use aws_sdk_ec2::Client;
use aws_sdk_ec2::types::{Subnet as SdkSubnet, Vpc as SdkVpc};

use super::{Ec2, SERVICE, by, tagging};
use crate::error::Error;
use crate::tags::Tags;

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
    /// Whether instances get a public address when they are launched in it.
    pub map_public_ip_on_launch: bool,
    /// Its tags.
    pub tags: Tags,
}

/// A VPC.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Vpc {
    /// Its id.
    pub id: String,
    /// Its primary IPv4 block.
    pub cidr_block: String,
    /// Its tags.
    pub tags: Tags,
}

impl Ec2 {
    /// The subnet of this id.
    ///
    /// # Errors
    ///
    /// When AWS can't be asked.
    pub async fn subnet(&self, id: &str) -> Result<Option<Subnet>, Error> {
        self.subnets.get(id.to_owned()).await
    }

    /// The same for checks: as it was when it was made or seen last, if that isn't long ago.
    ///
    /// # Errors
    ///
    /// When AWS can't be asked.
    pub async fn known_subnet(&self, id: &str) -> Result<Option<Subnet>, Error> {
        self.subnets.known(id.to_owned()).await
    }

    /// The VPC of this id.
    ///
    /// # Errors
    ///
    /// When AWS can't be asked.
    pub async fn vpc(&self, id: &str) -> Result<Option<Vpc>, Error> {
        self.vpcs.get(id.to_owned()).await
    }

    /// The same for checks: as it was when it was made or seen last, if that isn't long ago.
    ///
    /// # Errors
    ///
    /// When AWS can't be asked.
    pub async fn known_vpc(&self, id: &str) -> Result<Option<Vpc>, Error> {
        self.vpcs.known(id.to_owned()).await
    }
}

pub(super) fn subnet(found: SdkSubnet) -> Option<Subnet> {
    Some(Subnet {
        id: found.subnet_id?,
        vpc_id: found.vpc_id.unwrap_or_default(),
        availability_zone: found.availability_zone.unwrap_or_default(),
        cidr_block: found.cidr_block,
        available_ip_address_count: found.available_ip_address_count.unwrap_or_default(),
        map_public_ip_on_launch: found.map_public_ip_on_launch.unwrap_or_default(),
        tags: tagging::from_sdk(found.tags),
    })
}

pub(super) fn vpc(found: SdkVpc) -> Option<Vpc> {
    Some(Vpc {
        id: found.vpc_id?,
        cidr_block: found.cidr_block.unwrap_or_default(),
        tags: tagging::from_sdk(found.tags),
    })
}

pub(super) async fn subnets(
    client: Client,
    ids: Vec<String>,
) -> Result<BTreeMap<String, Subnet>, Error> {
    let mut found = BTreeMap::new();
    let request = client.describe_subnets().filters(by("subnet-id", &ids));
    let mut pages = request.into_paginator().send();
    while let Some(page) = pages.next().await {
        let page =
            page.map_err(|error| Error::call(SERVICE, "DescribeSubnets", ids.join(", "), error))?;
        let subnets = page.subnets.unwrap_or_default().into_iter();
        found.extend(subnets.filter_map(subnet).map(|one| (one.id.clone(), one)));
    }
    Ok(found)
}

pub(super) async fn vpcs(client: Client, ids: Vec<String>) -> Result<BTreeMap<String, Vpc>, Error> {
    let mut found = BTreeMap::new();
    let request = client.describe_vpcs().filters(by("vpc-id", &ids));
    let mut pages = request.into_paginator().send();
    while let Some(page) = pages.next().await {
        let page =
            page.map_err(|error| Error::call(SERVICE, "DescribeVpcs", ids.join(", "), error))?;
        let vpcs = page.vpcs.unwrap_or_default().into_iter();
        found.extend(vpcs.filter_map(vpc).map(|one| (one.id.clone(), one)));
    }
    Ok(found)
}
