//! Finds existing groups by what a user gives.

use std::collections::BTreeMap;

use aws::ec2::{Ec2, SecurityGroup};
use aws::ownership::CLUSTER_KEY;
use futures_util::future::try_join_all;
use tfplug::{Attr, Cx, Diagnostic, Result};
use topology::ports::Group;

use super::groups::name;
use super::model::SecurityGroups;
use crate::diagnostics::aws_error;
use crate::provider::Data;

const IMPORTING: &str = "Importing security groups";

/// An import id taken apart.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Id<'a> {
    /// `<VPC>/<cluster>`: the groups of these names.
    Named { vpc: &'a str, cluster: &'a str },
    /// `<role>=<id>,...`: groups of whatever names.
    Given(BTreeMap<Group, &'a str>),
}

impl<'a> Id<'a> {
    fn parse(text: &'a str) -> Option<Self> {
        if !text.contains('=') {
            let (vpc, cluster) = text.split_once('/')?;
            let full = vpc.starts_with("vpc-") && !cluster.is_empty();
            return full.then_some(Self::Named { vpc, cluster });
        }
        let mut given = BTreeMap::new();
        for part in text.split(',') {
            let (role, id) = part.trim().split_once('=')?;
            let role = Group::ALL
                .into_iter()
                .find(|group| group.as_str() == role)?;
            let is_new = !id.is_empty() && given.insert(role, id).is_none();
            if !is_new {
                return None;
            }
        }
        Some(Self::Given(given))
    }
}

/// # Errors
/// The id isn't of that form, or what it names isn't there.
pub(super) async fn import(cx: &Cx<Data>, id: &str) -> Result<SecurityGroups> {
    let Some(id) = Id::parse(id) else {
        return Err(malformed(id).into());
    };
    let failed = |error: aws::Error| aws_error(IMPORTING, &error);
    let ec2 = cx.data().clients()?.ec2().await.map_err(failed)?;
    let (found, cluster) = match id {
        Id::Named { vpc, cluster } => (named(ec2, vpc, cluster).await?, Some(cluster.to_owned())),
        Id::Given(ids) => (given(ec2, ids).await?, None),
    };
    let Some(first) = found.values().next() else {
        return Err(Diagnostic::bug("Nothing was found, and no error.").into());
    };
    let cluster = cluster.or_else(|| first.tags.get(CLUSTER_KEY).cloned());
    let mut model = SecurityGroups {
        cluster_name: match cluster {
            Some(cluster) => cluster.into(),
            None => cx.data().cluster_name().clone(),
        },
        vpc_id: first.vpc_id.as_str().into(),
        ..SecurityGroups::default()
    };
    for group in Group::ALL {
        let found = found.get(&group);
        *model.id_mut(group) = found.map_or(Attr::Null, |group| group.id.as_str().into());
    }
    Ok(model)
}

/// The groups of a cluster's names, as many of them as there are.
async fn named(ec2: &Ec2, vpc: &str, cluster: &str) -> Result<BTreeMap<Group, SecurityGroup>> {
    let names = Group::ALL.map(|group| name(cluster, group));
    let looks = names.iter().map(|name| ec2.security_group_named(vpc, name));
    let found = try_join_all(looks)
        .await
        .map_err(|error| aws_error(IMPORTING, &error))?;
    let found: BTreeMap<_, _> = Group::ALL
        .into_iter()
        .zip(found)
        .filter_map(|(role, group)| Some((role, group?)))
        .collect();
    if found.is_empty() {
        let text = format!(
            "There is no security group of cluster \"{cluster}\" in {vpc}: none is named {}.",
            names.join(", ")
        );
        return Err(Diagnostic::error(IMPORTING, text).into());
    }
    Ok(found)
}

/// The groups of these ids, all of one VPC.
async fn given(ec2: &Ec2, ids: BTreeMap<Group, &str>) -> Result<BTreeMap<Group, SecurityGroup>> {
    let looks = ids.values().map(|id| ec2.security_group(id));
    let looks = try_join_all(looks)
        .await
        .map_err(|error| aws_error(IMPORTING, &error))?;
    let mut found: BTreeMap<Group, SecurityGroup> = BTreeMap::new();
    for ((role, id), group) in ids.into_iter().zip(looks) {
        let missing = || format!("There is no security group \"{id}\" in this region and account.");
        let group = group.ok_or_else(|| Diagnostic::error(IMPORTING, missing()))?;
        let elsewhere = |other: &&SecurityGroup| other.vpc_id != group.vpc_id;
        if let Some(other) = found.values().find(elsewhere) {
            let text = format!(
                "{} is in {} and {} in {}. A cluster is in one VPC.",
                other.id, other.vpc_id, group.id, group.vpc_id
            );
            return Err(Diagnostic::error(IMPORTING, text).into());
        }
        if let Some((other, _)) = found.iter().find(|(_, other)| other.id == group.id) {
            let text = format!("{id} can't be the group of both {other} and {role}.");
            return Err(Diagnostic::error(IMPORTING, text).into());
        }
        found.insert(role, group);
    }
    Ok(found)
}

fn malformed(id: &str) -> Diagnostic {
    Diagnostic::error(
        IMPORTING,
        format!(
            "\"{id}\" is not an import id. Give the VPC's id and the cluster's name, as \
             vpc-0123456789abcdef0/prod; or, for groups of other names, their ids: \
             api_load_balancer=sg-a,control_plane=sg-b,service_load_balancer=sg-c,worker=sg-d."
        ),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_a_cluster_in_a_vpc_or_groups() {
        let named = Id::parse("vpc-1/prod/eu").unwrap();
        let (vpc, cluster) = ("vpc-1", "prod/eu");
        assert_eq!(named, Id::Named { vpc, cluster });
        let given = Id::parse("worker=sg-2, control_plane=sg-1").unwrap();
        let expected = [(Group::ControlPlane, "sg-1"), (Group::Worker, "sg-2")];
        assert_eq!(given, Id::Given(BTreeMap::from(expected)));
        for text in [
            "",
            "vpc-1",
            "vpc-1/",
            "prod/vpc-1",
            "worker=",
            "workers=sg-1",
            "worker=sg-1,worker=sg-2",
            "worker=sg-1,sg-2",
        ] {
            assert_eq!(Id::parse(text), None, "{text}");
        }
    }
}
