//! A provider that can't reach AWS: one clear error each, which names the setting.

use std::time::Duration;

use kubeha_tests::Outcome;
use kubeha_tests::lifecycle::{PROVIDER, Size, Stage};
use kubeha_tests::proxy::{Failure, Fault, On, StatusCode};

use crate::subject::SUBJECT;

/// A plan with these settings beside the usual ones, and without these variables.
#[track_caller]
fn plan(stage: &Stage, settings: &str, without: &[&str]) -> Outcome {
    // There is no metadata service here, and asking for it takes time.
    let metadata = ("AWS_EC2_METADATA_DISABLED", "true".to_owned());
    plan_with(stage, settings, without, metadata)
}

/// The same, and with this one.
#[track_caller]
fn plan_with(
    stage: &Stage,
    settings: &str,
    without: &[&str],
    variable: (&'static str, String),
) -> Outcome {
    let mut environment = stage.account.environment(&stage.proxy.url()).to_vec();
    environment.retain(|(name, _)| !without.contains(name));
    environment.push(variable);
    let desk = stage.desk_in(environment);
    let arguments = stage.arguments(Size::Minimal);
    desk.write(&format!("{PROVIDER}\n{settings}"), &arguments);
    desk.plan()
}

#[track_caller]
fn fails(outcome: Outcome, words: &[&str]) {
    let outcome = outcome.fails();
    for word in words {
        assert!(outcome.text().contains(word), "not said: {word}\n{outcome}");
    }
    let errors = outcome.text().matches("Error: ").count();
    assert_eq!(errors, 1, "one error, not several\n{outcome}");
}

#[test]
fn a_region_is_needed_and_must_exist() {
    let stage = Stage::new(&SUBJECT);
    fails(plan(&stage, "", &["AWS_REGION"]), &["region", "AWS_REGION"]);
    let wrong = plan(&stage, "region = \"us-east-1a\"", &[]);
    fails(wrong, &["us-east-1a", "skip_region_validation"]);
    plan(&stage, "region = \"us-east-1\"", &["AWS_REGION"]).succeeds();
}

#[test]
fn credentials_are_needed() {
    let stage = Stage::new(&SUBJECT);
    let without = ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"];
    let missing = ["no AWS credentials were found", "AWS_PROFILE"];
    fails(plan(&stage, "", &without), &missing);
    // Cloud machines often have the metadata service switched off. It then refuses, which was once
    // told instead of what is missing.
    let refuses = Failure::coded(StatusCode::FORBIDDEN, "Forbidden", "");
    stage.proxy.fault(On::any(), Fault::Fail(refuses));
    let metadata = (
        "AWS_EC2_METADATA_SERVICE_ENDPOINT",
        format!("{}/", stage.proxy.url()),
    );
    fails(plan_with(&stage, "", &without, metadata), &missing);
    fails(
        plan(&stage, "profile = \"nobody\"", &without),
        &["nobody", "profile"],
    );
}

#[test]
fn an_endpoint_must_answer() {
    let stage = Stage::new(&SUBJECT);
    // Nothing listens there: the port was free a moment ago, and is reserved for nobody.
    let settings = "max_retries = 1\nendpoints {\n  elbv2 = \"http://127.0.0.1:9\"\n}";
    fails(
        plan(&stage, settings, &[]),
        &["endpoint", "such a region", "AWS_ENDPOINT_URL"],
    );
    let settings = "endpoints {\n  elbv2 = \"ftp://x\"\n}";
    fails(plan(&stage, settings, &[]), &["elbv2", "ftp://x"]);
}

#[test]
fn accounts_can_be_forbidden() {
    let stage = Stage::new(&SUBJECT);
    let id = stage.account.id().to_owned();
    let forbidden = format!("forbidden_account_ids = [\"{id}\"]");
    fails(
        plan(&stage, &forbidden, &[]),
        &["forbidden_account_ids", &id],
    );
    let others = "allowed_account_ids = [\"000000000001\"]";
    fails(plan(&stage, others, &[]), &["allowed_account_ids", &id]);
    let allowed = format!("allowed_account_ids = [\"{id}\"]");
    plan(&stage, &allowed, &[]).succeeds();
}

#[test]
fn expired_credentials_are_called_that() {
    let stage = Stage::new(&SUBJECT);
    let expired = Failure::coded(
        StatusCode::FORBIDDEN,
        "ExpiredToken",
        "The security token included in the request is expired",
    );
    stage.proxy.fault(On::any(), Fault::Fail(expired));
    let outcome = plan(&stage, "", &[]);
    fails(outcome, &["ExpiredToken", "credentials", "aws sso login"]);
}

#[test]
fn a_denied_call_names_its_permission() {
    let stage = Stage::new(&SUBJECT);
    let denied = Failure::coded(StatusCode::FORBIDDEN, "UnauthorizedOperation", "not you");
    let action = On::action("ec2:DescribeSubnets");
    stage.proxy.fault(action, Fault::Fail(denied));
    fails(
        plan(&stage, "", &[]),
        &["ec2:DescribeSubnets", "UnauthorizedOperation"],
    );
}

#[test]
fn validate_asks_nobody() {
    let stage = Stage::new(&SUBJECT);
    let desk = stage.desk_in(Vec::new());
    desk.write("", &stage.arguments(Size::Full));
    desk.run(&["validate"]).succeeds();
    assert!(stage.proxy.wait_idle(Duration::from_secs(1)));
    assert!(stage.proxy.calls().is_empty());
}
