//! Settings turned into clients, once, on first use.

use std::sync::Arc;

use aws_config::provider_config::ProviderConfig;
use aws_config::{BehaviorVersion, Region};
use aws_smithy_async::rt::sleep::{SharedAsyncSleep, TokioSleep};
use aws_types::SdkConfig;
use aws_types::sdk_ua_metadata::FrameworkMetadata;
use tokio::sync::OnceCell;
use tokio_util::sync::CancellationToken;

use crate::autoscaling::Autoscaling;
use crate::ec2::Ec2;
use crate::elbv2::Elbv2;
use crate::environment::Environment;
use crate::error::Error;
use crate::iam::Iam;
use crate::profile::Profile;
use crate::route53::Route53;
use crate::settings::{Product, Settings};
use crate::setup::SetupError;
use crate::ssm::Ssm;
use crate::sts::{Identity, Sts};
use crate::{credentials, http, region, retry};

/// The way to AWS. Making one does nothing: no file is read and no call made until a service is
/// asked for. Share it by `Arc`, so that reads that arrive together share their calls.
#[derive(Debug)]
pub struct Clients {
    settings: Settings,
    environment: Environment,
    halt: CancellationToken,
    ready: OnceCell<Ready>,
    identity: OnceCell<Identity>,
    account_checked: OnceCell<()>,
}

#[derive(Debug)]
struct Ready {
    region: String,
    autoscaling: Autoscaling,
    ec2: Ec2,
    elbv2: Elbv2,
    iam: Iam,
    route53: Route53,
    ssm: Ssm,
    sts: Sts,
}

impl Clients {
    /// Keeps the settings for later.
    #[must_use]
    pub fn new(settings: Settings, environment: Environment) -> Self {
        Self {
            settings,
            environment,
            halt: CancellationToken::new(),
            ready: OnceCell::new(),
            identity: OnceCell::new(),
            account_checked: OnceCell::new(),
        }
    }

    /// The same, making no further call once this is cancelled. A call that has begun is not cut off: it
    /// may have its effect, and only its answer says what now exists.
    #[must_use]
    pub fn until(self, halt: CancellationToken) -> Self {
        Self { halt, ..self }
    }

    /// The region in which everything is made.
    ///
    /// # Errors
    ///
    /// When the settings can't work.
    pub async fn region(&self) -> Result<&str, Error> {
        Ok(&self.ready().await?.region)
    }

    /// Whose credentials these are. Asked of STS once.
    ///
    /// # Errors
    ///
    /// When the settings can't work, or STS refuses.
    pub async fn identity(&self) -> Result<&Identity, Error> {
        let sts = &self.ready().await?.sts;
        self.identity
            .get_or_try_init(|| sts.caller_identity())
            .await
    }

    /// EC2 Auto Scaling.
    ///
    /// # Errors
    ///
    /// When the settings can't work, or the account is not allowed.
    pub async fn autoscaling(&self) -> Result<&Autoscaling, Error> {
        Ok(&self.allowed().await?.autoscaling)
    }

    /// EC2.
    ///
    /// # Errors
    ///
    /// When the settings can't work, or the account is not allowed.
    pub async fn ec2(&self) -> Result<&Ec2, Error> {
        Ok(&self.allowed().await?.ec2)
    }

    /// Elastic Load Balancing.
    ///
    /// # Errors
    ///
    /// When the settings can't work, or the account is not allowed.
    pub async fn elbv2(&self) -> Result<&Elbv2, Error> {
        Ok(&self.allowed().await?.elbv2)
    }

    /// Identity and Access Management.
    ///
    /// # Errors
    ///
    /// When the settings can't work, or the account is not allowed.
    pub async fn iam(&self) -> Result<&Iam, Error> {
        Ok(&self.allowed().await?.iam)
    }

    /// Route 53.
    ///
    /// # Errors
    ///
    /// When the settings can't work, or the account is not allowed.
    pub async fn route53(&self) -> Result<&Route53, Error> {
        Ok(&self.allowed().await?.route53)
    }

    /// Systems Manager's Parameter Store.
    ///
    /// # Errors
    ///
    /// When the settings can't work, or the account is not allowed.
    pub async fn ssm(&self) -> Result<&Ssm, Error> {
        Ok(&self.allowed().await?.ssm)
    }

    /// Proves the account, if lists say which may be touched. They are a guard, so
    /// `skip_requesting_account_id` doesn't lift them.
    async fn allowed(&self) -> Result<&Ready, Error> {
        let allowed = &self.settings.allowed_account_ids;
        let forbidden = &self.settings.forbidden_account_ids;
        if !allowed.is_empty() || !forbidden.is_empty() {
            self.account_checked
                .get_or_try_init(|| async {
                    let account = self.identity().await?.account.clone();
                    check_account(&self.settings, account).map_err(setup)
                })
                .await?;
        }
        self.ready().await
    }

    async fn ready(&self) -> Result<&Ready, Error> {
        self.ready
            .get_or_try_init(|| load(&self.settings, &self.environment, &self.halt))
            .await
            .map_err(setup)
    }
}

fn setup(error: SetupError) -> Error {
    Error::Setup(Arc::new(error))
}

