//! Bad input: each a clear error at plan, at the attribute that has to change.

use kubeha_tests::lifecycle::refusals::{Said, refused};
use kubeha_tests::lifecycle::{PROVIDER, Stage};

use crate::subject::SUBJECT;

const INVALID: &str = "Invalid certificate";

fn arguments(stage: &Stage, profile: &str, more: &str) -> String {
    let [certificate, key] = &stage.network.authority;
    format!(
        "name = \"x\"\nprofile = \"{profile}\"\nca_certificate_parameter = \"{certificate}\"\n\
         ca_private_key_parameter = \"{key}\"\n{more}"
    )
}

#[test]
fn what_can_not_be_is_told_at_plan() {
    let stage = Stage::new(&SUBJECT);
    for (profile, more, detail, at) in [
        ("etcd-peer", "", "at least one DNS name or IP address", ""),
        (
            "etcd-peer",
            "dns_names = [\"a.b\", \"A.b\"]",
            "a.b is named twice",
            "dns_names",
        ),
        (
            "etcd-peer",
            "dns_names = [\"\"]",
            "can't be empty",
            "dns_names",
        ),
        (
            "etcd-peer",
            "dns_names = [\"a.*.b\"]",
            "wildcard",
            "dns_names",
        ),
        (
            "etcd-peer",
            "ip_addresses = [\"10.0.0\"]",
            "no IP address",
            "ip_addresses",
        ),
        (
            "kubelet-server",
            "common_name = \"system:node:a\"\ndns_names = [\"*.b\"]",
            "for one machine",
            "dns_names",
        ),
        (
            "scheduler",
            "dns_names = [\"a.b\"]",
            "for clients",
            "dns_names",
        ),
        (
            "admin",
            "common_name = \"root\"",
            "is always",
            "common_name",
        ),
        ("client", "", "needs a common name", ""),
        (
            "kubelet-client",
            "common_name = \"a\"",
            "is no node",
            "common_name",
        ),
        ("apiserver", "", "block of services", ""),
        (
            "etcd-peer",
            "dns_names = [\"a.b\"]\nkey_algorithm = \"ed25519\"",
            "service account tokens",
            "key_algorithm",
        ),
        (
            "etcd-peer",
            "dns_names = [\"a.b\"]\nvalidity_period_hours = 0",
            "1 to",
            "validity_period_hours",
        ),
        (
            "etcd-peer",
            "dns_names = [\"a.b\"]\nvalidity_period_hours = 10\nearly_renewal_hours = 10",
            "never end",
            "early_renewal_hours",
        ),
        (
            "etcd-peer",
            "dns_names = [\"a.b\"]\nvalidity_period_hours = 876000",
            "its authority ends before",
            "validity_period_hours",
        ),
    ] {
        let said = Said {
            summary: INVALID,
            detail,
            at,
        };
        refused(&stage, PROVIDER, &arguments(&stage, profile, more), &[said]);
    }
}

#[test]
fn the_authority_must_be_named_and_be_one() {
    let stage = Stage::new(&SUBJECT);
    let wrong = "name = \"x\"\nprofile = \"admin\"\npki_arn = \"arn:aws:s3:::x\"";
    let said = Said {
        summary: "Invalid authority",
        detail: "is no ARN of a kubeha_pki",
        at: "pki_arn",
    };
    refused(&stage, PROVIDER, wrong, &[said]);
    stage.write(PROVIDER, "name = \"x\"\nprofile = \"admin\"");
    stage.plan().fails().says("Exactly one of");
    // One that isn't there is no error of the plan: it may be made in the same apply.
    let arn = format!(
        "arn:aws:ssm:us-east-1:{}:parameter/none",
        stage.aws.account()
    );
    stage.write(
        PROVIDER,
        &format!("name = \"x\"\nprofile = \"admin\"\npki_arn = \"{arn}\""),
    );
    stage.plan().succeeds();
    stage.apply().fails().says("There is no authority at");
    stage.nothing_left("refused");
}
