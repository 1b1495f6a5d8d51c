//! What the proxy logs and passes on when nothing goes wrong on purpose.

use std::time::{Duration, Instant};

use kubeha_tests::proxy::{Error, Latency, Proxy};

use crate::http::{Client, LONG, Message, call};
use crate::upstream::Upstream;

#[test]
fn calls_are_passed_on_and_logged_by_action() {
    let upstream = Upstream::start();
    let proxy = Proxy::start(&upstream.url).unwrap();
    let mut client = Client::connect(&proxy.url());

    let answer = client
        .call(&Message::query("ec2", "DescribeVpcs&VpcId.1=vpc-1"))
        .unwrap();
    assert_eq!(answer.status(), 200);
    assert_eq!(answer.text(), "<Answer><Number>1</Number></Answer>");
    assert_eq!(answer.header("content-type"), Some("text/xml"));
    // The connection is kept, though the upstream closes its own.
    client
        .call(&Message::query("ec2", "DescribeVpcs&VpcId.1=vpc-2"))
        .unwrap();
    let target = ("x-amz-target", "AmazonSSM.GetParameter");
    client
        .call(&Message::request(
            "ssm",
            "POST",
            "/",
            &[target],
            r#"{"WithDecryption":true}"#,
        ))
        .unwrap();
    let records = "/2013-04-01/hostedzone/Z1/rrset?maxitems=1";
    client
        .call(&Message::request("route53", "GET", records, &[], ""))
        .unwrap();

    let calls = proxy.calls();
    let names: Vec<_> = calls
        .iter()
        .map(|call| (call.index, call.action.as_str()))
        .collect();
    let vpcs = "ec2:DescribeVpcs";
    assert_eq!(
        names,
        [
            (1, vpcs),
            (2, vpcs),
            (3, "ssm:GetParameter"),
            (4, "route53:ListResourceRecordSets")
        ]
    );
    assert!(
        calls
            .iter()
            .all(|call| call.status == Some(200) && call.forwarded && call.faulted.is_none())
    );
    assert!(
        calls
            .iter()
            .all(|call| call.is_read() && call.aws_error_code.is_none())
    );
    assert_eq!(calls[1].parameters["VpcId.1"], "vpc-2");
    assert_eq!(calls[2].parameters["WithDecryption"], "true");
    assert_eq!(calls[3].parameters["maxitems"], "1");
    assert_eq!(proxy.counts()[vpcs], 2);
    assert_eq!(proxy.counts().values().sum::<usize>(), 4);

    let passed = &upstream.requests()[3];
    assert_eq!(passed.first, format!("GET {records} HTTP/1.1"));
    assert_eq!(
        passed.header("host"),
        Some("aws.example"),
        "the signature covers the host"
    );
    assert!(
        passed
            .header("authorization")
            .unwrap()
            .contains("/route53/")
    );

    proxy.clear();
    assert!(proxy.calls().is_empty() && proxy.counts().is_empty());
    client.call(&Message::query("iam", "GetRole")).unwrap();
    assert_eq!(proxy.calls()[0].index, 1);
}

#[test]
fn errors_of_the_upstream_are_passed_on_and_logged() {
    let error = "<ErrorResponse><Error><Code>LoadBalancerNotFound</Code></Error></ErrorResponse>";
    let upstream = Upstream::answering(|_| (400, error.to_owned()));
    let proxy = Proxy::start(&upstream.url).unwrap();

    let answer = call(
        &proxy.url(),
        &Message::query("elasticloadbalancing", "DescribeLoadBalancers"),
    )
    .unwrap();

    assert_eq!((answer.status(), answer.text()), (400, error));
    let logged = &proxy.calls()[0];
    assert_eq!(logged.status, Some(400));
    assert_eq!(
        logged.aws_error_code.as_deref(),
        Some("LoadBalancerNotFound")
    );
    assert_eq!(logged.faulted, None);
}

#[test]
fn a_request_that_never_ends_is_no_call() {
    let upstream = Upstream::start();
    let proxy = Proxy::start(&upstream.url).unwrap();
    let whole = Message::query("ec2", "CreateVpc").bytes();

    let mut leaving = Client::connect(&proxy.url());
    leaving.write(&whole[..whole.len() - 1]);
    drop(leaving);
    call(&proxy.url(), &Message::query("ec2", "DescribeVpcs")).unwrap();

    assert_eq!(
        proxy.counts().keys().collect::<Vec<_>>(),
        ["ec2:DescribeVpcs"]
    );
    assert_eq!(upstream.reached(), ["Action=DescribeVpcs"]);
}

#[test]
fn latency_delays_each_call() {
    let proxy = Proxy::start(&Upstream::start().url).unwrap();
    let fixed = Duration::from_millis(30);
    proxy.set_latency(Latency {
        fixed,
        jitter: Duration::from_millis(5),
        seed: 1,
    });

    let begun = Instant::now();
    call(&proxy.url(), &Message::query("ec2", "DescribeVpcs")).unwrap();
    assert!(begun.elapsed() >= fixed);

    // One that would be noticed.
    proxy.set_latency(Latency {
        fixed: 10 * LONG,
        ..Latency::default()
    });
    proxy.heal();
    call(&proxy.url(), &Message::query("ec2", "DescribeVpcs")).unwrap();
}

#[test]
fn an_upstream_that_is_gone_is_a_bad_gateway() {
    // Port 1 is privileged: nothing is given it by chance.
    let proxy = Proxy::start("http://127.0.0.1:1").unwrap();
    let answer = call(&proxy.url(), &Message::query("ec2", "DescribeVpcs")).unwrap();
    assert_eq!(answer.status(), 502);
    assert!(answer.text().contains("127.0.0.1:1"), "{}", answer.text());
    assert_eq!(proxy.calls()[0].status, Some(502));
}

#[test]
fn upstreams_of_another_form_are_refused() {
    for wrong in [
        "",
        "127.0.0.1:80",
        "https://127.0.0.1:80",
        "http://127.0.0.1",
        "http://127.0.0.1:80/path",
    ] {
        let refused = Proxy::start(wrong).unwrap_err();
        assert!(
            matches!(&refused, Error::Upstream(named) if named == wrong),
            "{wrong}: {refused}"
        );
    }
}

#[test]
fn dropping_the_proxy_ends_its_connections() {
    let upstream = Upstream::start();
    let proxy = Proxy::start(&upstream.url).unwrap();
    let mut client = Client::connect(&proxy.url());
    client.call(&Message::query("ec2", "DescribeVpcs")).unwrap();
    drop(proxy);
    assert!(client.call(&Message::query("ec2", "DescribeVpcs")).is_err());
    assert_eq!(upstream.reached().len(), 1);
}
