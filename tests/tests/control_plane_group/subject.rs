//! What the life-cycle harness needs to know of a control plane group.

use kubeha_tests::lifecycle::calls::Measured;
use kubeha_tests::lifecycle::{
    Aws, Calls, IMAGE_ARM64, IMAGE_X86_64, Lifecycle, Network, Phase, Size, Stage, Vanishing,
    Waiting,
};
use serde_json::Value as Json;

use crate::drifts::{DRIFT, DRIFTLESS};

pub(crate) static SUBJECT: Lifecycle = Lifecycle {
    resource: "kubeha_control_plane_group",
    arguments,
    one_more: "health_check_grace_period = 45",
    import_id: |_, values| text(values, "name").to_owned(),
    never_set: &[("user_data_base64", "conflicts with user_data")],
    vanishing: &[
        Vanishing {
            what: "the launching of nodes",
            delete: |aws, values| processes(aws, values, "SuspendProcesses", "Launch"),
            planned: &["update"],
        },
        Vanishing {
            what: "the hook",
            delete: |aws, values| {
                let hook = ("LifecycleHookName", "kubeha-termination");
                group(aws, values, "DeleteLifecycleHook", &[hook]);
            },
            planned: &["update"],
        },
        Vanishing {
            what: "the group",
            delete: delete_group,
            planned: &["update"],
        },
        Vanishing {
            what: "the launch template",
            delete: delete_template,
            planned: &["update"],
        },
        Vanishing {
            what: "all of it",
            delete: |aws, values| {
                delete_group(aws, values);
                delete_template(aws, values);
            },
            planned: &["create"],
        },
    ],
    drift: DRIFT,
    driftless: DRIFTLESS,
    waits: &[
        Waiting {
            what: "for the nodes to be in service",
            phase: Phase::Create,
            after: "autoscaling:EnableMetricsCollection",
            nth: 1,
            polls: "autoscaling:DescribeAutoScalingGroups",
        },
        Waiting {
            what: "for the new nodes to be in service",
            phase: Phase::Update,
            after: "autoscaling:UpdateAutoScalingGroup",
            nth: 1,
            polls: "autoscaling:DescribeAutoScalingGroups",
        },
        Waiting {
            what: "for the nodes to leave",
            phase: Phase::Destroy,
            after: "autoscaling:UpdateAutoScalingGroup",
            nth: 1,
            polls: "autoscaling:DescribeAutoScalingGroups",
        },
        Waiting {
            what: "for the group to be gone",
            phase: Phase::Destroy,
            after: "autoscaling:DeleteAutoScalingGroup",
            nth: 1,
            polls: "autoscaling:DescribeAutoScalingGroups",
        },
    ],
    calls: &[
        Calls {
            phase: Measured::Create,
            writes: &[
                ("autoscaling:CreateAutoScalingGroup", 1),
                ("autoscaling:EnableMetricsCollection", 1),
                ("autoscaling:SuspendProcesses", 1),
                ("ec2:CreateLaunchTemplate", 1),
            ],
            // The writes. At plan: subnets, security groups, zones, image, instance type, where it
            // is offered, key pair, instance profile, two target groups, both names. The nodes.
            floor: 4 + 12 + 1,
        },
        Calls {
            phase: Measured::Refresh,
            writes: &[],
            // The group, its hooks; the launch template, its versions; instances and volumes.
            floor: 6,
        },
        Calls {
            phase: Measured::Update,
            writes: &[("autoscaling:UpdateAutoScalingGroup", 1)],
            // A refresh, and the write.
            floor: 6 + 1,
        },
        Calls {
            phase: Measured::Destroy,
            writes: &[
                ("autoscaling:DeleteAutoScalingGroup", 1),
                ("autoscaling:SetInstanceProtection", 1),
                ("autoscaling:UpdateAutoScalingGroup", 1),
                ("ec2:DeleteLaunchTemplate", 1),
            ],
            // A refresh, the writes, two waits.
            floor: 6 + 4 + 2,
        },
    ],
};

