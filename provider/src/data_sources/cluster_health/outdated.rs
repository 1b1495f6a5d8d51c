//! Which instances aren't what their group would launch today.

use std::collections::{BTreeMap, BTreeSet};

use aws::autoscaling::{Group, GroupInstance, Launch, TemplateRef};
use aws::ec2::{Ec2, TemplateData};
use aws::{Clients, Error};

use crate::node_group::living;

/// Ids of the instances of a group, other than those on their way out, that come from another
/// template, from a version that differs in more than tags, or have a type that the group launches
/// no more. Of a group without a launch template nothing can be said.
///
/// Where all instances have the group's own version, which is the rule, nothing is asked of AWS.
///
/// # Errors
/// AWS can't be asked.
pub(super) async fn outdated(clients: &Clients, group: &Group) -> Result<BTreeSet<String>, Error> {
    let mut now = Current {
        launch: &group.launch,
        moving: BTreeMap::new(),
        versions: BTreeMap::new(),
    };
    let staying = || living(Some(group));
    let ec2 = clients.ec2().await?;
    let used: BTreeSet<&TemplateRef> = staying().filter_map(|one| now.template(one)).collect();
    for used in used
        .into_iter()
        .filter(|used| used.version.starts_with('$'))
    {
        now.moving.insert(used.clone(), number(ec2, used).await?);
    }
    let mut wanted: BTreeMap<&str, BTreeSet<i64>> = BTreeMap::new();
    for (id, versions) in staying().filter_map(|one| now.to_compare(one)) {
        wanted.entry(id).or_default().extend(versions);
    }
    for (id, versions) in wanted {
        for found in ec2.launch_template_versions(id, &versions).await? {
            now.versions
                .insert((id.to_owned(), found.version), found.data);
        }
    }
    Ok(staying()
        .filter(|one| now.would_replace(one))
        .map(|one| one.id.clone())
        .collect())
}

/// What a group launches, with what has to be known of it.
struct Current<'a> {
    launch: &'a Launch,
    /// The numbers behind `$Latest` and `$Default`.
    moving: BTreeMap<TemplateRef, Option<i64>>,
    /// What versions say, by template and number.
    versions: BTreeMap<(String, i64), TemplateData>,
}

impl<'a> Current<'a> {
    /// From what the group would launch an instance of the same type.
    fn template(&self, instance: &GroupInstance) -> Option<&'a TemplateRef> {
        match self.launch {
            Launch::Template(used) => Some(used),
            Launch::Mixed(mixed) => {
                let mut types = mixed.instance_types.iter();
                let own = types.find(|one| one.instance_type == instance.instance_type);
                Some(
                    own.and_then(|one| one.template.as_ref())
                        .unwrap_or(&mixed.template),
                )
            }
            Launch::Other => None,
        }
    }

    fn number(&self, used: &TemplateRef) -> Option<i64> {
        match self.moving.get(used) {
            Some(number) => *number,
            None => used.version.parse().ok(),
        }
    }

    /// The versions of one template that decide, where numbers alone don't.
    fn to_compare(&self, instance: &'a GroupInstance) -> Option<(&'a str, [i64; 2])> {
        let used = self.template(instance)?;
        let from = instance.launch_template.as_ref()?;
        let now = self.number(used)?;
        let undecided = from.id == used.id && from.version != now;
        undecided.then_some((from.id.as_str(), [from.version, now]))
    }

    fn would_replace(&self, instance: &GroupInstance) -> bool {
        let Some(used) = self.template(instance) else {
            return false;
        };
        let Some(from) = &instance.launch_template else {
            return true;
        };
        let data = |version| self.versions.get(&(used.id.clone(), version));
        let is_same = || match self.number(used) {
            Some(now) if now == from.version => true,
            Some(now) => match (data(now), data(from.version)) {
                (Some(now), Some(then)) => now.is_alike(then),
                // A version that was deleted can't be what is launched today.
                _ => false,
            },
            None => false,
        };
        from.id != used.id || !self.launches_type(&instance.instance_type) || !is_same()
    }

    fn launches_type(&self, instance_type: &str) -> bool {
        match self.launch {
            Launch::Mixed(mixed) if !mixed.instance_types.is_empty() => mixed
                .instance_types
                .iter()
                .any(|one| one.instance_type == instance_type),
            _ => true,
        }
    }
}

async fn number(ec2: &Ec2, used: &TemplateRef) -> Result<Option<i64>, Error> {
    let template = ec2.launch_template(&used.id).await?;
    Ok(template.map(|template| match used.version.as_str() {
        "$Latest" => template.latest_version,
        _ => template.default_version,
    }))
}
