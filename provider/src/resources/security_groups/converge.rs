//! Makes AWS have what is wanted: every group is found or made, gets its rules, and what isn't wanted
//! goes. A create and an update are the same walk, so a create that was killed is finished by the
//! next.

use std::collections::BTreeMap;

use aws::ec2::{Ec2, NewSecurityGroup, SecurityGroup};
use aws::tags::{TagChanges, Tags};
use aws::wait::Progress;
use futures_util::future::try_join_all;
use tfplug::{Attr, Cx, Diagnostic, Map, Result, Saved};
use topology::ports::Group;

use super::desired::Desired;
use super::groups::{description, group_tags, name, rule_tags};
use super::model::SecurityGroups;
use super::observed::Observed;
use super::plan::texts;
use super::preflight::judge;
use super::rules::{Table, Whose};
use crate::diagnostics::aws_error;
use crate::provider::Data;
use crate::waits;

/// What CreateSecurityGroup answers when the VPC has a group of that name.
/// <https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html>
const NAME_TAKEN: &str = "InvalidGroup.Duplicate";

/// One walk.
pub(super) struct Converge<'a> {
    cx: &'a Cx<Data>,
    pub(super) ec2: &'a Ec2,
    pub(super) desired: Desired,
    /// What there is by now.
    pub(super) there: Observed,
    /// What Terraform will remember if a step fails, but for the groups and their rules.
    remembered: SecurityGroups,
    saved: &'a Saved<SecurityGroups>,
    doing: &'static str,
    /// Whether groups that the state doesn't name were looked for.
    looked: bool,
}

/// Walks from what exists to what is planned, and returns the state that is reached.
///
/// # Errors
/// AWS refuses a step, or a group of the same name isn't ours. What exists by then is saved.
pub(super) async fn converge(
    cx: &Cx<Data>,
    doing: &'static str,
    existing: Observed,
    plan: SecurityGroups,
    before: Option<&SecurityGroups>,
    saved: &Saved<SecurityGroups>,
) -> Result<SecurityGroups> {
    let ec2 = cx.data().clients()?.ec2().await;
    let ec2 = ec2.map_err(|error| aws_error(doing, &error))?;
    let mut walk = Converge {
        cx,
        ec2,
        desired: Desired::of(&plan)?,
        there: existing,
        // Of what exists, the state tells what it was until the walk is over.
        remembered: before.unwrap_or(&plan).clone(),
        saved,
        doing,
        looked: false,
    };
    // A create hears from AWS if a name is taken, and most often none is.
    if before.is_some() {
        walk.find_missing().await?;
    }
    walk.groups().await?;
    // All groups come before any rule: they are about one another.
    let table = Table::of(&walk.desired.cluster, &walk.desired.rules, walk.there.ids());
    for group in Group::ALL {
        for is_egress in [false, true] {
            walk.authorize(&table, group, is_egress).await?;
        }
    }
    walk.write_tags(&table).await?;
    for group in Group::ALL {
        for is_egress in [false, true] {
            walk.revoke_surplus(&table, group, is_egress).await?;
        }
    }
    Ok(walk.finish(plan, &table))
}

