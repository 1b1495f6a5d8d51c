//! From the `provider` block to how AWS is reached.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::Duration;

use aws::{
    AssumeRole, AssumeRoleWithWebIdentity, Product, RetryMode, Secret, Service, Settings,
    StaticCredentials, WebIdentityToken,
};
use tfplug::model::Model;
use tfplug::validate::parse_duration;
use tfplug::{Attr, List, Set};

use super::config::{self, Config};

/// The settings, or the attributes that are not known yet. A part of them alone would lead to
/// another account or region, and there nothing would be found.
pub(super) fn settings(
    config: &Config,
    terraform_version: &str,
) -> Result<Settings, Vec<tfplug::Path>> {
    let unknown = unknown(config);
    if !unknown.is_empty() {
        return Err(unknown);
    }
    Ok(Settings {
        region: text(&config.region),
        profile: text(&config.profile),
        shared_config_files: paths(&config.shared_config_files),
        shared_credentials_files: paths(&config.shared_credentials_files),
        static_credentials: static_credentials(config),
        assume_role: config
            .assume_role
            .known()
            .into_iter()
            .flat_map(List::known)
            .map(assume_role)
            .collect(),
        assume_role_with_web_identity: config
            .assume_role_with_web_identity
            .known()
            .and_then(assume_role_with_web_identity),
        endpoints: config.endpoints.known().map(endpoints).unwrap_or_default(),
        max_retries: config
            .max_retries
            .known()
            .and_then(|&count| u32::try_from(count).ok()),
        retry_mode: config.retry_mode.text().map(|mode| match mode {
            "adaptive" => RetryMode::Adaptive,
            _ => RetryMode::Standard,
        }),
        custom_ca_bundle: text(&config.custom_ca_bundle).map(PathBuf::from),
        http_proxy: text(&config.http_proxy),
        https_proxy: text(&config.https_proxy),
        no_proxy: text(&config.no_proxy),
        use_fips_endpoint: config.use_fips_endpoint.known().copied(),
        use_dualstack_endpoint: config.use_dualstack_endpoint.known().copied(),
        skip_metadata_api_check: is_true(&config.skip_metadata_api_check),
        skip_region_validation: is_true(&config.skip_region_validation),
        skip_credentials_validation: is_true(&config.skip_credentials_validation),
        skip_requesting_account_id: is_true(&config.skip_requesting_account_id),
        allowed_account_ids: texts(&config.allowed_account_ids).into_iter().collect(),
        forbidden_account_ids: texts(&config.forbidden_account_ids).into_iter().collect(),
        user_agent: vec![
            Product::new("Terraform", terraform_version),
            Product::new("terraform-provider-kubeha", env!("CARGO_PKG_VERSION")),
        ],
    })
}

/// What of the connection is unknown. Names and tags are no part of it.
fn unknown(config: &Config) -> Vec<tfplug::Path> {
    let connection = Config {
        cluster_name: Attr::Null,
        owner: Attr::Null,
        default_tags: Attr::Null,
        ignore_tags: Attr::Null,
        ..config.clone()
    };
    connection.into_value().forget_unknowns()
}

fn static_credentials(config: &Config) -> Option<StaticCredentials> {
    let secret = |attribute: &Attr<tfplug::Secret>| {
        attribute.known().map(|secret| Secret::new(secret.expose()))
    };
    Some(StaticCredentials {
        access_key: secret(&config.access_key)?,
        secret_key: secret(&config.secret_key)?,
        token: secret(&config.token),
    })
}

fn assume_role(role: &config::AssumeRole) -> AssumeRole {
    AssumeRole {
        role_arn: text(&role.role_arn).unwrap_or_default(),
        duration: duration(&role.duration),
        external_id: text(&role.external_id),
        policy: text(&role.policy),
        policy_arns: texts(&role.policy_arns),
        session_name: text(&role.session_name),
        source_identity: text(&role.source_identity),
        tags: role
            .tags
            .known()
            .into_iter()
            .flat_map(tfplug::Map::known)
            .map(|(key, value)| (key.to_owned(), value.clone()))
            .collect(),
        transitive_tag_keys: texts(&role.transitive_tag_keys),
    }
}

fn assume_role_with_web_identity(
    role: &config::AssumeRoleWithWebIdentity,
) -> Option<AssumeRoleWithWebIdentity> {
    let token = match (
        role.web_identity_token.known(),
        role.web_identity_token_file.text(),
    ) {
        (Some(token), _) => WebIdentityToken::Given(Secret::new(token.expose())),
        (None, Some(file)) => WebIdentityToken::File(file.into()),
        (None, None) => return None,
    };
    Some(AssumeRoleWithWebIdentity {
        role_arn: text(&role.role_arn).unwrap_or_default(),
        token,
        duration: duration(&role.duration),
        policy: text(&role.policy),
        policy_arns: texts(&role.policy_arns),
        session_name: text(&role.session_name),
    })
}

