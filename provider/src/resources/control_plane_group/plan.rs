//! What a plan says beyond the attributes' own behaviour. Pure.

use tfplug::{Attr, Diagnostic, Diagnostics, Path, PlannedChange, Result, Set};

use super::desired::memory;
use super::model::ControlPlaneGroup;
use super::rollout::{Rolling, Strategy};
use super::{KIND, PART, is_protected, openings, sizing};
use crate::names;
use crate::node_group::plan::{self as shared, Version};
use crate::node_group::zones::without_balancer;
use crate::node_group::{HasMachine, default_metrics, planned_tags};
use crate::provider::{Balancer, Data};

pub(super) fn plan(data: &Data, change: &mut PlannedChange<ControlPlaneGroup>) -> Result<()> {
    let mut errors = Diagnostics::new();
    name(data, change, &mut errors);
    size(data, change, &mut errors);
    node(change, &mut errors);
    attachments(change, &mut errors);
    openings::warn(data, change);
    behind_balancers(data, change);
    if change.config.enabled_metrics.is_null() {
        change.plan.enabled_metrics = Attr::Known(default_metrics());
    }
    let (config, plan) = (&change.config, &mut change.plan);
    shared::hook(&config.launch_hook, &mut plan.launch_hook, "ABANDON");
    shared::hook(
        &config.termination_hook,
        &mut plan.termination_hook,
        "CONTINUE",
    );
    plan.tags_all = planned_tags(
        data,
        &KIND,
        &plan.cluster_name,
        &memory(plan.schedulable == Attr::Known(true)),
        &config.tags,
        &mut errors,
    );
    parts(change);
    rollout(change, &mut errors);
    deletion(change, &mut errors);
    if let Some(prior) = &change.prior {
        manage(data, prior);
    }
    names::claim(
        data,
        change,
        KIND.group,
        &change.plan.name,
        "name",
        &mut errors,
    );
    errors.into_result().map(|_| ())
}

/// Notes the parts that a state has.
pub(super) fn manage(data: &Data, state: &ControlPlaneGroup) {
    for id in [&state.arn, &state.launch_template_id] {
        if let Some(id) = id.text() {
            data.claims.manage(id);
        }
    }
}

/// The cluster's name from the provider, the parts' name from the cluster's.
fn name(data: &Data, change: &mut PlannedChange<ControlPlaneGroup>, errors: &mut Diagnostics) {
    let prior = change.prior.as_ref();
    change.plan.cluster_name = names::cluster(
        data,
        &change.config.cluster_name,
        prior.map(|prior| &prior.cluster_name),
        &change.plan.cluster_name,
        errors,
    );
    change.plan.name = shared::name(
        &KIND,
        &change.config.name,
        prior.map(|prior| &prior.name),
        &change.plan.name,
        (&change.plan.cluster_name, &PART.into()),
        errors,
    );
    names::replace_for_another_cluster(change, |group| &group.cluster_name);
}

/// The number of nodes, what it means, and whether the group can get there.
fn size(data: &Data, change: &mut PlannedChange<ControlPlaneGroup>, errors: &mut Diagnostics) {
    change.plan.size = change.config.size;
    match sizing::topology(&change.plan) {
        Ok(Some(topology)) if !change.config.size.is_unknown() => {
            sizing::set(&mut change.plan, &topology);
            // Once, when it is asked for.
            let is_new =
                change.prior.as_ref().map(|prior| &prior.placement) != Some(&change.plan.placement);
            if is_new && data.told.is_for(KIND.resource, &topology) {
                for warning in sizing::warnings(&topology) {
                    change.warn(warning);
                }
            }
        }
        Ok(_) => sizing::set_unknown(&mut change.plan),
        Err(found) => errors.extend(found),
    }
    if !replaces_nobody(change) {
        return;
    }
    let before = change
        .prior
        .as_ref()
        .and_then(|prior| prior.size.known().copied());
    if let (Some(before), Some(&now)) = (before, change.plan.size.known())
        && now < before
        && change.replacements().is_empty()
    {
        errors.push(shrinking(before, now).at(shrunk_by(change)));
    }
    leaving_zones(change);
}

/// Whether nodes are left to whoever replaces them.
fn replaces_nobody(change: &PlannedChange<ControlPlaneGroup>) -> bool {
    let rolling = Rolling::of(&change.plan.rollout).ok().flatten();
    rolling.is_some_and(|rolling| rolling.strategy == Strategy::None)
}

