//! Requests as they go out, answers as AWS gives them.

use super::*;
use crate::tags::{TagChanges, Tags};
use crate::testing::Script;

fn iam<B: Into<String>>(answers: impl IntoIterator<Item = (u16, B)>) -> (Iam, Script) {
    let script = Script::new(answers);
    let client = aws_sdk_iam::Client::new(&script.sdk());
    (Iam::new(client), script)
}

fn answer(operation: &str, result: &str) -> (u16, String) {
    let body = format!(
        "<{operation}Response xmlns=\"https://iam.amazonaws.com/doc/2010-05-08/\">\
         <{operation}Result>{result}</{operation}Result>\
         <ResponseMetadata><RequestId>r-1</RequestId></ResponseMetadata></{operation}Response>"
    );
    (200, body)
}

fn refusal(status: u16, code: &str) -> (u16, String) {
    let body = format!(
        "<ErrorResponse><Error><Type>Sender</Type><Code>{code}</Code><Message>text of AWS\
         </Message></Error><RequestId>r-9</RequestId></ErrorResponse>"
    );
    (status, body)
}

const ROLE: &str = "<Role><Path>/k8s/</Path><RoleName>prod-worker</RoleName><RoleId>AROA1</RoleId>\
    <Arn>arn:aws:iam::123456789012:role/k8s/prod-worker</Arn>\
    <CreateDate>2026-01-01T00:00:00Z</CreateDate><Description>what for</Description>\
    <AssumeRolePolicyDocument>%7B%22Statement%22%3A%5B%5D%7D</AssumeRolePolicyDocument>\
    <PermissionsBoundary><PermissionsBoundaryType>Policy</PermissionsBoundaryType>\
    <PermissionsBoundaryArn>arn:aws:iam::123456789012:policy/bounds</PermissionsBoundaryArn>\
    </PermissionsBoundary><Tags><member><Key>team</Key><Value>a</Value></member></Tags></Role>";

fn profile(role: &str) -> String {
    let role = format!(
        "<member><Path>/</Path><RoleName>{role}</RoleName><RoleId>AROA1</RoleId>\
         <Arn>arn:aws:iam::123456789012:role/{role}</Arn>\
         <CreateDate>2026-01-01T00:00:00Z</CreateDate></member>"
    );
    format!(
        "<InstanceProfile><Path>/</Path><InstanceProfileName>prod-worker</InstanceProfileName>\
         <InstanceProfileId>AIPA1</InstanceProfileId>\
         <Arn>arn:aws:iam::123456789012:instance-profile/prod-worker</Arn>\
         <CreateDate>2026-01-01T00:00:00Z</CreateDate><Roles>{role}</Roles>\
         <Tags><member><Key>team</Key><Value>a</Value></member></Tags></InstanceProfile>"
    )
}

fn tags(pairs: &[(&str, &str)]) -> Tags {
    let pairs = pairs.iter();
    pairs
        .map(|(key, value)| ((*key).into(), (*value).into()))
        .collect()
}

#[tokio::test]
async fn a_role_is_read_as_it_is() {
    let (iam, _) = iam([answer("GetRole", ROLE)]);
    let found = iam.role("prod-worker").await.unwrap().unwrap();
    let expected = Role {
        arn: "arn:aws:iam::123456789012:role/k8s/prod-worker".into(),
        name: "prod-worker".into(),
        path: "/k8s/".into(),
        description: "what for".into(),
        trust_policy: r#"{"Statement":[]}"#.into(),
        permissions_boundary: Some("arn:aws:iam::123456789012:policy/bounds".into()),
        tags: tags(&[("team", "a")]),
    };
    assert_eq!(found, expected);
}

#[tokio::test]
async fn what_is_not_there_is_no_error() {
    let missing = || refusal(404, "NoSuchEntity");
    let (iam, _) = iam((0..10).map(|_| missing()));
    assert_eq!(iam.role("x").await.unwrap(), None);
    assert_eq!(iam.inline_policy("x", "p").await.unwrap(), None);
    assert_eq!(iam.inline_policy_names("x").await.unwrap(), None);
    assert_eq!(iam.attached_policies("x").await.unwrap(), None);
    assert_eq!(iam.instance_profile("x").await.unwrap(), None);
    assert_eq!(iam.instance_profiles_of("x").await.unwrap(), []);
    assert!(!iam.managed_policy_exists("arn").await.unwrap());
    iam.delete_role("x").await.unwrap();
    iam.detach_policy("x", "arn").await.unwrap();
    iam.remove_role_from_profile("x", "x").await.unwrap();
}

#[tokio::test]
async fn a_role_in_use_is_an_error() {
    let (iam, _) = iam([refusal(409, "DeleteConflict")]);
    let error = iam.delete_role("x").await.unwrap_err();
    assert!(error.is_conflict() && !is_in_flux(&error), "{error}");
}

