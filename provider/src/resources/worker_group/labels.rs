//! What Kubernetes takes as the key and value of a label or taint.
//!
//! <https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/#syntax-and-character-set>;
//! taints go by the same rules:
//! <https://kubernetes.io/docs/reference/generated/kubectl/kubectl-commands#taint>

use tfplug::validate::Check;
use tfplug::value::Value;

/// A key: a name, perhaps behind a domain and a slash. `room` is how many characters a tag's key
/// leaves for it.
pub(super) fn key(room: usize) -> Check {
    let rule = format!(
        "a key of Kubernetes: up to 63 letters, digits, - _ and ., with a letter or digit at both \
         ends, perhaps behind a domain and a /, of up to {room} characters together"
    );
    Check::new(rule, move |value| match value {
        Value::String(text) => is_key(text) && text.len() <= room,
        _ => true,
    })
}

/// A value.
pub(super) fn value() -> Check {
    Check::new(
        "a value of Kubernetes: nothing, or up to 63 letters, digits, - _ and ., with a letter or \
         digit at both ends",
        |value| match value {
            Value::String(text) => is_value(text),
            _ => true,
        },
    )
}

fn is_key(key: &str) -> bool {
    match key.split_once('/') {
        None => is_name(key),
        Some((domain, name)) => is_domain(domain) && is_name(name),
    }
}

fn is_value(value: &str) -> bool {
    value.is_empty() || is_name(value)
}

/// Longest names, values, and domains.
const NAME: usize = 63;
const DOMAIN: usize = 253;

fn is_name(name: &str) -> bool {
    let inner = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
    name.len() <= NAME && name.chars().all(inner) && ends_in(name, |c| c.is_ascii_alphanumeric())
}

/// A domain of RFC 1123 in lower case.
fn is_domain(domain: &str) -> bool {
    let letter = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit();
    domain.len() <= DOMAIN
        && domain
            .split('.')
            .all(|label| label.chars().all(|c| letter(c) || c == '-') && ends_in(label, letter))
}

/// Whether the first and the last character are such ones; not of an empty text.
fn ends_in(text: &str, are: impl Fn(char) -> bool) -> bool {
    text.chars().next().is_some_and(&are) && text.chars().next_back().is_some_and(are)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn keys_are_names_perhaps_behind_a_domain() {
        let long = "x".repeat(63);
        for good in [
            "a",
            "Team",
            "a_b.c-d",
            "example.com/a",
            "node.kubernetes.io/Group_1",
            &long,
            &format!("a.b/{long}"),
        ] {
            assert!(is_key(good), "{good}");
        }
        for bad in [
            "",
            "/",
            "a/",
            "/a",
            "a/b/c",
            "-a",
            "a.",
            "a b",
            "ä",
            "Example.com/a",
            "example..com/a",
            "-x.com/a",
            "exa_mple.com/a",
            &"x".repeat(64),
            &format!("{}/a", "x".repeat(254)),
        ] {
            assert!(!is_key(bad), "{bad}");
        }
    }

    #[test]
    fn values_may_be_empty() {
        for (text, good) in [
            ("", true),
            ("gpu", true),
            ("a.b_c-d", true),
            ("a/b", false),
            ("a b", false),
            ("_a", false),
            (&"x".repeat(64), false),
        ] {
            assert_eq!(is_value(text), good, "{text}");
        }
    }

    #[test]
    fn a_key_must_fit_into_a_tag_s() {
        let check = key(10);
        assert!(check.problems(&"abcdefghij".into()).is_empty());
        assert_eq!(check.problems(&"abcdefghijk".into()).len(), 1);
    }

    proptest! {
        /// The expressions that Kubernetes itself checks with.
        #[test]
        fn as_kubernetes_has_it(text in "[a-zA-Z0-9._/ -]{0,70}") {
            let matches = |expression: &str, text: &str| {
                tfplug::validate::pattern(expression, "").problems(&text.into()).is_empty()
            };
            let is_name = |text: &str| {
                text.len() <= 63 && matches("([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]", text)
            };
            let label = "[a-z0-9]([-a-z0-9]*[a-z0-9])?";
            let domain = format!(r"{label}(\.{label})*");
            let expected = match text.split_once('/') {
                None => is_name(&text),
                Some((prefix, rest)) => {
                    prefix.len() <= 253 && matches(&domain, prefix) && is_name(rest)
                }
            };
            prop_assert_eq!(is_key(&text), expected);
            prop_assert_eq!(is_value(&text), text.is_empty() || is_name(&text));
        }
    }
}
