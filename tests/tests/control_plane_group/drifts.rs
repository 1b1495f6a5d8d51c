//! How each attribute of a control plane group can change behind Terraform's back.

use kubeha_tests::lifecycle::{Aws, Drift, IMAGE_ARM64, Network};
use serde_json::Value as Json;

use crate::subject::{group, instances, tag_group, tag_group_alone, tag_objects, text, volumes};

/// What else shows when the group launches something else: which version that is, and that the
/// nodes that there are are something else again.
const ANOTHER_VERSION: &[&str] = &["launch_template_version", "outdated_instance_ids"];

/// The cases.
pub(crate) const DRIFT: &[Drift] = &[
    also(
        &["placement", "tolerates_zone_failure"],
        Drift::of("subnets", "with one more", |aws, network, values| {
            let ids = ["a", "b", "c"]
                .map(|letter| network.subnets[&format!("us-east-1{letter}")].clone());
            update(aws, values, "VPCZoneIdentifier", &ids.join(","));
        }),
    ),
    also(
        &["placement", "quorum", "tolerated_node_failures"],
        Drift::of("size", "of the group lowered", |aws, _, values| {
            let sizes = [("MinSize", "1"), ("MaxSize", "1"), ("DesiredCapacity", "1")];
            group(aws, values, "UpdateAutoScalingGroup", &sizes);
        }),
    ),
    also(
        &[
            "placement",
            "quorum",
            "tolerated_node_failures",
            "tolerates_zone_failure",
        ],
        Drift::of("size", "allowed to grow", |aws, _, values| {
            update(aws, values, "MaxSize", "5");
        }),
    ),
    also(
        &[
            "instance_type",
            "launch_template_version",
            "outdated_instance_ids",
            "root_block_device.device_name",
        ],
        Drift::of("image_id", "", |aws, _, values| {
            launch(
                aws,
                values,
                &[("ImageId", IMAGE_ARM64), ("InstanceType", "m6g.large")],
            );
        }),
    ),
    launched("instance_type", |aws, _, values| {
        launch(aws, values, &[("InstanceType", "m5.xlarge")]);
    }),
    launched("iam_instance_profile", |aws, network, values| {
        launch(
            aws,
            values,
            &[("IamInstanceProfile.Name", &network.instance_profiles[1])],
        );
    }),
    launched("security_group_ids", |aws, network, values| {
        launch(
            aws,
            values,
            &[("SecurityGroupId.1", &network.security_groups[2])],
        );
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
    launched("root_block_device.volume_size", |aws, _, values| {
        devices(aws, values, ROOT, "VolumeSize", "90");
    }),
    launched("root_block_device.volume_type", |aws, _, values| {
        devices(aws, values, ROOT, "VolumeType", "io2");
    }),
    launched("root_block_device.iops", |aws, _, values| {
        devices(aws, values, ROOT, "Iops", "5000");
    }),
    launched("root_block_device.throughput", |aws, _, values| {
        devices(aws, values, ROOT, "Throughput", "125");
    }),
    launched("root_block_device.kms_key_id", |aws, _, values| {
        devices(aws, values, ROOT, "KmsKeyId", "alias/other");
    }),
    launched(
        "root_block_device.delete_on_termination",
        |aws, _, values| {
            devices(aws, values, ROOT, "DeleteOnTermination", "false");
        },
    ),
    launched("ebs_block_devices.volume_size", |aws, _, values| {
        devices(aws, values, FURTHER, "VolumeSize", "90");
    }),
    launched("ebs_block_devices.volume_type", |aws, _, values| {
        devices(aws, values, FURTHER, "VolumeType", "io2");
    }),
    launched("ebs_block_devices.iops", |aws, _, values| {
        devices(aws, values, FURTHER, "Iops", "5000");
    }),
    launched("ebs_block_devices.throughput", |aws, _, values| {
        devices(aws, values, FURTHER, "Throughput", "125");
    }),
    launched("ebs_block_devices.kms_key_id", |aws, _, values| {
        devices(aws, values, FURTHER, "KmsKeyId", "alias/other");
    }),
    launched(
        "ebs_block_devices.delete_on_termination",
        |aws, _, values| {
            devices(aws, values, FURTHER, "DeleteOnTermination", "false");
        },
    ),
    Drift::of(
        "target_group_arns",
        "with another",
        |aws, network, values| {
            targets(aws, values, "Attach", &network.target_groups[2]);
        },
    ),
    Drift::of("target_group_arns", "with none", |aws, network, values| {
        targets(aws, values, "Detach", &network.target_groups[0]);
    }),
    Drift::of("service_target_group_arns", "", |aws, network, values| {
        targets(aws, values, "Detach", &network.target_groups[1]);
    }),
    // Left attached, the service's target group would show as one of the nodes' own.
    also(
        &["drifted_settings"],
        Drift::of("schedulable", "", |aws, network, values| {
            let taint = "k8s.io/cluster-autoscaler/node-template/taint/node-role.kubernetes.io/control-plane";
            targets(aws, values, "Detach", &network.target_groups[1]);
            tag_group_alone(aws, values, taint, ":NoSchedule", false);
        }),
    ),
    Drift::of("enabled_metrics", "with another", |aws, _, values| {
        let metrics = [
            ("Granularity", "1Minute"),
            ("Metrics.member.1", "GroupMaxSize"),
        ];
        group(aws, values, "EnableMetricsCollection", &metrics);
    }),
    Drift::of("enabled_metrics", "without one", |aws, _, values| {
        let metrics = [("Metrics.member.1", "GroupTotalInstances")];
        group(aws, values, "DisableMetricsCollection", &metrics);
    }),
    Drift::of("health_check_grace_period", "", |aws, _, values| {
        update(aws, values, "HealthCheckGracePeriod", "10");
    }),
    Drift::of("default_instance_warmup", "", |aws, _, values| {
        update(aws, values, "DefaultInstanceWarmup", "10");
    }),
    Drift::of("launch_hook.heartbeat_timeout", "", |aws, _, values| {
        put_hook(aws, values, LAUNCH, "HeartbeatTimeout", "90");
    }),
    Drift::of("launch_hook.default_result", "", |aws, _, values| {
        put_hook(aws, values, LAUNCH, "DefaultResult", "ABANDON");
    }),
    Drift::of(
        "launch_hook.notification_target_arn",
        "",
        |aws, _, values| {
            put_hook(aws, values, LAUNCH, "NotificationTargetARN", OTHER_TOPIC);
        },
    ),
    Drift::of("launch_hook.role_arn", "", |aws, _, values| {
        put_hook(aws, values, LAUNCH, "RoleARN", OTHER_ROLE);
    }),
    Drift::of("launch_hook.notification_metadata", "", |aws, _, values| {
        put_hook(aws, values, LAUNCH, "NotificationMetadata", "other");
    }),
    Drift::of(
        "termination_hook.heartbeat_timeout",
        "",
        |aws, _, values| {
            put_hook(aws, values, TERMINATION, "HeartbeatTimeout", "90");
        },
    ),
    Drift::of("termination_hook.default_result", "", |aws, _, values| {
        put_hook(aws, values, TERMINATION, "DefaultResult", "CONTINUE");
    }),
    Drift::of(
        "termination_hook.notification_target_arn",
        "",
        |aws, _, values| {
            put_hook(
                aws,
                values,
                TERMINATION,
                "NotificationTargetARN",
                OTHER_TOPIC,
            );
        },
    ),
    Drift::of("termination_hook.role_arn", "", |aws, _, values| {
        put_hook(aws, values, TERMINATION, "RoleARN", OTHER_ROLE);
    }),
    Drift::of(
        "termination_hook.notification_metadata",
        "",
        |aws, _, values| {
            put_hook(aws, values, TERMINATION, "NotificationMetadata", "other");
        },
    ),
    Drift::of("deletion_protection", "", |aws, _, values| {
        update(aws, values, "DeletionProtection", "prevent-all-deletion");
    }),
    tags("of the group, another value", |aws, _, values| {
        tag_group(aws, values, "team", "z");
    }),
    tags("of the group, one more", |aws, _, values| {
        tag_group(aws, values, "more", "z");
    }),
    tags("of the group, for nobody else", |aws, _, values| {
        tag_group_alone(aws, values, "team", "a", false);
    }),
    tags("of the launch template, one more", |aws, _, values| {
        tag_objects(aws, &[text(values, "launch_template_id")], "more", "z");
    }),
    tags("of an instance, another value", |aws, _, values| {
        tag_objects(aws, &[&instances(aws, values)[0]], "team", "z");
    }),
    tags("of an instance, one less", |aws, _, values| {
        let id = &instances(aws, values)[1];
        aws.ec2("DeleteTags", &[("ResourceId.1", id), ("Tag.1.Key", "env")]);
    }),
    tags("of a volume, another value", |aws, _, values| {
        tag_objects(aws, &[&volumes(aws, values)[0]], "team", "z");
    }),
];

/// What can't drift, or not by itself.
pub(crate) const DRIFTLESS: &[(&str, &str)] = &[
    (
        "cluster_name",
        "not AWS's: it stands in a mark of ownership, which is set when it is made",
    ),
    ("name", "AWS can't rename a group"),
    (
        "user_data",
        "in no state: it shows in `user_data_sha256`, which has a test of its own",
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
    (
        "rollout.strategy",
        "not AWS's: it is about what an apply does",
    ),
    (
        "rollout.drain_delay",
        "not AWS's: it is about what an apply does",
    ),
    (
        "rollout.stable_for",
        "not AWS's: it is about what an apply does",
    ),
    (
        "rollout.replacement_timeout",
        "not AWS's: it is about what an apply does",
    ),
    (
        "rollout.allow_control_plane_outage",
        "not AWS's: it is about what an apply does",
    ),
    (
        "rollout.roll_last",
        "not AWS's: it is about what an apply does",
    ),
];

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
    // Volumes of nodes to come have their tags from the launch template.
    also(
        &["launch_template_version", "tags_all"],
        Drift::of("tags", how, change),
    )
}

/// Makes the group launch a version of its template that differs in this.
pub(crate) fn launch(aws: &Aws, values: &Json, data: &[(&str, &str)]) {
    let id = text(values, "launch_template_id");
    let names: Vec<_> = data
        .iter()
        .map(|(name, _)| format!("LaunchTemplateData.{name}"))
        .collect();
    let data = data.iter().map(|(_, value)| *value);
    let mut parameters = vec![("LaunchTemplateId", id), ("SourceVersion", "$Latest")];
    parameters.extend(names.iter().map(String::as_str).zip(data));
    let version = aws
        .ec2("CreateLaunchTemplateVersion", &parameters)
        .text("versionNumber");
    let template = [
        ("LaunchTemplate.LaunchTemplateId", id),
        ("LaunchTemplate.Version", &version),
    ];
    group(aws, values, "UpdateAutoScalingGroup", &template);
}

/// The same, where one setting of a volume differs from the newest version's.
fn devices(aws: &Aws, values: &Json, device: &str, name: &str, value: &str) {
    let id = text(values, "launch_template_id");
    let newest = [
        ("LaunchTemplateId", id),
        ("LaunchTemplateVersion.1", "$Latest"),
    ];
    let set = aws
        .ec2("DescribeLaunchTemplateVersions", &newest)
        .text("blockDeviceMappingSet");
    let mut data = Vec::new();
    for (at, item) in (1..).zip(set.split("<item>").skip(1)) {
        let mapping = |name: &str| format!("BlockDeviceMapping.{at}.{name}");
        let found = element(item, "deviceName").expect("a name");
        data.push((mapping("DeviceName"), found.to_owned()));
        for (setting, is) in [
            ("VolumeSize", "volumeSize"),
            ("VolumeType", "volumeType"),
            ("Iops", "iops"),
            ("Throughput", "throughput"),
            ("Encrypted", "encrypted"),
            ("KmsKeyId", "kmsKeyId"),
            ("DeleteOnTermination", "deleteOnTermination"),
        ] {
            let changed = (found == device && setting == name).then_some(value);
            if let Some(value) = changed.or_else(|| element(item, is)) {
                data.push((mapping(&format!("Ebs.{setting}")), value.to_owned()));
            }
        }
    }
    let data: Vec<_> = data
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_str()))
        .collect();
    launch(aws, values, &data);
}

fn element<'a>(xml: &'a str, name: &str) -> Option<&'a str> {
    let (_, rest) = xml.split_once(&format!("<{name}>"))?;
    rest.split_once(&format!("</{name}>")).map(|(text, _)| text)
}

fn update(aws: &Aws, values: &Json, name: &str, value: &str) {
    group(aws, values, "UpdateAutoScalingGroup", &[(name, value)]);
}

fn targets(aws: &Aws, values: &Json, how: &str, arn: &str) {
    let action = format!("{how}LoadBalancerTargetGroups");
    group(aws, values, &action, &[("TargetGroupARNs.member.1", arn)]);
}

fn put_hook(aws: &Aws, values: &Json, hook: &str, name: &str, value: &str) {
    let parameters = [("LifecycleHookName", hook), (name, value)];
    group(aws, values, "PutLifecycleHook", &parameters);
}
