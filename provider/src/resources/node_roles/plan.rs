//! What a plan says beyond the attributes' own behaviour. Pure.

use std::collections::BTreeMap;

use aws::names::role_name_problem;
use tfplug::{Attr, Diagnostic, Diagnostics, Path, PlannedChange, Result};

use super::checks;
use super::kind::Kind;
use super::model::NodeRoles;
use super::policy::{Grants, MAX_SIZE, Pki, Scope, policy, trust};
use crate::provider::Data;
use crate::{names, tags};

pub(super) fn plan(data: &Data, change: &mut PlannedChange<NodeRoles>) -> Result<()> {
    let mut errors = Diagnostics::new();
    name(data, change, &mut errors);
    checks::arguments(&change.plan, &mut errors);
    vanished_parts(change);
    change.plan.tags_all = tags::planned(data, &change.config.tags, &mut errors);
    check_case_of_tags(&change.plan, &mut errors);
    policies(change, &mut errors);
    if let Some(prior) = &change.prior {
        manage(data, prior);
    }
    claims(data, change, &mut errors);
    errors.into_result().map(drop)
}

/// The cluster's name from the provider, the roles' names from the cluster's.
fn name(data: &Data, change: &mut PlannedChange<NodeRoles>, errors: &mut Diagnostics) {
    let before = change
        .prior
        .as_ref()
        .map(|prior| prior.cluster_name.clone());
    let planned = &change.plan.cluster_name;
    let configured = &change.config.cluster_name;
    let cluster = names::cluster(data, configured, before.as_ref(), planned, errors);
    change.plan.cluster_name = cluster.clone();
    names::replace_for_another_cluster(change, |roles| &roles.cluster_name);
    for kind in Kind::ALL {
        let nameless = change
            .prior
            .as_ref()
            .is_none_or(|prior| kind.role_name(prior).is_null());
        if kind.role_name(&change.config).is_null() && nameless {
            let name = cluster.clone().map(|cluster| kind.default_name(&cluster));
            *kind.attributes(&mut change.plan).role_name = name;
        }
        let path = kind.name_attribute();
        let name = kind.role_name(&change.plan).text();
        if let Some(problem) = name.and_then(role_name_problem) {
            errors.push(
                Diagnostic::error("Invalid name", format!("\"{path}\": {problem}.")).at(path),
            );
        }
    }
    let [first, second] = Kind::ALL.map(|kind| kind.role_name(&change.plan).text());
    if let (Some(first), Some(second)) = (first, second)
        && first.eq_ignore_ascii_case(second)
    {
        errors.push(
            Diagnostic::error(
                "Name claimed twice",
                format!(
                    "Both kinds of nodes can't have one role: \"{first}\" and \"{second}\" are the \
                     same to IAM."
                ),
            )
            .at(Kind::Worker.name_attribute()),
        );
    }
}

/// What somebody deleted is made anew: its ids are open again.
fn vanished_parts(change: &mut PlannedChange<NodeRoles>) {
    let Some(prior) = &change.prior else { return };
    for kind in Kind::ALL {
        let role_gone = kind.role_arn(prior).is_null();
        let profile_gone = kind.instance_profile(prior).is_null();
        // One that has lost its role has a name, but nothing that instances can use.
        let profile_unfinished = kind.instance_profile_arn(prior).is_null();
        let planned = kind.attributes(&mut change.plan);
        if role_gone {
            *planned.role_arn = Attr::Unknown;
        }
        if profile_gone {
            *planned.instance_profile = Attr::Unknown;
        }
        if profile_unfinished {
            *planned.instance_profile_arn = Attr::Unknown;
        }
    }
}

/// Two keys that differ by case alone are one to IAM.
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/id_tags.html#id_tags_rules>
fn check_case_of_tags(plan: &NodeRoles, errors: &mut Diagnostics) {
    let Some(tags) = plan.tags_all.known() else {
        return;
    };
    let mut seen = BTreeMap::new();
    for (key, _) in tags.known() {
        if let Some(other) = seen.insert(key.to_lowercase(), key) {
            errors.push(
                Diagnostic::error(
                    "Invalid tags",
                    format!(
                        "The tag keys \"{other}\" and \"{key}\" differ by case alone, and are one \
                         key to IAM. \"default_tags\" of the provider count too."
                    ),
                )
                .at("tags"),
            );
        }
    }
}

