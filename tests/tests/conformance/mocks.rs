//! `terraform test` with a mocked provider.

use crate::demo::Demo;

#[test]
fn a_mocked_provider_needs_no_cloud() {
    let demo = Demo::new(
        r#"
        resource "demo_thing" "x" { name = "x" }
        resource "demo_kinds" "x" {
          text     = demo_thing.x.id
          door_set = [{ colour = demo_thing.x.id }]
        }
        data "demo_thing" "y" { name = demo_thing.x.id }
        resource "demo_checked" "x" { name = data.demo_thing.y.id }
        "#,
    );
    demo.file(
        "mocked.tftest.hcl",
        r#"
        mock_provider "demo" {}
        run "applies" {
          assert {
            condition     = length(demo_thing.x.id) == 8
            error_message = "the id is ${demo_thing.x.id}"
          }
        }
        "#,
    );
    demo.run(&["test"]).succeeds().says("1 passed, 0 failed");
    assert_eq!(demo.events(), [""; 0]);
}

#[test]
fn the_real_provider_works_in_a_test_and_is_cleaned_up() {
    let demo = Demo::new(r#"resource "demo_thing" "x" { name = "x" }"#);
    demo.file(
        "real.tftest.hcl",
        r#"
        run "applies" {
          assert {
            condition     = demo_thing.x.id == "thing-x"
            error_message = "the id is ${demo_thing.x.id}"
          }
        }
        "#,
    );
    demo.run(&["test"]).succeeds().says("1 passed, 0 failed");
    assert_eq!(demo.object("thing-x"), None);
}
