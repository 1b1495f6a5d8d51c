//! IAM: roles, their policies, and instance profiles.
//!
//! IAM answers for one object a call, so nothing is shared between reads here. It is eventually
//! consistent: what was just made may not be seen for some seconds, by reads and by EC2.
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_general.html#troubleshoot_general_eventual-consistency>

mod instance_profile;
mod policies;
pub mod policy;
mod role;
mod tagging;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use aws_types::SdkConfig;

pub use instance_profile::InstanceProfile;
pub use role::{NewRole, Role};

use crate::clients::client_of;
use crate::coalesce::Memory;
use crate::error::Error;
use crate::settings::{Service, Settings};

const SERVICE: Service = Service::Iam;

/// IAM.
#[derive(Clone, Debug)]
pub struct Iam {
    client: aws_sdk_iam::Client,
    /// Instance profiles by name.
    profiles: Arc<Memory<String, InstanceProfile>>,
}

pub(crate) fn client(settings: &Settings, sdk: &SdkConfig) -> aws_sdk_iam::Client {
    client_of!(aws_sdk_iam, SERVICE, settings, sdk)
}

impl Iam {
    pub(crate) fn new(client: aws_sdk_iam::Client) -> Self {
        Self {
            client,
            profiles: Arc::default(),
        }
    }
}

/// Whether IAM will do it if it is asked again: another change of the object is under way, or it is
/// of a name whose former bearer is still going.
///
/// The SDK retries these no more than other refusals.
/// <https://docs.aws.amazon.com/IAM/latest/APIReference/API_DeleteRole.html#API_DeleteRole_Errors>
#[must_use]
pub fn is_in_flux(error: &Error) -> bool {
    matches!(
        error.code(),
        Some("ConcurrentModification" | "EntityTemporarilyUnmodifiable")
    )
}

/// A read's result, where "not found" is an answer.
fn found<T>(result: Result<T, Error>) -> Result<Option<T>, Error> {
    match result {
        Ok(found) => Ok(Some(found)),
        Err(error) if error.is_not_found() => Ok(None),
        Err(error) => Err(error),
    }
}

/// A delete's result, where what is gone counts as deleted.
fn gone<T>(result: Result<T, Error>) -> Result<(), Error> {
    found(result).map(drop)
}
