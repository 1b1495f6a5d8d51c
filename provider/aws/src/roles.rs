//! Credentials of an assumed role.

use std::path::Path;
use std::time::{Duration, UNIX_EPOCH};

use aws_credential_types::Credentials;
use aws_credential_types::provider::error::CredentialsError;
use aws_credential_types::provider::{self, ProvideCredentials, future};
use aws_sdk_sts::operation::assume_role::builders::AssumeRoleFluentBuilder;
use aws_sdk_sts::operation::assume_role_with_web_identity::builders::AssumeRoleWithWebIdentityFluentBuilder;
use aws_sdk_sts::types::{PolicyDescriptorType, Tag};

use crate::error::Error;
use crate::settings::{AssumeRole, AssumeRoleWithWebIdentity, Service, WebIdentityToken};

/// The session name when none is set, as CloudTrail shows it.
const SESSION_NAME: &str = "terraform-provider-kubeha";

/// A role assumed with other credentials: those of the STS client it was made with.
///
/// The SDK has such a source too, but without source identity and transitive tags.
#[derive(Debug)]
pub(crate) struct Role {
    role_arn: String,
    request: AssumeRoleFluentBuilder,
}

impl Role {
    pub(crate) fn new(sts: &aws_sdk_sts::Client, role: &AssumeRole) -> Self {
        let tags = role.tags.iter().filter_map(|(key, value)| {
            // Never fails with both set.
            Tag::builder().key(key).value(value).build().ok()
        });
        let request = sts
            .assume_role()
            .role_arn(&role.role_arn)
            .role_session_name(role.session_name.as_deref().unwrap_or(SESSION_NAME))
            .set_duration_seconds(role.duration.map(whole_seconds))
            .set_external_id(role.external_id.clone())
            .set_policy(role.policy.clone())
            .set_policy_arns(policies(&role.policy_arns))
            .set_source_identity(role.source_identity.clone())
            .set_tags(some(tags.collect()))
            .set_transitive_tag_keys(some(role.transitive_tag_keys.clone()));
        Self {
            role_arn: role.role_arn.clone(),
            request,
        }
    }

    async fn assume(&self) -> provider::Result {
        let answer = self.request.clone().send().await.map_err(|error| {
            CredentialsError::provider_error(Error::call(
                Service::Sts,
                "AssumeRole",
                &self.role_arn,
                error,
            ))
        })?;
        credentials("AssumeRole", answer.credentials)
    }
}

impl ProvideCredentials for Role {
    fn provide_credentials<'a>(&'a self) -> future::ProvideCredentials<'a>
    where
        Self: 'a,
    {
        future::ProvideCredentials::new(self.assume())
    }
}

/// A role assumed by an OpenID Connect token. STS takes the token for the credentials.
#[derive(Debug)]
pub(crate) struct WebIdentityRole {
    role_arn: String,
    token: WebIdentityToken,
    request: AssumeRoleWithWebIdentityFluentBuilder,
}

impl WebIdentityRole {
    pub(crate) fn new(sts: &aws_sdk_sts::Client, role: &AssumeRoleWithWebIdentity) -> Self {
        let request = sts
            .assume_role_with_web_identity()
            .role_arn(&role.role_arn)
            .role_session_name(role.session_name.as_deref().unwrap_or(SESSION_NAME))
            .set_duration_seconds(role.duration.map(whole_seconds))
            .set_policy(role.policy.clone())
            .set_policy_arns(policies(&role.policy_arns));
        Self {
            role_arn: role.role_arn.clone(),
            token: role.token.clone(),
            request,
        }
    }

    async fn assume(&self) -> provider::Result {
        let token = match &self.token {
            WebIdentityToken::Given(token) => token.expose().to_owned(),
            WebIdentityToken::File(path) => read_token(path).await?,
        };
        let request = self.request.clone().web_identity_token(token);
        let answer = request.send().await.map_err(|error| {
            CredentialsError::provider_error(Error::call(
                Service::Sts,
                "AssumeRoleWithWebIdentity",
                &self.role_arn,
                error,
            ))
        })?;
        credentials("AssumeRoleWithWebIdentity", answer.credentials)
    }
}

impl ProvideCredentials for WebIdentityRole {
    fn provide_credentials<'a>(&'a self) -> future::ProvideCredentials<'a>
    where
        Self: 'a,
    {
        future::ProvideCredentials::new(self.assume())
    }
}

async fn read_token(path: &Path) -> Result<String, CredentialsError> {
    let text = tokio::fs::read_to_string(path).await.map_err(|error| {
        CredentialsError::invalid_configuration(format!(
            "web_identity_token_file {}: {error}",
            path.display()
        ))
    })?;
    Ok(text.trim().to_owned())
}

fn credentials(
    operation: &'static str,
    given: Option<aws_sdk_sts::types::Credentials>,
) -> provider::Result {
    let given = given.ok_or_else(|| {
        CredentialsError::unhandled(Error::lacking(Service::Sts, operation, "", "credentials"))
    })?;
    // An end before 1970 is an end in the past.
    let seconds = u64::try_from(given.expiration.secs()).unwrap_or(0);
    Ok(Credentials::new(
        given.access_key_id,
        given.secret_access_key,
        Some(given.session_token),
        Some(UNIX_EPOCH + Duration::from_secs(seconds)),
        operation,
    ))
}

fn policies(arns: &[String]) -> Option<Vec<PolicyDescriptorType>> {
    some(
        arns.iter()
            .map(|arn| PolicyDescriptorType::builder().arn(arn).build())
            .collect(),
    )
}

fn whole_seconds(duration: Duration) -> i32 {
    // STS allows 12 hours at most and says so; a clamped absurdity gets the same answer.
    i32::try_from(duration.as_secs()).unwrap_or(i32::MAX)
}

fn some<T>(list: Vec<T>) -> Option<Vec<T>> {
    (!list.is_empty()).then_some(list)
}
