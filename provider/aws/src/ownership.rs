//! Who made an object: the marks on it, and what they allow.
//!
//! A create that was killed leaves its memory in AWS alone, in these tags. The next create finds
//! the object by its name and takes it for its own only if the tags say so.

use std::fmt;

use crate::tags::{Tags, is_tag_character};

/// The tag that names the cluster.
pub const CLUSTER_KEY: &str = "kubeha.io/cluster";
/// The tag that says what the object is.
pub const KIND_KEY: &str = "kubeha.io/kind";
/// The tag that names the provider's `owner`.
pub const OWNER_KEY: &str = "kubeha.io/owner";

/// The tag that names the zone of an object of which each zone of a cluster has one.
pub const ZONE_KEY: &str = "kubeha.io/zone";
/// The tag that names the VPC of an object that is made for one, but isn't in one.
pub const VPC_KEY: &str = "kubeha.io/vpc";

/// How many tags each object has of these at least.
pub(crate) const TAG_COUNT: usize = 3;

/// Whether a tag is one of ownership. They are outside `tags_all` and `ignore_tags`.
#[must_use]
pub fn is_ownership_key(key: &str) -> bool {
    matches!(key, CLUSTER_KEY | KIND_KEY | OWNER_KEY | ZONE_KEY | VPC_KEY)
}

/// The provider's `owner`: who runs this Terraform configuration. No two configurations may
/// share one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Owner(String);

/// A text that can't be an owner.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "an owner is 1 to 256 letters, digits, inner spaces or _ . : / = + - @, so that it can be a \
     tag's value; {0:?} is not"
)]
pub struct OwnerInvalid(String);

impl Owner {
    /// Takes a text that can be a tag's value, with something in it and no space around it.
    ///
    /// # Errors
    ///
    /// For any other text.
    pub fn parse(text: impl Into<String>) -> Result<Self, OwnerInvalid> {
        let text = text.into();
        let fits = (1..=256).contains(&text.chars().count());
        if fits && text.trim() == text && text.chars().all(is_tag_character) {
            Ok(Self(text))
        } else {
            Err(OwnerInvalid(text))
        }
    }

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// What an object is to us: the marks it gets when it is made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ownership {
    /// The cluster's name.
    pub cluster: String,
    /// What the object is, such as `api-load-balancer`; different for each object of a cluster.
    pub kind: &'static str,
    /// The provider's `owner`, if it is set.
    pub owner: Option<Owner>,
}

/// What may be done with an object that stands where one is to be made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Claim {
    /// It is ours, finished or not: go on with it.
    Adopt,
    /// It is not to be touched.
    Refuse(Refusal),
}

/// Why an object isn't taken. The text completes "... exists and ...".
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Refusal {
    /// No `owner` is set, so nothing can be known to be ours.
    NoOwnerSet,
    /// Nothing says that this provider made it.
    Foreign,
    /// It belongs to another cluster.
    OtherCluster(String),
    /// It is another part of the cluster.
    OtherKind(String),
    /// It was made without an `owner`.
    Unowned,
    /// It belongs to another owner.
    OtherOwner(String),
}

impl Ownership {
    /// The tags that mark the object.
    #[must_use]
    pub fn tags(&self) -> Tags {
        let mut tags = Tags::from([
            (CLUSTER_KEY.into(), self.cluster.clone()),
            (KIND_KEY.into(), self.kind.into()),
        ]);
        if let Some(owner) = &self.owner {
            tags.insert(OWNER_KEY.into(), owner.as_str().into());
        }
        tags
    }

    /// Whether an object bears exactly these marks. For parts of an object that is known to be ours:
    /// unlike a [claim](Self::claim), it needs no owner.
    #[must_use]
    pub fn is_on(&self, found: &Tags) -> bool {
        let marks = self.tags();
        let all = marks
            .iter()
            .all(|(key, value)| found.get(key) == Some(value));
        all && found.contains_key(OWNER_KEY) == self.owner.is_some()
    }

