//! The `aws` crate against the emulator: what is written reads back the same. Its own tests say
//! what goes over the wire; these, whether both ends mean the same by it.

// A failed assumption here is a failed test.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing
)]

mod catalog;
mod groups;
mod retries;
mod templates;

use std::future::Future;

use aws::{Clients, Environment, Secret, Service, Settings, StaticCredentials};
use kubeha_tests::emulator::{Account, Emulator};
use kubeha_tests::lifecycle::{Aws, Network};
use serde_json::json;

/// An account with a network, and clients for it.
struct World {
    clients: Clients,
    network: Network,
    aws: Aws,
    account: Account,
}

impl World {
    fn new() -> Self {
        let emulator = Emulator::shared();
        Self::behind(emulator.url(), emulator.account())
    }

    /// The same, where calls go through this endpoint.
    fn behind(endpoint: &str, account: Account) -> Self {
        let emulator = Emulator::shared();
        // Time passes when a test says so.
        account.set_clock_factor(0.0);
        account.set(json!({ "launch_seconds": 0, "terminate_seconds": 0 }));
        let aws = Aws::new(emulator, &account);
        let endpoints = Service::ALL.map(|service| (service, endpoint.to_owned()));
        let settings = Settings {
            region: Some("us-east-1".into()),
            static_credentials: Some(StaticCredentials {
                access_key: Secret::new(account.id()),
                secret_key: Secret::new("any"),
                token: None,
            }),
            endpoints: endpoints.into(),
            ..Settings::default()
        };
        Self {
            clients: Clients::new(settings, Environment::default()),
            network: Network::make(&aws),
            aws,
            account,
        }
    }

    fn target_group(&self, name: &str, port: u16) -> String {
        // The network has groups of its own.
        let name = format!("of-{name}");
        Network::target_group(&self.aws, &self.network.vpc_id, &name, port)
    }
}

fn block_on<T>(future: impl Future<Output = T>) -> T {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build();
    runtime.expect("a runtime").block_on(future)
}

fn strings(texts: &[&str]) -> Vec<String> {
    texts.iter().map(|&text| text.to_owned()).collect()
}
