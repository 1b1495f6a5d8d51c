//! Authorities near their end.

use kubeha_tests::lifecycle::{PROVIDER, Stage};

use crate::subject::SUBJECT;

#[test]
fn an_authority_near_its_end_is_renewed_with_its_key() {
    let stage = Stage::new(&SUBJECT);
    stage.write(
        PROVIDER,
        "validity_period_hours = 48\nearly_renewal_hours = 0",
    );
    stage.apply().succeeds();
    stage.plan_is_empty("never to be renewed");
    let before = stage.values();
    // From now on 48 hours are near the end.
    stage.write(
        PROVIDER,
        "validity_period_hours = 8760\nearly_renewal_hours = 720",
    );
    let planned = stage.planned("in the window");
    assert_eq!(planned["change"]["actions"], serde_json::json!(["update"]));
    stage.plan().succeeds().says("Authority is renewed");
    stage.apply().succeeds();
    stage.plan_is_empty("renewed");
    let after = stage.values();
    for part in ["kubernetes", "etcd", "front_proxy"] {
        let (before, after) = (&before[part], &after[part]);
        assert_ne!(
            before["certificate_pem"], after["certificate_pem"],
            "{part}"
        );
        assert_eq!(
            before["public_key_hash"], after["public_key_hash"],
            "{part}"
        );
        let end = |one: &serde_json::Value| one["validity_end_time"].as_str().unwrap().to_owned();
        assert!(end(before) < end(after), "{part}");
    }
    assert_eq!(before["service_account"], after["service_account"]);
}
