//! Several messages at once, each at its source line; deprecations.

use crate::demo::Demo;

#[test]
fn all_mistakes_are_told_at_once_with_their_lines() {
    let demo = Demo::new(
        "resource \"demo_checked\" \"x\" {
           name = \"x\"
           size = 8
           mode = \"idle\"
           doors = [
             { width = 5 },
             { width = 50 },
           ]
           window {
             width = 60
           }
         }
         resource \"demo_checked\" \"y\" {
           user = \"u\"
         }",
    );
    let outcome = demo.validate().fails();
    let mut lines: Vec<_> = outcome
        .diagnostics()
        .iter()
        .map(|found| found.line)
        .collect();
    lines.sort_unstable();
    // The size is faulted twice: by its check and by its author.
    assert_eq!(lines, [2, 3, 3, 4, 7, 10, 14].map(Some), "{outcome}");
}

#[test]
fn a_plan_tells_them_too() {
    let demo = Demo::new("resource \"demo_checked\" \"x\" {\n  name = \"x\"\n  mode = \"idle\"\n}");
    let lines: Vec<_> = demo
        .run(&["plan", "-json"])
        .fails()
        .diagnostics()
        .iter()
        .map(|found| found.line)
        .collect();
    assert_eq!(lines, [Some(2), Some(3)]);
}

#[test]
fn a_deprecated_attribute_warns_who_sets_it() {
    let demo = Demo::new(
        "resource \"demo_checked\" \"x\" {\n  title = \"x\"\n  doors = [{ width = 1, breadth = 1 }]\n}",
    );
    let outcome = demo.validate().succeeds();
    let found = outcome.diagnostics();
    assert_eq!(found.len(), 2, "{outcome}");
    assert!(found.iter().all(|found| found.severity == "warning"));
    let mut told: Vec<_> = found
        .iter()
        .map(|found| (found.line, found.detail.as_str()))
        .collect();
    told.sort_unstable();
    assert_eq!(
        told,
        [
            (Some(2), "\"title\" is deprecated. Use \"name\" instead."),
            (Some(3), "\"breadth\" is deprecated. Use \"width\" instead."),
        ]
    );
    demo.apply().succeeds().says("Use \"name\" instead.");
}

#[test]
fn who_does_not_set_it_is_not_warned() {
    let demo = Demo::new("resource \"demo_checked\" \"x\" {}");
    assert_eq!(demo.validate().succeeds().diagnostics(), []);
}

#[test]
fn a_failed_lookup_points_at_the_data_sources_attribute() {
    let demo = Demo::new("data \"demo_thing\" \"x\" {\n  name = \"nobody\"\n}");
    let found = demo.run(&["plan", "-json"]).fails().diagnostics();
    assert_eq!(found[0].line, Some(2));
    assert_eq!(found[0].summary, "Reading a thing");
    assert_eq!(found[0].detail, "There is no thing of the name nobody.");
}
