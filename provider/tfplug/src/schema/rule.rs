//! What must hold between several attributes of one object.

use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::path::Path;
use crate::value::Value;

/// A rule between attributes (or blocks) of one object, named as in the configuration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Rule {
    /// At least one of them must be set.
    AtLeastOne(&'static [&'static str]),
    /// At most one of them may be set.
    Conflicting(&'static [&'static str]),
    /// Exactly one of them must be set.
    ExactlyOne(&'static [&'static str]),
    /// Who sets the first must set all the others too.
    Requires(&'static str, &'static [&'static str]),
    /// All of them, or none.
    Together(&'static [&'static str]),
}

/// What the configuration says of an attribute.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Set {
    No,
    /// Unknown values may turn out to be null: they neither break a rule nor satisfy it.
    Perhaps,
    Yes,
}

impl Rule {
    /// The attributes it speaks of.
    pub fn names(&self) -> Vec<&'static str> {
        match self {
            Self::AtLeastOne(names)
            | Self::Conflicting(names)
            | Self::ExactlyOne(names)
            | Self::Together(names) => names.to_vec(),
            Self::Requires(name, others) => std::iter::once(*name)
                .chain(others.iter().copied())
                .collect(),
        }
    }

    /// Checks an object of a configuration, adding an error at each attribute that is at fault.
    pub(crate) fn check(&self, object: &Value, path: &Path, out: &mut Diagnostics) {
        let is = |name: &&str| state(object.get(name));
        let count = |names: &[&str], wanted| names.iter().filter(|name| is(name) == wanted).count();
        match self {
            Self::AtLeastOne(names) => {
                if count(names, Set::No) == names.len() {
                    out.push(missing(path, names, "At least one of"));
                }
            }
            Self::Conflicting(names) => {
                conflicts(names, is, path, out);
            }
            Self::ExactlyOne(names) => {
                if count(names, Set::No) == names.len() {
                    out.push(missing(path, names, "Exactly one of"));
                } else {
                    conflicts(names, is, path, out);
                }
            }
            Self::Requires(name, others) => {
                if is(name) == Set::Yes {
                    demand(
                        name,
                        others.iter().filter(|other| is(other) == Set::No),
                        path,
                        out,
                    );
                }
            }
            Self::Together(names) => {
                if let Some(name) = names.iter().find(|name| is(name) == Set::Yes) {
                    demand(
                        name,
                        names.iter().filter(|other| is(other) == Set::No),
                        path,
                        out,
                    );
                }
            }
        }
    }
}

fn state(value: &Value) -> Set {
    match value {
        Value::Null => Set::No,
        Value::Unknown => Set::Perhaps,
        Value::List(elements) if elements.is_empty() => Set::No,
        Value::Set(set) if set.is_empty() => Set::No,
        _ => Set::Yes,
    }
}

fn conflicts(
    names: &[&'static str],
    is: impl Fn(&&str) -> Set,
    path: &Path,
    out: &mut Diagnostics,
) {
    let set: Vec<_> = names.iter().filter(|name| is(name) == Set::Yes).collect();
    if let Some((first, others)) = set.split_first() {
        for other in others {
            out.push(
                Diagnostic::error(
                    "Conflicting attributes",
                    format!(
                        "\"{other}\" can't be set together with \"{first}\": of {} at most one may \
                         be set. Remove one of the two.",
                        list(names)
                    ),
                )
                .at(path.clone().and(**other)),
            );
        }
    }
}

fn demand<'n>(
    name: &str,
    absent: impl Iterator<Item = &'n &'static str>,
    path: &Path,
    out: &mut Diagnostics,
) {
    for other in absent {
        out.push(
            Diagnostic::error(
                "Missing attribute",
                format!("\"{other}\" must be set, because \"{name}\" is."),
            )
            .at(path.clone().and(name)),
        );
    }
}

fn missing(path: &Path, names: &[&str], how_many: &str) -> Diagnostic {
    Diagnostic::error(
        "Missing attribute",
        format!("{how_many} {} must be set.", list(names)),
    )
    .at(path.clone())
}

fn list(names: &[&str]) -> String {
    names
        .iter()
        .map(|name| format!("\"{name}\""))
        .collect::<Vec<_>>()
        .join(", ")
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    fn check(rule: &Rule, set: &[(&str, Value)]) -> Vec<String> {
        let object: BTreeMap<_, _> = set
            .iter()
            .map(|(name, value)| ((*name).to_owned(), value.clone()))
            .collect();
        let mut out = Diagnostics::new();
        rule.check(&Value::Map(object), &Path::root(), &mut out);
        out.iter()
            .map(|message| message.path().to_string())
            .collect()
    }

    #[test]
    fn rules_fault_the_attribute_that_breaks_them() {
        let yes = || Value::from("x");
        let exactly = Rule::ExactlyOne(&["a", "b", "c"]);
        assert_eq!(check(&exactly, &[]), [""]);
        assert_eq!(check(&exactly, &[("b", yes())]), [""; 0]);
        assert_eq!(check(&exactly, &[("a", yes()), ("c", yes())]), ["c"]);
        assert_eq!(check(&Rule::AtLeastOne(&["a", "b"]), &[]), [""]);
        assert_eq!(check(&Rule::Conflicting(&["a", "b"]), &[]), [""; 0]);
        assert_eq!(
            check(
                &Rule::Conflicting(&["a", "b"]),
                &[("a", yes()), ("b", yes())]
            ),
            ["b"]
        );
        assert_eq!(check(&Rule::Requires("a", &["b"]), &[("a", yes())]), ["a"]);
        assert_eq!(
            check(&Rule::Requires("a", &["b"]), &[("b", yes())]),
            [""; 0]
        );
        assert_eq!(check(&Rule::Together(&["a", "b"]), &[("b", yes())]), ["b"]);
    }

    #[test]
    fn an_unknown_value_breaks_no_rule() {
        let unknown = || Value::Unknown;
        assert_eq!(
            check(&Rule::ExactlyOne(&["a", "b"]), &[("a", unknown())]),
            [""; 0]
        );
        let both = [("a", unknown()), ("b", Value::from("x"))];
        assert_eq!(check(&Rule::Conflicting(&["a", "b"]), &both), [""; 0]);
        assert_eq!(check(&Rule::Together(&["a", "b"]), &both), [""; 0]);
        assert_eq!(check(&Rule::Requires("b", &["a"]), &both), [""; 0]);
    }

    #[test]
    fn blocks_that_do_not_stand_are_not_set() {
        let none = [("a", Value::List(Vec::new()))];
        assert_eq!(check(&Rule::AtLeastOne(&["a"]), &none), [""]);
    }
}
