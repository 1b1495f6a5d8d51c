//! Finds an existing load balancer by what a user gives.

use aws::elbv2::{Elbv2, LoadBalancer};
use aws::names::elb_name;
use aws::ownership::{CLUSTER_KEY, KIND_KEY};
use aws::tags::Tags;
use tfplug::{Cx, Diagnostic, Result};

use super::model::ApiLoadBalancer;
use super::{PART, TARGET_GROUP};
use crate::diagnostics::aws_error;
use crate::provider::Data;

const IMPORTING: &str = "Importing API load balancer";

/// An import id taken apart: `<ARN or name>`, or `<ARN or name>,<hosted zone id>,<FQDN>`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Id<'a> {
    load_balancer: &'a str,
    record: Option<(&'a str, &'a str)>,
}

impl<'a> Id<'a> {
    fn parse(text: &'a str) -> Option<Self> {
        let parts: Vec<_> = text.split(',').map(str::trim).collect();
        let record = match parts.as_slice() {
            [_] => None,
            [_, zone, fqdn] => Some((*zone, *fqdn)),
            _ => return None,
        };
        let load_balancer = *parts.first()?;
        parts.iter().all(|part| !part.is_empty()).then_some(Self {
            load_balancer,
            record,
        })
    }
}

/// # Errors
/// The id isn't of that form, there is no such load balancer, or it has not one listener.
pub(super) async fn import(cx: &Cx<Data>, id: &str) -> Result<ApiLoadBalancer> {
    let Some(id) = Id::parse(id) else {
        return Err(malformed(id).into());
    };
    let failed = |error: aws::Error| aws_error(IMPORTING, &error);
    let elb = cx.data().clients()?.elbv2().await.map_err(failed)?;
    let found = if id.load_balancer.starts_with("arn:") {
        elb.load_balancer(id.load_balancer).await
    } else {
        elb.load_balancer_by_name(id.load_balancer).await
    };
    let Some(balancer) = found.map_err(failed)? else {
        let text = format!("There is no load balancer \"{}\".", id.load_balancer);
        return Err(Diagnostic::error(IMPORTING, text).into());
    };
    if balancer.load_balancer_type != "network" {
        let text = format!(
            "\"{}\" is a load balancer of type {}; an API load balancer is one of type network.",
            balancer.name, balancer.load_balancer_type
        );
        return Err(Diagnostic::error(IMPORTING, text).into());
    }
    let tags = elb
        .tags(&balancer.arn)
        .await
        .map_err(failed)?
        .unwrap_or_default();
    let (listener_arn, target_group_arn) = parts(elb, &balancer, &tags).await?;
    let cluster_name = match tags.get(CLUSTER_KEY) {
        Some(cluster) => cluster.as_str().into(),
        None => cx.data().cluster_name().clone(),
    };
    Ok(ApiLoadBalancer {
        cluster_name,
        arn: balancer.arn.as_str().into(),
        name: balancer.name.as_str().into(),
        listener_arn: listener_arn.into(),
        target_group_arn: target_group_arn.into(),
        hosted_zone_id: id.record.map(|(zone, _)| zone.to_owned()).into(),
        fqdn: id.record.map(|(_, fqdn)| fqdn.to_owned()).into(),
        ..ApiLoadBalancer::default()
    })
}

/// The listener and the target group. An unfinished create may have left none of them, or a target
/// group that nothing sends to yet, which is found by the name it must have.
async fn parts(
    elb: &Elbv2,
    balancer: &LoadBalancer,
    tags: &Tags,
) -> Result<(Option<String>, Option<String>)> {
    let failed = |error: aws::Error| aws_error(IMPORTING, &error);
    let listeners = elb.listeners_of(&balancer.arn).await.map_err(failed)?;
    match listeners.as_slice() {
        [listener] => match listener.target_group_arns.as_slice() {
            [group] => Ok((Some(listener.arn.clone()), Some(group.clone()))),
            groups => Err(Diagnostic::error(
                IMPORTING,
                format!(
                    "The listener of \"{}\" forwards to {} target groups. An API load balancer's \
                     forwards to one.",
                    balancer.name,
                    groups.len()
                ),
            )
            .into()),
        },
        [] => {
            let Some(cluster) = tags.get(CLUSTER_KEY) else {
                return Ok((None, None));
            };
            let name = elb_name(cluster, PART);
            let Some(group) = elb.target_group_by_name(&name).await.map_err(failed)? else {
                return Ok((None, None));
            };
            let tags = elb
                .tags(&group.arn)
                .await
                .map_err(failed)?
                .unwrap_or_default();
            let ours = tags.get(CLUSTER_KEY) == Some(cluster)
                && tags.get(KIND_KEY).is_some_and(|kind| kind == TARGET_GROUP);
            Ok((None, ours.then_some(group.arn)))
        }
        several => Err(Diagnostic::error(
            IMPORTING,
            format!(
                "\"{}\" has {} listeners. An API load balancer has one.",
                balancer.name,
                several.len()
            ),
        )
        .into()),
    }
}

fn malformed(id: &str) -> Diagnostic {
    Diagnostic::error(
        IMPORTING,
        format!(
            "\"{id}\" is not an import id. Give the load balancer's ARN or name, and if it has a \
             name in Route 53, the hosted zone's id and that name too, with commas between: \
             prod-api or prod-api,Z0123456789ABCDEFGHIJ,api.prod.example.com."
        ),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_have_one_part_or_three() {
        let alone = Id {
            load_balancer: "prod-api",
            record: None,
        };
        assert_eq!(Id::parse("prod-api"), Some(alone));
        let named = Id {
            load_balancer: "prod-api",
            record: Some(("Z1", "api.example.com")),
        };
        assert_eq!(Id::parse("prod-api, Z1, api.example.com"), Some(named));
        for text in ["", "prod-api,Z1", "prod-api,,x", "a,b,c,d"] {
            assert_eq!(Id::parse(text), None, "{text}");
        }
    }
}
