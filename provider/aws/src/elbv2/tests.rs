//! Requests as they go out, answers as AWS gives them, malformed ones too.

use std::sync::Arc;
use std::time::Duration;

use tokio_util::sync::CancellationToken;

use super::*;
use crate::error::{CallFailure, Error};
use crate::tags::TagChanges;
use crate::testing::{Script, answer, refusal};
use crate::wait::{Backoff, Wait};

const LB: &str = "arn:aws:elasticloadbalancing:eu-west-1:123456789012:loadbalancer/net/prod-api/1";

fn elbv2<B: Into<String>>(answers: impl IntoIterator<Item = (u16, B)>) -> (Arc<Elbv2>, Script) {
    let script = Script::new(answers);
    let client = aws_sdk_elasticloadbalancingv2::Client::new(&script.sdk());
    (Arc::new(Elbv2::new(client)), script)
}

fn balancer(name: &str, state: &str) -> String {
    format!(
        "<member><LoadBalancerArn>{LB}</LoadBalancerArn><LoadBalancerName>{name}\
         </LoadBalancerName><Scheme>internal</Scheme><Type>network</Type><DNSName>d</DNSName>\
         <CanonicalHostedZoneId>Z1</CanonicalHostedZoneId><VpcId>vpc-1</VpcId>\
         <IpAddressType>ipv4</IpAddressType><State><Code>{state}</Code></State>\
         <SecurityGroups><member>sg-1</member></SecurityGroups><AvailabilityZones>\
         <member><ZoneName>eu-west-1a</ZoneName><SubnetId>subnet-a</SubnetId></member>\
         <member><ZoneName>eu-west-1b</ZoneName><SubnetId>subnet-b</SubnetId></member>\
         </AvailabilityZones></member>"
    )
}

fn balancers(members: &str, marker: Option<&str>) -> (u16, String) {
    let marker = marker
        .map(|m| format!("<NextMarker>{m}</NextMarker>"))
        .unwrap_or_default();
    answer(
        "DescribeLoadBalancers",
        &format!("<LoadBalancers>{members}</LoadBalancers>{marker}"),
    )
}

#[tokio::test(start_paused = true)]
async fn a_balancer_is_read_as_it_is() {
    let (elbv2, _) = elbv2([balancers(&balancer("prod-api", "active"), None)]);
    let found = elbv2.load_balancer(LB).await.unwrap().unwrap();
    assert_eq!(found.name, "prod-api");
    assert!(found.internal);
    assert_eq!(found.state, LoadBalancerState::Active);
    assert_eq!(found.subnets["eu-west-1b"], "subnet-b");
    assert!(found.security_groups.contains("sg-1"));
}

#[tokio::test(start_paused = true)]
async fn of_several_names_all_there_are_is_listed() {
    let (elbv2, script) = elbv2([
        balancers(&balancer("other", "active"), Some("page-2")),
        balancers(&balancer("prod-api", "active"), None),
    ]);
    let (there, gone, gone_too) = tokio::join!(
        elbv2.load_balancer_by_name("prod-api"),
        elbv2.load_balancer_by_name("dev-api"),
        elbv2.load_balancer_by_name("test-api"),
    );
    assert_eq!(there.unwrap().unwrap().name, "prod-api");
    assert_eq!((gone.unwrap(), gone_too.unwrap()), (None, None));
    let requests = script.requests();
    assert_eq!(requests.len(), 2);
    assert!(!requests[0].contains("Names"), "{requests:?}");
    assert!(requests[1].contains("Marker=page-2"));
}

#[tokio::test(start_paused = true)]
async fn one_name_that_is_missing_costs_one_call() {
    let (elbv2, script) = elbv2([refusal("TargetGroupNotFound")]);
    assert_eq!(elbv2.target_group_by_name("prod-api").await.unwrap(), None);
    assert_eq!(script.requests().len(), 1);
}

#[tokio::test(start_paused = true)]
async fn tags_of_several_kinds_share_one_call() {
    let tags = |arn: &str| {
        format!(
            "<member><ResourceArn>{arn}</ResourceArn><Tags><member><Key>k</Key><Value>{arn}\
             </Value></member></Tags></member>"
        )
    };
    let both = format!(
        "<TagDescriptions>{}{}</TagDescriptions>",
        tags("lb"),
        tags("tg")
    );
    let (elbv2, script) = elbv2([answer("DescribeTags", &both)]);
    let (balancer, group) = tokio::join!(elbv2.tags("lb"), elbv2.tags("tg"));
    assert_eq!(balancer.unwrap().unwrap()["k"], "lb");
    assert_eq!(group.unwrap().unwrap()["k"], "tg");
    assert_eq!(script.requests().len(), 1);
}

