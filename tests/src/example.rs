//! A configuration of `examples/` in a workspace, with an account of the emulator and values for its
//! variables.

use std::cell::RefCell;
use std::fs;
use std::path::{Path, PathBuf};

use serde_json::{Map, Value as Json, json};

use crate::emulator::{Account, Emulator};
use crate::lifecycle::{Aws, Before};
use crate::proxy::Proxy;
use crate::{Workspace, kubeha};

/// So many virtual seconds pass in one: targets are healthy some twenty after their nodes.
const CLOCK: f64 = 60.0;

/// What a plan warns of where one block lacks what another relies on.
const MISFITS: [&str; 4] = [
    "Port not open",
    "Nobody is let in",
    "Switches don't match",
    "Zones without the load balancer",
];

/// An example as its user has it: the files as they are, and `terraform.tfvars.json`.
///
/// # Panics
/// Its methods panic where terraform or the emulator does what a test doesn't expect.
#[derive(Debug)]
pub struct Example {
    /// Where it is.
    pub workspace: Workspace,
    /// Where it is applied.
    pub account: Account,
    /// Between the provider and the emulator.
    pub proxy: Proxy,
    /// What the account had at first.
    pub before: Before,
    folder: String,
    variables: RefCell<Map<String, Json>>,
}

impl Example {
    /// An example, by its folder in `examples/`. `stand` makes what it stands on, and returns the
    /// values of its variables.
    #[must_use]
    pub fn new(folder: &str, stand: impl FnOnce(&Aws) -> Json) -> Self {
        let emulator = Emulator::shared();
        let account = emulator.account();
        account.set(json!({
            "load_balancer_seconds": 0, "interface_linger_seconds": 0, "nat_gateway_seconds": 0,
        }));
        account.set_clock_factor(CLOCK);
        let mut variables = Map::new();
        if let Json::Object(values) = stand(&Aws::new(emulator, &account)) {
            variables.extend(values);
        }
        let proxy = Proxy::start(emulator.url()).unwrap();
        let mut workspace = configuration(folder);
        enter(&mut workspace, &account, &proxy);
        let example = Self {
            workspace,
            proxy,
            variables: RefCell::new(variables),
            before: Before::of(&account),
            folder: folder.to_owned(),
            account,
        };
        example.write_variables();
        example
    }

    /// Sets a variable, and returns what it was; null for the example's default.
    pub fn variable(&self, name: &str, value: Json) -> Json {
        let mut variables = self.variables.borrow_mut();
        let before = if value.is_null() {
            variables.remove(name)
        } else {
            variables.insert(name.to_owned(), value)
        };
        drop(variables);
        self.write_variables();
        before.unwrap_or_default()
    }

    /// Asserts that a plan with another value of a variable is refused in these words.
    #[track_caller]
    pub fn refuses(&self, variable: &str, value: Json, words: &str) {
        let before = self.variable(variable, value);
        self.workspace.plan().fails().says(words);
        self.variable(variable, before);
    }

    /// What terraform says of an output.
    #[track_caller]
    #[must_use]
    pub fn output(&self, name: &str) -> Json {
        self.outputs()[name]["value"].clone()
    }

    /// All outputs, each with its `value`.
    #[track_caller]
    #[must_use]
    pub fn outputs(&self) -> Json {
        self.workspace.state()["values"]["outputs"].clone()
    }

    /// Applies it, and asserts that its parts fit together and that the second plan is empty.
    #[track_caller]
    pub fn stands(&self) {
        let mut applied = self.workspace.apply().succeeds();
        for warning in MISFITS {
            applied = applied.does_not_say(warning);
        }
        self.workspace.plan_is_empty();
    }

    /// Asserts that a destroy leaves exactly what was there before.
    #[track_caller]
    pub fn goes(&self) {
        self.workspace.destroy().succeeds();
        self.before.nothing_left(&self.account, "destroyed");
    }

