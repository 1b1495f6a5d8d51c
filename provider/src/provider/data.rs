//! What resources and data sources get from the configured provider.

use std::collections::BTreeSet;

use aws::ownership::{Owner, Ownership};
use aws::tags::{ConfiguredTags, TagPolicy, TagValue};
use aws::{Clients, Environment};
use tfplug::{Attr, CancellationToken, Diagnostic, Diagnostics, Map, Path, Result, Set};

use super::claims::Claims;
use super::config::Config;
use super::openings::Openings;
use super::settings::settings;
use super::standings::Standings;
use super::told::Told;
use crate::diagnostics::sentence;

/// The configured provider.
#[derive(Debug)]
pub struct Data {
    clients: std::result::Result<Clients, Vec<Path>>,
    cluster_name: Attr<String>,
    owner: Option<Owner>,
    owner_is_known: bool,
    tags: Option<TagPolicy>,
    /// Names that resources of this run make or have.
    pub(crate) claims: Claims,
    /// What the security groups of this run open.
    pub(crate) openings: Openings,
    /// Where the load balancers of this run stand.
    pub(crate) standings: Standings,
    /// Which topologies were spoken of.
    pub(crate) told: Told,
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
        halt: CancellationToken,
    ) -> Result<Self> {
        let from_environment = || environment.get("KUBEHA_OWNER").map(str::to_owned);
        let owner = match config.owner.clone() {
            Attr::Null => from_environment().into(),
            owner => owner,
        };
        let owner_is_known = !owner.is_unknown();
        let owner = match owner.text() {
            Some(text) if !text.is_empty() => Some(parse_owner(text)?),
            _ => None,
        };
        let clients = settings(config, terraform_version)
            .map(|settings| Clients::new(settings, environment).until(halt));
        Ok(Self {
            clients,
            cluster_name: config.cluster_name.clone(),
            owner,
            owner_is_known,
            tags: tag_policy(config),
            claims: Claims::default(),
            openings: Openings::default(),
            standings: Standings::default(),
            told: Told::default(),
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
            owner_is_known: true,
            tags: Some(TagPolicy::default()),
            claims: Claims::default(),
            openings: Openings::default(),
            standings: Standings::default(),
            told: Told::default(),
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

    /// Whether it is known whose objects these are, or that nobody is named. Until then nothing can
    /// be said of an object that stands in the way.
    pub(crate) fn owner_is_known(&self) -> bool {
        self.owner_is_known
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
        Diagnostic::error("Invalid owner", sentence(&error.to_string()))
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

#[cfg(test)]
mod tests {
    use super::super::config::{DefaultTags, IgnoreTags};
    use super::*;

    fn data(config: &Config, environment: &[(&str, &str)]) -> Result<Data> {
        let environment = environment.iter().map(|(name, value)| (*name, *value));
        let environment = Environment::from_iter(environment);
        Data::new(config, "1.11.4", environment, CancellationToken::new())
    }

    fn owner(data: &Data) -> Option<String> {
        data.ownership("prod", "x")
            .owner
            .map(|owner| owner.as_str().to_owned())
    }

    #[test]
    fn the_block_s_owner_counts_more_than_the_environment_s() {
        let environment = [("KUBEHA_OWNER", "env")];
        assert_eq!(
            owner(&data(&Config::default(), &environment).unwrap()),
            Some("env".to_owned())
        );
        let config = Config {
            owner: "block".into(),
            ..Config::default()
        };
        assert_eq!(
            owner(&data(&config, &environment).unwrap()),
            Some("block".to_owned())
        );
        assert_eq!(owner(&data(&Config::default(), &[]).unwrap()), None);
    }

    #[test]
    fn an_unknown_owner_is_not_the_environment_s() {
        let config = Config {
            owner: Attr::Unknown,
            ..Config::default()
        };
        let data = data(&config, &[("KUBEHA_OWNER", "environment")]).unwrap();
        assert_eq!((owner(&data), data.owner_is_known()), (None, false));
    }

    #[test]
    fn an_owner_must_be_a_tag_s_value() {
        let config = Config {
            owner: "a,b".into(),
            ..Config::default()
        };
        let errors = data(&config, &[]).err().unwrap();
        assert_eq!(
            errors
                .iter()
                .map(|e| e.path().to_string())
                .collect::<Vec<_>>(),
            ["owner"]
        );
        assert!(errors.iter().all(|e| e.detail().starts_with("An owner is")));
    }

    #[test]
    fn an_unknown_connection_is_no_error_until_it_is_used() {
        let config = Config {
            region: Attr::Unknown,
            ..Config::default()
        };
        let data = data(&config, &[]).unwrap();
        assert!(!data.is_configured());
        let errors = data.clients().err().unwrap();
        assert!(
            errors
                .iter()
                .any(|error| error.detail().contains("\"region\""))
        );
        assert!(not_refreshed(&data).is_some());
    }

    #[test]
    fn tags_are_a_policy_as_soon_as_their_keys_are_known() {
        let block = |tags| Config {
            default_tags: DefaultTags { tags }.into(),
            ignore_tags: IgnoreTags {
                keys: Attr::Null,
                key_prefixes: Attr::Known(Set::from_iter(["kubernetes.io/".to_owned()])),
            }
            .into(),
            ..Config::default()
        };
        let tags = Attr::Known(Map([("a".to_owned(), Attr::Unknown)].into()));
        let known = data(&block(tags), &[]).unwrap();
        let policy = known.tags().unwrap();
        assert_eq!(policy.default.get("a"), Some(&TagValue::Unknown));
        assert!(policy.ignore_key_prefixes.contains("kubernetes.io/"));
        assert!(data(&block(Attr::Unknown), &[]).unwrap().tags().is_none());
    }
}