fn endpoints(block: &config::Endpoints) -> BTreeMap<Service, String> {
    [
        (Service::AutoScaling, &block.autoscaling),
        (Service::Ec2, &block.ec2),
        (Service::Elbv2, &block.elasticloadbalancingv2),
        (Service::Elbv2, &block.elbv2),
        (Service::Iam, &block.iam),
        (Service::Kms, &block.kms),
        (Service::Route53, &block.route53),
        (Service::Ssm, &block.ssm),
        (Service::Sts, &block.sts),
    ]
    .into_iter()
    .filter_map(|(service, url)| Some((service, text(url)?)))
    .collect()
}

/// An empty text is as good as none, as in hashicorp/aws: modules pass `""` for "not set".
fn text(attribute: &Attr<String>) -> Option<String> {
    attribute
        .text()
        .filter(|text| !text.is_empty())
        .map(str::to_owned)
}

fn texts(attribute: &Attr<Set<String>>) -> Vec<String> {
    attribute
        .known()
        .into_iter()
        .flat_map(Set::known)
        .cloned()
        .collect()
}

fn paths(attribute: &Attr<List<String>>) -> Vec<PathBuf> {
    attribute
        .known()
        .into_iter()
        .flat_map(List::known)
        .map(PathBuf::from)
        .collect()
}

/// The schema's check has seen to its form.
fn duration(attribute: &Attr<String>) -> Option<Duration> {
    attribute.text().and_then(parse_duration)
}

fn is_true(attribute: &Attr<bool>) -> bool {
    attribute.known().copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use tfplug::Path;

    use super::*;

    fn known(config: &Config) -> Settings {
        settings(config, "1.11.4").unwrap()
    }

    #[test]
    fn an_empty_block_leaves_all_to_the_environment() {
        let settings = known(&Config::default());
        assert_eq!(settings.region, None);
        assert!(settings.static_credentials.is_none() && settings.assume_role.is_empty());
        let product = settings.user_agent.first().unwrap();
        assert_eq!(
            (product.name.as_str(), product.version.as_deref()),
            ("Terraform", Some("1.11.4"))
        );
    }

    #[test]
    fn empty_text_is_not_set() {
        let config = Config {
            region: "".into(),
            profile: "p".into(),
            ..Config::default()
        };
        let settings = known(&config);
        assert_eq!(
            (settings.region, settings.profile),
            (None, Some("p".to_owned()))
        );
    }

    #[test]
    fn roles_keep_their_order() {
        let role = |name: &str| config::AssumeRole {
            role_arn: format!("arn:aws:iam::123456789012:role/{name}").into(),
            duration: "1h30m".into(),
            ..config::AssumeRole::default()
        };
        let roles = List::from_iter([role("first"), role("second")]);
        let settings = known(&Config {
            assume_role: roles.into(),
            ..Config::default()
        });
        let names: Vec<_> = settings
            .assume_role
            .iter()
            .map(|role| role.role_arn.rsplit('/').next().unwrap())
            .collect();
        assert_eq!(names, ["first", "second"]);
        let duration = settings.assume_role.first().and_then(|role| role.duration);
        assert_eq!(duration, Some(Duration::from_secs(5400)));
    }

    #[test]
    fn both_names_of_an_endpoint_lead_to_the_service() {
        for block in [
            config::Endpoints {
                elbv2: "http://a".into(),
                ..config::Endpoints::default()
            },
            config::Endpoints {
                elasticloadbalancingv2: "http://a".into(),
                ..config::Endpoints::default()
            },
        ] {
            let settings = known(&Config {
                endpoints: block.into(),
                ..Config::default()
            });
            assert_eq!(
                settings.endpoints.get(&Service::Elbv2).map(String::as_str),
                Some("http://a")
            );
        }
    }

    #[test]
    fn what_is_unknown_is_named_at_any_depth() {
        let block = config::Endpoints {
            ec2: Attr::Unknown,
            ..config::Endpoints::default()
        };
        let config = Config {
            region: Attr::Unknown,
            endpoints: block.into(),
            ..Config::default()
        };
        let unknown = settings(&config, "1.11.4").unwrap_err();
        assert!(unknown.contains(&Path::attribute("region")));
        assert!(unknown.contains(&Path::attribute("endpoints").and("ec2")));
    }

    #[test]
    fn names_and_tags_may_be_unknown_without_cutting_the_way_to_aws() {
        let config = Config {
            cluster_name: Attr::Unknown,
            owner: Attr::Unknown,
            default_tags: Attr::Unknown,
            ..Config::default()
        };
        assert!(settings(&config, "1.11.4").is_ok());
    }
}
