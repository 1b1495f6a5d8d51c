//! Network Load Balancers.

use std::collections::{BTreeMap, BTreeSet};

use aws_sdk_elasticloadbalancingv2::Client;
use aws_sdk_elasticloadbalancingv2::operation::describe_load_balancers::builders::DescribeLoadBalancersFluentBuilder as Describe;
use aws_sdk_elasticloadbalancingv2::types::{
    IpAddressType, LoadBalancer as SdkLoadBalancer, LoadBalancerSchemeEnum, LoadBalancerStateEnum,
    LoadBalancerTypeEnum,
};

use super::{BATCH, Elbv2, PAGE, SERVICE, tagging};
use crate::coalesce::{Coalescer, LISTED_FROM};
use crate::error::Error;
use crate::tags::Tags;
use crate::wait::{Progress, Wait};

/// A load balancer as AWS has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LoadBalancer {
    /// Its ARN.
    pub arn: String,
    /// Its name, unique in account and region.
    pub name: String,
    /// `network`, or another type that somebody made under this name.
    pub load_balancer_type: String,
    /// Where clients reach it.
    pub dns_name: String,
    /// The hosted zone of `dns_name`, for alias records.
    pub zone_id: String,
    /// Its VPC.
    pub vpc_id: String,
    /// Whether it has private addresses only.
    pub internal: bool,
    /// `ipv4` or `dualstack`.
    pub ip_address_type: String,
    /// Subnet ids by availability zone.
    pub subnets: BTreeMap<String, String>,
    /// Its security groups. One made without any can never get one.
    pub security_groups: BTreeSet<String>,
    /// How far it is.
    pub state: LoadBalancerState,
}

/// How far a load balancer is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LoadBalancerState {
    /// Routing traffic.
    Active,
    /// Being made.
    Provisioning,
    /// Could not be set up, with AWS's reason.
    Failed(String),
    /// Another state, such as `active_impaired`: routing, without the resources to scale.
    Other(String),
}

/// A load balancer to make.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewLoadBalancer {
    /// Its name.
    pub name: String,
    /// Whether it has private addresses only.
    pub internal: bool,
    /// `ipv4` or `dualstack`; AWS's default is `ipv4`.
    pub ip_address_type: Option<String>,
    /// One subnet of each zone.
    pub subnets: Vec<String>,
    /// Its security groups.
    pub security_groups: Vec<String>,
    /// Its tags.
    pub tags: Tags,
}

impl Elbv2 {
    /// The load balancer of this ARN.
    ///
    /// # Errors
    ///
    /// When AWS can't be asked.
    pub async fn load_balancer(&self, arn: &str) -> Result<Option<LoadBalancer>, Error> {
        self.load_balancers.get(arn.to_owned()).await
    }

    /// The load balancer of this name.
    ///
    /// # Errors
    ///
    /// When AWS can't be asked.
    pub async fn load_balancer_by_name(&self, name: &str) -> Result<Option<LoadBalancer>, Error> {
        self.load_balancers_by_name.get(name.to_owned()).await
    }

    /// Makes a Network Load Balancer. Where one of this name with the same settings exists, AWS
    /// answers with that one.
    ///
    /// # Errors
    ///
    /// When AWS refuses; `DuplicateLoadBalancerName` if one with other settings exists.
    pub async fn create_load_balancer(&self, new: &NewLoadBalancer) -> Result<LoadBalancer, Error> {
        const OPERATION: &str = "CreateLoadBalancer";
        let scheme = if new.internal {
            LoadBalancerSchemeEnum::Internal
        } else {
            LoadBalancerSchemeEnum::InternetFacing
        };
        let answer = self
            .client
            .create_load_balancer()
            .name(&new.name)
            .r#type(LoadBalancerTypeEnum::Network)
            .scheme(scheme)
            .set_ip_address_type(new.ip_address_type.as_deref().map(IpAddressType::from))
            .set_subnets(Some(new.subnets.clone()))
            .set_security_groups(some(&new.security_groups))
            .set_tags(tagging::to_sdk(&new.tags))
            .send()
            .await
            .map_err(|error| Error::call(SERVICE, OPERATION, &new.name, error))?;
        let made = answer.load_balancers.unwrap_or_default().into_iter().next();
        made.ok_or_else(|| Error::lacking(SERVICE, OPERATION, &new.name, "load balancer"))
            .and_then(|made| LoadBalancer::from_sdk(OPERATION, made))
    }

