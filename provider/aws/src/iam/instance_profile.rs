//! Instance profiles: what hands a role to instances.

use aws_sdk_iam::types::InstanceProfile as SdkInstanceProfile;

use super::{Iam, SERVICE, found, gone, tagging};
use crate::error::Error;
use crate::tags::Tags;

/// An instance profile as AWS has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InstanceProfile {
    /// Its name, unique in the account.
    pub name: String,
    /// Its ARN.
    pub arn: String,
    /// Its path, `/` or `/.../`.
    pub path: String,
    /// Names of the roles in it: none or one.
    pub roles: Vec<String>,
    /// Its tags. Only [`Iam::instance_profile`] knows them; lists don't.
    pub tags: Tags,
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
        let answer = answer.map_err(|error| Error::call(SERVICE, OPERATION, name, error));
        let Some(answer) = found(answer)? else {
            return Ok(None);
        };
        let profile = answer
            .instance_profile
            .map(InstanceProfile::from_sdk)
            .ok_or_else(|| Error::lacking(SERVICE, OPERATION, name, "InstanceProfile"))?;
        self.profiles.note(name.to_owned(), Some(profile.clone()));
        Ok(Some(profile))
    }

    /// The same for checks: as it was when it was seen last, if that isn't long ago.
    ///
    /// # Errors
    ///
    /// When AWS can't be asked.
    pub async fn known_instance_profile(
        &self,
        name: &str,
    ) -> Result<Option<InstanceProfile>, Error> {
        match self.profiles.recall(&name.to_owned()) {
            Some(known) => Ok(Some(known)),
            None => self.instance_profile(name).await,
        }
    }

    /// The instance profiles that a role is in, without their tags. Empty if there is no such role.
    ///
    /// # Errors
    ///
    /// When AWS can't be asked.
    pub async fn instance_profiles_of(&self, role: &str) -> Result<Vec<InstanceProfile>, Error> {
        let request = self.client.list_instance_profiles_for_role();
        let mut pages = request.role_name(role).into_paginator().send();
        let mut profiles = Vec::new();
        while let Some(page) = pages.next().await {
            let page = page
                .map_err(|error| Error::call(SERVICE, "ListInstanceProfilesForRole", role, error));
            let page = found(page)?.map(|page| page.instance_profiles);
            let page = page.unwrap_or_default().into_iter();
            profiles.extend(page.map(InstanceProfile::from_sdk));
        }
        Ok(profiles)
    }

    /// Makes an instance profile without a role.
    ///
    /// # Errors
    ///
    /// When AWS refuses; `EntityAlreadyExists` if there is one of this name.
    pub async fn create_instance_profile(
        &self,
        name: &str,
        path: &str,
        tags: &Tags,
    ) -> Result<InstanceProfile, Error> {
        const OPERATION: &str = "CreateInstanceProfile";
        let request = self.client.create_instance_profile();
        let answer = request
            .instance_profile_name(name)
            .path(path)
            .set_tags(tagging::to_sdk(OPERATION, name, tags)?)
            .send()
            .await
            .map_err(|error| Error::call(SERVICE, OPERATION, name, error))?;
        let made = answer
            .instance_profile
            .map(InstanceProfile::from_sdk)
            .ok_or_else(|| Error::lacking(SERVICE, OPERATION, name, "InstanceProfile"))?;
        self.profiles.note(name.to_owned(), Some(made.clone()));
        Ok(made)
    }

    /// Puts a role into an instance profile, which takes one.
    ///
    /// # Errors
    ///
    /// When AWS refuses; `LimitExceeded` if there is a role in it.
    pub async fn add_role_to_profile(&self, profile: &str, role: &str) -> Result<(), Error> {
        let request = self.client.add_role_to_instance_profile();
        let answer = request
            .instance_profile_name(profile)
            .role_name(role)
            .send()
            .await;
        answer
            .map(drop)
            .map_err(|error| Error::call(SERVICE, "AddRoleToInstanceProfile", profile, error))
    }

    /// Takes a role out of an instance profile.
    ///
    /// # Errors
    ///
    /// When AWS refuses.
    pub async fn remove_role_from_profile(&self, profile: &str, role: &str) -> Result<(), Error> {
        let request = self.client.remove_role_from_instance_profile();
        let answer = request
            .instance_profile_name(profile)
            .role_name(role)
            .send()
            .await;
        gone(
            answer.map_err(|error| {
                Error::call(SERVICE, "RemoveRoleFromInstanceProfile", profile, error)
            }),
        )
    }

    /// Deletes an instance profile that has no role in it.
    ///
    /// # Errors
    ///
    /// When AWS refuses; `DeleteConflict` if there is a role in it.
    pub async fn delete_instance_profile(&self, name: &str) -> Result<(), Error> {
        let request = self.client.delete_instance_profile();
        let answer = request.instance_profile_name(name).send().await;
        self.profiles.note(name.to_owned(), None);
        gone(answer.map_err(|error| Error::call(SERVICE, "DeleteInstanceProfile", name, error)))
    }
}

impl InstanceProfile {
    fn from_sdk(profile: SdkInstanceProfile) -> Self {
        let roles = profile.roles.into_iter();
        Self {
            name: profile.instance_profile_name,
            arn: profile.arn,
            path: profile.path,
            roles: roles.map(|role| role.role_name).collect(),
            tags: tagging::from_sdk(profile.tags),
        }
    }
}
