//! Policies of roles: inline ones, which are a part of the role, and managed ones, which are
//! attached to it.

use std::collections::BTreeSet;

use percent_encoding::percent_decode_str;

use super::{Iam, SERVICE, found, gone};
use crate::error::Error;

impl Iam {
    /// The text of a role's inline policy: JSON. `None` if there is no such policy or role.
    ///
    /// # Errors
    ///
    /// When AWS can't be asked.
    pub async fn inline_policy(&self, role: &str, policy: &str) -> Result<Option<String>, Error> {
        let request = self.client.get_role_policy().role_name(role);
        let answer = request.policy_name(policy).send().await;
        let answer = answer
            .map_err(|error| Error::call(SERVICE, "GetRolePolicy", about(role, policy), error));
        Ok(found(answer)?.map(|answer| decoded(&answer.policy_document)))
    }

    /// The names of a role's inline policies. `None` if there is no such role.
    ///
    /// # Errors
    ///
    /// When AWS can't be asked.
    pub async fn inline_policy_names(&self, role: &str) -> Result<Option<BTreeSet<String>>, Error> {
        let request = self.client.list_role_policies().role_name(role);
        let mut pages = request.into_paginator().send();
        let mut names = BTreeSet::new();
        while let Some(page) = pages.next().await {
            let page = page.map_err(|error| Error::call(SERVICE, "ListRolePolicies", role, error));
            match found(page)? {
                Some(page) => names.extend(page.policy_names),
                None => return Ok(None),
            }
        }
        Ok(Some(names))
    }

    /// Makes or replaces a role's inline policy. IAM takes 10,240 characters, white space aside,
    /// in all inline policies of a role together.
    ///
    /// # Errors
    ///
    /// When AWS refuses; `NoSuchEntity` if there is no such role, or it can't be seen yet.
    pub async fn put_inline_policy(
        &self,
        role: &str,
        policy: &str,
        document: &str,
    ) -> Result<(), Error> {
        let request = self.client.put_role_policy().role_name(role);
        let answer = request
            .policy_name(policy)
            .policy_document(document)
            .send()
            .await;
        answer
            .map(drop)
            .map_err(|error| Error::call(SERVICE, "PutRolePolicy", about(role, policy), error))
    }

    /// Deletes a role's inline policy.
    ///
    /// # Errors
    ///
    /// When AWS refuses.
    pub async fn delete_inline_policy(&self, role: &str, policy: &str) -> Result<(), Error> {
        let request = self.client.delete_role_policy().role_name(role);
        let answer = request.policy_name(policy).send().await;
        gone(
            answer.map_err(|error| {
                Error::call(SERVICE, "DeleteRolePolicy", about(role, policy), error)
            }),
        )
    }

    /// The ARNs of the managed policies that are attached to a role. `None` if there is no such
    /// role.
    ///
    /// # Errors
    ///
    /// When AWS can't be asked.
    pub async fn attached_policies(&self, role: &str) -> Result<Option<BTreeSet<String>>, Error> {
        let request = self.client.list_attached_role_policies().role_name(role);
        let mut pages = request.into_paginator().send();
        let mut arns = BTreeSet::new();
        while let Some(page) = pages.next().await {
            let page =
                page.map_err(|error| Error::call(SERVICE, "ListAttachedRolePolicies", role, error));
            let Some(page) = found(page)? else {
                return Ok(None);
            };
            let attached = page.attached_policies.unwrap_or_default();
            arns.extend(attached.into_iter().filter_map(|policy| policy.policy_arn));
        }
        Ok(Some(arns))
    }

    /// Attaches a managed policy. Attaching one again changes nothing.
    ///
    /// # Errors
    ///
    /// When AWS refuses; `NoSuchEntity` if there is no such role or policy.
    pub async fn attach_policy(&self, role: &str, arn: &str) -> Result<(), Error> {
        let request = self.client.attach_role_policy().role_name(role);
        let answer = request.policy_arn(arn).send().await;
        answer
            .map(drop)
            .map_err(|error| Error::call(SERVICE, "AttachRolePolicy", about(role, arn), error))
    }

    /// Detaches a managed policy.
    ///
    /// # Errors
    ///
    /// When AWS refuses.
    pub async fn detach_policy(&self, role: &str, arn: &str) -> Result<(), Error> {
        let request = self.client.detach_role_policy().role_name(role);
        let answer = request.policy_arn(arn).send().await;
        gone(
            answer
                .map_err(|error| Error::call(SERVICE, "DetachRolePolicy", about(role, arn), error)),
        )
    }

    /// Whether there is a managed policy of this ARN.
    ///
    /// # Errors
    ///
    /// When AWS can't be asked.
    pub async fn managed_policy_exists(&self, arn: &str) -> Result<bool, Error> {
        let answer = self.client.get_policy().policy_arn(arn).send().await;
        let answer = answer.map_err(|error| Error::call(SERVICE, "GetPolicy", arn, error));
        Ok(found(answer)?.is_some())
    }
}

/// A document as it was given: IAM answers with it percent-encoded, as RFC 3986 has it.
/// <https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetRolePolicy.html>
pub(super) fn decoded(document: &str) -> String {
    percent_decode_str(document)
        .decode_utf8_lossy()
        .into_owned()
}

fn about(role: &str, policy: &str) -> String {
    format!("{role}, {policy}")
}
