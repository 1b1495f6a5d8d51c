//! What can be wrong with the settings before any call is made.

use std::path::PathBuf;

use crate::settings::Service;

/// A setting that can't work. Each names its setting, in words and by
/// [`SetupError::settings`].
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SetupError {
    /// No region anywhere.
    #[error(
        "no region is set: set region, AWS_REGION, or a region in the profile of the shared \
         configuration files"
    )]
    RegionMissing,

    /// A text that can't be a region.
    #[error(
        "{region:?} does not look like an AWS region, such as eu-west-1; check region, AWS_REGION \
         and the profile, or set skip_region_validation = true"
    )]
    RegionInvalid {
        /// The text.
        region: String,
    },

    /// The profile isn't in the shared files.
    #[error(
        "the profile {profile:?}, named by {named_by}, is not in the shared configuration and \
         credentials files; check {named_by}, shared_config_files and shared_credentials_files"
    )]
    ProfileMissing {
        /// The profile.
        profile: String,
        /// `profile` or `AWS_PROFILE`.
        named_by: &'static str,
    },

    /// The shared files can't be read.
    #[error(
        "the shared configuration files can't be read ({why}); check shared_config_files and \
         shared_credentials_files"
    )]
    SharedFiles {
        /// What is wrong.
        why: String,
    },

    /// A text in `endpoints` that is no URL.
    #[error("endpoints.{} is {url:?}, which is no http:// or https:// URL", service.name())]
    EndpointInvalid {
        /// The service.
        service: Service,
        /// The text.
        url: String,
    },

    /// The CA bundle can't be used.
    #[error("custom_ca_bundle {} can't be used: {why}", path.display())]
    CaBundle {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        why: String,
    },

    /// A proxy's URL can't be used. It isn't shown, since it may hold a password.
    #[error("{setting} is no URL of a proxy: {why}")]
    ProxyInvalid {
        /// `http_proxy` or `https_proxy`.
        setting: &'static str,
        /// What is wrong with it.
        why: String,
    },

    /// `max_retries` below 1, or an environment variable about retries that makes no sense.
    #[error("{setting} is {value:?}: {expected}")]
    Retries {
        /// `max_retries`, `AWS_MAX_ATTEMPTS` or `AWS_RETRY_MODE`.
        setting: &'static str,
        /// What it is.
        value: String,
        /// What it may be.
        expected: &'static str,
    },

    /// The account is in `forbidden_account_ids`.
    #[error("the credentials belong to account {account}, which forbidden_account_ids forbids")]
    AccountForbidden {
        /// The account of the credentials.
        account: String,
    },

    /// The account isn't in `allowed_account_ids`.
    #[error(
        "the credentials belong to account {account}, which is not in allowed_account_ids ({})",
        allowed.join(", ")
    )]
    AccountNotAllowed {
        /// The account of the credentials.
        account: String,
        /// The accounts allowed.
        allowed: Vec<String>,
    },
}

impl SetupError {
    /// The settings to look at, the likeliest first.
    #[must_use]
    pub fn settings(&self) -> &'static [&'static str] {
        match self {
            Self::RegionMissing | Self::RegionInvalid { .. } => &["region"],
            Self::ProfileMissing { .. } => {
                &["profile", "shared_config_files", "shared_credentials_files"]
            }
            Self::SharedFiles { .. } => &["shared_config_files", "shared_credentials_files"],
            Self::EndpointInvalid { .. } => &["endpoints"],
            Self::CaBundle { .. } => &["custom_ca_bundle"],
            Self::ProxyInvalid {
                setting: "https_proxy",
                ..
            } => &["https_proxy"],
            Self::ProxyInvalid { .. } => &["http_proxy"],
            Self::Retries {
                setting: "AWS_RETRY_MODE",
                ..
            } => &["retry_mode"],
            Self::Retries { .. } => &["max_retries"],
            Self::AccountForbidden { .. } => &["forbidden_account_ids"],
            Self::AccountNotAllowed { .. } => &["allowed_account_ids"],
        }
    }
}
