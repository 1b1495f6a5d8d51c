//! Instances and the volumes attached to them.

use std::collections::BTreeMap;

use aws_sdk_ec2::Client;
use aws_sdk_ec2::operation::describe_instances::builders::DescribeInstancesFluentBuilder as Describe;
use aws_sdk_ec2::operation::describe_volumes::builders::DescribeVolumesFluentBuilder as DescribeVolumes;
use aws_sdk_ec2::types::Instance as SdkInstance;

use super::{Ec2, SERVICE, by, marked, tagging};
use crate::error::Error;
use crate::tags::Tags;

/// An instance.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Instance {
    /// Its id.
    pub id: String,
    /// Its zone's name.
    pub zone: String,
    /// AWS's word, such as `running`. A terminated one can still be seen for about an hour.
    pub state: String,
    /// Its primary private address, while it has one.
    pub private_ip: Option<String>,
    /// Its tags, AWS's own too.
    pub tags: Tags,
    /// Ids of the volumes attached to it.
    pub volume_ids: Vec<String>,
    /// When it was launched, in seconds since 1970.
    pub launch_time: Option<i64>,
}

/// A volume.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Volume {
    /// Its id.
    pub id: String,
    /// The instance by which it was found.
    pub instance_id: Option<String>,
    /// Its tags, AWS's own too.
    pub tags: Tags,
}

impl Ec2 {
    /// The instances of these ids, in the order of the ids, without those that are gone.
    ///
    /// # Errors
    ///
    /// When AWS can't be asked.
    pub async fn instances(&self, ids: &[String]) -> Result<Vec<Instance>, Error> {
        self.instances.get_all(ids.to_vec()).await
    }

    /// The volumes attached to these instances. Of refreshes that are answered by a list, only those
    /// with the mark of a cluster.
    ///
    /// # Errors
    ///
    /// When AWS can't be asked.
    pub async fn volumes_of(&self, instance_ids: &[String]) -> Result<Vec<Volume>, Error> {
        let found = self.volumes.get_all(instance_ids.to_vec()).await?;
        Ok(found.into_iter().flatten().collect())
    }
}

pub(super) async fn instances(
    client: Client,
    ids: Vec<String>,
) -> Result<BTreeMap<String, Instance>, Error> {
    let request = client.describe_instances().filters(by("instance-id", &ids));
    describe(request, ids).await
}

/// All that bear the marks of a cluster.
pub(super) async fn listed(
    client: Client,
    ids: Vec<String>,
) -> Result<BTreeMap<String, Instance>, Error> {
    describe(client.describe_instances().filters(marked()), ids).await
}

async fn describe(
    request: Describe,
    ids: Vec<String>,
) -> Result<BTreeMap<String, Instance>, Error> {
    let mut found = BTreeMap::new();
    let mut pages = request.into_paginator().send();
    while let Some(page) = pages.next().await {
        let page =
            page.map_err(|error| Error::call(SERVICE, "DescribeInstances", ids.join(", "), error))?;
        let reservations = page.reservations.unwrap_or_default().into_iter();
        for one in reservations.flat_map(|found| found.instances.unwrap_or_default()) {
            let Some(id) = one.instance_id.clone() else {
                continue;
            };
            found.insert(id.clone(), Instance::from_sdk(id, one));
        }
    }
    Ok(found)
}

/// Volumes by the instance they are attached to.
pub(super) async fn volumes(
    client: Client,
    instance_ids: Vec<String>,
) -> Result<BTreeMap<String, Vec<Volume>>, Error> {
    let filter = by("attachment.instance-id", &instance_ids);
    attached(client.describe_volumes().filters(filter), instance_ids).await
}

/// The same of all that bear the marks of a cluster.
pub(super) async fn listed_volumes(
    client: Client,
    instance_ids: Vec<String>,
) -> Result<BTreeMap<String, Vec<Volume>>, Error> {
    let request = client.describe_volumes().filters(marked());
    attached(request, instance_ids).await
}

async fn attached(
    request: DescribeVolumes,
    instance_ids: Vec<String>,
) -> Result<BTreeMap<String, Vec<Volume>>, Error> {
    let mut found: BTreeMap<String, Vec<Volume>> = BTreeMap::new();
    let mut pages = request.into_paginator().send();
    while let Some(page) = pages.next().await {
        let page = page.map_err(|error| {
            Error::call(SERVICE, "DescribeVolumes", instance_ids.join(", "), error)
        })?;
        for one in page.volumes.unwrap_or_default() {
            let Some(id) = one.volume_id else { continue };
            let tags = tagging::from_sdk(one.tags);
            // A volume may be attached to several instances.
            for attachment in one.attachments.unwrap_or_default() {
                let Some(instance_id) = attachment.instance_id else {
                    continue;
                };
                let volume = Volume {
                    id: id.clone(),
                    instance_id: Some(instance_id.clone()),
                    tags: tags.clone(),
                };
                found.entry(instance_id).or_default().push(volume);
            }
        }
    }
    Ok(found)
}

impl Instance {
    fn from_sdk(id: String, from: SdkInstance) -> Self {
        let devices = from.block_device_mappings.unwrap_or_default().into_iter();
        Self {
            id,
            zone: from
                .placement
                .and_then(|placement| placement.availability_zone)
                .unwrap_or_default(),
            state: from
                .state
                .and_then(|state| state.name)
                .map(|name| name.as_str().to_owned())
                .unwrap_or_default(),
            private_ip: from.private_ip_address,
            tags: tagging::from_sdk(from.tags),
            volume_ids: devices.filter_map(|device| device.ebs?.volume_id).collect(),
            launch_time: from.launch_time.map(|time| time.secs()),
        }
    }
}
