//! Groups as AWS has them.

use std::collections::{BTreeMap, BTreeSet};

use aws_sdk_autoscaling::Client;
use aws_sdk_autoscaling::operation::describe_auto_scaling_groups::builders::DescribeAutoScalingGroupsFluentBuilder as Describe;
use aws_sdk_autoscaling::types::{
    AutoScalingGroup as SdkGroup, Filter, Instance as SdkInstance, TagDescription,
};

use super::{Autoscaling, GroupSettings, Launch, SERVICE, said};
use crate::coalesce::{Coalescer, LISTED_FROM};
use crate::error::Error;
use crate::ownership::CLUSTER_KEY;
use crate::wait::{Progress, Wait};

/// A group as AWS has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Group {
    /// Its ARN.
    pub arn: String,
    /// Its name, unique in account and region.
    pub name: String,
    /// The fewest instances it may have.
    pub min_size: i32,
    /// The most instances it may have.
    pub max_size: i32,
    /// How many instances it tries to have: set by the user, or by an autoscaler.
    pub desired_capacity: i32,
    /// What it launches.
    pub launch: Launch,
    /// Names of the zones of its subnets.
    pub zones: BTreeSet<String>,
    /// Ids of the subnets it launches into.
    pub subnets: BTreeSet<String>,
    /// Target groups that its instances are registered in.
    pub target_group_arns: BTreeSet<String>,
    /// What one update sets beside sizes, launch and subnets.
    pub settings: GroupSettings,
    /// Processes that somebody has suspended, such as `AZRebalance`.
    pub suspended_processes: BTreeSet<String>,
    /// CloudWatch metrics that are collected, such as `GroupInServiceInstances`.
    pub enabled_metrics: BTreeSet<String>,
    /// `Delete in progress` while the group is being deleted, else nothing.
    pub status: Option<String>,
    /// Its instances, those on their way in and out too.
    pub instances: Vec<GroupInstance>,
    /// Its tags, AWS's own too.
    pub tags: BTreeMap<String, GroupTag>,
}

/// A tag of a group.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GroupTag {
    /// Its value.
    pub value: String,
    /// Whether instances launched from now on get it too.
    pub propagate_at_launch: bool,
}

/// An instance as its group has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GroupInstance {
    /// Its id.
    pub id: String,
    /// Its zone's name.
    pub zone: String,
    /// Its type.
    pub instance_type: String,
    /// AWS's word, such as `InService` or `Pending:Wait`.
    /// <https://docs.aws.amazon.com/autoscaling/ec2/userguide/ec2-auto-scaling-lifecycle.html>
    pub lifecycle_state: String,
    /// `Healthy` or `Unhealthy`.
    pub health_status: String,
    /// What it was launched from, if a template.
    pub launch_template: Option<TemplateVersion>,
    /// Whether a scale-in passes it over.
    pub protected_from_scale_in: bool,
}

/// A launch template's version that an instance was launched from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TemplateVersion {
    /// The template's id.
    pub id: String,
    /// The version.
    pub version: i64,
}

impl Autoscaling {
    /// The group of this name. One that is being deleted is still there, and says so.
    ///
    /// # Errors
    ///
    /// When AWS can't be asked.
    pub async fn group(&self, name: &str) -> Result<Option<Group>, Error> {
        self.groups.get(name.to_owned()).await
    }

    /// Waits until the group is gone.
    ///
    /// # Errors
    ///
    /// When the wait ends early ([`Wait::until`]).
    pub async fn wait_until_group_gone(&self, name: &str, wait: Wait) -> Result<(), Error> {
        // A group's end takes AWS some seconds.
        let wait = wait.later();
        wait.until(|| async {
            let found = self.group(name).await?;
            Ok(found.map_or(Progress::Done(()), |group| {
                let instances = group.instances.len();
                Progress::Pending(format!("still there, with {instances} instances"))
            }))
        })
        .await
    }
}

/// How many names one call takes, and one page gives.
/// <https://docs.aws.amazon.com/autoscaling/ec2/APIReference/API_DescribeAutoScalingGroups.html>
const BATCH: usize = 50;

/// How many groups a page of a list may have.
/// <https://docs.aws.amazon.com/autoscaling/ec2/APIReference/API_DescribeAutoScalingGroups.html>
const PAGE: i32 = 100;

