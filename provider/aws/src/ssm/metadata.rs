//! What there is of a parameter beside its text, which needs no decryption.

use std::collections::BTreeMap;

use aws_sdk_ssm::Client;
use aws_sdk_ssm::error::SdkError;
use aws_sdk_ssm::operation::describe_parameters::DescribeParametersError;
use aws_sdk_ssm::types::{ParameterMetadata, ParameterStringFilter, ParameterTier, ParameterType};
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;

use super::{FILTER_BATCH, SERVICE, Ssm, Tier};
use crate::error::Error;

const OPERATION: &str = "DescribeParameters";

/// A parameter without its text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Metadata {
    /// Its name.
    pub name: String,
    /// How often it was written.
    pub version: i64,
    /// Whether its text is encrypted.
    pub is_secure: bool,
    /// What encrypts it: an id, ARN or alias, as it was given. AWS's own key is `alias/aws/ssm`.
    pub key_id: Option<String>,
    /// What it is for.
    pub description: String,
    /// How big it may be.
    pub tier: Tier,
}

impl Ssm {
    /// The parameter of this name.
    ///
    /// # Errors
    ///
    /// When AWS can't be asked.
    pub async fn metadata(&self, name: &str) -> Result<Option<Metadata>, Error> {
        self.metadata.get(name.to_owned()).await
    }

    /// All parameters whose names begin with this path, at any depth.
    ///
    /// # Errors
    ///
    /// When AWS can't be asked.
    pub async fn metadata_below(&self, path: &str) -> Result<Vec<Metadata>, Error> {
        let found = self.metadata_below.get(path.to_owned()).await?;
        Ok(found.unwrap_or_default())
    }
}

/// All parameters below each of these paths.
pub(super) async fn by_path(
    client: Client,
    paths: Vec<String>,
) -> Result<BTreeMap<String, Vec<Metadata>>, Error> {
    let object = paths.join(", ");
    let filter = filter("Path", "Recursive", paths.clone(), &object)?;
    let found = pages(&client, filter, &object).await?;
    let below = |path: &String| {
        let path = format!("{}/", path.trim_end_matches('/'));
        let all = found.iter().filter(|one| one.name.starts_with(&path));
        all.cloned().collect()
    };
    Ok(paths
        .into_iter()
        .map(|path| {
            let found = below(&path);
            (path, found)
        })
        .collect())
}

pub(super) async fn by_name(
    client: Client,
    names: Vec<String>,
) -> Result<BTreeMap<String, Metadata>, Error> {
    let object = names.join(", ");
    let filter = filter("Name", "Equals", names, &object)?;
    let found = pages(&client, filter, &object).await?;
    Ok(found
        .into_iter()
        .map(|one| (one.name.clone(), one))
        .collect())
}

fn filter(
    key: &str,
    option: &str,
    values: Vec<String>,
    object: &str,
) -> Result<ParameterStringFilter, Error> {
    ParameterStringFilter::builder()
        .key(key)
        .option(option)
        .set_values(Some(values))
        .build()
        .map_err(|error| Error::unsendable(SERVICE, OPERATION, object, error))
}

async fn pages(
    client: &Client,
    filter: ParameterStringFilter,
    object: &str,
) -> Result<Vec<Metadata>, Error> {
    let failed = |error: SdkError<DescribeParametersError, HttpResponse>| {
        Error::call(SERVICE, OPERATION, object, error)
    };
    let request = client.describe_parameters().parameter_filters(filter);
    let size = i32::try_from(FILTER_BATCH).unwrap_or(i32::MAX);
    let mut pages = request.max_results(size).into_paginator().send();
    let mut found = Vec::new();
    while let Some(page) = pages.next().await {
        let page = page.map_err(failed)?.parameters.unwrap_or_default();
        found.extend(page.into_iter().filter_map(Metadata::from_sdk));
    }
    Ok(found)
}

impl Metadata {
    fn from_sdk(one: ParameterMetadata) -> Option<Self> {
        let tier = match one.tier {
            Some(ParameterTier::Advanced) => Tier::Advanced,
            _ => Tier::Standard,
        };
        Some(Self {
            name: one.name?,
            version: one.version,
            is_secure: one.r#type == Some(ParameterType::SecureString),
            key_id: one.key_id,
            description: one.description.unwrap_or_default(),
            tier,
        })
    }
}
