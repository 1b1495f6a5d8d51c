//! What AWS has of a node group.

use std::collections::{BTreeMap, BTreeSet};

use aws::autoscaling::{Autoscaling, Group, GroupInstance, Hook, Launch, TemplateRef};
use aws::ec2::{Ec2, Instance, LaunchTemplate, TemplateData, Volume};
use aws::tags::Tags;
use aws::{Clients, Error};
use tfplug::{Attr, Map};

use super::marks::{Marks, values};
use crate::provider::Data;
use crate::tags;

/// Which objects a state names.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Named<'a> {
    /// The group's name.
    pub(crate) name: Option<&'a str>,
    /// The group's ARN: a group of the same name and another ARN is another group.
    pub(crate) arn: Option<&'a str>,
    pub(crate) launch_template_id: Option<&'a str>,
    /// The version that the group used when it was last seen.
    pub(crate) launch_template_version: Option<i64>,
}

/// The parts that exist.
#[derive(Clone, Debug, Default)]
pub(crate) struct Observed {
    pub(crate) template: Option<LaunchTemplate>,
    pub(crate) group: Option<Group>,
    /// What the versions say that the group or a node of it uses.
    pub(crate) versions: BTreeMap<i64, TemplateData>,
    /// The version that the group uses, or used when it was there.
    pub(crate) version: Option<i64>,
    pub(crate) hooks: Vec<Hook>,
    /// The instances that live or are about to.
    pub(crate) nodes: Vec<Instance>,
    /// Their volumes: those that came with them and others' too.
    pub(crate) volumes: Vec<Volume>,
}

impl Observed {
    /// Looks for all parts that a state names.
    ///
    /// # Errors
    /// AWS can't be asked.
    pub(crate) async fn read(clients: &Clients, named: Named<'_>) -> Result<Self, Error> {
        let (scaling, ec2) = tokio::try_join!(clients.autoscaling(), clients.ec2())?;
        let group = async {
            match (named.name, named.arn) {
                (Some(name), Some(arn)) => {
                    let found = scaling.group(name).await?;
                    Ok(found.filter(|group| group.arn == arn && !is_leaving(group)))
                }
                _ => Ok(None),
            }
        };
        let template = async {
            match named.launch_template_id {
                Some(id) => ec2.launch_template(id).await,
                None => Ok(None),
            }
        };
        let (group, template) = tokio::try_join!(group, template)?;
        Self::complete(scaling, ec2, group, template, named.launch_template_version).await
    }

    /// Looks for what belongs to a group and its launch template.
    ///
    /// # Errors
    /// AWS can't be asked.
    pub(crate) async fn complete(
        scaling: &Autoscaling,
        ec2: &Ec2,
        group: Option<Group>,
        template: Option<LaunchTemplate>,
        version_before: Option<i64>,
    ) -> Result<Self, Error> {
        let version = match (&group, &template) {
            (Some(group), Some(template)) => version_in_use(group, template),
            (None, Some(_)) => version_before,
            (_, None) => None,
        };
        let versions = versions(ec2, group.as_ref(), template.as_ref(), version);
        let hooks = async {
            match &group {
                Some(group) => scaling.hooks(&group.name).await,
                None => Ok(Vec::new()),
            }
        };
        let ids: Vec<String> = living(group.as_ref()).map(|one| one.id.clone()).collect();
        let nodes = async {
            if ids.is_empty() {
                return Ok((Vec::new(), Vec::new()));
            }
            tokio::try_join!(ec2.instances(&ids), ec2.volumes_of(&ids))
        };
        let (versions, hooks, (nodes, volumes)) = tokio::try_join!(versions, hooks, nodes)?;
        Ok(Self {
            template,
            group,
            versions,
            version,
            hooks,
            nodes,
            volumes,
        })
    }

    /// Whether nothing is left.
    pub(crate) fn is_gone(&self) -> bool {
        self.group.is_none() && self.template.is_none()
    }

    /// What the group launches.
    pub(crate) fn data(&self) -> Option<&TemplateData> {
        self.versions.get(&self.version?)
    }

    /// The version that the group uses, if it says so by number and there is such a version.
    pub(crate) fn pinned_version(&self) -> Option<i64> {
        let by_number = |of: &TemplateRef| of.version.parse::<i64>().is_ok();
        let pinned = match self.group.as_ref().map(|group| &group.launch) {
            Some(Launch::Template(of)) => by_number(of),
            Some(Launch::Mixed(mixed)) => by_number(&mixed.template),
            Some(Launch::Other) => false,
            None => true,
        };
        self.version
            .filter(|version| pinned && self.versions.contains_key(version))
    }

    /// The instances that aren't what the group would launch today. What they are tagged with
    /// doesn't count: tags are changed in place.
    pub(crate) fn outdated(&self) -> BTreeSet<String> {
        self.data()
            .map(|now| self.outdated_by(now))
            .unwrap_or_default()
    }