fn arguments(network: &Network, size: Size) -> String {
    let [one, two, three] = network.security_groups.as_slice() else {
        panic!("three security groups: {network:?}");
    };
    let [api, service, other] = &network.target_groups;
    let [profile, other_profile] = &network.instance_profiles;
    let [key, other_key] = &network.key_pairs;
    match size {
        Size::Minimal => format!("{}\n{LEFT_ALONE}", minimal(network)),
        Size::Full => format!(
            r##"
            cluster_name         = "acc"
            name                 = "acc-control-plane"
            subnets              = {}
            size                 = 3
            image_id             = "{IMAGE_X86_64}"
            instance_type        = "m5.large"
            iam_instance_profile = "{profile}"
            security_group_ids   = ["{one}", "{two}"]
            key_name             = "{key}"
            enable_monitoring    = true
            user_data            = "#!/bin/sh\necho full\n"
            metadata_options = {{
              http_put_response_hop_limit = 2
            }}
            root_block_device = {{
              volume_size           = 80
              volume_type           = "gp3"
              iops                  = 4000
              throughput            = 250
              kms_key_id            = "{KEY}"
              delete_on_termination = true
            }}
            ebs_block_devices = {{
              "/dev/sdf" = {{
                volume_size           = 20
                iops                  = 4000
                throughput            = 250
                kms_key_id            = "{KEY}"
                delete_on_termination = true
              }}
            }}
            target_group_arns         = ["{api}"]
            schedulable               = true
            service_target_group_arns = ["{service}"]
            enabled_metrics           = ["GroupInServiceInstances", "GroupTotalInstances"]
            health_check_grace_period = 200
            default_instance_warmup   = 120
            launch_hook = {{
              heartbeat_timeout       = 60
              default_result          = "CONTINUE"
              notification_target_arn = "arn:aws:sns:us-east-1:111122223333:one"
              role_arn                = "arn:aws:iam::111122223333:role/one"
              notification_metadata   = "launch"
            }}
            termination_hook = {{
              heartbeat_timeout       = 60
              default_result          = "ABANDON"
              notification_target_arn = "arn:aws:sns:us-east-1:111122223333:one"
              role_arn                = "arn:aws:iam::111122223333:role/one"
              notification_metadata   = "end"
            }}
            deletion_protection       = "none"
            force_delete              = false
            wait_for_capacity_timeout = "5m"
            rollout = {{
              strategy                   = "none"
              drain_delay                = "20s"
              stable_for                 = "90s"
              replacement_timeout        = "20m"
              allow_control_plane_outage = true
              roll_last                  = "i-0123456789abcdef0"
            }}
            tags                      = {{ team = "a", env = "test" }}
            timeouts {{
              create = "5m"
              update = "5m"
              delete = "5m"
            }}
            "##,
            network.subnets_hcl(&["a", "b"])
        ),
        Size::Changed => format!(
            r#"
            subnets              = {}
            image_id             = "{IMAGE_ARM64}"
            instance_type        = "m6g.large"
            iam_instance_profile = "{other_profile}"
            security_group_ids   = ["{two}", "{three}"]
            key_name             = "{other_key}"
            user_data            = "changed"
            root_block_device = {{
              volume_size = 100
              iops        = 5000
            }}
            target_group_arns   = ["{other}"]
            enabled_metrics     = ["GroupMinSize", "GroupTotalInstances"]
            termination_hook = {{
              heartbeat_timeout = 30
            }}
            deletion_protection = "prevent-force-deletion"
            {LEFT_ALONE}
            tags                = {{ team = "b" }}
            "#,
            network.subnets_hcl(&["a", "b", "c", "d"])
        ),
    }
}

/// Nobody stands behind a load balancer here. How nodes are replaced has a suite of its own.
pub(crate) const LEFT_ALONE: &str = "rollout = { strategy = \"none\" }";

/// A key that nobody has to have.
pub(crate) const KEY: &str = "alias/aws/ebs";

/// What is required, and nothing else.
pub(crate) fn minimal(network: &Network) -> String {
    with_subnets(network, &network.subnets_hcl(&["a", "b"]))
}

/// What is required, with these subnets.
pub(crate) fn with_subnets(network: &Network, subnets: &str) -> String {
    let group = &network.security_groups[0];
    format!(
        "subnets = {subnets}\nimage_id = \"{IMAGE_X86_64}\"\ninstance_type = \"m5.large\"\n\
         security_group_ids = [\"{group}\"]"
    )
}

