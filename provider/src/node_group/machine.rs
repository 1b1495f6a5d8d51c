//! What a node is: its attributes, between the plan and the launch template.

use std::collections::{BTreeMap, BTreeSet};

use aws::ec2::{BlockDevice as Device, MetadataOptions as Metadata, Profile, TemplateData};
use aws::tags::Tags;
use tfplug::{Attr, Diagnostic, Diagnostics, Map, Path, Result, Set};

use super::model::{BlockDevice, MetadataOptions, RootBlockDevice};
use super::user_data::{UserData, sha256_of_base64};
use super::volumes::{self, Volume};

/// The attributes of a node. What they mean stands at the models' fields of the same names.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Machine {
    pub(crate) image_id: Attr<String>,
    pub(crate) instance_type: Attr<String>,
    pub(crate) iam_instance_profile: Attr<String>,
    pub(crate) security_group_ids: Attr<Set<String>>,
    pub(crate) key_name: Attr<String>,
    pub(crate) enable_monitoring: Attr<bool>,
    pub(crate) user_data_sha256: Attr<String>,
    pub(crate) metadata_options: Attr<MetadataOptions>,
    pub(crate) root_block_device: Attr<RootBlockDevice>,
    pub(crate) ebs_block_devices: Attr<Map<BlockDevice>>,
}

/// A model with the attributes of a node. See [`has_machine`].
pub(crate) trait HasMachine {
    /// A copy of these attributes.
    fn machine(&self) -> Machine;

    /// Sets all of them.
    fn set_machine(&mut self, machine: Machine);

    /// The write-only user data of a configuration, as text and as base64.
    fn user_data(&self) -> (&Attr<String>, &Attr<String>);
}

/// Implements [`HasMachine`] for a model that has the attributes as fields of the same names.
macro_rules! has_machine {
    ($model:ty) => {
        impl $crate::node_group::HasMachine for $model {
            fn machine(&self) -> $crate::node_group::Machine {
                $crate::node_group::Machine {
                    image_id: self.image_id.clone(),
                    instance_type: self.instance_type.clone(),
                    iam_instance_profile: self.iam_instance_profile.clone(),
                    security_group_ids: self.security_group_ids.clone(),
                    key_name: self.key_name.clone(),
                    enable_monitoring: self.enable_monitoring,
                    user_data_sha256: self.user_data_sha256.clone(),
                    metadata_options: self.metadata_options.clone(),
                    root_block_device: self.root_block_device.clone(),
                    ebs_block_devices: self.ebs_block_devices.clone(),
                }
            }

            fn set_machine(&mut self, machine: $crate::node_group::Machine) {
                self.image_id = machine.image_id;
                self.instance_type = machine.instance_type;
                self.iam_instance_profile = machine.iam_instance_profile;
                self.security_group_ids = machine.security_group_ids;
                self.key_name = machine.key_name;
                self.enable_monitoring = machine.enable_monitoring;
                self.user_data_sha256 = machine.user_data_sha256;
                self.metadata_options = machine.metadata_options;
                self.root_block_device = machine.root_block_device;
                self.ebs_block_devices = machine.ebs_block_devices;
            }

            fn user_data(&self) -> (&tfplug::Attr<String>, &tfplug::Attr<String>) {
                (&self.user_data, &self.user_data_base64)
            }
        }
    };
}
pub(crate) use has_machine;

impl Machine {
    /// Completes a planned node and checks what can be known of it. `configured` and `user_data`
    /// come from the configuration.
    pub(crate) fn complete(
        &mut self,
        configured: &Self,
        user_data: (&Attr<String>, &Attr<String>),
        prior: Option<&Self>,
        errors: &mut Diagnostics,
    ) {
        match UserData::parse(user_data.0, user_data.1) {
            Ok(data) => self.user_data_sha256 = data.map(|data| data.sha256()),
            Err(found) => errors.extend(found),
        }
        self.complete_root(configured, prior);
        self.check_volumes(errors);
    }

    /// The root device is the image's: known from before if that stays.
    fn complete_root(&mut self, configured: &Self, prior: Option<&Self>) {
        let root_of = |machine: &Self| machine.root_block_device.known().cloned();
        let said = root_of(configured).is_some_and(|root| !root.device_name.is_null());
        let Attr::Known(root) = &mut self.root_block_device else {
            return;
        };
        if said {
            return;
        }
        let before = prior
            .filter(|prior| prior.image_id == self.image_id)
            .and_then(root_of)
            .map(|root| root.device_name)
            .filter(|name| !name.is_null());
        root.device_name = before.unwrap_or(Attr::Unknown);
    }