#[tokio::test]
async fn a_create_says_all_it_was_given() {
    let made = format!(
        "<LoadBalancers>{}</LoadBalancers>",
        balancer("prod-api", "provisioning")
    );
    let (elbv2, script) = elbv2([answer("CreateLoadBalancer", &made)]);
    let new = NewLoadBalancer {
        name: "prod-api".into(),
        internal: true,
        ip_address_type: Some("ipv4".into()),
        subnets: vec!["subnet-a".into(), "subnet-b".into()],
        security_groups: vec!["sg-1".into()],
        tags: [("k".into(), "v".into())].into(),
    };
    let made = elbv2.create_load_balancer(&new).await.unwrap();
    assert_eq!(made.state, LoadBalancerState::Provisioning);
    let request = &script.requests()[0];
    for part in [
        "Action=CreateLoadBalancer",
        "Name=prod-api",
        "Type=network",
        "Scheme=internal",
        "Subnets.member.2=subnet-b",
        "SecurityGroups.member.1=sg-1",
        "Tags.member.1.Key=k",
    ] {
        assert!(request.contains(part), "{part} in {request}");
    }
}

#[tokio::test]
async fn deleting_what_is_gone_succeeds_and_other_refusals_tell_all() {
    let (elbv2, _) = elbv2([
        refusal("LoadBalancerNotFound"),
        refusal("OperationNotPermitted"),
    ]);
    elbv2.delete_load_balancer(LB).await.unwrap();
    let error = elbv2.delete_load_balancer(LB).await.unwrap_err();
    assert_eq!(error.code(), Some("OperationNotPermitted"));
    assert_eq!(error.request_id(), Some("r-9"));
    let text = error.to_string();
    for part in [
        "ELBv2 DeleteLoadBalancer",
        LB,
        "text of AWS",
        "OperationNotPermitted",
        "r-9",
    ] {
        assert!(text.contains(part), "{part} in {text}");
    }
}

#[tokio::test]
async fn answers_that_make_no_sense_are_errors() {
    for body in [
        "",
        "<html>504</html>",
        "{}",
        "<CreateLoadBalancerResponse>",
        "\u{0}",
    ] {
        let (elbv2, _) = elbv2([(200, body)]);
        let new = NewTargetGroup {
            name: "prod-api".into(),
            protocol: "TCP".into(),
            port: 6443,
            vpc_id: "vpc-1".into(),
            target_type: "instance".into(),
            ip_address_type: None,
            health_check: HealthCheck {
                protocol: "HTTPS".into(),
                port: "traffic-port".into(),
                path: Some("/readyz".into()),
                matcher: None,
                interval_seconds: 10,
                timeout_seconds: 10,
                healthy_threshold: 2,
                unhealthy_threshold: 2,
            },
            tags: Tags::new(),
        };
        let error = elbv2.create_target_group(&new).await.unwrap_err();
        assert_eq!(
            error.as_call().unwrap().kind,
            CallFailure::Malformed,
            "{body:?}: {error}"
        );
        assert!(error.effect_unknown(), "{body:?}");
    }
    let (elbv2, _) = elbv2([(503, "<html>busy</html>")]);
    let error = elbv2.delete_target_group("tg").await.unwrap_err();
    assert!(error.effect_unknown(), "{error}");
}

#[tokio::test]
async fn tags_are_set_before_others_are_removed_and_nothing_means_no_call() {
    let (elbv2, script) = elbv2([answer("AddTags", ""), answer("RemoveTags", "")]);
    elbv2
        .change_tags(&[LB.to_owned()], &TagChanges::default())
        .await
        .unwrap();
    assert!(script.requests().is_empty());
    let changes = TagChanges {
        set: [("a".into(), "1".into())].into(),
        remove: ["b".to_owned()].into(),
    };
    elbv2.change_tags(&[LB.to_owned()], &changes).await.unwrap();
    assert!(script.requests()[0].contains("Action=AddTags"));
    assert!(script.requests()[1].contains("TagKeys.member.1=b"));
}

