//! What AWS has of the groups: each in its role, with its rules.

use std::collections::BTreeMap;

use aws::ec2::{Ec2, SecurityGroup, SecurityGroupRule};
use futures_util::future::try_join_all;
use topology::ports::Group;

/// The groups that exist, and their rules.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Observed {
    pub(super) groups: BTreeMap<Group, SecurityGroup>,
    pub(super) rules: BTreeMap<Group, Vec<SecurityGroupRule>>,
}

impl Observed {
    /// Looks for groups and their rules, side by side.
    ///
    /// # Errors
    /// AWS can't be asked.
    pub(super) async fn read(ec2: &Ec2, ids: &BTreeMap<Group, String>) -> Result<Self, aws::Error> {
        let groups = try_join_all(ids.values().map(|id| ec2.security_group(id)));
        let (groups, mut rules) = tokio::try_join!(groups, Self::read_rules(ec2, ids))?;
        let mut found = Self::default();
        for (role, group) in ids.keys().zip(groups) {
            if let Some(group) = group {
                found.groups.insert(*role, group);
                let rules = rules.remove(role).unwrap_or_default();
                found.rules.insert(*role, rules);
            }
        }
        Ok(found)
    }

    /// Looks for rules alone. A group that isn't there has none.
    ///
    /// # Errors
    /// AWS can't be asked.
    pub(super) async fn read_rules(
        ec2: &Ec2,
        ids: &BTreeMap<Group, String>,
    ) -> Result<BTreeMap<Group, Vec<SecurityGroupRule>>, aws::Error> {
        let rules = try_join_all(ids.values().map(|id| ec2.security_group_rules_of(id)));
        Ok(ids.keys().copied().zip(rules.await?).collect())
    }

    /// The ids of the groups.
    pub(super) fn ids(&self) -> BTreeMap<Group, String> {
        let groups = self.groups.iter();
        groups
            .map(|(role, group)| (*role, group.id.clone()))
            .collect()
    }

    /// All rules, each with the role of its group.
    pub(super) fn all_rules(&self) -> impl Iterator<Item = (Group, &SecurityGroupRule)> {
        let groups = self.rules.iter();
        groups.flat_map(|(role, rules)| rules.iter().map(|rule| (*role, rule)))
    }

    /// The rules of a group.
    pub(super) fn rules_of(&self, group: Group) -> &[SecurityGroupRule] {
        self.rules.get(&group).map_or(&[], Vec::as_slice)
    }
}
