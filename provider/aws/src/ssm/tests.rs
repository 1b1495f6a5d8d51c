//! Requests as they go out, answers as AWS gives them.

use super::*;
use crate::tags::{TagChanges, Tags};
use crate::testing::Script;

fn ssm(answers: impl IntoIterator<Item = (u16, &'static str)>) -> (Ssm, Script) {
    let script = Script::new(answers);
    let client = Client::new(&script.sdk());
    (Ssm::new(client), script)
}

/// Bodies of the requests.
fn bodies(script: &Script) -> Vec<String> {
    let body = |request: &String| request.splitn(3, ' ').nth(2).unwrap().to_owned();
    script.requests().iter().map(body).collect()
}

const CONTENT: Content<'static> = Content {
    text: "text",
    encryption: Encryption::None,
    description: "what for",
    at_least: Tier::Standard,
};

#[tokio::test(start_paused = true)]
async fn texts_are_read_ten_at_a_time_and_never_decrypted() {
    let answer = r#"{"Parameters":[
        {"Name":"/a","ARN":"arn:a","Type":"String","Value":"one","Version":3},
        {"Name":"/b","ARN":"arn:b","Type":"SecureString","Value":"AQIC","Version":1}],
        "InvalidParameters":["/c"]}"#;
    let (ssm, script) = ssm([(200, answer)]);
    let (a, b, c) = tokio::join!(
        ssm.parameter("/a"),
        ssm.parameter("/b"),
        ssm.parameter("/c")
    );
    let a = a.unwrap().unwrap();
    assert_eq!(
        (a.text.as_deref(), a.version, a.arn.as_str()),
        (Some("one"), 3, "arn:a")
    );
    assert_eq!(b.unwrap().unwrap().text, None);
    assert_eq!(c.unwrap(), None);
    assert_eq!(
        bodies(&script),
        [r#"{"Names":["/a","/b","/c"],"WithDecryption":false}"#]
    );

    let (ssm, script) = self::ssm([(200, r#"{"Parameters":[]}"#), (200, r#"{"Parameters":[]}"#)]);
    let names: Vec<_> = (0..11).map(|n| format!("/{n:02}")).collect();
    let reads = names.iter().map(|name| ssm.parameter(name));
    for read in join_all(reads).await {
        assert_eq!(read.unwrap(), None);
    }
    assert_eq!(bodies(&script).len(), 2);
}

async fn join_all<T>(futures: impl IntoIterator<Item = impl Future<Output = T>>) -> Vec<T> {
    let mut pinned: Vec<_> = futures.into_iter().map(Box::pin).collect();
    let mut done = Vec::new();
    // All are polled once, so that all ask before the first answer comes.
    for future in &mut pinned {
        let polled = std::future::poll_fn(|cx| std::task::Poll::Ready(future.as_mut().poll(cx)));
        assert!(polled.await.is_pending());
    }
    for future in pinned {
        done.push(future.await);
    }
    done
}

#[tokio::test]
async fn metadata_is_read_without_texts_page_by_page() {
    let first = r#"{"Parameters":[{"Name":"/p/x","Type":"SecureString","KeyId":"alias/aws/ssm",
        "Version":2,"Tier":"Advanced","Description":"what for"}],"NextToken":"more"}"#;
    let second =
        r#"{"Parameters":[{"Name":"/p/y","Type":"String","Version":1,"Tier":"Standard"}]}"#;
    let (ssm, script) = ssm([(200, first), (200, second)]);
    let found = ssm.metadata_below("/p").await.unwrap();
    let expected = Metadata {
        name: "/p/x".into(),
        version: 2,
        is_secure: true,
        key_id: Some("alias/aws/ssm".into()),
        description: "what for".into(),
        tier: Tier::Advanced,
    };
    assert_eq!(found[0], expected);
    assert_eq!(
        (found[1].name.as_str(), found[1].is_secure),
        ("/p/y", false)
    );
    let asked = bodies(&script);
    let filter = r#"{"Key":"Path","Option":"Recursive","Values":["/p"]}"#;
    assert!(asked[0].contains(filter), "{asked:?}");
    assert!(asked[1].contains(r#""NextToken":"more""#), "{asked:?}");
}

#[tokio::test]
async fn what_is_not_there_is_none() {
    let missing = r#"{"__type":"ParameterNotFound"}"#;
    let no_version = r#"{"__type":"ParameterVersionNotFound"}"#;
    let no_tags = r#"{"__type":"InvalidResourceId"}"#;
    let (ssm, script) = ssm([(400, missing), (400, no_version), (400, no_tags)]);
    assert_eq!(ssm.secret("/a", None).await.unwrap(), None);
    assert_eq!(ssm.secret("/a", Some(2)).await.unwrap(), None);
    assert_eq!(ssm.parameter_tags("/a").await.unwrap(), None);
    let asked = bodies(&script);
    assert_eq!(asked[0], r#"{"Name":"/a","WithDecryption":true}"#);
    assert_eq!(asked[1], r#"{"Name":"/a:2","WithDecryption":true}"#);
}

#[tokio::test]
async fn what_is_made_is_tagged_and_made_once() {
    let exists = r#"{"__type":"ParameterAlreadyExists","message":"no"}"#;
    let (ssm, script) = ssm([(200, r#"{"Version":1,"Tier":"Standard"}"#), (400, exists)]);
    let tags = Tags::from([("k".to_owned(), "v".to_owned())]);
    let secret = Content {
        encryption: Encryption::Key("alias/mine"),
        ..CONTENT
    };
    assert_eq!(ssm.create_parameter("/a", secret, &tags).await.unwrap(), 1);
    let again = ssm.create_parameter("/a", secret, &tags).await.unwrap_err();
    assert!(already_exists(&again), "{again}");
    let asked: serde_json::Value = serde_json::from_str(&bodies(&script)[0]).unwrap();
    let expected = serde_json::json!({
        "Name": "/a", "Value": "text", "Type": "SecureString", "KeyId": "alias/mine",
        "Description": "what for", "Tier": "Standard", "Overwrite": false,
        "Tags": [{ "Key": "k", "Value": "v" }],
    });
    assert_eq!(asked, expected);
}

#[tokio::test]
async fn what_is_overwritten_has_no_tags_and_grows_into_the_next_tier() {
    let (ssm, script) = ssm([(200, r#"{"Version":2}"#), (200, r#"{"Version":3}"#)]);
    let text = "x".repeat(4097);
    let big = Content {
        text: &text,
        ..CONTENT
    };
    assert_eq!(ssm.overwrite_parameter("/a", big).await.unwrap(), 2);
    let small_again = Content {
        at_least: Tier::Advanced,
        ..CONTENT
    };
    assert_eq!(ssm.overwrite_parameter("/a", small_again).await.unwrap(), 3);
    for body in bodies(&script) {
        let asked: serde_json::Value = serde_json::from_str(&body).unwrap();
        assert_eq!(asked["Overwrite"], true);
        assert_eq!(asked["Tier"], "Advanced");
        assert_eq!(asked.get("Tags"), None);
    }
}

#[tokio::test]
async fn deletes_go_in_batches_and_what_is_gone_is_deleted() {
    let (ssm, script) = ssm([(200, r#"{"InvalidParameters":["/00"]}"#), (200, "{}")]);
    let names: Vec<_> = (0..12).map(|n| format!("/{n:02}")).collect();
    ssm.delete_parameters(&names).await.unwrap();
    assert_eq!(bodies(&script)[1], r#"{"Names":["/10","/11"]}"#);
}

#[tokio::test]
async fn tags_are_set_before_others_go() {
    let (ssm, script) = ssm([(200, "{}"), (200, "{}")]);
    let changes = TagChanges {
        set: Tags::from([("a".to_owned(), "1".to_owned())]),
        remove: ["b".to_owned()].into(),
    };
    ssm.change_parameter_tags("/a", &changes).await.unwrap();
    let asked = bodies(&script);
    assert!(
        asked[0].contains(r#""Tags":[{"Key":"a","Value":"1"}]"#),
        "{asked:?}"
    );
    assert!(asked[1].contains(r#""TagKeys":["b"]"#), "{asked:?}");
}

#[test]
fn a_text_is_not_printed() {
    let secret = Content {
        text: "hush",
        ..CONTENT
    };
    assert!(!format!("{secret:?}").contains("hush"));
}