    /// Whether an object with these tags may be taken for the one to be made.
    #[must_use]
    pub fn claim(&self, found: &Tags) -> Claim {
        let refusal = match (&self.owner, found.get(OWNER_KEY)) {
            _ if !found.contains_key(CLUSTER_KEY) || !found.contains_key(KIND_KEY) => {
                Some(Refusal::Foreign)
            }
            _ if found.get(CLUSTER_KEY) != Some(&self.cluster) => {
                Some(Refusal::OtherCluster(text(found, CLUSTER_KEY)))
            }
            _ if found.get(KIND_KEY).is_none_or(|kind| kind != self.kind) => {
                Some(Refusal::OtherKind(text(found, KIND_KEY)))
            }
            (None, _) => Some(Refusal::NoOwnerSet),
            (Some(_), None) => Some(Refusal::Unowned),
            (Some(ours), Some(theirs)) if ours.as_str() != theirs => {
                Some(Refusal::OtherOwner(theirs.clone()))
            }
            (Some(_), Some(_)) => None,
        };
        refusal.map_or(Claim::Adopt, Claim::Refuse)
    }
}

fn text(tags: &Tags, key: &str) -> String {
    tags.get(key).cloned().unwrap_or_default()
}

impl Refusal {
    /// Whether `terraform import` is the way on, because the object may well be the user's own.
    /// Where it is another cluster's or another part, importing it would do harm.
    #[must_use]
    pub fn suggests_import(&self) -> bool {
        matches!(self, Self::NoOwnerSet | Self::Foreign | Self::Unowned)
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoOwnerSet => f.write_str(
                "the provider's owner is not set, so it can't be told whether an earlier apply of \
                 this configuration made it",
            ),
            Self::Foreign => f.write_str("has no tags that say this provider made it"),
            Self::OtherCluster(cluster) => write!(f, "belongs to the cluster {cluster:?}"),
            Self::OtherKind(kind) => write!(f, "is another part of the cluster: {kind}"),
            Self::Unowned => f.write_str("was made while the provider's owner was not set"),
            Self::OtherOwner(owner) => write!(f, "belongs to the owner {owner:?}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ours(owner: Option<&str>) -> Ownership {
        Ownership {
            cluster: "prod".into(),
            kind: "api-load-balancer",
            owner: owner.map(|owner| Owner::parse(owner).unwrap()),
        }
    }

    fn refused(us: &Ownership, key: &str, value: Option<&str>) -> Refusal {
        let mut found = ours(Some("me")).tags();
        match value {
            Some(value) => found.insert(key.into(), value.into()),
            None => found.remove(key),
        };
        match us.claim(&found) {
            Claim::Refuse(refusal) => refusal,
            Claim::Adopt => panic!("adopted {found:?}"),
        }
    }

    #[test]
    fn ones_own_is_adopted_whatever_else_is_on_it() {
        let us = ours(Some("me"));
        let mut found = us.tags();
        found.insert("team".into(), "a".into());
        assert_eq!(us.claim(&found), Claim::Adopt);
    }

    #[test]
    fn all_else_is_refused() {
        let us = ours(Some("me"));
        let other = |text: &str| text.to_owned();
        assert_eq!(
            refused(&us, OWNER_KEY, Some("you")),
            Refusal::OtherOwner(other("you"))
        );
        assert_eq!(refused(&us, OWNER_KEY, None), Refusal::Unowned);
        assert_eq!(
            refused(&us, CLUSTER_KEY, Some("dev")),
            Refusal::OtherCluster(other("dev"))
        );
        assert_eq!(refused(&us, CLUSTER_KEY, None), Refusal::Foreign);
        assert_eq!(
            refused(&us, KIND_KEY, Some("network")),
            Refusal::OtherKind(other("network"))
        );
        assert_eq!(us.claim(&Tags::new()), Claim::Refuse(Refusal::Foreign));
    }

    #[test]
    fn without_an_owner_nothing_is_adopted_not_even_what_looks_the_same() {
        let us = ours(None);
        assert_eq!(us.claim(&us.tags()), Claim::Refuse(Refusal::NoOwnerSet));
        assert_eq!(refused(&us, OWNER_KEY, Some("me")), Refusal::NoOwnerSet);
    }

    #[test]
    fn an_owner_is_a_tags_value() {
        assert!(Owner::parse("platform/prod").is_ok());
        for text in ["", " ", "a ", "a,b", &"x".repeat(257)] {
            assert!(Owner::parse(text).is_err(), "{text:?}");
        }
    }

    #[test]
    fn as_many_tags_as_are_counted() {
        assert_eq!(ours(Some("me")).tags().len(), TAG_COUNT);
    }
}
