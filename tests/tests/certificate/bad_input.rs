//! Bad input: each a clear error at plan, at the attribute that has to change.

use kubeha_tests::lifecycle::refusals::{Said, planning_says, refused};
use kubeha_tests::lifecycle::{PROVIDER, Stage};
use kubeha_tests::proxy::{Failure, Fault, On, StatusCode};
use serde_json::json;

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

#[test]
fn a_path_that_is_somebody_else_s_is_left_alone() {
    let stage = Stage::new(&SUBJECT);
    let name = "/kubeha/acc/certificates/x/private_key";
    let theirs = json!({ "Name": name, "Value": "theirs", "Type": "SecureString" });
    stage.aws.ssm("PutParameter", &theirs);
    let taken = Said {
        summary: "Planning certificate",
        detail: "no tags that say this provider made it",
        at: "",
    };
    let arguments = arguments(&stage, "etcd-peer", "dns_names = [\"a.b\"]");
    refused(&stage, PROVIDER, &arguments, &[taken]);
}

/// What signs is decrypted in the apply alone, so only that can tell.
#[test]
fn the_key_of_another_authority_can_not_sign() {
    let stage = Stage::new(&SUBJECT);
    let [certificate, key] = &stage.network.authority;
    let other = pki::PrivateKey::generate(pki::Algorithm::EcdsaP256).unwrap();
    let put = json!({ "Name": "/other", "Value": other.to_pem().as_str(), "Type": "SecureString" });
    stage.aws.ssm("PutParameter", &put);
    let signed_by = |key: &str| {
        stage.write(
            PROVIDER,
            &format!(
                "name = \"x\"\nprofile = \"etcd-peer\"\ndns_names = [\"a.b\"]\n\
                 ca_certificate_parameter = \"{certificate}\"\nca_private_key_parameter = \"{key}\""
            ),
        );
    };
    let apply = &["apply", "-auto-approve", "-json"];
    let said = |detail, at| Said {
        summary: "Creating certificate",
        detail,
        at,
    };
    signed_by("/other");
    let mismatch = said("is for another key", "ca_certificate_parameter");
    planning_says(&stage, apply, &[mismatch]);
    signed_by(key);
    let denied = Failure::coded(
        StatusCode::BAD_REQUEST,
        "AccessDeniedException",
        "User: arn:aws:iam::123456789012:user/u is not authorized to perform: kms:Decrypt on this \
         resource because no key policy allows the kms:Decrypt action",
    );
    let decrypt = On::action("ssm:GetParameter").nth(1);
    stage.proxy.fault(decrypt, Fault::Fail(denied));
    let refused = said("Allow kms:Decrypt", "ca_private_key_parameter");
    planning_says(&stage, apply, &[refused]);
}
