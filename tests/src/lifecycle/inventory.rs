//! What exists beside what was there at first, in a form that can be compared.

use std::collections::{BTreeMap, BTreeSet};

use crate::emulator::Account;

/// What there is of each kind, by name and tags: equal wherever the same was made. Ids differ.
pub type Made = BTreeMap<String, Vec<(String, BTreeMap<String, String>)>>;

/// The ids of what an account had at first.
#[derive(Clone, Debug)]
pub struct Before(BTreeSet<String>);

impl Before {
    /// What the account has now.
    #[must_use]
    pub fn of(account: &Account) -> Self {
        Self(ids(account))
    }

    /// What exists beside that. Tags that hold ids hold the kinds of the objects instead.
    #[must_use]
    pub fn made(&self, account: &Account) -> Made {
        let mut made = Made::new();
        let inventory = account.inventory();
        let kind_of = |id: &String| {
            let mut kinds = inventory.iter();
            let kind = kinds.find(|(_, objects)| objects.iter().any(|object| object.id == *id));
            kind.map(|(kind, _)| kind.clone())
        };
        for (kind, objects) in &inventory {
            let new = objects
                .iter()
                .filter(|object| !self.0.contains(&object.id))
                .map(|object| {
                    let mut tags = without_aws_s_own(object.tags.clone());
                    for value in tags.values_mut() {
                        *value = kind_of(value).unwrap_or_else(|| std::mem::take(value));
                    }
                    (object.name.clone(), tags)
                });
            let mut new: Vec<_> = new.collect();
            new.sort();
            if !new.is_empty() {
                made.insert(kind.clone(), new);
            }
        }
        made
    }

    /// Asserts that the account has exactly what it had. `when` says after what.
    ///
    /// # Panics
    /// It hasn't.
    #[track_caller]
    pub fn nothing_left(&self, account: &Account, when: &str) {
        assert_eq!(self.made(account), Made::new(), "{when}: something is left");
        assert_eq!(ids(account), self.0, "{when}: something is gone");
    }
}

/// AWS's own tags hold ids.
fn without_aws_s_own(mut tags: BTreeMap<String, String>) -> BTreeMap<String, String> {
    tags.retain(|key, _| !key.starts_with("aws:"));
    tags
}

fn ids(account: &Account) -> BTreeSet<String> {
    let objects = account.inventory().into_values().flatten();
    objects.map(|object| object.id).collect()
}
