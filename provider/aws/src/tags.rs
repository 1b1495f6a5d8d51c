//! Tags: what is wanted, what AWS has, and the way between, as hashicorp/aws does it.

use std::collections::{BTreeMap, BTreeSet};

use crate::ownership;

/// Keys and values, as AWS has them.
pub type Tags = BTreeMap<String, String>;

/// A resource's `tags` as configured: a value may be null, or not known yet.
pub type ConfiguredTags = BTreeMap<String, TagValue>;

/// A value of a configured tag.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TagValue {
    /// A text, perhaps an empty one.
    Known(String),
    /// `key = null`: as if the key were not there, so that a default tag shows through.
    Null,
    /// Not known before apply.
    Unknown,
}

/// The provider block's `default_tags` and `ignore_tags`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TagPolicy {
    /// `default_tags.tags`.
    pub default: ConfiguredTags,
    /// `ignore_tags.keys`.
    pub ignore_keys: BTreeSet<String>,
    /// `ignore_tags.key_prefixes`.
    pub ignore_key_prefixes: BTreeSet<String>,
}

/// What to write so that AWS has the tags wanted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TagChanges {
    /// Tags to set, new or changed.
    pub set: Tags,
    /// Keys to remove.
    pub remove: BTreeSet<String>,
}

impl TagChanges {
    /// Whether AWS has the tags wanted already.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.set.is_empty() && self.remove.is_empty()
    }
}

impl TagPolicy {
    /// `tags_all`: default tags and the resource's, of which the resource's win, without what is
    /// ignored.
    ///
    /// `None` if any part is unknown: a key that turns out null, or a default tag that appears at
    /// apply, would contradict any plan but "unknown"
    /// (hashicorp/terraform-provider-aws#43448).
    #[must_use]
    pub fn tags_all(&self, tags: &ConfiguredTags) -> Option<Tags> {
        let mut all = Tags::new();
        for (key, value) in self.default.iter().chain(tags) {
            match value {
                TagValue::Known(value) => {
                    all.insert(key.clone(), value.clone());
                }
                TagValue::Null => {}
                TagValue::Unknown => return None,
            }
        }
        all.retain(|key, _| self.is_visible(key));
        Some(all)
    }

    /// The tags on AWS that are the user's business: `tags_all` as read. AWS's own, those of
    /// ownership and those ignored are not.
    #[must_use]
    pub fn visible(&self, on_aws: &Tags) -> Tags {
        on_aws
            .iter()
            .filter(|(key, _)| self.is_visible(key))
            .map(|(key, value)| (key.clone(), value.clone()))
            .collect()
    }

    /// A resource's `tags` as read: what is visible on AWS, without what `default_tags` account
    /// for.
    ///
    /// `before` is what the state has. It decides where AWS can't tell: a tag equal to a default
    /// tag stays if the resource says it too (hashicorp/terraform-provider-aws#28474 had it come
    /// and go), a null stays while the key shows nothing but the default, and an ignored key
    /// stays as it was.
    #[must_use]
    pub fn read(&self, on_aws: &Tags, before: &ConfiguredTags) -> ConfiguredTags {
        let visible = self.visible(on_aws);
        let mut tags = ConfiguredTags::new();
        for (key, value) in &visible {
            let by_default = self.default_of(key) == Some(value);
            let said = matches!(before.get(key), Some(TagValue::Known(_)));
            if said || !by_default {
                tags.insert(key.clone(), TagValue::Known(value.clone()));
            }
        }
        for (key, value) in before {
            let keep = match value {
                TagValue::Null => !tags.contains_key(key),
                _ => !self.is_visible(key),
            };
            if keep {
                tags.insert(key.clone(), value.clone());
            }
        }
        tags
    }

    /// What to write to get from what is on AWS to `tags_all` and `ownership`. Visible tags that
    /// are not wanted go, as in hashicorp/aws; all others stay, but ownership tags are repaired.
    #[must_use]
    pub fn changes(&self, on_aws: &Tags, tags_all: &Tags, ownership: &Tags) -> TagChanges {
        let wanted: Tags = tags_all
            .iter()
            .filter(|(key, _)| self.is_visible(key))
            .chain(ownership)
            .map(|(key, value)| (key.clone(), value.clone()))
            .collect();
        let remove = self
            .visible(on_aws)
            .into_keys()
            .filter(|key| !wanted.contains_key(key));
        TagChanges {
            remove: remove.collect(),
            set: wanted
                .into_iter()
                .filter(|(key, value)| on_aws.get(key) != Some(value))
                .collect(),
        }
    }

