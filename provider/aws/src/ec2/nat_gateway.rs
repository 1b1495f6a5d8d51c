//! NAT gateways.

use std::collections::BTreeMap;

use aws_sdk_ec2::Client;
use aws_sdk_ec2::types::{NatGateway as SdkGateway, NatGatewayState as SdkState, ResourceType};

use super::{Ec2, SERVICE, by, tagging};
use crate::error::Error;
use crate::tags::Tags;

/// A NAT gateway. One that is deleted stays described for about an hour.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NatGateway {
    /// Its id.
    pub id: String,
    /// Its VPC.
    pub vpc_id: String,
    /// Its subnet. A regional one has none.
    pub subnet_id: Option<String>,
    /// Where it is in its life.
    pub state: NatGatewayState,
    /// Allocation id of its first address. A private one has none.
    pub allocation_id: Option<String>,
    /// Ids of its network interfaces.
    pub network_interface_ids: Vec<String>,
    /// Its tags.
    pub tags: Tags,
}

/// Where a NAT gateway is in its life.
/// <https://docs.aws.amazon.com/vpc/latest/userguide/nat-gateway-basics.html>
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum NatGatewayState {
    /// Being made.
    Pending,
    /// At work.
    Available,
    /// Could not be made, with AWS's reason. AWS deletes it within an hour.
    Failed(String),
    /// On its way out. Its address and its network interface are still its own.
    Deleting,
    /// Gone.
    Deleted,
    /// A state this crate doesn't know.
    Other(String),
}

impl NatGateway {
    /// Whether it works, or is about to.
    #[must_use]
    pub fn is_alive(&self) -> bool {
        matches!(
            self.state,
            NatGatewayState::Pending | NatGatewayState::Available
        )
    }
}

impl Ec2 {
    /// All NAT gateways of a VPC, those that are deleted included.
    ///
    /// # Errors
    ///
    /// When AWS can't be asked.
    pub async fn nat_gateways_of(&self, vpc_id: &str) -> Result<Vec<NatGateway>, Error> {
        let found = self.nat_gateways_by_vpc.get(vpc_id.to_owned()).await?;
        Ok(found.unwrap_or_default())
    }

    /// Makes a public NAT gateway, and returns its id. A client token makes repetitions harmless.
    ///
    /// # Errors
    ///
    /// When AWS refuses.
    pub async fn create_nat_gateway(
        &self,
        subnet_id: &str,
        allocation_id: &str,
        tags: &Tags,
    ) -> Result<String, Error> {
        let operation = "CreateNatGateway";
        let about = || format!("{allocation_id} in {subnet_id}");
        // The SDK makes the client token.
        let request = self
            .client
            .create_nat_gateway()
            .subnet_id(subnet_id)
            .allocation_id(allocation_id)
            .set_tag_specifications(tagging::specification(ResourceType::Natgateway, tags));
        let answer = request.send().await;
        let answer = answer.map_err(|error| Error::call(SERVICE, operation, about(), error))?;
        let id = answer.nat_gateway.and_then(|made| made.nat_gateway_id);
        id.ok_or_else(|| Error::lacking(SERVICE, operation, about(), "id"))
    }

    /// Begins to delete a NAT gateway. Its address is free when it is gone.
    ///
    /// # Errors
    ///
    /// When AWS refuses.
    pub async fn delete_nat_gateway(&self, id: &str) -> Result<(), Error> {
        let answer = self.client.delete_nat_gateway().nat_gateway_id(id).send();
        let deleted = answer
            .await
            .map_err(|error| Error::call(SERVICE, "DeleteNatGateway", id, error));
        super::or_gone(deleted.map(drop))
    }
}

fn gateway(found: SdkGateway) -> Option<NatGateway> {
    let addresses = found.nat_gateway_addresses.unwrap_or_default();
    let reason = found.failure_message.or(found.failure_code);
    let state = match found.state? {
        SdkState::Pending => NatGatewayState::Pending,
        SdkState::Available => NatGatewayState::Available,
        SdkState::Failed => NatGatewayState::Failed(reason.unwrap_or_default()),
        SdkState::Deleting => NatGatewayState::Deleting,
        SdkState::Deleted => NatGatewayState::Deleted,
        other => NatGatewayState::Other(other.as_str().to_owned()),
    };
    Some(NatGateway {
        id: found.nat_gateway_id?,
        vpc_id: found.vpc_id?,
        subnet_id: found.subnet_id.filter(|id| !id.is_empty()),
        state,
        allocation_id: addresses.iter().find_map(|one| one.allocation_id.clone()),
        network_interface_ids: addresses
            .into_iter()
            .filter_map(|one| one.network_interface_id)
            .collect(),
        tags: tagging::from_sdk(found.tags),
    })
}

pub(super) async fn by_vpc(
    client: Client,
    vpc_ids: Vec<String>,
) -> Result<BTreeMap<String, Vec<NatGateway>>, Error> {
    let about = vpc_ids.join(", ");
    let mut found: BTreeMap<_, Vec<_>> = BTreeMap::new();
    let request = client
        .describe_nat_gateways()
        .filter(by("vpc-id", &vpc_ids));
    let mut pages = request.into_paginator().send();
    while let Some(page) = pages.next().await {
        let page =
            page.map_err(|error| Error::call(SERVICE, "DescribeNatGateways", &about, error))?;
        let gateways = page.nat_gateways.unwrap_or_default().into_iter();
        for one in gateways.filter_map(gateway) {
            found.entry(one.vpc_id.clone()).or_default().push(one);
        }
    }
    Ok(found)
}
