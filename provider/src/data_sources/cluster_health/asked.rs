//! What a configuration asks about.

use std::collections::BTreeSet;
use std::time::Duration;

use tfplug::validate::parse_duration;
use tfplug::{Attr, Diagnostic, Diagnostics, Result, Set};

use super::model::ClusterHealth;

/// A configuration, understood.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Asked {
    pub(super) control_plane: GroupArn,
    pub(super) workers: Vec<GroupArn>,
    pub(super) api_target_groups: BTreeSet<String>,
    pub(super) service_target_groups: BTreeSet<String>,
    pub(super) wait: Duration,
}

/// The ARN of an Auto Scaling group.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct GroupArn {
    pub(super) arn: String,
    /// The group's name, which AWS's calls want.
    pub(super) name: String,
}

pub(super) const CONTROL_PLANE: &str = "control_plane_group_arn";
pub(super) const WORKERS: &str = "worker_group_arns";
pub(super) const API: &str = "api_target_group_arns";
pub(super) const SERVICE: &str = "service_target_group_arns";

impl Asked {
    /// Understands a configuration, which is known by now. ARNs come from other resources, so they
    /// are looked at here and not in validate.
    ///
    /// # Errors
    /// Everything that is none of the ARNs it should be, at its attribute.
    pub(super) fn parse(config: &ClusterHealth) -> Result<Self> {
        let mut wrong = Diagnostics::new();
        let control_plane = config.control_plane_group_arn.get(CONTROL_PLANE)?;
        let control_plane = group(control_plane, CONTROL_PLANE, &mut wrong);
        let workers: BTreeSet<GroupArn> = elements(&config.worker_group_arns, WORKERS, &mut wrong)
            .iter()
            .filter_map(|arn| group(arn, WORKERS, &mut wrong))
            .collect();
        if control_plane
            .as_ref()
            .is_some_and(|one| workers.contains(one))
        {
            wrong.push(
                Diagnostic::error(
                    "Invalid worker group",
                    "The control plane's group is no worker group. Leave it out: where it is attached to \
                     target groups of \"service_target_group_arns\", its nodes are judged there.",
                )
                .at(WORKERS),
            );
        }
        let api_target_groups = target_groups(&config.api_target_group_arns, API, &mut wrong);
        let service_target_groups =
            target_groups(&config.service_target_group_arns, SERVICE, &mut wrong);
        wrong.into_result()?;
        Ok(Self {
            control_plane: control_plane.ok_or_else(Diagnostics::new)?,
            workers: workers.into_iter().collect(),
            api_target_groups,
            service_target_groups,
            wait: (config.wait_for_healthy_timeout.text())
                .and_then(parse_duration)
                .unwrap_or_default(),
        })
    }
}

fn elements(
    set: &Attr<Set<String>>,
    attribute: &'static str,
    wrong: &mut Diagnostics,
) -> BTreeSet<String> {
    let Some(set) = set.known() else {
        return BTreeSet::new();
    };
    let Some(all) = set.all_known() else {
        let text = "An element is null, where an ARN must be.";
        wrong.push(Diagnostic::error("Invalid ARN", text).at(attribute));
        return BTreeSet::new();
    };
    all.into_iter().cloned().collect()
}

fn group(arn: &str, attribute: &'static str, wrong: &mut Diagnostics) -> Option<GroupArn> {
    // arn:aws:autoscaling:REGION:ACCOUNT:autoScalingGroup:UUID:autoScalingGroupName/NAME, where a
    // name may contain a slash. Partitions have names of their own.
    let name = of_service(arn, "autoscaling")
        .and_then(|resource| resource.strip_prefix("autoScalingGroup:"))
        .and_then(|resource| resource.split_once(":autoScalingGroupName/"))
        .map(|(_, name)| name)
        .filter(|name| !name.is_empty());
    match name {
        Some(name) => Some(GroupArn {
            arn: arn.to_owned(),
            name: name.to_owned(),
        }),
        None => {
            let text = format!(
                "\"{arn}\" is not the ARN of an Auto Scaling group. Take the \"arn\" of the group's \
                 resource."
            );
            wrong.push(Diagnostic::error("Invalid Auto Scaling group", text).at(attribute));
            None
        }
    }
}