/// The documents, as soon as all that is in them is known. Of new roles that is in the apply, since
/// nothing else tells the account.
fn policies(change: &mut PlannedChange<NodeRoles>, errors: &mut Diagnostics) {
    let grants = grants(&change.plan);
    let scope = change.prior.as_ref().and_then(scope);
    let boundary = change.plan.permissions_boundary.clone();
    for kind in Kind::ALL {
        // Each role has its own beside it: one could have what is wanted now, and the other not.
        *kind.attributes(&mut change.plan).boundary = boundary.clone();
    }
    if let Some(region) = change.plan.region.text() {
        change.plan.assume_role_policy = trust(region).text().into();
    }
    let mut largest = 0;
    for kind in Kind::ALL {
        let known = grants.as_ref().zip(scope.as_ref());
        *kind.attributes(&mut change.plan).policy = match known {
            Some((grants, scope)) => policy(kind, grants, scope).text().into(),
            None => Attr::Unknown,
        };
        if let Some(grants) = &grants {
            let scope = scope.clone().unwrap_or_else(Scope::longest);
            largest = largest.max(policy(kind, grants, &scope).size());
        }
    }
    if largest > MAX_SIZE {
        let pki = change.plan.pki_parameter_path.text();
        let long = pki.is_some_and(|path| path.len() > 100);
        let at = if long {
            "pki_parameter_path"
        } else {
            "cluster_name"
        };
        errors.push(
            Diagnostic::error(
                "Policy too big",
                format!(
                    "What the nodes are to be allowed takes {largest} characters, but IAM takes \
                     {MAX_SIZE} in the inline policies of a role. \"{at}\" is in it many times: \
                     make it shorter."
                ),
            )
            .at(at),
        );
    }
}

/// What is to be granted; `None` as long as a part of it is unknown.
pub(super) fn grants(plan: &NodeRoles) -> Option<Grants> {
    let pki = match (&plan.pki_parameter_path, &plan.pki_kms_key_arn) {
        (Attr::Unknown, _) | (Attr::Known(_), Attr::Unknown) => return None,
        (Attr::Null, _) => None,
        (Attr::Known(path), key) => Some(Pki {
            path: path.clone(),
            key_arn: key.text().map(str::to_owned),
        }),
    };
    Some(Grants {
        cluster: plan.cluster_name.text()?.to_owned(),
        cloud_controller: *plan.cloud_controller.known()?,
        ebs_csi: *plan.ebs_csi.known()?,
        cluster_autoscaler: *plan.cluster_autoscaler.known()?,
        ecr_read: *plan.ecr_read.known()?,
        session_manager: *plan.session_manager.known()?,
        pki,
    })
}

/// Where the policies hold, as far as a state tells.
pub(super) fn scope(state: &NodeRoles) -> Option<Scope> {
    let region = state.region.text()?;
    let arns = Kind::ALL.map(|kind| kind.role_arn(state).text());
    arns.into_iter()
        .flatten()
        .find_map(|arn| Scope::of(arn, region))
}

/// Notes the roles and instance profiles that a state has.
pub(super) fn manage(data: &Data, state: &NodeRoles) {
    for arn in [
        &state.control_plane_role_arn,
        &state.control_plane_instance_profile_arn,
        &state.worker_role_arn,
        &state.worker_instance_profile_arn,
    ] {
        if let Some(arn) = arn.text() {
            data.claims.manage(arn);
        }
    }
}

/// Two blocks can't mean one role, whichever kind of node it is for.
fn claims(data: &Data, change: &PlannedChange<NodeRoles>, errors: &mut Diagnostics) {
    for kind in Kind::ALL {
        let name = kind.role_name(&change.plan).clone();
        // IAM's names are unique without regard to case.
        let name = name.map(|name| name.to_lowercase());
        let path = kind.name_attribute();
        names::claim(data, change, "iam-role", &name, path, errors);
    }
}

/// The attribute that an object of another name would need.
pub(super) fn at(kind: Kind) -> Path {
    Path::attribute(kind.name_attribute())
}

#[cfg(test)]
mod tests {
    use aws::iam::policy::Policy;
    use tfplug::{Map, Set};

    use super::*;

