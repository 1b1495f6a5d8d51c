//! The tags by which the cluster autoscaler knows a group, and what its nodes will be like.
//!
//! <https://github.com/kubernetes/autoscaler/blob/master/cluster-autoscaler/cloudprovider/aws/README.md>
//!
//! They stand on the group alone, where the autoscaler reads them. They are also this resource's
//! memory: labels, taints, and whether the autoscaler may scale the group, are read back from them.

use std::collections::{BTreeMap, BTreeSet};

use aws::tags::Tags;

/// What begins all of the autoscaler's tags.
const PREFIX: &str = "k8s.io/cluster-autoscaler/";
/// What begins a label's tag; the label's key follows.
pub(super) const LABEL: &str = "k8s.io/cluster-autoscaler/node-template/label/";
/// What begins a taint's tag; the taint's key follows.
pub(super) const TAINT: &str = "k8s.io/cluster-autoscaler/node-template/taint/";
/// By this one, and the one of the cluster, the autoscaler discovers its groups.
const ENABLED: &str = "enabled";

/// A taint of the nodes.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Taint {
    pub(super) key: String,
    pub(super) value: String,
    /// `NoSchedule`, `PreferNoSchedule` or `NoExecute`.
    pub(super) effect: String,
}

/// What the autoscaler is told of a group.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Autoscaler {
    /// Whether it may scale the group.
    pub(super) enabled: bool,
    pub(super) labels: BTreeMap<String, String>,
    /// At most one for each key: the key is the tag's.
    pub(super) taints: BTreeSet<Taint>,
}

impl Autoscaler {
    /// The tags that say so.
    pub(super) fn tags(&self, cluster: &str) -> Tags {
        let discovery = [
            (format!("{PREFIX}{ENABLED}"), "true".to_owned()),
            (format!("{PREFIX}{cluster}"), "owned".to_owned()),
        ];
        let labels =
            (self.labels.iter()).map(|(key, value)| (format!("{LABEL}{key}"), value.clone()));
        let taints = self.taints.iter().map(|taint| {
            let Taint { key, value, effect } = taint;
            (format!("{TAINT}{key}"), format!("{value}:{effect}"))
        });
        let discovery = discovery.into_iter().filter(|_| self.enabled);
        discovery.chain(labels).chain(taints).collect()
    }

    /// What a group's tags say. It is discovered by both its tags or not at all.
    pub(super) fn read(cluster: &str, tags: &Tags) -> Self {
        let of = |prefix: &'static str| {
            tags.iter().filter_map(move |(key, value)| {
                Some((key.strip_prefix(prefix)?.to_owned(), value.clone()))
            })
        };
        let has = |name: &str| tags.contains_key(&format!("{PREFIX}{name}"));
        Self {
            enabled: has(ENABLED) && has(cluster),
            labels: of(LABEL).collect(),
            taints: of(TAINT).map(|(key, text)| taint(key, &text)).collect(),
        }
    }
}

/// Whether a tag is one of these, whatever its value. Others of the autoscaler's, such as those of
/// a node's resources, are the user's to set.
pub(super) fn is_ours(key: &str) -> bool {
    let discovers = |rest: &str| !rest.is_empty() && !rest.contains('/');
    key.starts_with(LABEL)
        || key.starts_with(TAINT)
        || key.strip_prefix(PREFIX).is_some_and(discovers)
}

/// A taint from its tag. A value without an effect is no taint to the autoscaler; without one it
/// shows as somebody's change.
fn taint(key: String, text: &str) -> Taint {
    let (value, effect) = text.split_once(':').unwrap_or((text, ""));
    Taint {
        key,
        value: value.to_owned(),
        effect: effect.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn taint(key: &str, value: &str, effect: &str) -> Taint {
        Taint {
            key: key.to_owned(),
            value: value.to_owned(),
            effect: effect.to_owned(),
        }
    }

    fn tags(pairs: &[(&str, &str)]) -> Tags {
        let owned = |(key, value): &(&str, &str)| ((*key).to_owned(), (*value).to_owned());
        pairs.iter().map(owned).collect()
    }

    #[test]
    fn tags_are_those_that_the_autoscaler_reads() {
        let told = Autoscaler {
            enabled: true,
            labels: [("example.com/pool".to_owned(), "gpu".to_owned())].into(),
            taints: [
                taint("dedicated", "gpu", "NoSchedule"),
                taint("spot", "", "PreferNoSchedule"),
            ]
            .into(),
        };
        let expected = tags(&[
            ("k8s.io/cluster-autoscaler/enabled", "true"),
            ("k8s.io/cluster-autoscaler/prod", "owned"),
            (
                "k8s.io/cluster-autoscaler/node-template/label/example.com/pool",
                "gpu",
            ),
            (
                "k8s.io/cluster-autoscaler/node-template/taint/dedicated",
                "gpu:NoSchedule",
            ),
            (
                "k8s.io/cluster-autoscaler/node-template/taint/spot",
                ":PreferNoSchedule",
            ),
        ]);
        assert_eq!(told.tags("prod"), expected);
        assert!(expected.keys().all(|key| is_ours(key)));
        assert_eq!(Autoscaler::default().tags("prod"), Tags::new());
    }

    #[test]
    fn one_of_both_discovery_tags_is_not_enough() {
        let key = "k8s.io/cluster-autoscaler/enabled";
        for other in ["k8s.io/cluster-autoscaler/dev", "Name"] {
            let found = Autoscaler::read("prod", &tags(&[(key, "true"), (other, "owned")]));
            assert!(!found.enabled, "{other}");
        }
    }

    #[test]
    fn what_is_no_taint_shows() {
        let key = "k8s.io/cluster-autoscaler/node-template/taint/a";
        let found = Autoscaler::read("prod", &tags(&[(key, "b")]));
        assert_eq!(found.taints, [taint("a", "b", "")].into());
    }

    #[test]
    fn the_users_own_tags_for_the_autoscaler_stay_the_users() {
        for key in [
            "k8s.io/cluster-autoscaler/node-template/resources/nvidia.com/gpu",
            "k8s.io/cluster-autoscaler/node-template/autoscaling-options/scaledownunneededtime",
            "k8s.io/cluster-autoscaler/",
            "k8s.io/role",
            "Name",
        ] {
            assert!(!is_ours(key), "{key}");
        }
    }

    proptest! {
        #[test]
        fn what_is_told_is_read_back(
            enabled in any::<bool>(),
            labels in prop::collection::btree_map("[a-z./]{1,20}", "[a-z.]{0,9}", 0..5),
            taints in prop::collection::btree_map(
                "[a-z./]{1,20}",
                ("[a-z.]{0,9}", prop::sample::select(vec!["NoSchedule", "NoExecute"])),
                0..5,
            ),
            users in prop::collection::btree_map("[a-zA-Z]{1,9}", "[a-z]{0,9}", 0..5),
        ) {
            let taints = taints.iter().map(|(key, (value, effect))| taint(key, value, effect));
            let told = Autoscaler { enabled, labels, taints: taints.collect() };
            let mut tags = told.tags("prod");
            prop_assert!(tags.keys().all(|key| is_ours(key)));
            tags.extend(users);
            prop_assert_eq!(Autoscaler::read("prod", &tags), told);
        }
    }
}
