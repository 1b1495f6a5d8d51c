//! `tags` and `tags_all` of resources: between the configuration and the tag rules.

use aws::tags::{ConfiguredTags, TagValue, Tags, problems};
use tfplug::{Attr, Diagnostic, Diagnostics, Map};

use crate::provider::{Data, configured_tags};

/// `tags_all` as planned. Unknown as long as any part of it is.
pub(crate) fn planned(
    data: &Data,
    tags: &Attr<Map<String>>,
    errors: &mut Diagnostics,
) -> Attr<Map<String>> {
    let all = data.tags().zip(configured_tags(tags));
    let Some(all) = all.and_then(|(policy, tags)| policy.tags_all(&tags)) else {
        return Attr::Unknown;
    };
    for problem in problems(&all) {
        errors.push(Diagnostic::error("Invalid tags", format!("{problem}.")).at("tags"));
    }
    Attr::Known(all.into_iter().collect())
}

/// The tags that an object is to have, ownership aside.
pub(crate) fn wanted(tags_all: &Map<String>) -> Tags {
    tags_all
        .known()
        .map(|(key, value)| (key.to_owned(), value.clone()))
        .collect()
}

/// `tags` and `tags_all` as AWS has them.
pub(crate) fn read(
    data: &Data,
    on_aws: &Tags,
    before: &Attr<Map<String>>,
) -> (Attr<Map<String>>, Attr<Map<String>>) {
    let policy = data.tags().cloned().unwrap_or_default();
    let before_tags = configured_tags(before).unwrap_or_default();
    let tags = policy.read(on_aws, &before_tags);
    // A resource that never had any says none, not an empty map.
    let tags = if tags.is_empty() && before.is_null() {
        Attr::Null
    } else {
        attribute(tags)
    };
    (
        tags,
        Attr::Known(policy.visible(on_aws).into_iter().collect()),
    )
}

fn attribute(tags: ConfiguredTags) -> Attr<Map<String>> {
    let value = |value| match value {
        TagValue::Known(text) => Attr::Known(text),
        TagValue::Null => Attr::Null,
        TagValue::Unknown => Attr::Unknown,
    };
    Attr::Known(Map(tags
        .into_iter()
        .map(|(key, text)| (key, value(text)))
        .collect()))
}
