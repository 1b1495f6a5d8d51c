//! Target groups and their health checks.

use std::collections::{BTreeMap, BTreeSet};

use aws_sdk_elasticloadbalancingv2::Client;
use aws_sdk_elasticloadbalancingv2::operation::describe_target_groups::builders::DescribeTargetGroupsFluentBuilder as Describe;
use aws_sdk_elasticloadbalancingv2::types::{
    Matcher, ProtocolEnum, TargetGroup as SdkTargetGroup, TargetGroupIpAddressTypeEnum,
    TargetTypeEnum,
};

use super::load_balancer::gone;
use super::{BATCH, Elbv2, PAGE, SERVICE, tagging};
use crate::coalesce::{Coalescer, LISTED_FROM};
use crate::error::Error;
use crate::tags::Tags;

/// A target group as AWS has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TargetGroup {
    /// Its ARN.
    pub arn: String,
    /// Its name, unique in account and region.
    pub name: String,
    /// `TCP` or another of AWS's words.
    pub protocol: String,
    /// The targets' port.
    pub port: i32,
    /// Its VPC.
    pub vpc_id: String,
    /// `instance`, `ip` or another of AWS's words.
    pub target_type: String,
    /// `ipv4` or `ipv6`.
    pub ip_address_type: String,
    /// How targets are checked.
    pub health_check: HealthCheck,
    /// The load balancers that send to it.
    pub load_balancer_arns: BTreeSet<String>,
}

/// How targets are checked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HealthCheck {
    /// `TCP`, `HTTP` or `HTTPS`.
    pub protocol: String,
    /// A port, or `traffic-port`.
    pub port: String,
    /// The path, with HTTP and HTTPS.
    pub path: Option<String>,
    /// The answers that count as healthy, such as `200-399`, with HTTP and HTTPS.
    pub matcher: Option<String>,
    /// Seconds between checks, 5 to 300.
    pub interval_seconds: i32,
    /// Seconds until a check has failed, 2 to 120.
    pub timeout_seconds: i32,
    /// Successes until healthy, 2 to 10.
    pub healthy_threshold: i32,
    /// Failures until unhealthy, 2 to 10.
    pub unhealthy_threshold: i32,
}

/// A target group to make.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewTargetGroup {
    /// Its name.
    pub name: String,
    /// `TCP` or another of AWS's words.
    pub protocol: String,
    /// The targets' port.
    pub port: i32,
    /// Its VPC.
    pub vpc_id: String,
    /// `instance` or `ip`.
    pub target_type: String,
    /// `ipv4` or `ipv6`; AWS's default is `ipv4`.
    pub ip_address_type: Option<String>,
    /// How targets are checked.
    pub health_check: HealthCheck,
    /// Its tags.
    pub tags: Tags,
}

impl Elbv2 {
    /// The target group of this ARN.
    ///
    /// # Errors
    ///
    /// When AWS can't be asked.
    pub async fn target_group(&self, arn: &str) -> Result<Option<TargetGroup>, Error> {
        self.target_groups.get(arn.to_owned()).await
    }

    /// The same for checks: as it was when it was made or seen last, if that isn't long ago.
    ///
    /// # Errors
    ///
    /// When AWS can't be asked.
    pub async fn known_target_group(&self, arn: &str) -> Result<Option<TargetGroup>, Error> {
        self.target_groups.known(arn.to_owned()).await
    }

    /// The target group of this name.
    ///
    /// # Errors
    ///
    /// When AWS can't be asked.
    pub async fn target_group_by_name(&self, name: &str) -> Result<Option<TargetGroup>, Error> {
        let found = self.target_groups_by_look.get(Look::Named(name.to_owned()));
        Ok(found.await?.unwrap_or_default().into_iter().next())
    }

    /// All target groups whose names begin with this text. AWS can't look for that, so all of the
    /// region are listed, once for all that ask together.
    ///
    /// # Errors
    ///
    /// When AWS can't be asked.
    pub async fn target_groups_named(&self, prefix: &str) -> Result<Vec<TargetGroup>, Error> {
        let all = self.target_groups_by_look.get(Look::All).await?;
        let all = all.unwrap_or_default();
        let named = all.into_iter().filter(|one| one.name.starts_with(prefix));
        Ok(named.collect())
    }