#[tokio::test(start_paused = true)]
async fn a_wait_goes_through_not_visible_and_provisioning() {
    let (elbv2, _) = elbv2([
        refusal("LoadBalancerNotFound"),
        balancers(&balancer("prod-api", "provisioning"), None),
        balancers(&balancer("prod-api", "active"), None),
    ]);
    let backoff = || Backoff::new(Duration::from_secs(5), Duration::from_secs(15), 1);
    let wait = Wait::new(
        "it",
        Duration::from_secs(600),
        &CancellationToken::new(),
        backoff(),
    );
    elbv2.wait_until_active(LB, wait).await.unwrap();
    let (elbv2, _) = self::elbv2([balancers(&balancer("prod-api", "failed"), None)]);
    let wait = Wait::new(
        "it",
        Duration::from_secs(600),
        &CancellationToken::new(),
        backoff(),
    );
    let error = elbv2.wait_until_active(LB, wait).await.unwrap_err();
    assert!(matches!(error, Error::Failed { .. }), "{error}");
}

fn tls(alpn_policy: Option<&str>) -> ListenerSpec {
    ListenerSpec {
        protocol: "TLS".into(),
        certificate_arn: Some("c".into()),
        ssl_policy: Some("p".into()),
        alpn_policy: alpn_policy.map(str::to_owned),
        ..ListenerSpec::tcp(443, "a")
    }
}

#[tokio::test]
async fn a_tls_listener_is_written_and_read_with_certificate_and_policies() {
    let listener = |alpn: &str| {
        let member = format!(
            "<member><ListenerArn>l</ListenerArn><Port>443</Port><Protocol>TLS</Protocol>\
             <Certificates><member><CertificateArn>c</CertificateArn></member></Certificates>\
             <SslPolicy>p</SslPolicy><AlpnPolicy><member>{alpn}</member></AlpnPolicy>\
             <DefaultActions><member><Type>forward</Type><TargetGroupArn>a</TargetGroupArn>\
             </member></DefaultActions></member>"
        );
        answer(
            "CreateListener",
            &format!("<Listeners>{member}</Listeners>"),
        )
    };
    let modified = || answer("ModifyListener", "");
    let (elbv2, script) = elbv2([
        listener("HTTP2Only"),
        listener("None"),
        modified(),
        modified(),
    ]);
    let tags = Tags::new();
    let made = elbv2
        .create_listener(LB, &tls(Some("HTTP2Only")), &tags)
        .await
        .unwrap();
    assert!(tls(Some("HTTP2Only")).is_met_by(&made));
    assert!(!tls(None).is_met_by(&made));
    let without = elbv2.create_listener(LB, &tls(None), &tags).await.unwrap();
    assert_eq!(without.alpn_policy, None);
    assert!(tls(None).is_met_by(&without));
    elbv2.modify_listener("l", &tls(None)).await.unwrap();
    elbv2
        .modify_listener("l", &ListenerSpec::tcp(80, "a"))
        .await
        .unwrap();
    let requests = script.requests();
    for part in [
        "Certificates.member.1.CertificateArn=c",
        "SslPolicy=p",
        "AlpnPolicy.member.1=HTTP2Only",
    ] {
        assert!(requests[0].contains(part), "{part} in {}", requests[0]);
    }
    assert!(
        requests[2].contains("AlpnPolicy.member.1=None"),
        "{}",
        requests[2]
    );
    for part in ["Certificates", "SslPolicy", "AlpnPolicy"] {
        assert!(!requests[3].contains(part), "{part} in {}", requests[3]);
    }
}

#[tokio::test(start_paused = true)]
async fn security_policies_are_looked_up_together() {
    let known = "<SslPolicies><member><Name>p</Name></member></SslPolicies>";
    let (elbv2, script) = elbv2([
        refusal("SSLPolicyNotFound"),
        answer("DescribeSSLPolicies", known),
        refusal("SSLPolicyNotFound"),
    ]);
    let (there, gone) = tokio::join!(elbv2.ssl_policy_exists("p"), elbv2.ssl_policy_exists("q"));
    assert_eq!((there.unwrap(), gone.unwrap()), (true, false));
    assert!(script.requests()[0].contains("LoadBalancerType=network"));
}

