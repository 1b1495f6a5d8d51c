//! Subnets, VPCs and security groups.

use std::collections::BTreeMap;

use aws_sdk_ec2::Client;

use super::{Ec2, SERVICE, by};
use crate::error::Error;

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

impl Ec2 {
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

pub(super) async fn vpcs(client: Client, ids: Vec<String>) -> Result<BTreeMap<String, Vpc>, Error> {
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

pub(super) async fn security_groups(
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
