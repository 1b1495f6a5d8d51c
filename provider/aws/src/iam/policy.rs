//! Policy documents: written in one form, and compared by what they mean.
//!
//! IAM keeps a document as it was given, but people and tools write the same in many ways: one
//! value or a list of one, in any order, with actions in any case.
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html>

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

/// The one version of the language that has policy variables, and so the one in use.
const VERSION: &str = "2012-10-17";

/// A document, in normal form: elements that mean a set are sorted lists without doubles.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Policy {
    statements: Vec<Statement>,
    /// All beside the statements.
    rest: BTreeMap<String, Value>,
}

/// A statement of a document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Statement(BTreeMap<String, Value>);

impl Policy {
    /// A document of these statements.
    #[must_use]
    pub fn new(statements: impl IntoIterator<Item = Statement>) -> Self {
        Self {
            statements: statements.into_iter().collect(),
            rest: BTreeMap::from([("Version".to_owned(), json!(VERSION))]),
        }
    }

    /// Reads a document, whatever it holds. `None` if it is none: no JSON, or without statements.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let Ok(Value::Object(mut members)) = serde_json::from_str::<Value>(text) else {
            return None;
        };
        let statements = match members.remove("Statement")? {
            Value::Array(statements) => statements,
            one => vec![one],
        };
        Some(Self {
            statements: statements
                .into_iter()
                .map(Statement::parse)
                .collect::<Option<_>>()?,
            rest: members.into_iter().collect(),
        })
    }

    /// The document's text: equal for equal documents.
    #[must_use]
    pub fn text(&self) -> String {
        let statements: Vec<_> = self.statements.iter().map(|one| json!(one.0)).collect();
        let mut members = self.rest.clone();
        members.insert("Statement".to_owned(), Value::Array(statements));
        json!(members).to_string()
    }

    /// Whether both allow and deny the same, under the same names of statements.
    #[must_use]
    pub fn means_the_same(&self, other: &Self) -> bool {
        self.rest == other.rest && self.meanings() == other.meanings()
    }

    /// The statement of this `Sid`.
    #[must_use]
    pub fn statement(&self, sid: &str) -> Option<&Statement> {
        self.statements.iter().find(|one| one.sid() == Some(sid))
    }

    /// Its statements.
    #[must_use]
    pub fn statements(&self) -> &[Statement] {
        &self.statements
    }

    /// How many characters IAM counts: all but white space.
    /// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html>
    #[must_use]
    pub fn size(&self) -> usize {
        let text = self.text();
        text.chars().filter(|c| !c.is_whitespace()).count()
    }

    /// The statements' order has no meaning.
    fn meanings(&self) -> Vec<String> {
        let mut meanings: Vec<String> = self.statements.iter().map(Statement::meaning).collect();
        meanings.sort_unstable();
        meanings
    }
}

impl Statement {
    /// A statement that allows these actions on these resources.
    #[must_use]
    pub fn allow(sid: &str, actions: &[&str], resources: impl IntoIterator<Item = String>) -> Self {
        Self::of("Allow", sid, actions, resources)
    }

    /// A statement that denies these actions on these resources, whatever else allows them.
    #[must_use]
    pub fn deny(sid: &str, actions: &[&str], resources: impl IntoIterator<Item = String>) -> Self {
        Self::of("Deny", sid, actions, resources)
    }

    /// A statement of a trust policy: this service may assume the role.
    #[must_use]
    pub fn trust(service: &str) -> Self {
        Self(BTreeMap::from([
            ("Action".to_owned(), json!(["sts:AssumeRole"])),
            ("Effect".to_owned(), json!("Allow")),
            ("Principal".to_owned(), json!({ "Service": [service] })),
        ]))
    }