    fn data(cluster: &str) -> Data {
        Data::for_tests(cluster)
    }

    /// What the schema's defaults and "known after apply" make of a configuration.
    fn proposed(config: &NodeRoles) -> NodeRoles {
        let or = |value: Attr<bool>, default: bool| match value {
            Attr::Null => Attr::Known(default),
            value => value,
        };
        let open = |value: &Attr<String>| match value {
            Attr::Null => Attr::Unknown,
            value => value.clone(),
        };
        NodeRoles {
            cluster_name: open(&config.cluster_name),
            path: "/".into(),
            control_plane_role_name: open(&config.control_plane_role_name),
            worker_role_name: open(&config.worker_role_name),
            cloud_controller: or(config.cloud_controller, true),
            ebs_csi: or(config.ebs_csi, true),
            cluster_autoscaler: or(config.cluster_autoscaler, false),
            ecr_read: or(config.ecr_read, true),
            session_manager: or(config.session_manager, false),
            tags_all: Attr::Unknown,
            region: Attr::Unknown,
            assume_role_policy: Attr::Unknown,
            control_plane_role_arn: Attr::Unknown,
            control_plane_policy: Attr::Unknown,
            control_plane_instance_profile: Attr::Unknown,
            control_plane_instance_profile_arn: Attr::Unknown,
            worker_role_arn: Attr::Unknown,
            worker_policy: Attr::Unknown,
            worker_instance_profile: Attr::Unknown,
            worker_instance_profile_arn: Attr::Unknown,
            ..config.clone()
        }
    }

    fn creation(config: NodeRoles) -> PlannedChange<NodeRoles> {
        let plan = proposed(&config);
        PlannedChange::new(config, None, plan)
    }

    /// What an apply of a configuration leads to, as far as policies need it.
    fn existing(config: &NodeRoles) -> NodeRoles {
        NodeRoles {
            cluster_name: "prod".into(),
            control_plane_role_name: "prod-control-plane".into(),
            worker_role_name: "prod-worker".into(),
            region: "eu-west-1".into(),
            control_plane_role_arn: "arn:aws:iam::123456789012:role/prod-control-plane".into(),
            worker_role_arn: "arn:aws:iam::123456789012:role/prod-worker".into(),
            control_plane_instance_profile: "prod-control-plane".into(),
            control_plane_instance_profile_arn: "a".into(),
            worker_instance_profile: "prod-worker".into(),
            worker_instance_profile_arn: "b".into(),
            ..proposed(config)
        }
    }

    fn update(config: NodeRoles, prior: NodeRoles) -> PlannedChange<NodeRoles> {
        let plan = NodeRoles {
            cloud_controller: proposed(&config).cloud_controller,
            pki_parameter_path: config.pki_parameter_path.clone(),
            ..prior.clone()
        };
        PlannedChange::new(config, Some(prior), plan)
    }

    fn faults(result: Result<()>) -> Vec<String> {
        let errors = result.err().unwrap_or_default();
        errors
            .iter()
            .map(|error| format!("{}: {}", error.path(), error.summary()))
            .collect()
    }

    #[test]
    fn a_plan_of_new_roles_knows_their_names_and_nothing_of_the_account() {
        let mut change = creation(NodeRoles::default());
        plan(&data("prod"), &mut change).unwrap();
        assert_eq!(change.plan.cluster_name, "prod".into());
        assert_eq!(
            change.plan.control_plane_role_name,
            "prod-control-plane".into()
        );
        assert_eq!(change.plan.worker_role_name, "prod-worker".into());
        assert!(change.plan.control_plane_policy.is_unknown());
        // Known, it would be looked for before it is made.
        assert!(change.plan.worker_instance_profile.is_unknown());
    }

    #[test]
    fn a_plan_of_existing_roles_knows_what_they_will_be_allowed() {
        let without = NodeRoles {
            cloud_controller: false.into(),
            ..NodeRoles::default()
        };
        let prior = existing(&NodeRoles::default());
        let mut change = update(without, prior);
        plan(&data("prod"), &mut change).unwrap();
        let policy = Policy::parse(change.plan.control_plane_policy.text().unwrap()).unwrap();
        assert!(policy.statement("CloudControllerManage").is_none());
        assert!(policy.statement("NodeLifecycle").is_some());
        assert!(change.plan.assume_role_policy.known().is_some());
    }

