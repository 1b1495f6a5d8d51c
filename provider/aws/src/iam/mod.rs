//! Identity and Access Management.
//!
//! Reads of one object answer `None` where IAM says that there is no such entity.

mod instance_profile;
#[cfg(test)]
mod tests;

use aws_types::SdkConfig;

pub use instance_profile::InstanceProfile;

use crate::clients::client_of;
use crate::settings::{Service, Settings};

const SERVICE: Service = Service::Iam;

/// IAM. Its API takes one object a call.
#[derive(Clone, Debug)]
pub struct Iam {
    client: aws_sdk_iam::Client,
}

pub(crate) fn client(settings: &Settings, sdk: &SdkConfig) -> aws_sdk_iam::Client {
    client_of!(aws_sdk_iam, SERVICE, settings, sdk)
}

impl Iam {
    pub(crate) fn new(client: aws_sdk_iam::Client) -> Self {
        Self { client }
    }
}
