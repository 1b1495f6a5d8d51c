//! STS: whose credentials these are.

use aws_types::SdkConfig;

use crate::clients::client_of;
use crate::error::Error;
use crate::settings::{Service, Settings};

const SERVICE: Service = Service::Sts;

/// STS.
#[derive(Clone, Debug)]
pub struct Sts {
    client: aws_sdk_sts::Client,
}

/// A caller, as AWS sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Identity {
    /// The account's 12 digits.
    pub account: String,
    /// The user's or assumed role's ARN.
    pub arn: String,
}

impl Identity {
    /// The partition, such as `aws` or `aws-cn`.
    #[must_use]
    pub fn partition(&self) -> &str {
        self.arn
            .split(':')
            .nth(1)
            .filter(|partition| !partition.is_empty())
            .unwrap_or("aws")
    }
}

pub(crate) fn client(settings: &Settings, sdk: &SdkConfig) -> aws_sdk_sts::Client {
    client_of!(aws_sdk_sts, SERVICE, settings, sdk)
}

impl Sts {
    pub(crate) fn new(client: aws_sdk_sts::Client) -> Self {
        Self { client }
    }

    /// Whose credentials these are: `sts:GetCallerIdentity`, which needs no permission.
    ///
    /// # Errors
    ///
    /// When there are no usable credentials, or STS can't be reached.
    pub async fn caller_identity(&self) -> Result<Identity, Error> {
        const OPERATION: &str = "GetCallerIdentity";
        let answer = self
            .client
            .get_caller_identity()
            .send()
            .await
            .map_err(|error| Error::call(SERVICE, OPERATION, "", error))?;
        let account = answer
            .account
            .ok_or_else(|| Error::lacking(SERVICE, OPERATION, "", "Account"))?;
        Ok(Identity {
            account,
            arn: answer.arn.unwrap_or_default(),
        })
    }
}
