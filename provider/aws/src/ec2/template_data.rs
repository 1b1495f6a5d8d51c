//! What a launch template's version says, and how the API writes it.

use std::collections::{BTreeMap, BTreeSet};

use aws_sdk_ec2::types::{
    InstanceType, LaunchTemplateBlockDeviceMapping, LaunchTemplateBlockDeviceMappingRequest,
    LaunchTemplateEbsBlockDeviceRequest, LaunchTemplateHttpTokensState,
    LaunchTemplateIamInstanceProfileSpecification,
    LaunchTemplateIamInstanceProfileSpecificationRequest,
    LaunchTemplateInstanceMetadataEndpointState, LaunchTemplateInstanceMetadataOptions,
    LaunchTemplateInstanceMetadataOptionsRequest, LaunchTemplateTagSpecificationRequest,
    LaunchTemplatesMonitoringRequest, RequestLaunchTemplateData, ResourceType,
    ResponseLaunchTemplateData, VolumeType,
};

use super::tagging;
use crate::tags::Tags;

/// What a version says, as far as this provider sets it. Two that are equal need no new version.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TemplateData {
    /// The image.
    pub image_id: Option<String>,
    /// The instance type; a group's mix of types overrides it.
    pub instance_type: Option<String>,
    /// What gives the instances their role.
    pub iam_instance_profile: Option<Profile>,
    /// Ids of the security groups.
    pub security_group_ids: BTreeSet<String>,
    /// The key pair for SSH.
    pub key_name: Option<String>,
    /// Whether metrics come each minute instead of every five.
    pub monitoring: bool,
    /// Whether EBS has bandwidth of its own; the instance type's default if `None`.
    pub ebs_optimized: Option<bool>,
    /// User data in base 64, as the API has it.
    pub user_data: Option<String>,
    /// The instance metadata service.
    pub metadata_options: MetadataOptions,
    /// EBS volumes by device, such as `/dev/xvda`.
    pub block_devices: BTreeMap<String, BlockDevice>,
    /// Tags given at launch, by resource type: `instance`, `volume`, ...
    pub tags: BTreeMap<String, Tags>,
}

/// An instance profile, as a version names it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Profile {
    /// By name.
    Name(String),
    /// By ARN.
    Arn(String),
}

/// The instance metadata service. What a version doesn't say is empty or 0.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MetadataOptions {
    /// `required` for IMDSv2 alone, or `optional`.
    pub http_tokens: String,
    /// How many hops an answer may travel: 1 to 64, of which containers take one.
    pub http_put_response_hop_limit: i32,
    /// `enabled` or `disabled`.
    pub http_endpoint: String,
}

/// An EBS volume. What is `None` is the image's or AWS's choice.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct BlockDevice {
    /// Its size in GiB.
    pub size_gib: Option<i32>,
    /// Its type, such as `gp3`.
    pub volume_type: Option<String>,
    /// Operations a second.
    pub iops: Option<i32>,
    /// MiB a second.
    pub throughput: Option<i32>,
    /// Whether it is encrypted.
    pub encrypted: Option<bool>,
    /// The key, as id, alias or ARN.
    pub kms_key_id: Option<String>,
    /// The snapshot it begins as.
    pub snapshot_id: Option<String>,
    /// Whether it ends with its instance.
    pub delete_on_termination: Option<bool>,
}

impl TemplateData {
    /// Whether both make the same machines: the same in all but tags.
    #[must_use]
    pub fn is_alike(&self, other: &Self) -> bool {
        let without_tags = |data: &Self| Self {
            tags: BTreeMap::new(),
            ..data.clone()
        };
        without_tags(self) == without_tags(other)
    }

    pub(super) fn from_sdk(from: ResponseLaunchTemplateData) -> Self {
        Self {
            image_id: from.image_id,
            instance_type: from.instance_type.map(|kind| kind.as_str().to_owned()),
            iam_instance_profile: from.iam_instance_profile.and_then(Profile::from_sdk),
            security_group_ids: from
                .security_group_ids
                .unwrap_or_default()
                .into_iter()
                .collect(),
            key_name: from.key_name,
            monitoring: from
                .monitoring
                .and_then(|monitoring| monitoring.enabled)
                .unwrap_or_default(),
            ebs_optimized: from.ebs_optimized,
            user_data: from.user_data,
            metadata_options: MetadataOptions::from_sdk(from.metadata_options),
            block_devices: from
                .block_device_mappings
                .unwrap_or_default()
                .into_iter()
                .filter_map(BlockDevice::from_sdk)
                .collect(),
            tags: from
                .tag_specifications
                .unwrap_or_default()
                .into_iter()
                .filter_map(|one| {
                    let kind = one.resource_type?.as_str().to_owned();
                    Some((kind, tagging::from_sdk(one.tags)))
                })
                .collect(),
        }
    }