    /// Deletes a load balancer, its listeners with it.
    ///
    /// # Errors
    ///
    /// When AWS refuses; `OperationNotPermitted` under deletion protection.
    pub async fn delete_load_balancer(&self, arn: &str) -> Result<(), Error> {
        let answer = self
            .client
            .delete_load_balancer()
            .load_balancer_arn(arn)
            .send()
            .await;
        gone(answer.map_err(|error| Error::call(SERVICE, "DeleteLoadBalancer", arn, error)))
    }

    /// Replaces the security groups. Not possible on one made without any.
    ///
    /// # Errors
    ///
    /// When AWS refuses.
    pub async fn set_security_groups(&self, arn: &str, groups: &[String]) -> Result<(), Error> {
        let request = self.client.set_security_groups().load_balancer_arn(arn);
        let answer = request
            .set_security_groups(Some(groups.to_vec()))
            .send()
            .await;
        answer
            .map(drop)
            .map_err(|error| Error::call(SERVICE, "SetSecurityGroups", arn, error))
    }

    /// Replaces the subnets, one of each zone.
    ///
    /// # Errors
    ///
    /// When AWS refuses.
    pub async fn set_subnets(&self, arn: &str, subnets: &[String]) -> Result<(), Error> {
        let request = self.client.set_subnets().load_balancer_arn(arn);
        let answer = request.set_subnets(Some(subnets.to_vec())).send().await;
        answer
            .map(drop)
            .map_err(|error| Error::call(SERVICE, "SetSubnets", arn, error))
    }

    /// Sets `ipv4` or `dualstack`.
    ///
    /// # Errors
    ///
    /// When AWS refuses.
    pub async fn set_ip_address_type(&self, arn: &str, kind: &str) -> Result<(), Error> {
        let request = self.client.set_ip_address_type().load_balancer_arn(arn);
        let answer = request
            .ip_address_type(IpAddressType::from(kind))
            .send()
            .await;
        answer
            .map(drop)
            .map_err(|error| Error::call(SERVICE, "SetIpAddressType", arn, error))
    }

    /// Waits until the load balancer routes traffic. One that can't be seen yet is on its way:
    /// reads lag behind creates.
    ///
    /// # Errors
    ///
    /// When the wait ends early ([`Wait::until`]), or AWS gives up making it.
    pub async fn wait_until_active(&self, arn: &str, wait: Wait) -> Result<LoadBalancer, Error> {
        wait.until(|| async {
            let Some(found) = self.load_balancer(arn).await? else {
                return Ok(Progress::Pending("not visible yet".into()));
            };
            Ok(match &found.state {
                LoadBalancerState::Active => Progress::Done(found),
                // It routes; AWS lacks the addresses to scale it.
                LoadBalancerState::Other(state) if state == "active_impaired" => {
                    Progress::Done(found)
                }
                LoadBalancerState::Failed(reason) => Progress::Failed(format!("failed: {reason}")),
                LoadBalancerState::Provisioning => Progress::Pending("provisioning".into()),
                LoadBalancerState::Other(state) => Progress::Pending(state.clone()),
            })
        })
        .await
    }

    /// Waits until the load balancer is gone.
    ///
    /// # Errors
    ///
    /// When the wait ends early.
    pub async fn wait_until_load_balancer_gone(&self, arn: &str, wait: Wait) -> Result<(), Error> {
        wait.until(|| async {
            let found = self.load_balancer(arn).await?;
            Ok(found.map_or(Progress::Done(()), |_| {
                Progress::Pending("still there".into())
            }))
        })
        .await
    }
}

pub(super) fn by_arn(client: Client) -> Coalescer<String, LoadBalancer> {
    let named = client.clone();
    let by_arn = Coalescer::new(BATCH, move |arns: Vec<String>| {
        let request = named.describe_load_balancers();
        described(request.set_load_balancer_arns(Some(arns.clone())), arns)
    });
    by_arn.or_listed(LISTED_FROM, move |arns| {
        described(client.describe_load_balancers(), arns)
    })
}

