//! What resources and data sources get from the configured provider.

use std::collections::BTreeSet;

use aws::ownership::{Owner, Ownership};
use aws::tags::{ConfiguredTags, TagPolicy, TagValue};
use aws::{Clients, Environment};
use tfplug::{Attr, Diagnostic, Diagnostics, Map, Path, Result, Set};

use super::claims::Claims;
use super::config::Config;
use super::settings::settings;

/// The configured provider.
#[derive(Debug)]
pub struct Data {
    clients: std::result::Result<Clients, Vec<Path>>,
    cluster_name: Attr<String>,
    owner: Option<Owner>,
    tags: Option<TagPolicy>,
    /// Names that resources of this run make or have.
    pub(crate) claims: Claims,
}

impl Data {
    /// Takes the configuration apart. Nothing is read or called.
    ///
    /// # Errors
    /// An owner that can't be a tag.
    pub(super) fn new(
        config: &Config,
        terraform_version: &str,
        environment: Environment,
    ) -> Result<Self> {
        let owner = match config
            .owner
            .text()
            .or_else(|| environment.get("KUBEHA_OWNER"))
        {
            Some(text) if !text.is_empty() => Some(parse_owner(text)?),
            _ => None,
        };
        let clients =
            settings(config, terraform_version).map(|settings| Clients::new(settings, environment));
        Ok(Self {
            clients,
            cluster_name: config.cluster_name.clone(),
            owner,
            tags: tag_policy(config),
            claims: Claims::default(),
        })
    }

    /// A provider for a cluster (none, if the name is empty) that can't reach AWS.
    #[cfg(test)]
    pub(crate) fn for_tests(cluster_name: &str) -> Self {
        let name = Some(cluster_name)
            .filter(|name| !name.is_empty())
            .map(str::to_owned);
        Self {
            clients: Err(Vec::new()),
            cluster_name: name.into(),
            owner: None,
            tags: Some(TagPolicy::default()),
            claims: Claims::default(),
        }
    }

    /// The way to AWS.
    ///
    /// # Errors
    /// The provider's configuration isn't known yet.
    pub(crate) fn clients(&self) -> Result<&Clients> {
        self.clients
            .as_ref()
            .map_err(|unknown| not_configured(unknown))
    }

    /// Whether AWS can be asked at all. While the provider's configuration depends on what doesn't
    /// exist yet, a plan goes on without.
    pub(crate) fn is_configured(&self) -> bool {
        self.clients.is_ok()
    }

    /// The cluster that resources belong to unless they say otherwise.
    pub(crate) fn cluster_name(&self) -> &Attr<String> {
        &self.cluster_name
    }

    /// The marks of an object of a cluster.
    pub(crate) fn ownership(&self, cluster: &str, kind: &'static str) -> Ownership {
        Ownership {
            cluster: cluster.to_owned(),
            kind,
            owner: self.owner.clone(),
        }
    }

    /// Default and ignored tags; `None` while they aren't known.
    pub(crate) fn tags(&self) -> Option<&TagPolicy> {
        self.tags.as_ref()
    }
}

/// Checks an owner.
///
/// # Errors
/// It can't be a tag's value.
pub(super) fn parse_owner(text: &str) -> Result<Owner> {
    Owner::parse(text).map_err(|error| {
        Diagnostic::error("Invalid owner", format!("{error}."))
            .at("owner")
            .into()
    })
}

/// Says on a refresh that it could not be one, since the provider isn't configured yet.
pub(crate) fn not_refreshed(data: &Data) -> Option<Diagnostic> {
    let unknown = data.clients.as_ref().err()?;
    Some(Diagnostic::warning(
        "Not refreshed",
        format!(
            "The provider's {} will be known only after apply, so this object is taken to be as it \
             was last seen.",
            list(unknown)
        ),
    ))
}

fn not_configured(unknown: &[Path]) -> Diagnostics {
    Diagnostic::error(
        "Provider configuration not known",
        format!(
            "The provider's {} will be known only after other resources are applied, but AWS must \
             be asked now. Apply those first with -target, or give the provider a value that is \
             known.",
            list(unknown)
        ),
    )
    .into()
}

fn list(paths: &[Path]) -> String {
    paths
        .iter()
        .map(|path| format!("\"{path}\""))
        .collect::<Vec<_>>()
        .join(", ")
}

fn tag_policy(config: &Config) -> Option<TagPolicy> {
    let default = match &config.default_tags {
        Attr::Known(block) => configured_tags(&block.tags)?,
        Attr::Null => ConfiguredTags::new(),
        Attr::Unknown => return None,
    };
    let (ignore_keys, ignore_key_prefixes) = match &config.ignore_tags {
        Attr::Known(block) => (words(&block.keys)?, words(&block.key_prefixes)?),
        Attr::Null => Default::default(),
        Attr::Unknown => return None,
    };
    Some(TagPolicy {
        default,
        ignore_keys,
        ignore_key_prefixes,
    })
}

/// Tags as configured; `None` if not even the keys are known.
pub(crate) fn configured_tags(tags: &Attr<Map<String>>) -> Option<ConfiguredTags> {
    let tags = match tags {
        Attr::Known(tags) => tags,
        Attr::Null => return Some(ConfiguredTags::new()),
        Attr::Unknown => return None,
    };
    let value = |value: &Attr<String>| match value {
        Attr::Known(text) => TagValue::Known(text.clone()),
        Attr::Null => TagValue::Null,
        Attr::Unknown => TagValue::Unknown,
    };
    Some(
        tags.0
            .iter()
            .map(|(key, text)| (key.clone(), value(text)))
            .collect(),
    )
}

fn words(set: &Attr<Set<String>>) -> Option<BTreeSet<String>> {
    match set {
        Attr::Known(set) => Some(set.all_known()?.into_iter().cloned().collect()),
        Attr::Null => Some(BTreeSet::new()),
        Attr::Unknown => None,
    }
}
