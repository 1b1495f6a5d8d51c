//! Tags of load balancers, target groups and listeners.

use std::collections::BTreeMap;

use aws_sdk_elasticloadbalancingv2::Client;
use aws_sdk_elasticloadbalancingv2::types::Tag;

use super::{BATCH, Elbv2, SERVICE};
use crate::coalesce::Coalescer;
use crate::error::Error;
use crate::tags::{TagChanges, Tags};

impl Elbv2 {
    /// The tags of an object.
    ///
    /// # Errors
    ///
    /// When AWS can't be asked.
    pub async fn tags(&self, arn: &str) -> Result<Option<Tags>, Error> {
        self.tags.get(arn.to_owned()).await
    }

    /// Changes the tags of up to 20 objects alike: first what is to be set, so that at no time an
    /// object lacks a mark it should have. One call may mix load balancers, target groups and
    /// listeners.
    ///
    /// # Errors
    ///
    /// When AWS refuses.
    pub async fn change_tags(&self, arns: &[String], changes: &TagChanges) -> Result<(), Error> {
        let about = || arns.join(", ");
        if let Some(tags) = to_sdk(&changes.set) {
            let request = self
                .client
                .add_tags()
                .set_resource_arns(Some(arns.to_vec()))
                .set_tags(Some(tags));
            let answer = request.send().await;
            answer.map_err(|error| Error::call(SERVICE, "AddTags", about(), error))?;
        }
        if !changes.remove.is_empty() {
            let keys = changes.remove.iter().cloned().collect();
            let request = self
                .client
                .remove_tags()
                .set_resource_arns(Some(arns.to_vec()))
                .set_tag_keys(Some(keys));
            let answer = request.send().await;
            answer.map_err(|error| Error::call(SERVICE, "RemoveTags", about(), error))?;
        }
        Ok(())
    }
}

/// One call may mix load balancers, target groups and listeners.
pub(super) fn by_arn(client: Client) -> Coalescer<String, Tags> {
    Coalescer::new(BATCH, move |arns: Vec<String>| {
        let client = client.clone();
        async move {
            let about = arns.join(", ");
            let answer = client
                .describe_tags()
                .set_resource_arns(Some(arns))
                .send()
                .await;
            let answer =
                answer.map_err(|error| Error::call(SERVICE, "DescribeTags", about, error))?;
            let mut found = BTreeMap::new();
            for one in answer.tag_descriptions.unwrap_or_default() {
                let Some(arn) = one.resource_arn else {
                    continue;
                };
                let tags = one.tags.unwrap_or_default().into_iter();
                let tags = tags.filter_map(|tag| Some((tag.key?, tag.value.unwrap_or_default())));
                found.insert(arn, tags.collect());
            }
            Ok(found)
        }
    })
}

/// `None` for no tags: the API takes no empty list.
pub(super) fn to_sdk(tags: &Tags) -> Option<Vec<Tag>> {
    let list: Vec<Tag> = tags
        .iter()
        .map(|(key, value)| Tag::builder().key(key).value(value).build())
        .collect();
    (!list.is_empty()).then_some(list)
}
