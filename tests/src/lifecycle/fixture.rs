//! Keeps an object with all its settings for tests of the provider alone: its state as this release
//! stores it, and what AWS answers to a refresh and an import. `make state-fixtures` asks for it.

use std::path::Path;

use serde_json::{Value as Json, json};

use super::{Lifecycle, Size, Stage};

/// Names the folder that they go to.
const FOLDER: &str = "KUBEHA_STATE_FIXTURES";

/// Writes `states/<release>/<type>.json` and `answers/<type>.json`, if somebody asks for them.
#[track_caller]
pub(super) fn keep(stage: &Stage, subject: &Lifecycle) {
    let Some(folder) = std::env::var_os(FOLDER) else {
        return;
    };
    let folder = Path::new(&folder);
    let state = stored(stage, subject);
    let id = (subject.import_id)(&stage.network, &stage.values());
    stage.proxy.record();
    stage.plan_is_empty("recorded");
    let desk = stage.another_desk();
    desk.write(&stage.provider, &stage.arguments(Size::Full));
    desk.run(&["import", &desk.address(), &id]).succeeds();
    let answers: Vec<_> = stage
        .proxy
        .recorded()
        .into_iter()
        .map(|one| {
            json!({
                "action": one.action, "request": one.request, "status": one.status,
                "content_type": one.content_type, "body": one.body,
            })
        })
        .collect();
    let release = format!("states/{}", env!("CARGO_PKG_VERSION"));
    write(&folder.join(release), subject, &state);
    let recording = json!({ "state": state, "import_id": id, "answers": answers });
    write(&folder.join("answers"), subject, &recording);
}

/// The object in the state file.
#[track_caller]
fn stored(stage: &Stage, subject: &Lifecycle) -> Json {
    let file = stage.workspace().read("terraform.tfstate");
    let state: Json = serde_json::from_str(&file).expect("a state is JSON");
    let resources = state["resources"].as_array().into_iter().flatten();
    let mut ours = resources.filter(|one| one["type"] == subject.resource);
    let instance = &ours.next().expect("it is in the state")["instances"][0];
    json!({
        "type": subject.resource,
        "schema_version": instance["schema_version"],
        "attributes": instance["attributes"],
        "private": instance["private"],
    })
}

#[track_caller]
fn write(folder: &Path, subject: &Lifecycle, contents: &Json) {
    std::fs::create_dir_all(folder).expect("the folder");
    let text = serde_json::to_string_pretty(contents).expect("JSON") + "\n";
    std::fs::write(folder.join(format!("{}.json", subject.resource)), text).expect("the file");
}
