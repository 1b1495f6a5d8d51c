//! Roles.

use aws_sdk_iam::types::Role as SdkRole;

use super::{Iam, SERVICE, found, gone, policies, tagging};
use crate::error::Error;
use crate::tags::Tags;

/// A role as AWS has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Role {
    /// Its ARN.
    pub arn: String,
    /// Its name, unique in the account without regard to case.
    pub name: String,
    /// Its path, `/` or `/.../`.
    pub path: String,
    /// What it is for, in words.
    pub description: String,
    /// Who may assume it: JSON.
    pub trust_policy: String,
    /// ARN of the policy that bounds its permissions.
    pub permissions_boundary: Option<String>,
    /// Its tags.
    pub tags: Tags,
}

/// A role to make.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewRole {
    /// Its name.
    pub name: String,
    /// Its path, `/` or `/.../`.
    pub path: String,
    /// What it is for, in words.
    pub description: String,
    /// Who may assume it: JSON.
    pub trust_policy: String,
    /// ARN of the policy that bounds its permissions.
    pub permissions_boundary: Option<String>,
    /// Its tags.
    pub tags: Tags,
}

impl Iam {
    /// The role of this name.
    ///
    /// # Errors
    ///
    /// When AWS can't be asked.
    pub async fn role(&self, name: &str) -> Result<Option<Role>, Error> {
        const OPERATION: &str = "GetRole";
        let answer = self.client.get_role().role_name(name).send().await;
        let answer = found(answer.map_err(|error| Error::call(SERVICE, OPERATION, name, error)))?;
        let Some(answer) = answer else {
            return Ok(None);
        };
        let role = answer
            .role
            .ok_or_else(|| Error::lacking(SERVICE, OPERATION, name, "Role"))?;
        Ok(Some(Role::from_sdk(role)))
    }

    /// Makes a role.
    ///
    /// # Errors
    ///
    /// When AWS refuses; `EntityAlreadyExists` if there is one of this name.
    pub async fn create_role(&self, new: &NewRole) -> Result<Role, Error> {
        const OPERATION: &str = "CreateRole";
        let tags = tagging::to_sdk(OPERATION, &new.name, &new.tags)?;
        let answer = self
            .client
            .create_role()
            .role_name(&new.name)
            .path(&new.path)
            .description(&new.description)
            .assume_role_policy_document(&new.trust_policy)
            .set_permissions_boundary(new.permissions_boundary.clone())
            .set_tags(tags)
            .send()
            .await
            .map_err(|error| Error::call(SERVICE, OPERATION, &new.name, error))?;
        answer
            .role
            .map(Role::from_sdk)
            .ok_or_else(|| Error::lacking(SERVICE, OPERATION, &new.name, "Role"))
    }

    /// Replaces the policy that says who may assume it.
    ///
    /// # Errors
    ///
    /// When AWS refuses.
    pub async fn set_trust_policy(&self, name: &str, policy: &str) -> Result<(), Error> {
        let request = self.client.update_assume_role_policy().role_name(name);
        let answer = request.policy_document(policy).send().await;
        answer
            .map(drop)
            .map_err(|error| Error::call(SERVICE, "UpdateAssumeRolePolicy", name, error))
    }

    /// Sets the policy that bounds its permissions, by ARN, or lifts the bounds.
    ///
    /// # Errors
    ///
    /// When AWS refuses.
    pub async fn set_permissions_boundary(
        &self,
        name: &str,
        boundary: Option<&str>,
    ) -> Result<(), Error> {
        if let Some(arn) = boundary {
            let request = self.client.put_role_permissions_boundary().role_name(name);
            let answer = request.permissions_boundary(arn).send().await;
            return answer
                .map(drop)
                .map_err(|error| Error::call(SERVICE, "PutRolePermissionsBoundary", name, error));
        }
        let request = self.client.delete_role_permissions_boundary();
        let answer = request.role_name(name).send().await;
        gone(
            answer.map_err(|error| {
                Error::call(SERVICE, "DeleteRolePermissionsBoundary", name, error)
            }),
        )
    }

    /// Deletes a role that has no policies left and is in no instance profile.
    ///
    /// # Errors
    ///
    /// When AWS refuses; `DeleteConflict` if something still holds on to it.
    pub async fn delete_role(&self, name: &str) -> Result<(), Error> {
        let answer = self.client.delete_role().role_name(name).send().await;
        gone(answer.map_err(|error| Error::call(SERVICE, "DeleteRole", name, error)))
    }
}

impl Role {
    fn from_sdk(role: SdkRole) -> Self {
        let boundary = role.permissions_boundary;
        Self {
            arn: role.arn,
            name: role.role_name,
            path: role.path,
            description: role.description.unwrap_or_default(),
            trust_policy: policies::decoded(&role.assume_role_policy_document.unwrap_or_default()),
            permissions_boundary: boundary.and_then(|bounds| bounds.permissions_boundary_arn),
            tags: tagging::from_sdk(role.tags),
        }
    }
}
