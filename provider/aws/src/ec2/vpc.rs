//! VPCs: making and changing them, and finding those of a cluster.

use std::collections::BTreeMap;

use aws_sdk_ec2::Client;
use aws_sdk_ec2::types::{AttributeBooleanValue, ResourceType, VpcAttributeName};

use super::once::{no_repetition, once};
use super::{Ec2, SERVICE, Vpc, by, network, tagging};
use crate::error::Error;
use crate::ownership::CLUSTER_KEY;
use crate::tags::Tags;

/// What a VPC has of DNS.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct VpcDns {
    /// Whether Amazon's name server answers.
    pub support: bool,
    /// Whether instances have DNS host names.
    pub host_names: bool,
}

impl Ec2 {
    /// The VPCs that are marked as a cluster's.
    ///
    /// # Errors
    ///
    /// When AWS can't be asked.
    pub async fn vpcs_of_cluster(&self, cluster: &str) -> Result<Vec<Vpc>, Error> {
        let found = self.vpcs_by_cluster.get(cluster.to_owned()).await?;
        Ok(found.unwrap_or_default())
    }

    /// What the VPC has of DNS. AWS tells one attribute of one VPC a call.
    ///
    /// # Errors
    ///
    /// When AWS can't be asked.
    pub async fn vpc_dns(&self, id: &str) -> Result<Option<VpcDns>, Error> {
        let (support, host_names) = tokio::try_join!(
            self.vpc_attribute(id, VpcAttributeName::EnableDnsSupport),
            self.vpc_attribute(id, VpcAttributeName::EnableDnsHostnames),
        )?;
        Ok(support.zip(host_names).map(|(support, host_names)| VpcDns {
            support,
            host_names,
        }))
    }

    async fn vpc_attribute(&self, id: &str, name: VpcAttributeName) -> Result<Option<bool>, Error> {
        let request = self.client.describe_vpc_attribute().vpc_id(id);
        let answer = request.attribute(name.clone()).send().await;
        let answer =
            answer.map_err(|error| Error::call(SERVICE, "DescribeVpcAttribute", id, error));
        let answer = match answer {
            Err(error) if error.is_not_found() => return Ok(None),
            answer => answer?,
        };
        let value = match name {
            VpcAttributeName::EnableDnsSupport => answer.enable_dns_support,
            _ => answer.enable_dns_hostnames,
        };
        let value = value.and_then(|value| value.value);
        value
            .map(Some)
            .ok_or_else(|| Error::lacking(SERVICE, "DescribeVpcAttribute", id, "value"))
    }

    /// Makes a VPC. It has neither a unique name nor a client token: a call that AWS doesn't answer
    /// is not repeated, and may have made one.
    ///
    /// # Errors
    ///
    /// When AWS refuses, or doesn't answer.
    pub async fn create_vpc(&self, cidr_block: &str, tags: &Tags) -> Result<Vpc, Error> {
        let operation = "CreateVpc";
        let answer = once(&self.client, async || {
            let request = self
                .client
                .create_vpc()
                .cidr_block(cidr_block)
                .set_tag_specifications(tagging::specification(ResourceType::Vpc, tags));
            let answer = request.customize().config_override(no_repetition());
            answer
                .send()
                .await
                .map_err(|error| Error::call(SERVICE, operation, cidr_block, error))
        })
        .await?;
        let made = answer.vpc.and_then(network::vpc);
        let made = made.ok_or_else(|| Error::lacking(SERVICE, operation, cidr_block, "VPC"))?;
        self.vpcs.note(made.id.clone(), Some(&made));
        Ok(made)
    }

    /// Turns Amazon's name server on.
    ///
    /// # Errors
    ///
    /// When AWS refuses.
    pub async fn enable_dns_support(&self, id: &str) -> Result<(), Error> {
        let request = self.client.modify_vpc_attribute().vpc_id(id);
        let answer = request.enable_dns_support(on()).send().await;
        answer
            .map(drop)
            .map_err(|error| Error::call(SERVICE, "ModifyVpcAttribute", id, error))
    }

    /// Turns host names of instances on. Needs DNS support.
    ///
    /// # Errors
    ///
    /// When AWS refuses.
    pub async fn enable_dns_host_names(&self, id: &str) -> Result<(), Error> {
        let request = self.client.modify_vpc_attribute().vpc_id(id);
        let answer = request.enable_dns_hostnames(on()).send().await;
        answer
            .map(drop)
            .map_err(|error| Error::call(SERVICE, "ModifyVpcAttribute", id, error))
    }

    /// Deletes a VPC, and with it what AWS made for it: its main route table, network ACL and
    /// default security group.
    ///
    /// # Errors
    ///
    /// When AWS refuses: with code `DependencyViolation` while anything else is in it.
    pub async fn delete_vpc(&self, id: &str) -> Result<(), Error> {
        let answer = self.client.delete_vpc().vpc_id(id).send().await;
        let deleted = answer.map_err(|error| Error::call(SERVICE, "DeleteVpc", id, error));
        self.vpcs.note(id.to_owned(), None);
        super::or_gone(deleted.map(drop))
    }
}

fn on() -> AttributeBooleanValue {
    AttributeBooleanValue::builder().value(true).build()
}

pub(super) async fn by_cluster(
    client: Client,
    clusters: Vec<String>,
) -> Result<BTreeMap<String, Vec<Vpc>>, Error> {
    let about = clusters.join(", ");
    let mut found: BTreeMap<_, Vec<_>> = BTreeMap::new();
    let filter = by(&format!("tag:{CLUSTER_KEY}"), &clusters);
    let mut pages = client
        .describe_vpcs()
        .filters(filter)
        .into_paginator()
        .send();
    while let Some(page) = pages.next().await {
        let page = page.map_err(|error| Error::call(SERVICE, "DescribeVpcs", &about, error))?;
        for vpc in page
            .vpcs
            .unwrap_or_default()
            .into_iter()
            .filter_map(network::vpc)
        {
            if let Some(cluster) = vpc.tags.get(CLUSTER_KEY) {
                found.entry(cluster.clone()).or_default().push(vpc);
            }
        }
    }
    Ok(found)
}
