//! A working directory with one resource, and terraform commands that can't hang.

use std::time::{Duration, Instant};

use serde_json::Value as Json;

use super::Lifecycle;
use crate::{Outcome, Running, Workspace, kubeha};

/// A workspace for one resource, `<type>.this`.
#[derive(Debug)]
pub struct Desk {
    workspace: Workspace,
    subject: &'static Lifecycle,
}

/// The longest that a command may take. The longest of all, through a third of throttled calls,
/// takes a sixth of it on two busy cores.
const LIMIT: Duration = Duration::from_secs(180);

impl Desk {
    pub(super) fn new(
        subject: &'static Lifecycle,
        environment: impl IntoIterator<Item = (&'static str, String)>,
    ) -> Self {
        let mut workspace = kubeha();
        for (name, value) in environment {
            workspace.env(name, value);
        }
        Self { workspace, subject }
    }

    /// The working directory itself.
    pub fn workspace(&self) -> &Workspace {
        &self.workspace
    }

    /// Sets a variable for every command from now on.
    pub(super) fn env(&mut self, name: &'static str, value: impl Into<std::ffi::OsString>) {
        self.workspace.env(name, value);
    }

    /// The resource's address.
    #[must_use]
    pub fn address(&self) -> String {
        format!("{}.{}", self.subject.resource, super::ADDRESS_NAME)
    }

    /// Writes the configuration: a provider block with these arguments, and the resource with
    /// those.
    pub fn write(&self, provider: &str, arguments: &str) {
        self.workspace.main(&format!(
            "provider \"kubeha\" {{\n{provider}\n}}\n\
             resource \"{}\" \"{}\" {{\n{arguments}\n}}\n",
            self.subject.resource,
            super::ADDRESS_NAME,
        ));
    }

    /// Starts terraform.
    #[must_use]
    pub fn start(&self, arguments: &[&str]) -> Running {
        self.workspace.start(arguments)
    }

    /// Runs terraform.
    #[track_caller]
    pub fn run(&self, arguments: &[&str]) -> Outcome {
        finish(self.start(arguments))
    }

    /// `terraform apply -auto-approve`.
    #[track_caller]
    pub fn apply(&self) -> Outcome {
        self.run(&["apply", "-auto-approve"])
    }

    /// `terraform plan`.
    #[track_caller]
    pub fn plan(&self) -> Outcome {
        self.run(&["plan"])
    }

    /// `terraform destroy -auto-approve`.
    #[track_caller]
    pub fn destroy(&self) -> Outcome {
        self.run(&["destroy", "-auto-approve"])
    }

    /// Asserts that a plan, refresh included, changes nothing. `when` says after what.
    #[track_caller]
    pub fn plan_is_empty(&self, when: &str) {
        let outcome = self.run(&["plan", "-detailed-exitcode"]);
        let code = outcome.code();
        assert_eq!(
            code,
            Some(0),
            "{when}: the plan isn't empty or failed\n{outcome}"
        );
    }

    /// Plans into the file `planned`, and returns the plan of the resource: an element of
    /// `resource_changes`.
    #[track_caller]
    pub fn planned(&self, when: &str) -> Json {
        let outcome = self.run(&["plan", "-out=planned"]);
        assert_eq!(
            outcome.code(),
            Some(0),
            "{when}: the plan failed\n{outcome}"
        );
        let plan = self.run(&["show", "-json", "planned"]).succeeds().json();
        let address = self.address();
        let changes = plan["resource_changes"].as_array().into_iter().flatten();
        changes
            .clone()
            .find(|change| change["address"] == address.as_str())
            .unwrap_or_else(|| panic!("{when}: no {address} in the plan:\n{plan:#}"))
            .clone()
    }

    /// Applies what [`planned`](Self::planned) wrote.
    #[track_caller]
    pub fn apply_planned(&self) -> Outcome {
        self.run(&["apply", "planned"])
    }

    /// The resource's attributes in the state, if it is there.
    #[track_caller]
    pub fn in_state(&self) -> Option<Json> {
        let state = self.run(&["show", "-json"]).succeeds().json();
        let address = self.address();
        let resources = state["values"]["root_module"]["resources"].as_array()?;
        let found = resources
            .iter()
            .find(|one| one["address"] == address.as_str())?;
        Some(found["values"].clone())
    }

    /// The resource's attributes in the state.
    #[track_caller]
    pub fn values(&self) -> Json {
        self.in_state().expect("it is in the state")
    }
}

/// Waits for terraform's end.
///
/// # Panics
/// It takes longer than any command may.
#[track_caller]
pub(super) fn finish(mut running: Running) -> Outcome {
    let start = Instant::now();
    while !running.has_ended() {
        assert!(start.elapsed() < LIMIT, "{running:?} hangs");
        std::thread::sleep(Duration::from_millis(10));
    }
    running.wait()
}