    fn of(
        effect: &str,
        sid: &str,
        actions: &[&str],
        resources: impl IntoIterator<Item = String>,
    ) -> Self {
        let actions: BTreeSet<_> = actions.iter().collect();
        let resources: BTreeSet<_> = resources.into_iter().collect();
        Self(BTreeMap::from([
            ("Action".to_owned(), json!(actions)),
            ("Effect".to_owned(), json!(effect)),
            ("Resource".to_owned(), json!(resources)),
            ("Sid".to_owned(), json!(sid)),
        ]))
    }

    /// The same under one more condition: `operator`, such as `StringEquals`, holds between the
    /// request's value of `key` and one of `values`.
    #[must_use]
    pub fn when(mut self, operator: &str, key: &str, values: &[&str]) -> Self {
        let values: BTreeSet<_> = values.iter().collect();
        let conditions = self
            .0
            .entry("Condition".to_owned())
            .or_insert_with(|| json!({}));
        if let Value::Object(operators) = conditions {
            let keys = operators.entry(operator).or_insert_with(|| json!({}));
            if let Value::Object(keys) = keys {
                keys.insert(key.to_owned(), json!(values));
            }
        }
        self
    }

    /// Its name.
    #[must_use]
    pub fn sid(&self) -> Option<&str> {
        self.0.get("Sid").and_then(Value::as_str)
    }

    /// The resources that it is about.
    #[must_use]
    pub fn resources(&self) -> Vec<&str> {
        match self.0.get("Resource") {
            Some(Value::String(one)) => vec![one],
            Some(Value::Array(all)) => all.iter().filter_map(Value::as_str).collect(),
            _ => Vec::new(),
        }
    }

    fn parse(value: Value) -> Option<Self> {
        let Value::Object(members) = value else {
            return None;
        };
        let normal = |(name, value): (String, Value)| {
            let value = match name.as_str() {
                "Action" | "NotAction" | "Resource" | "NotResource" => set(value),
                "Principal" | "NotPrincipal" => each_set(value),
                "Condition" => each(value, each_set),
                _ => value,
            };
            (name, value)
        };
        Some(Self(members.into_iter().map(normal).collect()))
    }

    /// A text that is equal for statements that mean the same. Actions and the keys of conditions
    /// are compared without regard to case, as IAM does.
    fn meaning(&self) -> String {
        let mut members = self.0.clone();
        for (name, value) in &mut members {
            match name.as_str() {
                "Action" | "NotAction" => *value = set(lower(std::mem::take(value))),
                "Condition" => *value = each(std::mem::take(value), lower_keys),
                _ => {}
            }
        }
        json!(members).to_string()
    }
}

/// One value or several, in any order: a sorted list. Numbers and truth values mean what their
/// texts mean.
fn set(value: Value) -> Value {
    let values = match value {
        Value::Array(values) => values,
        one => vec![one],
    };
    let texts = values.into_iter().map(|value| match value {
        Value::String(text) => text,
        other => other.to_string(),
    });
    json!(texts.collect::<BTreeSet<_>>())
}

/// The same for each member of an object. What isn't one, such as the principal `*`, stays.
fn each_set(value: Value) -> Value {
    each(value, set)
}

fn each(value: Value, f: impl Fn(Value) -> Value) -> Value {
    match value {
        Value::Object(members) => {
            let members: BTreeMap<_, _> = members
                .into_iter()
                .map(|(name, value)| (name, f(value)))
                .collect();
            json!(members)
        }
        other => other,
    }
}

fn lower(value: Value) -> Value {
    match value {
        Value::Array(values) => values.into_iter().map(lower).collect(),
        Value::String(text) => json!(text.to_lowercase()),
        other => other,
    }
}