    fn check_volumes(&self, errors: &mut Diagnostics) {
        if let Attr::Known(root) = &self.root_block_device {
            let volume = Volume {
                volume_type: &root.volume_type,
                volume_size: &root.volume_size,
                iops: &root.iops,
                throughput: &root.throughput,
            };
            volumes::check(volume, &Path::attribute("root_block_device"), errors);
        }
        let root = self.root_device_name();
        for (name, device) in self
            .ebs_block_devices
            .known()
            .into_iter()
            .flat_map(|map| &map.0)
        {
            let at = Path::attribute("ebs_block_devices").key(name.as_str());
            if root == Some(name) {
                errors.push(root_again(name).at(at.clone()));
            }
            let Attr::Known(device) = device else {
                if device.is_null() {
                    let text =
                        format!("\"{name}\" is null. Say what it is to be, or leave it out.");
                    errors.push(Diagnostic::error("Invalid volume", text).at(at));
                }
                continue;
            };
            let volume = Volume {
                volume_type: &device.volume_type,
                volume_size: &device.volume_size,
                iops: &device.iops,
                throughput: &device.throughput,
            };
            volumes::check(volume, &at, errors);
        }
    }

    /// The root device's name, as soon as it is known.
    pub(crate) fn root_device_name(&self) -> Option<&str> {
        self.root_block_device.known()?.device_name.text()
    }

    /// Sets the root device's name where it was left open.
    pub(crate) fn set_root_device_name(&mut self, name: &str) {
        if let Attr::Known(root) = &mut self.root_block_device
            && root.device_name.text().is_none()
        {
            root.device_name = name.into();
        }
    }

    /// The node as a launch template says it. `tags` are those by resource type.
    ///
    /// # Errors
    /// A value that must be known by now isn't, which is a defect.
    pub(crate) fn data(
        &self,
        user_data: Option<&UserData>,
        tags: BTreeMap<String, Tags>,
    ) -> Result<TemplateData> {
        let options = self.metadata_options.get("metadata_options")?;
        let groups = self.security_group_ids.get("security_group_ids")?;
        let groups = groups
            .all_known()
            .ok_or_else(|| unknown_within("security_group_ids"))?;
        Ok(TemplateData {
            image_id: Some(self.image_id.get("image_id")?.clone()),
            instance_type: self.instance_type.known().cloned(),
            iam_instance_profile: self.iam_instance_profile.text().map(profile),
            security_group_ids: groups.into_iter().cloned().collect(),
            key_name: self.key_name.known().cloned(),
            monitoring: *self.enable_monitoring.get("enable_monitoring")?,
            ebs_optimized: None,
            user_data: user_data.map(UserData::base64),
            metadata_options: Metadata {
                http_tokens: REQUIRED.to_owned(),
                http_put_response_hop_limit: number(
                    &options.http_put_response_hop_limit,
                    "metadata_options.http_put_response_hop_limit",
                )?,
                http_endpoint: ENABLED.to_owned(),
            },
            block_devices: self.block_devices()?,
            tags,
        })
    }

    fn block_devices(&self) -> Result<BTreeMap<String, Device>> {
        let root = self.root_block_device.get("root_block_device")?;
        let path = "root_block_device";
        let mut devices = BTreeMap::from([(
            root.device_name
                .get("root_block_device.device_name")?
                .clone(),
            Device {
                size_gib: size(&root.volume_size, path)?,
                volume_type: root.volume_type.known().cloned(),
                iops: optional(&root.iops, path)?,
                throughput: optional(&root.throughput, path)?,
                encrypted: Some(true),
                kms_key_id: root.kms_key_id.known().cloned(),
                snapshot_id: None,
                delete_on_termination: root.delete_on_termination.known().copied(),
            },
        )]);
        let path = "ebs_block_devices";
        for (name, device) in self
            .ebs_block_devices
            .known()
            .into_iter()
            .flat_map(|map| &map.0)
        {
            let device = device.get(path)?;
            devices.insert(
                name.clone(),
                Device {
                    size_gib: size(&device.volume_size, path)?,
                    volume_type: device.volume_type.known().cloned(),
                    iops: optional(&device.iops, path)?,
                    throughput: optional(&device.throughput, path)?,
                    encrypted: Some(true),
                    kms_key_id: device.kms_key_id.known().cloned(),
                    snapshot_id: None,
                    delete_on_termination: device.delete_on_termination.known().copied(),
                },
            );
        }
        Ok(devices)
    }