fn target_groups(
    set: &Attr<Set<String>>,
    attribute: &'static str,
    wrong: &mut Diagnostics,
) -> BTreeSet<String> {
    let arns = elements(set, attribute, wrong);
    for arn in &arns {
        let resource = of_service(arn, "elasticloadbalancing");
        if resource.is_none_or(|resource| !resource.starts_with("targetgroup/")) {
            let text = format!(
                "\"{arn}\" is not the ARN of a target group. Take it from the load balancer's \
                 resource: \"target_group_arn\", or \"target_group_arns\"."
            );
            wrong.push(Diagnostic::error("Invalid target group", text).at(attribute));
        }
    }
    arns
}

/// What stands behind the account in an ARN of this service.
fn of_service<'a>(arn: &'a str, service: &str) -> Option<&'a str> {
    let mut parts = arn.splitn(6, ':');
    let fits = parts.next()? == "arn" && parts.next().is_some() && parts.next()? == service;
    if fits { parts.nth(2) } else { None }
}

#[cfg(test)]
mod tests {
    use super::*;

    const GROUP: &str =
        "arn:aws:autoscaling:eu-west-1:123456789012:autoScalingGroup:0-1:autoScalingGroupName/a/b";
    const TARGETS: &str =
        "arn:aws-cn:elasticloadbalancing:cn-north-1:123456789012:targetgroup/prod-api/0123";

    fn set(elements: &[&str]) -> Attr<Set<String>> {
        Attr::Known(elements.iter().map(|&one| one.to_owned()).collect())
    }

    fn config(group: &str, workers: &[&str], api: &[&str]) -> ClusterHealth {
        ClusterHealth {
            control_plane_group_arn: group.into(),
            worker_group_arns: set(workers),
            api_target_group_arns: set(api),
            ..ClusterHealth::default()
        }
    }

    fn errors(config: &ClusterHealth) -> Vec<String> {
        let errors = Asked::parse(config).err().unwrap_or_default();
        errors
            .iter()
            .map(|one| format!("{}: {}", one.path(), one.detail()))
            .collect()
    }

    #[test]
    fn names_are_behind_the_first_slash() {
        let asked = Asked::parse(&config(GROUP, &[], &[TARGETS])).unwrap();
        assert_eq!(asked.control_plane.name, "a/b");
        assert_eq!(asked.api_target_groups, [TARGETS.to_owned()].into());
        assert_eq!(asked.wait, Duration::ZERO);
    }

    #[test]
    fn other_arns_are_refused_where_they_stand() {
        assert_eq!(
            errors(&config("prod", &[TARGETS], &[GROUP])),
            [
                "control_plane_group_arn: \"prod\" is not the ARN of an Auto Scaling group. Take the \
                 \"arn\" of the group's resource."
                    .to_owned(),
                format!(
                    "worker_group_arns: \"{TARGETS}\" is not the ARN of an Auto Scaling group. Take the \
                     \"arn\" of the group's resource."
                ),
                format!(
                    "api_target_group_arns: \"{GROUP}\" is not the ARN of a target group. Take it from \
                     the load balancer's resource: \"target_group_arn\", or \"target_group_arns\"."
                ),
            ]
        );
    }

    #[test]
    fn a_null_element_is_no_arn() {
        let mut config = config(GROUP, &[], &[]);
        config.service_target_group_arns = Attr::Known(Set(vec![Attr::Null]));
        assert_eq!(
            errors(&config),
            ["service_target_group_arns: An element is null, where an ARN must be."]
        );
    }

    #[test]
    fn masters_are_no_workers() {
        assert_eq!(
            errors(&config(GROUP, &[GROUP], &[])),
            [
                "worker_group_arns: The control plane's group is no worker group. Leave it out: where \
                 it is attached to target groups of \"service_target_group_arns\", its nodes are \
                 judged there."
            ]
        );
    }
}
