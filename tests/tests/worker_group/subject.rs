//! What the life-cycle harness needs to know of a worker group.

use kubeha_tests::Outcome;
use kubeha_tests::lifecycle::calls::Measured;
use kubeha_tests::lifecycle::{
    Aws, Calls, Group, IMAGE_ARM64, IMAGE_X86_64, Lifecycle, Network, Phase, Size, Stage,
    Vanishing, Waiting,
};
use serde_json::Value as Json;

use crate::drifts::{DRIFT, DRIFTLESS};

pub(crate) static SUBJECT: Lifecycle = Lifecycle {
    resource: "kubeha_worker_group",
    arguments,
    one_more: "health_check_grace_period = 45",
    import_id: |_, values| {
        values["autoscaling_group_name"]
            .as_str()
            .unwrap()
            .to_owned()
    },
    never_set: &[("user_data_base64", "conflicts with user_data")],
    vanishing: &[
        Vanishing {
            what: "the hook",
            delete: |aws, values| {
                let hook = ("LifecycleHookName", "kubeha-termination");
                group(aws, values).call("DeleteLifecycleHook", &[hook]);
            },
            planned: &["update"],
        },
        Vanishing {
            what: "the group",
            delete: |aws, values| group(aws, values).delete(),
            planned: &["update"],
        },
        Vanishing {
            what: "the launch template",
            delete: |aws, values| group(aws, values).delete_template(),
            planned: &["update"],
        },
        Vanishing {
            what: "all of it",
            delete: |aws, values| {
                group(aws, values).delete();
                group(aws, values).delete_template();
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
            what: "for the instance refresh",
            phase: Phase::Update,
            after: "autoscaling:StartInstanceRefresh",
            nth: 1,
            polls: "autoscaling:DescribeInstanceRefreshes",
        },
        Waiting {
            what: "for the nodes to be in service",
            phase: Phase::Update,
            after: "autoscaling:DescribeInstanceRefreshes",
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
            // The writes. At plan: subnets, security groups, image, instance types, where they are
            // offered, key pair, instance profile, target group, both names. The nodes.
            floor: 4 + 10 + 1,
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
                ("autoscaling:UpdateAutoScalingGroup", 1),
                ("ec2:DeleteLaunchTemplate", 1),
            ],
            // A refresh, the writes, two waits.
            floor: 6 + 3 + 2,
        },
    ],
};

/// A key that nobody has to have.
pub(crate) const KEY: &str = "alias/aws/ebs";

