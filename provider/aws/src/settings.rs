//! The provider block's settings, as plain data.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::time::Duration;

use crate::secret::Secret;

/// How AWS is reached. Field for field hashicorp/aws's arguments of the same names; what is
/// `None` or empty falls back to the environment, then to the shared files, as it does there.
#[derive(Clone, Debug, Default)]
pub struct Settings {
    /// `region`: where everything is made.
    pub region: Option<String>,
    /// `profile`: a profile of the shared files. Set here, it wins over credentials in the
    /// environment; set by `AWS_PROFILE`, it does not.
    pub profile: Option<String>,
    /// `shared_config_files`: instead of `~/.aws/config`. A leading `~/` is the home folder.
    pub shared_config_files: Vec<PathBuf>,
    /// `shared_credentials_files`: instead of `~/.aws/credentials`.
    pub shared_credentials_files: Vec<PathBuf>,
    /// `access_key`, `secret_key` and `token`.
    pub static_credentials: Option<StaticCredentials>,
    /// `assume_role` blocks: each role is assumed with the credentials of the one before it.
    pub assume_role: Vec<AssumeRole>,
    /// `assume_role_with_web_identity`: replaces the base credentials.
    pub assume_role_with_web_identity: Option<AssumeRoleWithWebIdentity>,
    /// `endpoints`: a URL for a service, instead of AWS's own.
    pub endpoints: BTreeMap<Service, String>,
    /// `max_retries`: attempts per call, the first included. [`DEFAULT_MAX_ATTEMPTS`] if unset.
    pub max_retries: Option<u32>,
    /// `retry_mode`.
    pub retry_mode: Option<RetryMode>,
    /// `custom_ca_bundle`: PEM certificates that are trusted instead of the system's.
    pub custom_ca_bundle: Option<PathBuf>,
    /// `http_proxy`: for plain HTTP, and for HTTPS too unless `https_proxy` says otherwise.
    pub http_proxy: Option<String>,
    /// `https_proxy`.
    pub https_proxy: Option<String>,
    /// `no_proxy`: comma-separated hosts, domains and CIDRs reached directly.
    pub no_proxy: Option<String>,
    /// `use_fips_endpoint`.
    pub use_fips_endpoint: Option<bool>,
    /// `use_dualstack_endpoint`.
    pub use_dualstack_endpoint: Option<bool>,
    /// `skip_metadata_api_check`: never ask the instance metadata service.
    pub skip_metadata_api_check: bool,
    /// `skip_region_validation`: take a region whatever it looks like.
    pub skip_region_validation: bool,
    /// `skip_credentials_validation`: don't call STS to try the credentials beforehand.
    pub skip_credentials_validation: bool,
    /// `skip_requesting_account_id`: don't ask STS for the account.
    pub skip_requesting_account_id: bool,
    /// `allowed_account_ids`: if not empty, the only accounts that may be touched.
    pub allowed_account_ids: BTreeSet<String>,
    /// `forbidden_account_ids`: accounts that must not be touched.
    pub forbidden_account_ids: BTreeSet<String>,
    /// Who is calling, for the user agent.
    pub user_agent: Vec<Product>,
}

/// hashicorp/aws's default of `max_retries`, as its documentation of the provider block has it.
pub const DEFAULT_MAX_ATTEMPTS: u32 = 25;

/// A key pair given in the provider block.
#[derive(Clone, Debug)]
pub struct StaticCredentials {
    /// `access_key`.
    pub access_key: Secret,
    /// `secret_key`.
    pub secret_key: Secret,
    /// `token`: of temporary credentials.
    pub token: Option<Secret>,
}

/// A role to assume.
#[derive(Clone, Debug, Default)]
pub struct AssumeRole {
    /// `role_arn`.
    pub role_arn: String,
    /// `duration`: how long the session lasts; AWS's default is an hour.
    pub duration: Option<Duration>,
    /// `external_id`.
    pub external_id: Option<String>,
    /// `policy`: a session policy, JSON.
    pub policy: Option<String>,
    /// `policy_arns`: managed session policies.
    pub policy_arns: Vec<String>,
    /// `session_name`.
    pub session_name: Option<String>,
    /// `source_identity`.
    pub source_identity: Option<String>,
    /// `tags` of the session.
    pub tags: BTreeMap<String, String>,
    /// `transitive_tag_keys`.
    pub transitive_tag_keys: Vec<String>,
}

