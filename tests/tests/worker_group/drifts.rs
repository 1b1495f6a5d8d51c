//! How each attribute of a worker group can change behind Terraform's back.

use kubeha_tests::lifecycle::{Aws, Drift, IMAGE_ARM64, Network};
use serde_json::Value as Json;

use crate::subject::group;

/// What else shows when the group launches something else: which version that is, and that the
/// nodes that there are are something else again.
const ANOTHER_VERSION: &[&str] = &["launch_template_version", "outdated_instance_ids"];

/// Cases of one setting of the group.
macro_rules! updated {
    ($attribute:literal, $name:literal, $value:literal $(,)?) => {
        Drift::of($attribute, "", |aws, _, values| {
            group(aws, values).update($name, $value);
        })
    };
}

/// Cases of how instances are bought.
macro_rules! bought {
    ($attribute:literal, $name:literal, $value:literal $(,)?) => {
        Drift::of($attribute, "", |aws, _, values| {
            mixed(aws, values, &[($name, $value)]);
        })
    };
}

/// Cases of one setting of a volume.
macro_rules! device {
    ($attribute:literal, $device:expr, $name:literal, $value:literal $(,)?) => {
        launched($attribute, |aws, _, values| {
            let version = group(aws, values).new_device($device, $name, $value);
            mixed(aws, values, &[("Version", &version)]);
        })
    };
}

/// Cases of one setting of a hook.
macro_rules! hook {
    ($attribute:literal, $hook:expr, $name:literal, $value:expr $(,)?) => {
        Drift::of($attribute, "", |aws, _, values| {
            group(aws, values).put_hook($hook, $name, $value);
        })
    };
}

