//! Machine images.

use std::collections::BTreeMap;

use aws_sdk_ec2::Client;
use aws_sdk_ec2::types::{BlockDeviceMapping, Image as SdkImage};

use super::{BlockDevice, Ec2, SERVICE, by};
use crate::error::Error;

/// An image.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Image {
    /// Its id.
    pub id: String,
    /// `x86_64`, `arm64` or another.
    pub architecture: String,
    /// `available`, or why it can't be launched.
    pub state: String,
    /// The root volume's device, such as `/dev/xvda`.
    pub root_device_name: Option<String>,
    /// Its EBS volumes by device.
    pub block_devices: BTreeMap<String, BlockDevice>,
    /// `windows`, or nothing for all others.
    pub platform: Option<String>,
}

impl Ec2 {
    /// The image of this id, if this account may launch it. A deprecated one is no exception.
    ///
    /// # Errors
    ///
    /// When AWS can't be asked.
    pub async fn image(&self, id: &str) -> Result<Option<Image>, Error> {
        self.images.known(id.to_owned()).await
    }
}

pub(super) async fn images(
    client: Client,
    ids: Vec<String>,
) -> Result<BTreeMap<String, Image>, Error> {
    let mut found = BTreeMap::new();
    let request = client
        .describe_images()
        .filters(by("image-id", &ids))
        .include_deprecated(true);
    let mut pages = request.into_paginator().send();
    while let Some(page) = pages.next().await {
        let page =
            page.map_err(|error| Error::call(SERVICE, "DescribeImages", ids.join(", "), error))?;
        for one in page.images.unwrap_or_default() {
            let Some(id) = one.image_id.clone() else {
                continue;
            };
            found.insert(id.clone(), Image::from_sdk(id, one));
        }
    }
    Ok(found)
}

impl Image {
    fn from_sdk(id: String, from: SdkImage) -> Self {
        Self {
            id,
            architecture: from
                .architecture
                .map(|architecture| architecture.as_str().to_owned())
                .unwrap_or_default(),
            state: from
                .state
                .map(|state| state.as_str().to_owned())
                .unwrap_or_default(),
            root_device_name: from.root_device_name,
            block_devices: from
                .block_device_mappings
                .unwrap_or_default()
                .into_iter()
                .filter_map(block_device)
                .collect(),
            platform: from.platform.map(|platform| platform.as_str().to_owned()),
        }
    }
}

fn block_device(from: BlockDeviceMapping) -> Option<(String, BlockDevice)> {
    let ebs = from.ebs?;
    let device = BlockDevice {
        size_gib: ebs.volume_size,
        volume_type: ebs.volume_type.map(|kind| kind.as_str().to_owned()),
        iops: ebs.iops,
        throughput: ebs.throughput,
        encrypted: ebs.encrypted,
        kms_key_id: ebs.kms_key_id,
        snapshot_id: ebs.snapshot_id,
        delete_on_termination: ebs.delete_on_termination,
    };
    Some((from.device_name?, device))
}