/// Sets a tag of all objects.
pub(crate) fn set_tag(stage: &Stage, key: &str, value: &str) {
    let values = stage.values();
    tag_group(&stage.aws, &values, key, value);
    tag_objects(
        &stage.aws,
        &[text(&values, "launch_template_id")],
        key,
        value,
    );
    for ids in [instances(&stage.aws, &values), volumes(&stage.aws, &values)] {
        let ids: Vec<_> = ids.iter().map(String::as_str).collect();
        tag_objects(&stage.aws, &ids, key, value);
    }
}

/// Sets a tag of the group, which instances to come get too.
pub(crate) fn tag_group(aws: &Aws, values: &Json, key: &str, value: &str) {
    tag_group_alone(aws, values, key, value, true);
}

/// Sets a tag of the group.
pub(crate) fn tag_group_alone(aws: &Aws, values: &Json, key: &str, value: &str, propagate: bool) {
    let parameters = [
        ("Tags.member.1.ResourceId", text(values, "name")),
        ("Tags.member.1.ResourceType", "auto-scaling-group"),
        ("Tags.member.1.Key", key),
        ("Tags.member.1.Value", value),
        (
            "Tags.member.1.PropagateAtLaunch",
            if propagate { "true" } else { "false" },
        ),
    ];
    aws.autoscaling("CreateOrUpdateTags", &parameters);
}

/// Sets a tag of EC2's objects.
pub(crate) fn tag_objects(aws: &Aws, ids: &[&str], key: &str, value: &str) {
    let names: Vec<_> = (1..=ids.len()).map(|n| format!("ResourceId.{n}")).collect();
    let mut parameters: Vec<_> = names
        .iter()
        .map(String::as_str)
        .zip(ids.iter().copied())
        .collect();
    parameters.extend([("Tag.1.Key", key), ("Tag.1.Value", value)]);
    aws.ec2("CreateTags", &parameters);
}

/// Ids of the group's instances.
pub(crate) fn instances(aws: &Aws, values: &Json) -> Vec<String> {
    let name = ("AutoScalingGroupNames.member.1", text(values, "name"));
    aws.autoscaling("DescribeAutoScalingGroups", &[name])
        .texts("InstanceId")
}

/// Ids of their volumes.
pub(crate) fn volumes(aws: &Aws, values: &Json) -> Vec<String> {
    let ids = instances(aws, values);
    let names: Vec<_> = (1..=ids.len())
        .map(|n| format!("Filter.1.Value.{n}"))
        .collect();
    let mut parameters = vec![("Filter.1.Name", "attachment.instance-id")];
    parameters.extend(
        names
            .iter()
            .map(String::as_str)
            .zip(ids.iter().map(String::as_str)),
    );
    let mut found = aws.ec2("DescribeVolumes", &parameters).texts("volumeId");
    found.sort();
    found.dedup();
    found
}

/// Calls Auto Scaling about the group.
pub(crate) fn group(aws: &Aws, values: &Json, action: &str, more: &[(&str, &str)]) {
    let mut parameters = vec![("AutoScalingGroupName", text(values, "name"))];
    parameters.extend(more);
    aws.autoscaling(action, &parameters);
}

/// Suspends or resumes a process.
pub(crate) fn processes(aws: &Aws, values: &Json, action: &str, process: &str) {
    group(
        aws,
        values,
        action,
        &[("ScalingProcesses.member.1", process)],
    );
}

/// A text attribute.
pub(crate) fn text<'a>(values: &'a Json, name: &str) -> &'a str {
    values[name]
        .as_str()
        .unwrap_or_else(|| panic!("no {name} in {values:#}"))
}

/// Deletes the group by force, whatever protects it.
pub(crate) fn delete_group(aws: &Aws, values: &Json) {
    let none = ("DeletionProtection", "none");
    group(aws, values, "UpdateAutoScalingGroup", &[none]);
    group(
        aws,
        values,
        "DeleteAutoScalingGroup",
        &[("ForceDelete", "true")],
    );
}

fn delete_template(aws: &Aws, values: &Json) {
    let id = text(values, "launch_template_id");
    aws.ec2("DeleteLaunchTemplate", &[("LaunchTemplateId", id)]);
}