    fn is_visible(&self, key: &str) -> bool {
        !is_system(key)
            && !ownership::is_ownership_key(key)
            && !self.ignore_keys.contains(key)
            && !self
                .ignore_key_prefixes
                .iter()
                .any(|prefix| key.starts_with(prefix.as_str()))
    }

    fn default_of(&self, key: &str) -> Option<&String> {
        match self.default.get(key) {
            Some(TagValue::Known(value)) => Some(value),
            _ => None,
        }
    }
}

/// What AWS won't take as tags.
///
/// <https://docs.aws.amazon.com/tag-editor/latest/userguide/best-practices-and-strats.html#tag-conventions>
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum TagProblem {
    /// A key of no characters or too many.
    #[error("the tag key {key:?} has {length} characters; AWS takes 1 to {MAX_KEY}")]
    KeyLength {
        /// The key.
        key: String,
        /// Its characters.
        length: usize,
    },
    /// A value too long.
    #[error("the value of tag {key:?} has {length} characters; AWS takes up to {MAX_VALUE}")]
    ValueLength {
        /// The key.
        key: String,
        /// The value's characters.
        length: usize,
    },
    /// A character that not all services take.
    #[error(
        "tag {key:?} contains {character:?}; AWS takes letters, digits, spaces and _ . : / = + - @"
    )]
    Character {
        /// The key.
        key: String,
        /// The first such character, in key or value.
        character: char,
    },
    /// A key that AWS keeps to itself.
    #[error("the tag key {key:?} begins with aws:, which AWS keeps to itself")]
    Reserved {
        /// The key.
        key: String,
    },
    /// A key that this provider keeps to itself.
    #[error("the tag key {key:?} is one by which this provider marks what it owns")]
    Ownership {
        /// The key.
        key: String,
    },
    /// Too many.
    #[error(
        "{count} tags are too many: AWS takes {MAX_TAGS} on an object, {} of which mark what this \
         provider owns",
        ownership::TAG_COUNT
    )]
    Count {
        /// How many the user has.
        count: usize,
    },
}

const MAX_TAGS: usize = 50;
const MAX_KEY: usize = 128;
const MAX_VALUE: usize = 256;

/// All that AWS would refuse in `tags_all`, in the order of the keys.
#[must_use]
pub fn problems(tags_all: &Tags) -> Vec<TagProblem> {
    let mut problems: Vec<TagProblem> = tags_all
        .iter()
        .flat_map(|(key, value)| problems_of(key, value))
        .collect();
    if tags_all.len() > MAX_TAGS - ownership::TAG_COUNT {
        problems.push(TagProblem::Count {
            count: tags_all.len(),
        });
    }
    problems
}

fn problems_of(key: &str, value: &str) -> Vec<TagProblem> {
    let mut problems = Vec::new();
    let name = || key.to_owned();
    let length = key.chars().count();
    if !(1..=MAX_KEY).contains(&length) {
        problems.push(TagProblem::KeyLength {
            key: name(),
            length,
        });
    }
    let length = value.chars().count();
    if length > MAX_VALUE {
        problems.push(TagProblem::ValueLength {
            key: name(),
            length,
        });
    }
    if let Some(character) = key
        .chars()
        .chain(value.chars())
        .find(|c| !is_tag_character(*c))
    {
        problems.push(TagProblem::Character {
            key: name(),
            character,
        });
    }
    if is_system(key) {
        problems.push(TagProblem::Reserved { key: name() });
    }
    if ownership::is_ownership_key(key) {
        problems.push(TagProblem::Ownership { key: name() });
    }
    problems
}

/// AWS's own tags: `aws:` in any case, since AWS refuses to set `AWS:` too.
fn is_system(key: &str) -> bool {
    key.get(..4)
        .is_some_and(|prefix| prefix.eq_ignore_ascii_case("aws:"))
}

/// What every service takes. ELB's pattern is `[\p{L}\p{Z}\p{N}_.:/=+\-@]`.
pub(crate) fn is_tag_character(c: char) -> bool {
    c.is_alphanumeric() || (c.is_whitespace() && !c.is_control()) || "_.:/=+-@".contains(c)
}

#[cfg(test)]
mod tests;