    /// A copy that goes on by itself: of the files, the state, the account and all that it has. Time stands
    /// still in this one from now on.
    #[must_use]
    pub fn copy(&self) -> Self {
        self.account.set_clock_factor(0.0);
        let account = self.account.copy();
        account.set_clock_factor(CLOCK);
        let proxy = Proxy::start(account.url()).unwrap();
        let mut workspace = configuration(&self.folder);
        enter(&mut workspace, &account, &proxy);
        write_variables(&workspace, &self.variables.borrow());
        let state = self.workspace.path("terraform.tfstate");
        if state.exists() {
            fs::copy(state, workspace.path("terraform.tfstate")).unwrap();
        }
        Self {
            workspace,
            account,
            proxy,
            before: self.before.clone(),
            folder: self.folder.clone(),
            variables: self.variables.clone(),
        }
    }

    /// The same example with the present variables for the same account, with a state of its own.
    #[must_use]
    pub fn another_state(&self) -> Workspace {
        let mut workspace = configuration(&self.folder);
        enter(&mut workspace, &self.account, &self.proxy);
        write_variables(&workspace, &self.variables.borrow());
        workspace
    }

    /// A workspace for the same account, without a configuration.
    #[must_use]
    pub fn empty_workspace(&self) -> Workspace {
        let mut workspace = kubeha();
        enter(&mut workspace, &self.account, &self.proxy);
        workspace
    }

    fn write_variables(&self) {
        write_variables(&self.workspace, &self.variables.borrow());
    }
}

/// What a workspace is run with.
fn enter(workspace: &mut Workspace, account: &Account, proxy: &Proxy) {
    for (name, value) in account.environment(&proxy.url()) {
        workspace.env(name, value);
    }
}

fn write_variables(workspace: &Workspace, variables: &Map<String, Json>) {
    if variables.is_empty() {
        return;
    }
    let text = Json::Object(variables.clone()).to_string();
    workspace.file("terraform.tfvars.json", &text);
}

/// An example in a workspace without an account: for `validate`, and for mocked providers. The modules
/// of `examples/modules` are where it looks for them.
#[must_use]
pub fn configuration(folder: &str) -> Workspace {
    let workspace = kubeha();
    // An example says itself which providers it requires.
    fs::remove_file(workspace.path("providers.tf")).unwrap();
    copy(&examples().join(folder), &workspace.path(""));
    if files(&workspace.path(""))
        .iter()
        .any(|file| calls_a_module(file))
    {
        copy(
            &examples().join("modules"),
            &workspace.root().join("modules"),
        );
        workspace.run(&["get"]).succeeds();
    }
    workspace
}

/// The folder `examples/`.
#[must_use]
pub fn examples() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../examples")
}

/// All files below a folder, sorted. What terraform leaves where somebody tried an example is none of it.
///
/// # Panics
/// There is no such folder.
#[must_use]
pub fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder)
        .unwrap_or_else(|error| panic!("{}: {error}", folder.display()))
        .map(|entry| entry.unwrap());
    let mut found: Vec<_> = entries
        .filter(|entry| !is_left_over(&entry.file_name().to_string_lossy()))
        .map(|entry| entry.path())
        .flat_map(|path| {
            if path.is_dir() {
                files(&path)
            } else {
                vec![path]
            }
        })
        .collect();
    found.sort_unstable();
    found
}

fn is_left_over(name: &str) -> bool {
    name.starts_with(".terraform") || name.contains(".tfstate")
}

/// Whether a file calls a module of `examples/modules`, which are beside the example's own folder.
fn calls_a_module(file: &Path) -> bool {
    let text = fs::read_to_string(file).unwrap();
    text.lines()
        .any(|line| line.trim_start().starts_with("source") && line.contains("\"../modules/"))
}

fn copy(from: &Path, to: &Path) {
    for file in files(from) {
        let target = to.join(file.strip_prefix(from).unwrap());
        fs::create_dir_all(target.parent().unwrap()).unwrap();
        fs::copy(&file, &target).unwrap();
    }
}
