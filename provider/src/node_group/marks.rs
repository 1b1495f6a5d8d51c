//! Tags of a group's objects: the user's, those of ownership, and those by which a cluster's
//! components know its nodes.
//!
//! | object | tags |
//! |---|---|
//! | launch template | `tags_all`, ownership |
//! | group | `tags_all`, ownership, [marks](Marks), what its kind remembers in it |
//! | instance | all of the group's that propagate, its own kind |
//! | volume | `tags_all`, ownership, marks |
//!
//! Instances get the group's, so that one launched tomorrow has today's. Volumes get theirs from
//! the launch template, the one way there is.

use std::collections::{BTreeMap, BTreeSet};

use aws::autoscaling::GroupTag;
use aws::ownership::{KIND_KEY, Ownership, is_ownership_key};
use aws::tags::{TagChanges, Tags};
use tfplug::{Attr, Diagnostic, Diagnostics, Map};

use super::Kind;
use crate::provider::Data;
use crate::tags;

/// What a node is to its cluster, `control-plane` or `worker`.
pub(crate) const ROLE_KEY: &str = "kubeha.io/role";
/// What the console shows.
const NAME_KEY: &str = "Name";
/// How many tags AWS takes on an object.
const MAX_TAGS: usize = 50;

/// The key by which cloud controllers find a cluster's objects.
/// <https://cloud-provider-aws.sigs.k8s.io/prerequisites/>
fn cluster_key(cluster: &str) -> String {
    format!("kubernetes.io/cluster/{cluster}")
}

/// All that decides about the tags of a group's objects.
#[derive(Clone, Debug)]
pub(crate) struct Marks {
    kind: &'static Kind,
    /// Ownership of any of the objects; the kind is put in for each.
    ownership: Ownership,
    /// The group's name.
    name: String,
    /// What the group's kind remembers in its tags: on the group alone.
    memory: Tags,
}

impl Marks {
    pub(crate) fn new(
        data: &Data,
        kind: &'static Kind,
        cluster: &str,
        name: &str,
        memory: Tags,
    ) -> Self {
        Self {
            kind,
            ownership: data.ownership(cluster, kind.group),
            name: name.to_owned(),
            memory,
        }
    }

    /// Tags of the launch template itself.
    pub(crate) fn of_template(&self, tags_all: &Tags) -> Tags {
        merged(tags_all, self.ownership_of(self.kind.template))
    }

    /// The marks of the launch template, ownership alone.
    pub(crate) fn template_ownership(&self) -> Tags {
        self.ownership_of(self.kind.template)
    }

    /// Tags of the group.
    pub(crate) fn of_group(&self, tags_all: &Tags) -> BTreeMap<String, GroupTag> {
        let mut all: BTreeMap<_, _> = merged(&self.given_by_us(tags_all), tags_all.clone())
            .into_iter()
            .chain(self.ownership.tags())
            .map(|(key, value)| {
                let propagate_at_launch = key != KIND_KEY;
                (key, tag(value, propagate_at_launch))
            })
            .collect();
        all.extend(
            (self.memory.iter()).map(|(key, value)| (key.clone(), tag(value.clone(), false))),
        );
        all
    }

    /// Tags of an instance.
    pub(crate) fn of_node(&self, tags_all: &Tags) -> Tags {
        self.of_machine(tags_all, self.kind.node)
    }

    /// Tags of a volume.
    pub(crate) fn of_volume(&self, tags_all: &Tags) -> Tags {
        self.of_machine(tags_all, self.kind.volume)
    }

    /// Tags that the launch template gives, by type of resource: an instance's kind, since its
    /// group's propagates to none, and all of a volume's.
    pub(crate) fn in_template(&self, tags_all: &Tags) -> BTreeMap<String, Tags> {
        BTreeMap::from([
            (
                "instance".to_owned(),
                Tags::from([(KIND_KEY.to_owned(), self.kind.node.to_owned())]),
            ),
            ("volume".to_owned(), self.of_volume(tags_all)),
        ])
    }

    /// Whether a volume was made with its instance by this group's launch template. Volumes that
    /// others attach, such as a CSI driver, are theirs.
    pub(crate) fn is_own_volume(&self, tags: &Tags) -> bool {
        self.ownership_of(self.kind.volume)
            .iter()
            .filter(|(key, _)| is_ownership_key(key) && *key != aws::ownership::OWNER_KEY)
            .all(|(key, value)| tags.get(key) == Some(value))
    }

    /// The tags of an object that are the user's business, out of those that AWS has. One of ours
    /// is not, unless the user says the same one, or somebody gave it another value.
    pub(crate) fn users(&self, on_aws: &Tags, before: &Attr<Map<String>>) -> Tags {
        let said = |key: &str| before.known().is_some_and(|map| map.0.contains_key(key));
        let ours = self.given_by_us(&Tags::new());
        on_aws
            .iter()
            .filter(|(key, value)| {
                let ours = ours.get(*key) == Some(value) || (self.kind.is_memory)(key);
                !ours || said(key)
            })
            .map(|(key, value)| (key.clone(), value.clone()))
            .collect()
    }

