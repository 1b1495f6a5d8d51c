//! How each attribute of an API load balancer can change behind Terraform's back.

use kubeha_tests::lifecycle::{Aws, Drift};
use serde_json::Value as Json;

use crate::subject::{delete_record, redirect_record, tag, text};

/// The cases.
pub(crate) const DRIFT: &[Drift] = &[
    Drift {
        replaces: true,
        ..Drift::of("subnets", "with one more", |aws, network, values| {
            let all = ["a", "b", "c"].map(|letter| &network.subnets[&format!("us-east-1{letter}")]);
            let parameters = [
                ("LoadBalancerArn", text(values, "arn")),
                ("Subnets.member.1", all[0]),
                ("Subnets.member.2", all[1]),
                ("Subnets.member.3", all[2]),
            ];
            aws.elb("SetSubnets", &parameters);
        })
    },
    Drift::of(
        "security_group_ids",
        "with another",
        |aws, network, values| {
            let parameters = [
                ("LoadBalancerArn", text(values, "arn")),
                ("SecurityGroups.member.1", &network.security_groups[2]),
            ];
            aws.elb("SetSecurityGroups", &parameters);
        },
    ),
    Drift {
        also: &["endpoint"],
        ..Drift::of("port", "", |aws, _, values| {
            let parameters = [
                ("ListenerArn", text(values, "listener_arn")),
                ("Port", "8443"),
            ];
            aws.elb("ModifyListener", &parameters);
        })
    },
    Drift::of("health_check.protocol", "", |aws, _, values| {
        health_check(aws, values, "HealthCheckProtocol", "HTTP");
    }),
    Drift::of("health_check.port", "", |aws, _, values| {
        health_check(aws, values, "HealthCheckPort", "7000");
    }),
    Drift::of(
        "health_check.port",
        "back to the targets' own",
        |aws, _, values| {
            health_check(aws, values, "HealthCheckPort", "traffic-port");
        },
    ),
    Drift::of("health_check.path", "", |aws, _, values| {
        health_check(aws, values, "HealthCheckPath", "/");
    }),
    Drift::of("health_check.matcher", "", |aws, _, values| {
        health_check(aws, values, "Matcher.HttpCode", "200-399");
    }),
    Drift::of("health_check.interval", "", |aws, _, values| {
        health_check(aws, values, "HealthCheckIntervalSeconds", "30");
    }),
    Drift::of("health_check.timeout", "", |aws, _, values| {
        health_check(aws, values, "HealthCheckTimeoutSeconds", "6");
    }),
    Drift::of("health_check.healthy_threshold", "", |aws, _, values| {
        health_check(aws, values, "HealthyThresholdCount", "5");
    }),
    Drift::of("health_check.unhealthy_threshold", "", |aws, _, values| {
        health_check(aws, values, "UnhealthyThresholdCount", "5");
    }),
    Drift::of("deregistration_delay", "", |aws, _, values| {
        target_group(aws, values, "deregistration_delay.timeout_seconds", "300");
    }),
    Drift::of("connection_termination", "", |aws, _, values| {
        let key = "deregistration_delay.connection_termination.enabled";
        target_group(aws, values, key, "true");
    }),
    Drift::of("preserve_client_ip", "", |aws, _, values| {
        target_group(aws, values, "preserve_client_ip.enabled", "false");
    }),
    Drift::of("unhealthy_draining_interval", "", |aws, _, values| {
        let key = "target_health_state.unhealthy.draining_interval_seconds";
        target_group(aws, values, key, "200");
    }),
    // Connections that are cut are not drained: AWS takes the one only without the other.
    Drift {
        also: &["unhealthy_draining_interval"],
        ..Drift::of(
            "enable_unhealthy_connection_termination",
            "",
            |aws, _, values| {
                let parameters = [
                    ("TargetGroupArn", text(values, "target_group_arn")),
                    (
                        "Attributes.member.1.Key",
                        "target_health_state.unhealthy.draining_interval_seconds",
                    ),
                    ("Attributes.member.1.Value", "0"),
                    (
                        "Attributes.member.2.Key",
                        "target_health_state.unhealthy.connection_termination.enabled",
                    ),
                    ("Attributes.member.2.Value", "true"),
                ];
                aws.elb("ModifyTargetGroupAttributes", &parameters);
            },
        )
    },
    Drift::of("enable_cross_zone_load_balancing", "", |aws, _, values| {
        load_balancer(aws, values, "load_balancing.cross_zone.enabled", "true");
    }),
    Drift::of("enable_deletion_protection", "", |aws, _, values| {
        load_balancer(aws, values, "deletion_protection.enabled", "true");
    }),
    Drift::of("access_logs.bucket", "", |aws, network, values| {
        let bucket = &network.buckets[1];
        load_balancer(aws, values, "access_logs.s3.bucket", bucket);
    }),
    Drift::of("access_logs.prefix", "", |aws, _, values| {
        load_balancer(aws, values, "access_logs.s3.prefix", "elsewhere");
    }),
    Drift {
        also: &["endpoint"],
        ..Drift::of("fqdn", "without its record", |aws, _, values| {
            delete_record(aws, values)
        })
    },
    Drift {
        also: &["endpoint"],
        ..Drift::of("fqdn", "leading elsewhere", |aws, _, values| {
            redirect_record(aws, values)
        })
    },
    Drift::tags("of the load balancer, another value", |aws, _, values| {
        tag(aws, text(values, "arn"), "team", "z");
    }),
    Drift::tags("of the target group, one more", |aws, _, values| {
        tag(aws, text(values, "target_group_arn"), "more", "z");
    }),
    Drift::tags("of the listener, another value", |aws, _, values| {
        tag(aws, text(values, "listener_arn"), "team", "z");
    }),
    Drift::tags("of the listener, one less", |aws, _, values| {
        let arn = text(values, "listener_arn");
        let parameters = [("ResourceArns.member.1", arn), ("TagKeys.member.1", "env")];
        aws.elb("RemoveTags", &parameters);
    }),
];

/// What can't drift, or not by itself.
pub(crate) const DRIFTLESS: &[(&str, &str)] = &[
    (
        "cluster_name",
        "not AWS's: it stands in a mark of ownership, which is set when it is made",
    ),
    ("name", "AWS can't rename a load balancer"),
    ("target_group_name", "AWS can't rename a target group"),
    ("internal", "AWS can't change the scheme of a load balancer"),
    ("target_port", "AWS can't change the port of a target group"),
    ("apiserver_shutdown_delay", "checked and not stored"),
    (
        "hosted_zone_id",
        "a record can't change its zone; without it, `fqdn` drifts",
    ),
];

fn health_check(aws: &Aws, values: &Json, name: &str, value: &str) {
    let arn = text(values, "target_group_arn");
    aws.elb(
        "ModifyTargetGroup",
        &[("TargetGroupArn", arn), (name, value)],
    );
}

fn target_group(aws: &Aws, values: &Json, key: &str, value: &str) {
    let parameters = [
        ("TargetGroupArn", text(values, "target_group_arn")),
        ("Attributes.member.1.Key", key),
        ("Attributes.member.1.Value", value),
    ];
    aws.elb("ModifyTargetGroupAttributes", &parameters);
}

fn load_balancer(aws: &Aws, values: &Json, key: &str, value: &str) {
    let parameters = [
        ("LoadBalancerArn", text(values, "arn")),
        ("Attributes.member.1.Key", key),
        ("Attributes.member.1.Value", value),
    ];
    aws.elb("ModifyLoadBalancerAttributes", &parameters);
}
