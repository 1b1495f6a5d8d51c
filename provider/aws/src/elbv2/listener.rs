//! Listeners that forward to one target group.

use aws_sdk_elasticloadbalancingv2::Client;
use aws_sdk_elasticloadbalancingv2::operation::describe_listeners::builders::DescribeListenersFluentBuilder as Describe;
use aws_sdk_elasticloadbalancingv2::types::{
    Action, ActionTypeEnum, Certificate, Listener as SdkListener, LoadBalancerTypeEnum,
    ProtocolEnum,
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
    /// Its default certificate, with TLS.
    pub certificate_arn: Option<String>,
    /// Its security policy, with TLS.
    pub ssl_policy: Option<String>,
    /// Its ALPN policy, with TLS, unless it negotiates none.
    pub alpn_policy: Option<String>,
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
    /// Its default certificate; with TLS, and only then.
    pub certificate_arn: Option<String>,
    /// Its security policy, with TLS; AWS's default if there is none.
    pub ssl_policy: Option<String>,
    /// Its ALPN policy, with TLS; none is negotiated without.
    pub alpn_policy: Option<String>,
}

/// AWS's word for no negotiation.
const NO_ALPN: &str = "None";

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
            .set_certificates(spec.to_certificates())
            .set_ssl_policy(spec.ssl_policy.clone())
            .set_alpn_policy(spec.to_alpn_policy())
            .set_tags(tagging::to_sdk(tags))
            .send()
            .await
            .map_err(|error| Error::call(SERVICE, OPERATION, load_balancer_arn, error))?;
        let made = answer.listeners.unwrap_or_default().into_iter().next();
        made.ok_or_else(|| Error::lacking(SERVICE, OPERATION, load_balancer_arn, "listener"))
            .and_then(|made| Listener::from_sdk(OPERATION, made))
    }

    /// Changes a listener, whose ARN stays. From TLS to TCP, AWS takes certificate and policies
    /// away by itself.
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
            .set_certificates(spec.to_certificates())
            .set_ssl_policy(spec.ssl_policy.clone())
            .set_alpn_policy(spec.to_alpn_policy())
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

    /// Whether network load balancers have a security policy of this name.
    ///
    /// # Errors
    ///
    /// When AWS can't be asked.
    pub async fn ssl_policy_exists(&self, name: &str) -> Result<bool, Error> {
        let found = self.ssl_policies.get(name.to_owned()).await?;
        Ok(found.is_some())
    }
}

pub(super) fn ssl_policies(client: Client) -> Coalescer<String, ()> {
    Coalescer::new(BATCH, move |names: Vec<String>| {
        let client = client.clone();
        async move {
            let about = names.join(", ");
            let answer = client
                .describe_ssl_policies()
                .set_names(Some(names))
                .load_balancer_type(LoadBalancerTypeEnum::Network)
                .send()
                .await
                .map_err(|error| Error::call(SERVICE, "DescribeSSLPolicies", about, error))?;
            let found = answer.ssl_policies.unwrap_or_default();
            Ok(found
                .into_iter()
                .filter_map(|policy| Some((policy.name?, ())))
                .collect())
        }
    })
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
    /// A TCP listener.
    #[must_use]
    pub fn tcp(port: i32, target_group_arn: impl Into<String>) -> Self {
        Self {
            port,
            protocol: "TCP".to_owned(),
            target_group_arn: target_group_arn.into(),
            certificate_arn: None,
            ssl_policy: None,
            alpn_policy: None,
        }
    }

    /// Whether a listener is as it is to be.
    #[must_use]
    pub fn is_met_by(&self, found: &Listener) -> bool {
        found.port == self.port
            && found.protocol == self.protocol
            && found.target_group_arns == [self.target_group_arn.as_str()]
            && found.certificate_arn == self.certificate_arn
            && (self.ssl_policy.is_none() || found.ssl_policy == self.ssl_policy)
            && found.alpn_policy == self.alpn_policy
    }

    fn to_certificates(&self) -> Option<Vec<Certificate>> {
        let arn = self.certificate_arn.as_ref()?;
        Some(vec![Certificate::builder().certificate_arn(arn).build()])
    }

    /// With TLS always said, so that a change to none is one.
    fn to_alpn_policy(&self) -> Option<Vec<String>> {
        let tls = self.certificate_arn.is_some();
        let policy = self.alpn_policy.as_deref().unwrap_or(NO_ALPN);
        tls.then(|| vec![policy.to_owned()])
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
        let certificate = from.certificates.unwrap_or_default().into_iter().next();
        let alpn_policy = from.alpn_policy.unwrap_or_default().into_iter().next();
        Ok(Self {
            target_group_arns: targets.collect(),
            certificate_arn: certificate.and_then(|certificate| certificate.certificate_arn),
            ssl_policy: from.ssl_policy,
            alpn_policy: alpn_policy.filter(|policy| policy != NO_ALPN),
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