async fn described(
    request: Describe,
    about: Vec<String>,
) -> Result<BTreeMap<String, LoadBalancer>, Error> {
    let found = describe(request, &about).await?;
    Ok(found
        .into_iter()
        .map(|found| (found.arn.clone(), found))
        .collect())
}

/// By name, most are expected to be missing (a create looks first), and one that is missing fails
/// the call for all. So of several names all there are is listed, which is one call, or few.
pub(super) fn by_name(client: Client) -> Coalescer<String, LoadBalancer> {
    Coalescer::new(BATCH, move |names: Vec<String>| {
        let client = client.clone();
        async move {
            let request = client.describe_load_balancers();
            let request = match names.as_slice() {
                [_] => request.set_names(Some(names.clone())),
                _ => request.page_size(PAGE),
            };
            Ok(describe(request, &names)
                .await?
                .into_iter()
                .map(|found| (found.name.clone(), found))
                .collect())
        }
    })
}

async fn describe(request: Describe, about: &[String]) -> Result<Vec<LoadBalancer>, Error> {
    const OPERATION: &str = "DescribeLoadBalancers";
    let mut found = Vec::new();
    let mut pages = request.into_paginator().send();
    while let Some(page) = pages.next().await {
        let page =
            page.map_err(|error| Error::call(SERVICE, OPERATION, about.join(", "), error))?;
        for one in page.load_balancers.unwrap_or_default() {
            found.push(LoadBalancer::from_sdk(OPERATION, one)?);
        }
    }
    Ok(found)
}

impl LoadBalancer {
    fn from_sdk(operation: &'static str, from: SdkLoadBalancer) -> Result<Self, Error> {
        let arn = from
            .load_balancer_arn
            .ok_or_else(|| Error::lacking(SERVICE, operation, "", "LoadBalancerArn"))?;
        let name = from
            .load_balancer_name
            .ok_or_else(|| Error::lacking(SERVICE, operation, &arn, "LoadBalancerName"))?;
        let zones = from.availability_zones.unwrap_or_default();
        let reason = from.state.as_ref().and_then(|state| state.reason.clone());
        let state = match from.state.and_then(|state| state.code) {
            Some(LoadBalancerStateEnum::Active) => LoadBalancerState::Active,
            Some(LoadBalancerStateEnum::Provisioning) => LoadBalancerState::Provisioning,
            Some(LoadBalancerStateEnum::Failed) => {
                LoadBalancerState::Failed(reason.unwrap_or_else(|| "no reason given".into()))
            }
            other => LoadBalancerState::Other(
                other.map_or_else(|| "unknown".into(), |code| code.as_str().into()),
            ),
        };
        Ok(Self {
            arn,
            name,
            load_balancer_type: from
                .r#type
                .map(|t| t.as_str().to_owned())
                .unwrap_or_default(),
            dns_name: from.dns_name.unwrap_or_default(),
            zone_id: from.canonical_hosted_zone_id.unwrap_or_default(),
            vpc_id: from.vpc_id.unwrap_or_default(),
            internal: from.scheme == Some(LoadBalancerSchemeEnum::Internal),
            ip_address_type: from
                .ip_address_type
                .map(|kind| kind.as_str().to_owned())
                .unwrap_or_default(),
            subnets: zones
                .into_iter()
                .filter_map(|zone| Some((zone.zone_name?, zone.subnet_id?)))
                .collect(),
            security_groups: from
                .security_groups
                .unwrap_or_default()
                .into_iter()
                .collect(),
            state,
        })
    }
}

/// A delete's result, where what is gone counts as deleted.
pub(super) fn gone<T>(result: Result<T, Error>) -> Result<(), Error> {
    match result {
        Err(error) if !error.is_not_found() => Err(error),
        _ => Ok(()),
    }
}

fn some<T: Clone>(list: &[T]) -> Option<Vec<T>> {
    (!list.is_empty()).then(|| list.to_vec())
}