fn check_account(settings: &Settings, account: String) -> Result<(), SetupError> {
    let allowed = &settings.allowed_account_ids;
    if settings.forbidden_account_ids.contains(&account) {
        return Err(SetupError::AccountForbidden { account });
    }
    if !allowed.is_empty() && !allowed.contains(&account) {
        return Err(SetupError::AccountNotAllowed {
            account,
            allowed: allowed.iter().cloned().collect(),
        });
    }
    Ok(())
}

async fn load(
    settings: &Settings,
    env: &Environment,
    halt: &CancellationToken,
) -> Result<Ready, SetupError> {
    check_endpoints(settings)?;
    let http = http::client(settings, env, halt.clone())?;
    let retry = retry::config(settings, env)?;
    let profile = Profile::resolve(settings, env).await?;
    let sleep = SharedAsyncSleep::new(TokioSleep::new());
    // What sources of credentials and regions use. Its own retries stay: those are about the
    // instance metadata service, not AWS's APIs.
    let sources = ProviderConfig::without_region()
        .with_behavior_version(Some(behavior()))
        .with_sleep_impl(sleep.clone())
        .with_http_client(http.clone());
    let region = region::resolve(settings, env, &profile, &sources).await?;
    let sources = sources.with_region(Some(Region::new(region.clone())));

    // The loader adds what shared files and environment say: endpoints above all.
    #[allow(
        deprecated,
        reason = "the loader takes no other type; this one is an alias"
    )]
    let mut loader = aws_config::defaults(behavior())
        .region(Region::new(region.clone()))
        .http_client(http)
        .sleep_impl(sleep)
        .retry_config(retry)
        .timeout_config(retry::timeouts())
        .no_credentials()
        .profile_files(profile.files.clone());
    if let Some(name) = &profile.name {
        loader = loader.profile_name(name);
    }
    if let Some(fips) = settings.use_fips_endpoint {
        loader = loader.use_fips(fips);
    }
    if let Some(dual_stack) = settings.use_dualstack_endpoint {
        loader = loader.use_dual_stack(dual_stack);
    }
    for product in user_agent(settings, env) {
        loader = loader.framework_metadata(product);
    }
    let anonymous = loader.load().await;
    let provider = credentials::provider(settings, &profile, &sources, &anonymous);
    let sdk = anonymous
        .into_builder()
        .credentials_provider(provider)
        .build();
    Ok(Ready::new(settings, &sdk, region))
}

impl Ready {
    fn new(settings: &Settings, sdk: &SdkConfig, region: String) -> Self {
        Self {
            region,
            autoscaling: Autoscaling::new(crate::autoscaling::client(settings, sdk)),
            ec2: Ec2::new(crate::ec2::client(settings, sdk)),
            elbv2: Elbv2::new(crate::elbv2::client(settings, sdk)),
            iam: Iam::new(crate::iam::client(settings, sdk)),
            route53: Route53::new(crate::route53::client(settings, sdk)),
            ssm: Ssm::new(crate::ssm::client(settings, sdk)),
            sts: Sts::new(crate::sts::client(settings, sdk)),
        }
    }
}

/// Fixed, so that an update of the SDK doesn't change how the provider behaves.
fn behavior() -> BehaviorVersion {
    BehaviorVersion::v2026_01_12()
}

fn check_endpoints(settings: &Settings) -> Result<(), SetupError> {
    for (service, url) in &settings.endpoints {
        let rest = url
            .strip_prefix("https://")
            .or_else(|| url.strip_prefix("http://"));
        if rest.is_none_or(|rest| rest.is_empty() || rest.contains(char::is_whitespace)) {
            return Err(SetupError::EndpointInvalid {
                service: *service,
                url: url.clone(),
            });
        }
    }
    Ok(())
}

/// The products named by the provider, then those of `TF_APPEND_USER_AGENT`. A name that HTTP
/// can't carry is mended, not refused: it is no reason to fail.
fn user_agent(settings: &Settings, env: &Environment) -> Vec<FrameworkMetadata> {
    let appended = env
        .get("TF_APPEND_USER_AGENT")
        .map(Product::parse_all)
        .unwrap_or_default();
    settings
        .user_agent
        .iter()
        .chain(&appended)
        .filter_map(|product| {
            let version = product
                .version
                .as_deref()
                .map(token)
                .filter(|v| !v.is_empty());
            FrameworkMetadata::new(token(&product.name), version).ok()
        })
        .collect()
}

/// The text with each character outside HTTP's `token` replaced.
fn token(text: &str) -> String {
    text.chars()
        .map(|c| {
            if c.is_ascii_alphanumeric() || "!#$%&'*+-.^_`|~".contains(c) {
                c
            } else {
                '-'
            }
        })
        .collect()
}

/// Builds a service's client: its endpoint from the `endpoints` block, its own retry budget.
/// Every service's SDK crate has its own type of builder, so this can't be a function.
macro_rules! client_of {
    ($sdk:ident, $service:expr, $settings:expr, $config:expr) => {{
        let mut builder = $sdk::config::Builder::from($config)
            .retry_partition($crate::retry::partition($service))
            .interceptor($crate::writes::NoteWrites);
        if let Some(url) = $settings.endpoints.get(&$service) {
            builder = builder.endpoint_url(url);
        }
        $sdk::Client::from_conf(builder.build())
    }};
}
pub(crate) use client_of;

#[cfg(test)]
mod tests;
