//! Security groups: finding, making and deleting them.

use std::collections::BTreeMap;

use aws_sdk_ec2::Client;
use aws_sdk_ec2::types::{Filter, ResourceType, SecurityGroup as SdkGroup};

use super::{Ec2, SERVICE, by, tagging};
use crate::error::Error;
use crate::tags::Tags;

/// A security group.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SecurityGroup {
    /// Its id.
    pub id: String,
    /// Its name, which no other group of the VPC has.
    pub name: String,
    /// Its VPC.
    pub vpc_id: String,
    /// Its tags.
    pub tags: Tags,
}

/// A security group to be made. AWS can't change its name and description afterwards.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewSecurityGroup {
    /// Its VPC.
    pub vpc_id: String,
    /// Its name.
    pub name: String,
    /// What it is for.
    pub description: String,
    /// Its tags.
    pub tags: Tags,
}

impl Ec2 {
    /// The security group of this id.
    ///
    /// # Errors
    ///
    /// When AWS can't be asked.
    pub async fn security_group(&self, id: &str) -> Result<Option<SecurityGroup>, Error> {
        self.security_groups.get(id.to_owned()).await
    }

    /// The same for checks: as it was when it was made or seen last, if that isn't long ago.
    ///
    /// # Errors
    ///
    /// When AWS can't be asked.
    pub async fn known_security_group(&self, id: &str) -> Result<Option<SecurityGroup>, Error> {
        self.security_groups.known(id.to_owned()).await
    }

    /// The security group of this name in a VPC.
    ///
    /// # Errors
    ///
    /// When AWS can't be asked.
    pub async fn security_group_named(
        &self,
        vpc_id: &str,
        name: &str,
    ) -> Result<Option<SecurityGroup>, Error> {
        let key = (vpc_id.to_owned(), name.to_owned());
        self.security_groups_by_name.get(key).await
    }

    /// The security groups of a VPC, the default one included. The call is not shared: this is
    /// asked when a VPC can't go.
    ///
    /// # Errors
    ///
    /// When AWS can't be asked.
    pub async fn security_groups_of(&self, vpc_id: &str) -> Result<Vec<SecurityGroup>, Error> {
        let filter = by("vpc-id", &[vpc_id.to_owned()]);
        describe(&self.client, vec![filter], vpc_id).await
    }

    /// The security groups that have a rule about this one. The calls are not shared: this is asked
    /// when a group can't go.
    ///
    /// # Errors
    ///
    /// When AWS can't be asked.
    pub async fn security_groups_about(&self, id: &str) -> Result<Vec<SecurityGroup>, Error> {
        let asked = |filter: &str| vec![by(filter, &[id.to_owned()])];
        let (ingress, egress) = tokio::try_join!(
            describe(&self.client, asked("ip-permission.group-id"), id),
            describe(&self.client, asked("egress.ip-permission.group-id"), id),
        )?;
        let all = ingress.into_iter().chain(egress);
        let all: BTreeMap<_, _> = all.map(|group| (group.id.clone(), group)).collect();
        Ok(all.into_values().collect())
    }

    /// Makes a security group, and returns its id. AWS gives it rules that let everything out.
    ///
    /// # Errors
    ///
    /// When AWS refuses: with code `InvalidGroup.Duplicate` if the VPC has one of this name.
    pub async fn create_security_group(&self, new: &NewSecurityGroup) -> Result<String, Error> {
        let operation = "CreateSecurityGroup";
        let request = self
            .client
            .create_security_group()
            .vpc_id(&new.vpc_id)
            .group_name(&new.name)
            .description(&new.description)
            .set_tag_specifications(tagging::specification(
                ResourceType::SecurityGroup,
                &new.tags,
            ));
        let answer = request.send().await;
        let answer = answer.map_err(|error| Error::call(SERVICE, operation, &new.name, error))?;
        let id = answer.group_id;
        let id = id.ok_or_else(|| Error::lacking(SERVICE, operation, &new.name, "id"))?;
        let made = SecurityGroup {
            id: id.clone(),
            name: new.name.clone(),
            vpc_id: new.vpc_id.clone(),
            tags: new.tags.clone(),
        };
        self.security_groups.note(id.clone(), Some(&made));
        Ok(id)
    }

    /// Deletes a security group, and its rules.
    ///
    /// # Errors
    ///
    /// When AWS refuses: with code `DependencyViolation` while a network interface has it or a rule
    /// of another group is about it.
    pub async fn delete_security_group(&self, id: &str) -> Result<(), Error> {
        let answer = self.client.delete_security_group().group_id(id).send();
        let deleted = answer
            .await
            .map_err(|error| Error::call(SERVICE, "DeleteSecurityGroup", id, error));
        self.security_groups.note(id.to_owned(), None);
        super::or_gone(deleted.map(drop))
    }
}

fn group(found: SdkGroup) -> Option<SecurityGroup> {
    Some(SecurityGroup {
        id: found.group_id?,
        name: found.group_name.unwrap_or_default(),
        vpc_id: found.vpc_id.unwrap_or_default(),
        tags: tagging::from_sdk(found.tags),
    })
}

pub(super) async fn by_id(
    client: Client,
    ids: Vec<String>,
) -> Result<BTreeMap<String, SecurityGroup>, Error> {
    let found = describe(&client, vec![by("group-id", &ids)], &ids.join(", ")).await?;
    Ok(found.into_iter().map(|one| (one.id.clone(), one)).collect())
}

/// By VPC and name. What is asked for in one call is every name in every VPC.
pub(super) async fn by_name(
    client: Client,
    keys: Vec<(String, String)>,
) -> Result<BTreeMap<(String, String), SecurityGroup>, Error> {
    let (vpcs, names): (Vec<_>, Vec<_>) = keys.into_iter().unzip();
    let filters = vec![
        by("vpc-id", &unique(vpcs)),
        by("group-name", &unique(names.clone())),
    ];
    let found = describe(&client, filters, &names.join(", ")).await?;
    let keyed = found
        .into_iter()
        .map(|one| ((one.vpc_id.clone(), one.name.clone()), one));
    Ok(keyed.collect())
}

fn unique(mut values: Vec<String>) -> Vec<String> {
    values.sort();
    values.dedup();
    values
}

async fn describe(
    client: &Client,
    filters: Vec<Filter>,
    about: &str,
) -> Result<Vec<SecurityGroup>, Error> {
    let request = client.describe_security_groups();
    let mut pages = request.set_filters(Some(filters)).into_paginator().send();
    let mut found = Vec::new();
    while let Some(page) = pages.next().await {
        let page =
            page.map_err(|error| Error::call(SERVICE, "DescribeSecurityGroups", about, error))?;
        let groups = page.security_groups.unwrap_or_default();
        found.extend(groups.into_iter().filter_map(group));
    }
    Ok(found)
}