    /// The attributes of a node that was launched by this; `root` is its root device's name.
    pub(crate) fn read(data: &TemplateData, root: Option<&str>, before: &Self) -> Self {
        let volume = |device: &Device| BlockDevice {
            volume_size: device.size_gib.map(i64::from).into(),
            volume_type: device.volume_type.clone().into(),
            iops: device.iops.map(i64::from).into(),
            throughput: device.throughput.map(i64::from).into(),
            kms_key_id: device.kms_key_id.clone().into(),
            delete_on_termination: device.delete_on_termination.into(),
        };
        let root_device = root.and_then(|name| data.block_devices.get_key_value(name));
        let further: Map<BlockDevice> = data
            .block_devices
            .iter()
            .filter(|(name, _)| Some(name.as_str()) != root)
            .map(|(name, device)| (name.clone(), volume(device)))
            .collect();
        // An empty map that was written stays one.
        let none = further.0.is_empty() && before.ebs_block_devices.is_null();
        Self {
            image_id: data.image_id.clone().into(),
            instance_type: data.instance_type.clone().into(),
            iam_instance_profile: data
                .iam_instance_profile
                .as_ref()
                .map(|profile| match profile {
                    Profile::Name(text) | Profile::Arn(text) => text.clone(),
                })
                .into(),
            security_group_ids: Attr::Known(data.security_group_ids.iter().cloned().collect()),
            key_name: data.key_name.clone().into(),
            enable_monitoring: data.monitoring.into(),
            user_data_sha256: data.user_data.as_deref().map(sha256_of_base64).into(),
            metadata_options: Attr::Known(MetadataOptions {
                http_put_response_hop_limit: i64::from(
                    data.metadata_options.http_put_response_hop_limit,
                )
                .into(),
            }),
            root_block_device: root_device
                .map(|(name, device)| {
                    let volume = volume(device);
                    RootBlockDevice {
                        device_name: name.as_str().into(),
                        volume_size: volume.volume_size,
                        volume_type: volume.volume_type,
                        iops: volume.iops,
                        throughput: volume.throughput,
                        kms_key_id: volume.kms_key_id,
                        delete_on_termination: volume.delete_on_termination,
                    }
                })
                .into(),
            ebs_block_devices: if none {
                Attr::Null
            } else {
                Attr::Known(further)
            },
        }
    }
}

/// What somebody changed of a launch template that no attribute stands for, in words.
pub(crate) fn template_deviations(data: &TemplateData) -> BTreeSet<String> {
    let options = &data.metadata_options;
    let mut found = BTreeSet::new();
    let mut note = |text: String| found.insert(format!("{LAUNCH_TEMPLATE}{text}"));
    let http_tokens = deviation("http_tokens", &options.http_tokens, REQUIRED);
    let http_endpoint = deviation("http_endpoint", &options.http_endpoint, ENABLED);
    for text in http_tokens.into_iter().chain(http_endpoint) {
        note(text);
    }
    if let Some(optimized) = data.ebs_optimized {
        note(format!(
            "ebs_optimized is {optimized}, not the instance type's own"
        ));
    }
    for (name, device) in &data.block_devices {
        if device.encrypted != Some(true) {
            note(format!("{name} isn't encrypted"));
        }
        if let Some(snapshot) = &device.snapshot_id {
            note(format!("{name} is made from {snapshot}"));
        }
    }
    found
}

/// How an option differs, if it does. A template that was made elsewhere may say nothing of it.
fn deviation(option: &str, found: &str, wanted: &str) -> Option<String> {
    match found {
        "" => Some(format!("{option} is not set, and must be {wanted}")),
        found => (found != wanted).then(|| format!("{option} is {found}, not {wanted}")),
    }
}

/// What deviations of launch templates begin with.
pub(crate) const LAUNCH_TEMPLATE: &str = "launch template: ";

const REQUIRED: &str = "required";
const ENABLED: &str = "enabled";

/// An instance profile by ARN or by name, as users may give either.
fn profile(text: &str) -> Profile {
    if text.starts_with("arn:") {
        Profile::Arn(text.to_owned())
    } else {
        Profile::Name(text.to_owned())
    }
}

fn size(attribute: &Attr<i64>, path: &str) -> Result<Option<i32>> {
    number(attribute, &format!("{path}.volume_size")).map(Some)
}

fn optional(attribute: &Attr<i64>, path: &str) -> Result<Option<i32>> {
    match attribute {
        Attr::Null => Ok(None),
        _ => number(attribute, path).map(Some),
    }
}

/// A number of AWS's type. The checks keep every number within it.
///
/// # Errors
/// It must be known by now and isn't, or a check is missing: defects both.
pub(crate) fn number(attribute: &Attr<i64>, name: &str) -> Result<i32> {
    let number = *attribute.get(name)?;
    i32::try_from(number)
        .map_err(|_| Diagnostic::bug(format!("\"{name}\" is {number}, out of its range.")).into())
}

pub(crate) fn unknown_within(name: &str) -> Diagnostic {
    Diagnostic::bug(format!(
        "A part of \"{name}\" is not known where it must be."
    ))
    .at(name)
}

pub(crate) fn root_again(name: &str) -> Diagnostic {
    Diagnostic::error(
        "Invalid volume",
        format!("\"{name}\" is the root device. What it is to be stands in \"root_block_device\"."),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_option_that_is_not_set_is_no_empty_value() {
        let told = |found| deviation("http_endpoint", found, ENABLED);
        assert_eq!(told(ENABLED), None);
        assert_eq!(
            told("").unwrap(),
            "http_endpoint is not set, and must be enabled"
        );
        assert_eq!(
            told("disabled").unwrap(),
            "http_endpoint is disabled, not enabled"
        );
    }
}
