//! `demo_vault`: write-only attributes, on top and nested.

use serde_json::json;
use tfplug::{Attr, Cx, Model, Planned, Resource, Result, Saved, Secret};

use crate::cloud::Cloud;

/// Something that takes a password and never shows it.
#[derive(Clone, Debug, PartialEq, Model)]
#[tf(rules(Together(&["password_wo", "password_wo_version"])))]
pub(crate) struct Vault {
    /// Its name. Changing this forces replacement.
    #[tf(required, plan(requires_replace()))]
    name: Attr<String>,
    /// The password.
    #[tf(optional, write_only)]
    password_wo: Attr<Secret>,
    /// To be changed with the password.
    #[tf(optional)]
    password_wo_version: Attr<i64>,
    /// A second lock.
    #[tf(optional)]
    lock: Attr<Lock>,
    /// How long the password is that the cloud has.
    #[tf(computed)]
    characters: Attr<i64>,
    /// Something that output hides and state holds.
    #[tf(computed, sensitive, plan(use_state_for_unknown()))]
    receipt: Attr<Secret>,
}

/// A lock of a vault.
#[derive(Clone, Debug, PartialEq, Model)]
pub(crate) struct Lock {
    /// Who made it. Default: `"us"`.
    #[tf(default = "us")]
    maker: Attr<String>,
    /// What opens it.
    #[tf(optional, write_only)]
    key_wo: Attr<Secret>,
}

pub(crate) struct VaultResource;

impl Resource for VaultResource {
    type Data = Cloud;
    type Model = Vault;

    fn type_name(&self) -> &'static str {
        "demo_vault"
    }

    async fn create(&self, cx: &Cx<Cloud>, new: Planned<Vault>, _: &Saved<Vault>) -> Result<Vault> {
        store(cx, new)
    }

    async fn read(&self, _: &Cx<Cloud>, state: Vault) -> Result<Option<Vault>> {
        Ok(Some(state))
    }

    async fn update(
        &self,
        cx: &Cx<Cloud>,
        _: Vault,
        new: Planned<Vault>,
        _: &Saved<Vault>,
    ) -> Result<Vault> {
        store(cx, new)
    }

    async fn delete(&self, cx: &Cx<Cloud>, state: Vault, _: &Saved<Vault>) -> Result<()> {
        cx.data().remove(&id(&state)?)
    }
}

fn store(cx: &Cx<Cloud>, new: Planned<Vault>) -> Result<Vault> {
    let characters = |secret: &Attr<Secret>| {
        let secret = secret.known()?;
        // Even who logs a secret doesn't tell it.
        tracing::trace!(?secret, "storing");
        i64::try_from(secret.expose().chars().count()).ok()
    };
    let password = characters(&new.config.password_wo);
    let key = new
        .config
        .lock
        .known()
        .and_then(|lock| characters(&lock.key_wo));
    let vault = Vault {
        characters: password.into(),
        receipt: Secret::new("hush-receipt".to_owned()).into(),
        ..new.plan
    };
    let object = json!({ "password_characters": password, "key_characters": key });
    cx.data().put(&id(&vault)?, &object)?;
    Ok(vault)
}

fn id(vault: &Vault) -> Result<String> {
    Ok(format!("vault-{}", vault.name.get("name")?))
}
