//! Ephemeral resources: opened, renewed while needed, closed.

use crate::demo::Demo;

/// A token, a thing that waits at a gate while the token is open, and a vault that uses the token
/// after that.
fn hcl(brief: bool) -> String {
    format!(
        r#"
        ephemeral "demo_token" "x" {{
          owner = "x"
          brief = {brief}
        }}
        resource "demo_thing" "x" {{
          name = "x"
          gate = "g"
          lifecycle {{
            precondition {{
              condition     = length(ephemeral.demo_token.x.value) > 0
              error_message = "no token"
            }}
          }}
        }}
        resource "demo_vault" "x" {{
          name                = demo_thing.x.name
          password_wo         = ephemeral.demo_token.x.value
          password_wo_version = 1
          depends_on          = [demo_thing.x]
        }}
        "#
    )
}

fn demo(brief: bool) -> Demo {
    let demo = Demo::new(&hcl(brief));
    std::fs::write(demo.cloud().join("secret"), "s3cret").unwrap();
    demo
}

#[test]
fn opened_and_closed_once_in_each_run() {
    let demo = demo(false);
    demo.open_gate("g");
    demo.run(&["plan", "-out=planned"]).succeeds();
    assert_eq!(demo.events(), ["open x", "close x"]);
    demo.run(&["apply", "planned"]).succeeds();
    let tokens: Vec<_> = demo
        .events()
        .into_iter()
        .filter(|event| event.ends_with(" x"))
        .collect();
    assert_eq!(
        tokens,
        ["open x", "close x", "open x", "created x", "close x"]
    );
}

#[test]
fn renewed_while_it_is_needed() {
    let demo = demo(true);
    let mut apply = demo.start(&["apply", "-auto-approve"]);
    // Nobody opens the gate before the renewal: only a token that is renewed gets through.
    demo.wait_for(&mut apply, "waiting g", 1);
    demo.wait_for(&mut apply, "renew x", 1);
    demo.open_gate("g");
    apply.wait().succeeds();
    assert_eq!(demo.events().last().map(String::as_str), Some("close x"));
}

#[test]
fn a_token_that_can_not_be_opened_fails_the_plan() {
    let demo = Demo::new(&hcl(false));
    demo.plan().fails().says("Can't read secret");
    assert_eq!(demo.events(), ["open x"]);
}
