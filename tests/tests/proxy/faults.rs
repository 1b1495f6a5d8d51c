//! Each kind of fault: what the client gets, and whether the call had its effect.

use std::io::ErrorKind;
use std::num::NonZeroU64;
use std::sync::mpsc;
use std::time::Duration;

use kubeha_tests::proxy::{Failure, Fault, Malformed, On, Proxy, StatusCode, Then};

use crate::http::{Client, LONG, Message, call};
use crate::upstream::Upstream;

fn create() -> Message {
    Message::query("elasticloadbalancing", "CreateLoadBalancer&Name=a")
}

fn start(on: On, fault: Fault) -> (Upstream, Proxy) {
    let upstream = Upstream::start();
    let proxy = Proxy::start(&upstream.url).unwrap();
    proxy.fault(on, fault);
    (upstream, proxy)
}

#[test]
fn throttling_is_worded_as_each_service_does() {
    let ssm = ("x-amz-target", "AmazonSSM.PutParameter");
    for (request, status, code) in [
        (
            Message::query("ec2", "CreateVpc"),
            503,
            "RequestLimitExceeded",
        ),
        (
            Message::query("elasticloadbalancing", "CreateListener"),
            400,
            "ThrottlingException",
        ),
        (
            Message::query("autoscaling", "CreateAutoScalingGroup"),
            400,
            "Throttling",
        ),
        (Message::query("iam", "CreateRole"), 400, "Throttling"),
        (
            Message::query("sts", "GetCallerIdentity"),
            400,
            "Throttling",
        ),
        (
            Message::request("route53", "GET", "/2013-04-01/change/C1", &[], ""),
            400,
            "Throttling",
        ),
        (
            Message::request("ssm", "POST", "/", &[ssm], "{}"),
            400,
            "ThrottlingException",
        ),
    ] {
        let (upstream, proxy) = start(On::any(), Fault::Fail(Failure::throttled()));
        let answer = call(&proxy.url(), &request).unwrap();
        assert_eq!(answer.status(), status, "{request:?}");
        let form = match answer.header("content-type").unwrap() {
            "text/xml" => format!("<Code>{code}</Code>"),
            _ => format!(r#""__type":"{code}""#),
        };
        assert!(answer.text().contains(&form), "{}", answer.text());
        let logged = &proxy.calls()[0];
        assert_eq!(logged.status, Some(status));
        assert_eq!(logged.aws_error_code.as_deref(), Some(code));
        assert_eq!(logged.faulted, Some(Fault::Fail(Failure::throttled())));
        assert!(!logged.forwarded && upstream.reached().is_empty());
    }
}

#[test]
fn server_errors_come_from_the_service_or_from_before_it() {
    for (failure, status, ec2, others) in [
        (
            Failure::internal(),
            500,
            "<Code>InternalError</Code>",
            "<Code>InternalFailure</Code>",
        ),
        (
            Failure::unavailable(),
            503,
            "<Code>Unavailable</Code>",
            "<Code>ServiceUnavailable</Code>",
        ),
        (
            Failure::plain(StatusCode::BAD_GATEWAY),
            502,
            "<html>",
            "<html>",
        ),
        (
            Failure::coded(StatusCode::CONFLICT, "A&B", "<c>"),
            409,
            "<Code>A&amp;B</Code>",
            "<Message>&lt;c&gt;",
        ),
    ] {
        let (_upstream, proxy) = start(On::any(), Fault::Fail(failure));
        for (service, part) in [("ec2", ec2), ("iam", others)] {
            let answer = call(&proxy.url(), &Message::query(service, "GetAnything")).unwrap();
            assert_eq!(answer.status(), status);
            assert!(answer.text().contains(part), "{}", answer.text());
        }
    }
}

#[test]
fn an_error_may_ask_for_patience() {
    let patient = Failure::throttled().with_retry_after(Duration::from_millis(1500));
    let (_upstream, proxy) = start(On::any(), Fault::Fail(patient));
    let answer = call(&proxy.url(), &create()).unwrap();
    assert_eq!(answer.header("x-amz-retry-after"), Some("1500"));
    assert_eq!(answer.header("retry-after"), Some("2"));
}

#[test]
fn an_error_may_hide_an_effect() {
    let (upstream, proxy) = start(On::any(), Fault::FailAfter(Failure::internal()));
    assert_eq!(call(&proxy.url(), &create()).unwrap().status(), 500);
    assert_eq!(upstream.reached().len(), 1);
    assert_eq!(
        (proxy.calls()[0].status, proxy.calls()[0].forwarded),
        (Some(500), true)
    );
}

#[test]
fn resets_come_before_or_after_the_effect() {
    for (fault, effects) in [(Fault::ResetBefore, 0), (Fault::ResetAfter, 1)] {
        let (upstream, proxy) = start(
            On::action("elasticloadbalancing:Create*").nth(1),
            fault.clone(),
        );
        let lost = call(&proxy.url(), &create()).unwrap_err();
        assert_eq!(lost.kind(), ErrorKind::ConnectionReset);
        assert_eq!(upstream.reached().len(), effects);
        let logged = proxy.calls()[0].clone();
        assert_eq!((logged.status, logged.forwarded), (None, effects == 1));
        assert_eq!(logged.faulted, Some(fault));
        assert_eq!(
            call(&proxy.url(), &create()).unwrap().status(),
            200,
            "only the first is met"
        );
    }
}

#[test]
fn a_hanging_call_ends_when_its_client_leaves() {
    for (fault, effects) in [
        (Fault::Hang(100 * LONG), 0),
        (Fault::HangAfter(100 * LONG), 1),
    ] {
        let (upstream, proxy) = start(On::any(), fault);
        let (tell, arrived) = mpsc::channel();
        proxy.before(On::any(), move |_| {
            tell.send(()).unwrap();
            Then::Proceed
        });
        let mut client = Client::connect(&proxy.url());
        client.write(&create().bytes());
        arrived.recv_timeout(LONG).unwrap();
        drop(client);
        assert!(proxy.wait_idle(LONG));
        assert_eq!(upstream.reached().len(), effects);
        assert_eq!(proxy.calls()[0].status, None);
    }
}

#[test]
fn a_hanging_call_ends_at_its_limit() {
    let (upstream, proxy) = start(On::any(), Fault::Hang(Duration::from_millis(1)));
    let lost = call(&proxy.url(), &create()).unwrap_err();
    assert_eq!(lost.kind(), ErrorKind::ConnectionReset);
    assert!(upstream.reached().is_empty());
}

#[test]
fn a_stale_read_is_from_before_the_latest_write() {
    let (upstream, proxy) = start(On::action("*:DescribeLoadBalancers").nth(2), Fault::Stale);
    let read = Message::query(
        "elasticloadbalancing",
        "DescribeLoadBalancers&Names.member.1=a",
    );
    let fresh = call(&proxy.url(), &read).unwrap();
    call(&proxy.url(), &create()).unwrap();
    let stale = call(&proxy.url(), &read).unwrap();
    assert_eq!(stale.text(), fresh.text());
    assert_eq!(upstream.reached().len(), 2);
    assert_eq!(
        call(&proxy.url(), &read).unwrap().text(),
        "<Answer><Number>3</Number></Answer>"
    );
    let faults: Vec<_> = proxy.calls().into_iter().map(|call| call.faulted).collect();
    assert_eq!(faults, [None, None, Some(Fault::Stale), None]);
}

#[test]
fn without_an_earlier_answer_no_read_is_stale() {
    let (upstream, proxy) = start(On::any(), Fault::Stale);
    let read = |name: &str| {
        let read = Message::query(
            "elasticloadbalancing",
            &format!("DescribeLoadBalancers&Names.member.1={name}"),
        );
        call(&proxy.url(), &read).unwrap()
    };
    read("a");
    call(&proxy.url(), &create()).unwrap();
    read("b");
    assert_eq!(upstream.reached().len(), 3);
    assert!(proxy.calls().iter().all(|call| call.faulted.is_none()));
}

#[test]
fn what_is_absent_is_refused_or_not_listed() {
    let (upstream, proxy) = start(On::any(), Fault::Absent);
    let named = Message::query(
        "elasticloadbalancing",
        "DescribeLoadBalancers&Names.member.1=a",
    );
    let answer = call(&proxy.url(), &named).unwrap();
    assert_eq!(answer.status(), 400);
    assert!(
        answer.text().contains("<Code>LoadBalancerNotFound</Code>"),
        "{}",
        answer.text()
    );
    let groups = call(
        &proxy.url(),
        &Message::query("autoscaling", "DescribeAutoScalingGroups"),
    )
    .unwrap();
    let empty = "<DescribeAutoScalingGroupsResponse><DescribeAutoScalingGroupsResult/></DescribeAutoScalingGroupsResponse>";
    assert_eq!((groups.status(), groups.text()), (200, empty));
    assert!(upstream.reached().is_empty());
    call(&proxy.url(), &create()).unwrap();
    assert_eq!(upstream.reached().len(), 1, "a write takes its course");
}

#[test]
fn answers_are_spoiled_after_the_effect() {
    let sound = "<Answer><Number>1</Number></Answer>";
    for (how, body) in [
        (Malformed::Truncated, &sound.as_bytes()[..sound.len() / 2]),
        (Malformed::Garbage, &b"\x00\xff\xfe garbage \x80"[..]),
        (Malformed::Alien, &b"<Alien/>"[..]),
        (Malformed::Empty, &b""[..]),
    ] {
        let (upstream, proxy) = start(On::any(), Fault::Malformed(how));
        let answer = call(&proxy.url(), &create()).unwrap();
        assert_eq!(
            (answer.status(), answer.body.as_slice()),
            (200, body),
            "{how:?}"
        );
        assert_eq!(upstream.reached().len(), 1);
    }
}

#[test]
fn a_cut_off_answer_promises_more_than_comes() {
    let (upstream, proxy) = start(On::any(), Fault::Malformed(Malformed::CutOff));
    let mut client = Client::connect(&proxy.url());
    client.write(&create().bytes());
    let (bytes, _) = client.rest();
    let text = String::from_utf8(bytes).unwrap();
    let sound = "<Answer><Number>1</Number></Answer>";
    let (head, body) = text.split_once("\r\n\r\n").unwrap();
    assert!(
        head.to_lowercase()
            .contains(&format!("content-length: {}", sound.len())),
        "{head}"
    );
    assert_eq!(body, &sound[..sound.len() / 2]);
    assert_eq!(upstream.reached().len(), 1);
}

#[test]
fn rules_take_turns_in_the_order_they_were_added() {
    let (upstream, proxy) = start(
        On::any().every(NonZeroU64::new(2).unwrap()),
        Fault::Fail(Failure::internal()),
    );
    proxy.fault(On::writes().times(3), Fault::Fail(Failure::unavailable()));
    let statuses: Vec<u16> = (0..5)
        .map(|_| call(&proxy.url(), &create()).unwrap().status())
        .collect();
    assert_eq!(statuses, [503, 500, 503, 500, 200]);
    proxy.heal();
    assert_eq!(call(&proxy.url(), &create()).unwrap().status(), 200);
    assert_eq!(upstream.reached().len(), 2);
}

#[test]
fn chance_is_reproducible_under_concurrency() {
    let faulted = || {
        let (_upstream, proxy) = start(On::any().chance(0.3, 7), Fault::Fail(Failure::throttled()));
        let url = proxy.url();
        std::thread::scope(|scope| {
            for action in [
                "DescribeVpcs",
                "DescribeSubnets",
                "CreateVpc",
                "CreateSubnet",
            ] {
                let url = &url;
                scope.spawn(move || {
                    let mut client = Client::connect(url);
                    for _ in 0..25 {
                        client.call(&Message::query("ec2", action)).unwrap();
                    }
                });
            }
        });
        assert_eq!(proxy.counts().into_values().collect::<Vec<_>>(), [25; 4]);
        let mut faulted: Vec<(String, usize)> = Vec::new();
        for action in proxy.counts().into_keys() {
            let calls = proxy
                .calls()
                .into_iter()
                .filter(|call| call.action == action);
            faulted.extend(
                calls
                    .enumerate()
                    .filter(|(_, call)| call.faulted.is_some())
                    .map(|(at, call)| (call.action, at)),
            );
        }
        faulted
    };
    let first = faulted();
    assert!(
        !first.is_empty() && first.len() < 100,
        "{} of 100",
        first.len()
    );
    assert_eq!(first, faulted());
}
