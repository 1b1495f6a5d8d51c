//! Bad input: each a clear error at plan, at the attribute that has to change.

use kubeha_tests::lifecycle::{PROVIDER, Stage};

use crate::subject::SUBJECT;

/// An error: its summary, a part of its text, and a part of the line that it points at.
type Said<'a> = (&'a str, &'a str, &'a str);

/// Asserts that a plan of these arguments says exactly these errors.
#[track_caller]
fn refused(stage: &Stage, arguments: &str, expected: &[Said<'_>]) {
    stage.write(PROVIDER, arguments);
    let outcome = stage.run(&["plan", "-json"]);
    let mut found = outcome.diagnostics();
    found.retain(|one| one.severity == "error");
    assert_eq!(found.len(), expected.len(), "{found:#?}\n{outcome}");
    for (summary, detail, at) in expected {
        let is_it = |text: &str, code: Option<&str>| {
            let text: Vec<_> = text.split_whitespace().collect();
            text.join(" ").contains(detail) && code.unwrap_or_default().contains(at)
        };
        assert!(
            found
                .iter()
                .any(|one| one.summary == *summary && is_it(&one.detail, one.code.as_deref())),
            "not said: {summary} / {detail} / at {at}\n{found:#?}"
        );
    }
}

#[test]
fn all_that_a_plan_can_tell_is_told_at_once() {
    let stage = Stage::new(&SUBJECT);
    let long = "x".repeat(65);
    let arguments = format!(
        r#"
        cluster_name              = "$${{aws:username}}"
        control_plane_role_name   = "a b"
        worker_role_name          = "{long}"
        permissions_boundary      = "ReadOnlyAccess"
        control_plane_policy_arns = ["arn:aws:iam::aws:role/x"]
        worker_policy_arns        = ["ReadOnlyAccess"]
        pki_parameter_path        = "/kubeha/*"
        pki_kms_key_arn           = "arn:aws:kms:us-east-1:111122223333:alias/x"
        tags                      = {{ Team = "a", team = "b" }}
        "#
    );
    let arn = "it must look like arn:aws:iam::aws:policy/NAME";
    refused(
        &stage,
        &arguments,
        &[
            (
                "Invalid cluster name",
                "it may have only letters",
                "cluster_name",
            ),
            (
                "Invalid name",
                "it may have only letters, digits and _ + = , . @ -",
                "control_plane_role_name",
            ),
            (
                "Invalid name",
                "it must have 1 to 64 characters",
                "worker_role_name",
            ),
            ("Invalid policy ARN", arn, "permissions_boundary"),
            ("Invalid policy ARN", arn, "control_plane_policy_arns"),
            ("Invalid policy ARN", arn, "worker_policy_arns"),
            (
                "Invalid parameter path",
                "it may have only letters",
                "pki_parameter_path",
            ),
            (
                "Invalid key ARN",
                "the ARN of an alias has no effect in a policy",
                "pki_kms_key_arn",
            ),
            ("Invalid tags", "differ by case alone", "tags"),
        ],
    );
}

#[test]
fn a_key_needs_its_parameters() {
    let stage = Stage::new(&SUBJECT);
    let arguments = "pki_kms_key_arn = \"arn:aws:kms:us-east-1:111122223333:key/1\"";
    let said = ("Conflicting attributes", "Set that too.", "pki_kms_key_arn");
    refused(&stage, arguments, &[said]);
}

#[test]
fn policies_fit_into_a_role() {
    let stage = Stage::new(&SUBJECT);
    let arguments = format!("pki_parameter_path = \"/{}\"", "x".repeat(900));
    let detail = "IAM takes 10240 in the inline policies of a role";
    let said = ("Policy too big", detail, "pki_parameter_path");
    refused(&stage, &arguments, &[said]);
}

#[test]
fn paths_begin_and_end_with_a_slash() {
    let stage = Stage::new(&SUBJECT);
    let detail = "a path that begins and ends with /";
    refused(
        &stage,
        "path = \"/k8s\"",
        &[("Invalid value", detail, "path")],
    );
}

#[test]
fn policies_of_aws_exist() {
    let stage = Stage::new(&SUBJECT);
    let arn = "arn:aws:iam::aws:policy/NoSuchPolicy";
    let detail = format!("AWS has no policy \"{arn}\".");
    let said = ("Invalid policy ARN", detail.as_str(), "worker_policy_arns");
    let arguments = format!("worker_policy_arns = [\"{arn}\"]");
    refused(&stage, &arguments, &[said]);
}

#[test]
fn one_cluster_has_one_set_of_roles() {
    let stage = Stage::new(&SUBJECT);
    stage.write(PROVIDER, "");
    let twice = "resource \"kubeha_node_roles\" \"again\" {\n}\n";
    stage.workspace().file("again.tf", twice);
    let outcome = stage.plan().fails();
    assert!(outcome.text().contains("Name claimed twice"), "{outcome}");
}
