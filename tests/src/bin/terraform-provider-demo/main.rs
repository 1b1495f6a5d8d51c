//! A provider that exists to be tested with: its cloud is a directory, and it fails on demand.

mod checked;
mod cloud;
mod fault;
mod functions;
mod item;
mod kinds;
mod thing;
mod thing_lookup;
mod token;
mod vault;
mod versioned;

use std::process::ExitCode;

use tfplug::{Attr, Configure, Model, Provider, Registry, Result, Settings};

use cloud::Cloud;

/// Things in a directory, for tests.
#[derive(Clone, Debug, PartialEq, Model)]
struct Config {
    /// The directory. Default: what the environment variable `DEMO_CLOUD` says.
    #[tf(optional)]
    cloud: Attr<String>,
}

struct Demo;

impl Provider for Demo {
    type Config = Config;
    type Data = Cloud;

    async fn configure(&self, call: Configure<Config>) -> Result<Cloud> {
        let root = match call.config.cloud {
            Attr::Known(root) => Some(root.into()),
            // Of a resource that doesn't exist yet: nothing of ours can exist in it either.
            Attr::Unknown => None,
            Attr::Null => std::env::var_os("DEMO_CLOUD"),
        };
        Ok(Cloud::new(root.map(Into::into)))
    }

    fn register(&self, registry: &mut Registry<Cloud>) {
        registry
            .resource(thing::ThingResource)
            .resource(kinds::KindsResource)
            .resource(vault::VaultResource)
            .resource(checked::CheckedResource)
            .resource(item::ItemResource)
            .data_source(thing_lookup::ThingLookup)
            .ephemeral(token::TokenResource)
            .function(functions::Repeat)
            .function(functions::Join)
            .function(functions::OrElse);
        versioned::register(registry);
    }
}

fn main() -> ExitCode {
    let settings = Settings {
        name: "demo",
        version: env!("CARGO_PKG_VERSION"),
        address: "registry.terraform.io/example/demo",
        log_targets: &["terraform_provider_demo"],
    };
    tfplug::run(&settings, Demo)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_schemas_have_no_problems() {
        assert_eq!(tfplug::problems(Demo), [""; 0]);
    }
}
