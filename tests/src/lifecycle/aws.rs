//! A plain client of the emulator: makes what resources need, and acts behind Terraform's back.
//!
//! It speaks the query protocol, Route 53's XML and Systems Manager's JSON, goes past the proxy, and signs nothing: the
//! emulator reads account, region and service from the credential scope alone.

use std::io::{Read, Write};
use std::net::TcpStream;

use serde_json::Value as Json;

use crate::emulator::{Account, Emulator};

/// A client for one account in us-east-1.
#[derive(Clone, Debug)]
pub struct Aws {
    host: String,
    account: String,
}

/// The answer to a call: XML.
#[derive(Clone, Debug)]
pub struct Answer(String);

/// # Panics
/// All calls panic if AWS refuses them.
impl Aws {
    /// A client for this account.
    #[must_use]
    pub fn new(emulator: &Emulator, account: &Account) -> Self {
        Self {
            host: emulator.url().trim_start_matches("http://").to_owned(),
            account: account.id().to_owned(),
        }
    }

    /// The id of the account.
    #[must_use]
    pub fn account(&self) -> &str {
        &self.account
    }

    /// Calls EC2 Auto Scaling.
    #[track_caller]
    pub fn autoscaling(&self, action: &str, parameters: &[(&str, &str)]) -> Answer {
        self.query("autoscaling", "2011-01-01", action, parameters)
    }

    /// Calls EC2.
    #[track_caller]
    pub fn ec2(&self, action: &str, parameters: &[(&str, &str)]) -> Answer {
        self.query("ec2", "2016-11-15", action, parameters)
    }

    /// Calls Elastic Load Balancing.
    #[track_caller]
    pub fn elb(&self, action: &str, parameters: &[(&str, &str)]) -> Answer {
        self.query("elasticloadbalancing", "2015-12-01", action, parameters)
    }

    /// Calls Identity and Access Management.
    #[track_caller]
    pub fn iam(&self, action: &str, parameters: &[(&str, &str)]) -> Answer {
        self.query("iam", "2010-05-08", action, parameters)
    }

    /// Calls Route 53; the path begins behind the version.
    #[track_caller]
    pub fn route53(&self, method: &str, path: &str, body: &str) -> Answer {
        let path = format!("/2013-04-01/{path}");
        self.send("route53", method, &path, "text/xml", body)
    }

    /// Calls Systems Manager.
    #[track_caller]
    pub fn ssm(&self, operation: &str, parameters: &Json) -> Json {
        let kind = format!("application/x-amz-json-1.1\r\nX-Amz-Target: AmazonSSM.{operation}");
        let answer = self.send("ssm", "POST", "/", &kind, &parameters.to_string());
        serde_json::from_str(&answer.0).unwrap_or(Json::Null)
    }

    /// Makes a bucket.
    #[track_caller]
    pub fn make_bucket(&self, name: &str) {
        self.send("s3", "PUT", &format!("/{name}"), "text/xml", "");
    }

    #[track_caller]
    fn query(
        &self,
        service: &str,
        version: &str,
        action: &str,
        parameters: &[(&str, &str)],
    ) -> Answer {
        let form = form_urlencoded::Serializer::new(String::new())
            .append_pair("Action", action)
            .append_pair("Version", version)
            .extend_pairs(parameters)
            .finish();
        let kind = "application/x-www-form-urlencoded";
        self.send(service, "POST", "/", kind, &form)
    }

    /// HTTP/1.0, so that the answer ends with the connection.
    #[track_caller]
    fn send(&self, service: &str, method: &str, path: &str, kind: &str, body: &str) -> Answer {
        let Self { host, account } = self;
        let length = body.len();
        let scope = format!("{account}/20260101/us-east-1/{service}/aws4_request");
        let request = format!(
            "{method} {path} HTTP/1.0\r\nHost: {host}\r\nContent-Type: {kind}\r\n\
             Content-Length: {length}\r\nAuthorization: AWS4-HMAC-SHA256 Credential={scope}, \
             SignedHeaders=host, Signature=0\r\n\r\n{body}"
        );
        let mut stream = TcpStream::connect(host).expect("the emulator listens");
        stream.write_all(request.as_bytes()).expect("it reads");
        let mut answer = String::new();
        stream.read_to_string(&mut answer).expect("it answers");
        let (head, text) = answer.split_once("\r\n\r\n").expect("an HTTP answer");
        let ok = head
            .split(' ')
            .nth(1)
            .is_some_and(|status| status.starts_with('2'));
        assert!(ok, "{service} refuses {body}:\n{answer}");
        Answer(text.to_owned())
    }
}

impl Answer {
    /// The text of the first element of this name.
    ///
    /// # Panics
    /// There is none.
    #[track_caller]
    #[must_use]
    pub fn text(&self, element: &str) -> String {
        match self.texts(element).first() {
            Some(text) => text.clone(),
            None => panic!("no <{element}> in {}", self.0),
        }
    }

    /// The elements of this name, each as an answer by itself. They hold no others of the name.
    #[must_use]
    pub fn each(&self, element: &str) -> Vec<Self> {
        self.texts(element).into_iter().map(Self).collect()
    }

    /// The answer without the first element of this name.
    #[must_use]
    pub fn without(&self, element: &str) -> Self {
        let (open, close) = (format!("<{element}>"), format!("</{element}>"));
        let inner = self.0.split_once(&open);
        let outer = inner.and_then(|(head, rest)| Some((head, rest.split_once(&close)?.1)));
        Self(outer.map_or_else(|| self.0.clone(), |(head, tail)| format!("{head}{tail}")))
    }

    /// The texts of all elements of this name.
    #[must_use]
    pub fn texts(&self, element: &str) -> Vec<String> {
        let (open, close) = (format!("<{element}>"), format!("</{element}>"));
        self.0
            .split(&open)
            .skip(1)
            .filter_map(|rest| rest.split_once(&close))
            .map(|(text, _)| text.to_owned())
            .collect()
    }

    /// The answer cut before each element of this name: its text and all that follows it, up to the
    /// next one.
    #[must_use]
    pub fn pieces(&self, element: &str) -> Vec<String> {
        let open = format!("<{element}>");
        self.0.split(&open).skip(1).map(ToOwned::to_owned).collect()
    }
}