#[tokio::test]
async fn a_full_instance_profile_is_not_throttling() {
    let (iam, _) = iam([refusal(409, "LimitExceeded")]);
    let error = iam.add_role_to_profile("x", "y").await.unwrap_err();
    assert!(!error.is_throttled(), "{error}");
}

#[tokio::test]
async fn a_create_says_all_it_was_given() {
    let (iam, script) = iam([answer("CreateRole", ROLE)]);
    let new = NewRole {
        name: "prod-worker".into(),
        path: "/k8s/".into(),
        description: "what for".into(),
        trust_policy: "{}".into(),
        permissions_boundary: Some("arn:b".into()),
        tags: tags(&[("team", "a")]),
    };
    assert_eq!(iam.create_role(&new).await.unwrap().path, "/k8s/");
    let request = &script.requests()[0];
    for part in [
        "RoleName=prod-worker",
        "Path=%2Fk8s%2F",
        "Description=what%20for",
        "AssumeRolePolicyDocument=%7B%7D",
        "PermissionsBoundary=arn%3Ab",
        "Tags.member.1.Key=team&Tags.member.1.Value=a",
    ] {
        assert!(request.contains(part), "no {part} in {request}");
    }
}

#[tokio::test]
async fn a_policy_comes_back_as_it_was_given() {
    let document = "<RoleName>x</RoleName><PolicyName>p</PolicyName>\
        <PolicyDocument>%7B%22a%22%3A%20%22%C3%A4%2B%25%22%7D</PolicyDocument>";
    let (iam, _) = iam([answer("GetRolePolicy", document)]);
    let found = iam.inline_policy("x", "p").await.unwrap();
    assert_eq!(found.as_deref(), Some(r#"{"a": "ä+%"}"#));
}

#[tokio::test]
async fn lists_go_on_to_their_end() {
    let page = |name: &str, more: bool| {
        let marker = if more { "<Marker>m</Marker>" } else { "" };
        format!(
            "<AttachedPolicies><member><PolicyName>{name}</PolicyName><PolicyArn>arn:{name}\
             </PolicyArn></member></AttachedPolicies><IsTruncated>{more}</IsTruncated>{marker}"
        )
    };
    let operation = "ListAttachedRolePolicies";
    let (iam, script) = iam([
        answer(operation, &page("a", true)),
        answer(operation, &page("b", false)),
    ]);
    let found = iam.attached_policies("x").await.unwrap().unwrap();
    assert_eq!(Vec::from_iter(found), ["arn:a", "arn:b"]);
    assert!(script.requests()[1].contains("Marker=m"));
}

#[tokio::test]
async fn a_boundary_is_set_or_lifted() {
    let (iam, script) = iam([(200, ""), (200, "")]);
    iam.set_permissions_boundary("x", Some("arn:b"))
        .await
        .unwrap();
    iam.set_permissions_boundary("x", None).await.unwrap();
    let requests = script.requests();
    assert!(requests[0].contains("Action=PutRolePermissionsBoundary"));
    assert!(requests[1].contains("Action=DeleteRolePermissionsBoundary"));
}

#[tokio::test]
async fn an_instance_profile_is_read_with_its_role() {
    let (iam, _) = iam([answer("GetInstanceProfile", &profile("prod-worker"))]);
    let found = iam.instance_profile("prod-worker").await.unwrap().unwrap();
    assert_eq!(found.roles, ["prod-worker"]);
    assert_eq!(found.tags, tags(&[("team", "a")]));
}

#[tokio::test]
async fn tags_are_set_before_others_are_removed() {
    let (iam, script) = iam([(200, ""), (200, "")]);
    let changes = TagChanges {
        set: tags(&[("team", "b")]),
        remove: ["old".to_owned()].into(),
    };
    iam.change_role_tags("x", &changes).await.unwrap();
    let requests = script.requests();
    assert!(requests[0].contains("Action=TagRole"), "{requests:?}");
    assert!(requests[1].contains("Action=UntagRole"), "{requests:?}");
}

/// Removing `Team` takes `team` along, since they are one key to IAM.
#[tokio::test]
async fn a_key_that_changes_its_case_goes_before_it_comes() {
    let (iam, script) = iam([(200, ""), (200, ""), (200, "")]);
    let changes = TagChanges {
        set: tags(&[("team", "b")]),
        remove: ["Team".to_owned(), "old".to_owned()].into(),
    };
    let changed = iam.change_instance_profile_tags("x", &changes).await;
    changed.unwrap();
    let requests = script.requests();
    let expected = [
        "TagKeys.member.1=Team",
        "Tags.member.1.Key=team",
        "TagKeys.member.1=old",
    ];
    for (request, part) in requests.iter().zip(expected) {
        assert!(request.contains(part), "no {part} in {request}");
    }
}
