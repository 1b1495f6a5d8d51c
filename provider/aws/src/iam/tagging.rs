//! Tags of roles and instance profiles. Their keys differ by more than case.

use std::collections::BTreeSet;

use aws_sdk_iam::types::Tag;

use super::{Iam, SERVICE};
use crate::error::Error;
use crate::tags::{TagChanges, Tags};

impl Iam {
    /// Changes the tags of a role.
    ///
    /// # Errors
    ///
    /// When AWS refuses.
    pub async fn change_role_tags(&self, role: &str, changes: &TagChanges) -> Result<(), Error> {
        const SET: &str = "TagRole";
        for step in steps(changes) {
            match step {
                Step::Remove(keys) => {
                    let request = self.client.untag_role().role_name(role);
                    let answer = request.set_tag_keys(Some(keys)).send().await;
                    answer.map_err(|error| Error::call(SERVICE, "UntagRole", role, error))?;
                }
                Step::Set(tags) => {
                    let tags = to_sdk(SET, role, tags)?;
                    let request = self.client.tag_role().role_name(role);
                    let answer = request.set_tags(tags).send().await;
                    answer.map_err(|error| Error::call(SERVICE, SET, role, error))?;
                }
            }
        }
        Ok(())
    }

    /// Changes the tags of an instance profile.
    ///
    /// # Errors
    ///
    /// When AWS refuses.
    pub async fn change_instance_profile_tags(
        &self,
        profile: &str,
        changes: &TagChanges,
    ) -> Result<(), Error> {
        const REMOVE: &str = "UntagInstanceProfile";
        const SET: &str = "TagInstanceProfile";
        for step in steps(changes) {
            match step {
                Step::Remove(keys) => {
                    let request = self.client.untag_instance_profile();
                    let request = request.instance_profile_name(profile);
                    let answer = request.set_tag_keys(Some(keys)).send().await;
                    answer.map_err(|error| Error::call(SERVICE, REMOVE, profile, error))?;
                }
                Step::Set(tags) => {
                    let tags = to_sdk(SET, profile, tags)?;
                    let request = self.client.tag_instance_profile();
                    let request = request.instance_profile_name(profile);
                    let answer = request.set_tags(tags).send().await;
                    answer.map_err(|error| Error::call(SERVICE, SET, profile, error))?;
                }
            }
        }
        Ok(())
    }
}

/// A call to make.
enum Step<'a> {
    Remove(Vec<String>),
    Set(&'a Tags),
}

/// What is to be set comes first, so that at no time an object lacks a mark it should have. But a
/// key that changes its case alone is one key to IAM: its old form goes before the new one comes,
/// else its removal would take the new one along.
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/id_tags.html#id_tags_rules>
fn steps(changes: &TagChanges) -> Vec<Step<'_>> {
    let coming: BTreeSet<String> = changes.set.keys().map(|key| key.to_lowercase()).collect();
    let (first, last): (Vec<String>, Vec<String>) =
        (changes.remove.iter().cloned()).partition(|key| coming.contains(&key.to_lowercase()));
    let mut steps = Vec::new();
    if !first.is_empty() {
        steps.push(Step::Remove(first));
    }
    if !changes.set.is_empty() {
        steps.push(Step::Set(&changes.set));
    }
    if !last.is_empty() {
        steps.push(Step::Remove(last));
    }
    steps
}

/// `None` for no tags: the API takes no empty list.
pub(super) fn to_sdk(
    operation: &'static str,
    object: &str,
    tags: &Tags,
) -> Result<Option<Vec<Tag>>, Error> {
    let tags = tags
        .iter()
        .map(|(key, value)| Tag::builder().key(key).value(value).build());
    let tags: Vec<Tag> = tags
        .collect::<Result<_, _>>()
        .map_err(|error| Error::unsendable(SERVICE, operation, object, error))?;
    Ok((!tags.is_empty()).then_some(tags))
}

pub(super) fn from_sdk(tags: Option<Vec<Tag>>) -> Tags {
    let tags = tags.unwrap_or_default().into_iter();
    tags.map(|tag| (tag.key, tag.value)).collect()
}
