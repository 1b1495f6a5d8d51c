//! Clients made of settings, against a small endpoint on this machine.

use std::collections::BTreeMap;
use std::io::Write;

use crate::error::CallFailure;
use crate::secret::Secret;
use crate::settings::{
    AssumeRole, AssumeRoleWithWebIdentity, Service, StaticCredentials, WebIdentityToken,
};
use crate::testing::Endpoint;

use super::*;

/// Settings that touch nothing of the machine the tests run on.
struct Fixture {
    settings: Settings,
    _files: tempfile::NamedTempFile,
}

fn fixture(shared_file: &str) -> Fixture {
    let mut file = tempfile::NamedTempFile::new().unwrap();
    file.write_all(shared_file.as_bytes()).unwrap();
    let settings = Settings {
        region: Some("eu-west-1".into()),
        shared_config_files: vec![file.path().into()],
        shared_credentials_files: vec![file.path().into()],
        skip_metadata_api_check: true,
        max_retries: Some(1),
        ..Settings::default()
    };
    Fixture {
        settings,
        _files: file,
    }
}

/// The same with a key pair, and this endpoint for STS.
fn with_endpoint(endpoint: &Endpoint) -> Fixture {
    let mut fixture = fixture("");
    fixture.settings.static_credentials = Some(StaticCredentials {
        access_key: Secret::new("BASEKEY"),
        secret_key: Secret::new("secret"),
        token: None,
    });
    fixture.settings.endpoints = BTreeMap::from([(Service::Sts, endpoint.url())]);
    fixture
}

fn clients(settings: &Settings) -> Clients {
    Clients::new(settings.clone(), Environment::default())
}

fn sts(operation: &str, result: &str) -> (u16, String) {
    let body = format!(
        "<{operation}Response xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\">\
         <{operation}Result>{result}</{operation}Result></{operation}Response>"
    );
    (200, body)
}

fn identity() -> (u16, String) {
    let arn = "arn:aws:iam::123456789012:user/me";
    sts(
        "GetCallerIdentity",
        &format!("<Account>123456789012</Account><Arn>{arn}</Arn>"),
    )
}

fn session(operation: &str, key: &str) -> (u16, String) {
    let credentials = format!(
        "<Credentials><AccessKeyId>{key}</AccessKeyId><SecretAccessKey>s</SecretAccessKey>\
         <SessionToken>t</SessionToken><Expiration>2999-01-01T00:00:00Z</Expiration>\
         </Credentials>"
    );
    sts(operation, &credentials)
}

fn refusal(code: &str) -> (u16, String) {
    let body = format!("<ErrorResponse><Error><Code>{code}</Code></Error></ErrorResponse>");
    (403, body)
}

#[tokio::test]
async fn the_identity_is_asked_once() {
    let endpoint = Endpoint::start([identity()]).await;
    let mut fixture = with_endpoint(&endpoint);
    fixture.settings.user_agent = vec![Product::new("Terraform", "1.11.4")];
    let environment = [("TF_APPEND_USER_AGENT", "ci/7 odd\u{7f}name")]
        .into_iter()
        .collect();
    let clients = Clients::new(fixture.settings.clone(), environment);
    assert!(
        endpoint.requests().is_empty(),
        "nothing happens before it is asked for"
    );
    for _ in 0..2 {
        let identity = clients.identity().await.unwrap();
        assert_eq!(
            (identity.account.as_str(), identity.partition()),
            ("123456789012", "aws")
        );
    }
    let requests = endpoint.requests();
    assert_eq!(requests.len(), 1);
    for part in [
        "lib/Terraform/1.11.4",
        "lib/ci/7",
        "lib/odd-name",
        "Credential=BASEKEY/",
    ] {
        assert!(requests[0].contains(part), "{part} in {}", requests[0]);
    }
}

