//! `tags` and `tags_all` of resources: between the configuration and the tag rules.

use std::borrow::Borrow;

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

/// `tags` and `tags_all` of an object of several parts: those of the first part whose tags aren't as
/// the state has them, so that drift of any part shows.
///
/// While the parts' tags aren't alike, `tags_all` is null, and the next plan is an update. An update
/// that was stopped may have left one part with what is wanted and another without. Whichever was
/// shown could be just what the configuration says, and the plan would be empty.
pub(crate) fn read_parts<T: Borrow<Tags>>(
    data: &Data,
    parts: impl IntoIterator<Item = T>,
    tags: &Attr<Map<String>>,
    tags_all: &Attr<Map<String>>,
) -> (Attr<Map<String>>, Attr<Map<String>>) {
    let parts = parts.into_iter();
    let readings: Vec<_> = parts
        .map(|on_aws| read(data, on_aws.borrow(), tags))
        .collect();
    let Some(first) = readings.first() else {
        return (tags.clone(), tags_all.clone());
    };
    let other = readings.iter().find(|(_, all)| all != tags_all);
    let (shown, all) = other.unwrap_or(first).clone();
    let alike = readings.iter().all(|(_, all)| *all == first.1);
    (shown, if alike { all } else { Attr::Null })
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

#[cfg(test)]
mod tests {
    use super::*;

    fn map(keys: &[&str]) -> Attr<Map<String>> {
        let tags = keys.iter().map(|key| ((*key).to_owned(), "v".to_owned()));
        Attr::Known(tags.collect())
    }

    fn on_aws(keys: &[&str]) -> Tags {
        let tags = keys.iter().map(|key| ((*key).to_owned(), "v".to_owned()));
        tags.collect()
    }

    /// What is read of parts with these keys, when the state has key `a`.
    fn read_of(parts: &[&[&str]]) -> (Attr<Map<String>>, Attr<Map<String>>) {
        let parts = parts.iter().map(|keys| on_aws(keys));
        read_parts(&Data::for_tests("prod"), parts, &map(&["a"]), &map(&["a"]))
    }

    #[test]
    fn parts_that_are_alike_are_shown_as_they_are() {
        assert_eq!(read_of(&[&["a"], &["a"]]), (map(&["a"]), map(&["a"])));
        assert_eq!(read_of(&[&["b"], &["b"]]), (map(&["b"]), map(&["b"])));
        assert_eq!(read_of(&[]), (map(&["a"]), map(&["a"])));
    }

    #[test]
    fn parts_that_are_not_alike_are_never_what_is_wanted() {
        // Whether b is drift or is wanted now can't be told from here.
        assert_eq!(read_of(&[&["a"], &["b"]]), (map(&["b"]), Attr::Null));
        assert_eq!(read_of(&[&["b"], &["a"]]), (map(&["b"]), Attr::Null));
        assert_eq!(read_of(&[&["b"], &["a", "b"]]), (map(&["b"]), Attr::Null));
    }
}
