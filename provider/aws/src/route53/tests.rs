//! Records as Route 53 spells them, and the cases it tells by text only.

use super::*;
use crate::testing::Script;

fn route53(answers: impl IntoIterator<Item = (u16, String)>) -> (Route53, Script) {
    let script = Script::new(answers);
    (Route53::new(Client::new(&script.sdk())), script)
}

fn alias() -> Record {
    Record {
        name: "api.prod.example.com".into(),
        record_type: "A".into(),
        data: RecordData::Alias {
            dns_name: "prod-api.elb.eu-west-1.amazonaws.com".into(),
            zone_id: "Z2".into(),
            evaluate_target_health: false,
        },
        set_identifier: None,
    }
}

fn set(name: &str, record_type: &str) -> String {
    format!(
        "<ResourceRecordSet><Name>{name}</Name><Type>{record_type}</Type><AliasTarget>\
         <HostedZoneId>Z2</HostedZoneId><DNSName>Prod-Api.elb.eu-west-1.amazonaws.com.</DNSName>\
         <EvaluateTargetHealth>false</EvaluateTargetHealth></AliasTarget></ResourceRecordSet>"
    )
}

fn list(sets: &str, next: Option<(&str, &str)>) -> (u16, String) {
    let next = match next {
        Some((name, kind)) => format!(
            "<IsTruncated>true</IsTruncated><NextRecordName>{name}</NextRecordName>\
             <NextRecordType>{kind}</NextRecordType>"
        ),
        None => "<IsTruncated>false</IsTruncated>".into(),
    };
    let body = format!(
        "<ListResourceRecordSetsResponse><ResourceRecordSets>{sets}</ResourceRecordSets>{next}\
         <MaxItems>300</MaxItems></ListResourceRecordSetsResponse>"
    );
    (200, body)
}

fn invalid(text: &str) -> (u16, String) {
    let body = format!(
        "<InvalidChangeBatch xmlns=\"https://route53.amazonaws.com/doc/2013-04-01/\"><Messages>\
         <Message>{text}</Message></Messages><RequestId>r-9</RequestId></InvalidChangeBatch>"
    );
    (400, body)
}

fn error_response(text: &str) -> (u16, String) {
    let body = format!(
        "<ErrorResponse xmlns=\"https://route53.amazonaws.com/doc/2013-04-01/\"><Error>\
         <Type>Sender</Type><Code>InvalidChangeBatch</Code><Message>{text}</Message></Error>\
         <RequestId>r-9</RequestId></ErrorResponse>"
    );
    (400, body)
}

const EXISTS: &str = "[Tried to create resource record set [name='api.prod.example.com.', \
                      type='A'] but it already exists]";
const NOT_THERE: &str = "[Tried to delete resource record set [name='api.prod.example.com.', \
                         type='A'] but it was not found]";

#[tokio::test]
async fn a_record_is_found_by_its_exact_name_and_type() {
    let (route53, script) = route53([list(
        &(set("api.prod.example.com.", "A") + &set("api.prod.example.com.", "AAAA")),
        None,
    )]);
    assert_eq!(
        route53
            .records("Z1", "API.prod.example.com.", "A")
            .await
            .unwrap(),
        [alias()]
    );
    let request = &script.requests()[0];
    assert!(
        request.contains("name=api.prod.example.com&type=A"),
        "{request}"
    );
}

#[tokio::test]
async fn the_list_is_left_at_the_first_other_name() {
    let next = Some(("z.example.com.", "A"));
    let (route53, script) = route53([list(&set("b.example.com.", "A"), next)]);
    assert_eq!(
        route53.records("Z1", "a.example.com", "A").await.unwrap(),
        []
    );
    assert_eq!(script.requests().len(), 1);
}

#[tokio::test]
async fn records_of_one_name_go_on_to_the_next_page() {
    let name = "a.example.com.";
    let (route53, script) = route53([
        list(&set(name, "A"), Some((name, "A"))),
        list(&set(name, "A"), None),
    ]);
    assert_eq!(
        route53
            .records("Z1", "a.example.com", "A")
            .await
            .unwrap()
            .len(),
        2
    );
    assert_eq!(script.requests().len(), 2);
}

#[tokio::test]
async fn a_record_that_exists_is_no_error_and_others_are() {
    let (route53, script) = route53([
        invalid(EXISTS),
        error_response(EXISTS),
        invalid("[RRSet not permitted]"),
    ]);
    assert_eq!(
        route53.create_record("Z1", &alias()).await.unwrap(),
        Created::Exists
    );
    assert_eq!(
        route53.create_record("Z1", &alias()).await.unwrap(),
        Created::Exists
    );
    let error = route53.create_record("Z1", &alias()).await.unwrap_err();
    assert!(error.to_string().contains("RRSet not permitted"), "{error}");
    assert!(script.requests()[0].contains("<Action>CREATE</Action>"));
}

#[tokio::test]
async fn what_is_gone_or_says_something_else_is_no_error_and_others_are() {
    let (route53, script) = route53([
        invalid(NOT_THERE),
        invalid("[but the values provided do not match the current values]"),
        invalid("[RRSet not permitted]"),
    ]);
    let removed = route53.delete_record("Z1", &alias()).await.unwrap();
    assert!(matches!(removed, Removed::Before));
    let removed = route53.delete_record("Z1", &alias()).await.unwrap();
    assert!(matches!(removed, Removed::Not(_)));
    assert!(route53.delete_record("Z1", &alias()).await.is_err());
    assert!(script.requests()[0].contains("<HostedZoneId>Z2</HostedZoneId>"));
}

#[test]
fn names_are_compared_as_route_53_does() {
    assert_eq!(record::bare_name("\\052.Example.com."), "*.example.com");
    assert_eq!(record::bare_name("a\\b"), "a\\b");
    assert_eq!(record::bare_name("a\\9é"), "a\\9é");
    assert_eq!(bare_id("/hostedzone/Z1"), "Z1");
}

#[tokio::test]
async fn records_that_are_asked_for_together_share_a_list_as_far_as_it_tells_of_them() {
    let page = set("a.example.com.", "A") + &set("b.example.com.", "A");
    // The list is cut off at b, so it may have more of b than this; and it has nothing of d.
    let (route53, script) = route53([
        list(&page, Some(("b.example.com.", "AAAA"))),
        list(
            &(set("b.example.com.", "A") + &set("c.example.com.", "A")),
            None,
        ),
        list("", None),
    ]);
    let names = [
        "d.example.com",
        "b.example.com",
        "a.example.com",
        "c.example.com",
    ];
    let [d, b, a, c] = names.map(|name| route53.records("Z1", name, "A"));
    let (d, b, a, c) = tokio::try_join!(d, b, a, c).unwrap();
    assert_eq!([d.len(), b.len(), a.len(), c.len()], [0, 1, 1, 1]);
    assert_eq!(
        (&*b[0].name, &*c[0].name),
        ("b.example.com", "c.example.com")
    );
    let asked = script.requests();
    let asked: Vec<_> = asked
        .iter()
        .map(|request| request.contains("name=b."))
        .collect();
    assert_eq!(asked, [false, true, false]);
}
