//! What `make state-fixtures` recorded.

use std::path::{Path, PathBuf};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value as Json;
use terraform_provider_kubeha::Kubeha;

/// An object's state as Terraform stores it.
#[derive(Clone, Debug)]
pub(crate) struct Stored {
    /// The release that wrote it.
    pub(crate) release: String,
    pub(crate) resource: String,
    pub(crate) schema_version: u64,
    pub(crate) attributes: Json,
    pub(crate) private: Vec<u8>,
}

/// What AWS answered while an object was refreshed and imported.
#[derive(Clone, Debug)]
pub(crate) struct Recording {
    pub(crate) stored: Stored,
    pub(crate) import_id: String,
    pub(crate) answers: Vec<Recorded>,
}

/// One call and its answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Recorded {
    /// Such as `ec2:DescribeVpcs`.
    pub(crate) action: String,
    /// Method, target and body.
    pub(crate) request: String,
    pub(crate) status: u16,
    pub(crate) content_type: String,
    pub(crate) body: Vec<u8>,
}

/// The types that the provider has.
pub(crate) fn resources() -> Vec<String> {
    let names = tfplug::reference(Kubeha).resources.into_keys();
    names.collect()
}

/// The states of all releases.
pub(crate) fn states() -> Vec<Stored> {
    let releases = std::fs::read_dir(folder().join("states")).expect("states of releases");
    let mut states = Vec::new();
    for release in releases.map(|entry| entry.unwrap().path()) {
        let name = release.file_name().unwrap().to_str().unwrap().to_owned();
        for file in std::fs::read_dir(&release).unwrap() {
            states.push(stored(&name, &read(&file.unwrap().path())));
        }
    }
    states
}

/// The recording of a type, made by the provider as it was last recorded.
pub(crate) fn recording(resource: &str) -> Recording {
    let file = folder().join("answers").join(format!("{resource}.json"));
    let recorded = read(&file);
    let answers = recorded["answers"].as_array().unwrap().iter();
    Recording {
        stored: stored("now", &recorded["state"]),
        import_id: text(&recorded["import_id"]),
        answers: answers.map(answer).collect(),
    }
}

fn stored(release: &str, json: &Json) -> Stored {
    Stored {
        release: release.to_owned(),
        resource: text(&json["type"]),
        schema_version: json["schema_version"].as_u64().unwrap(),
        attributes: json["attributes"].clone(),
        private: json["private"]
            .as_str()
            .map(|private| STANDARD.decode(private).unwrap())
            .unwrap_or_default(),
    }
}

fn answer(json: &Json) -> Recorded {
    Recorded {
        action: text(&json["action"]),
        request: text(&json["request"]),
        status: json["status"].as_u64().unwrap().try_into().unwrap(),
        content_type: text(&json["content_type"]),
        body: text(&json["body"]).into_bytes(),
    }
}

fn text(json: &Json) -> String {
    json.as_str().expect("a text").to_owned()
}

fn read(file: &Path) -> Json {
    let text = std::fs::read(file).unwrap_or_else(|error| {
        panic!(
            "{}: {error}; make state-fixtures records it",
            file.display()
        )
    });
    serde_json::from_slice(&text).unwrap()
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/fixtures")
}
