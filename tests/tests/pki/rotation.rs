//! Rotations, step by step, and what is trusted at each.

use kubeha_tests::lifecycle::{PROVIDER, Stage};
use serde_json::{Value as Json, json};

use crate::parameters::{blocks, delete, foreign, get, private, public, put_secret};
use crate::subject::SUBJECT;

fn at(part: &str, generation: u32, step: &str) -> String {
    format!("rotation = {{ {part} = {{ generation = {generation}, step = \"{step}\" }} }}")
}

/// What is trusted, what signs in front.
fn trusted(stage: &Stage, part: &str) -> Vec<String> {
    blocks(&get(&stage.aws, &public(part)))
}

#[track_caller]
fn go(stage: &Stage, arguments: &str, says: &str) -> Json {
    stage.write(PROVIDER, arguments);
    stage.apply().succeeds().says(says);
    stage.plan_is_empty(arguments);
    stage.values()
}

#[test]
fn there_and_back_and_to_the_end() {
    let stage = Stage::new(&SUBJECT);
    stage.write(PROVIDER, "");
    stage.apply().succeeds();
    let first = trusted(&stage, "etcd");
    assert_eq!(first.len(), 1);
    let values = go(&stage, &at("etcd", 2, "stage"), "which goes on signing");
    let both = trusted(&stage, "etcd");
    assert_eq!((both.len(), &both[0]), (2, &first[0]));
    assert_eq!(values["etcd"]["certificate_pem"], json!(first[0]));
    // What nobody asks for any more goes.
    go(&stage, "", "which never signed");
    assert_eq!(trusted(&stage, "etcd"), first);
    go(&stage, &at("etcd", 2, "stage"), "stages generation 2");
    let both = trusted(&stage, "etcd");
    let values = go(&stage, &at("etcd", 2, "promote"), "will sign from now on");
    assert_eq!(trusted(&stage, "etcd"), [both[1].clone(), both[0].clone()]);
    assert_eq!(values["etcd"]["certificate_pem"], json!(both[1]));
    assert_eq!(
        values["etcd"]["private_key_parameter"],
        json!(private("etcd", 2))
    );
    stage.write(PROVIDER, "");
    stage.plan().fails().says("Impossible rotation");
    go(&stage, &at("etcd", 2, "stage"), "takes back the promotion");
    assert_eq!(trusted(&stage, "etcd"), both);
    go(&stage, &at("etcd", 2, "promote"), "promotes generation 2");
    let values = go(&stage, &at("etcd", 2, "retire"), "can't be taken back");
    assert_eq!(trusted(&stage, "etcd"), [both[1].clone()]);
    let keys = values["etcd"]["private_key_versions"].as_object().unwrap();
    assert_eq!(keys.keys().collect::<Vec<_>>(), [&private("etcd", 2)]);
    // The rotation is over, so it needn't be spoken of.
    stage.write(PROVIDER, "");
    stage.apply().succeeds();
    stage.plan_is_empty("over");
    for step in [
        at("etcd", 2, "promote"),
        at("etcd", 1, "retire"),
        at("etcd", 4, "stage"),
    ] {
        stage.write(PROVIDER, &step);
        stage.plan().fails().says("Impossible rotation");
    }
    stage.write(PROVIDER, "");
    stage.destroy().succeeds();
    stage.nothing_left("destroyed");
}

#[test]
fn service_accounts_have_theirs() {
    let stage = Stage::new(&SUBJECT);
    stage.write(PROVIDER, "");
    stage.apply().succeeds();
    let first = trusted(&stage, "service-account");
    go(
        &stage,
        &at("service-account", 2, "stage"),
        "stages generation 2",
    );
    go(
        &stage,
        &at("service-account", 2, "promote"),
        "every API server",
    );
    let both = trusted(&stage, "service-account");
    assert_eq!((both.len(), &both[1]), (2, &first[0]));
    go(
        &stage,
        &at("service-account", 2, "retire"),
        "tokens in Secrets",
    );
    assert_eq!(trusted(&stage, "service-account"), both[..1]);
}

#[test]
fn a_key_that_somebody_wrote_over_is_brought_back() {
    let stage = Stage::new(&SUBJECT);
    stage.write(PROVIDER, "");
    stage.apply().succeeds();
    let name = private("kubernetes", 1);
    let ours = get(&stage.aws, &name);
    put_secret(&stage.aws, &name, &foreign("theirs").0, None);
    let planned = stage.planned("written over");
    assert_eq!(planned["change"]["actions"], json!(["update"]));
    stage.apply_planned().succeeds();
    stage.plan_is_empty("brought back");
    assert_eq!(get(&stage.aws, &name), ours);
}

#[test]
fn a_key_that_is_gone_is_not_replaced() {
    let stage = Stage::new(&SUBJECT);
    stage.write(PROVIDER, "");
    stage.apply().succeeds();
    let name = private("kubernetes", 1);
    let ours = get(&stage.aws, &name);
    delete(&stage.aws, std::slice::from_ref(&name));
    let says = "is gone. Another one in its place";
    stage.plan().succeeds().says(says);
    stage.apply().fails().says(says);
    put_secret(&stage.aws, &name, &ours, None);
    stage.apply().succeeds();
    stage.plan_is_empty("written back");
    delete(&stage.aws, &[name]);
    stage.run(&["taint", "kubeha_pki.this"]).succeeds();
    stage.apply().succeeds();
    stage.plan_is_empty("made anew");
}