impl Converge<'_> {
    /// Looks for groups that the state doesn't name, by their names. All are judged before anything is
    /// touched.
    async fn find_missing(&mut self) -> Result<()> {
        self.looked = true;
        let missing: Vec<Group> = Group::ALL
            .into_iter()
            .filter(|group| !self.there.groups.contains_key(group))
            .collect();
        let looks = missing.iter().map(|group| self.named(*group));
        let found = self.done(try_join_all(looks).await)?;
        let mut taken = BTreeMap::new();
        for (role, group) in missing.into_iter().zip(found) {
            if let Some(group) = group {
                self.claim(role, &group)?;
                taken.insert(role, group.id);
            }
        }
        if !taken.is_empty() {
            tracing::info!(?taken, "taking over the groups of an unfinished create");
            let found = self.done(Observed::read(self.ec2, &taken).await)?;
            self.there.groups.extend(found.groups);
            self.there.rules.extend(found.rules);
        }
        Ok(())
    }

    async fn named(&self, group: Group) -> Result<Option<SecurityGroup>, aws::Error> {
        let name = name(&self.desired.cluster, group);
        let vpc_id = &self.desired.vpc_id;
        self.ec2.security_group_named(vpc_id, &name).await
    }

    /// Takes a group that was found by its name, if it is ours to take.
    fn claim(&self, role: Group, group: &SecurityGroup) -> Result<()> {
        let (data, cluster) = (self.cx.data(), &self.desired.cluster);
        if let Some(refused) = judge(data, cluster, role, group, self.doing) {
            return Err(refused.into());
        }
        data.claims.take_over(&group.id);
        Ok(())
    }

    /// Makes the groups that are missing.
    async fn groups(&mut self) -> Result<()> {
        let mut made = BTreeMap::new();
        for group in Group::ALL {
            while !self.there.groups.contains_key(&group) {
                match self.create(group).await? {
                    Some(found) => {
                        made.insert(group, found.id.clone());
                        self.there.groups.insert(group, found);
                    }
                    None => self.find_missing().await?,
                }
            }
            self.save();
        }
        if !made.is_empty() {
            self.wait_for(made).await?;
        }
        Ok(())
    }

    /// Nothing if the name is taken, and it wasn't looked for yet by whom.
    async fn create(&self, group: Group) -> Result<Option<SecurityGroup>> {
        let Desired {
            cluster, vpc_id, ..
        } = &self.desired;
        let new = NewSecurityGroup {
            vpc_id: vpc_id.clone(),
            name: name(cluster, group),
            description: description(group).to_owned(),
            tags: group_tags(self.cx.data(), cluster, group).all(&self.desired.tags),
        };
        let create = async || self.ec2.create_security_group(&new).await;
        let id = match waits::settled(self.cx, create).await {
            Err(error) if error.code() == Some(NAME_TAKEN) && !self.looked => return Ok(None),
            // Made by a first try whose answer got lost, or by a create that was killed and whose
            // group AWS doesn't show yet.
            Err(error) if error.code() == Some(NAME_TAKEN) => {
                let found = self.until_named(group).await?;
                self.claim(group, &found)?;
                return Ok(Some(found));
            }
            other => self.done(other)?,
        };
        Ok(Some(SecurityGroup {
            id,
            name: new.name,
            vpc_id: new.vpc_id,
            tags: new.tags,
        }))
    }

    async fn until_named(&self, group: Group) -> Result<SecurityGroup> {
        let what = format!(
            "the group {} to be seen",
            name(&self.desired.cluster, group)
        );
        let wait = waits::wait_at_most(self.cx, what, waits::SETTLING);
        let found = wait.until(async || {
            Ok(match self.named(group).await? {
                Some(found) => Progress::Done(found),
                None => Progress::Pending("nothing".to_owned()),
            })
        });
        self.done(found.await)
    }

    /// Waits until AWS shows the groups that were just made, with the rules that it gave them.
    async fn wait_for(&mut self, made: BTreeMap<Group, String>) -> Result<()> {
        let ids: Vec<_> = made.values().cloned().collect();
        let what = format!("security groups {} to be seen", ids.join(", "));
        let wait = waits::wait_at_most(self.cx, what, waits::SETTLING);
        let seen = wait.until(async || {
            let looks = made.values().map(|id| self.ec2.security_group_rules_of(id));
            let rules = try_join_all(looks).await?;
            let mut missing = ids.iter().zip(&rules).filter(|(_, rules)| rules.is_empty());
            Ok(match missing.next() {
                Some((id, _)) => Progress::Pending(format!("no rules of {id}")),
                None => Progress::Done(rules),
            })
        });
        let rules = self.done(seen.await)?;
        self.there.rules.extend(made.into_keys().zip(rules));
        Ok(())
    }

    /// Writes the tags that are lacking, alike ones in one call.
    async fn write_tags(&self, table: &Table) -> Result<()> {
        let (data, Desired { cluster, tags, .. }) = (self.cx.data(), &self.desired);
        let groups = self.there.groups.iter().map(|(role, group)| {
            let part = group_tags(data, cluster, *role);
            (&group.id, part.changes(data, &group.tags, tags))
        });
        let rule = rule_tags(data, cluster);
        let rules = self
            .there
            .all_rules()
            // Those that were just made have their tags, and an id that isn't known.
            .filter(|(_, found)| !found.id.is_empty())
            .filter(|(group, found)| matches!(table.whose(*group, found), Whose::Wanted(_)))
            .map(|(_, found)| (&found.id, rule.changes(data, &found.tags, tags)));
        let mut left: Vec<(&String, TagChanges)> = groups
            .chain(rules)
            .filter(|(_, changes)| !changes.is_empty())
            .collect();
        while let Some((_, changes)) = left.first().cloned() {
            let (alike, others): (Vec<_>, Vec<_>) =
                left.into_iter().partition(|(_, other)| *other == changes);
            let ids: Vec<String> = alike.into_iter().map(|(id, _)| id.clone()).collect();
            let write = async || self.ec2.change_tags(&ids, &changes).await;
            self.done(waits::settled(self.cx, write).await)?;
            left = others;
        }
        Ok(())
    }

    /// The plan, with all that was open in it.
    fn finish(self, plan: SecurityGroups, table: &Table) -> SecurityGroups {
        let mut state = plan;
        self.there.set_ids(&mut state);
        state.rules = Attr::Known(texts(&self.desired.rules));
        if state.foreign_rules.is_unknown() {
            state.foreign_rules = Attr::Known(self.there.foreign_rules(table));
        }
        state
    }

    /// What Terraform will remember if the next step fails.
    pub(super) fn save(&self) {
        let mut state = self.remembered.clone();
        self.there.set_ids(&mut state);
        let Desired { cluster, rules, .. } = &self.desired;
        let table = Table::of(cluster, rules, self.there.ids());
        state.rules = Attr::Known(self.there.own_rules(&table));
        if state.foreign_rules.is_unknown() {
            state.foreign_rules = Attr::Known(Map::default());
        }
        self.saved.save(&state);
    }

    /// All tags of a rule that is made.
    pub(super) fn tags_of_rules(&self) -> Tags {
        let Desired { cluster, tags, .. } = &self.desired;
        rule_tags(self.cx.data(), cluster).all(tags)
    }

    /// The id of a group, all of which exist by now.
    pub(super) fn id_of(&self, group: Group) -> Result<String> {
        let found = self.there.groups.get(&group);
        let missing =
            || Diagnostic::bug(format!("There is no group of {group} where there must be."));
        Ok(found.ok_or_else(missing)?.id.clone())
    }

    pub(super) fn cx(&self) -> &Cx<Data> {
        self.cx
    }

    pub(super) fn done<T>(&self, result: Result<T, aws::Error>) -> Result<T> {
        result.map_err(|error| aws_error(self.doing, &error).into())
    }
}
