//! A directory with a configuration, and terraform at work in it.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value as Json;
use tempfile::TempDir;

use crate::{Outcome, Running, terraform};

/// A working directory of its own, with a provider that terraform takes from where it was built.
///
/// The environment is empty but for `PATH`, a home directory without files, and what
/// [`env`](Self::env) sets. Gone when dropped.
#[derive(Debug)]
pub struct Workspace {
    root: TempDir,
    env: BTreeMap<OsString, OsString>,
}

impl Workspace {
    /// A workspace for the provider `address` (`host/namespace/name`), whose binary is named
    /// `terraform-provider-<name>`. Further providers, if a configuration names any, come from
    /// their registries, and then need `init`.
    ///
    /// # Panics
    /// There is no such binary, or the temporary directory can't be made.
    pub fn new(binary: &Path, address: &str) -> Self {
        let binary = binary
            .canonicalize()
            .unwrap_or_else(|error| panic!("{}: {error}", binary.display()));
        let name = format!("terraform-provider-{}", name_of(address));
        assert_eq!(binary.file_name().unwrap().to_str(), Some(name.as_str()));
        let root = tempfile::Builder::new().prefix("tf").tempdir().unwrap();
        std::fs::create_dir(root.path().join("home")).unwrap();
        std::fs::create_dir(root.path().join("work")).unwrap();
        let required = format!(
            "terraform {{\n  \
               required_providers {{\n    \
                 {} = {{ source = \"{address}\" }}\n  \
               }}\n\
             }}\n",
            name_of(address)
        );
        std::fs::write(root.path().join("work/providers.tf"), required).unwrap();
        let workspace = Self {
            root,
            env: BTreeMap::new(),
        };
        let built = binary.parent().unwrap().to_owned();
        workspace.take_providers_from(&[(address, &built)]);
        workspace
    }

    /// Has terraform take these providers, by their addresses, from these folders, without `init`.
    pub fn take_providers_from(&self, folders: &[(&str, &Path)]) {
        let overrides = folders.iter().map(|(address, folder)| {
            let folder = folder.display();
            format!("    \"{address}\" = \"{folder}\"\n")
        });
        let overrides: String = overrides.collect();
        let cli_config = format!(
            "provider_installation {{\n  \
               dev_overrides {{\n{overrides}  }}\n  \
               direct {{}}\n\
             }}\n"
        );
        std::fs::write(self.root.path().join("cli.tfrc"), cli_config).unwrap();
    }

    /// Sets a variable for every command from now on.
    pub fn env(&mut self, name: impl Into<OsString>, value: impl Into<OsString>) -> &mut Self {
        self.env.insert(name.into(), value.into());
        self
    }

    /// The path of a file in the working directory.
    pub fn path(&self, name: &str) -> PathBuf {
        self.root.path().join("work").join(name)
    }

    /// The directory that holds the working directory, and everything else of this workspace.
    pub fn root(&self) -> &Path {
        self.root.path()
    }

    /// Writes `main.tf`. What requires the provider stands in a file of its own already.
    pub fn main(&self, hcl: &str) -> &Self {
        self.file("main.tf", hcl)
    }

    /// Writes a file of the working directory.
    pub fn file(&self, name: &str, contents: &str) -> &Self {
        let path = self.path(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, contents)
            .unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        self
    }

    /// The text of a file of the working directory.
    pub fn read(&self, name: &str) -> String {
        let path = self.path(name);
        std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
    }

    /// A command in this workspace: isolated, not yet started.
    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(terraform());
        command
            .args(arguments)
            .current_dir(self.path(""))
            .env_clear()
            .env("HOME", self.root.path().join("home"))
            .env("TF_CLI_CONFIG_FILE", self.root.path().join("cli.tfrc"))
            .env("TF_IN_AUTOMATION", "1")
            .env("TF_INPUT", "0")
            .env("TF_CLI_ARGS", "-no-color")
            .env("CHECKPOINT_DISABLE", "1")
            .envs(&self.env);
        for kept in ["PATH", "TMPDIR"] {
            if let Some(value) = std::env::var_os(kept) {
                command.env(kept, value);
            }
        }
        command
    }

    /// Starts terraform with these arguments.
    pub fn start(&self, arguments: &[&str]) -> Running {
        Running::start(self.command(arguments))
    }

    /// Runs terraform with these arguments to its end.
    pub fn run(&self, arguments: &[&str]) -> Outcome {
        self.start(arguments).wait()
    }

    /// `terraform validate -json`: see [`Outcome::diagnostics`].
    pub fn validate(&self) -> Outcome {
        self.run(&["validate", "-json"])
    }

    /// `terraform plan`.
    pub fn plan(&self) -> Outcome {
        self.run(&["plan"])
    }

    /// `terraform apply -auto-approve`.
    pub fn apply(&self) -> Outcome {
        self.run(&["apply", "-auto-approve"])
    }

    /// `terraform destroy -auto-approve`.
    pub fn destroy(&self) -> Outcome {
        self.run(&["destroy", "-auto-approve"])
    }

    /// `terraform import`.
    pub fn import(&self, address: &str, id: &str) -> Outcome {
        self.run(&["import", address, id])
    }

    /// Asserts that a plan, refresh included, changes nothing: neither objects nor outputs.
    #[track_caller]
    pub fn plan_is_empty(&self) {
        let outcome = self.run(&["plan", "-detailed-exitcode"]);
        assert_eq!(
            outcome.code(),
            Some(0),
            "the plan isn't empty or failed\n{outcome}"
        );
    }

    /// Asserts that a plan has changes, and returns it as JSON (the form of
    /// `terraform show -json`).
    #[track_caller]
    pub fn planned_changes(&self) -> Json {
        let outcome = self.run(&["plan", "-detailed-exitcode", "-out=planned"]);
        assert_eq!(
            outcome.code(),
            Some(2),
            "the plan is empty or failed\n{outcome}"
        );
        self.run(&["show", "-json", "planned"]).succeeds().json()
    }

    /// What a plan does to a resource: `["create"]`, `["delete", "create"]`, ...
    #[track_caller]
    pub fn planned_actions(&self, address: &str) -> Vec<String> {
        let plan = self.planned_changes();
        let change = plan["resource_changes"]
            .as_array()
            .into_iter()
            .flatten()
            .find(|change| change["address"] == address)
            .unwrap_or_else(|| panic!("no {address} in the plan:\n{plan:#}"));
        let actions = change["change"]["actions"].as_array().unwrap();
        actions
            .iter()
            .map(|action| action.as_str().unwrap().to_owned())
            .collect()
    }

    /// The state as JSON (the form of `terraform show -json`).
    #[track_caller]
    pub fn state(&self) -> Json {
        self.run(&["show", "-json"]).succeeds().json()
    }

    /// A resource in the state of the root module, if it is there: `values`, `tainted`, ...
    #[track_caller]
    pub fn in_state(&self, address: &str) -> Option<Json> {
        self.state()["values"]["root_module"]["resources"]
            .as_array()?
            .iter()
            .find(|resource| resource["address"] == address)
            .cloned()
    }

    /// The attributes of a resource in the state of the root module.
    #[track_caller]
    pub fn values(&self, address: &str) -> Json {
        match self.in_state(address) {
            Some(resource) => resource["values"].clone(),
            None => panic!("{address} isn't in the state"),
        }
    }
}

fn name_of(address: &str) -> &str {
    address.rsplit('/').next().unwrap_or(address)
}