fn arguments(network: &Network, size: Size) -> String {
    let [one, two, three] = network.security_groups.as_slice() else {
        panic!("three security groups: {network:?}");
    };
    let [first, second, _] = &network.target_groups;
    let [profile, other_profile] = &network.instance_profiles;
    let [key, other_key] = &network.key_pairs;
    match size {
        Size::Minimal => minimal(network),
        Size::Full => format!(
            r##"
            cluster_name           = "acc"
            name                   = "general"
            autoscaling_group_name = "acc-worker-general"
            subnets                = {}
            min_size               = 1
            max_size               = 4
            desired_capacity       = 2
            instance_types         = ["m5.large", "m6i.large"]
            on_demand_base_capacity                  = 1
            on_demand_percentage_above_base_capacity = 50
            spot_allocation_strategy                 = "capacity-optimized"
            spot_max_price                           = "0.05"
            capacity_rebalance                       = false
            image_id             = "{IMAGE_X86_64}"
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
            target_group_arns  = ["{first}"]
            labels             = {{ "example.com/pool" = "general", tier = "" }}
            taints             = [{{ key = "dedicated", value = "x", effect = "NoSchedule" }}]
            cluster_autoscaler = true
            health_check_type              = "EC2"
            health_check_grace_period      = 200
            default_instance_warmup        = 120
            max_instance_lifetime          = 864000
            termination_policies           = ["OldestInstance", "Default"]
            suspended_processes            = ["AZRebalance"]
            protect_from_scale_in          = false
            capacity_distribution_strategy = "balanced-only"
            instance_maintenance_policy = {{
              min_healthy_percentage = 50
              max_healthy_percentage = 120
            }}
            enabled_metrics = ["GroupInServiceInstances", "GroupTotalInstances"]
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
            instance_refresh = {{
              strategy = "rolling"
              preferences = {{
                min_healthy_percentage       = 50
                max_healthy_percentage       = 100
                instance_warmup              = 10
                checkpoint_percentages       = [50, 100]
                checkpoint_delay             = 30
                auto_rollback                = true
                skip_matching                = true
                scale_in_protected_instances = "Refresh"
                standby_instances            = "Terminate"
              }}
            }}
            tags = {{ team = "a", env = "test" }}
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
            name                 = "general"
            subnets              = {}
            min_size             = 2
            max_size             = 5
            instance_types       = ["m6g.large"]
            image_id             = "{IMAGE_ARM64}"
            iam_instance_profile = "{other_profile}"
            security_group_ids   = ["{two}", "{three}"]
            key_name             = "{other_key}"
            user_data            = "changed"
            root_block_device = {{
              volume_size = 100
              volume_type = "gp2"
            }}
            ebs_block_devices = {{
              "/dev/sdg" = {{
                volume_size = 30
              }}
            }}
            target_group_arns  = ["{second}"]
            labels             = {{ "example.com/pool" = "changed" }}
            cluster_autoscaler = false
            health_check_type              = "ELB"
            default_instance_warmup        = 0
            suspended_processes            = ["AlarmNotification"]
            protect_from_scale_in          = true
            instance_maintenance_policy = {{
              min_healthy_percentage = 0
              max_healthy_percentage = 100
            }}
            enabled_metrics = ["GroupMinSize", "GroupTotalInstances"]
            termination_hook = {{
              heartbeat_timeout = 30
            }}
            deletion_protection = "prevent-force-deletion"
            tags                = {{ team = "b" }}
            "#,
            network.subnets_hcl(&["a", "b", "c"])
        ),
    }
}

/// What is required, and nothing else.
pub(crate) fn minimal(network: &Network) -> String {
    with_subnets(network, &network.subnets_hcl(&["a", "b"]))
}

/// What is required, with these subnets.
pub(crate) fn with_subnets(network: &Network, subnets: &str) -> String {
    let group = &network.security_groups[0];
    format!(
        "name = \"general\"\nsubnets = {subnets}\nmin_size = 2\nmax_size = 4\n\
         instance_types = [\"m5.large\"]\nimage_id = \"{IMAGE_X86_64}\"\n\
         security_group_ids = [\"{group}\"]"
    )
}

/// The minimal arguments with more of them, or with others in their place.
pub(crate) fn with(stage: &Stage, more: &str) -> String {
    let name = |line: &str| line.split('=').next().unwrap_or(line).trim().to_owned();
    let others: Vec<_> = more.lines().map(name).collect();
    let kept = stage.arguments(Size::Minimal);
    let kept = kept.lines().filter(|line| !others.contains(&name(line)));
    kept.chain(more.lines()).collect::<Vec<_>>().join("\n")
}

/// The group of a state.
pub(crate) fn group<'a>(aws: &'a Aws, values: &Json) -> Group<'a> {
    Group::of(aws, values, "autoscaling_group_name")
}

/// Sets a tag of all objects.
pub(crate) fn set_tag(stage: &Stage, key: &str, value: &str) {
    let values = stage.values();
    let group = group(&stage.aws, &values);
    group.tag(key, value, true);
    group.tag_objects(key, value);
}

/// What terraform said, without the lines and frames that it puts it into.
pub(crate) fn flowing(outcome: &Outcome) -> String {
    let text = outcome.text().replace('│', " ");
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
