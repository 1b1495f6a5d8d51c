//! Listeners that forward to one target group.

use aws_sdk_elasticloadbalancingv2::Client;
use aws_sdk_elasticloadbalancingv2::operation::describe_listeners::builders::DescribeListenersFluentBuilder as Describe;
use aws_sdk_elasticloadbalancingv2::types::{
    Action, ActionTypeEnum, Listener as SdkListener, ProtocolEnum,
};

use super::load_balancer::gone;
use super::{BATCH, Elbv2, SERVICE, tagging};
use crate::coalesce::Coalescer;
use crate::error::Error;
use crate::tags::Tags;

/// A listener as AWS has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listener {
    /// Its ARN.
    pub arn: String,
    /// The load balancer it belongs to.
    pub load_balancer_arn: String,
    /// Its port, unique in the load balancer for each protocol.
    pub port: i32,
    /// `TCP` or another of AWS's words.
    pub protocol: String,
    /// Where it forwards to; more than one if somebody has given it weights.
    pub target_group_arns: Vec<String>,
}

/// What a listener is to be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListenerSpec {
    /// Its port.
    pub port: i32,
    /// `TCP` or another of AWS's words.
    pub protocol: String,
    /// Where it forwards to.
    pub target_group_arn: String,
}

impl Elbv2 {
    /// The listener of this ARN.
    ///
    /// # Errors
    ///
    /// When AWS can't be asked.
    pub async fn listener(&self, arn: &str) -> Result<Option<Listener>, Error> {
        self.listeners.get(arn.to_owned()).await
    }

    /// All listeners of a load balancer; none if it doesn't exist. One call takes one load
    /// balancer, so these aren't shared.
    ///
    /// # Errors
    ///
    /// When AWS can't be asked.
    pub async fn listeners_of(&self, load_balancer_arn: &str) -> Result<Vec<Listener>, Error> {
        let request = self
            .client
            .describe_listeners()
            .load_balancer_arn(load_balancer_arn);
        match describe(request, load_balancer_arn).await {
            Err(error) if error.is_not_found() => Ok(Vec::new()),
            result => result,
        }
    }

    /// Makes a listener.
    ///
    /// # Errors
    ///
    /// When AWS refuses; `DuplicateListener` if the port is taken.
    pub async fn create_listener(
        &self,
        load_balancer_arn: &str,
        spec: &ListenerSpec,
        tags: &Tags,
    ) -> Result<Listener, Error> {
        const OPERATION: &str = "CreateListener";
        let answer = self
            .client
            .create_listener()
            .load_balancer_arn(load_balancer_arn)
            .protocol(ProtocolEnum::from(spec.protocol.as_str()))
            .port(spec.port)
            .default_actions(spec.to_action())
            .set_tags(tagging::to_sdk(tags))
            .send()
            .await
            .map_err(|error| Error::call(SERVICE, OPERATION, load_balancer_arn, error))?;
        let made = answer.listeners.unwrap_or_default().into_iter().next();
        made.ok_or_else(|| Error::lacking(SERVICE, OPERATION, load_balancer_arn, "listener"))
            .and_then(|made| Listener::from_sdk(OPERATION, made))
    }

    /// Changes a listener, whose ARN stays.
    ///
    /// # Errors
    ///
    /// When AWS refuses; `DuplicateListener` if the port is taken.
    pub async fn modify_listener(&self, arn: &str, spec: &ListenerSpec) -> Result<(), Error> {
        let answer = self
            .client
            .modify_listener()
            .listener_arn(arn)
            .protocol(ProtocolEnum::from(spec.protocol.as_str()))
            .port(spec.port)
            .default_actions(spec.to_action())
            .send()
            .await;
        answer
            .map(drop)
            .map_err(|error| Error::call(SERVICE, "ModifyListener", arn, error))
    }

    /// Deletes a listener.
    ///
    /// # Errors
    ///
    /// When AWS refuses.
    pub async fn delete_listener(&self, arn: &str) -> Result<(), Error> {
        let answer = self.client.delete_listener().listener_arn(arn).send().await;
        gone(answer.map_err(|error| Error::call(SERVICE, "DeleteListener", arn, error)))
    }
}

pub(super) fn by_arn(client: Client) -> Coalescer<String, Listener> {
    Coalescer::new(BATCH, move |arns: Vec<String>| {
        let client = client.clone();
        async move {
            let about = arns.join(", ");
            let request = client.describe_listeners().set_listener_arns(Some(arns));
            let found = describe(request, &about).await?;
            Ok(found
                .into_iter()
                .map(|found| (found.arn.clone(), found))
                .collect())
        }
    })
}

async fn describe(request: Describe, about: &str) -> Result<Vec<Listener>, Error> {
    const OPERATION: &str = "DescribeListeners";
    let mut found = Vec::new();
    let mut pages = request.into_paginator().send();
    while let Some(page) = pages.next().await {
        let page = page.map_err(|error| Error::call(SERVICE, OPERATION, about, error))?;
        for one in page.listeners.unwrap_or_default() {
            found.push(Listener::from_sdk(OPERATION, one)?);
        }
    }
    Ok(found)
}

impl ListenerSpec {
    /// Whether a listener is as it is to be.
    #[must_use]
    pub fn is_met_by(&self, found: &Listener) -> bool {
        found.port == self.port
            && found.protocol == self.protocol
            && found.target_group_arns == [self.target_group_arn.as_str()]
    }

    fn to_action(&self) -> Action {
        let builder = Action::builder().r#type(ActionTypeEnum::Forward);
        builder.target_group_arn(&self.target_group_arn).build()
    }
}

impl Listener {
    fn from_sdk(operation: &'static str, from: SdkListener) -> Result<Self, Error> {
        let arn = from
            .listener_arn
            .ok_or_else(|| Error::lacking(SERVICE, operation, "", "ListenerArn"))?;
        let targets = from
            .default_actions
            .unwrap_or_default()
            .into_iter()
            .flat_map(|action| {
                // AWS gives a single target group in both places, several in the second alone.
                let several = action
                    .forward_config
                    .and_then(|forward| forward.target_groups);
                let several = several.unwrap_or_default().into_iter();
                let several: Vec<_> = several
                    .filter_map(|target| target.target_group_arn)
                    .collect();
                if several.is_empty() {
                    action.target_group_arn.into_iter().collect()
                } else {
                    several
                }
            });
        Ok(Self {
            target_group_arns: targets.collect(),
            load_balancer_arn: from.load_balancer_arn.unwrap_or_default(),
            port: from.port.unwrap_or_default(),
            protocol: from
                .protocol
                .map(|p| p.as_str().to_owned())
                .unwrap_or_default(),
            arn,
        })
    }
}