/// What brought about fewer nodes.
fn shrunk_by(change: &PlannedChange<ControlPlaneGroup>) -> Path {
    Path::attribute(if change.config.size.is_null() {
        "subnets"
    } else {
        "size"
    })
}

/// Why a group keeps its nodes.
pub(super) fn shrinking(before: i64, now: i64) -> Diagnostic {
    Diagnostic::error(
        "Control plane can't shrink",
        format!(
            "The group has {before} nodes, and {now} are planned. etcd members leave one at a \
             time, which \"rollout\" sees to unless its strategy is \"none\". Choose \
             \"one_at_a_time\", or keep the {before} with \"size = {before}\", and at least as many \
             zones as before."
        ),
    )
}

/// Nodes of a zone that is not the group's any more stay where they are.
fn leaving_zones(change: &mut PlannedChange<ControlPlaneGroup>) {
    let Some(prior) = &change.prior else { return };
    let stay: Vec<&str> = change.plan.zones().collect();
    let leave: Vec<String> = (prior.zones().filter(|zone| !stay.contains(zone)))
        .map(|zone| format!("\"{zone}\""))
        .collect();
    if leave.is_empty() || change.plan.subnets.known().is_none() {
        return;
    }
    change.warn(
        Diagnostic::warning(
            "Nodes stay in a zone that is left",
            format!(
                "No new nodes are launched in {}, but those that run there stay until they are \
                 replaced: terminate them one by one, each when its successor's etcd is healthy. \
                 Until then their subnets can't be deleted.",
                leave.join(", ")
            ),
        )
        .at("subnets"),
    );
}

/// What nodes are launched as.
fn node(change: &mut PlannedChange<ControlPlaneGroup>, errors: &mut Diagnostics) {
    let mut machine = change.plan.machine();
    let prior = change.prior.as_ref().map(HasMachine::machine);
    machine.complete(
        &change.config.machine(),
        change.config.user_data(),
        prior.as_ref(),
        errors,
    );
    change.plan.set_machine(machine);
    let groups = change.plan.security_group_ids.known();
    if groups.is_some_and(|groups| groups.0.is_empty()) {
        let text = "Nodes need one security group at least.";
        errors.push(Diagnostic::error("Missing security group", text).at("security_group_ids"));
    }
}

fn attachments(change: &mut PlannedChange<ControlPlaneGroup>, errors: &mut Diagnostics) {
    let plan = &change.plan;
    let (Some(api), Some(services)) = (
        plan.target_group_arns.known(),
        plan.service_target_group_arns.known(),
    ) else {
        return;
    };
    for arn in services
        .known()
        .filter(|arn| api.known().any(|other| other == *arn))
    {
        let text = format!(
            "\"{arn}\" stands in \"target_group_arns\" too. Services' target groups are attached \
             only while nodes are schedulable, the others always."
        );
        let at = "service_target_group_arns";
        errors.push(Diagnostic::error("Invalid target group", text).at(at));
    }
}

/// Nodes get traffic where their load balancers stand.
fn behind_balancers(data: &Data, change: &mut PlannedChange<ControlPlaneGroup>) {
    let plan = &change.plan;
    let services = match plan.schedulable {
        Attr::Known(true) => &plan.service_target_group_arns,
        _ => &Attr::Null,
    };
    let targets = [
        (Balancer::Api, &plan.target_group_arns),
        (Balancer::Service, services),
    ];
    let look = |(balancer, targets)| {
        without_balancer(data, balancer, &plan.cluster_name, &plan.subnets, targets)
    };
    let warnings: Vec<_> = targets.into_iter().filter_map(look).collect();
    for warning in warnings {
        change.warn(warning);
    }
}

/// What is known of the parts: all that stays, nothing that is made anew.
fn parts(change: &mut PlannedChange<ControlPlaneGroup>) {
    change.plan.drifted_settings = Attr::Known(Set::default());
    let Some(prior) = &change.prior else { return };
    let plan = &mut change.plan;
    let version = version(prior, plan);
    let gone = prior.launch_template_id.is_null();
    plan.launch_template_version = match version {
        Version::Same if !gone => prior.launch_template_version,
        _ => Attr::Unknown,
    };
    let strategy = Rolling::of(&plan.rollout)
        .ok()
        .flatten()
        .map(|rolling| rolling.strategy);
    let zones_stay = prior.subnets == plan.subnets;
    plan.outdated_instance_ids = match (strategy, version) {
        // Whoever they are: they are replaced.
        (Some(Strategy::OneAtATime | Strategy::InstanceRefresh), _) => Attr::Known(Set::default()),
        (Some(Strategy::None), Version::Same | Version::Alike) if !gone && zones_stay => {
            prior.outdated_instance_ids.clone()
        }
        _ => Attr::Unknown,
    };
    if prior.arn.is_null() {
        plan.arn = Attr::Unknown;
        plan.outdated_instance_ids = Attr::Unknown;
    }
    if gone {
        plan.launch_template_id = Attr::Unknown;
    }
}

