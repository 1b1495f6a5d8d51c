//! Rules of security groups.

use std::collections::BTreeMap;

use aws_sdk_ec2::Client;
use aws_sdk_ec2::types::{
    IpPermission, IpRange, Ipv6Range, ResourceType, SecurityGroupRule as SdkRule, UserIdGroupPair,
};

use super::{Ec2, SERVICE, by, tagging};
use crate::error::Error;
use crate::tags::Tags;

/// A rule as AWS has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SecurityGroupRule {
    /// Its id.
    pub id: String,
    /// The group that has it.
    pub group_id: String,
    /// What it lets through. A group has no two rules of which this is the same.
    pub permission: Permission,
    /// What for; empty for none.
    pub description: String,
    /// Its tags.
    pub tags: Tags,
}

/// What a rule lets through.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Permission {
    /// Whether it is about connections out of the group.
    pub is_egress: bool,
    /// `tcp`, `udp`, `icmp`, `icmpv6`, `-1` for all, or another protocol's number.
    pub protocol: String,
    /// First and last port; type and code of ICMP, with -1 for any. `None` where there are none.
    pub ports: Option<(i32, i32)>,
    /// The other end.
    pub peer: RulePeer,
}

/// The other end of a rule's connections.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum RulePeer {
    /// Addresses in CIDR notation, IPv4 or IPv6.
    Cidr(String),
    /// Id of a security group.
    Group(String),
    /// Id of a prefix list.
    PrefixList(String),
}

impl std::fmt::Display for RulePeer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Cidr(text) | Self::Group(text) | Self::PrefixList(text) => f.write_str(text),
        }
    }
}

/// A rule to be made, or to be described.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewRule {
    /// What it lets through.
    pub permission: Permission,
    /// What for, with something in it.
    pub description: String,
}

impl Ec2 {
    /// All rules of a security group.
    ///
    /// # Errors
    ///
    /// When AWS can't be asked.
    pub async fn security_group_rules_of(
        &self,
        group_id: &str,
    ) -> Result<Vec<SecurityGroupRule>, Error> {
        let found = &self.security_group_rules_by_group;
        let found = found.get(group_id.to_owned()).await?;
        Ok(found.unwrap_or_default())
    }

    /// Adds rules of one direction to a group: all of them or none.
    ///
    /// # Errors
    ///
    /// When AWS refuses: with code `InvalidPermission.Duplicate` if the group has one of them.
    pub async fn authorize(
        &self,
        group_id: &str,
        is_egress: bool,
        rules: &[NewRule],
        tags: &Tags,
    ) -> Result<(), Error> {
        let permissions = Some(rules.iter().map(permission).collect());
        let tags = tagging::specification(ResourceType::SecurityGroupRule, tags);
        if is_egress {
            let request = self.client.authorize_security_group_egress();
            let request = request.group_id(group_id).set_tag_specifications(tags);
            let answer = request.set_ip_permissions(permissions).send().await;
            return answer.map(drop).map_err(|error| {
                Error::call(SERVICE, "AuthorizeSecurityGroupEgress", group_id, error)
            });
        }
        let request = self.client.authorize_security_group_ingress();
        let request = request.group_id(group_id).set_tag_specifications(tags);
        let answer = request.set_ip_permissions(permissions).send().await;
        answer
            .map(drop)
            .map_err(|error| Error::call(SERVICE, "AuthorizeSecurityGroupIngress", group_id, error))
    }

    /// Takes rules of one direction away from a group: all of them or none.
    ///
    /// # Errors
    ///
    /// When AWS refuses, also if one of them, or the group, is gone.
    pub async fn revoke(
        &self,
        group_id: &str,
        is_egress: bool,
        rule_ids: &[String],
    ) -> Result<(), Error> {
        let ids = Some(rule_ids.to_vec());
        if is_egress {
            let request = self.client.revoke_security_group_egress();
            let request = request.group_id(group_id).set_security_group_rule_ids(ids);
            return request.send().await.map(drop).map_err(|error| {
                Error::call(SERVICE, "RevokeSecurityGroupEgress", group_id, error)
            });
        }
        let request = self.client.revoke_security_group_ingress();
        let request = request.group_id(group_id).set_security_group_rule_ids(ids);
        request
            .send()
            .await
            .map(drop)
            .map_err(|error| Error::call(SERVICE, "RevokeSecurityGroupIngress", group_id, error))
    }

