//! Attributes of load balancers and target groups: AWS's open lists of keys and values.

use std::collections::BTreeMap;

use aws_sdk_elasticloadbalancingv2::types::{LoadBalancerAttribute, TargetGroupAttribute};

use super::{Elbv2, SERVICE};
use crate::error::Error;

/// AWS's own keys, such as `load_balancing.cross_zone.enabled`, with their values.
pub type Attributes = BTreeMap<String, String>;

impl Elbv2 {
    /// All attributes of a load balancer.
    ///
    /// # Errors
    ///
    /// When AWS can't be asked.
    pub async fn load_balancer_attributes(&self, arn: &str) -> Result<Option<Attributes>, Error> {
        let request = self
            .client
            .describe_load_balancer_attributes()
            .load_balancer_arn(arn);
        let answer = request
            .send()
            .await
            .map_err(|error| Error::call(SERVICE, "DescribeLoadBalancerAttributes", arn, error));
        let list = found(answer)?.map(|answer| answer.attributes.unwrap_or_default());
        Ok(list.map(|list| {
            list.into_iter()
                .filter_map(|a| Some((a.key?, a.value?)))
                .collect()
        }))
    }

    /// Sets attributes of a load balancer; those not named stay.
    ///
    /// # Errors
    ///
    /// When AWS refuses.
    pub async fn set_load_balancer_attributes(
        &self,
        arn: &str,
        attributes: &Attributes,
    ) -> Result<(), Error> {
        let list = attributes.iter().map(|(key, value)| {
            LoadBalancerAttribute::builder()
                .key(key)
                .value(value)
                .build()
        });
        let request = self
            .client
            .modify_load_balancer_attributes()
            .load_balancer_arn(arn);
        let answer = request.set_attributes(Some(list.collect())).send().await;
        answer
            .map(drop)
            .map_err(|error| Error::call(SERVICE, "ModifyLoadBalancerAttributes", arn, error))
    }

    /// All attributes of a target group.
    ///
    /// # Errors
    ///
    /// When AWS can't be asked.
    pub async fn target_group_attributes(&self, arn: &str) -> Result<Option<Attributes>, Error> {
        let request = self
            .client
            .describe_target_group_attributes()
            .target_group_arn(arn);
        let answer = request
            .send()
            .await
            .map_err(|error| Error::call(SERVICE, "DescribeTargetGroupAttributes", arn, error));
        let list = found(answer)?.map(|answer| answer.attributes.unwrap_or_default());
        let found: Option<Attributes> = list.map(|list| {
            list.into_iter()
                .filter_map(|a| Some((a.key?, a.value?)))
                .collect()
        });
        let memory = &self.target_group_attributes;
        memory.note(arn.to_owned(), found.clone());
        Ok(found)
    }

    /// One of them for checks: as it was set or seen last, if that isn't long ago.
    ///
    /// # Errors
    ///
    /// When AWS can't be asked.
    pub async fn known_target_group_attribute(
        &self,
        arn: &str,
        key: &str,
    ) -> Result<Option<String>, Error> {
        let known = self.target_group_attributes.recall(&arn.to_owned());
        if let Some(value) = known.as_ref().and_then(|known| known.get(key)) {
            return Ok(Some(value.clone()));
        }
        let found = self.target_group_attributes(arn).await?;
        Ok(found.and_then(|found| found.get(key).cloned()))
    }

    /// Sets attributes of a target group; those not named stay.
    ///
    /// # Errors
    ///
    /// When AWS refuses.
    pub async fn set_target_group_attributes(
        &self,
        arn: &str,
        attributes: &Attributes,
    ) -> Result<(), Error> {
        let list = attributes.iter().map(|(key, value)| {
            TargetGroupAttribute::builder()
                .key(key)
                .value(value)
                .build()
        });
        let request = self
            .client
            .modify_target_group_attributes()
            .target_group_arn(arn);
        let answer = request.set_attributes(Some(list.collect())).send().await;
        answer.map_err(|error| Error::call(SERVICE, "ModifyTargetGroupAttributes", arn, error))?;
        let memory = &self.target_group_attributes;
        let mut known = memory.recall(&arn.to_owned()).unwrap_or_default();
        known.extend(attributes.clone());
        memory.note(arn.to_owned(), Some(known));
        Ok(())
    }
}

fn found<T>(answer: Result<T, Error>) -> Result<Option<T>, Error> {
    match answer {
        Err(error) if error.is_not_found() => Ok(None),
        answer => answer.map(Some),
    }
}
