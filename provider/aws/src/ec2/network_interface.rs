//! Network interfaces: who is in a subnet, and who has a security group.

use std::collections::BTreeMap;

use aws_sdk_ec2::Client;
use aws_sdk_ec2::types::NetworkInterface as SdkInterface;

use super::{Ec2, SERVICE, by};
use crate::error::Error;

/// A network interface.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NetworkInterface {
    /// Its id.
    pub id: String,
    /// Its VPC.
    pub vpc_id: String,
    /// Its subnet.
    pub subnet_id: String,
    /// What it is for, in the words of who made it: AWS names load balancers and NAT gateways here.
    pub description: String,
    /// The instance that has it.
    pub instance_id: Option<String>,
}

impl Ec2 {
    /// All network interfaces in a subnet.
    ///
    /// # Errors
    ///
    /// When AWS can't be asked.
    pub async fn network_interfaces_in(
        &self,
        subnet_id: &str,
    ) -> Result<Vec<NetworkInterface>, Error> {
        let found = &self.network_interfaces_by_subnet;
        let found = found.get(subnet_id.to_owned()).await?;
        Ok(found.unwrap_or_default())
    }

    /// All network interfaces in a VPC.
    ///
    /// # Errors
    ///
    /// When AWS can't be asked.
    pub async fn network_interfaces_of(
        &self,
        vpc_id: &str,
    ) -> Result<Vec<NetworkInterface>, Error> {
        let found = &self.network_interfaces_by_vpc;
        let found = found.get(vpc_id.to_owned()).await?;
        Ok(found.unwrap_or_default())
    }
}

impl Ec2 {
    /// All network interfaces that have one of these security groups. The call is not shared: this
    /// is asked when groups are to go.
    ///
    /// # Errors
    ///
    /// When AWS can't be asked.
    pub async fn network_interfaces_with(
        &self,
        security_group_ids: &[String],
    ) -> Result<Vec<NetworkInterface>, Error> {
        let client = self.client.clone();
        describe(client, "group-id", security_group_ids.to_vec()).await
    }
}

impl std::fmt::Display for NetworkInterface {
    /// The interface and whose it is.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.id)?;
        match (&self.instance_id, self.description.as_str()) {
            (Some(instance), _) => write!(f, " (instance {instance})"),
            (None, "") => Ok(()),
            (None, description) => write!(f, " ({description})"),
        }
    }
}

fn interface(found: SdkInterface) -> Option<NetworkInterface> {
    Some(NetworkInterface {
        id: found.network_interface_id?,
        vpc_id: found.vpc_id.unwrap_or_default(),
        subnet_id: found.subnet_id?,
        description: found.description.unwrap_or_default(),
        instance_id: found
            .attachment
            .and_then(|attachment| attachment.instance_id)
            .filter(|id| !id.is_empty()),
    })
}

pub(super) async fn by_subnet(
    client: Client,
    subnet_ids: Vec<String>,
) -> Result<BTreeMap<String, Vec<NetworkInterface>>, Error> {
    let mut found: BTreeMap<_, Vec<_>> = BTreeMap::new();
    for one in describe(client, "subnet-id", subnet_ids).await? {
        found.entry(one.subnet_id.clone()).or_default().push(one);
    }
    Ok(found)
}

pub(super) async fn by_vpc(
    client: Client,
    vpc_ids: Vec<String>,
) -> Result<BTreeMap<String, Vec<NetworkInterface>>, Error> {
    let mut found: BTreeMap<_, Vec<_>> = BTreeMap::new();
    for one in describe(client, "vpc-id", vpc_ids).await? {
        found.entry(one.vpc_id.clone()).or_default().push(one);
    }
    Ok(found)
}

async fn describe(
    client: Client,
    filter: &str,
    values: Vec<String>,
) -> Result<Vec<NetworkInterface>, Error> {
    let about = values.join(", ");
    let mut found = Vec::new();
    let request = client.describe_network_interfaces();
    let mut pages = request.filters(by(filter, &values)).into_paginator().send();
    while let Some(page) = pages.next().await {
        let page =
            page.map_err(|error| Error::call(SERVICE, "DescribeNetworkInterfaces", &about, error))?;
        let interfaces = page.network_interfaces.unwrap_or_default();
        found.extend(interfaces.into_iter().filter_map(interface));
    }
    Ok(found)
}
