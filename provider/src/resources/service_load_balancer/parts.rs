//! Listeners and target groups of a load balancer, those that no state knows of among them.
//!
//! An update that is killed leaves nothing but what it made. So target groups are found by what
//! they bear: a name that is made from the load balancer's, and the marks of ownership. No note can
//! get lost, and none is needed.

use std::collections::{BTreeMap, BTreeSet};

use aws::elbv2::{Attributes, Elbv2, Listener, TargetGroup};
use aws::names::{listener_target_group_ports, listener_target_group_prefix};
use aws::ownership::Ownership;
use aws::tags::Tags;
use futures_util::future::try_join_all;
use tfplug::Map;

use super::TYPE;
use super::model::ServiceLoadBalancer;
use crate::provider::Data;

/// What a state knows of a load balancer's parts.
#[derive(Clone, Debug, Default)]
pub(super) struct Known {
    /// The load balancer's name.
    name: String,
    /// What marks its target groups; nothing while the cluster isn't known.
    marks: Option<Ownership>,
    /// ARNs of target groups that listeners use.
    used: BTreeSet<String>,
    /// ARNs of target groups that none uses any more.
    retired: BTreeSet<String>,
    listeners: BTreeSet<String>,
}

impl Known {
    pub(super) fn of(data: &Data, state: &ServiceLoadBalancer) -> Self {
        let values = |map: Option<&Map<String>>| {
            let entries = map.into_iter().flat_map(Map::known);
            entries.map(|(_, arn)| arn.clone()).collect()
        };
        let retired = state.retired_target_groups.known();
        let retired = retired.into_iter().flat_map(Map::known);
        let cluster = state.cluster_name.text();
        Self {
            name: state.name.text().unwrap_or_default().to_owned(),
            marks: cluster.map(|cluster| data.ownership(cluster, TYPE.target_group)),
            used: values(state.target_groups.known()),
            retired: retired.map(|(arn, _)| arn.to_owned()).collect(),
            listeners: values(state.listener_arns.known()),
        }
    }

    fn has(&self, arn: &str) -> bool {
        self.used.contains(arn) || self.retired.contains(arn)
    }

    /// Whether a target group bears a name made from the load balancer's.
    fn named_so(&self, group: &TargetGroup) -> bool {
        listener_target_group_ports(&self.name, &group.name).is_some()
    }

    /// Whether these are the marks of the load balancer's target groups.
    fn marked_so(&self, tags: &Tags) -> bool {
        self.marks.as_ref().is_some_and(|marks| marks.is_on(tags))
    }
}

/// A target group that is, or may be, a listener's.
#[derive(Clone, Debug)]
pub(super) struct Group {
    pub(super) group: TargetGroup,
    /// Read where they are needed: of those that listeners use.
    pub(super) attributes: Attributes,
    pub(super) tags: Tags,
    /// Whether it belongs to the load balancer.
    pub(super) own: bool,
}

/// All listeners, and all target groups that they use or that are named so.
#[derive(Clone, Debug, Default)]
pub(super) struct Parts {
    pub(super) listeners: Vec<(Listener, Tags)>,
    /// By ARN.
    pub(super) groups: BTreeMap<String, Group>,
}

impl Parts {
    /// Reads them. What the state knows is asked for at once, and the rest when it is known.
    ///
    /// # Errors
    /// AWS can't be asked.
    pub(super) async fn read(
        elb: &Elbv2,
        known: &Known,
        load_balancer_arn: Option<&str>,
    ) -> Result<Self, aws::Error> {
        let listeners = async {
            match load_balancer_arn {
                Some(arn) => elb.listeners_of(arn).await,
                None => Ok(Vec::new()),
            }
        };
        let (listeners, mut groups, mut tags, mut attributes) = tokio::try_join!(
            listeners,
            listed(elb, known),
            tags_of(elb, known.used.iter().chain(&known.listeners)),
            attributes_of(elb, &known.used)
        )?;
        let used: BTreeSet<String> = listeners
            .iter()
            .flat_map(|listener| listener.target_group_arns.clone())
            .collect();
        let elsewhere: BTreeSet<_> = used
            .iter()
            .chain(&known.used)
            .chain(&known.retired)
            .filter(|arn| !groups.contains_key(*arn))
            .collect();
        let arns = listeners.iter().map(|listener| &listener.arn);
        let all = arns.chain(groups.keys()).chain(elsewhere.iter().copied());
        let untold = all.filter(|arn| !tags.contains_key(*arn) && !known.retired.contains(*arn));
        let unread = used.iter().filter(|arn| !attributes.contains_key(*arn));
        let (found, more_tags, more_attributes) = tokio::try_join!(
            groups_of(elb, elsewhere.iter().copied()),
            tags_of(elb, untold),
            attributes_of(elb, unread)
        )?;
        groups.extend(found);
        tags.extend(more_tags);
        attributes.extend(more_attributes);
        let listeners = listeners.into_iter().map(|listener| {
            let tags = tags.get(&listener.arn).cloned().unwrap_or_default();
            (listener, tags)
        });
        let listeners = listeners.collect();
        let groups = groups.into_iter().map(|(arn, group)| {
            let tags = tags.remove(&arn).unwrap_or_default();
            let own = known.has(&arn) || (known.named_so(&group) && known.marked_so(&tags));
            let attributes = attributes.remove(&arn).unwrap_or_default();
            let group = Group {
                group,
                attributes,
                tags,
                own,
            };
            (arn, group)
        });
        Ok(Self {
            groups: groups.collect(),
            listeners,
        })
    }

