//! Where clusters are built: an account, and an example in a workspace.

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
    /// `examples/complete` over so many zones. There is a hosted zone, and nothing else.
    pub(crate) fn new(zones: usize) -> Self {
        Self::of("complete", |aws| {
            // us-east-1e has none of the present instance types.
            let letters = ["a", "b", "c", "d", "f"].into_iter().take(zones);
            let zones: Vec<_> = letters.map(|letter| format!("us-east-1{letter}")).collect();
            let hosted_zone_id = Network::hosted_zone(aws, "example.com");
            json!({
                "availability_zones": zones,
                "dns": { "domain": "prod.example.com", "hosted_zone_id": hosted_zone_id },
                "control_plane_user_data": "#!/bin/sh\n",
                "worker_instance_types": ["m7i.xlarge", "m6i.xlarge"],
                "wait_for_healthy_timeout": "5m",
            })
        })
    }

    /// `examples/existing-network` over so many zones of a network that is there.
    pub(crate) fn existing(zones: usize) -> Self {
        Self::of("existing-network", |aws| {
            let network = Network::make(aws);
            let subnets: BTreeMap<_, _> = network.subnets.iter().take(zones).collect();
            let [masters, workers] = &network.instance_profiles;
            let groups = &network.security_groups;
            json!({
                "cluster_name": "existing",
                "owner": "acceptance/existing",
                "private_subnets": subnets,
                "public_subnets": subnets,
                "security_group_ids": {
                    "api_load_balancer": groups[0],
                    "service_load_balancer": groups[0],
                    "control_plane": groups[1],
                    "worker": groups[2],
                },
                "instance_profiles": { "control_plane": masters, "worker": workers },
                "wait_for_healthy_timeout": "5m",
            })
        })
    }

    /// `examples/many-clusters`, as it is.
    pub(crate) fn many() -> Self {
        Self::of("many-clusters", |_| json!({}))
    }

    fn of(example: &str, stand: impl FnOnce(&Aws) -> Json) -> Self {
        let emulator = Emulator::shared();
        let account = emulator.account();
        account.set(json!({
            "load_balancer_seconds": 0, "interface_linger_seconds": 0, "nat_gateway_seconds": 0,
        }));
        account.set_clock_factor(CLOCK);
        let mut variables = Map::from_iter([
            ("region".to_owned(), json!("us-east-1")),
            ("image_id".to_owned(), json!(IMAGE_X86_64)),
        ]);
        let more = stand(&Aws::new(emulator, &account));
        variables.extend(more.as_object().unwrap().clone());
        let mut workspace = kubeha();
        for (name, value) in account.environment(emulator.url()) {
            workspace.env(name, value);
        }
        copy(example, &workspace);
        let site = Self {
            workspace,
            variables: RefCell::new(variables),
            before: objects(&account),
            account,
        };
        site.write_variables();
        site
    }

    /// Sets a variable of the example, and returns what it was; null for the example's default.
    pub(crate) fn variable(&self, name: &str, value: Json) -> Json {
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

    /// What terraform says of an output.
    pub(crate) fn output(&self, name: &str) -> Json {
        self.workspace.state()["values"]["outputs"][name]["value"].clone()
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
fn copy(example: &str, workspace: &Workspace) {
    let examples = Path::new(env!("CARGO_MANIFEST_DIR")).join("../examples");
    for entry in std::fs::read_dir(examples.join(example)).unwrap() {
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

fn objects(account: &Account) -> BTreeSet<(String, String)> {
    let kinds = account.inventory().into_iter();
    kinds
        .flat_map(|(kind, objects)| objects.into_iter().map(move |one| (kind.clone(), one.id)))
        .collect()
}
