//! What the life-cycle harness needs to know of a service load balancer.

use kubeha_tests::lifecycle::calls::Measured;
use kubeha_tests::lifecycle::{
    Aws, Calls, Lifecycle, Network, Phase, Size, Stage, Vanishing, Waiting,
};
use serde_json::Value as Json;

use crate::drifts::{DRIFT, DRIFTLESS};

pub(crate) static SUBJECT: Lifecycle = Lifecycle {
    resource: "kubeha_service_load_balancer",
    arguments,
    one_more: "enable_cross_zone_load_balancing = false",
    import_id,
    never_set: &[],
    vanishing: &[
        Vanishing {
            what: "the record",
            delete: delete_record,
            planned: &["update"],
        },
        Vanishing {
            what: "a listener",
            delete: |aws, values| delete_listener(aws, values, "443"),
            planned: &["update"],
        },
        Vanishing {
            what: "a listener with its target group",
            delete: |aws, values| {
                delete_listener(aws, values, "80");
                delete_target_group(aws, group_of(values, "80"));
            },
            planned: &["update"],
        },
        Vanishing {
            what: "the load balancer",
            delete: delete_load_balancer,
            planned: &["update"],
        },
        Vanishing {
            what: "all of it",
            delete: |aws, values| {
                delete_record(aws, values);
                delete_load_balancer(aws, values);
                for (_, arn) in values["target_groups"].as_object().into_iter().flatten() {
                    delete_target_group(aws, arn.as_str().unwrap_or_default());
                }
            },
            planned: &["create"],
        },
    ],
    drift: DRIFT,
    driftless: DRIFTLESS,
    waits: &[
        Waiting {
            what: "for the record to be in sync",
            phase: Phase::Create,
            after: "route53:ChangeResourceRecordSets",
            nth: 1,
            polls: "route53:GetChange",
        },
        Waiting {
            what: "for the load balancer to be active",
            phase: Phase::Create,
            after: "route53:GetChange",
            nth: 1,
            polls: "elasticloadbalancing:DescribeLoadBalancers",
        },
        Waiting {
            what: "for a retired target group to be unused",
            phase: Phase::Update,
            after: "elasticloadbalancing:DescribeTargetHealth",
            nth: 1,
            polls: "elasticloadbalancing:DeleteTargetGroup",
        },
        Waiting {
            what: "for the old record to be gone",
            phase: Phase::Update,
            after: "route53:ChangeResourceRecordSets",
            nth: 2,
            polls: "route53:GetChange",
        },
        Waiting {
            what: "for the load balancer to be gone",
            phase: Phase::Destroy,
            after: "elasticloadbalancing:DeleteLoadBalancer",
            nth: 1,
            polls: "elasticloadbalancing:DescribeLoadBalancers",
        },
        Waiting {
            what: "for the target group to be unused",
            phase: Phase::Destroy,
            after: "elasticloadbalancing:DeleteLoadBalancer",
            nth: 1,
            polls: "elasticloadbalancing:DeleteTargetGroup",
        },
    ],
    calls: &[
        Calls {
            phase: Measured::Create,
            writes: &[
                ("elasticloadbalancing:CreateListener", 3),
                ("elasticloadbalancing:CreateLoadBalancer", 1),
                ("elasticloadbalancing:CreateTargetGroup", 3),
                ("elasticloadbalancing:ModifyLoadBalancerAttributes", 1),
                ("elasticloadbalancing:ModifyTargetGroupAttributes", 3),
                ("route53:ChangeResourceRecordSets", 1),
            ],
            // The writes; subnets, groups, zone, security policies and both names at plan; two
            // waits.
            floor: 12 + 6 + 2,
        },
        Calls {
            phase: Measured::Refresh,
            writes: &[],
            // The load balancer, all listeners, all target groups; four sets of attributes, tags
            // of all at once, the record.
            floor: 3 + 4 + 1 + 1,
        },
        Calls {
            phase: Measured::Update,
            writes: &[("elasticloadbalancing:ModifyLoadBalancerAttributes", 1)],
            // A refresh of one listener without a record, and the write.
            floor: 6 + 1,
        },
        Calls {
            phase: Measured::Destroy,
            writes: &[
                ("elasticloadbalancing:DeleteLoadBalancer", 1),
                ("elasticloadbalancing:DeleteTargetGroup", 3),
                ("route53:ChangeResourceRecordSets", 1),
            ],
            // A refresh, the writes, two waits.
            floor: 9 + 5 + 2,
        },
    ],
};

