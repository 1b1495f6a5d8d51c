//! Bad input: each a clear error at plan, at the attribute that has to change.

use kubeha_tests::lifecycle::refusals::{Said, planning_says, refused};
use kubeha_tests::lifecycle::{PROVIDER, Stage};
use kubeha_tests::proxy::{Failure, Fault, On, StatusCode};
use serde_json::json;

use crate::parameters::{PATH, foreign, private, put_secret};
use crate::subject::SUBJECT;

const fn said<'a>(summary: &'a str, detail: &'a str, at: &'a str) -> Said<'a> {
    Said {
        summary,
        detail,
        at,
    }
}

#[test]
fn what_can_not_be_is_told_at_plan() {
    let stage = Stage::new(&SUBJECT);
    let arguments = r#"
        parameter_path        = "/aws/pki"
        key_algorithm         = "ED25519"
        validity_period_hours = 0
        rotation              = {
          etcd        = { generation = 1, step = "stage" }
        }
    "#;
    let expected = [
        said("Invalid parameter path", "AWS's own", "parameter_path"),
        said(
            "Invalid key_algorithm",
            "service account tokens",
            "key_algorithm",
        ),
        said(
            "Invalid validity_period_hours",
            "1 to",
            "validity_period_hours",
        ),
    ];
    // What the schema and the configuration alone tell comes before a plan is made.
    refused(&stage, PROVIDER, arguments, &expected[1..]);
    let arguments = r#"
        parameter_path = "/aws/pki"
        rotation       = {
          etcd = { generation = 1, step = "stage" }
        }
    "#;
    let first = said("Impossible rotation", "generation 1 is the first", "etcd");
    refused(&stage, PROVIDER, arguments, &[expected[0], first]);
    let arguments = "validity_period_hours = 100\nearly_renewal_hours = 100";
    let never = said(
        "Invalid early_renewal_hours",
        "never end",
        "early_renewal_hours",
    );
    refused(&stage, PROVIDER, arguments, &[never]);
}

#[test]
fn a_cluster_s_name_with_a_slash_needs_a_path_of_its_own() {
    let stage = Stage::new(&SUBJECT);
    let slash = said(
        "Invalid parameter path",
        "Set \"parameter_path\"",
        "cluster_name",
    );
    refused(&stage, PROVIDER, "cluster_name = \"a b/c\"", &[slash]);
    stage.write(
        PROVIDER,
        "cluster_name = \"a b/c\"\nparameter_path = \"/a/c\"",
    );
    stage.plan().succeeds();
}

#[test]
fn keys_and_certificates_must_be_such_and_belong_together() {
    let stage = Stage::new(&SUBJECT);
    let (key, certificate) = foreign("one");
    let (_, other) = foreign("other");
    let pair = |key: &str, certificate: &str| {
        format!(
            "etcd_private_key_pem_wo = {}\netcd_private_key_wo_version = 1\n\
             etcd_certificate_pem = {}",
            json!(key),
            json!(certificate)
        )
    };
    let invalid = |words, at| said("Invalid key or certificate", words, at);
    let damaged = pair("-----BEGIN PRIVATE KEY-----\n", "nothing");
    let expected = [
        invalid("damaged", "etcd_private_key_pem_wo"),
        invalid("no PEM block \"BEGIN CERTIFICATE\"", "etcd_certificate_pem"),
    ];
    refused(&stage, PROVIDER, &damaged, &expected);
    let mismatch = invalid("another key", "etcd_certificate_pem");
    refused(&stage, PROVIDER, &pair(&key, &other), &[mismatch]);
    stage.write(PROVIDER, &pair(&key, &certificate));
    stage.plan().succeeds();
    let alone = said(
        "Missing attribute",
        "must be set",
        "etcd_private_key_pem_wo",
    );
    let arguments = format!("etcd_private_key_pem_wo = {}", json!(key));
    refused(&stage, PROVIDER, &arguments, &[alone]);
}

