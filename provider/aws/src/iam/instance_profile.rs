//! Instance profiles: what gives instances a role.

use super::{Iam, SERVICE};
use crate::error::Error;

/// An instance profile.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InstanceProfile {
    /// Its name, unique in the account.
    pub name: String,
    /// Its ARN.
    pub arn: String,
    /// Its path, `/` unless somebody chose another.
    pub path: String,
    /// Names of its roles. IAM allows one.
    pub roles: Vec<String>,
}

impl Iam {
    /// The instance profile of this name.
    ///
    /// # Errors
    ///
    /// When AWS can't be asked.
    pub async fn instance_profile(&self, name: &str) -> Result<Option<InstanceProfile>, Error> {
        const OPERATION: &str = "GetInstanceProfile";
        let request = self.client.get_instance_profile();
        let answer = request.instance_profile_name(name).send().await;
        let answer = match answer.map_err(|error| Error::call(SERVICE, OPERATION, name, error)) {
            Err(error) if error.is_not_found() => return Ok(None),
            answer => answer?,
        };
        let profile = answer
            .instance_profile
            .ok_or_else(|| Error::lacking(SERVICE, OPERATION, name, "InstanceProfile"))?;
        Ok(Some(InstanceProfile {
            name: profile.instance_profile_name,
            arn: profile.arn,
            path: profile.path,
            roles: profile
                .roles
                .into_iter()
                .map(|role| role.role_name)
                .collect(),
        }))
    }
}
