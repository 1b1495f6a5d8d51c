//! Writing and deleting parameters.

use aws_sdk_ssm::error::SdkError;
use aws_sdk_ssm::operation::put_parameter::PutParameterError;
use aws_sdk_ssm::types::{ParameterTier, ParameterType};
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;

use super::{BATCH, SERVICE, Ssm, tagging};
use crate::error::Error;
use crate::tags::Tags;

const OPERATION: &str = "PutParameter";

/// The biggest text of the standard tier, which costs nothing.
/// <https://docs.aws.amazon.com/systems-manager/latest/userguide/parameter-store-advanced-parameters.html>
const STANDARD_BYTES: usize = 4096;

/// The biggest text at all, that of the advanced tier.
pub const MAX_BYTES: usize = 8192;

/// What AWS calls its own key for parameters.
/// <https://docs.aws.amazon.com/systems-manager/latest/userguide/sysman-paramstore-securestring.html>
pub const DEFAULT_KEY: &str = "alias/aws/ssm";

/// How big a parameter may be, and what it costs. From advanced there is no way back to standard.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Tier {
    /// Up to 4 KB, for nothing.
    #[default]
    Standard,
    /// Up to 8 KB, for money.
    Advanced,
}

/// How a parameter is stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Encryption<'a> {
    /// As it is.
    None,
    /// Encrypted by AWS's own key for parameters.
    Default,
    /// Encrypted by this key: an id, ARN or alias.
    Key(&'a str),
}

/// What a parameter is to hold. Its `Debug` tells nothing of the text.
#[derive(Clone, Copy)]
pub struct Content<'a> {
    /// The text.
    pub text: &'a str,
    /// How it is stored.
    pub encryption: Encryption<'a>,
    /// What it is for, for whoever lists parameters: up to 1024 characters.
    pub description: &'a str,
    /// The tier it is in already, below which it can't go.
    pub at_least: Tier,
}

impl std::fmt::Debug for Content<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Content")
            .field("bytes", &self.text.len())
            .field("encryption", &self.encryption)
            .field("description", &self.description)
            .finish_non_exhaustive()
    }
}

impl Content<'_> {
    /// The tier: the least that holds the text.
    fn tier(&self) -> Tier {
        if self.text.len() > STANDARD_BYTES {
            Tier::Advanced
        } else {
            self.at_least
        }
    }
}

impl Ssm {
    /// Makes a parameter, tagged from its first moment, and returns its version.
    ///
    /// # Errors
    ///
    /// When AWS refuses; [`already_exists`](super::already_exists) if there is one of this name:
    /// of several who make it, one does.
    pub async fn create_parameter(
        &self,
        name: &str,
        content: Content<'_>,
        tags: &Tags,
    ) -> Result<i64, Error> {
        let tags = tagging::to_sdk(OPERATION, name, tags)?;
        self.put(name, content, Some(tags)).await
    }

    /// Writes a parameter that exists, and returns its version.
    ///
    /// # Errors
    ///
    /// When AWS refuses.
    pub async fn overwrite_parameter(
        &self,
        name: &str,
        content: Content<'_>,
    ) -> Result<i64, Error> {
        self.put(name, content, None).await
    }

    /// AWS takes no tags where a parameter is overwritten.
    async fn put(
        &self,
        name: &str,
        content: Content<'_>,
        new: Option<Vec<aws_sdk_ssm::types::Tag>>,
    ) -> Result<i64, Error> {
        // By its name even if it is AWS's own: a parameter that is overwritten leaves no doubt then.
        let (sort, key) = match content.encryption {
            Encryption::None => (ParameterType::String, None),
            Encryption::Default => (ParameterType::SecureString, Some(DEFAULT_KEY.to_owned())),
            Encryption::Key(key) => (ParameterType::SecureString, Some(key.to_owned())),
        };
        let tier = match content.tier() {
            Tier::Standard => ParameterTier::Standard,
            Tier::Advanced => ParameterTier::Advanced,
        };
        let request = self.client.put_parameter();
        let answer = request
            .name(name)
            .value(content.text)
            .r#type(sort)
            .set_key_id(key)
            .description(content.description)
            .tier(tier)
            .overwrite(new.is_none())
            .set_tags(new.filter(|tags| !tags.is_empty()))
            .send()
            .await;
        let failed = |error: SdkError<PutParameterError, HttpResponse>| {
            Error::call(SERVICE, OPERATION, name, error)
        };
        Ok(answer.map_err(failed)?.version)
    }

    /// Deletes parameters, several at a time.
    ///
    /// # Errors
    ///
    /// When AWS refuses.
    pub async fn delete_parameters(&self, names: &[String]) -> Result<(), Error> {
        for batch in names.chunks(BATCH) {
            let request = self.client.delete_parameters();
            let answer = request.set_names(Some(batch.to_vec())).send().await;
            // Names that don't exist are told apart in the answer, and are no error.
            answer.map_err(|error| {
                Error::call(SERVICE, "DeleteParameters", batch.join(", "), error)
            })?;
        }
        Ok(())
    }
}
