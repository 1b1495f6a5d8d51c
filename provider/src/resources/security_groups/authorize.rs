//! Brings the rules of a group into line: adds what is missing, says what it is for, and takes away
//! what isn't wanted. What is wanted comes before anything goes.

use aws::ec2::{Ec2, NewRule, Permission, SecurityGroupRule};
use aws::wait::Progress;
use tfplug::Cx;
use topology::ports::Group;

use super::converge::Converge;
use super::rules::{Table, Whose};
use crate::provider::Data;
use crate::waits;

impl Converge<'_> {
    /// Adds the rules of one direction that a group lacks, in one call, and describes those that say
    /// something else.
    pub(super) async fn authorize(
        &mut self,
        table: &Table,
        group: Group,
        is_egress: bool,
    ) -> tfplug::Result<()> {
        let id = self.id_of(group)?;
        let tags = self.tags_of_rules();
        let missing = missing(table, group, is_egress, self.there.rules_of(group));
        if !missing.is_empty() {
            let ec2 = self.ec2;
            let first = waits::settled(self.cx(), async || {
                ec2.authorize(&id, is_egress, &missing, &tags).await
            });
            match first.await {
                // Some were made by a first try whose answer got lost, or by a walk that was killed
                // and whose rules AWS didn't show yet.
                Err(error) if error.code() == Some(DUPLICATE) => {
                    let found = self
                        .authorize_the_rest(table, group, is_egress, &id)
                        .await?;
                    self.there.rules.insert(group, found);
                }
                other => {
                    self.done(other)?;
                    let made = missing.into_iter().map(|new| SecurityGroupRule {
                        id: String::new(),
                        group_id: id.clone(),
                        permission: new.permission,
                        description: new.description,
                        tags: tags.clone(),
                    });
                    self.there.rules.entry(group).or_default().extend(made);
                }
            }
            self.save();
        }
        self.describe(table, group, is_egress, &id).await
    }

    /// Looks again until all rules are there, and adds those that aren't. Returns the group's rules.
    async fn authorize_the_rest(
        &self,
        table: &Table,
        group: Group,
        is_egress: bool,
        id: &str,
    ) -> tfplug::Result<Vec<SecurityGroupRule>> {
        let tags = self.tags_of_rules();
        let what = format!("the rules of {id} to be seen");
        let wait = waits::wait_at_most(self.cx(), what, waits::SETTLING);
        let settled = wait.until_made(async || {
            let found = self.ec2.security_group_rules_of(id).await?;
            let missing = missing(table, group, is_egress, &found);
            let Some(first) = missing.first() else {
                return Ok(Progress::Done(found));
            };
            let text = table.text(group, &first.permission);
            match self.ec2.authorize(id, is_egress, &missing, &tags).await {
                Err(error) if error.code() != Some(DUPLICATE) => Err(error),
                _ => Ok(Progress::Pending(format!("no {text}"))),
            }
        });
        self.done(settled.await)
    }

    async fn describe(
        &mut self,
        table: &Table,
        group: Group,
        is_egress: bool,
        id: &str,
    ) -> tfplug::Result<()> {
        let mut to_describe = Vec::new();
        for found in self.there.rules.get_mut(&group).into_iter().flatten() {
            let Whose::Wanted(rule) = table.whose(group, found) else {
                continue;
            };
            if found.permission.is_egress == is_egress && found.description != rule.purpose {
                found.description = rule.purpose.to_owned();
                to_describe.push(NewRule {
                    permission: found.permission.clone(),
                    description: rule.purpose.to_owned(),
                });
            }
        }
        if to_describe.is_empty() {
            return Ok(());
        }
        let describe = async || {
            self.ec2
                .describe_rules_as(id, is_egress, &to_describe)
                .await
        };
        let described = waits::settled(self.cx(), describe).await;
        self.done(described)
    }

    /// Takes away the rules of one direction that aren't wanted.
    pub(super) async fn revoke_surplus(
        &mut self,
        table: &Table,
        group: Group,
        is_egress: bool,
    ) -> tfplug::Result<()> {
        let exclusive = self.desired.exclusive;
        let goes = |found: &SecurityGroupRule| {
            let is_unwanted = match table.whose(group, found) {
                Whose::Wanted(_) => false,
                Whose::Surplus => true,
                Whose::Foreign => exclusive,
            };
            is_unwanted && found.permission.is_egress == is_egress
        };
        let ids: Vec<String> = self
            .there
            .rules_of(group)
            .iter()
            .filter(|found| goes(found))
            .map(|found| found.id.clone())
            .collect();
        if ids.is_empty() {
            return Ok(());
        }
        let id = self.id_of(group)?;
        let revoked = revoke(self.cx(), self.ec2, &id, is_egress, &ids).await;
        self.done(revoked)?;
        if let Some(rules) = self.there.rules.get_mut(&group) {
            rules.retain(|rule| !ids.contains(&rule.id));
        }
        self.save();
        Ok(())
    }
}

const DUPLICATE: &str = "InvalidPermission.Duplicate";

/// Takes rules away. Some may be gone already, or the group.
///
/// # Errors
/// AWS refuses.
pub(super) async fn revoke(
    cx: &Cx<Data>,
    ec2: &Ec2,
    group_id: &str,
    is_egress: bool,
    ids: &[String],
) -> Result<(), aws::Error> {
    match ec2.revoke(group_id, is_egress, ids).await {
        // AWS takes all or none.
        Err(error) if error.is_not_found() => {}
        other => return other,
    }
    let what = format!("rules of {group_id} to be gone");
    let wait = waits::wait_at_most(cx, what, waits::SETTLING);
    wait.until(async || {
        let found = ec2.security_group_rules_of(group_id).await?;
        let found = found.into_iter().map(|rule| rule.id);
        let left: Vec<String> = found.filter(|id| ids.contains(id)).collect();
        if left.is_empty() {
            return Ok(Progress::Done(()));
        }
        match ec2.revoke(group_id, is_egress, &left).await {
            Err(error) if error.is_not_found() => Ok(Progress::Pending(left.join(", "))),
            other => other.map(Progress::Done),
        }
    })
    .await
}

/// The wanted rules of one direction that aren't among those found.
fn missing(
    table: &Table,
    group: Group,
    is_egress: bool,
    found: &[SecurityGroupRule],
) -> Vec<NewRule> {
    let has = |permission: &Permission| found.iter().any(|rule| rule.permission == *permission);
    table
        .wanted(group)
        .filter(|(permission, _)| permission.is_egress == is_egress && !has(permission))
        .map(|(permission, rule)| NewRule {
            permission: permission.clone(),
            description: rule.purpose.to_owned(),
        })
        .collect()
}