/// A role to assume by a token of an OpenID Connect provider.
#[derive(Clone, Debug)]
pub struct AssumeRoleWithWebIdentity {
    /// `role_arn`.
    pub role_arn: String,
    /// `web_identity_token` or `web_identity_token_file`.
    pub token: WebIdentityToken,
    /// `duration`.
    pub duration: Option<Duration>,
    /// `policy`: a session policy, JSON.
    pub policy: Option<String>,
    /// `policy_arns`: managed session policies.
    pub policy_arns: Vec<String>,
    /// `session_name`.
    pub session_name: Option<String>,
}

/// Where a web identity's token is.
#[derive(Clone, Debug)]
pub enum WebIdentityToken {
    /// The token itself.
    Given(Secret),
    /// A file that holds it, read anew each time the role is assumed.
    File(PathBuf),
}

/// How the SDK spaces its attempts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RetryMode {
    /// Exponential backoff with jitter.
    Standard,
    /// The same, and slower on our side while AWS throttles.
    Adaptive,
}

/// An AWS service this provider calls.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Service {
    /// EC2 Auto Scaling.
    AutoScaling,
    /// EC2.
    Ec2,
    /// Elastic Load Balancing, version 2.
    Elbv2,
    /// Identity and Access Management.
    Iam,
    /// Key Management Service.
    Kms,
    /// Route 53.
    Route53,
    /// Systems Manager.
    Ssm,
    /// Security Token Service.
    Sts,
}

impl Service {
    /// All of them, in the order of their names.
    pub const ALL: [Self; 8] = [
        Self::AutoScaling,
        Self::Ec2,
        Self::Elbv2,
        Self::Iam,
        Self::Kms,
        Self::Route53,
        Self::Ssm,
        Self::Sts,
    ];

    /// Its name in the `endpoints` block.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::AutoScaling => "autoscaling",
            Self::Ec2 => "ec2",
            Self::Elbv2 => "elbv2",
            Self::Iam => "iam",
            Self::Kms => "kms",
            Self::Route53 => "route53",
            Self::Ssm => "ssm",
            Self::Sts => "sts",
        }
    }
}

/// What people call it.
impl std::fmt::Display for Service {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::AutoScaling => "Auto Scaling",
            Self::Ec2 => "EC2",
            Self::Elbv2 => "ELBv2",
            Self::Iam => "IAM",
            Self::Kms => "KMS",
            Self::Route53 => "Route 53",
            Self::Ssm => "SSM",
            Self::Sts => "STS",
        })
    }
}

/// A name and version in the user agent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Product {
    /// Its name, such as `Terraform`.
    pub name: String,
    /// Its version, such as `1.11.4`.
    pub version: Option<String>,
}

impl Product {
    /// A product of this name and version.
    pub fn new(name: impl Into<String>, version: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            version: Some(version.into()),
        }
    }

    /// The products named in a text such as `TF_APPEND_USER_AGENT`: words `name/version` or
    /// `name`, split at spaces. Comments in brackets can't be carried and are left out.
    #[must_use]
    pub fn parse_all(text: &str) -> Vec<Self> {
        let mut depth = 0_usize;
        let plain: String = text
            .chars()
            .filter(|c| match c {
                '(' => {
                    depth += 1;
                    false
                }
                ')' => {
                    depth = depth.saturating_sub(1);
                    false
                }
                _ => depth == 0,
            })
            .collect();
        plain
            .split_whitespace()
            .map(|word| match word.split_once('/') {
                Some((name, version)) if !version.is_empty() => Self::new(name, version),
                Some((name, _)) => Self {
                    name: name.into(),
                    version: None,
                },
                None => Self {
                    name: word.into(),
                    version: None,
                },
            })
            .filter(|product| !product.name.is_empty())
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debug_of_settings_shows_no_secret() {
        let settings = Settings {
            static_credentials: Some(StaticCredentials {
                access_key: Secret::new("hush-id"),
                secret_key: Secret::new("hush-key"),
                token: Some(Secret::new("hush-token")),
            }),
            assume_role_with_web_identity: Some(AssumeRoleWithWebIdentity {
                role_arn: "arn:aws:iam::123456789012:role/ci".into(),
                token: WebIdentityToken::Given(Secret::new("hush-jwt")),
                duration: None,
                policy: None,
                policy_arns: Vec::new(),
                session_name: None,
            }),
            ..Settings::default()
        };
        assert!(!format!("{settings:?}").contains("hush"));
    }

    #[test]
    fn user_agent_words() {
        assert_eq!(
            Product::parse_all("ci/7 (build 9; (x)) tool plan/"),
            [
                Product::new("ci", "7"),
                Product {
                    name: "tool".into(),
                    version: None
                },
                Product {
                    name: "plan".into(),
                    version: None
                },
            ]
        );
    }
}