/// Whether nodes can be replaced in the way that is wanted.
fn rollout(change: &PlannedChange<ControlPlaneGroup>, errors: &mut Diagnostics) {
    match Rolling::of(&change.plan.rollout) {
        Ok(Some(rolling))
            if rolling.strategy == Strategy::InstanceRefresh
                && change.plan.launch_hook.is_null() =>
        {
            let text = "AWS's instance refresh looks at nothing but its own checks and hooks. \
                        Without \"launch_hook\" it would replace every node within minutes, and \
                        with them all of etcd's data. Set a launch hook that the node completes \
                        when it is a voting member of etcd, or choose \"one_at_a_time\".";
            let at = Path::attribute("rollout").and("strategy");
            errors.push(Diagnostic::error("Instance refresh without launch hook", text).at(at));
        }
        Ok(_) => {}
        Err(found) => errors.extend(found),
    }
}

/// Whether the launch template needs another version, and what that makes of the nodes.
pub(super) fn version(prior: &ControlPlaneGroup, plan: &ControlPlaneGroup) -> Version {
    shared::version(
        (&prior.machine(), &plan.machine()),
        prior.tags_all == plan.tags_all,
        &prior.launch_template_version,
        &prior.drifted_settings,
    )
}

/// Whether what must be deleted can be.
fn deletion(change: &PlannedChange<ControlPlaneGroup>, errors: &mut Diagnostics) {
    let prior = change.prior.as_ref();
    shared::protection(
        &KIND,
        change.replacements(),
        prior.and_then(is_protected),
        errors,
    );
    let plan = &change.plan;
    let no_force = plan.deletion_protection.text() == Some("prevent-force-deletion");
    if no_force && plan.force_delete == Attr::Known(true) {
        let text = "\"force_delete\" is what \"prevent-force-deletion\" forbids. Keep one of them.";
        errors.push(Diagnostic::error("Conflicting attributes", text).at("force_delete"));
    }
}

#[cfg(test)]
mod tests {
    use tfplug::Map;

    use super::super::rollout::Rollout;
    use super::*;
    use crate::node_group::{MetadataOptions, RootBlockDevice};

    /// What a user writes at least.
    fn config(letters: &str) -> ControlPlaneGroup {
        let subnet = |letter| (format!("eu-west-1{letter}"), format!("subnet-{letter}"));
        ControlPlaneGroup {
            subnets: Attr::Known(letters.chars().map(subnet).collect()),
            image_id: "ami-1".into(),
            instance_type: "m5.large".into(),
            security_group_ids: Attr::Known(Set::from_iter(["sg-1".to_owned()])),
            ..ControlPlaneGroup::default()
        }
    }

    /// What the schema's defaults and "known after apply" make of it.
    fn proposed(config: &ControlPlaneGroup) -> ControlPlaneGroup {
        ControlPlaneGroup {
            cluster_name: Attr::Unknown,
            name: match &config.name {
                Attr::Null => Attr::Unknown,
                name => name.clone(),
            },
            metadata_options: MetadataOptions {
                http_put_response_hop_limit: 1.into(),
            }
            .into(),
            root_block_device: RootBlockDevice {
                device_name: Attr::Unknown,
                volume_size: 64.into(),
                volume_type: "gp3".into(),
                ..RootBlockDevice::default()
            }
            .into(),
            enable_monitoring: false.into(),
            schedulable: false.into(),
            deletion_protection: "none".into(),
            force_delete: false.into(),
            rollout: match &config.rollout {
                Attr::Null => Rollout::by_default().into(),
                said => said.clone(),
            },
            tags_all: Attr::Unknown,
            arn: Attr::Unknown,
            launch_template_id: Attr::Unknown,
            launch_template_version: Attr::Unknown,
            outdated_instance_ids: Attr::Unknown,
            user_data: Attr::Null,
            ..config.clone()
        }
    }

    fn creation(config: ControlPlaneGroup) -> PlannedChange<ControlPlaneGroup> {
        let plan = proposed(&config);
        PlannedChange::new(config, None, plan)
    }