    /// ARNs of all target groups that belong to the load balancer, and no more of them.
    ///
    /// # Errors
    /// AWS can't be asked.
    pub(super) async fn own_target_groups(
        elb: &Elbv2,
        known: &Known,
    ) -> Result<BTreeSet<String>, aws::Error> {
        let found = listed(elb, known).await?.into_keys();
        let others: Vec<_> = found.filter(|arn| !known.has(arn)).collect();
        let marked = tags_of(elb, &others).await?.into_iter();
        let marked = marked.filter(|(_, tags)| known.marked_so(tags));
        let state = known.used.iter().chain(&known.retired).cloned();
        Ok(marked.map(|(arn, _)| arn).chain(state).collect())
    }

    /// The target groups that belong to the load balancer.
    pub(super) fn own(&self) -> impl Iterator<Item = &Group> {
        self.groups.values().filter(|group| group.own)
    }

    /// ARNs of those of them that no listener uses.
    pub(super) fn unused(&self) -> BTreeSet<String> {
        let used = |arn: &String| {
            let mut listeners = self.listeners.iter();
            listeners.any(|(listener, _)| listener.target_group_arns.contains(arn))
        };
        let own = self.own().map(|group| &group.group.arn);
        own.filter(|arn| !used(arn)).cloned().collect()
    }
}

/// Target groups whose names say that they are this load balancer's, and those of the state, if they
/// are named likewise.
async fn listed(elb: &Elbv2, known: &Known) -> Result<BTreeMap<String, TargetGroup>, aws::Error> {
    if known.name.is_empty() {
        return Ok(BTreeMap::new());
    }
    let prefix = listener_target_group_prefix(&known.name);
    let found = elb.target_groups_named(&prefix).await?.into_iter();
    let found = found.filter(|group| known.named_so(group) || known.has(&group.arn));
    Ok(found.map(|group| (group.arn.clone(), group)).collect())
}

async fn groups_of(
    elb: &Elbv2,
    arns: impl IntoIterator<Item = &String>,
) -> Result<BTreeMap<String, TargetGroup>, aws::Error> {
    look_up(arns, |arn| elb.target_group(arn)).await
}

async fn tags_of(
    elb: &Elbv2,
    arns: impl IntoIterator<Item = &String>,
) -> Result<BTreeMap<String, Tags>, aws::Error> {
    look_up(arns, |arn| elb.tags(arn)).await
}

async fn attributes_of(
    elb: &Elbv2,
    arns: impl IntoIterator<Item = &String>,
) -> Result<BTreeMap<String, Attributes>, aws::Error> {
    look_up(arns, |arn| elb.target_group_attributes(arn)).await
}

/// Looks all of them up at once, so that they share calls where they can. What is gone is left out.
pub(super) async fn look_up<'k, T, F>(
    keys: impl IntoIterator<Item = &'k String>,
    look: impl Fn(&'k str) -> F,
) -> Result<BTreeMap<String, T>, aws::Error>
where
    F: Future<Output = Result<Option<T>, aws::Error>>,
{
    let keys: Vec<&String> = keys.into_iter().collect();
    let found = try_join_all(keys.iter().map(|key| look(key))).await?;
    let found = keys.into_iter().zip(found);
    Ok(found
        .filter_map(|(key, found)| Some((key.clone(), found?)))
        .collect())
}
