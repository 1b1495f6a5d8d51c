//! Keys that users bring along.

use kubeha_tests::lifecycle::{PROVIDER, Stage};
use serde_json::json;

use crate::parameters::{foreign, get, private};
use crate::subject::SUBJECT;

#[test]
fn a_key_and_its_certificate_are_used_as_they_are() {
    let stage = Stage::new(&SUBJECT);
    let (key, certificate) = foreign("corporate ca");
    let (alone, _) = foreign("any");
    let arguments = |version: u32| {
        format!(
            "kubernetes_private_key_pem_wo = {}\nkubernetes_private_key_wo_version = {version}\n\
             kubernetes_certificate_pem = {}\n\
             service_account_private_key_pem_wo = {}\nservice_account_private_key_wo_version = 7\n",
            json!(key),
            json!(certificate),
            json!(alone)
        )
    };
    stage.write(PROVIDER, &arguments(1));
    stage.apply().succeeds();
    stage.plan_is_empty("brought along");
    let values = stage.values();
    assert_eq!(values["kubernetes"]["certificate_pem"], json!(certificate));
    assert_eq!(values["kubernetes_private_key_pem_wo"], json!(null));
    assert_eq!(get(&stage.aws, &private("kubernetes", 1)), key);
    assert_eq!(get(&stage.aws, &private("service-account", 1)), alone);
    // Another key in its place would cut off all that trusts it.
    stage.write(PROVIDER, &arguments(2));
    stage.plan().fails().says("A key changes by a rotation");
    stage.destroy().fails(); // the configuration is still wrong
    stage.write(PROVIDER, &arguments(1));
    stage.destroy().succeeds();
    stage.nothing_left("destroyed");
}

#[test]
fn a_rotation_brings_the_next_one_along() {
    let stage = Stage::new(&SUBJECT);
    stage.write(PROVIDER, "");
    stage.apply().succeeds();
    let (key, certificate) = foreign("next");
    let arguments = |step: &str| {
        format!(
            "etcd_private_key_pem_wo = {}\netcd_private_key_wo_version = 1\n\
             etcd_certificate_pem = {}\nrotation = {{ etcd = {{ generation = 2, step = \"{step}\" }} }}\n",
            json!(key),
            json!(certificate)
        )
    };
    for step in ["stage", "promote", "retire"] {
        stage.write(PROVIDER, &arguments(step));
        stage.apply().succeeds();
        stage.plan_is_empty(step);
    }
    assert_eq!(
        stage.values()["etcd"]["certificate_pem"],
        json!(certificate)
    );
    assert_eq!(get(&stage.aws, &private("etcd", 2)), key);
}
