//! The module's own tests, under `terraform test`: with a made-up AWS, and on the emulator.

use kubeha_tests::example::{Example, configuration};
use serde_json::json;

const MODULE: &str = "modules/cluster";

#[test]
fn it_wires_and_refuses_without_an_account() {
    let module = configuration(MODULE);
    let outcome = module.run(&["test"]).succeeds();
    outcome
        .says("tests/refusals.tftest.hcl... pass")
        .says("tests/wiring.tftest.hcl... pass")
        .says(" 0 failed");
}

#[test]
fn it_is_applied_changed_and_destroyed() {
    const TESTS: &str = "-test-directory=tests/emulator";
    let module = Example::new(MODULE, |_| json!({}));
    let before = module.account.inventory();
    module.workspace.run(&["get", TESTS]).succeeds();
    let outcome = module.workspace.run(&["test", TESTS]).succeeds();
    outcome.says("Success! 4 passed, 0 failed.");
    assert_eq!(module.account.inventory(), before, "terraform cleans up");
}
