//! What a plan says beyond the attributes' own behaviour. Pure.

use std::collections::{BTreeMap, BTreeSet};

use tfplug::{Attr, Diagnostic, Diagnostics, Map, PlannedChange, Result};
use topology::ports::{Direction, Group, Peer, PortSettings, Rule};

use super::groups::{group_tags, kubernetes_tags, rule_tags};
use super::model::SecurityGroups;
use super::settings::{is_for_the_world, settings};
use crate::names;
use crate::part_tags;
use crate::provider::{Data, Opening};
use crate::tags;

pub(super) fn plan(data: &Data, change: &mut PlannedChange<SecurityGroups>) -> Result<()> {
    let mut errors = Diagnostics::new();
    cluster(data, change, &mut errors);
    let settings = settings(&change.plan, &mut errors);
    let rules = settings.as_ref().map(PortSettings::rules);
    planned_rules(change, rules.as_deref());
    ids(change);
    planned_tags(data, change, &mut errors);
    if let Some(settings) = settings {
        warn_of_the_world(change, &settings);
        note_openings(data, change, settings);
    }
    warn_of_the_quota(change, rules.as_deref().unwrap_or_default());
    if let Some(prior) = &change.prior {
        manage(data, prior);
    }
    claim(data, change, &mut errors);
    errors.into_result().map(|_| ())
}

fn cluster(data: &Data, change: &mut PlannedChange<SecurityGroups>, errors: &mut Diagnostics) {
    let before = change.prior.as_ref();
    let before = before.map(|prior| prior.cluster_name.clone());
    let planned = names::cluster(
        data,
        &change.config.cluster_name,
        before.as_ref(),
        &change.plan.cluster_name,
        errors,
    );
    if planned.is_null() && before.is_some() {
        // Imported ones, of a cluster that nobody names.
        errors.push(
            Diagnostic::error(
                "Missing cluster name",
                "The groups' tags don't say which cluster they are for. Set \"cluster_name\" here, \
                 or in the provider block for all resources.",
            )
            .at("cluster_name"),
        );
    }
    change.plan.cluster_name = planned;
    names::replace_for_another_cluster(change, |groups| &groups.cluster_name);
}

/// The rules as soon as all that they follow from is known. Those of others stay as they were seen,
/// unless they are to go.
fn planned_rules(change: &mut PlannedChange<SecurityGroups>, rules: Option<&[Rule]>) {
    change.plan.rules = match rules {
        Some(rules) => Attr::Known(texts(rules)),
        None => Attr::Unknown,
    };
    let prior = change.prior.as_ref();
    let before = prior.map(|prior| prior.foreign_rules.clone());
    change.plan.foreign_rules = match (&change.plan.exclusive, before) {
        (Attr::Known(true), _) => Attr::Known(Map::default()),
        (Attr::Known(false), Some(Attr::Known(before))) => Attr::Known(before),
        _ => Attr::Unknown,
    };
}

/// Rules by their texts.
pub(super) fn texts(rules: &[Rule]) -> Map<String> {
    let rules = rules.iter();
    rules
        .map(|rule| (rule.to_string(), rule.purpose.to_owned()))
        .collect()
}

/// What somebody deleted is made anew: its id is open again.
fn ids(change: &mut PlannedChange<SecurityGroups>) {
    let Some(prior) = &change.prior else { return };
    for group in Group::ALL {
        *change.plan.id_mut(group) = match prior.id(group) {
            Attr::Null => Attr::Unknown,
            known => known.clone(),
        };
    }
}

fn planned_tags(data: &Data, change: &mut PlannedChange<SecurityGroups>, errors: &mut Diagnostics) {
    change.plan.tags_all = tags::planned(data, &change.config.tags, errors);
    let Some(cluster) = change.plan.cluster_name.text().map(str::to_owned) else {
        change.plan.kubernetes_tags = Attr::Unknown;
        return;
    };
    let kubernetes = kubernetes_tags(&cluster);
    if let Attr::Known(all) = &change.plan.tags_all {
        let users = tags::wanted(all);
        let part = group_tags(data, &cluster, Group::ControlPlane);
        part.check("security group", &users, errors);
        rule_tags(data, &cluster).check("rule", &users, errors);
    }
    part_tags::cluster_as_tag(&kubernetes, errors);
    change.plan.kubernetes_tags = Attr::Known(kubernetes.into_iter().collect());
}

/// Once, when it is asked for.
fn warn_of_the_world(change: &mut PlannedChange<SecurityGroups>, now: &PortSettings) {
    let before = change
        .prior
        .as_ref()
        .and_then(|prior| settings(prior, &mut Diagnostics::new()));
    let is_new = |nets: fn(&PortSettings) -> bool| nets(now) && !before.as_ref().is_some_and(nets);
    if is_new(|settings| is_for_the_world(&settings.api_allowed)) {
        change.warn(
            Diagnostic::warning(
                "The API is open to the world",
                "\"api_allowed_cidrs\" has all addresses. Anybody may then try to log in to the \
                 Kubernetes API, and a fault in it is everybody's to use. List the networks of those \
                 who administer the cluster.",
            )
            .at("api_allowed_cidrs"),
        );
    }
    if is_new(|settings| is_for_the_world(&settings.ssh_allowed)) {
        change.warn(
            Diagnostic::warning(
                "SSH is open to the world",
                "\"ssh_allowed_cidrs\" has all addresses. Anybody who reaches a node may then try to \
                 log in.",
            )
            .at("ssh_allowed_cidrs"),
        );
    }
}