    #[test]
    fn what_depends_on_others_is_known_when_they_are() {
        let config = NodeRoles {
            pki_parameter_path: Attr::Unknown,
            ..NodeRoles::default()
        };
        let prior = existing(&NodeRoles::default());
        let mut change = update(config, prior);
        plan(&data("prod"), &mut change).unwrap();
        assert!(change.plan.control_plane_policy.is_unknown());
        assert!(change.plan.worker_policy.is_unknown());
    }

    #[test]
    fn parts_that_vanished_are_made_anew() {
        let prior = NodeRoles {
            control_plane_role_arn: Attr::Null,
            control_plane_instance_profile_arn: Attr::Null,
            worker_instance_profile: Attr::Null,
            worker_instance_profile_arn: Attr::Null,
            ..existing(&NodeRoles::default())
        };
        let mut change = update(NodeRoles::default(), prior);
        plan(&data("prod"), &mut change).unwrap();
        let planned = &change.plan;
        assert!(planned.control_plane_role_arn.is_unknown());
        assert!(planned.control_plane_instance_profile_arn.is_unknown());
        // It is there, without its role.
        assert!(planned.control_plane_instance_profile.known().is_some());
        assert!(planned.worker_instance_profile.is_unknown());
        assert!(planned.worker_role_arn.known().is_some());
        // The other role tells the account.
        assert!(planned.control_plane_policy.known().is_some());
    }

    #[test]
    fn another_cluster_has_other_roles() {
        let prior = NodeRoles {
            cluster_name: "old".into(),
            ..existing(&NodeRoles::default())
        };
        let mut change = update(NodeRoles::default(), prior);
        plan(&data("new"), &mut change).unwrap();
        assert_eq!(change.replacements(), [Path::attribute("cluster_name")]);
    }

    #[test]
    fn names_are_told_apart_as_iam_does() {
        let config = |first: &str, second: &str| NodeRoles {
            control_plane_role_name: first.into(),
            worker_role_name: second.into(),
            ..NodeRoles::default()
        };
        let one_role = faults(plan(&data("prod"), &mut creation(config("A", "a"))));
        assert!(
            one_role.contains(&"worker_role_name: Name claimed twice".to_owned()),
            "{one_role:?}"
        );
        let data = data("prod");
        plan(&data, &mut creation(config("one", "two"))).unwrap();
        // Whichever kind of node it is for.
        let found = faults(plan(&data, &mut creation(config("TWO", "three"))));
        assert_eq!(found, ["control_plane_role_name: Name claimed twice"]);
        let long = "x".repeat(65);
        let found = faults(plan(&data, &mut creation(config(&long, "four"))));
        assert_eq!(found, ["control_plane_role_name: Invalid name"]);
    }

    #[test]
    fn keys_of_tags_differ_by_more_than_case() {
        let tags = ["Team", "team"].map(|key| (key.to_owned(), "a".to_owned()));
        let config = NodeRoles {
            tags: Attr::Known(Map::from_iter(tags)),
            ..NodeRoles::default()
        };
        let found = faults(plan(&data("prod"), &mut creation(config)));
        assert_eq!(found, ["tags: Invalid tags"]);
    }

    #[test]
    fn arguments_are_checked_once_they_are_known() {
        let config = NodeRoles {
            permissions_boundary: "x".into(),
            worker_policy_arns: Attr::Known(Set::from_iter(["y".to_owned()])),
            pki_kms_key_arn: "z".into(),
            ..NodeRoles::default()
        };
        let found = faults(plan(&data("prod"), &mut creation(config)));
        let expected = [
            "permissions_boundary: Invalid policy ARN",
            "worker_policy_arns: Invalid policy ARN",
            "pki_kms_key_arn: Invalid key ARN",
            "pki_kms_key_arn: Conflicting attributes",
        ];
        assert_eq!(found, expected);
    }

    #[test]
    fn a_policy_must_fit() {
        let config = NodeRoles {
            pki_parameter_path: format!("/{}", "x".repeat(900)).into(),
            ..NodeRoles::default()
        };
        let found = faults(plan(&data("prod"), &mut creation(config)));
        assert_eq!(found, ["pki_parameter_path: Policy too big"]);
    }
}
