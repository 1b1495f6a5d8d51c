//! Checks and rules point at the attribute that breaks them.

use kubeha_tests::Reported;

use crate::demo::Demo;

/// What `validate` finds in a `demo_checked` with these lines.
fn found(lines: &str) -> Vec<Reported> {
    let demo = Demo::new(&format!("resource \"demo_checked\" \"x\" {{\n{lines}\n}}"));
    demo.validate().diagnostics()
}

/// Asserts that the only error is at this source code, and says this.
#[track_caller]
fn refused(lines: &str, code: &str, detail: &str) {
    let found = found(lines);
    assert_eq!(found.len(), 1, "{found:?}");
    assert_eq!(found[0].severity, "error");
    assert_eq!(found[0].code.as_deref(), Some(code));
    assert!(found[0].detail.contains(detail), "{found:?}");
}

#[test]
fn a_check_names_the_rule_and_the_value() {
    refused(
        r#"name = "x""#,
        r#"name = "x""#,
        "\"name\" must be 3 to 8 characters long, but is \"x\".",
    );
    refused(
        "size = 9",
        "size = 9",
        "must be a whole number, 1 to 7, but is 9.",
    );
    refused(
        r#"mode = "idle""#,
        r#"mode = "idle""#,
        r#"must be "slow" or "fast""#,
    );
    refused(
        r#"network = "10.0.0.1/8""#,
        r#"network = "10.0.0.1/8""#,
        "must be a network in CIDR notation",
    );
}

#[test]
fn a_check_of_an_element_points_at_it() {
    refused(
        "labels = {\n  a = \"fine\"\n  b = \"too long\"\n}",
        r#"b = "too long""#,
        "\"labels[\\\"b\\\"]\" must be 1 to 4 characters long"
            .replace('\\', "")
            .as_str(),
    );
    refused(
        "doors = [\n  { width = 5 },\n  { width = 50 },\n]",
        "{ width = 50 },",
        "\"doors[1].width\" must be a whole number, 1 to 20",
    );
    refused(
        "window {\n  width = 0\n}",
        "width = 0",
        "\"window[0].width\" must be",
    );
}

#[test]
fn a_check_in_a_set_points_at_the_set() {
    let line = r#"zones = ["fine", "too long"]"#;
    refused(
        line,
        line,
        "must be 1 to 4 characters long, but is \"too long\"",
    );
    let line = r#"zones = ["a", "b", "c"]"#;
    refused(line, line, "at most 2 elements");
}

#[test]
fn the_value_of_a_sensitive_attribute_is_not_repeated() {
    let found = found(r#"pin = "hush""#);
    assert!(
        found[0].detail.contains("at least 8 characters"),
        "{found:?}"
    );
    assert!(!found[0].detail.contains("hush"), "{found:?}");
}

#[test]
fn rules_between_attributes_point_at_the_one_at_fault() {
    refused(
        "network = \"10.0.0.0/8\"\nhost = \"h\"",
        "host = \"h\"",
        "\"host\" can't be set together with \"network\"",
    );
    refused(
        "user = \"u\"",
        "user = \"u\"",
        "\"host\" must be set, because \"user\" is.",
    );
    refused(
        "last = \"l\"",
        "last = \"l\"",
        "\"first\" must be set, because \"last\" is.",
    );
}

#[test]
fn an_authors_own_validation_points_where_it_wants() {
    refused("size = 4", "size = 4", "The size must be odd.");
    let found = found("doors = [\n  { width = 1 },\n  { width = 13 },\n]");
    assert_eq!(found.len(), 1, "{found:?}");
    assert_eq!(found[0].severity, "warning");
    assert_eq!(found[0].code.as_deref(), Some("{ width = 13 },"));
}
