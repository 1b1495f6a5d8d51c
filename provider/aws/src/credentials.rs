//! Where credentials come from, in hashicorp/aws's order.

use aws_config::ecs::EcsCredentialsProvider;
use aws_config::environment::EnvironmentVariableCredentialsProvider;
use aws_config::imds::credentials::ImdsCredentialsProvider;
use aws_config::meta::credentials::CredentialsProviderChain;
use aws_config::profile::ProfileFileCredentialsProvider;
use aws_config::provider_config::ProviderConfig;
use aws_config::web_identity_token::WebIdentityTokenCredentialsProvider;
use aws_credential_types::Credentials;
use aws_credential_types::provider::SharedCredentialsProvider;
use aws_types::SdkConfig;

use crate::profile::Profile;
use crate::roles::{Role, WebIdentityRole};
use crate::settings::{Settings, StaticCredentials};
use crate::sts;

/// The credentials that all services use: the base ones, then each role in turn.
///
/// `sdk` is the configuration without credentials; the roles are assumed through it.
pub(crate) fn provider(
    settings: &Settings,
    profile: &Profile,
    sources: &ProviderConfig,
    sdk: &SdkConfig,
) -> SharedCredentialsProvider {
    let mut credentials = base(settings, profile, sources, sdk);
    for role in &settings.assume_role {
        let caller = sdk.to_builder().credentials_provider(credentials).build();
        let sts = sts::client(settings, &caller);
        credentials = SharedCredentialsProvider::new(Role::new(&sts, role));
    }
    credentials
}

fn base(
    settings: &Settings,
    profile: &Profile,
    sources: &ProviderConfig,
    sdk: &SdkConfig,
) -> SharedCredentialsProvider {
    if let Some(role) = &settings.assume_role_with_web_identity {
        return SharedCredentialsProvider::new(WebIdentityRole::new(
            &sts::client(settings, sdk),
            role,
        ));
    }
    if let Some(given) = &settings.static_credentials {
        return SharedCredentialsProvider::new(fixed(given));
    }
    SharedCredentialsProvider::new(found(settings, profile, sources))
}

fn fixed(given: &StaticCredentials) -> Credentials {
    Credentials::new(
        given.access_key.expose(),
        given.secret_key.expose(),
        given.token.as_ref().map(|token| token.expose().to_owned()),
        None,
        "provider block",
    )
}

/// Environment, web identity, shared files, container, instance: the order of the SDK for Go,
/// which hashicorp/aws is built on. A profile that the provider block names comes first, and the
/// environment doesn't count then.
fn found(
    settings: &Settings,
    profile: &Profile,
    sources: &ProviderConfig,
) -> CredentialsProviderChain {
    let mut shared = ProfileFileCredentialsProvider::builder()
        .configure(sources)
        .profile_files(profile.files.clone());
    if let Some(name) = &profile.name {
        shared = shared.profile_name(name);
    }
    let shared = shared.build();
    let mut chain = if profile.explicit {
        CredentialsProviderChain::first_try("Profile", shared)
    } else {
        let web = WebIdentityTokenCredentialsProvider::builder()
            .configure(sources)
            .build();
        CredentialsProviderChain::first_try(
            "Environment",
            EnvironmentVariableCredentialsProvider::new(),
        )
        .or_else("WebIdentityToken", web)
        .or_else("Profile", shared)
    };
    chain = chain.or_else(
        "EcsContainer",
        EcsCredentialsProvider::builder().configure(sources).build(),
    );
    if !settings.skip_metadata_api_check {
        let instance = ImdsCredentialsProvider::builder()
            .configure(sources)
            .build();
        chain = chain.or_else("Ec2InstanceMetadata", instance);
    }
    chain
}