/// A name that doesn't exist is left out of AWS's answer.
pub(super) fn by_name(client: Client) -> Coalescer<String, Group> {
    let named = client.clone();
    let by_name = Coalescer::new(BATCH, move |names: Vec<String>| {
        let request = named.describe_auto_scaling_groups();
        let request = request.set_auto_scaling_group_names(Some(names.clone()));
        describe(request, names)
    });
    by_name.or_listed(LISTED_FROM, move |names| {
        let marked = Filter::builder().name("tag-key").values(CLUSTER_KEY);
        let request = client.describe_auto_scaling_groups();
        describe(request.filters(marked.build()).max_records(PAGE), names)
    })
}

async fn describe(request: Describe, about: Vec<String>) -> Result<BTreeMap<String, Group>, Error> {
    const OPERATION: &str = "DescribeAutoScalingGroups";
    let mut found = BTreeMap::new();
    let mut pages = request.into_paginator().send();
    while let Some(page) = pages.next().await {
        let page =
            page.map_err(|error| Error::call(SERVICE, OPERATION, about.join(", "), error))?;
        for one in page.auto_scaling_groups.unwrap_or_default() {
            let group = Group::from_sdk(OPERATION, one)?;
            found.insert(group.name.clone(), group);
        }
    }
    Ok(found)
}

impl Group {
    fn from_sdk(operation: &'static str, from: SdkGroup) -> Result<Self, Error> {
        let settings = GroupSettings::of(&from);
        let lacking = |name: &str, part| Error::lacking(SERVICE, operation, name, part);
        let name = said(from.auto_scaling_group_name)
            .ok_or_else(|| lacking("", "AutoScalingGroupName"))?;
        let arn = from
            .auto_scaling_group_arn
            .ok_or_else(|| lacking(&name, "AutoScalingGroupARN"))?;
        let instances = from.instances.unwrap_or_default().into_iter();
        Ok(Self {
            min_size: from.min_size.unwrap_or_default(),
            max_size: from.max_size.unwrap_or_default(),
            desired_capacity: from.desired_capacity.unwrap_or_default(),
            launch: Launch::from_sdk(from.launch_template, from.mixed_instances_policy),
            zones: set(from.availability_zones),
            subnets: from
                .vpc_zone_identifier
                .unwrap_or_default()
                .split(',')
                .map(str::trim)
                .filter(|id| !id.is_empty())
                .map(str::to_owned)
                .collect(),
            target_group_arns: set(from.target_group_arns),
            settings,
            suspended_processes: from
                .suspended_processes
                .unwrap_or_default()
                .into_iter()
                .filter_map(|process| process.process_name)
                .collect(),
            enabled_metrics: from
                .enabled_metrics
                .unwrap_or_default()
                .into_iter()
                .filter_map(|metric| metric.metric)
                .collect(),
            status: from.status,
            instances: instances
                .map(|one| GroupInstance::from_sdk(one).ok_or_else(|| lacking(&name, "InstanceId")))
                .collect::<Result<_, _>>()?,
            tags: from
                .tags
                .unwrap_or_default()
                .into_iter()
                .filter_map(GroupTag::from_sdk)
                .collect(),
            arn,
            name,
        })
    }
}

impl GroupInstance {
    fn from_sdk(from: SdkInstance) -> Option<Self> {
        let template = from.launch_template.and_then(|template| {
            Some(TemplateVersion {
                id: template.launch_template_id?,
                version: template.version?.parse().ok()?,
            })
        });
        Some(Self {
            id: said(from.instance_id)?,
            zone: from.availability_zone.unwrap_or_default(),
            instance_type: from.instance_type.unwrap_or_default(),
            lifecycle_state: from
                .lifecycle_state
                .map(|state| state.as_str().to_owned())
                .unwrap_or_default(),
            health_status: from.health_status.unwrap_or_default(),
            launch_template: template,
            protected_from_scale_in: from.protected_from_scale_in.unwrap_or_default(),
        })
    }
}

impl GroupTag {
    fn from_sdk(from: TagDescription) -> Option<(String, Self)> {
        let tag = Self {
            value: from.value.unwrap_or_default(),
            propagate_at_launch: from.propagate_at_launch.unwrap_or_default(),
        };
        Some((from.key?, tag))
    }
}

fn set(list: Option<Vec<String>>) -> BTreeSet<String> {
    list.unwrap_or_default().into_iter().collect()
}