    /// Makes a target group. Where one of this name with the same settings exists, AWS answers
    /// with that one.
    ///
    /// # Errors
    ///
    /// When AWS refuses; `DuplicateTargetGroupName` if one with other settings exists.
    pub async fn create_target_group(&self, new: &NewTargetGroup) -> Result<TargetGroup, Error> {
        const OPERATION: &str = "CreateTargetGroup";
        let check = &new.health_check;
        let answer = self
            .client
            .create_target_group()
            .name(&new.name)
            .protocol(ProtocolEnum::from(new.protocol.as_str()))
            .port(new.port)
            .vpc_id(&new.vpc_id)
            .target_type(TargetTypeEnum::from(new.target_type.as_str()))
            .set_ip_address_type(
                new.ip_address_type
                    .as_deref()
                    .map(TargetGroupIpAddressTypeEnum::from),
            )
            .health_check_protocol(ProtocolEnum::from(check.protocol.as_str()))
            .health_check_port(&check.port)
            .set_health_check_path(check.path.clone())
            .set_matcher(check.to_matcher())
            .health_check_interval_seconds(check.interval_seconds)
            .health_check_timeout_seconds(check.timeout_seconds)
            .healthy_threshold_count(check.healthy_threshold)
            .unhealthy_threshold_count(check.unhealthy_threshold)
            .set_tags(tagging::to_sdk(&new.tags))
            .send()
            .await
            .map_err(|error| Error::call(SERVICE, OPERATION, &new.name, error))?;
        let made = answer.target_groups.unwrap_or_default().into_iter().next();
        let made = made
            .ok_or_else(|| Error::lacking(SERVICE, OPERATION, &new.name, "target group"))
            .and_then(|made| TargetGroup::from_sdk(OPERATION, made))?;
        self.target_groups.note(made.arn.clone(), Some(&made));
        Ok(made)
    }

    /// Replaces the health check. Protocol, port and VPC of a target group can't be changed.
    ///
    /// # Errors
    ///
    /// When AWS refuses.
    pub async fn set_health_check(&self, arn: &str, check: &HealthCheck) -> Result<(), Error> {
        let answer = self
            .client
            .modify_target_group()
            .target_group_arn(arn)
            .health_check_protocol(ProtocolEnum::from(check.protocol.as_str()))
            .health_check_port(&check.port)
            .set_health_check_path(check.path.clone())
            .set_matcher(check.to_matcher())
            .health_check_interval_seconds(check.interval_seconds)
            .health_check_timeout_seconds(check.timeout_seconds)
            .healthy_threshold_count(check.healthy_threshold)
            .unhealthy_threshold_count(check.unhealthy_threshold)
            .send()
            .await;
        self.target_groups.note(arn.to_owned(), None);
        answer
            .map(drop)
            .map_err(|error| Error::call(SERVICE, "ModifyTargetGroup", arn, error))
    }

    /// Deletes a target group.
    ///
    /// # Errors
    ///
    /// When AWS refuses; `ResourceInUse` while a listener sends to it.
    pub async fn delete_target_group(&self, arn: &str) -> Result<(), Error> {
        let answer = self
            .client
            .delete_target_group()
            .target_group_arn(arn)
            .send()
            .await;
        self.target_groups.note(arn.to_owned(), None);
        gone(answer.map_err(|error| Error::call(SERVICE, "DeleteTargetGroup", arn, error)))
    }
}

pub(super) fn by_arn(client: Client) -> Coalescer<String, TargetGroup> {
    let named = client.clone();
    let by_arn = Coalescer::new(BATCH, move |arns: Vec<String>| {
        let request = named.describe_target_groups();
        described(request.set_target_group_arns(Some(arns.clone())), arns)
    });
    by_arn.remembering().or_listed(LISTED_FROM, move |arns| {
        described(client.describe_target_groups(), arns)
    })
}

async fn described(
    request: Describe,
    about: Vec<String>,
) -> Result<BTreeMap<String, TargetGroup>, Error> {
    let found = describe(request, &about).await?;
    Ok(found
        .into_iter()
        .map(|found| (found.arn.clone(), found))
        .collect())
}

