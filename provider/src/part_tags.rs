//! The tags of a part of an object: the user's, and beside them its marks of ownership, those by
//! which Kubernetes finds it, and a `Name`. Pure.

use aws::tags::{TagChanges, TagPolicy, Tags, problems};
use tfplug::{Diagnostic, Diagnostics};

use crate::provider::Data;

/// What Kubernetes's keys begin with. Its controllers set tags of their own.
pub(crate) const KUBERNETES: &str = "kubernetes.io/";
const NAME: &str = "Name";

/// What a part has beside the user's tags.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct PartTags {
    /// Its marks of ownership.
    pub(crate) marks: Tags,
    /// The tags that Kubernetes looks for.
    pub(crate) kubernetes: Tags,
    /// Its `Name`, unless the user's tags have one.
    pub(crate) name: Option<String>,
}

impl PartTags {
    /// All tags that it is to have.
    pub(crate) fn all(&self, tags_all: &Tags) -> Tags {
        let mut all = tags_all.clone();
        all.extend(self.own(tags_all));
        all.extend(self.marks.clone());
        all
    }

    /// What to write so that it has them. Tags of Kubernetes that aren't ours stay.
    pub(crate) fn changes(&self, data: &Data, on_aws: &Tags, tags_all: &Tags) -> TagChanges {
        let mut ours = self.own(tags_all);
        ours.extend(self.marks.clone());
        let policy = data.tags().cloned().unwrap_or_else(TagPolicy::default);
        let mut changes = policy.changes(on_aws, tags_all, &ours);
        changes.remove.retain(|key| !key.starts_with(KUBERNETES));
        changes
    }

    /// The tags on AWS that are the user's business: without its own, and without Kubernetes's
    /// unless the user says them. `tags_all` is what the state has.
    pub(crate) fn users(&self, on_aws: &Tags, tags_all: &Tags) -> Tags {
        let own = self.own(tags_all);
        let is_ours = |key: &String, value: &String| {
            key.starts_with(KUBERNETES) || own.get(key) == Some(value)
        };
        on_aws
            .iter()
            .filter(|(key, value)| tags_all.contains_key(*key) || !is_ours(key, value))
            .map(|(key, value)| (key.clone(), value.clone()))
            .collect()
    }

    /// What is wrong with the user's tags for it. `what` says what it is, such as "subnet".
    pub(crate) fn check(&self, what: &str, users: &Tags, errors: &mut Diagnostics) {
        for key in self
            .kubernetes
            .keys()
            .filter(|key| users.contains_key(*key))
        {
            let text = format!("This resource sets the tag \"{key}\" itself, on its {what}s.");
            tell(text, errors);
        }
        let count = self.all(users).len();
        if count > MOST_TAGS {
            let text = format!(
                "A {what} would have {count} tags with those that this resource sets itself; AWS \
                 takes {MOST_TAGS}."
            );
            tell(text, errors);
        }
    }

    /// Its tags beside those of ownership and the user's, whose `Name` counts more.
    fn own(&self, tags_all: &Tags) -> Tags {
        let mut own = self.kubernetes.clone();
        if let Some(name) = &self.name
            && !tags_all.contains_key(NAME)
        {
            own.insert(NAME.to_owned(), name.clone());
        }
        own
    }
}

/// AWS takes 50 tags on an object.
/// <https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/Using_Tags.html#tag-restrictions>
const MOST_TAGS: usize = 50;

/// Several parts have the same fault; it is told once.
fn tell(text: String, errors: &mut Diagnostics) {
    if !errors.iter().any(|error| error.detail() == text) {
        errors.push(Diagnostic::error("Invalid tags", text).at("tags"));
    }
}

/// The cluster's name becomes a part of a tag's key.
pub(crate) fn cluster_as_tag(kubernetes: &Tags, errors: &mut Diagnostics) {
    if let Some(problem) = problems(kubernetes).first() {
        let text = format!("The cluster's name becomes part of a tag, but {problem}.");
        errors.push(Diagnostic::error("Invalid cluster name", text).at("cluster_name"));
    }
}