fn arguments(network: &Network, size: Size) -> String {
    let [one, two, three] = network.security_groups.as_slice() else {
        panic!("three security groups: {network:?}");
    };
    let subnets = |letters| network.subnets_hcl(letters);
    let hosted_zone_id = &network.hosted_zone_id;
    let bucket = &network.buckets[0];
    let [site, other_site] = &network.certificates;
    match size {
        Size::Minimal => format!(
            "subnets = {}\nsecurity_group_ids = [\"{one}\"]\n\
             listener {{\n  port = 80\n  node_port = 30080\n}}",
            subnets(&["a", "b"])
        ),
        Size::Full => format!(
            r#"
            cluster_name                     = "acc"
            name                             = "acc-service"
            subnets                          = {}
            security_group_ids               = ["{one}", "{two}"]
            internal                         = false
            enable_cross_zone_load_balancing = false
            enable_deletion_protection       = false
            access_logs = {{
              bucket = "{bucket}"
              prefix = "services"
            }}
            listener {{
              port      = 80
              node_port = 30080
              protocol  = "TCP"
              health_check = {{
                protocol            = "HTTPS"
                port                = 10254
                path                = "/fit"
                matcher             = "200-299"
                interval            = 20
                timeout             = 8
                healthy_threshold   = 3
                unhealthy_threshold = 3
              }}
              deregistration_delay                    = 60
              connection_termination                  = false
              preserve_client_ip                      = false
              proxy_protocol_v2                       = true
              enable_unhealthy_connection_termination = false
              unhealthy_draining_interval             = 90
            }}
            listener {{
              port            = 443
              node_port       = 30443
              protocol        = "TLS"
              certificate_arn = "{site}"
              ssl_policy      = "ELBSecurityPolicy-TLS13-1-3-2021-06"
              alpn_policy     = "HTTP2Preferred"
            }}
            listener {{
              port      = 8443
              node_port = 30843
            }}
            fqdn           = "services.example.com"
            hosted_zone_id = "{hosted_zone_id}"
            tags           = {{ team = "a", env = "test" }}
            timeouts {{
              create = "5m"
              update = "5m"
              delete = "5m"
            }}
            "#,
            subnets(&["a", "b"])
        ),
        // In the order of the ports, as an import finds them.
        Size::Changed => format!(
            r#"
            subnets            = {}
            security_group_ids = ["{two}", "{three}"]
            listener {{
              port      = 80
              node_port = 30081
              health_check = {{
                protocol = "HTTP"
                interval = 15
              }}
              enable_unhealthy_connection_termination = true
            }}
            listener {{
              port            = 443
              node_port       = 30443
              protocol        = "TLS"
              certificate_arn = "{other_site}"
              preserve_client_ip                      = false
              enable_unhealthy_connection_termination = false
            }}
            fqdn           = "web.example.com"
            hosted_zone_id = "{hosted_zone_id}"
            tags           = {{ team = "b" }}
            "#,
            subnets(&["a", "b", "c"])
        ),
    }
}

fn import_id(network: &Network, values: &Json) -> String {
    let fqdn = text(values, "fqdn");
    format!("{},{},{fqdn}", text(values, "name"), network.hosted_zone_id)
}

/// Sets a tag of all parts.
pub(crate) fn set_tag(stage: &Stage, key: &str, value: &str) {
    let values = stage.values();
    tag(&stage.aws, text(&values, "arn"), key, value);
    for kind in ["target_groups", "listener_arns"] {
        for (_, arn) in values[kind].as_object().into_iter().flatten() {
            tag(&stage.aws, arn.as_str().unwrap_or_default(), key, value);
        }
    }
}

/// Sets a tag of one part.
pub(crate) fn tag(aws: &Aws, arn: &str, key: &str, value: &str) {
    let parameters = [
        ("ResourceArns.member.1", arn),
        ("Tags.member.1.Key", key),
        ("Tags.member.1.Value", value),
    ];
    aws.elb("AddTags", &parameters);
}

/// A text attribute.
pub(crate) fn text<'a>(values: &'a Json, name: &str) -> &'a str {
    values[name]
        .as_str()
        .unwrap_or_else(|| panic!("no {name} in {values:#}"))
}

/// The ARN of the listener on a port.
pub(crate) fn listener_of<'a>(values: &'a Json, port: &str) -> &'a str {
    text(&values["listener_arns"], port)
}

/// The ARN of the target group of the listener on a port.
pub(crate) fn group_of<'a>(values: &'a Json, port: &str) -> &'a str {
    text(&values["target_groups"], port)
}

fn delete_load_balancer(aws: &Aws, values: &Json) {
    aws.elb(
        "DeleteLoadBalancer",
        &[("LoadBalancerArn", text(values, "arn"))],
    );
}

pub(crate) fn delete_listener(aws: &Aws, values: &Json, port: &str) {
    let arn = listener_of(values, port);
    aws.elb("DeleteListener", &[("ListenerArn", arn)]);
}

fn delete_target_group(aws: &Aws, arn: &str) {
    aws.elb("DeleteTargetGroup", &[("TargetGroupArn", arn)]);
}

/// Deletes the record as it was made.
pub(crate) fn delete_record(aws: &Aws, values: &Json) {
    let target = format!(
        "<AliasTarget><HostedZoneId>{}</HostedZoneId><DNSName>{}</DNSName>\
         <EvaluateTargetHealth>false</EvaluateTargetHealth></AliasTarget>",
        text(values, "zone_id"),
        text(values, "dns_name").to_lowercase(),
    );
    change_record(aws, values, "DELETE", &target);
}

/// Makes the record lead elsewhere.
pub(crate) fn redirect_record(aws: &Aws, values: &Json) {
    let target = "<TTL>60</TTL><ResourceRecords><ResourceRecord><Value>192.0.2.1</Value>\
                  </ResourceRecord></ResourceRecords>";
    change_record(aws, values, "UPSERT", target);
}

fn change_record(aws: &Aws, values: &Json, action: &str, target: &str) {
    let fqdn = text(values, "fqdn");
    let body = format!(
        "<ChangeResourceRecordSetsRequest xmlns=\"https://route53.amazonaws.com/doc/2013-04-01/\">\
         <ChangeBatch><Changes><Change><Action>{action}</Action><ResourceRecordSet>\
         <Name>{fqdn}</Name><Type>A</Type>{target}\
         </ResourceRecordSet></Change></Changes></ChangeBatch></ChangeResourceRecordSetsRequest>"
    );
    let path = format!("hostedzone/{}/rrset/", text(values, "hosted_zone_id"));
    aws.route53("POST", &path, &body);
}