#[test]
fn a_path_that_is_somebody_else_s_is_left_alone() {
    let stage = Stage::new(&SUBJECT);
    let name = private("etcd", 1);
    put_secret(&stage.aws, &name, &foreign("theirs").0, None);
    let taken = said("Planning PKI", "no tags that say this provider made it", "");
    refused(&stage, PROVIDER, "", &[taken]);
    stage.write(PROVIDER, "parameter_path = \"/elsewhere\"");
    stage.apply().succeeds();
    stage.destroy().succeeds();
    let asked = json!({ "Name": name });
    assert_eq!(
        stage.aws.ssm("GetParameter", &asked)["Parameter"]["Version"],
        1
    );
    assert!(name.starts_with(PATH));
}

#[test]
fn two_blocks_can_not_mean_one_pki() {
    let stage = Stage::new(&SUBJECT);
    stage.write(PROVIDER, "");
    stage
        .workspace()
        .file("other.tf", "resource \"kubeha_pki\" \"other\" {}\n");
    stage.plan().fails().says("Name claimed twice");
}

/// Parameter Store has KMS encrypt and decrypt with the caller's permissions.
#[test]
fn what_kms_refuses_is_told_at_its_key() {
    const KEY: &str = "kms_key_id";
    let stage = Stage::new(&SUBJECT);
    stage.write(PROVIDER, "kms_key_id = \"alias/theirs\"");
    let refuse = |action: &str, code: &str, message: &str| {
        let failure = Failure::coded(StatusCode::BAD_REQUEST, code, message);
        stage
            .proxy
            .fault(On::action(action).nth(1), Fault::Fail(failure));
    };
    let apply = &["apply", "-auto-approve", "-json"];
    for (code, message, detail) in [
        (
            "AccessDeniedException",
            "User: arn:aws:iam::123456789012:user/u is not authorized to perform: kms:Encrypt on \
             resource: arn:aws:kms:us-east-1:123456789012:key/k because no identity-based policy \
             allows the kms:Encrypt action (Service: AWSKMS; Status Code: 400)",
            "Allow kms:Encrypt to the credentials",
        ),
        (
            "InvalidKeyId",
            "Alias arn:aws:kms:us-east-1:123456789012:alias/theirs is not found. (Service: AWSKMS)",
            "symmetric one of this region",
        ),
    ] {
        refuse("ssm:PutParameter", code, message);
        planning_says(&stage, apply, &[said("Creating PKI", detail, KEY)]);
        stage.nothing_left(code);
    }
    stage.apply().succeeds();
    // A key that may not be decrypted is no key that somebody wrote over.
    stage.write(PROVIDER, "kms_key_id = \"alias/ours\"");
    refuse(
        "ssm:GetParameter",
        "AccessDeniedException",
        "The ciphertext refers to a customer master key that does not exist, does not exist in \
         this region, or you are not allowed to access. (Service: AWSKMS; Status Code: 400)",
    );
    let decrypt = said("Updating PKI", "Allow kms:Decrypt to the credentials", KEY);
    planning_says(&stage, apply, &[decrypt]);
}

/// The plan was empty, and said nothing.
#[test]
fn another_kind_of_key_for_those_that_exist_is_told_to_come_by_a_rotation() {
    let stage = Stage::new(&SUBJECT);
    stage.write(PROVIDER, "key_algorithm = \"ECDSA-P256\"");
    stage.apply().succeeds();
    stage
        .plan()
        .succeeds()
        .does_not_say("Keys stay as they are");
    stage.write(PROVIDER, "key_algorithm = \"ECDSA-P384\"");
    let plan = stage.plan().succeeds();
    plan.says("No changes")
        .says("No key of this PKI is ECDSA-P384");
    let rotation = "rotation = { etcd = { generation = 2, step = \"stage\" } }";
    let staged = format!("key_algorithm = \"ECDSA-P384\"\n{rotation}");
    stage.write(PROVIDER, &staged);
    stage
        .plan()
        .succeeds()
        .does_not_say("Keys stay as they are");
}