/// The cases.
pub(crate) const DRIFT: &[Drift] = &[
    Drift::of("subnets", "with one more", |aws, network, values| {
        let ids =
            ["a", "b", "c"].map(|letter| network.subnets[&format!("us-east-1{letter}")].clone());
        group(aws, values).update("VPCZoneIdentifier", &ids.join(","));
    }),
    updated!("min_size", "MinSize", "0"),
    updated!("max_size", "MaxSize", "6"),
    Drift::of("desired_capacity", "", |aws, _, values| {
        let fewer = [("DesiredCapacity", "1")];
        group(aws, values).call("SetDesiredCapacity", &fewer);
    }),
    also(
        &["outdated_instance_ids"],
        Drift::of("instance_types", "without one", |aws, _, values| {
            mixed(aws, values, &[("Overrides.2", "")]);
        }),
    ),
    also(
        &["outdated_instance_ids"],
        Drift::of("instance_types", "in another order", |aws, _, values| {
            let types = [("Overrides.1", "m6i.large"), ("Overrides.2", "m5.large")];
            mixed(aws, values, &types);
        }),
    ),
    bought!("on_demand_base_capacity", "OnDemandBaseCapacity", "2"),
    bought!(
        "on_demand_percentage_above_base_capacity",
        "OnDemandPercentageAboveBaseCapacity",
        "40",
    ),
    bought!(
        "spot_allocation_strategy",
        "SpotAllocationStrategy",
        "lowest-price",
    ),
    bought!("spot_max_price", "SpotMaxPrice", "0.06"),
    updated!("capacity_rebalance", "CapacityRebalance", "true"),
    also(
        &[
            "launch_template_version",
            "outdated_instance_ids",
            "root_block_device.device_name",
        ],
        Drift::of("image_id", "", |aws, _, values| {
            launch(aws, values, &[("ImageId", IMAGE_ARM64)]);
        }),
    ),
    launched("iam_instance_profile", |aws, network, values| {
        let profile = &network.instance_profiles[1];
        launch(aws, values, &[("IamInstanceProfile.Name", profile)]);
    }),
    launched("security_group_ids", |aws, network, values| {
        let group = &network.security_groups[2];
        launch(aws, values, &[("SecurityGroupId.1", group)]);
    }),
    launched("key_name", |aws, network, values| {
        launch(aws, values, &[("KeyName", &network.key_pairs[1])]);
    }),
    launched("enable_monitoring", |aws, _, values| {
        launch(aws, values, &[("Monitoring.Enabled", "false")]);
    }),
    launched(
        "metadata_options.http_put_response_hop_limit",
        |aws, _, values| {
            let options = [
                ("MetadataOptions.HttpTokens", "required"),
                ("MetadataOptions.HttpEndpoint", "enabled"),
                ("MetadataOptions.HttpPutResponseHopLimit", "1"),
            ];
            launch(aws, values, &options);
        },
    ),
    device!("root_block_device.volume_size", ROOT, "VolumeSize", "90"),
    device!("root_block_device.volume_type", ROOT, "VolumeType", "io2"),
    device!("root_block_device.iops", ROOT, "Iops", "5000"),
    device!("root_block_device.throughput", ROOT, "Throughput", "125"),
    device!(
        "root_block_device.kms_key_id",
        ROOT,
        "KmsKeyId",
        "alias/other"
    ),
    device!(
        "root_block_device.delete_on_termination",
        ROOT,
        "DeleteOnTermination",
        "false",
    ),
    device!("ebs_block_devices.volume_size", FURTHER, "VolumeSize", "90"),
    device!(
        "ebs_block_devices.volume_type",
        FURTHER,
        "VolumeType",
        "io2"
    ),
    device!("ebs_block_devices.iops", FURTHER, "Iops", "5000"),
    device!("ebs_block_devices.throughput", FURTHER, "Throughput", "125"),
    device!(
        "ebs_block_devices.kms_key_id",
        FURTHER,
        "KmsKeyId",
        "alias/other",
    ),
    device!(
        "ebs_block_devices.delete_on_termination",
        FURTHER,
        "DeleteOnTermination",
        "false",
    ),
    Drift::of(
        "target_group_arns",
        "with another",
        |aws, network, values| {
            group(aws, values).targets("Attach", &network.target_groups[2]);
        },
    ),
    Drift::of("target_group_arns", "with none", |aws, network, values| {
        group(aws, values).targets("Detach", &network.target_groups[0]);
    }),
    Drift::of("labels", "with another value", |aws, _, values| {
        let key = "k8s.io/cluster-autoscaler/node-template/label/example.com/pool";
        group(aws, values).tag(key, "other", false);
    }),
    Drift::of("labels", "with one more", |aws, _, values| {
        let key = "k8s.io/cluster-autoscaler/node-template/label/more";
        group(aws, values).tag(key, "", false);
    }),
    Drift::of("taints", "with another effect", |aws, _, values| {
        let key = "k8s.io/cluster-autoscaler/node-template/taint/dedicated";
        group(aws, values).tag(key, "x:NoExecute", false);
    }),
    Drift::of("taints", "with none", |aws, _, values| {
        group(aws, values).untag("k8s.io/cluster-autoscaler/node-template/taint/dedicated");
    }),
    Drift::of("cluster_autoscaler", "", |aws, _, values| {
        group(aws, values).untag("k8s.io/cluster-autoscaler/acc");
    }),
    updated!("health_check_type", "HealthCheckType", "ELB"),
    updated!("health_check_grace_period", "HealthCheckGracePeriod", "10"),
    updated!("default_instance_warmup", "DefaultInstanceWarmup", "10"),
    updated!("max_instance_lifetime", "MaxInstanceLifetime", "86400"),
    updated!(
        "termination_policies",
        "TerminationPolicies.member.1",
        "NewestInstance",
    ),
    Drift::of("suspended_processes", "with another", |aws, _, values| {
        group(aws, values).process("Suspend", "Launch");
    }),
    Drift::of("suspended_processes", "with none", |aws, _, values| {
        group(aws, values).process("Resume", "AZRebalance");
    }),
    updated!(
        "protect_from_scale_in",
        "NewInstancesProtectedFromScaleIn",
        "true",
    ),
    updated!(
        "capacity_distribution_strategy",
        "AvailabilityZoneDistribution.CapacityDistributionStrategy",
        "balanced-best-effort",
    ),
    Drift::of(
        "instance_maintenance_policy.min_healthy_percentage",
        "",
        |aws, _, values| policy(aws, values, "MinHealthyPercentage", "60"),
    ),
    Drift::of(
        "instance_maintenance_policy.max_healthy_percentage",
        "",
        |aws, _, values| policy(aws, values, "MaxHealthyPercentage", "130"),
    ),
    Drift::of("enabled_metrics", "with another", |aws, _, values| {
        let metrics = [
            ("Granularity", "1Minute"),
            ("Metrics.member.1", "GroupMaxSize"),
        ];
        group(aws, values).call("EnableMetricsCollection", &metrics);
    }),
    Drift::of("enabled_metrics", "without one", |aws, _, values| {
        let metrics = [("Metrics.member.1", "GroupTotalInstances")];
        group(aws, values).call("DisableMetricsCollection", &metrics);
    }),
    hook!(
        "launch_hook.heartbeat_timeout",
        LAUNCH,
        "HeartbeatTimeout",
        "90"
    ),
    hook!(
        "launch_hook.default_result",
        LAUNCH,
        "DefaultResult",
        "ABANDON"
    ),
    hook!(
        "launch_hook.notification_target_arn",
        LAUNCH,
        "NotificationTargetARN",
        OTHER_TOPIC,
    ),
    hook!("launch_hook.role_arn", LAUNCH, "RoleARN", OTHER_ROLE),
    hook!(
        "launch_hook.notification_metadata",
        LAUNCH,
        "NotificationMetadata",
        "other",
    ),
    hook!(
        "termination_hook.heartbeat_timeout",
        TERMINATION,
        "HeartbeatTimeout",
        "90",
    ),
    hook!(
        "termination_hook.default_result",
        TERMINATION,
        "DefaultResult",
        "CONTINUE",
    ),
    hook!(
        "termination_hook.notification_target_arn",
        TERMINATION,
        "NotificationTargetARN",
        OTHER_TOPIC,
    ),
    hook!(
        "termination_hook.role_arn",
        TERMINATION,
        "RoleARN",
        OTHER_ROLE
    ),
    hook!(
        "termination_hook.notification_metadata",
        TERMINATION,
        "NotificationMetadata",
        "other",
    ),
    updated!(
        "deletion_protection",
        "DeletionProtection",
        "prevent-all-deletion",
    ),
    tags("of the group, another value", |aws, _, values| {
        group(aws, values).tag("team", "z", true);
    }),
    tags("of the group, for nobody else", |aws, _, values| {
        group(aws, values).tag("team", "a", false);
    }),
    tags("of an instance, another value", |aws, _, values| {
        aws.tag_objects(&[&group(aws, values).instances()[0]], "team", "z");
    }),
    tags("of a volume, another value", |aws, _, values| {
        aws.tag_objects(&[&group(aws, values).volumes()[0]], "team", "z");
    }),
];

