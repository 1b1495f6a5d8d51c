//! An Auto Scaling group and its launch template, behind Terraform's back.

use serde_json::Value as Json;

use super::Aws;

/// A group that a resource has made.
#[derive(Clone, Debug)]
pub struct Group<'a> {
    aws: &'a Aws,
    /// Its name.
    pub name: String,
    launch_template_id: String,
}

/// # Panics
/// All methods panic if AWS refuses.
impl<'a> Group<'a> {
    /// The group of these attributes of a state; `name` is the one that is its name.
    #[must_use]
    pub fn of(aws: &'a Aws, values: &Json, name: &str) -> Self {
        let text = |name: &str| values[name].as_str().unwrap_or_default().to_owned();
        Self {
            aws,
            name: text(name),
            launch_template_id: text("launch_template_id"),
        }
    }

    /// Calls Auto Scaling about it.
    #[track_caller]
    pub fn call(&self, action: &str, more: &[(&str, &str)]) {
        let mut parameters = vec![("AutoScalingGroupName", self.name.as_str())];
        parameters.extend(more);
        self.aws.autoscaling(action, &parameters);
    }

    /// Updates one of its settings.
    #[track_caller]
    pub fn update(&self, name: &str, value: &str) {
        self.call("UpdateAutoScalingGroup", &[(name, value)]);
    }

    /// Makes a version of its launch template that differs from the newest in these data, and
    /// returns its number.
    #[track_caller]
    pub fn new_version(&self, data: &[(&str, &str)]) -> String {
        let named = data
            .iter()
            .map(|(name, value)| (format!("LaunchTemplateData.{name}"), *value));
        let named: Vec<_> = named.collect();
        let mut parameters = vec![
            ("LaunchTemplateId", self.launch_template_id.as_str()),
            ("SourceVersion", "$Latest"),
        ];
        parameters.extend(named.iter().map(|(name, value)| (name.as_str(), *value)));
        self.aws
            .ec2("CreateLaunchTemplateVersion", &parameters)
            .text("versionNumber")
    }

