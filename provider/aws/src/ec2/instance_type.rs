//! Instance types, and where they are offered.

use std::collections::{BTreeMap, BTreeSet};

use aws_sdk_ec2::Client;
use aws_sdk_ec2::types::{InstanceTypeInfo, LocationType, UsageClassType};

use super::{Ec2, SERVICE, by};
use crate::error::Error;

/// An instance type.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InstanceType {
    /// Its name, such as `m7g.large`.
    pub name: String,
    /// Architectures it can run, such as `x86_64` and `arm64`.
    pub architectures: BTreeSet<String>,
    /// Whether it is a machine of its own.
    pub bare_metal: bool,
    /// Its virtual processors.
    pub vcpus: i32,
    /// Its memory in MiB.
    pub memory_mib: i64,
    /// Whether it is of its family's current generation.
    pub current_generation: bool,
    /// Whether it can be had as a spot instance.
    pub supports_spot: bool,
}

impl Ec2 {
    /// The instance type of this name, if the region has it.
    ///
    /// # Errors
    ///
    /// When AWS can't be asked.
    pub async fn instance_type(&self, name: &str) -> Result<Option<InstanceType>, Error> {
        self.instance_types.known(name.to_owned()).await
    }

    /// Names of the region's zones that offer an instance type.
    ///
    /// # Errors
    ///
    /// When AWS can't be asked.
    pub async fn zones_offering(&self, instance_type: &str) -> Result<BTreeSet<String>, Error> {
        let zones = self.offerings.known(instance_type.to_owned()).await?;
        Ok(zones.unwrap_or_default())
    }
}

pub(super) async fn instance_types(
    client: Client,
    names: Vec<String>,
) -> Result<BTreeMap<String, InstanceType>, Error> {
    let mut found = BTreeMap::new();
    let request = client
        .describe_instance_types()
        .filters(by("instance-type", &names));
    let mut pages = request.into_paginator().send();
    while let Some(page) = pages.next().await {
        let page = page.map_err(|error| {
            Error::call(SERVICE, "DescribeInstanceTypes", names.join(", "), error)
        })?;
        for one in page.instance_types.unwrap_or_default() {
            let Some(name) = one.instance_type.clone() else {
                continue;
            };
            let name = name.as_str().to_owned();
            found.insert(name.clone(), InstanceType::from_sdk(name, one));
        }
    }
    Ok(found)
}

/// Zones by the type they offer.
pub(super) async fn offerings(
    client: Client,
    names: Vec<String>,
) -> Result<BTreeMap<String, BTreeSet<String>>, Error> {
    let mut found: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    let request = client
        .describe_instance_type_offerings()
        .location_type(LocationType::AvailabilityZone)
        .filters(by("instance-type", &names));
    let mut pages = request.into_paginator().send();
    while let Some(page) = pages.next().await {
        let page = page.map_err(|error| {
            let about = names.join(", ");
            Error::call(SERVICE, "DescribeInstanceTypeOfferings", about, error)
        })?;
        for one in page.instance_type_offerings.unwrap_or_default() {
            if let (Some(name), Some(zone)) = (one.instance_type, one.location) {
                found
                    .entry(name.as_str().to_owned())
                    .or_default()
                    .insert(zone);
            }
        }
    }
    Ok(found)
}

impl InstanceType {
    fn from_sdk(name: String, from: InstanceTypeInfo) -> Self {
        let architectures = from
            .processor_info
            .and_then(|processor| processor.supported_architectures)
            .unwrap_or_default()
            .into_iter();
        Self {
            name,
            architectures: architectures
                .map(|architecture| architecture.as_str().to_owned())
                .collect(),
            bare_metal: from.bare_metal.unwrap_or_default(),
            vcpus: from
                .v_cpu_info
                .and_then(|processors| processors.default_v_cpus)
                .unwrap_or_default(),
            memory_mib: from
                .memory_info
                .and_then(|memory| memory.size_in_mib)
                .unwrap_or_default(),
            current_generation: from.current_generation.unwrap_or_default(),
            supports_spot: from
                .supported_usage_classes
                .unwrap_or_default()
                .contains(&UsageClassType::Spot),
        }
    }
}
