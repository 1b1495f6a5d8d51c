//! Hooks and gates: the test has its say while a call waits.

use std::io::ErrorKind;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc;
use std::time::Duration;

use kubeha_tests::proxy::{Call, On, Proxy, Then};

use crate::http::{Client, LONG, Message, call};
use crate::upstream::Upstream;

fn create() -> Message {
    Message::query("ec2", "CreateVpc&CidrBlock=10.0.0.0%2F16")
}

#[test]
fn hooks_run_before_and_after_the_effect() {
    let upstream = Upstream::start();
    let proxy = Proxy::start(&upstream.url).unwrap();
    let (tell, told) = mpsc::channel();
    let note = |what: &'static str| {
        let (tell, reached) = (tell.clone(), upstream.count());
        move |call: &Call| {
            tell.send((what, call.index, reached(), call.status))
                .unwrap();
            Then::Proceed
        }
    };
    proxy.after(On::any().nth(2), note("after"));
    proxy.before(On::any().nth(2), note("before"));

    call(&proxy.url(), &create()).unwrap();
    call(&proxy.url(), &create()).unwrap();

    let noted: Vec<_> = told.try_iter().collect();
    assert_eq!(noted, [("before", 2, 1, None), ("after", 2, 2, Some(200))]);
}

#[test]
fn a_hook_decides_whether_the_call_goes_on() {
    for (before, effects) in [(true, 0), (false, 1)] {
        let upstream = Upstream::start();
        let proxy = Proxy::start(&upstream.url).unwrap();
        if before {
            proxy.before(On::writes(), |_| Then::Reset);
        } else {
            proxy.after(On::writes(), |_| Then::Reset);
        }
        let lost = call(&proxy.url(), &create()).unwrap_err();
        assert_eq!(lost.kind(), ErrorKind::ConnectionReset);
        assert_eq!(upstream.reached().len(), effects);
        assert_eq!(proxy.calls()[0].status, None);
        assert_eq!(proxy.calls()[0].forwarded, !before);
    }
}

#[test]
fn a_panic_in_a_hook_fails_the_test() {
    let proxy = Proxy::start(&Upstream::start().url).unwrap();
    proxy.before(On::any(), |call| {
        panic!("no call was expected, but {}", call.action)
    });
    assert!(call(&proxy.url(), &create()).is_err());
    assert!(proxy.wait_idle(LONG));
    let panic = catch_unwind(AssertUnwindSafe(|| drop(proxy))).unwrap_err();
    assert_eq!(
        panic.downcast_ref::<String>().unwrap(),
        "no call was expected, but ec2:CreateVpc"
    );
}

#[test]
fn a_panic_while_choosing_calls_fails_the_test() {
    let proxy = Proxy::start(&Upstream::start().url).unwrap();
    proxy.before(On::matching(|_| panic!("can't choose")), |_| Then::Proceed);
    assert!(call(&proxy.url(), &create()).is_err());
    assert!(proxy.wait_idle(LONG));
    assert!(catch_unwind(AssertUnwindSafe(|| drop(proxy))).is_err());
}

#[test]
fn a_gate_holds_a_call_until_it_is_opened() {
    for (before, effects) in [(true, 0), (false, 1)] {
        let upstream = Upstream::start();
        let proxy = Proxy::start(&upstream.url).unwrap();
        let on = On::action("ec2:CreateVpc").nth(1);
        let gate = if before {
            proxy.hold_before(on)
        } else {
            proxy.hold_after(on)
        };
        let url = proxy.url();
        let held = std::thread::spawn(move || call(&url, &create()).unwrap().status());

        assert_eq!(gate.wait(LONG).unwrap().action, "ec2:CreateVpc");
        assert_eq!(upstream.reached().len(), effects);
        assert_eq!(proxy.calls()[0].status, None);
        assert_eq!(
            call(&proxy.url(), &Message::query("ec2", "DescribeVpcs"))
                .unwrap()
                .status(),
            200
        );

        gate.release();
        assert_eq!(held.join().unwrap(), 200);
        assert_eq!(upstream.reached().len(), 2);
        assert_eq!(
            call(&proxy.url(), &create()).unwrap().status(),
            200,
            "only the first was to be held"
        );
    }
}

#[test]
fn a_gate_can_reset_what_it_holds() {
    let upstream = Upstream::start();
    let proxy = Proxy::start(&upstream.url).unwrap();
    let gate = proxy.hold_before(On::any());
    let url = proxy.url();
    let held = std::thread::spawn(move || call(&url, &create()).unwrap_err().kind());
    assert!(gate.wait(LONG).is_some());
    gate.reset();
    assert_eq!(held.join().unwrap(), ErrorKind::ConnectionReset);
    assert!(upstream.reached().is_empty());
}

#[test]
fn waiting_at_a_gate_ends_when_nobody_comes() {
    let proxy = Proxy::start(&Upstream::start().url).unwrap();
    let gate = proxy.hold_before(On::any());
    assert!(gate.wait(Duration::from_millis(1)).is_none());
    drop(gate);
    assert_eq!(
        call(&proxy.url(), &create()).unwrap().status(),
        200,
        "a gate that is gone is open"
    );
}

#[test]
fn a_call_goes_on_without_its_client() {
    let upstream = Upstream::start();
    let proxy = Proxy::start(&upstream.url).unwrap();
    let gate = proxy.hold_before(On::any());
    let mut client = Client::connect(&proxy.url());
    client.write(&create().bytes());
    assert!(gate.wait(LONG).is_some());
    drop(client);
    assert!(
        !proxy.wait_idle(Duration::from_millis(1)),
        "a held call is in progress"
    );
    gate.release();
    assert!(proxy.wait_idle(LONG));
    assert_eq!(upstream.reached().len(), 1);
    assert_eq!(proxy.calls()[0].status, Some(200));
}

#[test]
fn dropping_the_proxy_does_not_wait_for_the_test() {
    let upstream = Upstream::start();
    let proxy = Proxy::start(&upstream.url).unwrap();
    let gate = proxy.hold_before(On::any());
    let mut client = Client::connect(&proxy.url());
    client.write(&create().bytes());
    assert!(gate.wait(LONG).is_some());
    drop(proxy);
    let (bytes, _) = client.rest();
    assert!(bytes.is_empty());
    assert!(upstream.reached().is_empty());
}
