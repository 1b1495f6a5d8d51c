//! What the versions of launch templates say.

use std::collections::{BTreeMap, BTreeSet};

use aws_sdk_ec2::Client;
use aws_sdk_ec2::operation::describe_launch_template_versions::builders::DescribeLaunchTemplateVersionsFluentBuilder as Describe;
use aws_sdk_ec2::types::LaunchTemplateVersion;
use futures_util::future::try_join_all;

use super::{BATCH, Ec2, SERVICE, TemplateData, reads};
use crate::coalesce::{Coalescer, LISTED_FROM};
use crate::error::Error;
use crate::ownership::CLUSTER_KEY;

const OPERATION: &str = "DescribeLaunchTemplateVersions";

/// How many versions a page may have.
/// <https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeLaunchTemplateVersions.html>
const PAGE: i32 = 200;

/// The word for a template's newest version. Without a template, it stands for those of all.
const LATEST: &str = "$Latest";

/// A version of a launch template.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TemplateVersionData {
    /// Its number, counted from 1.
    pub version: i64,
    /// What it says.
    pub data: TemplateData,
}

/// A template's id and the number of a version.
pub(super) type Key = (String, i64);

impl Ec2 {
    /// Versions of a template, by number. Those that don't exist are left out; of a template that is
    /// gone there are none.
    ///
    /// # Errors
    ///
    /// When AWS can't be asked.
    pub async fn launch_template_versions(
        &self,
        id: &str,
        numbers: &BTreeSet<i64>,
    ) -> Result<Vec<TemplateVersionData>, Error> {
        let keys = numbers.iter().map(|number| (id.to_owned(), *number));
        self.launch_template_versions.get_all(keys.collect()).await
    }

    /// The version of a template that a number, `$Latest` or `$Default` stands for, if there is one.
    ///
    /// # Errors
    ///
    /// When AWS can't be asked.
    pub async fn launch_template_version(
        &self,
        id: &str,
        version: &str,
    ) -> Result<Option<TemplateVersionData>, Error> {
        let found = of_template(&self.client, id, &[version.to_owned()]).await?;
        Ok(found.into_iter().next())
    }
}

pub(super) fn by_id(client: Client) -> Coalescer<Key, TemplateVersionData> {
    let by_number = reads(client.clone(), by_number);
    by_number.each_or_listed(LISTED_FROM, move |keys| latest(client.clone(), keys))
}

/// A call takes versions of one template.
async fn by_number(
    client: Client,
    keys: Vec<Key>,
) -> Result<BTreeMap<Key, TemplateVersionData>, Error> {
    let mut wanted: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for (id, number) in keys {
        wanted.entry(id).or_default().push(number.to_string());
    }
    let templates = wanted.into_iter().map(async |(id, numbers)| {
        let found = of_template(&client, &id, &numbers).await?.into_iter();
        let by_number = found.map(|one| ((id.clone(), one.version), one));
        Ok::<Vec<_>, Error>(by_number.collect())
    });
    let found = try_join_all(templates).await?;
    Ok(found.into_iter().flatten().collect())
}

/// The newest version of each template that gives its volumes the mark of a cluster, as those of
/// ours do. Of the others nothing is kept.
async fn latest(
    client: Client,
    keys: Vec<Key>,
) -> Result<BTreeMap<Key, TemplateVersionData>, Error> {
    let about = keys
        .into_iter()
        .map(|(id, _)| id)
        .collect::<Vec<_>>()
        .join(", ");
    let request = client.describe_launch_template_versions();
    let request = request.versions(LATEST).max_results(PAGE);
    let mut found = BTreeMap::new();
    for one in describe(request, &about).await? {
        let Some(id) = one.launch_template_id.clone() else {
            continue;
        };
        // One that isn't whole can't be of use here. Who needs it asks for it, and hears of that.
        let Ok(version) = TemplateVersionData::from_sdk(&id, one) else {
            continue;
        };
        let mut given = version.data.tags.values();
        if given.any(|tags| tags.contains_key(CLUSTER_KEY)) {
            found.insert((id, version.version), version);
        }
    }
    Ok(found)
}

/// Those that exist of some versions of a template.
async fn of_template(
    client: &Client,
    id: &str,
    versions: &[String],
) -> Result<Vec<TemplateVersionData>, Error> {
    let mut found = Vec::new();
    let mut parts: Vec<&[String]> = versions.chunks(BATCH).rev().collect();
    while let Some(part) = parts.pop() {
        let request = client.describe_launch_template_versions();
        let request = request.launch_template_id(id);
        match describe(request.set_versions(Some(part.to_vec())), id).await {
            Ok(versions) => {
                for one in versions {
                    found.push(TemplateVersionData::from_sdk(id, one)?);
                }
            }
            // One that doesn't exist fails the call for all.
            Err(error) if is_about_a_version(&error) => {
                if part.len() > 1 {
                    let (first, second) = part.split_at(part.len() / 2);
                    parts.extend([second, first]);
                }
            }
            Err(error) if error.is_not_found() => return Ok(Vec::new()),
            Err(error) => return Err(error),
        }
    }
    Ok(found)
}

async fn describe(request: Describe, about: &str) -> Result<Vec<LaunchTemplateVersion>, Error> {
    let mut found = Vec::new();
    let mut pages = request.into_paginator().send();
    while let Some(page) = pages.next().await {
        let page = page.map_err(|error| Error::call(SERVICE, OPERATION, about, error))?;
        found.extend(page.launch_template_versions.unwrap_or_default());
    }
    Ok(found)
}

/// `InvalidLaunchTemplateId.VersionNotFound`, whether the template was named by id or name.
fn is_about_a_version(error: &Error) -> bool {
    error
        .code()
        .is_some_and(|code| code.contains("VersionNotFound"))
}

impl TemplateVersionData {
    fn from_sdk(id: &str, from: LaunchTemplateVersion) -> Result<Self, Error> {
        let lacking = |part| Error::lacking(SERVICE, OPERATION, id, part);
        let data = from
            .launch_template_data
            .ok_or_else(|| lacking("LaunchTemplateData"))?;
        Ok(Self {
            version: from
                .version_number
                .ok_or_else(|| lacking("VersionNumber"))?,
            data: TemplateData::from_sdk(data),
        })
    }
}