#[tokio::test(start_paused = true)]
async fn target_groups_are_listed_once_for_all_prefixes() {
    let group = |name: &str| {
        format!(
            "<member><TargetGroupArn>{name}</TargetGroupArn><TargetGroupName>{name}\
             </TargetGroupName></member>"
        )
    };
    let page = |members: &str, marker: &str| {
        let groups = format!("<TargetGroups>{members}</TargetGroups>{marker}");
        answer("DescribeTargetGroups", &groups)
    };
    let (elbv2, script) = elbv2([
        page(
            &(group("a-1") + &group("b-1")),
            "<NextMarker>m</NextMarker>",
        ),
        page(&group("a-2"), ""),
    ]);
    let (a, c) = tokio::join!(
        elbv2.target_groups_named("a-"),
        elbv2.target_groups_named("c-")
    );
    let names: Vec<_> = a.unwrap().into_iter().map(|group| group.name).collect();
    assert_eq!(names, ["a-1", "a-2"]);
    assert_eq!(c.unwrap(), []);
    assert_eq!(script.requests().len(), 2);
}

#[tokio::test]
async fn a_listener_forwards_to_one_or_to_several() {
    let listener = |action: &str| {
        let member = format!(
            "<member><ListenerArn>l</ListenerArn><Port>6443</Port><Protocol>TCP</Protocol>\
             <DefaultActions><member><Type>forward</Type>{action}</member></DefaultActions></member>"
        );
        answer(
            "DescribeListeners",
            &format!("<Listeners>{member}</Listeners>"),
        )
    };
    let tuple = |arn: &str| {
        format!("<member><TargetGroupArn>{arn}</TargetGroupArn><Weight>1</Weight></member>")
    };
    let config = |tuples: &str| {
        format!("<ForwardConfig><TargetGroups>{tuples}</TargetGroups></ForwardConfig>")
    };
    let one = format!("<TargetGroupArn>a</TargetGroupArn>{}", config(&tuple("a")));
    let two = config(&(tuple("a") + &tuple("b")));
    let (elbv2, _) = elbv2([listener(&one), listener(&two)]);
    assert_eq!(
        elbv2.listeners_of(LB).await.unwrap()[0].target_group_arns,
        ["a"]
    );
    assert_eq!(
        elbv2.listeners_of(LB).await.unwrap()[0].target_group_arns,
        ["a", "b"]
    );
}

#[tokio::test]
async fn targets_are_read_as_they_are_and_go_with_their_group() {
    let targets = "<TargetHealthDescriptions><member><Target><Id>i-1</Id><Port>6443</Port>\
                   </Target><TargetHealth><State>healthy</State></TargetHealth></member><member>\
                   <Target><Id>i-2</Id><Port>6443</Port><AvailabilityZone>eu-west-1a\
                   </AvailabilityZone></Target><TargetHealth><State>unhealthy</State><Reason>\
                   Target.FailedHealthChecks</Reason><Description>Health checks failed\
                   </Description></TargetHealth></member></TargetHealthDescriptions>";
    let nameless = "<TargetHealthDescriptions><member></member></TargetHealthDescriptions>";
    let (elbv2, _) = elbv2([
        answer("DescribeTargetHealth", targets),
        refusal("TargetGroupNotFound"),
        answer("DescribeTargetHealth", nameless),
    ]);
    let found = elbv2.target_health("tg").await.unwrap().unwrap();
    assert_eq!(found[0].state, "healthy");
    assert_eq!((&found[0].reason, &found[0].zone), (&None, &None));
    assert_eq!(
        found[1],
        TargetHealth {
            id: "i-2".into(),
            port: Some(6443),
            zone: Some("eu-west-1a".into()),
            state: "unhealthy".into(),
            reason: Some("Target.FailedHealthChecks".into()),
            description: Some("Health checks failed".into()),
        }
    );
    assert_eq!(elbv2.target_health("tg").await.unwrap(), None);
    let error = elbv2.target_health("tg").await.unwrap_err();
    assert_eq!(error.as_call().unwrap().kind, CallFailure::Malformed);
}

#[tokio::test]
async fn deregistering_nothing_or_from_nothing_is_fine() {
    let (elbv2, script) = elbv2([
        answer("DeregisterTargets", ""),
        refusal("TargetGroupNotFound"),
    ]);
    elbv2.deregister_targets("tg", &[]).await.unwrap();
    assert!(script.requests().is_empty());
    let ids = ["i-1".to_owned(), "i-2".to_owned()];
    elbv2.deregister_targets("tg", &ids).await.unwrap();
    assert!(script.requests()[0].contains("Targets.member.2.Id=i-2"));
    elbv2.deregister_targets("tg", &ids).await.unwrap();
}