#[tokio::test]
async fn roles_are_assumed_one_from_the_other_and_once() {
    let endpoint = Endpoint::start([
        session("AssumeRole", "FIRSTKEY"),
        session("AssumeRole", "SECONDKEY"),
        identity(),
        identity(),
    ])
    .await;
    let mut fixture = with_endpoint(&endpoint);
    let role = |name: &str| AssumeRole {
        role_arn: format!("arn:aws:iam::123456789012:role/{name}"),
        source_identity: Some("me".into()),
        transitive_tag_keys: vec!["team".into()],
        tags: [("team".into(), "a".into())].into(),
        ..AssumeRole::default()
    };
    fixture.settings.assume_role = vec![role("first"), role("second")];
    let clients = clients(&fixture.settings);
    clients.identity().await.unwrap();
    // A second client of the same settings uses the same session.
    clients
        .ready()
        .await
        .unwrap()
        .sts
        .caller_identity()
        .await
        .unwrap();

    let requests = endpoint.requests();
    for (request, key, part) in [
        (&requests[0], "BASEKEY", "role%2Ffirst"),
        (&requests[1], "FIRSTKEY", "role%2Fsecond"),
        (&requests[1], "FIRSTKEY", "SourceIdentity=me"),
        (&requests[1], "FIRSTKEY", "TransitiveTagKeys.member.1=team"),
        (&requests[2], "SECONDKEY", "GetCallerIdentity"),
        (&requests[3], "SECONDKEY", "GetCallerIdentity"),
    ] {
        assert!(
            request.contains(&format!("Credential={key}/")),
            "{key} in {request}"
        );
        assert!(request.contains(part), "{part} in {request}");
    }
}

#[tokio::test]
async fn a_web_identity_needs_no_other_credentials() {
    let endpoint =
        Endpoint::start([session("AssumeRoleWithWebIdentity", "WEBKEY"), identity()]).await;
    let mut fixture = with_endpoint(&endpoint);
    fixture.settings.static_credentials = None;
    let mut token = tempfile::NamedTempFile::new().unwrap();
    writeln!(token, "the-jwt").unwrap();
    fixture.settings.assume_role_with_web_identity = Some(AssumeRoleWithWebIdentity {
        role_arn: "arn:aws:iam::123456789012:role/ci".into(),
        token: WebIdentityToken::File(token.path().into()),
        duration: None,
        policy: None,
        policy_arns: Vec::new(),
        session_name: None,
    });
    clients(&fixture.settings).identity().await.unwrap();
    let requests = endpoint.requests();
    assert!(
        requests[0].contains("WebIdentityToken=the-jwt"),
        "{}",
        requests[0]
    );
    assert!(!requests[0].contains("Credential="), "{}", requests[0]);
    assert!(
        requests[1].contains("Credential=WEBKEY/"),
        "{}",
        requests[1]
    );
}

#[tokio::test]
async fn the_account_guards_every_service() {
    for (allowed, forbidden, setting) in [
        (vec!["999999999999"], vec![], "allowed_account_ids"),
        (vec![], vec!["123456789012"], "forbidden_account_ids"),
    ] {
        let endpoint = Endpoint::start([identity()]).await;
        let mut fixture = with_endpoint(&endpoint);
        fixture.settings.allowed_account_ids = allowed.into_iter().map(Into::into).collect();
        fixture.settings.forbidden_account_ids = forbidden.into_iter().map(Into::into).collect();
        fixture.settings.skip_requesting_account_id = true;
        let clients = clients(&fixture.settings);
        for error in [
            clients.elbv2().await.map(drop).unwrap_err(),
            clients.route53().await.map(drop).unwrap_err(),
        ] {
            assert_eq!(error.settings(), [setting]);
            assert!(error.to_string().contains("123456789012"), "{error}");
        }
        assert_eq!(endpoint.requests().len(), 1);
    }
}

#[tokio::test]
async fn without_account_lists_no_call_is_made() {
    let endpoint = Endpoint::start([]).await;
    let fixture = with_endpoint(&endpoint);
    clients(&fixture.settings).elbv2().await.unwrap();
    assert!(endpoint.requests().is_empty());
}

