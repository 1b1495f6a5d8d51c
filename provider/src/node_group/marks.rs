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

#[cfg(test)]
mod tests {
    use super::*;

    const KIND: Kind = Kind {
        resource: "kubeha_nodes",
        noun: "group of nodes",
        name_attribute: "name",
        role: "node",
        group: "group",
        template: "template",
        node: "node",
        volume: "volume",
        is_memory: |key| key == "remembered",
    };

    fn marks(memory: &[(&str, &str)]) -> Marks {
        Marks::new(
            &Data::for_tests("prod"),
            &KIND,
            "prod",
            "prod-nodes",
            tags(memory),
        )
    }

    fn tags(of: &[(&str, &str)]) -> Tags {
        let owned = |(key, value): &(&str, &str)| ((*key).to_owned(), (*value).to_owned());
        of.iter().map(owned).collect()
    }

    fn attribute(of: &[(&str, &str)]) -> Attr<Map<String>> {
        Attr::Known(tags(of).into_iter().collect())
    }

    #[test]
    fn nodes_have_what_their_group_propagates_and_their_own_kind() {
        let marks = marks(&[("remembered", "x")]);
        let all = tags(&[("team", "a")]);
        let mut of_node: Tags = marks
            .of_group(&all)
            .into_iter()
            .filter(|(_, tag)| tag.propagate_at_launch)
            .map(|(key, tag)| (key, tag.value))
            .collect();
        of_node.extend(marks.in_template(&all).remove("instance").unwrap());
        assert_eq!(of_node, marks.of_node(&all));
        assert_eq!(of_node["Name"], "prod-nodes");
        assert_eq!(of_node[KIND_KEY], "node");
        assert!(!of_node.contains_key("remembered"));
        assert_eq!(marks.of_group(&all)[KIND_KEY].value, "group");
    }

    #[test]
    fn ours_are_none_of_the_users_unless_said_or_changed() {
        let marks = marks(&[]);
        let on_aws = marks.of_node(&tags(&[("team", "a")]));
        let users =
            |on_aws: &Tags, before: &[(&str, &str)]| marks.users(on_aws, &attribute(before));
        let seen: Vec<String> = users(&on_aws, &[("team", "a")]).into_keys().collect();
        // Those of ownership are for the tag policy to hide.
        assert_eq!(seen, ["kubeha.io/cluster", "kubeha.io/kind", "team"]);
        let named = users(&on_aws, &[("Name", "prod-nodes")]);
        assert_eq!(named["Name"], "prod-nodes");
        let mut changed = on_aws;
        changed.insert(ROLE_KEY.to_owned(), "other".to_owned());
        assert!(users(&changed, &[]).contains_key(ROLE_KEY));
    }

    #[test]
    fn users_name_things_but_do_not_mark_them() {
        let planned_of = |of: &[(&str, &str)]| {
            let mut errors = Diagnostics::new();
            let cluster = "prod".into();
            let data = Data::for_tests("prod");
            planned(
                &data,
                &KIND,
                &cluster,
                &Tags::new(),
                &attribute(of),
                &mut errors,
            );
            errors.iter().count()
        };
        assert_eq!(planned_of(&[("Name", "mine"), ("team", "a")]), 0);
        assert_eq!(planned_of(&[("kubernetes.io/cluster/prod", "owned")]), 0);
        assert_eq!(planned_of(&[("kubernetes.io/cluster/prod", "shared")]), 1);
        assert_eq!(planned_of(&[("kubernetes.io/cluster/other", "shared")]), 0);
        assert_eq!(planned_of(&[(ROLE_KEY, "mine")]), 1);
        assert_eq!(planned_of(&[("remembered", "x")]), 1);
        let many: Vec<_> = (0..46).map(|n| format!("k{n}")).collect();
        let many: Vec<_> = many.iter().map(|key| (key.as_str(), "")).collect();
        assert_eq!(planned_of(&many), 1);
        assert_eq!(planned_of(many.get(..40).unwrap()), 0);
    }

    #[test]
    fn a_name_of_the_users_takes_the_place_of_ours() {
        let all = tags(&[("Name", "mine")]);
        assert_eq!(marks(&[]).of_volume(&all)["Name"], "mine");
        assert_eq!(marks(&[]).of_group(&all)["Name"].value, "mine");
    }

    #[test]
    fn what_the_group_forgot_is_removed_and_what_others_added_too() {
        let data = Data::for_tests("prod");
        let wanted = marks(&[]).of_group(&tags(&[("team", "a")]));
        let mut on_aws = marks(&[("remembered", "x")]).of_group(&tags(&[("team", "b")]));
        on_aws.insert("theirs".to_owned(), tag("1".to_owned(), true));
        on_aws.insert("aws:theirs".to_owned(), tag("1".to_owned(), true));
        let (set, remove) = group_changes(&data, &KIND, &on_aws, &wanted);
        assert_eq!(set.into_keys().collect::<Vec<_>>(), ["team"]);
        assert_eq!(remove, ["remembered", "theirs"]);
        let (set, remove) = group_changes(&data, &KIND, &wanted, &wanted);
        assert!(set.is_empty() && remove.is_empty());
    }

    #[test]
    fn only_volumes_that_came_with_a_node_are_its_own() {
        let marks = marks(&[]);
        assert!(marks.is_own_volume(&marks.of_volume(&Tags::new())));
        assert!(!marks.is_own_volume(&marks.of_node(&Tags::new())));
        assert!(!marks.is_own_volume(&Tags::new()));
    }

    #[test]
    fn a_missing_mark_is_told() {
        let marks = marks(&[("remembered", "x")]);
        let all = tags(&[("team", "a")]);
        let mut group = marks.of_group(&all);
        assert!(marks.deviations(&group, &all).is_empty());
        group.remove("remembered");
        group.remove("team");
        group.insert(ROLE_KEY.to_owned(), tag("node".to_owned(), false));
        let told: Vec<_> = marks.deviations(&group, &all).into_iter().collect();
        assert_eq!(
            told,
            [
                "tag kubeha.io/role is missing, or not as it is set",
                "tag remembered is missing, or not as it is set",
            ]
        );
    }
}
