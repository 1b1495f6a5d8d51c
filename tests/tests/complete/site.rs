//! Where a cluster is built: an account with a network, and `examples/complete` in a workspace.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use kubeha_tests::emulator::{Account, Emulator};
use kubeha_tests::lifecycle::{Aws, IMAGE_X86_64, Network};
use kubeha_tests::{Workspace, kubeha};
use serde_json::{Map, Value as Json, json};

/// So many virtual seconds pass in one: targets are healthy some twenty after their nodes.
const CLOCK: f64 = 60.0;

pub(crate) struct Site {
    pub(crate) workspace: Workspace,
    pub(crate) account: Account,
    variables: RefCell<Map<String, Json>>,
    before: BTreeSet<(String, String)>,
}

impl Site {
    /// A site over so many zones, where nothing is built yet.
    pub(crate) fn new(zones: usize) -> Self {
        let emulator = Emulator::shared();
        let account = emulator.account();
        account.set(json!({ "load_balancer_seconds": 0, "interface_linger_seconds": 0 }));
        account.set_clock_factor(CLOCK);
        let aws = Aws::new(emulator, &account);
        let network = Network::make(&aws);
        let mut workspace = kubeha();
        for (name, value) in account.environment(emulator.url()) {
            workspace.env(name, value);
        }
        copy_example(&workspace);
        let site = Self {
            workspace,
            variables: RefCell::new(variables(&network, zones)),
            before: objects(&account),
            account,
        };
        site.write_variables();
        site
    }

    /// The zones, by name.
    pub(crate) fn zones(&self) -> Vec<String> {
        let variables = self.variables.borrow();
        let subnets = variables["private_subnets"].as_object().unwrap();
        subnets.keys().cloned().collect()
    }

    /// Sets a variable of the example, and returns what it was.
    pub(crate) fn variable(&self, name: &str, value: Json) -> Json {
        let before = self.variables.borrow_mut().insert(name.to_owned(), value);
        self.write_variables();
        before.unwrap()
    }

    /// Asserts that a destroy leaves exactly what was there before.
    #[track_caller]
    pub(crate) fn goes(&self) {
        self.workspace.destroy().succeeds();
        assert_eq!(objects(&self.account), self.before);
    }

    fn write_variables(&self) {
        let text = Json::Object(self.variables.borrow().clone()).to_string();
        self.workspace.file("terraform.tfvars.json", &text);
    }
}

/// The file that requires the provider takes the place of the workspace's own.
fn copy_example(workspace: &Workspace) {
    let example = Path::new(env!("CARGO_MANIFEST_DIR")).join("../examples/complete");
    for entry in std::fs::read_dir(example).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_str().unwrap();
        let name = if name == "terraform.tf" {
            "providers.tf"
        } else {
            name
        };
        workspace.file(name, &std::fs::read_to_string(&path).unwrap());
    }
}

fn variables(network: &Network, zones: usize) -> Map<String, Json> {
    let subnets: BTreeMap<_, _> = network.subnets.iter().take(zones).collect();
    let [masters, workers] = &network.instance_profiles;
    let groups = &network.security_groups;
    let variables = json!({
        "region": "us-east-1",
        "cluster_name": "complete",
        "owner": "acceptance/complete",
        "private_subnets": subnets,
        "public_subnets": subnets,
        "security_group_ids": {
            "api_load_balancer": groups[0],
            "service_load_balancer": groups[0],
            "control_plane": groups[1],
            "worker": groups[2],
        },
        "instance_profiles": { "control_plane": masters, "worker": workers },
        "image_id": IMAGE_X86_64,
        "control_plane_user_data": "#!/bin/sh\n",
        "wait_for_healthy_timeout": "5m",
        "worker_instance_types": ["m7i.xlarge", "m6i.xlarge"],
    });
    match variables {
        Json::Object(variables) => variables,
        _ => unreachable!("an object"),
    }
}

fn objects(account: &Account) -> BTreeSet<(String, String)> {
    let kinds = account.inventory().into_iter();
    kinds
        .flat_map(|(kind, objects)| objects.into_iter().map(move |one| (kind.clone(), one.id)))
        .collect()
}
