//! AWS as this provider needs it: the one crate that uses the AWS SDK.
//!
//! - [`Settings`] and an [`Environment`] make [`Clients`], which hand out one type for each
//!   service: [`elbv2::Elbv2`], [`route53::Route53`], [`ec2::Ec2`], [`autoscaling::Autoscaling`],
//!   [`iam::Iam`], [`ssm::Ssm`]. Their methods take and return plain data, page through lists, and share calls
//!   between reads that arrive together.
//! - Every failure is an [`Error`] that keeps operation, object, AWS's code and request id, and
//!   knows which setting to look at.
//! - [`wait::Wait`] polls until something is done, cancelled or late.
//! - [`ownership`], [`names`] and [`tags`] decide what is ours and what it is called and labelled:
//!   pure functions.
//!
//! A read that starts after a write sees what AWS has. Only methods named `known_...`, and those for images,
//! instance types and zones, which no write changes, may answer from what was seen some minutes ago.

pub mod autoscaling;
mod clients;
mod coalesce;
mod codes;
mod credentials;
pub mod ec2;
pub mod elbv2;
mod environment;
mod error;
mod http;
pub mod iam;
pub mod names;
pub mod ownership;
mod profile;
mod proxy;
mod region;
mod resolving;
mod retry;
mod roles;
pub mod route53;
mod secret;
mod settings;
mod setup;
pub mod ssm;
pub mod sts;
pub mod tags;
#[cfg(test)]
mod testing;
pub mod wait;
mod writes;

pub use clients::Clients;
pub use coalesce::refreshing;
pub use environment::Environment;
pub use error::{CallError, CallFailure, Error};
pub use secret::Secret;
pub use settings::{
    AssumeRole, AssumeRoleWithWebIdentity, DEFAULT_MAX_ATTEMPTS, Product, RetryMode, Service,
    Settings, StaticCredentials, WebIdentityToken,
};
pub use setup::SetupError;