    /// Gives rules of one direction their descriptions.
    ///
    /// # Errors
    ///
    /// When AWS refuses, also if one of them, or the group, is gone.
    pub async fn describe_rules_as(
        &self,
        group_id: &str,
        is_egress: bool,
        rules: &[NewRule],
    ) -> Result<(), Error> {
        let permissions = Some(rules.iter().map(permission).collect());
        if is_egress {
            let request = self.client.update_security_group_rule_descriptions_egress();
            let request = request.group_id(group_id).set_ip_permissions(permissions);
            return request.send().await.map(drop).map_err(|error| {
                let operation = "UpdateSecurityGroupRuleDescriptionsEgress";
                Error::call(SERVICE, operation, group_id, error)
            });
        }
        let request = self
            .client
            .update_security_group_rule_descriptions_ingress();
        let request = request.group_id(group_id).set_ip_permissions(permissions);
        request.send().await.map(drop).map_err(|error| {
            let operation = "UpdateSecurityGroupRuleDescriptionsIngress";
            Error::call(SERVICE, operation, group_id, error)
        })
    }
}

fn permission(rule: &NewRule) -> IpPermission {
    let Permission {
        protocol,
        ports,
        peer,
        ..
    } = &rule.permission;
    let (from, to) = ports.unzip();
    let built = IpPermission::builder()
        .ip_protocol(protocol)
        .set_from_port(from)
        .set_to_port(to);
    let description = &rule.description;
    let built = match peer {
        RulePeer::Cidr(cidr) if cidr.contains(':') => built.ipv6_ranges(
            Ipv6Range::builder()
                .cidr_ipv6(cidr)
                .description(description)
                .build(),
        ),
        RulePeer::Cidr(cidr) => built.ip_ranges(
            IpRange::builder()
                .cidr_ip(cidr)
                .description(description)
                .build(),
        ),
        RulePeer::Group(id) => built.user_id_group_pairs(
            UserIdGroupPair::builder()
                .group_id(id)
                .description(description)
                .build(),
        ),
        RulePeer::PrefixList(id) => built.prefix_list_ids(
            aws_sdk_ec2::types::PrefixListId::builder()
                .prefix_list_id(id)
                .description(description)
                .build(),
        ),
    };
    built.build()
}

fn rule(found: SdkRule) -> Option<SecurityGroupRule> {
    let group = found.referenced_group_info.and_then(|info| info.group_id);
    let cidr = found.cidr_ipv4.or(found.cidr_ipv6);
    let peer = group
        .map(RulePeer::Group)
        .or_else(|| cidr.map(RulePeer::Cidr))
        .or_else(|| found.prefix_list_id.map(RulePeer::PrefixList))?;
    let protocol = by_name(found.ip_protocol.unwrap_or_default());
    // Of protocols without ports AWS says -1, or 0, or nothing.
    let has_ports = matches!(protocol.as_str(), "tcp" | "udp" | "icmp" | "icmpv6");
    let ports =
        (has_ports).then_some((found.from_port.unwrap_or(ANY), found.to_port.unwrap_or(ANY)));
    Some(SecurityGroupRule {
        id: found.security_group_rule_id?,
        group_id: found.group_id?,
        permission: Permission {
            is_egress: found.is_egress.unwrap_or_default(),
            protocol,
            ports,
            peer,
        },
        description: found.description.unwrap_or_default(),
        tags: tagging::from_sdk(found.tags),
    })
}

/// Any type or code of ICMP.
const ANY: i32 = -1;

/// Protocols have names and numbers, and both mean the same rule.
/// <https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_IpPermission.html>
fn by_name(protocol: String) -> String {
    match protocol.as_str() {
        "1" => "icmp".to_owned(),
        "6" => "tcp".to_owned(),
        "17" => "udp".to_owned(),
        "58" => "icmpv6".to_owned(),
        _ => protocol,
    }
}

pub(super) async fn by_group(
    client: Client,
    group_ids: Vec<String>,
) -> Result<BTreeMap<String, Vec<SecurityGroupRule>>, Error> {
    let about = group_ids.join(", ");
    let mut found: BTreeMap<_, Vec<_>> = BTreeMap::new();
    let request = client.describe_security_group_rules();
    let filter = by("group-id", &group_ids);
    let mut pages = request.filters(filter).into_paginator().send();
    while let Some(page) = pages.next().await {
        let page = page
            .map_err(|error| Error::call(SERVICE, "DescribeSecurityGroupRules", &about, error))?;
        let rules = page.security_group_rules.unwrap_or_default().into_iter();
        for one in rules.filter_map(rule) {
            found.entry(one.group_id.clone()).or_default().push(one);
        }
    }
    Ok(found)
}
