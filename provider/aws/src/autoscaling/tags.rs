//! Tags of groups.

use std::collections::BTreeMap;

use aws_sdk_autoscaling::types::Tag;

use super::{Autoscaling, GroupTag, SERVICE, gone};
use crate::error::Error;

/// What the API calls a group.
const RESOURCE_TYPE: &str = "auto-scaling-group";

impl Autoscaling {
    /// Sets tags, new or changed. Instances that run don't get them.
    ///
    /// # Errors
    ///
    /// When AWS refuses.
    pub async fn set_tags(
        &self,
        name: &str,
        tags: &BTreeMap<String, GroupTag>,
    ) -> Result<(), Error> {
        if tags.is_empty() {
            return Ok(());
        }
        let request = self.client.create_or_update_tags();
        let answer = request.set_tags(Some(to_sdk(name, tags))).send().await;
        answer
            .map(drop)
            .map_err(|error| Error::call(SERVICE, "CreateOrUpdateTags", name, error))
    }

    /// Removes the tags of these keys, whatever their values. A group that is gone has none.
    ///
    /// # Errors
    ///
    /// When AWS refuses.
    pub async fn remove_tags(&self, name: &str, keys: &[String]) -> Result<(), Error> {
        if keys.is_empty() {
            return Ok(());
        }
        let tags = keys.iter().map(|key| builder(name, key).build()).collect();
        let answer = self.client.delete_tags().set_tags(Some(tags)).send().await;
        gone(answer.map_err(|error| Error::call(SERVICE, "DeleteTags", name, error)))
    }
}

pub(super) fn to_sdk(name: &str, tags: &BTreeMap<String, GroupTag>) -> Vec<Tag> {
    tags.iter()
        .map(|(key, tag)| {
            builder(name, key)
                .value(&tag.value)
                .propagate_at_launch(tag.propagate_at_launch)
                .build()
        })
        .collect()
}

fn builder(name: &str, key: &str) -> aws_sdk_autoscaling::types::builders::TagBuilder {
    Tag::builder()
        .resource_type(RESOURCE_TYPE)
        .resource_id(name)
        .key(key)
}
