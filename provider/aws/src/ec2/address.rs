//! Elastic IP addresses.

use std::collections::BTreeMap;

use aws_sdk_ec2::Client;
use aws_sdk_ec2::types::{Address as SdkAddress, DomainType, ResourceType};

use super::once::{no_repetition, once};
use super::{Ec2, SERVICE, by, tagging};
use crate::error::Error;
use crate::ownership::CLUSTER_KEY;
use crate::tags::Tags;

/// An Elastic IP address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Address {
    /// Its allocation id.
    pub allocation_id: String,
    /// The address itself.
    pub public_ip: String,
    /// Whether something has it.
    pub is_associated: bool,
    /// Its tags.
    pub tags: Tags,
}

impl Ec2 {
    /// The address of this allocation id.
    ///
    /// # Errors
    ///
    /// When AWS can't be asked.
    pub async fn address(&self, allocation_id: &str) -> Result<Option<Address>, Error> {
        self.addresses.get(allocation_id.to_owned()).await
    }

    /// The addresses that are marked as a cluster's.
    ///
    /// # Errors
    ///
    /// When AWS can't be asked.
    pub async fn addresses_of_cluster(&self, cluster: &str) -> Result<Vec<Address>, Error> {
        let found = self.addresses_by_cluster.get(cluster.to_owned()).await?;
        Ok(found.unwrap_or_default())
    }

    /// Allocates an address, and returns its allocation id. It has neither a unique name nor a
    /// client token: a call that AWS doesn't answer is not repeated, and may have allocated one.
    ///
    /// # Errors
    ///
    /// When AWS refuses, or doesn't answer.
    pub async fn allocate_address(&self, tags: &Tags) -> Result<String, Error> {
        let operation = "AllocateAddress";
        let specification = tagging::specification(ResourceType::ElasticIp, tags);
        let answer = once(&self.client, async || {
            let request = self.client.allocate_address().domain(DomainType::Vpc);
            let request = request.set_tag_specifications(specification.clone());
            let answer = request.customize().config_override(no_repetition());
            answer
                .send()
                .await
                .map_err(|error| Error::call(SERVICE, operation, "", error))
        })
        .await?;
        answer
            .allocation_id
            .ok_or_else(|| Error::lacking(SERVICE, operation, "", "allocation id"))
    }

    /// Releases an address.
    ///
    /// # Errors
    ///
    /// When AWS refuses: with code `InvalidIPAddress.InUse` while something has it.
    pub async fn release_address(&self, allocation_id: &str) -> Result<(), Error> {
        let request = self.client.release_address();
        let answer = request.allocation_id(allocation_id).send().await;
        let released =
            answer.map_err(|error| Error::call(SERVICE, "ReleaseAddress", allocation_id, error));
        super::or_gone(released.map(drop))
    }
}

fn address(found: SdkAddress) -> Option<Address> {
    Some(Address {
        allocation_id: found.allocation_id?,
        public_ip: found.public_ip.unwrap_or_default(),
        is_associated: found.association_id.is_some_and(|id| !id.is_empty()),
        tags: tagging::from_sdk(found.tags),
    })
}

pub(super) async fn by_id(
    client: Client,
    ids: Vec<String>,
) -> Result<BTreeMap<String, Address>, Error> {
    let found = describe(client, "allocation-id", ids).await?.into_iter();
    Ok(found.map(|one| (one.allocation_id.clone(), one)).collect())
}

pub(super) async fn by_cluster(
    client: Client,
    clusters: Vec<String>,
) -> Result<BTreeMap<String, Vec<Address>>, Error> {
    let mut found: BTreeMap<_, Vec<_>> = BTreeMap::new();
    for one in describe(client, &format!("tag:{CLUSTER_KEY}"), clusters).await? {
        if let Some(cluster) = one.tags.get(CLUSTER_KEY) {
            found.entry(cluster.clone()).or_default().push(one);
        }
    }
    Ok(found)
}

/// AWS answers with all of them at once: this API has no pages.
async fn describe(
    client: Client,
    filter: &str,
    values: Vec<String>,
) -> Result<Vec<Address>, Error> {
    let about = values.join(", ");
    let request = client.describe_addresses().filters(by(filter, &values));
    let answer = request.send().await;
    let answer = answer.map_err(|error| Error::call(SERVICE, "DescribeAddresses", about, error))?;
    let addresses = answer.addresses.unwrap_or_default();
    Ok(addresses.into_iter().filter_map(address).collect())
}
