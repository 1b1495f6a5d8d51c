//! The attributes of the `provider` block. Names and meanings are hashicorp/aws's, so that what
//! users have there can be copied here.

use tfplug::{Attr, List, Map, Model, Secret, Set};

/// The `kubeha` provider builds highly available Kubernetes topologies on AWS from a region and its
/// availability zones.
///
/// Arguments, environment variables and their precedence are those of the `hashicorp/aws` provider:
/// the block first, then the environment, then the shared files. `provider "kubeha" {}` works from
/// the environment alone, and what makes no call to AWS, such as `kubeha_topology`, needs neither
/// credentials nor a region.
#[derive(Clone, Debug, Default, PartialEq, Model)]
#[tf(rules(
    Conflicting(&["allowed_account_ids", "forbidden_account_ids"]),
    Together(&["access_key", "secret_key"]),
    Requires("token", &["access_key"]),
))]
pub struct Config {
    /// Name of the cluster, for every resource that doesn't name one itself. Best are lower case
    /// letters, digits and hyphens, of which the names of AWS's objects are made as they are. It may
    /// be whatever can stand in a tag: up to 106 letters, digits, spaces and `_ . : / = + - @`.
    #[tf(optional)]
    pub(crate) cluster_name: Attr<String>,
    /// Whose objects these are, such as `platform/prod`: one value for each state file. It is tagged
    /// on everything at creation. A create that was killed finds what it made by this tag and goes
    /// on with it; without an owner it refuses and says how to import it. Another owner plans no
    /// change: what exists is marked with it at its next update. Environment variable:
    /// `KUBEHA_OWNER`.
    #[tf(optional)]
    pub(crate) owner: Attr<String>,

    /// Region where everything is made. Environment variables: `AWS_REGION`, `AWS_DEFAULT_REGION`.
    #[tf(optional)]
    pub(crate) region: Attr<String>,
    /// Profile of the shared files. Environment variable: `AWS_PROFILE`.
    #[tf(optional)]
    pub(crate) profile: Attr<String>,
    /// Configuration files, instead of `~/.aws/config`.
    #[tf(optional)]
    pub(crate) shared_config_files: Attr<List<String>>,
    /// Credentials files, instead of `~/.aws/credentials`.
    #[tf(optional)]
    pub(crate) shared_credentials_files: Attr<List<String>>,
    /// Access key. Prefer a profile, a role or the environment: what stands in a configuration is
    /// often shared. Environment variable: `AWS_ACCESS_KEY_ID`.
    #[tf(optional, sensitive)]
    pub(crate) access_key: Attr<Secret>,
    /// Secret key. Environment variable: `AWS_SECRET_ACCESS_KEY`.
    #[tf(optional, sensitive)]
    pub(crate) secret_key: Attr<Secret>,
    /// Session token of temporary credentials. Environment variable: `AWS_SESSION_TOKEN`.
    #[tf(optional, sensitive)]
    pub(crate) token: Attr<Secret>,

