//! Numbers are exact.

use crate::demo::Demo;

/// Applies the number; terraform itself compares what it gets back.
fn survives(number: &str) {
    let demo = Demo::new(&format!(
        "resource \"demo_kinds\" \"x\" {{\n  exact = {number}\n  matrix = [[{number}]]\n  \
         anything = [{number}]\n}}\n\
         output \"same\" {{ value = demo_kinds.x.exact == {number} }}\n"
    ));
    demo.apply().succeeds().says("same = true");
    demo.plan_is_empty();
}

#[test]
fn a_tenth() {
    survives("0.1");
}

#[test]
fn one_more_than_a_thousand_quadrillion_quadrillions() {
    survives("1000000000000000000000000000001");
}

#[test]
fn integers_beyond_floats_and_machine_words() {
    for number in [
        "9007199254740993",
        "-9223372036854775809",
        "18446744073709551617",
    ] {
        survives(number);
    }
}

#[test]
fn small_and_large_and_negative() {
    for number in ["-0.000001", "1e-20", "123456.789", "1e100", "-1", "0"] {
        survives(number);
    }
}

#[test]
fn a_whole_number_refuses_a_fraction_at_its_attribute() {
    let demo = Demo::new("resource \"demo_kinds\" \"x\" {\n  whole = 1.5\n}");
    let found = demo.validate().diagnostics();
    assert_eq!(found.len(), 1, "{found:?}");
    assert_eq!(found[0].line, Some(2));
    assert!(
        found[0].detail.contains("whole number required"),
        "{found:?}"
    );
}