    /// Makes a version of its launch template that differs from the newest in one setting of a
    /// volume, and returns its number.
    #[track_caller]
    pub fn new_device(&self, device: &str, setting: &str, value: &str) -> String {
        let newest = [
            ("LaunchTemplateId", self.launch_template_id.as_str()),
            ("LaunchTemplateVersion.1", "$Latest"),
        ];
        let answer = self.aws.ec2("DescribeLaunchTemplateVersions", &newest);
        let mappings = answer.each("blockDeviceMappingSet").remove(0);
        let mut data = Vec::new();
        for (at, mapping) in (1..).zip(mappings.each("item")) {
            let name = |name: &str| format!("BlockDeviceMapping.{at}.{name}");
            let found = mapping.text("deviceName");
            data.push((name("DeviceName"), found.clone()));
            for (known, is) in [
                ("VolumeSize", "volumeSize"),
                ("VolumeType", "volumeType"),
                ("Iops", "iops"),
                ("Throughput", "throughput"),
                ("Encrypted", "encrypted"),
                ("KmsKeyId", "kmsKeyId"),
                ("DeleteOnTermination", "deleteOnTermination"),
            ] {
                let changed = found == device && known == setting;
                let now = if changed {
                    Some(value.to_owned())
                } else {
                    mapping.texts(is).first().cloned()
                };
                data.extend(now.map(|now| (name(&format!("Ebs.{known}")), now)));
            }
        }
        let data: Vec<_> = data
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()))
            .collect();
        self.new_version(&data)
    }

    /// Makes it launch another version of its template, by number, `$Latest` or `$Default`.
    #[track_caller]
    pub fn launch(&self, version: &str) {
        let template = [
            (
                "LaunchTemplate.LaunchTemplateId",
                self.launch_template_id.as_str(),
            ),
            ("LaunchTemplate.Version", version),
        ];
        self.call("UpdateAutoScalingGroup", &template);
    }

    /// Attaches or detaches (`how`) a target group.
    #[track_caller]
    pub fn targets(&self, how: &str, arn: &str) {
        let action = format!("{how}LoadBalancerTargetGroups");
        self.call(&action, &[("TargetGroupARNs.member.1", arn)]);
    }

    /// Changes a setting of a hook.
    #[track_caller]
    pub fn put_hook(&self, hook: &str, name: &str, value: &str) {
        let parameters = [("LifecycleHookName", hook), (name, value)];
        self.call("PutLifecycleHook", &parameters);
    }

    /// Suspends or resumes (`how`) a process.
    #[track_caller]
    pub fn process(&self, how: &str, process: &str) {
        let action = format!("{how}Processes");
        self.call(&action, &[("ScalingProcesses.member.1", process)]);
    }

    /// Sets a tag of it; whether instances to come get it too.
    #[track_caller]
    pub fn tag(&self, key: &str, value: &str, propagate: bool) {
        let parameters = [
            ("Tags.member.1.ResourceId", self.name.as_str()),
            ("Tags.member.1.ResourceType", "auto-scaling-group"),
            ("Tags.member.1.Key", key),
            ("Tags.member.1.Value", value),
            (
                "Tags.member.1.PropagateAtLaunch",
                if propagate { "true" } else { "false" },
            ),
        ];
        self.aws.autoscaling("CreateOrUpdateTags", &parameters);
    }

    /// Takes a tag of it away.
    #[track_caller]
    pub fn untag(&self, key: &str) {
        let parameters = [
            ("Tags.member.1.ResourceId", self.name.as_str()),
            ("Tags.member.1.ResourceType", "auto-scaling-group"),
            ("Tags.member.1.Key", key),
        ];
        self.aws.autoscaling("DeleteTags", &parameters);
    }

    /// Sets a tag of its launch template, its instances and their volumes.
    #[track_caller]
    pub fn tag_objects(&self, key: &str, value: &str) {
        let mut ids = vec![self.launch_template_id.clone()];
        ids.extend(self.instances());
        ids.extend(self.volumes());
        let ids: Vec<_> = ids.iter().map(String::as_str).collect();
        self.aws.tag_objects(&ids, key, value);
    }

    /// Its description.
    #[track_caller]
    #[must_use]
    pub fn described(&self) -> super::Answer {
        let name = ("AutoScalingGroupNames.member.1", self.name.as_str());
        self.aws.autoscaling("DescribeAutoScalingGroups", &[name])
    }

    /// The version of its launch template that it launches.
    #[track_caller]
    #[must_use]
    pub fn launched_version(&self) -> String {
        self.described().without("Instances").text("Version")
    }

    /// Ids of its instances.
    #[track_caller]
    #[must_use]
    pub fn instances(&self) -> Vec<String> {
        self.described().texts("InstanceId")
    }

    /// Ids of their volumes.
    #[track_caller]
    #[must_use]
    pub fn volumes(&self) -> Vec<String> {
        let ids = self.instances();
        let named = ids.iter().enumerate();
        let named: Vec<_> = named
            .map(|(at, id)| (format!("Filter.1.Value.{}", at + 1), id))
            .collect();
        let mut parameters = vec![("Filter.1.Name", "attachment.instance-id")];
        parameters.extend(named.iter().map(|(name, id)| (name.as_str(), id.as_str())));
        let mut found = self
            .aws
            .ec2("DescribeVolumes", &parameters)
            .texts("volumeId");
        found.sort();
        found.dedup();
        found
    }

    /// Deletes it by force, whatever protects it.
    #[track_caller]
    pub fn delete(&self) {
        self.update("DeletionProtection", "none");
        self.call("DeleteAutoScalingGroup", &[("ForceDelete", "true")]);
    }

    /// Deletes its launch template.
    #[track_caller]
    pub fn delete_template(&self) {
        let id = ("LaunchTemplateId", self.launch_template_id.as_str());
        self.aws.ec2("DeleteLaunchTemplate", &[id]);
    }
}

impl Aws {
    /// Sets a tag of EC2's objects.
    #[track_caller]
    pub fn tag_objects(&self, ids: &[&str], key: &str, value: &str) {
        let named = ids.iter().enumerate();
        let named: Vec<_> = named
            .map(|(at, id)| (format!("ResourceId.{}", at + 1), *id))
            .collect();
        let mut parameters: Vec<_> = named
            .iter()
            .map(|(name, id)| (name.as_str(), *id))
            .collect();
        parameters.extend([("Tag.1.Key", key), ("Tag.1.Value", value)]);
        self.ec2("CreateTags", &parameters);
    }
}