    /// Account ids that may be touched, and no others.
    #[tf(
        optional,
        check(each(pattern("[0-9]{12}", "an account id of 12 digits")))
    )]
    pub(crate) allowed_account_ids: Attr<Set<String>>,
    /// Account ids that must not be touched.
    #[tf(
        optional,
        check(each(pattern("[0-9]{12}", "an account id of 12 digits")))
    )]
    pub(crate) forbidden_account_ids: Attr<Set<String>>,

    /// How often a call is tried at most, the first time included. Default: 25. Environment
    /// variable: `AWS_MAX_ATTEMPTS`.
    #[tf(optional, check(range(1..=100)))]
    pub(crate) max_retries: Attr<i64>,
    /// How retries are spaced: `standard` backs off exponentially with jitter, `adaptive` also
    /// slows down while AWS throttles. Environment variable: `AWS_RETRY_MODE`.
    #[tf(optional, check(one_of(["standard", "adaptive"])))]
    pub(crate) retry_mode: Attr<String>,
    /// File of PEM certificates that are trusted instead of the system's. Environment variable:
    /// `AWS_CA_BUNDLE`.
    #[tf(optional)]
    pub(crate) custom_ca_bundle: Attr<String>,
    /// Proxy for HTTP, and for HTTPS unless `https_proxy` says otherwise. Environment variable:
    /// `HTTP_PROXY`.
    #[tf(optional)]
    pub(crate) http_proxy: Attr<String>,
    /// Proxy for HTTPS. Environment variable: `HTTPS_PROXY`.
    #[tf(optional)]
    pub(crate) https_proxy: Attr<String>,
    /// Hosts that are reached without a proxy, separated by commas. Environment variable:
    /// `NO_PROXY`.
    #[tf(optional)]
    pub(crate) no_proxy: Attr<String>,
    /// Whether to use FIPS endpoints. Environment variable: `AWS_USE_FIPS_ENDPOINT`.
    #[tf(optional)]
    pub(crate) use_fips_endpoint: Attr<bool>,
    /// Whether to use dual-stack endpoints. Environment variable: `AWS_USE_DUALSTACK_ENDPOINT`.
    #[tf(optional)]
    pub(crate) use_dualstack_endpoint: Attr<bool>,
    /// Taken for the sake of configurations that have it. Credentials are never tried beforehand:
    /// the first call to AWS tells whether they work.
    #[tf(optional)]
    pub(crate) skip_credentials_validation: Attr<bool>,
    /// Whether to leave out the instance metadata service as a source of credentials and region.
    #[tf(optional)]
    pub(crate) skip_metadata_api_check: Attr<bool>,
    /// Whether to accept any region name.
    #[tf(optional)]
    pub(crate) skip_region_validation: Attr<bool>,
    /// Taken for the sake of configurations that have it. STS is asked for the account only where
    /// `allowed_account_ids` or `forbidden_account_ids` say so, and then always.
    #[tf(optional)]
    pub(crate) skip_requesting_account_id: Attr<bool>,

    /// A role to assume. Several are assumed one after the other, each with the credentials of the
    /// one before.
    #[tf(block)]
    pub(crate) assume_role: Attr<List<AssumeRole>>,
    /// A role to assume by a token of an OpenID Connect provider.
    #[tf(block)]
    pub(crate) assume_role_with_web_identity: Attr<AssumeRoleWithWebIdentity>,
    /// Endpoints of services, instead of AWS's own: for emulators and VPC endpoints. Environment
    /// variables: `AWS_ENDPOINT_URL` and `AWS_ENDPOINT_URL_<SERVICE>`.
    #[tf(block)]
    pub(crate) endpoints: Attr<Endpoints>,
    /// Tags of everything that is made, unless a resource sets the same key itself.
    #[tf(block)]
    pub(crate) default_tags: Attr<DefaultTags>,
    /// Tags that others set and that are left alone: neither shown nor removed.
    #[tf(block)]
    pub(crate) ignore_tags: Attr<IgnoreTags>,
}

/// One `assume_role` block.
#[derive(Clone, Debug, Default, PartialEq, Model)]
pub(crate) struct AssumeRole {
    /// ARN of the role.
    #[tf(required, check(arn()))]
    pub(crate) role_arn: Attr<String>,
    /// How long the session lasts, such as `"1h"`: 15 minutes to 12 hours.
    #[tf(optional, check(duration()))]
    pub(crate) duration: Attr<String>,
    /// External id that the role's trust policy asks for.
    #[tf(optional, check(length(2..=1224)))]
    pub(crate) external_id: Attr<String>,
    /// Session policy as JSON, which further restricts the role.
    #[tf(optional)]
    pub(crate) policy: Attr<String>,
    /// ARNs of managed policies that further restrict the role.
    #[tf(optional, check(each(arn())))]
    pub(crate) policy_arns: Attr<Set<String>>,
    /// Name of the session, as it stands in CloudTrail.
    #[tf(optional, check(length(2..=64)))]
    pub(crate) session_name: Attr<String>,
    /// Source identity of the session.
    #[tf(optional, check(length(2..=64)))]
    pub(crate) source_identity: Attr<String>,
    /// Tags of the session.
    #[tf(optional)]
    pub(crate) tags: Attr<Map<String>>,
    /// Keys of the session's tags that further sessions inherit.
    #[tf(optional)]
    pub(crate) transitive_tag_keys: Attr<Set<String>>,
}