    /// The same, if the group launched this.
    pub(crate) fn outdated_by(&self, now: &TemplateData) -> BTreeSet<String> {
        let Some(template) = &self.template else {
            return BTreeSet::new();
        };
        living(self.group.as_ref())
            .filter(|instance| {
                !version_of(instance, template)
                    .and_then(|version| self.versions.get(&version))
                    .is_some_and(|data| data.is_alike(now))
            })
            .map(|instance| instance.id.clone())
            .collect()
    }

    /// `tags` and `tags_all` as AWS has them: those of the first object whose tags aren't as the
    /// state has them, so that drift of any object shows.
    ///
    /// Others tag instances and volumes too. Of theirs only those count that the state or the group
    /// has: a key that an interrupted update took from the group alone is one.
    pub(crate) fn tags(
        &self,
        data: &Data,
        marks: &Marks,
        tags: &Attr<Map<String>>,
        tags_all: &Attr<Map<String>>,
    ) -> (Attr<Map<String>>, Attr<Map<String>>) {
        let own = |on_aws: &Tags| marks.users(on_aws, tags_all);
        let group = self.group.as_ref().map(|group| {
            let mut found = group.tags.clone();
            // Where it doesn't propagate, nodes launched from now on lack it.
            found.retain(|key, tag| tag.propagate_at_launch || !has(tags_all, key));
            own(&values(&found))
        });
        let known = |on_aws: &Tags| {
            let mut found = own(on_aws);
            let of_group = |key: &String| group.as_ref().is_some_and(|tags| tags.contains_key(key));
            found.retain(|key, _| has(tags_all, key) || of_group(key));
            found
        };
        let template = self.template.as_ref().map(|template| own(&template.tags));
        let nodes = self.nodes.iter().map(|node| known(&node.tags));
        let volumes = self
            .volumes
            .iter()
            .filter(|volume| marks.is_own_volume(&volume.tags))
            .map(|volume| known(&volume.tags));
        // Volumes of nodes to come have theirs from here.
        let future = self
            .data()
            .and_then(|data| data.tags.get("volume"))
            .map(own);
        let all = (group.iter().cloned())
            .chain(template)
            .chain(future)
            .chain(nodes)
            .chain(volumes);
        tags::read_parts(data, all, tags, tags_all)
    }
}

/// What the versions say that a group or a node of it uses.
async fn versions(
    ec2: &Ec2,
    group: Option<&Group>,
    template: Option<&LaunchTemplate>,
    version: Option<i64>,
) -> Result<BTreeMap<i64, TemplateData>, Error> {
    let Some(template) = template else {
        return Ok(BTreeMap::new());
    };
    let wanted: BTreeSet<i64> = living(group)
        .filter_map(|instance| version_of(instance, template))
        .chain(version)
        .collect();
    if wanted.is_empty() {
        return Ok(BTreeMap::new());
    }
    let found = ec2.launch_template_versions(&template.id, &wanted).await?;
    Ok(found
        .into_iter()
        .map(|version| (version.version, version.data))
        .collect())
}

fn has(tags: &Attr<Map<String>>, key: &str) -> bool {
    tags.known().is_some_and(|map| map.0.contains_key(key))
}

/// Whether the group is being deleted.
pub(crate) fn is_leaving(group: &Group) -> bool {
    group.status.is_some()
}

/// The instances that aren't on their way out.
pub(crate) fn living(group: Option<&Group>) -> impl Iterator<Item = &GroupInstance> {
    group
        .into_iter()
        .flat_map(|group| &group.instances)
        .filter(|instance| is_living(instance))
}

/// <https://docs.aws.amazon.com/autoscaling/ec2/userguide/ec2-auto-scaling-lifecycle.html>
pub(crate) fn is_living(instance: &GroupInstance) -> bool {
    let state = instance.lifecycle_state.as_str();
    !["Terminat", "Detach"]
        .iter()
        .any(|gone| state.starts_with(gone))
}

/// The number of the version that a group uses, whichever way it says so; none if what it launches
/// isn't of this template.
fn version_in_use(group: &Group, template: &LaunchTemplate) -> Option<i64> {
    let used = match &group.launch {
        Launch::Template(used) => used,
        Launch::Mixed(mixed) => &mixed.template,
        Launch::Other => return None,
    };
    if used.id != template.id {
        return None;
    }
    number(used, template)
}

fn number(used: &TemplateRef, template: &LaunchTemplate) -> Option<i64> {
    match used.version.as_str() {
        "$Latest" => Some(template.latest_version),
        "$Default" => Some(template.default_version),
        number => number.parse().ok(),
    }
}

fn version_of(instance: &GroupInstance, template: &LaunchTemplate) -> Option<i64> {
    let from = instance.launch_template.as_ref()?;
    (from.id == template.id).then_some(from.version)
}