/// What can't drift, or not by itself.
pub(crate) const DRIFTLESS: &[(&str, &str)] = &[
    (
        "cluster_name",
        "not AWS's: it stands in a mark of ownership, which is set when it is made",
    ),
    ("name", "not AWS's: it is a part of the group's name"),
    ("autoscaling_group_name", "AWS can't rename a group"),
    (
        "user_data",
        "in no state: it shows in `user_data_sha256`, as any group of nodes has it tested",
    ),
    ("user_data_base64", "in no state, like `user_data`"),
    (
        "root_block_device.device_name",
        "a volume of another name is another volume",
    ),
    (
        "force_delete",
        "not AWS's: it is about what a destroy calls",
    ),
    (
        "wait_for_capacity_timeout",
        "not AWS's: it is about this provider's patience",
    ),
    ("instance_refresh.strategy", REFRESH),
    (
        "instance_refresh.preferences.min_healthy_percentage",
        REFRESH,
    ),
    (
        "instance_refresh.preferences.max_healthy_percentage",
        REFRESH,
    ),
    ("instance_refresh.preferences.instance_warmup", REFRESH),
    (
        "instance_refresh.preferences.checkpoint_percentages",
        REFRESH,
    ),
    ("instance_refresh.preferences.checkpoint_delay", REFRESH),
    ("instance_refresh.preferences.auto_rollback", REFRESH),
    ("instance_refresh.preferences.skip_matching", REFRESH),
    (
        "instance_refresh.preferences.scale_in_protected_instances",
        REFRESH,
    ),
    ("instance_refresh.preferences.standby_instances", REFRESH),
];

