//! The states of every release are read by today's provider, and nothing in them is lost.

use std::collections::BTreeSet;

use serde_json::Value as Json;

use crate::fixtures::{Stored, recording, resources, states};
use crate::replay::Replay;
use crate::terraform::{Terraform, schema, without_nulls};

#[tokio::test]
async fn states_of_every_release_are_read() {
    let terraform = Terraform::at("http://127.0.0.1:9").await;
    let states = states();
    for stored in &states {
        is_read(&terraform, stored).await;
    }
    // A type without a fixture could change as it likes.
    let covered: BTreeSet<_> = states.into_iter().map(|stored| stored.resource).collect();
    let missing: Vec<_> = resources()
        .into_iter()
        .filter(|resource| !covered.contains(resource))
        .collect();
    assert_eq!(missing, [""; 0], "no state of these: make state-fixtures");
}

async fn is_read(terraform: &Terraform, stored: &Stored) {
    let what = format!(
        "{} as {} stored it, at version {} of its schema",
        stored.resource, stored.release, stored.schema_version
    );
    let schema = schema(&stored.resource);
    let read = terraform.upgrade(stored).await;
    assert_eq!(read.errors, [""; 0], "{what}: can't be read any more");
    if stored.schema_version != schema.version {
        // Between versions attributes may go, by an upgrade that says so.
        return;
    }
    let lost = lost(&without_nulls(&stored.attributes), &read.json(&schema), "");
    assert_eq!(
        lost, [""; 0],
        "{what}: these are lost or changed, so the schema needs a new version and an upgrade"
    );
}

/// Paths of what isn't there any more. Elements of lists and sets are compared as a whole, whatever
/// their order.
fn lost(before: &Json, after: &Json, path: &str) -> Vec<String> {
    match (before, after) {
        (Json::Object(before), Json::Object(after)) => before
            .iter()
            .flat_map(|(key, value)| {
                lost(
                    value,
                    &after.get(key).cloned().unwrap_or_default(),
                    &format!("{path}.{key}"),
                )
            })
            .collect(),
        (Json::Array(before), Json::Array(after)) if before.len() == after.len() => {
            let gone = before.iter().filter(|element| {
                let same = |other: &&Json| lost(element, other, "").is_empty();
                !after.iter().any(|other| same(&other))
            });
            gone.map(|element| format!("{path}: {element}")).collect()
        }
        _ if before == after => Vec::new(),
        _ => vec![format!("{path}: {before} -> {after}")],
    }
}

#[test]
fn what_is_lost_is_told() {
    let before = serde_json::json!({ "a": 1, "b": [{ "c": 2 }], "d": "x" });
    let after = serde_json::json!({ "a": 1, "b": [{ "c": 3, "e": 0 }] });
    assert_eq!(lost(&before, &before, ""), [""; 0]);
    assert_eq!(
        lost(&before, &after, ""),
        [".b: {\"c\":2}", ".d: \"x\" -> null"]
    );
}

/// Without this, nothing that is said of damaged answers would mean much.
#[tokio::test]
async fn a_recording_played_back_is_a_refresh_without_drift() {
    for resource in resources() {
        let recording = recording(&resource);
        let replay = Replay::start(recording.answers).await;
        let terraform = Terraform::at(&replay.url()).await;
        let schema = schema(&resource);
        let before = terraform.upgrade(&recording.stored).await;
        let read = terraform.read(&resource, before.state.clone()).await;
        assert_eq!(read.errors, [""; 0], "{resource}");
        assert_eq!(read.json(&schema), before.json(&schema), "{resource}");
        let imported = terraform.import(&resource, &recording.import_id).await;
        assert_eq!(imported.errors, [""; 0], "{resource} imported");
        assert_ne!(imported.json(&schema), Json::Null, "{resource} imported");
    }
}
