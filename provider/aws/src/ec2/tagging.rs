//! Tags of EC2's objects.

use aws_sdk_ec2::types::{ResourceType, Tag, TagSpecification};

use super::{Ec2, SERVICE};
use crate::error::Error;
use crate::tags::{TagChanges, Tags};

/// How many objects one call changes. AWS takes 1000 and recommends fewer.
/// <https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateTags.html>
const BATCH: usize = 200;

impl Ec2 {
    /// Sets tags of objects, new or changed. Of several objects, those that are gone are left
    /// out: instances come and go.
    ///
    /// # Errors
    ///
    /// When AWS refuses; for an object alone also if it is gone.
    pub async fn tag(&self, ids: &[String], tags: &Tags) -> Result<(), Error> {
        let Some(tags) = to_sdk(tags) else {
            return Ok(());
        };
        in_batches(ids, |batch| {
            let of = batch.join(", ");
            let request = self.client.create_tags().set_resources(Some(batch));
            let answer = request.set_tags(Some(tags.clone())).send();
            async move {
                let answer = answer.await.map(drop);
                answer.map_err(|error| Error::call(SERVICE, "CreateTags", of, error))
            }
        })
        .await
    }

    /// Removes the tags of these keys, whatever their values. Of several objects, those that are
    /// gone are left out.
    ///
    /// # Errors
    ///
    /// When AWS refuses; for an object alone also if it is gone.
    pub async fn untag(&self, ids: &[String], keys: &[String]) -> Result<(), Error> {
        // No key named means all of them.
        if keys.is_empty() {
            return Ok(());
        }
        let tags: Vec<Tag> = keys
            .iter()
            .map(|key| Tag::builder().key(key).build())
            .collect();
        in_batches(ids, |batch| {
            let of = batch.join(", ");
            let request = self.client.delete_tags().set_resources(Some(batch));
            let answer = request.set_tags(Some(tags.clone())).send();
            async move {
                let answer = answer.await.map(drop);
                answer.map_err(|error| Error::call(SERVICE, "DeleteTags", of, error))
            }
        })
        .await
    }

    /// Changes the tags of objects alike: first what is to be set, so that at no time an object
    /// lacks a mark it should have.
    ///
    /// # Errors
    ///
    /// As [`Self::tag`] and [`Self::untag`].
    pub async fn change_tags(&self, ids: &[String], changes: &TagChanges) -> Result<(), Error> {
        self.tag(ids, &changes.set).await?;
        let keys: Vec<String> = changes.remove.iter().cloned().collect();
        self.untag(ids, &keys).await
    }
}

/// Calls for batches of objects, and for halves of one that fails for the sake of an object that
/// is gone.
///
/// The calls take what they are about by value: a future that borrowed it couldn't be sent.
pub(super) async fn in_batches<F>(
    ids: &[String],
    call: impl Fn(Vec<String>) -> F,
) -> Result<(), Error>
where
    F: Future<Output = Result<(), Error>>,
{
    let mut parts: Vec<&[String]> = ids.chunks(BATCH).rev().collect();
    while let Some(part) = parts.pop() {
        match call(part.to_vec()).await {
            Err(error) if error.is_not_found() && ids.len() > 1 => {
                if part.len() > 1 {
                    let (first, second) = part.split_at(part.len() / 2);
                    parts.extend([second, first]);
                }
            }
            result => result?,
        }
    }
    Ok(())
}

/// `None` for no tags: the API takes no empty list.
pub(super) fn to_sdk(tags: &Tags) -> Option<Vec<Tag>> {
    let list: Vec<Tag> = tags
        .iter()
        .map(|(key, value)| Tag::builder().key(key).value(value).build())
        .collect();
    (!list.is_empty()).then_some(list)
}

/// The tags that an object gets when it is made.
pub(super) fn specification(kind: ResourceType, tags: &Tags) -> Option<Vec<TagSpecification>> {
    let specification = TagSpecification::builder().resource_type(kind);
    let tags = to_sdk(tags)?;
    Some(vec![specification.set_tags(Some(tags)).build()])
}

pub(super) fn from_sdk(tags: Option<Vec<Tag>>) -> Tags {
    tags.unwrap_or_default()
        .into_iter()
        .filter_map(|tag| Some((tag.key?, tag.value.unwrap_or_default())))
        .collect()
}