const REFRESH: &str = "not AWS's: it is said to each refresh when it starts";
const LAUNCH: &str = "kubeha-launch";
const TERMINATION: &str = "kubeha-termination";
const OTHER_TOPIC: &str = "arn:aws:sns:us-east-1:111122223333:other";
const OTHER_ROLE: &str = "arn:aws:iam::111122223333:role/other";
const ROOT: &str = "/dev/xvda";
const FURTHER: &str = "/dev/sdf";

const fn also(others: &'static [&'static str], drift: Drift) -> Drift {
    Drift {
        also: others,
        ..drift
    }
}

/// Of what the group launches.
const fn launched(attribute: &'static str, change: fn(&Aws, &Network, &Json)) -> Drift {
    also(ANOTHER_VERSION, Drift::of(attribute, "", change))
}

const fn tags(how: &'static str, change: fn(&Aws, &Network, &Json)) -> Drift {
    // Volumes get theirs from the launch template.
    also(
        &["tags_all", "launch_template_version"],
        Drift::of("tags", how, change),
    )
}

/// Changes one of the two percentages, which AWS takes together only.
fn policy(aws: &Aws, values: &Json, setting: &str, value: &str) {
    let group = group(aws, values);
    let now = group.described();
    let settings = ["MinHealthyPercentage", "MaxHealthyPercentage"].map(|name| {
        let is = now.text(name);
        let value = if name == setting {
            value.to_owned()
        } else {
            is
        };
        (format!("InstanceMaintenancePolicy.{name}"), value)
    });
    let settings: Vec<_> = settings
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_str()))
        .collect();
    group.call("UpdateAutoScalingGroup", &settings);
}

/// Makes the group launch a version of its template that differs in this.
fn launch(aws: &Aws, values: &Json, data: &[(&str, &str)]) {
    let version = group(aws, values).new_version(data);
    mixed(aws, values, &[("Version", &version)]);
}

/// Changes the group's mixed instances policy: what it launches, its types by their place (an empty
/// one is left out), or how they are bought. Of a policy, nothing that isn't said stays.
fn mixed(aws: &Aws, values: &Json, changes: &[(&str, &str)]) {
    let group = group(aws, values);
    let now = group.described().without("Instances");
    let types = now.each("Overrides").remove(0).texts("InstanceType");
    let mut settings = vec![(
        "LaunchTemplate.LaunchTemplateSpecification.LaunchTemplateId".to_owned(),
        now.text("LaunchTemplateId"),
    )];
    let changed = |name: &str, is: String| {
        let change = changes.iter().find(|(of, _)| *of == name);
        change.map_or(is, |(_, value)| (*value).to_owned())
    };
    settings.push((
        "LaunchTemplate.LaunchTemplateSpecification.Version".to_owned(),
        changed("Version", now.text("Version")),
    ));
    for (at, name) in (1..).zip(types) {
        let name = changed(&format!("Overrides.{at}"), name);
        if !name.is_empty() {
            settings.push((
                format!("LaunchTemplate.Overrides.member.{at}.InstanceType"),
                name,
            ));
        }
    }
    for name in [
        "OnDemandAllocationStrategy",
        "OnDemandBaseCapacity",
        "OnDemandPercentageAboveBaseCapacity",
        "SpotAllocationStrategy",
        "SpotMaxPrice",
    ] {
        let value = changed(name, now.text(name));
        settings.push((format!("InstancesDistribution.{name}"), value));
    }
    let settings: Vec<_> = settings
        .iter()
        .map(|(name, value)| (format!("MixedInstancesPolicy.{name}"), value))
        .collect();
    let settings: Vec<_> = settings
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_str()))
        .collect();
    group.call("UpdateAutoScalingGroup", &settings);
}
