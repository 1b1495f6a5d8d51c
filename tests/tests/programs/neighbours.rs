//! hashicorp/aws: in one configuration with kubeha, and before it.

use kubeha_tests::example::Example;
use kubeha_tests::lifecycle::IMAGE_X86_64;
use kubeha_tests::{hashicorp_aws, provider_binary};
use serde_json::{Value as Json, json};

/// An example that may use both providers.
fn example(folder: &str) -> Example {
    let aws = hashicorp_aws();
    let example = Example::new(
        folder,
        |_| json!({ "region": "us-east-1", "image_id": IMAGE_X86_64 }),
    );
    let built = provider_binary();
    example.workspace.take_providers_from(&[
        ("registry.terraform.io/hashicorp/aws", &aws),
        (
            "registry.terraform.io/kubeha/kubeha",
            built.parent().unwrap(),
        ),
    ]);
    example
}

#[test]
#[ignore = "needs hashicorp/aws: make test-programs"]
fn both_share_a_configuration_and_neither_touches_the_other_s() {
    let example = example("neighbours");
    example.stands();
    let inventory = example.account.inventory();
    for kind in ["vpc", "security-group", "instance", "load-balancer"] {
        for object in &inventory[kind] {
            assert_eq!(object.tags["team"], "platform", "{kind}: {object:?}");
        }
    }
    let groups = example.workspace.values("kubeha_security_groups.this");
    assert_eq!(groups["foreign_rules"], json!({}), "made after the groups");
    // What the other made meanwhile is seen, and stays.
    example.stands();
    example
        .workspace
        .run(&["apply", "-refresh-only", "-auto-approve"])
        .succeeds();
    let groups = example.workspace.values("kubeha_security_groups.this");
    let foreign = groups["foreign_rules"].as_object().unwrap();
    assert_eq!(foreign.len(), 1, "{foreign:?}");
    example.workspace.plan_is_empty();
    example.workspace.destroy().succeeds();
    // A KMS key outlives its destroy by some days.
    let left: Vec<_> = example.account.inventory().into_keys().collect();
    assert!(left.iter().all(|kind| kind.contains("kms")), "{left:?}");
}

#[test]
#[ignore = "needs hashicorp/aws: make test-programs"]
fn what_it_made_is_taken_over_without_replacing_anything() {
    let example = example("migration");
    let values = json!({ "region": "us-east-1", "image_id": IMAGE_X86_64 }).to_string();
    let before = &example.workspace;
    before.file("before/terraform.tfvars.json", &values);
    before
        .run(&["-chdir=before", "apply", "-auto-approve"])
        .succeeds();
    let found = before.run(&["-chdir=before", "output", "-json", "found"]);
    let found = found.succeeds().json();
    let nodes = ids(&example, "instance");
    assert_eq!(nodes.len(), 3);

    example.variable("found", found);
    let plan = example.workspace.plan().succeeds();
    plan.says("Plan: 3 to import, 0 to add, 3 to change, 0 to destroy.");
    example.stands();
    assert_eq!(ids(&example, "instance"), nodes, "nobody is replaced");
    let outdated = example.output("to_be_rolled");
    let outdated: Vec<_> = outdated.as_array().unwrap().iter().map(text).collect();
    assert_eq!(outdated, nodes, "and all are known to be another's");
}

fn text(value: &Json) -> String {
    value.as_str().unwrap().to_owned()
}

fn ids(example: &Example, kind: &str) -> Vec<String> {
    let found = example.account.inventory().remove(kind).unwrap();
    let mut ids: Vec<_> = found.into_iter().map(|object| object.id).collect();
    ids.sort_unstable();
    ids
}
