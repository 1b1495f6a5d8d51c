//! Which AWS action a request asks for, read from its signature, headers, path and body.

use std::collections::BTreeMap;

use http::header::{AUTHORIZATION, CONTENT_TYPE};
use http::request::Parts;
use serde_json::Value;

use super::route53;

/// How a service words its requests and answers.
///
/// These are what the Rust SDKs of ec2, autoscaling, elasticloadbalancing, iam and sts (query), ssm (JSON) and
/// route53 (REST-XML) speak.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Wire {
    /// The query protocol in EC2's own dialect.
    Ec2,
    /// The query protocol.
    Query,
    /// JSON 1.0 or 1.1, the operation in a header.
    Json,
    /// XML, the operation in method and path.
    RestXml,
}

/// What a request asks for.
#[derive(Debug)]
pub(super) struct Request {
    pub(super) service: String,
    pub(super) operation: String,
    pub(super) wire: Wire,
    pub(super) parameters: BTreeMap<String, String>,
}

impl Request {
    /// Reads the request.
    pub(super) fn read(head: &Parts, body: &[u8]) -> Self {
        let signed_for = signed_service(head);
        if let Some(target) = header(head, "x-amz-target") {
            let operation = target.rsplit('.').next().unwrap_or(target).to_owned();
            let service = signed_for.unwrap_or(UNSIGNED).to_owned();
            return Self {
                service,
                operation,
                wire: Wire::Json,
                parameters: members(body),
            };
        }
        let mut parameters = form(head.uri.query().unwrap_or_default().as_bytes());
        if header(head, CONTENT_TYPE.as_str())
            .is_some_and(|kind| kind.starts_with("application/x-www-form-urlencoded"))
        {
            parameters.append(&mut form(body));
        }
        if let Some(operation) = parameters.get("Action").cloned() {
            let service = signed_for
                .unwrap_or_else(|| unsigned_service(&operation))
                .to_owned();
            let wire = if service == "ec2" {
                Wire::Ec2
            } else {
                Wire::Query
            };
            return Self {
                service,
                operation,
                wire,
                parameters,
            };
        }
        let path = head.uri.path();
        parameters.insert("path".to_owned(), path.to_owned());
        if !body.is_empty() {
            parameters.insert(
                "body".to_owned(),
                String::from_utf8_lossy(body).into_owned(),
            );
        }
        let service = signed_for.unwrap_or(UNSIGNED).to_owned();
        let known = (service == "route53")
            .then(|| route53::operation(&head.method, path))
            .flatten();
        let operation = known.map_or_else(|| format!("{} {path}", head.method), str::to_owned);
        Self {
            service,
            operation,
            wire: Wire::RestXml,
            parameters,
        }
    }

    /// The name that logs and rules use.
    pub(super) fn action(&self) -> String {
        format!("{}:{}", self.service, self.operation)
    }
}

const UNSIGNED: &str = "unsigned";

/// The service in the credential scope: `Credential=<key>/<date>/<region>/<service>/aws4_request`.
fn signed_service(head: &Parts) -> Option<&str> {
    let authorization = header(head, AUTHORIZATION.as_str())?;
    let (_, credential) = authorization.split_once("Credential=")?;
    let scope = credential.split([',', ' ']).next()?;
    scope.rsplit('/').nth(1)
}

/// Operations that exchange a token for credentials aren't signed.
fn unsigned_service(operation: &str) -> &'static str {
    if operation.starts_with("AssumeRoleWith") {
        "sts"
    } else {
        UNSIGNED
    }
}

fn header<'a>(head: &'a Parts, name: &str) -> Option<&'a str> {
    head.headers.get(name)?.to_str().ok()
}

fn form(text: &[u8]) -> BTreeMap<String, String> {
    form_urlencoded::parse(text).into_owned().collect()
}

fn members(body: &[u8]) -> BTreeMap<String, String> {
    let Ok(Value::Object(members)) = serde_json::from_slice(body) else {
        return BTreeMap::new();
    };
    let text = |value| match value {
        Value::String(text) => text,
        other => other.to_string(),
    };
    members
        .into_iter()
        .map(|(name, value)| (name, text(value)))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const SCOPE: &str = "AWS4-HMAC-SHA256 Credential=123456789012/20260101/eu-west-1/";

    fn request(
        service: &str,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: &str,
    ) -> Request {
        let signature = format!("{SCOPE}{service}/aws4_request, SignedHeaders=host, Signature=0");
        let mut built = http::Request::builder()
            .method(method)
            .uri(path)
            .header(AUTHORIZATION, signature);
        for (name, value) in headers {
            built = built.header(*name, *value);
        }
        let (head, ()) = built.body(()).unwrap().into_parts();
        Request::read(&head, body.as_bytes())
    }

    const FORM: (&str, &str) = ("content-type", "application/x-www-form-urlencoded");

    #[test]
    fn query_names_its_action_in_the_form() {
        let read = request(
            "elasticloadbalancing",
            "POST",
            "/",
            &[FORM],
            "Action=CreateLoadBalancer&Name=a%2Fb+c",
        );
        assert_eq!(read.action(), "elasticloadbalancing:CreateLoadBalancer");
        assert_eq!(read.wire, Wire::Query);
        assert_eq!(read.parameters["Name"], "a/b c");
    }

    #[test]
    fn ec2_has_its_own_dialect() {
        let read = request(
            "ec2",
            "POST",
            "/",
            &[FORM],
            "Action=DescribeVpcs&Version=2016-11-15",
        );
        assert_eq!(
            (read.action().as_str(), read.wire),
            ("ec2:DescribeVpcs", Wire::Ec2)
        );
    }

    #[test]
    fn json_names_its_action_in_a_header() {
        let target = ("x-amz-target", "AmazonSSM.GetParameter");
        let read = request(
            "ssm",
            "POST",
            "/",
            &[target],
            r#"{"Name":"/a","WithDecryption":true}"#,
        );
        assert_eq!(
            (read.action().as_str(), read.wire),
            ("ssm:GetParameter", Wire::Json)
        );
        assert_eq!(read.parameters["Name"], "/a");
        assert_eq!(read.parameters["WithDecryption"], "true");
    }

    #[test]
    fn route_53_is_routed_by_method_and_path() {
        let read = request(
            "route53",
            "POST",
            "/2013-04-01/hostedzone/Z1/rrset",
            &[],
            "<ChangeBatch/>",
        );
        assert_eq!(
            (read.action().as_str(), read.wire),
            ("route53:ChangeResourceRecordSets", Wire::RestXml)
        );
        assert_eq!(read.parameters["body"], "<ChangeBatch/>");
    }

    #[test]
    fn what_is_unknown_keeps_method_and_path() {
        assert_eq!(
            request("s3", "PUT", "/bucket", &[], "").action(),
            "s3:PUT /bucket"
        );
    }

    #[test]
    fn unsigned_calls_are_named_too() {
        let (head, ()) = http::Request::builder()
            .header(FORM.0, FORM.1)
            .body(())
            .unwrap()
            .into_parts();
        let read = Request::read(&head, b"Action=AssumeRoleWithWebIdentity");
        assert_eq!(read.action(), "sts:AssumeRoleWithWebIdentity");
        assert_eq!(
            Request::read(&head, b"Action=Other").action(),
            "unsigned:Other"
        );
    }
}
