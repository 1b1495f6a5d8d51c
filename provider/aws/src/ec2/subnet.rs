//! Subnets: those of a VPC, making and changing them.

use std::collections::BTreeMap;

use aws_sdk_ec2::Client;
use aws_sdk_ec2::types::{AttributeBooleanValue, ResourceType};

use super::{Ec2, SERVICE, Subnet, by, network, tagging};
use crate::error::Error;
use crate::tags::Tags;

/// A subnet to be made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewSubnet {
    /// Its VPC.
    pub vpc_id: String,
    /// Its zone's name.
    pub availability_zone: String,
    /// Its IPv4 block. No two subnets of a VPC overlap, so it is as good as a name.
    pub cidr_block: String,
    /// Its tags.
    pub tags: Tags,
}

impl Ec2 {
    /// All subnets of a VPC.
    ///
    /// # Errors
    ///
    /// When AWS can't be asked.
    pub async fn subnets_of(&self, vpc_id: &str) -> Result<Vec<Subnet>, Error> {
        let found = self.subnets_by_vpc.get(vpc_id.to_owned()).await?;
        Ok(found.unwrap_or_default())
    }

    /// Makes a subnet.
    ///
    /// # Errors
    ///
    /// When AWS refuses: with code `InvalidSubnet.Conflict` if one overlaps it.
    pub async fn create_subnet(&self, new: &NewSubnet) -> Result<Subnet, Error> {
        let operation = "CreateSubnet";
        let request = self
            .client
            .create_subnet()
            .vpc_id(&new.vpc_id)
            .availability_zone(&new.availability_zone)
            .cidr_block(&new.cidr_block)
            .set_tag_specifications(tagging::specification(ResourceType::Subnet, &new.tags));
        let about = || format!("{} of {}", new.cidr_block, new.vpc_id);
        let answer = request.send().await;
        let answer = answer.map_err(|error| Error::call(SERVICE, operation, about(), error))?;
        let made = answer.subnet.and_then(network::subnet);
        let made = made.ok_or_else(|| Error::lacking(SERVICE, operation, about(), "subnet"))?;
        self.subnets.note(made.id.clone(), Some(&made));
        Ok(made)
    }

    /// Sets whether instances get a public address when they are launched in the subnet.
    ///
    /// # Errors
    ///
    /// When AWS refuses.
    pub async fn set_map_public_ip_on_launch(&self, id: &str, on: bool) -> Result<(), Error> {
        let value = AttributeBooleanValue::builder().value(on).build();
        let request = self.client.modify_subnet_attribute().subnet_id(id);
        let answer = request.map_public_ip_on_launch(value).send().await;
        answer
            .map(drop)
            .map_err(|error| Error::call(SERVICE, "ModifySubnetAttribute", id, error))
    }

    /// Deletes a subnet, and its associations with route tables.
    ///
    /// # Errors
    ///
    /// When AWS refuses: with code `DependencyViolation` while a network interface is in it.
    pub async fn delete_subnet(&self, id: &str) -> Result<(), Error> {
        let answer = self.client.delete_subnet().subnet_id(id).send().await;
        let deleted = answer.map_err(|error| Error::call(SERVICE, "DeleteSubnet", id, error));
        self.subnets.note(id.to_owned(), None);
        super::or_gone(deleted.map(drop))
    }
}

pub(super) async fn by_vpc(
    client: Client,
    vpc_ids: Vec<String>,
) -> Result<BTreeMap<String, Vec<Subnet>>, Error> {
    let about = vpc_ids.join(", ");
    let mut found: BTreeMap<_, Vec<_>> = BTreeMap::new();
    let request = client.describe_subnets().filters(by("vpc-id", &vpc_ids));
    let mut pages = request.into_paginator().send();
    while let Some(page) = pages.next().await {
        let page = page.map_err(|error| Error::call(SERVICE, "DescribeSubnets", &about, error))?;
        let subnets = page.subnets.unwrap_or_default().into_iter();
        for subnet in subnets.filter_map(network::subnet) {
            found.entry(subnet.vpc_id.clone()).or_default().push(subnet);
        }
    }
    Ok(found)
}
