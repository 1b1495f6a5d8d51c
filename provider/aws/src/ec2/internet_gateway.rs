//! Internet gateways.

use std::collections::BTreeMap;

use aws_sdk_ec2::Client;
use aws_sdk_ec2::types::{InternetGateway as SdkGateway, ResourceType};

use super::once::{no_repetition, once};
use super::{Ec2, SERVICE, by, tagging};
use crate::error::Error;
use crate::ownership::CLUSTER_KEY;
use crate::tags::Tags;

/// An internet gateway.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InternetGateway {
    /// Its id.
    pub id: String,
    /// The VPC that it is attached to.
    pub vpc_id: Option<String>,
    /// Its tags.
    pub tags: Tags,
}

impl Ec2 {
    /// The internet gateway of this id.
    ///
    /// # Errors
    ///
    /// When AWS can't be asked.
    pub async fn internet_gateway(&self, id: &str) -> Result<Option<InternetGateway>, Error> {
        self.internet_gateways.get(id.to_owned()).await
    }

    /// The internet gateway that is attached to a VPC. There is one at most.
    ///
    /// # Errors
    ///
    /// When AWS can't be asked.
    pub async fn internet_gateway_of(
        &self,
        vpc_id: &str,
    ) -> Result<Option<InternetGateway>, Error> {
        self.internet_gateways_by_vpc.get(vpc_id.to_owned()).await
    }

    /// The internet gateways that are marked as a cluster's, attached or not.
    ///
    /// # Errors
    ///
    /// When AWS can't be asked.
    pub async fn internet_gateways_of_cluster(
        &self,
        cluster: &str,
    ) -> Result<Vec<InternetGateway>, Error> {
        let found = &self.internet_gateways_by_cluster;
        let found = found.get(cluster.to_owned()).await?;
        Ok(found.unwrap_or_default())
    }

    /// Makes an internet gateway. It has neither a unique name nor a client token: a call that AWS
    /// doesn't answer is not repeated, and may have made one.
    ///
    /// # Errors
    ///
    /// When AWS refuses, or doesn't answer.
    pub async fn create_internet_gateway(&self, tags: &Tags) -> Result<InternetGateway, Error> {
        let operation = "CreateInternetGateway";
        let specification = tagging::specification(ResourceType::InternetGateway, tags);
        let answer = once(&self.client, async || {
            let request = self.client.create_internet_gateway();
            let request = request.set_tag_specifications(specification.clone());
            let answer = request.customize().config_override(no_repetition());
            answer
                .send()
                .await
                .map_err(|error| Error::call(SERVICE, operation, "", error))
        })
        .await?;
        answer
            .internet_gateway
            .and_then(gateway)
            .ok_or_else(|| Error::lacking(SERVICE, operation, "", "internet gateway"))
    }

    /// Attaches an internet gateway to a VPC.
    ///
    /// # Errors
    ///
    /// When AWS refuses: with code `Resource.AlreadyAssociated` if either has another, or the two
    /// have each other already.
    pub async fn attach_internet_gateway(&self, id: &str, vpc_id: &str) -> Result<(), Error> {
        let request = self.client.attach_internet_gateway();
        let answer = request.internet_gateway_id(id).vpc_id(vpc_id).send().await;
        let about = || format!("{id} to {vpc_id}");
        answer
            .map(drop)
            .map_err(|error| Error::call(SERVICE, "AttachInternetGateway", about(), error))
    }

    /// Detaches an internet gateway from a VPC.
    ///
    /// # Errors
    ///
    /// When AWS refuses: with code `DependencyViolation` while anything in the VPC has a public
    /// address.
    pub async fn detach_internet_gateway(&self, id: &str, vpc_id: &str) -> Result<(), Error> {
        let request = self.client.detach_internet_gateway();
        let answer = request.internet_gateway_id(id).vpc_id(vpc_id).send().await;
        let about = || format!("{id} from {vpc_id}");
        let detached =
            answer.map_err(|error| Error::call(SERVICE, "DetachInternetGateway", about(), error));
        match detached {
            Err(error) if error.code() == Some("Gateway.NotAttached") => Ok(()),
            other => super::or_gone(other.map(drop)),
        }
    }

    /// Deletes an internet gateway that is detached.
    ///
    /// # Errors
    ///
    /// When AWS refuses.
    pub async fn delete_internet_gateway(&self, id: &str) -> Result<(), Error> {
        let request = self.client.delete_internet_gateway();
        let answer = request.internet_gateway_id(id).send().await;
        let deleted =
            answer.map_err(|error| Error::call(SERVICE, "DeleteInternetGateway", id, error));
        super::or_gone(deleted.map(drop))
    }
}

fn gateway(found: SdkGateway) -> Option<InternetGateway> {
    let attachments = found.attachments.unwrap_or_default();
    Some(InternetGateway {
        id: found.internet_gateway_id?,
        vpc_id: attachments.into_iter().find_map(|one| one.vpc_id),
        tags: tagging::from_sdk(found.tags),
    })
}

pub(super) async fn by_id(
    client: Client,
    ids: Vec<String>,
) -> Result<BTreeMap<String, InternetGateway>, Error> {
    let found = describe(client, "internet-gateway-id", ids).await?;
    Ok(found.into_iter().map(|one| (one.id.clone(), one)).collect())
}

pub(super) async fn by_vpc(
    client: Client,
    vpc_ids: Vec<String>,
) -> Result<BTreeMap<String, InternetGateway>, Error> {
    let found = describe(client, "attachment.vpc-id", vpc_ids).await?;
    let found = found.into_iter();
    Ok(found
        .filter_map(|one| Some((one.vpc_id.clone()?, one)))
        .collect())
}

pub(super) async fn by_cluster(
    client: Client,
    clusters: Vec<String>,
) -> Result<BTreeMap<String, Vec<InternetGateway>>, Error> {
    let mut found: BTreeMap<_, Vec<_>> = BTreeMap::new();
    for one in describe(client, &format!("tag:{CLUSTER_KEY}"), clusters).await? {
        if let Some(cluster) = one.tags.get(CLUSTER_KEY) {
            found.entry(cluster.clone()).or_default().push(one);
        }
    }
    Ok(found)
}

async fn describe(
    client: Client,
    filter: &str,
    values: Vec<String>,
) -> Result<Vec<InternetGateway>, Error> {
    let about = values.join(", ");
    let mut found = Vec::new();
    let request = client.describe_internet_gateways();
    let mut pages = request.filters(by(filter, &values)).into_paginator().send();
    while let Some(page) = pages.next().await {
        let page =
            page.map_err(|error| Error::call(SERVICE, "DescribeInternetGateways", &about, error))?;
        let gateways = page.internet_gateways.unwrap_or_default();
        found.extend(gateways.into_iter().filter_map(gateway));
    }
    Ok(found)
}
