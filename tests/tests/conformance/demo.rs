//! A workspace for the demo provider, with its cloud.

use std::ops::{Deref, DerefMut};
use std::path::{Path, PathBuf};

use kubeha_tests::{Running, Workspace};
use serde_json::Value as Json;

/// A workspace whose provider is the demo.
pub(crate) struct Demo(Workspace);

impl Demo {
    /// A workspace with this configuration, and an empty cloud.
    pub(crate) fn new(hcl: &str) -> Self {
        let binary = Path::new(env!("CARGO_BIN_EXE_terraform-provider-demo"));
        let mut workspace = Workspace::new(binary, "registry.terraform.io/example/demo");
        let cloud = workspace.root().join("cloud");
        std::fs::create_dir_all(cloud.join("gates")).unwrap();
        workspace.env("DEMO_CLOUD", cloud);
        workspace.main(hcl);
        Self(workspace)
    }

    /// The directory that is the cloud.
    pub(crate) fn cloud(&self) -> PathBuf {
        self.root().join("cloud")
    }

    /// An object as the cloud has it.
    pub(crate) fn object(&self, id: &str) -> Option<Json> {
        let bytes = std::fs::read(self.object_path(id)).ok()?;
        Some(serde_json::from_slice(&bytes).unwrap())
    }

    fn object_path(&self, id: &str) -> PathBuf {
        self.cloud().join(format!("objects/{id}.json"))
    }

    /// Removes an object behind terraform's back.
    pub(crate) fn vanish(&self, id: &str) {
        std::fs::remove_file(self.object_path(id)).unwrap();
    }

    /// Lets operations pass a gate.
    pub(crate) fn open_gate(&self, name: &str) {
        std::fs::write(self.cloud().join("gates").join(name), "").unwrap();
    }

    /// What the provider was asked to do so far.
    pub(crate) fn events(&self) -> Vec<String> {
        let events = std::fs::read_to_string(self.cloud().join("events")).unwrap_or_default();
        events.lines().map(str::to_owned).collect()
    }

    /// The events that begin so.
    pub(crate) fn events_of(&self, start: &str) -> Vec<String> {
        let mut events = self.events();
        events.retain(|event| event.starts_with(start));
        events
    }

    /// Waits until a running terraform has caused an event `count` times.
    #[track_caller]
    pub(crate) fn wait_for(&self, terraform: &mut Running, event: &str, count: usize) {
        terraform.wait_until(&format!("{count} times: {event}"), || {
            self.events().iter().filter(|found| *found == event).count() >= count
        });
    }
}

impl Deref for Demo {
    type Target = Workspace;

    fn deref(&self) -> &Workspace {
        &self.0
    }
}

impl DerefMut for Demo {
    fn deref_mut(&mut self) -> &mut Workspace {
        &mut self.0
    }
}