fn lower_keys(value: Value) -> Value {
    match value {
        Value::Object(members) => {
            let members: BTreeMap<_, _> = members
                .into_iter()
                .map(|(name, value)| (name.to_lowercase(), value))
                .collect();
            json!(members)
        }
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn policy() -> Policy {
        let read = Statement::allow(
            "Read",
            &["ssm:GetParameter", "ec2:DescribeInstances"],
            ["arn:aws:ssm:r:1:parameter/a".to_owned()],
        );
        let guarded = Statement::deny("Never", &["ssm:*"], ["*".to_owned()])
            .when("StringEquals", "aws:ResourceTag/a", &["b"])
            .when("StringEquals", "aws:RequestTag/a", &["c", "b"]);
        Policy::new([read, guarded])
    }

    #[test]
    fn a_document_is_written_in_one_form_and_read_back() {
        let text = policy().text();
        assert_eq!(
            text,
            r#"{"Statement":[{"Action":["ec2:DescribeInstances","ssm:GetParameter"],"Effect":"Allow","Resource":["arn:aws:ssm:r:1:parameter/a"],"Sid":"Read"},{"Action":["ssm:*"],"Condition":{"StringEquals":{"aws:RequestTag/a":["b","c"],"aws:ResourceTag/a":["b"]}},"Effect":"Deny","Resource":["*"],"Sid":"Never"}],"Version":"2012-10-17"}"#
        );
        assert_eq!(Policy::parse(&text), Some(policy()));
        assert_eq!(policy().size(), text.len());
    }

    #[test]
    fn what_is_written_otherwise_means_the_same() {
        let otherwise = r#"
            { "Version": "2012-10-17", "Statement": [
              { "Sid": "Never", "Effect": "Deny", "Action": "SSM:*", "Resource": "*",
                "Condition": { "StringEquals": {
                  "aws:resourcetag/a": "b", "aws:RequestTag/a": ["c", "b"] } } },
              { "Sid": "Read", "Effect": "Allow", "Resource": "arn:aws:ssm:r:1:parameter/a",
                "Action": ["ssm:getparameter", "ec2:DescribeInstances", "ssm:GetParameter"] }
            ] }"#;
        let otherwise = Policy::parse(otherwise).unwrap();
        assert!(otherwise.means_the_same(&policy()));
        assert_ne!(otherwise, policy());
    }

    #[test]
    fn one_statement_needs_no_list_and_a_principal_may_be_a_star() {
        let one = r#"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Principal":{"Service":"ec2.amazonaws.com"},"Action":"sts:AssumeRole"}}"#;
        let trust = Policy::new([Statement::trust("ec2.amazonaws.com")]);
        assert!(Policy::parse(one).unwrap().means_the_same(&trust));
        let star = one.replace(r#"{"Service":"ec2.amazonaws.com"}"#, r#""*""#);
        assert!(!Policy::parse(&star).unwrap().means_the_same(&trust));
    }

    #[test]
    fn every_difference_of_meaning_counts() {
        let text = policy().text();
        for (from, to) in [
            ("parameter/a", "parameter/A"),
            ("Deny", "Allow"),
            ("ec2:DescribeInstances", "ec2:DescribeInstance"),
            ("StringEquals", "StringLike"),
            (r#"["b","c"]"#, r#"["b"]"#),
            ("aws:ResourceTag/a", "aws:ResourceTag/b"),
            ("Read", "Other"),
            ("2012-10-17", "2008-10-17"),
            (r#""Action":["ssm:*"]"#, r#""NotAction":["ssm:*"]"#),
        ] {
            let changed = Policy::parse(&text.replacen(from, to, 1)).unwrap();
            assert!(!changed.means_the_same(&policy()), "{from} to {to}");
        }
    }

    #[test]
    fn statements_are_found_by_name() {
        let policy = policy();
        let read = policy.statement("Read").unwrap();
        assert_eq!(read.resources(), ["arn:aws:ssm:r:1:parameter/a"]);
        assert!(policy.statement("Write").is_none());
    }

    #[test]
    fn what_is_no_document_is_none() {
        for text in ["", "{}", "[]", r#"{"Statement":["x"]}"#, r#"{"Statement":"#] {
            assert_eq!(Policy::parse(text), None, "{text}");
        }
    }
}
