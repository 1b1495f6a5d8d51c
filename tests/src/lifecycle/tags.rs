//! `tags`, `tags_all`, `default_tags` and `ignore_tags`: exact, null, empty and unknown values and
//! equal keys included, and a second plan that is empty each time.

use std::collections::BTreeMap;

use serde_json::json;

use super::{Lifecycle, PROVIDER, Size, Stage};

/// What stands where, and what must come of it.
struct Case {
    what: &'static str,
    default_tags: &'static str,
    tags: &'static str,
    /// `tags` in the state.
    own: serde_json::Value,
    /// `tags_all`, and what each part has beside the marks of ownership.
    all: &'static [(&'static str, &'static str)],
}

fn cases() -> Vec<Case> {
    vec![
        Case {
            what: "default tags alone",
            default_tags: "{ team = \"a\" }",
            tags: "",
            own: json!(null),
            all: &[("team", "a")],
        },
        Case {
            what: "an equal key and value in both",
            default_tags: "{ team = \"a\" }",
            tags: "tags = { team = \"a\" }",
            own: json!({ "team": "a" }),
            all: &[("team", "a")],
        },
        Case {
            what: "an equal key with another value",
            default_tags: "{ team = \"a\", env = \"test\" }",
            tags: "tags = { team = \"b\" }",
            own: json!({ "team": "b" }),
            all: &[("env", "test"), ("team", "b")],
        },
        Case {
            what: "an empty map",
            default_tags: "{ team = \"a\" }",
            tags: "tags = {}",
            own: json!({}),
            all: &[("team", "a")],
        },
        Case {
            what: "a null value that hides nothing",
            default_tags: "{}",
            tags: "tags = { gone = null, kept = \"k\" }",
            own: json!({ "gone": null, "kept": "k" }),
            all: &[("kept", "k")],
        },
        Case {
            what: "an empty value",
            default_tags: "{}",
            tags: "tags = { empty = \"\" }",
            own: json!({ "empty": "" }),
            all: &[("empty", "")],
        },
        Case {
            what: "none at all",
            default_tags: "{}",
            tags: "",
            own: json!(null),
            all: &[],
        },
    ]
}

/// # Panics
/// A tag is missing, stays behind, or comes back in a second plan.
pub fn tags(subject: &'static Lifecycle) {
    let mut stage = Stage::new(subject);
    for case in cases() {
        let Case {
            what,
            default_tags,
            tags,
            own,
            all,
        } = case;
        stage.provider = format!("{PROVIDER}\ndefault_tags {{\n  tags = {default_tags}\n}}");
        let arguments = stage.arguments(Size::Minimal);
        stage.write(&stage.provider, &format!("{arguments}\n{tags}"));
        stage.apply().succeeds();
        stage.plan_is_empty(what);
        let values = stage.values();
        let expected: BTreeMap<_, _> = all.iter().copied().collect();
        assert_eq!(values["tags"], own, "{what}");
        assert_eq!(values["tags_all"], json!(expected), "{what}");
        every_part_has(&stage, all, what);
    }
}

/// Tags whose values are known only in the apply: planned as unknown, then exact.
///
/// # Panics
/// The apply contradicts its plan, or the next plan isn't empty.
pub fn unknown_tags(subject: &'static Lifecycle) {
    let mut stage = Stage::new(subject);
    stage.provider = format!("{PROVIDER}\ndefault_tags {{\n  tags = {{ team = \"a\" }}\n}}");
    let arguments = stage.arguments(Size::Minimal);
    let configure = |input: &str| {
        let tags = "tags = { team = terraform_data.value.output, own = \"o\" }";
        stage.write(&stage.provider, &format!("{arguments}\n{tags}"));
        let data = format!("resource \"terraform_data\" \"value\" {{\n  input = \"{input}\"\n}}\n");
        stage.workspace().file("data.tf", &data);
    };
    // Equal to the default tag in the end, though nobody could know; then not; then equal again.
    for value in ["a", "b", "a"] {
        configure(value);
        stage.apply().succeeds();
        stage.plan_is_empty(value);
        let all = [("own", "o"), ("team", value)];
        assert_eq!(stage.values()["tags_all"], json!(BTreeMap::from(all)));
        every_part_has(&stage, &all, value);
    }
}

/// Tags that others set are left alone where they are ignored, and removed where not.
///
/// # Panics
/// An ignored tag shows or goes, or another stays.
pub fn ignored_tags(subject: &'static Lifecycle, set_tag: fn(&Stage, &str, &str)) {
    let mut stage = Stage::new(subject);
    let ignoring = "ignore_tags {\n  keys = [\"seen\"]\n  key_prefixes = [\"k8s.io/\"]\n}";
    stage.provider = format!("{PROVIDER}\n{ignoring}");
    let arguments = stage.arguments(Size::Minimal);
    stage.write(
        &stage.provider,
        &format!("{arguments}\ntags = {{ own = \"o\" }}"),
    );
    stage.apply().succeeds();
    set_tag(&stage, "seen", "by somebody");
    set_tag(&stage, "k8s.io/x", "y");
    stage.plan_is_empty("ignored tags were set");
    set_tag(&stage, "other", "z");
    let planned = stage.planned("another tag was set");
    assert_eq!(
        planned["change"]["actions"],
        json!(["update"]),
        "{planned:#}"
    );
    stage.apply_planned().succeeds();
    stage.plan_is_empty("another tag was removed");
    let all = [("k8s.io/x", "y"), ("own", "o"), ("seen", "by somebody")];
    every_part_has(&stage, &all, "ignored tags stay");
}

/// Kinds of objects that get no tags: AWS makes them unasked, or knows no tags of them.
const UNTAGGED: [&str; 2] = ["lifecycle-hook", "network-interface"];

/// The marks of ownership, which every object has.
const OWNERSHIP: [&str; 3] = ["kubeha.io/cluster", "kubeha.io/kind", "kubeha.io/owner"];

/// Beginnings of the keys by which a cluster's components know its objects, and AWS's own.
const MARKS: [&str; 4] = [
    "aws:",
    "k8s.io/cluster-autoscaler/",
    "kubeha.io/",
    "kubernetes.io/",
];

/// Asserts the tags of all parts: the marks of ownership, and beside the other marks and a name
/// exactly these.
#[track_caller]
fn every_part_has(stage: &Stage, all: &[(&str, &str)], when: &str) {
    let expected: BTreeMap<_, _> = all
        .iter()
        .map(|(key, value)| ((*key).to_owned(), (*value).to_owned()))
        .collect();
    let made = stage.made();
    assert!(!made.is_empty(), "{when}: nothing was made");
    for (kind, objects) in made {
        if UNTAGGED.contains(&kind.as_str()) {
            continue;
        }
        for (name, mut tags) in objects {
            for mark in OWNERSHIP {
                assert!(
                    tags.contains_key(mark),
                    "{when}: {kind} {name} has no {mark}"
                );
            }
            tags.retain(|key, _| {
                let is_mark = MARKS.iter().any(|mark| key.starts_with(mark));
                expected.contains_key(key) || !(is_mark || key == "Name")
            });
            assert_eq!(tags, expected, "{when}: {kind} {name}");
        }
    }
}