#[tokio::test]
async fn each_bad_setting_is_named() {
    type Spoil = fn(&mut Settings);
    let cases: [(&str, Spoil); 5] = [
        ("region", |s| s.region = None),
        ("region", |s| s.region = Some("Ireland".into())),
        ("profile", |s| s.profile = Some("nowhere".into())),
        ("endpoints", |s| {
            s.endpoints.insert(Service::Elbv2, "localhost:5000".into());
        }),
        ("max_retries", |s| s.max_retries = Some(0)),
    ];
    for (setting, spoil) in cases {
        let mut fixture = fixture("");
        spoil(&mut fixture.settings);
        let error = clients(&fixture.settings)
            .elbv2()
            .await
            .map(drop)
            .unwrap_err();
        assert_eq!(error.settings().first(), Some(&setting), "{error}");
        assert!(error.to_string().contains(setting), "{error}");
    }
}

#[tokio::test]
async fn the_profile_gives_region_and_credentials() {
    let endpoint = Endpoint::start([identity()]).await;
    let mut fixture = fixture(
        "[profile p]\nregion = ap-south-1\n[p]\naws_access_key_id = PROFILEKEY\n\
         aws_secret_access_key = s\n",
    );
    fixture.settings.region = None;
    fixture.settings.profile = Some("p".into());
    fixture.settings.endpoints = BTreeMap::from([(Service::Sts, endpoint.url())]);
    let clients = clients(&fixture.settings);
    assert_eq!(clients.region().await.unwrap(), "ap-south-1");
    clients.identity().await.unwrap();
    let requests = endpoint.requests();
    assert!(
        requests[0].contains("Credential=PROFILEKEY/"),
        "{}",
        requests[0]
    );
}

#[tokio::test]
async fn no_credentials_and_expired_ones_are_told_apart() {
    let endpoint = Endpoint::start([refusal("ExpiredToken")]).await;
    let mut fixture = fixture("[profile p]\nregion = eu-west-1\n");
    // A profile that is named keeps the environment of the machine out.
    fixture.settings.profile = Some("p".into());
    let error = clients(&fixture.settings)
        .identity()
        .await
        .map(drop)
        .unwrap_err();
    assert_eq!(
        error.to_string(),
        "STS GetCallerIdentity: no AWS credentials were found; settings to look at: profile, \
         access_key, secret_key"
    );

    let fixture = with_endpoint(&endpoint);
    let error = clients(&fixture.settings)
        .identity()
        .await
        .map(drop)
        .unwrap_err();
    assert_eq!(
        error.as_call().unwrap().kind,
        CallFailure::ExpiredCredentials,
        "{error}"
    );
}

#[tokio::test]
async fn a_role_that_is_refused_is_told_with_its_arn() {
    let endpoint = Endpoint::start([refusal("AccessDenied")]).await;
    let mut fixture = with_endpoint(&endpoint);
    let role_arn = "arn:aws:iam::123456789012:role/first";
    fixture.settings.assume_role = vec![AssumeRole {
        role_arn: role_arn.into(),
        ..AssumeRole::default()
    }];
    let error = clients(&fixture.settings)
        .identity()
        .await
        .map(drop)
        .unwrap_err();
    assert_eq!(
        error.as_call().unwrap().kind,
        CallFailure::CredentialsSource,
        "{error}"
    );
    assert!(error.settings().contains(&"assume_role"));
    assert!(error.to_string().contains(role_arn), "{error}");
}

#[tokio::test]
async fn an_endpoint_that_is_not_there_is_told() {
    let mut fixture = with_endpoint(&Endpoint::start([]).await);
    // Port 1 is reserved for a service that nobody runs.
    fixture
        .settings
        .endpoints
        .insert(Service::Sts, "http://127.0.0.1:1".into());
    let error = clients(&fixture.settings)
        .identity()
        .await
        .map(drop)
        .unwrap_err();
    assert_eq!(
        error.as_call().unwrap().kind,
        CallFailure::Unreachable,
        "{error}"
    );
    assert!(error.settings().contains(&"endpoints"));
}

#[tokio::test]
async fn throttling_is_retried() {
    let endpoint = Endpoint::start([refusal("Throttling"), identity()]).await;
    let mut fixture = with_endpoint(&endpoint);
    fixture.settings.max_retries = Some(2);
    clients(&fixture.settings).identity().await.unwrap();
    assert_eq!(endpoint.requests().len(), 2);
}