/// How many rules of one direction a group has at most, unless the account's quota was raised. They
/// are counted for IPv4 and for IPv6, those about groups in both.
/// <https://docs.aws.amazon.com/vpc/latest/userguide/amazon-vpc-limits.html#vpc-limits-security-groups>
const QUOTA: usize = 60;

fn warn_of_the_quota(change: &mut PlannedChange<SecurityGroups>, rules: &[Rule]) {
    let mut counts: BTreeMap<(Group, Direction, bool), usize> = BTreeMap::new();
    for rule in rules {
        for is_v6 in [false, true] {
            let counts_here = match rule.peer {
                Peer::Group(_) => true,
                Peer::Net(net) => matches!(net, ipnet::IpNet::V6(_)) == is_v6,
            };
            let key = (rule.group, rule.direction, is_v6);
            *counts.entry(key).or_default() += usize::from(counts_here);
        }
    }
    let most = counts.into_iter().max_by_key(|(_, count)| *count);
    let Some(((group, direction, _), count)) = most.filter(|(_, count)| *count > QUOTA) else {
        return;
    };
    change.warn(
        Diagnostic::warning(
            "Many rules",
            format!(
                "The group of {group} would have {count} {} rules. AWS takes {QUOTA}, unless the \
                 account's quota was raised; the apply would fail. Wider networks, or a prefix list \
                 in a group of your own, need fewer.",
                direction.as_str()
            ),
        )
        .at("rules"),
    );
}

/// Tells the plans of load balancers and nodes what they can reckon with.
fn note_openings(data: &Data, change: &PlannedChange<SecurityGroups>, settings: PortSettings) {
    let Some(cluster) = change.plan.cluster_name.text() else {
        return;
    };
    let foreign = change.plan.foreign_rules.known();
    let texts = foreign.into_iter().flat_map(Map::known);
    // "worker ingress tcp 10250 from ..."
    let holders: BTreeSet<&str> = texts
        .filter_map(|(_, text)| Some(text.split_once(' ')?.0))
        .collect();
    let is_shared = |group: &Group| holders.contains(group.as_str());
    let opening = Opening {
        settings,
        ids: change.plan.ids(),
        shared: Group::ALL.into_iter().filter(is_shared).collect(),
    };
    data.openings.note(cluster, opening);
}

/// Notes the groups that a state has.
pub(super) fn manage(data: &Data, state: &SecurityGroups) {
    for id in state.ids().values() {
        data.claims.manage(id);
    }
}

/// A cluster has these groups once, and a create takes what it finds: two blocks can't mean them.
fn claim(data: &Data, change: &PlannedChange<SecurityGroups>, errors: &mut Diagnostics) {
    const KIND: &str = "security-groups";
    let Some(cluster) = change.plan.cluster_name.text() else {
        return;
    };
    if !names::is_free(data, change, KIND, cluster) {
        errors.push(
            Diagnostic::error(
                "Security groups claimed twice",
                format!(
                    "Another resource of this configuration makes the security groups of cluster \
                     \"{cluster}\" too. A cluster has them once; give another cluster's their own \
                     \"cluster_name\"."
                ),
            )
            .at("cluster_name"),
        );
    }
}

#[cfg(test)]
mod tests {
    use tfplug::{Path, Set};

    use super::super::settings::tests::{set, usual};
    use super::*;

    fn data() -> Data {
        Data::for_tests("prod")
    }

    fn creation(config: SecurityGroups) -> PlannedChange<SecurityGroups> {
        let plan = SecurityGroups {
            cluster_name: Attr::Unknown,
            ..config.clone()
        };
        PlannedChange::new(config, None, plan)
    }

    fn change(config: SecurityGroups, prior: SecurityGroups) -> PlannedChange<SecurityGroups> {
        let mut plan = SecurityGroups {
            cluster_name: prior.cluster_name.clone(),
            ..config.clone()
        };
        for group in Group::ALL {
            *plan.id_mut(group) = prior.id(group).clone();
        }
        PlannedChange::new(config, Some(prior), plan)
    }

    /// The state after an apply.
    fn created(config: SecurityGroups) -> SecurityGroups {
        let mut change = creation(config);
        plan(&data(), &mut change).unwrap();
        let mut state = change.plan;
        for group in Group::ALL {
            *state.id_mut(group) = format!("sg-{group}").into();
        }
        state.foreign_rules = Attr::Known(Map::default());
        state
    }