/// What is looked for without an ARN.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Look {
    /// All there are.
    All,
    /// The one of this name, or none.
    Named(String),
}

/// As for load balancers: most names are expected to be missing, so of several looks all there are
/// is listed.
pub(super) fn by_look(client: Client) -> Coalescer<Look, Vec<TargetGroup>> {
    let asked = client.clone();
    let by_look = Coalescer::new(BATCH, move |looks| look(asked.clone(), looks));
    // The first list is one already.
    by_look.or_listed(1, move |looks| list(client.clone(), looks))
}

async fn look(client: Client, looks: Vec<Look>) -> Result<BTreeMap<Look, Vec<TargetGroup>>, Error> {
    let [Look::Named(name)] = looks.as_slice() else {
        return list(client, looks).await;
    };
    let found = describe(
        client.describe_target_groups().names(name),
        std::slice::from_ref(name),
    )
    .await?;
    Ok(looks
        .into_iter()
        .map(|look| (look, found.clone()))
        .collect())
}

async fn list(client: Client, looks: Vec<Look>) -> Result<BTreeMap<Look, Vec<TargetGroup>>, Error> {
    let request = client.describe_target_groups().page_size(PAGE);
    let all = describe(request, &[]).await?;
    let of = |look: &Look| match look {
        Look::All => all.clone(),
        Look::Named(name) => all
            .iter()
            .filter(|one| one.name == *name)
            .cloned()
            .collect(),
    };
    let found = looks.into_iter().chain([Look::All]);
    Ok(found.map(|look| (look.clone(), of(&look))).collect())
}

async fn describe(request: Describe, about: &[String]) -> Result<Vec<TargetGroup>, Error> {
    const OPERATION: &str = "DescribeTargetGroups";
    let mut found = Vec::new();
    let mut pages = request.into_paginator().send();
    while let Some(page) = pages.next().await {
        let page =
            page.map_err(|error| Error::call(SERVICE, OPERATION, about.join(", "), error))?;
        for one in page.target_groups.unwrap_or_default() {
            found.push(TargetGroup::from_sdk(OPERATION, one)?);
        }
    }
    Ok(found)
}

impl HealthCheck {
    fn to_matcher(&self) -> Option<Matcher> {
        self.matcher
            .as_ref()
            .map(|codes| Matcher::builder().http_code(codes).build())
    }
}

impl TargetGroup {
    fn from_sdk(operation: &'static str, from: SdkTargetGroup) -> Result<Self, Error> {
        let arn = from
            .target_group_arn
            .ok_or_else(|| Error::lacking(SERVICE, operation, "", "TargetGroupArn"))?;
        let name = from
            .target_group_name
            .ok_or_else(|| Error::lacking(SERVICE, operation, &arn, "TargetGroupName"))?;
        let word = |protocol: Option<ProtocolEnum>| {
            protocol
                .map(|protocol| protocol.as_str().to_owned())
                .unwrap_or_default()
        };
        Ok(Self {
            name,
            protocol: word(from.protocol),
            port: from.port.unwrap_or_default(),
            vpc_id: from.vpc_id.unwrap_or_default(),
            target_type: from
                .target_type
                .map(|t| t.as_str().to_owned())
                .unwrap_or_default(),
            ip_address_type: from
                .ip_address_type
                .map(|kind| kind.as_str().to_owned())
                .unwrap_or_default(),
            health_check: HealthCheck {
                protocol: word(from.health_check_protocol),
                port: from.health_check_port.unwrap_or_default(),
                path: from.health_check_path,
                matcher: from.matcher.and_then(|matcher| matcher.http_code),
                interval_seconds: from.health_check_interval_seconds.unwrap_or_default(),
                timeout_seconds: from.health_check_timeout_seconds.unwrap_or_default(),
                healthy_threshold: from.healthy_threshold_count.unwrap_or_default(),
                unhealthy_threshold: from.unhealthy_threshold_count.unwrap_or_default(),
            },
            load_balancer_arns: from
                .load_balancer_arns
                .unwrap_or_default()
                .into_iter()
                .collect(),
            arn,
        })
    }
}