    pub(super) fn to_sdk(&self) -> RequestLaunchTemplateData {
        let monitoring = LaunchTemplatesMonitoringRequest::builder().enabled(self.monitoring);
        let groups: Vec<String> = self.security_group_ids.iter().cloned().collect();
        let devices: Vec<_> = self
            .block_devices
            .iter()
            .map(|(name, device)| device.to_sdk(name))
            .collect();
        let tags: Vec<_> = self
            .tags
            .iter()
            .filter_map(|(kind, tags)| {
                let specification = LaunchTemplateTagSpecificationRequest::builder()
                    .resource_type(ResourceType::from(kind.as_str()))
                    .set_tags(Some(tagging::to_sdk(tags)?));
                Some(specification.build())
            })
            .collect();
        RequestLaunchTemplateData::builder()
            .set_image_id(self.image_id.clone())
            .set_instance_type(self.instance_type.as_deref().map(InstanceType::from))
            .set_iam_instance_profile(self.iam_instance_profile.as_ref().map(Profile::to_sdk))
            .set_security_group_ids(some(groups))
            .set_key_name(self.key_name.clone())
            .monitoring(monitoring.build())
            .set_ebs_optimized(self.ebs_optimized)
            .set_user_data(self.user_data.clone())
            .metadata_options(self.metadata_options.to_sdk())
            .set_block_device_mappings(some(devices))
            .set_tag_specifications(some(tags))
            .build()
    }
}

impl Profile {
    fn from_sdk(from: LaunchTemplateIamInstanceProfileSpecification) -> Option<Self> {
        let name = from.name.map(Self::Name);
        name.or_else(|| from.arn.map(Self::Arn))
    }

    fn to_sdk(&self) -> LaunchTemplateIamInstanceProfileSpecificationRequest {
        let builder = LaunchTemplateIamInstanceProfileSpecificationRequest::builder();
        match self {
            Self::Name(name) => builder.name(name),
            Self::Arn(arn) => builder.arn(arn),
        }
        .build()
    }
}

impl MetadataOptions {
    fn from_sdk(from: Option<LaunchTemplateInstanceMetadataOptions>) -> Self {
        let tokens = from.as_ref().and_then(|from| from.http_tokens.as_ref());
        let endpoint = from.as_ref().and_then(|from| from.http_endpoint.as_ref());
        let hops = from
            .as_ref()
            .and_then(|from| from.http_put_response_hop_limit);
        Self {
            http_tokens: tokens.map_or("", |state| state.as_str()).to_owned(),
            http_put_response_hop_limit: hops.unwrap_or_default(),
            http_endpoint: endpoint.map_or("", |state| state.as_str()).to_owned(),
        }
    }

    fn to_sdk(&self) -> LaunchTemplateInstanceMetadataOptionsRequest {
        let said = |text: &String| (!text.is_empty()).then(|| text.clone());
        let hops = self.http_put_response_hop_limit;
        LaunchTemplateInstanceMetadataOptionsRequest::builder()
            .set_http_tokens(
                said(&self.http_tokens)
                    .as_deref()
                    .map(LaunchTemplateHttpTokensState::from),
            )
            .set_http_put_response_hop_limit((hops != 0).then_some(hops))
            .set_http_endpoint(
                said(&self.http_endpoint)
                    .as_deref()
                    .map(LaunchTemplateInstanceMetadataEndpointState::from),
            )
            .build()
    }
}

impl BlockDevice {
    /// `None` for what is no EBS volume.
    fn from_sdk(from: LaunchTemplateBlockDeviceMapping) -> Option<(String, Self)> {
        let ebs = from.ebs?;
        let device = Self {
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

    fn to_sdk(&self, name: &str) -> LaunchTemplateBlockDeviceMappingRequest {
        let ebs = LaunchTemplateEbsBlockDeviceRequest::builder()
            .set_volume_size(self.size_gib)
            .set_volume_type(self.volume_type.as_deref().map(VolumeType::from))
            .set_iops(self.iops)
            .set_throughput(self.throughput)
            .set_encrypted(self.encrypted)
            .set_kms_key_id(self.kms_key_id.clone())
            .set_snapshot_id(self.snapshot_id.clone())
            .set_delete_on_termination(self.delete_on_termination);
        LaunchTemplateBlockDeviceMappingRequest::builder()
            .device_name(name)
            .ebs(ebs.build())
            .build()
    }
}

/// `None` for an empty list: the API takes none.
fn some<T>(list: Vec<T>) -> Option<Vec<T>> {
    (!list.is_empty()).then_some(list)
}
