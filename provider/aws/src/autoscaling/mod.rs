//! EC2 Auto Scaling: groups of instances and what belongs to them.
//!
//! A group's name is its id. Reads of what isn't there answer `None` or nothing; deletes of what
//! is gone succeed.

mod activities;
mod attached;
mod change;
mod group;
mod holders;
mod hooks;
mod instances;
mod launch;
mod refresh;
mod settings;
mod tags;
#[cfg(test)]
mod tests;

use aws_types::SdkConfig;

pub use activities::Activity;
pub use change::{GroupChanges, NewGroup};
pub use group::{Group, GroupInstance, GroupTag, TemplateVersion};
pub use hooks::{Hook, Transition};
pub use launch::{
    InstanceTypeOverride, InstancesDistribution, Launch, MixedInstances, TemplateRef,
};
pub use refresh::{Refresh, RefreshSpec};
pub use settings::{GroupSettings, MaintenancePolicy};

use crate::clients::client_of;
use crate::coalesce::Coalescer;
use crate::error::Error;
use crate::settings::{Service, Settings};

const SERVICE: Service = Service::AutoScaling;

/// EC2 Auto Scaling. Reads of groups that arrive together share their calls.
#[derive(Debug)]
pub struct Autoscaling {
    client: aws_sdk_autoscaling::Client,
    groups: Coalescer<String, Group>,
}

pub(crate) fn client(settings: &Settings, sdk: &SdkConfig) -> aws_sdk_autoscaling::Client {
    client_of!(aws_sdk_autoscaling, SERVICE, settings, sdk)
}

impl Autoscaling {
    pub(crate) fn new(client: aws_sdk_autoscaling::Client) -> Self {
        Self {
            groups: group::by_name(client.clone()),
            client,
        }
    }
}

/// A delete's result, where what is gone counts as deleted.
fn gone<T>(result: Result<T, Error>) -> Result<(), Error> {
    match result {
        Err(error) if !error.is_not_found() => Err(error),
        _ => Ok(()),
    }
}

/// A text that says something. The SDK makes an empty one where an answer lacks a text that the
/// API promises.
fn said(text: Option<String>) -> Option<String> {
    text.filter(|text| !text.is_empty())
}