    /// What an apply leaves of a plan.
    fn made(config: &ControlPlaneGroup) -> ControlPlaneGroup {
        let mut change = creation(config.clone());
        plan(&Data::for_tests("prod"), &mut change).unwrap();
        let mut state = change.plan;
        let mut machine = state.machine();
        machine.set_root_device_name("/dev/xvda");
        state.set_machine(machine);
        ControlPlaneGroup {
            arn: "arn".into(),
            launch_template_id: "lt-1".into(),
            launch_template_version: 1.into(),
            outdated_instance_ids: Attr::Known(Set::default()),
            ..state
        }
    }

    fn update(
        prior: ControlPlaneGroup,
        config: ControlPlaneGroup,
    ) -> PlannedChange<ControlPlaneGroup> {
        let plan = ControlPlaneGroup {
            cluster_name: prior.cluster_name.clone(),
            name: prior.name.clone(),
            arn: prior.arn.clone(),
            launch_template_id: prior.launch_template_id.clone(),
            ..proposed(&config)
        };
        PlannedChange::new(config, Some(prior), plan)
    }

    fn faults(result: Result<()>) -> Vec<String> {
        let errors = result.err().unwrap_or_default();
        let text = |error: &Diagnostic| format!("{}: {}", error.path(), error.summary());
        errors.iter().map(text).collect()
    }

    fn data() -> Data {
        Data::for_tests("prod")
    }

    #[test]
    fn a_plan_knows_all_that_does_not_come_from_aws() {
        let mut change = creation(config("abc"));
        plan(&data(), &mut change).unwrap();
        let planned = &change.plan;
        assert_eq!(planned.name, "prod-control-plane".into());
        assert_eq!((planned.size, planned.quorum), (3.into(), 2.into()));
        assert_eq!(planned.tolerates_zone_failure, true.into());
        assert_eq!(planned.drifted_settings, Attr::Known(Set::default()));
        assert_eq!(planned.enabled_metrics, Attr::Known(default_metrics()));
        assert!(planned.user_data_sha256.is_null());
        assert!(change.warnings().is_empty());
    }

    #[test]
    fn weak_topologies_warn_at_what_makes_them_weak() {
        for (letters, size, at) in [("ab", Attr::Null, "subnets"), ("abc", 1.into(), "size")] {
            let mut change = creation(ControlPlaneGroup {
                size,
                ..config(letters)
            });
            plan(&data(), &mut change).unwrap();
            assert!(!change.warnings().is_empty());
            for warning in change.warnings().iter() {
                assert_eq!(warning.path().to_string(), at, "{}", warning.detail());
            }
        }
    }

    #[test]
    fn nothing_changes_while_nothing_is_changed() {
        let before = made(&config("abc"));
        let mut change = PlannedChange::new(config("abc"), Some(before.clone()), before.clone());
        plan(&data(), &mut change).unwrap();
        assert_eq!(change.plan, before);
    }

    #[test]
    fn other_nodes_need_a_version_and_other_tags_too() {
        let before = made(&config("abc"));
        let other_type = || ControlPlaneGroup {
            instance_type: "m5.xlarge".into(),
            ..config("abc")
        };
        let mut change = update(before.clone(), other_type());
        plan(&data(), &mut change).unwrap();
        assert!(change.plan.launch_template_version.is_unknown());
        // They will have been replaced, unless nobody does that.
        assert_eq!(
            change.plan.outdated_instance_ids,
            Attr::Known(Set::default())
        );
        let left = ControlPlaneGroup {
            rollout: nobody(),
            ..other_type()
        };
        let mut change_of_nobody = update(before.clone(), left);
        plan(&data(), &mut change_of_nobody).unwrap();
        let outdated = &change_of_nobody.plan.outdated_instance_ids;
        assert!(outdated.is_unknown());
        let root = change.plan.root_block_device.known().unwrap();
        assert_eq!(root.device_name, "/dev/xvda".into());

        let tagged = ControlPlaneGroup {
            tags: Attr::Known(Map::from_iter([("a".to_owned(), "b".to_owned())])),
            ..config("abc")
        };
        let mut change = update(before.clone(), tagged);
        plan(&data(), &mut change).unwrap();
        assert!(change.plan.launch_template_version.is_unknown());
        assert_eq!(
            change.plan.outdated_instance_ids,
            before.outdated_instance_ids
        );

        let imaged = ControlPlaneGroup {
            image_id: "ami-2".into(),
            ..config("abc")
        };
        let mut change = update(before, imaged);
        plan(&data(), &mut change).unwrap();
        let root = change.plan.root_block_device.known().unwrap();
        assert!(root.device_name.is_unknown());
    }

