//! What the life-cycle harness needs to know of an API load balancer.

use kubeha_tests::lifecycle::calls::Measured;
use kubeha_tests::lifecycle::{
    Aws, Calls, Lifecycle, Network, Phase, Size, Stage, Vanishing, Waiting,
};
use serde_json::Value as Json;

use crate::drifts::{DRIFT, DRIFTLESS};

pub(crate) static SUBJECT: Lifecycle = Lifecycle {
    resource: "kubeha_api_load_balancer",
    arguments,
    one_more: "deregistration_delay = 45",
    import_id,
    never_set: &[],
    vanishing: &[
        Vanishing {
            what: "the record",
            delete: delete_record,
            planned: &["update"],
        },
        Vanishing {
            what: "the listener",
            delete: delete_listener,
            planned: &["update"],
        },
        Vanishing {
            what: "the target group",
            delete: |aws, values| {
                delete_listener(aws, values);
                delete_target_group(aws, values);
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
                delete_target_group(aws, values);
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
            what: "for the new record to be in sync",
            phase: Phase::Update,
            after: "route53:ChangeResourceRecordSets",
            nth: 1,
            polls: "route53:GetChange",
        },
        Waiting {
            what: "for the old record to be gone",
            phase: Phase::Update,
            after: "route53:ChangeResourceRecordSets",
            nth: 2,
            polls: "route53:GetChange",
        },
        Waiting {
            what: "for the load balancer to be active",
            phase: Phase::Update,
            after: "route53:GetChange",
            nth: 1,
            polls: "elasticloadbalancing:DescribeLoadBalancers",
        },
        Waiting {
            what: "for the record to be gone",
            phase: Phase::Destroy,
            after: "route53:ChangeResourceRecordSets",
            nth: 1,
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
            after: "elasticloadbalancing:DescribeLoadBalancers",
            nth: 1,
            polls: "elasticloadbalancing:DeleteTargetGroup",
        },
    ],
    calls: &[
        Calls {
            phase: Measured::Create,
            writes: &[
                ("elasticloadbalancing:CreateListener", 1),
                ("elasticloadbalancing:CreateLoadBalancer", 1),
                ("elasticloadbalancing:CreateTargetGroup", 1),
                ("elasticloadbalancing:ModifyLoadBalancerAttributes", 1),
                ("elasticloadbalancing:ModifyTargetGroupAttributes", 1),
                ("route53:ChangeResourceRecordSets", 1),
            ],
            // The writes; subnets, groups, zone and both names at plan; two waits.
            floor: 6 + 5 + 2,
        },
        Calls {
            phase: Measured::Refresh,
            writes: &[],
            // Three objects, two sets of attributes, tags of all at once, the record.
            floor: 3 + 2 + 1 + 1,
        },
        Calls {
            phase: Measured::Update,
            writes: &[("elasticloadbalancing:ModifyTargetGroupAttributes", 1)],
            // A refresh without a record, and the write.
            floor: 6 + 1,
        },
        Calls {
            phase: Measured::Destroy,
            writes: &[
                ("elasticloadbalancing:DeleteLoadBalancer", 1),
                ("elasticloadbalancing:DeleteTargetGroup", 1),
                ("route53:ChangeResourceRecordSets", 1),
            ],
            // A refresh, the writes, two waits.
            floor: 7 + 3 + 2,
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
    match size {
        Size::Minimal => format!(
            "subnets = {}\nsecurity_group_ids = [\"{one}\"]",
            subnets(&["a", "b"])
        ),
        Size::Full => format!(
            r#"
            cluster_name       = "acc"
            name               = "acc-api"
            target_group_name  = "acc-api"
            subnets            = {}
            security_group_ids = ["{one}", "{two}"]
            internal           = true
            port               = 6443
            target_port        = 6443
            health_check = {{
              protocol            = "HTTPS"
              port                = 6444
              path                = "/livez"
              matcher             = "200-299"
              interval            = 20
              timeout             = 8
              healthy_threshold   = 3
              unhealthy_threshold = 3
            }}
            deregistration_delay                    = 60
            connection_termination                  = false
            preserve_client_ip                      = true
            enable_unhealthy_connection_termination = false
            unhealthy_draining_interval             = 90
            enable_cross_zone_load_balancing        = false
            enable_deletion_protection              = false
            access_logs = {{
              bucket = "{bucket}"
              prefix = "api"
            }}
            apiserver_shutdown_delay = 70
            fqdn                     = "api.example.com"
            hosted_zone_id           = "{hosted_zone_id}"
            tags                     = {{ team = "a", env = "test" }}
            timeouts {{
              create = "5m"
              update = "5m"
              delete = "5m"
            }}
            "#,
            subnets(&["a", "b"])
        ),
        Size::Changed => format!(
            r#"
            subnets            = {}
            security_group_ids = ["{two}", "{three}"]
            port               = 443
            health_check = {{
              protocol            = "HTTP"
              path                = "/healthz"
              matcher             = "200"
              interval            = 10
              timeout             = 5
              healthy_threshold   = 2
              unhealthy_threshold = 4
            }}
            deregistration_delay                    = 0
            connection_termination                  = true
            preserve_client_ip                      = false
            enable_unhealthy_connection_termination = true
            enable_cross_zone_load_balancing        = true
            fqdn                                    = "k8s.example.com"
            hosted_zone_id                          = "{hosted_zone_id}"
            tags                                    = {{ team = "b" }}
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
    for arn in ["arn", "target_group_arn", "listener_arn"] {
        tag(&stage.aws, text(&values, arn), key, value);
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

fn delete_load_balancer(aws: &Aws, values: &Json) {
    aws.elb(
        "DeleteLoadBalancer",
        &[("LoadBalancerArn", text(values, "arn"))],
    );
}

fn delete_listener(aws: &Aws, values: &Json) {
    aws.elb(
        "DeleteListener",
        &[("ListenerArn", text(values, "listener_arn"))],
    );
}

fn delete_target_group(aws: &Aws, values: &Json) {
    let arn = text(values, "target_group_arn");
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
