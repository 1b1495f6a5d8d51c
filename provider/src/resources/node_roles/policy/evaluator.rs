//! IAM's decision about a call, for tests: a second reading of the policies, by other code than
//! that which writes them.
//!
//! What IAM does with one identity-based policy: a call is allowed if a statement allows it and none
//! denies it. A statement is about a call if action, resource and all conditions fit.
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html>

use std::collections::BTreeMap;

use serde_json::Value as Json;

/// A call, and what IAM knows of it.
pub(super) struct Call<'a> {
    pub(super) action: &'a str,
    pub(super) resource: &'a str,
    /// Condition keys and their values.
    pub(super) context: &'a [(&'a str, &'a str)],
}

/// Whether a policy allows a call.
pub(super) fn is_allowed(policy: &str, call: &Call<'_>) -> bool {
    let policy: Json = serde_json::from_str(policy).unwrap();
    let statements = list(&policy["Statement"]);
    let about = |effect: &str| {
        statements
            .iter()
            .any(|one| one["Effect"] == effect && is_about(one, call))
    };
    about("Allow") && !about("Deny")
}

fn is_about(statement: &Json, call: &Call<'_>) -> bool {
    let members = statement.as_object().unwrap();
    for name in members.keys() {
        // What isn't read here must not be taken for fulfilled.
        let known = ["Action", "Condition", "Effect", "Resource", "Sid"];
        assert!(known.contains(&name.as_str()), "{name}");
    }
    let action = call.action.to_lowercase();
    let actions = texts(&statement["Action"]);
    let resources = texts(&statement["Resource"]);
    actions.iter().any(|one| fits(&one.to_lowercase(), &action))
        && resources.iter().any(|one| fits(one, call.resource))
        && statement["Condition"]
            .as_object()
            .into_iter()
            .flatten()
            .all(|(operator, keys)| holds(operator, keys, call))
}

fn holds(operator: &str, keys: &Json, call: &Call<'_>) -> bool {
    // Names of condition keys have no case.
    let context: BTreeMap<_, _> = call
        .context
        .iter()
        .map(|(key, value)| (key.to_lowercase(), *value))
        .collect();
    keys.as_object().unwrap().iter().all(|(key, wanted)| {
        let found = context.get(&key.to_lowercase()).copied();
        let wanted = texts(wanted);
        match operator {
            "Null" => wanted == [found.is_none().to_string()],
            "StringEquals" => found.is_some_and(|found| wanted.iter().any(|one| one == found)),
            "StringLike" => found.is_some_and(|found| wanted.iter().any(|one| fits(one, found))),
            other => panic!("an operator that isn't known here: {other}"),
        }
    })
}

/// Whether a text is of a pattern: `*` stands for any text, `?` for one character.
fn fits(pattern: &str, text: &str) -> bool {
    let (mut pattern_left, mut text_left) = (pattern.chars(), text.chars());
    match (pattern_left.next(), text_left.next()) {
        (None, None) => true,
        (Some('*'), None) => fits(pattern_left.as_str(), text),
        (Some('*'), Some(_)) => {
            fits(pattern_left.as_str(), text) || fits(pattern, text_left.as_str())
        }
        (Some('?'), Some(_)) => fits(pattern_left.as_str(), text_left.as_str()),
        (Some(a), Some(b)) => a == b && fits(pattern_left.as_str(), text_left.as_str()),
        _ => false,
    }
}

fn list(value: &Json) -> Vec<Json> {
    match value {
        Json::Array(all) => all.clone(),
        Json::Null => Vec::new(),
        one => vec![one.clone()],
    }
}

fn texts(value: &Json) -> Vec<String> {
    let all = list(value);
    all.iter()
        .map(|one| one.as_str().unwrap().to_owned())
        .collect()
}

#[test]
fn patterns_have_stars_and_question_marks() {
    for (pattern, text) in [
        ("*", ""),
        ("a*c", "abbc"),
        ("a*c", "ac"),
        ("a?c", "abc"),
        ("*:b/*", "a:b/c/d"),
    ] {
        assert!(fits(pattern, text), "{pattern} {text}");
    }
    for (pattern, text) in [("a?c", "ac"), ("a*c", "abd"), ("a", "ab"), ("ab", "a")] {
        assert!(!fits(pattern, text), "{pattern} {text}");
    }
}

#[test]
fn a_denial_counts_more() {
    let policy = r#"{"Statement":[
        {"Effect":"Allow","Action":"a:*","Resource":"*"},
        {"Effect":"Deny","Action":"A:B","Resource":"r*","Condition":{"StringEquals":{"k":["v"]}}}
    ]}"#;
    let call = |action, resource, context| Call {
        action,
        resource,
        context,
    };
    assert!(is_allowed(policy, &call("a:b", "r1", &[])));
    assert!(is_allowed(policy, &call("a:b", "x", &[("k", "v")])));
    assert!(!is_allowed(policy, &call("a:b", "r1", &[("K", "v")])));
    assert!(!is_allowed(policy, &call("b:b", "r1", &[])));
}
