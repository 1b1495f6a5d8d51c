//! Settings of a group that no attribute stands for: a resource fixes them, and tells when somebody
//! has changed one.

use std::collections::BTreeSet;
use std::fmt::Debug;

use aws::autoscaling::{Group, GroupSettings};

use super::observed::living;

/// What is not as it is fixed, in words. Settings that are attributes are for the caller to have
/// copied from the group into `fixed`.
pub(crate) fn setting_deviations(
    group: &Group,
    fixed: &GroupSettings,
    suspended: &BTreeSet<String>,
) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    let is = &group.settings;
    let mut compare = |name: &str, is: &dyn Debug, fixed: &dyn Debug, same: bool| {
        if !same {
            found.insert(format!("{name} is {is:?}, not {fixed:?}"));
        }
    };
    macro_rules! compare {
        ($($field:ident),*) => {$(
            compare(stringify!($field), &is.$field, &fixed.$field, is.$field == fixed.$field);
        )*};
    }
    compare!(
        health_check_type,
        health_check_grace_period,
        default_cooldown,
        default_instance_warmup,
        termination_policies,
        new_instances_protected_from_scale_in,
        capacity_rebalance,
        max_instance_lifetime,
        instance_maintenance_policy,
        capacity_distribution_strategy,
        deletion_protection
    );
    for process in group.suspended_processes.difference(suspended) {
        found.insert(format!("process {process} is suspended"));
    }
    for process in suspended.difference(&group.suspended_processes) {
        found.insert(format!("process {process} isn't suspended"));
    }
    if fixed.new_instances_protected_from_scale_in {
        for node in living(Some(group)) {
            if node.lifecycle_state == "InService" && !node.protected_from_scale_in {
                found.insert(format!(
                    "instance {} isn't protected from scale-in",
                    node.id
                ));
            }
        }
    }
    found
}
