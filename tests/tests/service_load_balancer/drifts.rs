//! How each attribute of a service load balancer can change behind Terraform's back.

use kubeha_tests::lifecycle::{Aws, Drift, Network};
use serde_json::Value as Json;

use crate::subject::{delete_record, group_of, listener_of, redirect_record, tag, text};

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
    // The listener of another port is another listener.
    Drift {
        also: &["listener_arns", "target_groups", "target_group_arns"],
        ..Drift::of("listener.port", "", |aws, _, values| {
            listener(aws, values, "80", &[("Port", "8080")]);
        })
    },
    Drift {
        also: &[
            "target_groups",
            "target_group_arns",
            "retired_target_groups",
        ],
        ..Drift::of("listener.node_port", "", lead_elsewhere)
    },
    // AWS takes the certificate and the policies away with TLS.
    Drift {
        also: &[
            "listener.certificate_arn",
            "listener.ssl_policy",
            "listener.alpn_policy",
        ],
        ..Drift::of("listener.protocol", "", |aws, _, values| {
            listener(aws, values, "443", &[("Protocol", "TCP")]);
        })
    },
    Drift::of("listener.certificate_arn", "", |aws, network, values| {
        let other = (
            "Certificates.member.1.CertificateArn",
            &*network.certificates[1],
        );
        listener(aws, values, "443", &[other]);
    }),
    Drift::of("listener.ssl_policy", "", |aws, _, values| {
        let policy = "ELBSecurityPolicy-TLS13-1-0-2021-06";
        listener(aws, values, "443", &[("SslPolicy", policy)]);
    }),
    Drift::of("listener.alpn_policy", "", |aws, _, values| {
        listener(aws, values, "443", &[("AlpnPolicy.member.1", "None")]);
    }),
    Drift::of("listener.health_check.protocol", "", |aws, _, values| {
        health_check(aws, values, "HealthCheckProtocol", "HTTP");
    }),
    Drift::of("listener.health_check.port", "", |aws, _, values| {
        health_check(aws, values, "HealthCheckPort", "7000");
    }),
    Drift::of(
        "listener.health_check.port",
        "back to the node port",
        |aws, _, values| {
            health_check(aws, values, "HealthCheckPort", "traffic-port");
        },
    ),
    Drift::of("listener.health_check.path", "", |aws, _, values| {
        health_check(aws, values, "HealthCheckPath", "/");
    }),
    Drift::of("listener.health_check.matcher", "", |aws, _, values| {
        health_check(aws, values, "Matcher.HttpCode", "200-399");
    }),
    Drift::of("listener.health_check.interval", "", |aws, _, values| {
        health_check(aws, values, "HealthCheckIntervalSeconds", "30");
    }),
    Drift::of("listener.health_check.timeout", "", |aws, _, values| {
        health_check(aws, values, "HealthCheckTimeoutSeconds", "6");
    }),
    Drift::of(
        "listener.health_check.healthy_threshold",
        "",
        |aws, _, values| {
            health_check(aws, values, "HealthyThresholdCount", "5");
        },
    ),
    Drift::of(
        "listener.health_check.unhealthy_threshold",
        "",
        |aws, _, values| {
            health_check(aws, values, "UnhealthyThresholdCount", "5");
        },
    ),
    Drift::of("listener.deregistration_delay", "", |aws, _, values| {
        target_group(aws, values, "deregistration_delay.timeout_seconds", "300");
    }),
    Drift::of("listener.connection_termination", "", |aws, _, values| {
        let key = "deregistration_delay.connection_termination.enabled";
        target_group(aws, values, key, "true");
    }),
    Drift::of("listener.preserve_client_ip", "", |aws, _, values| {
        target_group(aws, values, "preserve_client_ip.enabled", "true");
    }),
    Drift::of("listener.proxy_protocol_v2", "", |aws, _, values| {
        target_group(aws, values, "proxy_protocol_v2.enabled", "false");
    }),
    Drift::of(
        "listener.unhealthy_draining_interval",
        "",
        |aws, _, values| {
            target_group(aws, values, DRAINING, "200");
        },
    ),
    // Connections that are cut are not drained: AWS takes the one only without the other.
    Drift {
        also: &["listener.unhealthy_draining_interval"],
        ..Drift::of(
            "listener.enable_unhealthy_connection_termination",
            "",
            |aws, _, values| {
                let group = group_of(values, "80");
                attributes(aws, group, &[(DRAINING, "0"), (CUT, "true")]);
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
        also: &["host"],
        ..Drift::of("fqdn", "without its record", |aws, _, values| {
            delete_record(aws, values)
        })
    },
    Drift {
        also: &["host"],
        ..Drift::of("fqdn", "leading elsewhere", |aws, _, values| {
            redirect_record(aws, values)
        })
    },
    Drift::tags("of the load balancer, another value", |aws, _, values| {
        tag(aws, text(values, "arn"), "team", "z");
    }),
    Drift::tags("of a target group, one more", |aws, _, values| {
        tag(aws, group_of(values, "80"), "more", "z");
    }),
    Drift::tags("of a listener, another value", |aws, _, values| {
        tag(aws, listener_of(values, "80"), "team", "z");
    }),
    Drift::tags("of a listener, one less", |aws, _, values| {
        let arn = listener_of(values, "443");
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
    ("internal", "AWS can't change the scheme of a load balancer"),
    (
        "hosted_zone_id",
        "a record can't change its zone; without it, `fqdn` drifts",
    ),
];

const DRAINING: &str = "target_health_state.unhealthy.draining_interval_seconds";
const CUT: &str = "target_health_state.unhealthy.connection_termination.enabled";

/// Makes the TLS listener lead to a target group of another node port, such as an update leaves that
/// is killed and then taken back. It is marked as one of the load balancer's, so it goes again.
fn lead_elsewhere(aws: &Aws, network: &Network, values: &Json) {
    let marked = |key, value| [("Key", key), ("Value", value)];
    let tags = [
        marked("kubeha.io/cluster", "acc"),
        marked("kubeha.io/kind", "service-target-group"),
        marked("kubeha.io/owner", "acceptance/acc"),
        marked("team", "a"),
        marked("env", "test"),
    ];
    let tags: Vec<_> = (1..)
        .zip(tags)
        .flat_map(|(at, tag)| tag.map(|(name, text)| (format!("Tags.member.{at}.{name}"), text)))
        .collect();
    let mut parameters = vec![
        ("Name", "acc-service-443-31000"),
        ("Protocol", "TCP"),
        ("Port", "31000"),
        ("VpcId", &*network.vpc_id),
        ("HealthCheckProtocol", "TCP"),
        ("HealthCheckIntervalSeconds", "10"),
        ("HealthCheckTimeoutSeconds", "10"),
        ("HealthyThresholdCount", "2"),
        ("UnhealthyThresholdCount", "2"),
    ];
    parameters.extend(tags.iter().map(|(name, text)| (&**name, *text)));
    let group = aws.elb("CreateTargetGroup", &parameters);
    let group = group.text("TargetGroupArn");
    let terminates = "deregistration_delay.connection_termination.enabled";
    attributes(aws, &group, &[(terminates, "true")]);
    let forward = [
        ("DefaultActions.member.1.Type", "forward"),
        ("DefaultActions.member.1.TargetGroupArn", &*group),
    ];
    listener(aws, values, "443", &forward);
}

fn listener(aws: &Aws, values: &Json, port: &str, changes: &[(&str, &str)]) {
    let mut parameters = vec![("ListenerArn", listener_of(values, port))];
    parameters.extend(changes);
    aws.elb("ModifyListener", &parameters);
}

fn health_check(aws: &Aws, values: &Json, name: &str, value: &str) {
    let arn = group_of(values, "80");
    aws.elb(
        "ModifyTargetGroup",
        &[("TargetGroupArn", arn), (name, value)],
    );
}

fn target_group(aws: &Aws, values: &Json, key: &str, value: &str) {
    attributes(aws, group_of(values, "80"), &[(key, value)]);
}

fn attributes(aws: &Aws, target_group_arn: &str, changes: &[(&str, &str)]) {
    let names = |at: usize| ["Key", "Value"].map(|part| format!("Attributes.member.{at}.{part}"));
    let names: Vec<_> = (1..=changes.len()).map(names).collect();
    let mut parameters = vec![("TargetGroupArn", target_group_arn)];
    for ([key_name, value_name], (key, value)) in names.iter().zip(changes) {
        parameters.extend([(&**key_name, *key), (&**value_name, *value)]);
    }
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
