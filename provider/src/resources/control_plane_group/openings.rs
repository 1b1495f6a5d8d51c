//! Whether the cluster's security groups know of nodes that are schedulable. Pure.

use tfplug::{Attr, Diagnostic, PlannedChange, Set};
use topology::ports::Group;

use super::model::ControlPlaneGroup;
use crate::provider::Data;

/// Warns if one of both is set without the other.
pub(super) fn warn(data: &Data, change: &mut PlannedChange<ControlPlaneGroup>) {
    let plan = &change.plan;
    let (group, groups) = (Group::ControlPlane, &plan.security_group_ids);
    let Some(settings) = data.openings.of(&plan.cluster_name, group, groups) else {
        return;
    };
    let text = match (plan.schedulable.known(), settings.schedulable_control_plane) {
        (Some(true), false) if has_services(plan) => {
            "The cluster's kubeha_security_groups don't let the service load balancer reach control \
             plane nodes: none will pass its checks there, nor get traffic. Set \
             \"schedulable_control_plane = true\" there too, unless a rule of your own is to open \
             them."
        }
        (Some(false), true) if !may_serve(plan) => {
            "The cluster's kubeha_security_groups let the service load balancer reach control plane \
             nodes, but these are in none of its target groups. Set \"schedulable = true\" here, or \
             leave out \"schedulable_control_plane\" there: then less is open."
        }
        _ => return,
    };
    change.warn(Diagnostic::warning("Switches don't match", text).at("schedulable"));
}

/// Whether services are to reach the nodes.
fn has_services(plan: &ControlPlaneGroup) -> bool {
    may_hold(&plan.service_target_group_arns, 1)
}

/// Whether one of the target groups that are always attached may be a service's: more than the
/// API's own.
fn may_serve(plan: &ControlPlaneGroup) -> bool {
    may_hold(&plan.target_group_arns, 2)
}

/// Whether there are so many elements, as far as can be known.
fn may_hold(arns: &Attr<Set<String>>, count: usize) -> bool {
    match arns {
        Attr::Null => false,
        Attr::Unknown => true,
        Attr::Known(arns) => arns.0.len() >= count,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::provider::{Opening, settings_for_tests};

    fn is_told(opened: bool, plan: ControlPlaneGroup) -> bool {
        let data = Data::for_tests("prod");
        let mut settings = settings_for_tests();
        settings.schedulable_control_plane = opened;
        let opening = Opening {
            settings,
            ids: [].into(),
            shared: [].into(),
        };
        data.openings.note("prod", opening);
        let plan = ControlPlaneGroup {
            cluster_name: "prod".into(),
            security_group_ids: Attr::Unknown,
            ..plan
        };
        let mut change = PlannedChange::new(plan.clone(), None, plan);
        warn(&data, &mut change);
        let places: Vec<_> = change.warnings().iter().map(Diagnostic::path).collect();
        assert!(places.iter().all(|path| path.to_string() == "schedulable"));
        !places.is_empty()
    }

    fn arns(arns: &[&str]) -> Attr<Set<String>> {
        Attr::Known(arns.iter().map(|&arn| arn.to_owned()).collect())
    }

    #[test]
    fn each_switch_asks_for_the_other() {
        let group = |schedulable: Attr<bool>| ControlPlaneGroup {
            schedulable,
            target_group_arns: arns(&["api"]),
            service_target_group_arns: arns(&["http"]),
            ..ControlPlaneGroup::default()
        };
        for (schedulable, opened, expected) in [
            (true.into(), false, true),
            (false.into(), true, true),
            (true.into(), true, false),
            (false.into(), false, false),
            (Attr::Unknown, false, false),
            (Attr::Unknown, true, false),
        ] {
            let told = is_told(opened, group(schedulable));
            assert_eq!(told, expected, "{schedulable:?}, {opened}");
        }
    }

    #[test]
    fn nodes_without_services_and_services_without_the_switch_are_as_they_are_meant() {
        let alone = ControlPlaneGroup {
            schedulable: true.into(),
            target_group_arns: arns(&["api"]),
            ..ControlPlaneGroup::default()
        };
        assert!(!is_told(false, alone.clone()));
        // Tainted nodes, with an ingress controller that tolerates the taint.
        let tainted = ControlPlaneGroup {
            schedulable: false.into(),
            target_group_arns: arns(&["api", "http"]),
            ..alone
        };
        assert!(!is_told(true, tainted.clone()));
        let open = ControlPlaneGroup {
            target_group_arns: Attr::Unknown,
            ..tainted
        };
        // A set that isn't known may hold any.
        assert!(!is_told(true, open));
    }
}