    /// Marks of the group that are missing or don't propagate, in words.
    pub(crate) fn deviations(
        &self,
        group: &BTreeMap<String, GroupTag>,
        tags_all: &Tags,
    ) -> BTreeSet<String> {
        let is_users = |key: &String| tags_all.contains_key(key);
        self.of_group(tags_all)
            .into_iter()
            .filter(|(key, _)| !is_users(key) && !is_ownership_key(key))
            .filter(|(key, tag)| group.get(key) != Some(tag))
            .map(|(key, _)| format!("tag {key} is missing, or not as it is set"))
            .collect()
    }

    fn of_machine(&self, tags_all: &Tags, kind: &'static str) -> Tags {
        merged(
            &merged(&self.given_by_us(tags_all), tags_all.clone()),
            self.ownership_of(kind),
        )
    }

    /// Marks beside ownership. The user may give another name.
    fn given_by_us(&self, tags_all: &Tags) -> Tags {
        let mut marks = Tags::from([
            (ROLE_KEY.to_owned(), self.kind.role.to_owned()),
            (cluster_key(&self.ownership.cluster), "owned".to_owned()),
        ]);
        if !tags_all.contains_key(NAME_KEY) {
            marks.insert(NAME_KEY.to_owned(), self.name.clone());
        }
        marks
    }

    fn ownership_of(&self, kind: &'static str) -> Tags {
        Ownership {
            kind,
            ..self.ownership.clone()
        }
        .tags()
    }
}

/// `tags_all` as planned, with what AWS or the marks forbid as errors at `tags`.
pub(crate) fn planned(
    data: &Data,
    kind: &'static Kind,
    cluster: &Attr<String>,
    memory: &Tags,
    configured: &Attr<Map<String>>,
    errors: &mut Diagnostics,
) -> Attr<Map<String>> {
    let tags_all = tags::planned(data, configured, errors);
    let (Some(cluster), Some(map)) = (cluster.text(), tags_all.known()) else {
        return tags_all;
    };
    let all = tags::wanted(map);
    let marks = Marks::new(data, kind, cluster, "", memory.clone());
    let mut fixed = marks.given_by_us(&Tags::new());
    fixed.remove(NAME_KEY);
    fixed.extend(memory.clone());
    for (key, said) in &all {
        let ours = fixed.contains_key(key) || (kind.is_memory)(key);
        if ours && fixed.get(key) != Some(said) {
            let text = format!(
                "This resource itself sets or leaves out the tag \"{key}\". Remove it from \
                 \"tags\", and from the provider's default tags if it stands there."
            );
            errors.push(Diagnostic::error("Invalid tags", text).at("tags"));
        }
    }
    let count = marks.of_group(&all).len();
    if count > MAX_TAGS {
        let text = format!(
            "{} tags are too many: AWS takes {MAX_TAGS} on a group, {} of which are this \
             provider's.",
            all.len(),
            count - all.len()
        );
        errors.push(Diagnostic::error("Invalid tags", text).at("tags"));
    }
    tags_all
}

/// What to write so that the group has the tags wanted: those to set, and the keys to remove.
pub(crate) fn group_changes(
    data: &Data,
    kind: &Kind,
    on_aws: &BTreeMap<String, GroupTag>,
    wanted: &BTreeMap<String, GroupTag>,
) -> (BTreeMap<String, GroupTag>, Vec<String>) {
    let policy = data.tags().cloned().unwrap_or_default();
    let visible = policy.visible(&values(on_aws));
    let set = wanted
        .iter()
        .filter(|(key, tag)| on_aws.get(*key) != Some(tag))
        .map(|(key, tag)| (key.clone(), tag.clone()))
        .collect();
    let remove = on_aws
        .keys()
        .filter(|key| visible.contains_key(*key) || (kind.is_memory)(key))
        .filter(|key| !wanted.contains_key(*key))
        .cloned()
        .collect();
    (set, remove)
}

/// A group's tags without saying which propagate.
pub(crate) fn values(tags: &BTreeMap<String, GroupTag>) -> Tags {
    tags.iter()
        .map(|(key, tag)| (key.clone(), tag.value.clone()))
        .collect()
}

/// What to write so that a node or volume has the tags wanted. Of its other tags only those go that
/// it had by us: what controllers put on an instance is theirs.
pub(crate) fn changes(on_aws: &Tags, wanted: &Tags, former: &Tags) -> TagChanges {
    TagChanges {
        set: wanted
            .iter()
            .filter(|(key, value)| on_aws.get(*key) != Some(value))
            .map(|(key, value)| (key.clone(), value.clone()))
            .collect(),
        remove: former
            .keys()
            .filter(|key| on_aws.contains_key(*key) && !wanted.contains_key(*key))
            .cloned()
            .collect(),
    }
}

fn merged(one: &Tags, over: Tags) -> Tags {
    one.clone().into_iter().chain(over).collect()
}

fn tag(value: String, propagate_at_launch: bool) -> GroupTag {
    GroupTag {
        value,
        propagate_at_launch,
    }
}