/// The `assume_role_with_web_identity` block.
#[derive(Clone, Debug, Default, PartialEq, Model)]
#[tf(rules(ExactlyOne(&["web_identity_token", "web_identity_token_file"])))]
pub(crate) struct AssumeRoleWithWebIdentity {
    /// ARN of the role. Environment variable: `AWS_ROLE_ARN`.
    #[tf(required, check(arn()))]
    pub(crate) role_arn: Attr<String>,
    /// How long the session lasts, such as `"1h"`: 15 minutes to 12 hours.
    #[tf(optional, check(duration()))]
    pub(crate) duration: Attr<String>,
    /// Session policy as JSON, which further restricts the role.
    #[tf(optional)]
    pub(crate) policy: Attr<String>,
    /// ARNs of managed policies that further restrict the role.
    #[tf(optional, check(each(arn())))]
    pub(crate) policy_arns: Attr<Set<String>>,
    /// Name of the session, as it stands in CloudTrail.
    #[tf(optional, check(length(2..=64)))]
    pub(crate) session_name: Attr<String>,
    /// The token itself.
    #[tf(optional, sensitive)]
    pub(crate) web_identity_token: Attr<Secret>,
    /// File that holds the token.
    #[tf(optional)]
    pub(crate) web_identity_token_file: Attr<String>,
}

/// The `endpoints` block.
#[derive(Clone, Debug, Default, PartialEq, Model)]
#[tf(rules(Conflicting(&["elbv2", "elasticloadbalancingv2"])))]
pub(crate) struct Endpoints {
    /// URL for EC2 Auto Scaling.
    #[tf(optional)]
    pub(crate) autoscaling: Attr<String>,
    /// URL for EC2.
    #[tf(optional)]
    pub(crate) ec2: Attr<String>,
    /// URL for Elastic Load Balancing; the same as `elbv2`.
    #[tf(optional)]
    pub(crate) elasticloadbalancingv2: Attr<String>,
    /// URL for Elastic Load Balancing.
    #[tf(optional)]
    pub(crate) elbv2: Attr<String>,
    /// URL for IAM.
    #[tf(optional)]
    pub(crate) iam: Attr<String>,
    /// URL for KMS.
    #[tf(optional)]
    pub(crate) kms: Attr<String>,
    /// URL for Route 53.
    #[tf(optional)]
    pub(crate) route53: Attr<String>,
    /// URL for Systems Manager.
    #[tf(optional)]
    pub(crate) ssm: Attr<String>,
    /// URL for STS.
    #[tf(optional)]
    pub(crate) sts: Attr<String>,
}

/// The `default_tags` block.
#[derive(Clone, Debug, Default, PartialEq, Model)]
pub(crate) struct DefaultTags {
    /// Values by key.
    #[tf(optional)]
    pub(crate) tags: Attr<Map<String>>,
}

/// The `ignore_tags` block.
#[derive(Clone, Debug, Default, PartialEq, Model)]
pub(crate) struct IgnoreTags {
    /// Whole keys.
    #[tf(optional)]
    pub(crate) keys: Attr<Set<String>>,
    /// Beginnings of keys, such as `kubernetes.io/`.
    #[tf(optional)]
    pub(crate) key_prefixes: Attr<Set<String>>,
}