    fn said(change: &mut PlannedChange<SecurityGroups>, data: &Data) -> Vec<String> {
        let errors = plan(data, change).err().unwrap_or_default();
        errors
            .iter()
            .chain(change.warnings().iter())
            .map(|one| format!("{}: {}", one.path(), one.summary()))
            .collect()
    }

    #[test]
    fn a_plan_shows_every_rule() {
        let mut change = creation(usual());
        plan(&data(), &mut change).unwrap();
        let rules = change.plan.rules.known().unwrap();
        let purpose = rules
            .0
            .get("control_plane ingress tcp 2379-2380 from control_plane");
        assert_eq!(purpose, Some(&"etcd".into()));
        assert_eq!(change.plan.foreign_rules, Attr::Unknown);
        assert_eq!(change.plan.cluster_name, "prod".into());
    }

    #[test]
    fn an_applied_plan_is_planned_again_as_it_is() {
        let state = created(usual());
        let mut again = change(usual(), state.clone());
        assert_eq!(said(&mut again, &data()), [""; 0]);
        assert_eq!(again.plan, state);
    }

    #[test]
    fn what_is_not_known_yet_leaves_the_rules_open() {
        let mut change = creation(SecurityGroups {
            api_allowed_cidrs: Attr::Known(Set(vec![Attr::Unknown])),
            vpc_id: Attr::Unknown,
            ..usual()
        });
        assert_eq!(said(&mut change, &data()), [""; 0]);
        assert!(change.plan.rules.is_unknown());
    }

    #[test]
    fn rules_of_others_stay_unless_they_are_to_go() {
        let mut state = created(usual());
        let theirs = Map::from_iter([("sgr-1".to_owned(), "theirs".to_owned())]);
        state.foreign_rules = Attr::Known(theirs);
        let mut stay = change(usual(), state.clone());
        plan(&data(), &mut stay).unwrap();
        assert_eq!(stay.plan.foreign_rules, state.foreign_rules);
        let exclusive = SecurityGroups {
            exclusive: true.into(),
            ..usual()
        };
        let mut go = change(exclusive, state);
        plan(&data(), &mut go).unwrap();
        assert_eq!(go.plan.foreign_rules, Attr::Known(Map::default()));
    }

    #[test]
    fn a_group_that_is_gone_is_made_anew() {
        let mut state = created(usual());
        state.worker_id = Attr::Null;
        let mut change = change(usual(), state);
        plan(&data(), &mut change).unwrap();
        assert!(change.plan.worker_id.is_unknown());
        assert_eq!(change.plan.control_plane_id, "sg-control_plane".into());
    }

    #[test]
    fn the_world_is_a_warning_once() {
        let world = || SecurityGroups {
            api_allowed_cidrs: set(&["0.0.0.0/0"]),
            ssh_allowed_cidrs: set(&["::/0"]),
            ..usual()
        };
        let expected = [
            "api_allowed_cidrs: The API is open to the world",
            "ssh_allowed_cidrs: SSH is open to the world",
        ];
        assert_eq!(said(&mut creation(world()), &data()), expected);
        let mut again = change(world(), created(world()));
        assert_eq!(said(&mut again, &data()), [""; 0]);
        let mut opened = change(world(), created(usual()));
        assert_eq!(said(&mut opened, &data()), expected);
    }

    #[test]
    fn more_rules_than_aws_takes_are_a_warning() {
        let nets: Vec<String> = (0..30).map(|n| format!("10.{n}.0.0/16")).collect();
        let many = SecurityGroups {
            api_allowed_cidrs: Attr::Known(nets.into_iter().collect()),
            ..usual()
        };
        let mut change = creation(many);
        assert_eq!(said(&mut change, &data()), ["rules: Many rules"]);
        let warning = change.warnings().iter().next().unwrap().detail().to_owned();
        assert!(
            warning.contains("api_load_balancer would have 63 ingress rules"),
            "{warning}"
        );
    }

    #[test]
    fn faults_are_told_at_their_attributes() {
        let tags = Map::from_iter([("kubernetes.io/cluster/prod".to_owned(), "x".to_owned())]);
        let mut change = creation(SecurityGroups {
            api_allowed_cidrs: set(&["10.0.0.1/8"]),
            tags: Attr::Known(tags),
            ..usual()
        });
        assert_eq!(
            said(&mut change, &data()),
            [
                "api_allowed_cidrs: Invalid CIDR block",
                "tags: Invalid tags"
            ]
        );
    }

    #[test]
    fn another_cluster_has_other_groups() {
        let mut change = change(usual(), created(usual()));
        plan(&Data::for_tests("other"), &mut change).unwrap();
        assert_eq!(change.replacements(), [Path::attribute("cluster_name")]);
    }

    #[test]
    fn a_cluster_has_them_once() {
        let data = data();
        plan(&data, &mut creation(usual())).unwrap();
        let found = said(&mut creation(usual()), &data);
        assert_eq!(found, ["cluster_name: Security groups claimed twice"]);
    }
}
