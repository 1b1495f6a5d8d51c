//! Provider functions: results, and errors on the argument at fault.

use crate::demo::Demo;

/// The value of an output.
fn result(expression: &str) -> serde_json::Value {
    let demo = Demo::new(&format!("output \"x\" {{ value = {expression} }}"));
    demo.apply().succeeds();
    demo.state()["values"]["outputs"]["x"]["value"].clone()
}

/// What a plan says of a call that fails, and the line it points at; the call begins in line 2.
fn error(expression: &str) -> (String, u64) {
    let demo = Demo::new(&format!("output \"x\" {{\n  value = {expression}\n}}"));
    let outcome = demo.run(&["plan", "-json"]).fails();
    let found = outcome.diagnostics();
    assert_eq!(found.len(), 1, "{outcome}");
    let text = format!("{} {}", found[0].summary, found[0].detail);
    (text, found[0].line.unwrap())
}

#[test]
fn functions_compute() {
    assert_eq!(result(r#"provider::demo::repeat("ab", 3)"#), "ababab");
    assert_eq!(result(r#"provider::demo::join("-")"#), "");
    assert_eq!(
        result(r#"provider::demo::join("-", "a", "b", "c")"#),
        "a-b-c"
    );
    assert_eq!(result(r#"provider::demo::or_else(null, "b")"#), "b");
    assert_eq!(result(r#"provider::demo::or_else("a", "b")"#), "a");
}

#[test]
fn arguments_are_converted_as_terraform_does() {
    assert_eq!(result(r#"provider::demo::repeat(7, "2")"#), "77");
}

#[test]
fn an_error_names_its_argument() {
    let (text, _) = error("provider::demo::repeat(\"a\", -1)");
    assert!(text.contains("-1 is not between 0 and 100."), "{text}");
    assert!(text.contains("\"times\""), "{text}");
}

#[test]
fn an_error_points_at_the_line_of_its_argument() {
    let (text, line) = error("provider::demo::repeat(\n    \"a\",\n    101,\n  )");
    assert!(text.contains("101 is not between 0 and 100."), "{text}");
    assert_eq!(line, 4);
}

#[test]
fn an_error_of_a_variadic_argument_names_the_parameter() {
    let (text, _) = error(r#"provider::demo::join("-", "a", "")"#);
    assert!(text.contains("A part is empty."), "{text}");
    assert!(text.contains("\"parts\""), "{text}");
}

#[test]
fn a_fraction_is_no_whole_number() {
    let (text, _) = error("provider::demo::repeat(\"a\", 1.5)");
    assert!(
        text.contains("whole number required, but this is 1.5"),
        "{text}"
    );
    assert!(text.contains("\"times\""), "{text}");
}

#[test]
fn null_is_refused_where_a_parameter_does_not_take_it() {
    let (text, _) = error("provider::demo::repeat(null, 1)");
    assert!(text.contains("must not be null"), "{text}");
}

#[test]
fn an_unknown_argument_makes_the_result_unknown() {
    let demo = Demo::new(
        "resource \"terraform_data\" \"x\" {}\n\
         output \"x\" { value = provider::demo::repeat(terraform_data.x.id, 2) }",
    );
    demo.plan().succeeds().says("x = (known after apply)");
    demo.apply().succeeds();
    demo.plan_is_empty();
}