    #[test]
    fn parts_that_vanished_are_made_anew() {
        let mut before = made(&config("abc"));
        before.arn = Attr::Null;
        let mut change = update(before.clone(), config("abc"));
        plan(&data(), &mut change).unwrap();
        assert!(change.plan.arn.is_unknown());
        assert_eq!(change.plan.launch_template_version, 1.into());
        before.launch_template_id = Attr::Null;
        let mut change = update(before, config("abc"));
        plan(&data(), &mut change).unwrap();
        assert!(change.plan.launch_template_version.is_unknown());
    }

    fn nobody() -> Attr<Rollout> {
        Attr::Known(Rollout {
            strategy: "none".into(),
            ..Rollout::by_default()
        })
    }

    #[test]
    fn nodes_are_taken_away_by_a_rollout_and_not_at_once() {
        let before = made(&config("abcde"));
        for (letters, size, at) in [("abc", Attr::Null, "subnets"), ("abcde", 1.into(), "size")] {
            let fewer = ControlPlaneGroup {
                size,
                ..config(letters)
            };
            plan(&data(), &mut update(before.clone(), fewer.clone())).unwrap();
            let at_once = ControlPlaneGroup {
                rollout: nobody(),
                ..fewer
            };
            let found = faults(plan(&data(), &mut update(before.clone(), at_once)));
            assert_eq!(found, [format!("{at}: Control plane can't shrink")]);
        }
        let kept = ControlPlaneGroup {
            size: 5.into(),
            rollout: nobody(),
            ..config("abc")
        };
        let mut change = update(before, kept);
        plan(&data(), &mut change).unwrap();
        let warnings: Vec<_> = change.warnings().iter().map(Diagnostic::summary).collect();
        assert_eq!(warnings, ["Nodes stay in a zone that is left"]);
    }

    #[test]
    fn outdated_nodes_are_a_change_until_they_are_replaced() {
        let mut before = made(&config("abc"));
        before.outdated_instance_ids = Attr::Known(Set::from_iter(["i-1".to_owned()]));
        let mut change = update(before.clone(), config("abc"));
        plan(&data(), &mut change).unwrap();
        assert_ne!(
            change.plan.outdated_instance_ids,
            before.outdated_instance_ids
        );
        let left = ControlPlaneGroup {
            rollout: nobody(),
            ..config("abc")
        };
        let mut change = update(before.clone(), left);
        plan(&data(), &mut change).unwrap();
        assert_eq!(
            change.plan.outdated_instance_ids,
            before.outdated_instance_ids
        );
    }

    #[test]
    fn a_refresh_by_aws_needs_a_launch_hook() {
        let refreshed = ControlPlaneGroup {
            rollout: Attr::Known(Rollout {
                strategy: "instance_refresh".into(),
                ..Rollout::by_default()
            }),
            ..config("abc")
        };
        let found = faults(plan(&data(), &mut creation(refreshed.clone())));
        assert_eq!(
            found,
            ["rollout.strategy: Instance refresh without launch hook"]
        );
        let hooked = ControlPlaneGroup {
            launch_hook: Attr::Known(crate::node_group::LifecycleHook::default()),
            ..refreshed
        };
        plan(&data(), &mut creation(hooked)).unwrap();
    }

    #[test]
    fn target_groups_are_attached_always_or_while_schedulable() {
        let arns = |name: &str| Attr::Known(Set::from_iter([name.to_owned()]));
        let mut both = ControlPlaneGroup {
            target_group_arns: arns("api"),
            service_target_group_arns: arns("api"),
            ..config("abc")
        };
        let found = faults(plan(&data(), &mut creation(both.clone())));
        assert_eq!(found, ["service_target_group_arns: Invalid target group"]);
        both.service_target_group_arns = arns("http");
        assert_eq!(both.attached().collect::<Vec<_>>(), ["api"]);
        both.schedulable = true.into();
        assert_eq!(both.attached().collect::<Vec<_>>(), ["api", "http"]);
    }

    #[test]
    fn two_blocks_cannot_mean_one_group() {
        let data = data();
        plan(&data, &mut creation(config("abc"))).unwrap();
        let found = faults(plan(&data, &mut creation(config("abc"))));
        assert_eq!(found, ["name: Name claimed twice"]);
    }
}
