//! Tags of parameters.

use aws_sdk_ssm::types::{ResourceTypeForTagging, Tag};

use super::{SERVICE, Ssm};
use crate::error::Error;
use crate::tags::{TagChanges, Tags};

const PARAMETER: ResourceTypeForTagging = ResourceTypeForTagging::Parameter;

impl Ssm {
    /// The tags of a parameter; `None` if there is no such parameter.
    ///
    /// # Errors
    ///
    /// When AWS can't be asked.
    pub async fn parameter_tags(&self, name: &str) -> Result<Option<Tags>, Error> {
        let request = self.client.list_tags_for_resource();
        let answer = request
            .resource_type(PARAMETER)
            .resource_id(name)
            .send()
            .await;
        let answer =
            answer.map_err(|error| Error::call(SERVICE, "ListTagsForResource", name, error));
        match answer {
            Ok(answer) => {
                let tags = answer.tag_list.unwrap_or_default().into_iter();
                Ok(Some(tags.map(|tag| (tag.key, tag.value)).collect()))
            }
            Err(error) if is_gone(&error) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Changes the tags of a parameter. What is to be set comes first, so that at no time it lacks a
    /// mark it should have.
    ///
    /// # Errors
    ///
    /// When AWS refuses.
    pub async fn change_parameter_tags(
        &self,
        name: &str,
        changes: &TagChanges,
    ) -> Result<(), Error> {
        const SET: &str = "AddTagsToResource";
        if !changes.set.is_empty() {
            let tags = to_sdk(SET, name, &changes.set)?;
            let request = self.client.add_tags_to_resource();
            let request = request.resource_type(PARAMETER).resource_id(name);
            let answer = request.set_tags(Some(tags)).send().await;
            answer.map_err(|error| Error::call(SERVICE, SET, name, error))?;
        }
        if !changes.remove.is_empty() {
            let keys = changes.remove.iter().cloned().collect();
            let request = self.client.remove_tags_from_resource();
            let request = request.resource_type(PARAMETER).resource_id(name);
            let answer = request.set_tag_keys(Some(keys)).send().await;
            answer.map_err(|error| Error::call(SERVICE, "RemoveTagsFromResource", name, error))?;
        }
        Ok(())
    }
}

/// Tags are kept for things of several kinds, and so is the code for what isn't there.
fn is_gone(error: &Error) -> bool {
    error.is_not_found() || error.code() == Some("InvalidResourceId")
}

pub(super) fn to_sdk(
    operation: &'static str,
    object: &str,
    tags: &Tags,
) -> Result<Vec<Tag>, Error> {
    let tags = tags
        .iter()
        .map(|(key, value)| Tag::builder().key(key).value(value).build());
    tags.collect::<Result<_, _>>()
        .map_err(|error| Error::unsendable(SERVICE, operation, object, error))
}
