//! Launch templates. What their versions say is read in [`super::launch_template_version`].

use std::collections::BTreeMap;

use aws_sdk_ec2::Client;
use aws_sdk_ec2::operation::describe_launch_templates::builders::DescribeLaunchTemplatesFluentBuilder as Describe;
use aws_sdk_ec2::types::{LaunchTemplate as SdkTemplate, ResourceType, TagSpecification};

use super::{Ec2, SERVICE, TemplateData, by, marked, tagging};
use crate::error::Error;
use crate::tags::Tags;

/// A launch template.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LaunchTemplate {
    /// Its id.
    pub id: String,
    /// Its name, unique in account and region.
    pub name: String,
    /// The version that is launched where none is named.
    pub default_version: i64,
    /// The newest version.
    pub latest_version: i64,
    /// The template's own tags.
    pub tags: Tags,
}

impl Ec2 {
    /// The launch template of this id.
    ///
    /// # Errors
    ///
    /// When AWS can't be asked.
    pub async fn launch_template(&self, id: &str) -> Result<Option<LaunchTemplate>, Error> {
        self.launch_templates.get(id.to_owned()).await
    }

    /// The launch template of this name.
    ///
    /// # Errors
    ///
    /// When AWS can't be asked.
    pub async fn launch_template_by_name(
        &self,
        name: &str,
    ) -> Result<Option<LaunchTemplate>, Error> {
        self.launch_templates_by_name.get(name.to_owned()).await
    }

    /// Makes a launch template with its first version. Under the same token, a repetition gives
    /// what the first call made.
    ///
    /// # Errors
    ///
    /// When AWS refuses; `InvalidLaunchTemplateName.AlreadyExistsException` if there is one of
    /// this name.
    pub async fn create_launch_template(
        &self,
        name: &str,
        data: &TemplateData,
        tags: &Tags,
        token: &str,
    ) -> Result<LaunchTemplate, Error> {
        const OPERATION: &str = "CreateLaunchTemplate";
        let tags = tagging::to_sdk(tags).map(|tags| {
            let specification = TagSpecification::builder()
                .resource_type(ResourceType::LaunchTemplate)
                .set_tags(Some(tags));
            vec![specification.build()]
        });
        let answer = self
            .client
            .create_launch_template()
            .launch_template_name(name)
            .launch_template_data(data.to_sdk())
            .set_tag_specifications(tags)
            .client_token(token)
            .send()
            .await
            .map_err(|error| Error::call(SERVICE, OPERATION, name, error))?;
        let made = answer
            .launch_template
            .ok_or_else(|| Error::lacking(SERVICE, OPERATION, name, "LaunchTemplate"))?;
        LaunchTemplate::from_sdk(OPERATION, made)
    }

    /// Adds a version that says this and nothing else, and gives its number. Under the same
    /// token, a repetition gives what the first call made.
    ///
    /// # Errors
    ///
    /// When AWS refuses.
    pub async fn create_launch_template_version(
        &self,
        id: &str,
        data: &TemplateData,
        token: &str,
    ) -> Result<i64, Error> {
        const OPERATION: &str = "CreateLaunchTemplateVersion";
        let answer = self
            .client
            .create_launch_template_version()
            .launch_template_id(id)
            .launch_template_data(data.to_sdk())
            .client_token(token)
            .send()
            .await
            .map_err(|error| Error::call(SERVICE, OPERATION, id, error))?;
        answer
            .launch_template_version
            .and_then(|version| version.version_number)
            .ok_or_else(|| Error::lacking(SERVICE, OPERATION, id, "VersionNumber"))
    }

    /// Deletes a launch template with all its versions. Groups that name it can launch no more.
    ///
    /// # Errors
    ///
    /// When AWS refuses.
    pub async fn delete_launch_template(&self, id: &str) -> Result<(), Error> {
        let request = self.client.delete_launch_template();
        let answer = request.launch_template_id(id).send().await;
        match answer.map_err(|error| Error::call(SERVICE, "DeleteLaunchTemplate", id, error)) {
            Err(error) if !error.is_not_found() => Err(error),
            _ => Ok(()),
        }
    }
}

/// There is no filter by id, so one that is gone fails the call, and the coalescer asks for
/// halves.
pub(super) async fn by_id(
    client: Client,
    ids: Vec<String>,
) -> Result<BTreeMap<String, LaunchTemplate>, Error> {
    let request = client.describe_launch_templates();
    let found = describe(request.set_launch_template_ids(Some(ids.clone())), &ids).await?;
    Ok(found
        .into_iter()
        .map(|found| (found.id.clone(), found))
        .collect())
}

/// All that bear the marks of a cluster.
pub(super) async fn listed(
    client: Client,
    ids: Vec<String>,
) -> Result<BTreeMap<String, LaunchTemplate>, Error> {
    let request = client.describe_launch_templates();
    let found = describe(request.filters(marked()), &ids).await?;
    Ok(found
        .into_iter()
        .map(|found| (found.id.clone(), found))
        .collect())
}

pub(super) async fn by_name(
    client: Client,
    names: Vec<String>,
) -> Result<BTreeMap<String, LaunchTemplate>, Error> {
    let request = client.describe_launch_templates();
    let request = request.filters(by("launch-template-name", &names));
    Ok(describe(request, &names)
        .await?
        .into_iter()
        .map(|found| (found.name.clone(), found))
        .collect())
}

async fn describe(request: Describe, about: &[String]) -> Result<Vec<LaunchTemplate>, Error> {
    const OPERATION: &str = "DescribeLaunchTemplates";
    let mut found = Vec::new();
    let mut pages = request.into_paginator().send();
    while let Some(page) = pages.next().await {
        let page =
            page.map_err(|error| Error::call(SERVICE, OPERATION, about.join(", "), error))?;
        for one in page.launch_templates.unwrap_or_default() {
            found.push(LaunchTemplate::from_sdk(OPERATION, one)?);
        }
    }
    Ok(found)
}

impl LaunchTemplate {
    fn from_sdk(operation: &'static str, from: SdkTemplate) -> Result<Self, Error> {
        let lacking = |id: &str, part| Error::lacking(SERVICE, operation, id, part);
        let id = from
            .launch_template_id
            .ok_or_else(|| lacking("", "LaunchTemplateId"))?;
        let number = |version: Option<i64>, part| version.ok_or_else(|| lacking(&id, part));
        Ok(Self {
            name: from
                .launch_template_name
                .ok_or_else(|| lacking(&id, "LaunchTemplateName"))?,
            default_version: number(from.default_version_number, "DefaultVersionNumber")?,
            latest_version: number(from.latest_version_number, "LatestVersionNumber")?,
            tags: tagging::from_sdk(from.tags),
            id,
        })
    }
}
