//! How instances are replaced: what can't work together, and what is left to say.

use aws::autoscaling::{Launch, RefreshSpec};
use tfplug::{Attr, Diagnostic, Diagnostics, Path, Result};

use super::model::{InstanceMaintenancePolicy, InstanceRefresh, Preferences, WorkerGroup};

/// AWS's own defaults, for a group without a maintenance policy.
/// <https://docs.aws.amazon.com/autoscaling/ec2/APIReference/API_RefreshPreferences.html>
const MIN_HEALTHY: i64 = 90;
const MAX_HEALTHY: i64 = 100;
/// How far both may be apart.
const WIDEST: i64 = 100;
/// The end of the last step, without which some instances would never be replaced.
const WHOLE: i64 = 100;

/// How instances are replaced, with every default in its place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Replacing {
    pub(super) strategy: Strategy,
    /// Without the launch that it leads to.
    spec: RefreshSpec,
}

/// What becomes of instances that aren't as the group would launch them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Strategy {
    /// They stay, until somebody ends them.
    None,
    /// AWS replaces them, some at a time.
    Rolling,
}

impl Replacing {
    /// How a planned group's instances are replaced.
    ///
    /// # Errors
    /// A value that must be known by now isn't, which is a defect.
    pub(super) fn of(group: &WorkerGroup) -> Result<Self> {
        let refresh = group.instance_refresh.get("instance_refresh")?;
        let at = "instance_refresh.preferences";
        let preferences = refresh.preferences.get(at)?;
        let policy = group.instance_maintenance_policy.known();
        let (least, most) = shares(preferences, policy);
        let protects = group.protect_from_scale_in == Attr::Known(true);
        let percentages = preferences.checkpoint_percentages.known();
        let percentages = percentages.into_iter().flat_map(|list| &list.0);
        Ok(Self {
            strategy: match refresh.strategy.text() {
                Some("none") => Strategy::None,
                _ => Strategy::Rolling,
            },
            spec: RefreshSpec {
                min_healthy_percentage: number(&least, at)?,
                max_healthy_percentage: number(&most, at)?,
                instance_warmup: optional(&preferences.instance_warmup, at)?,
                checkpoint_percentages: percentages
                    .map(|percentage| number(percentage, at))
                    .collect::<Result<_>>()?,
                checkpoint_delay: optional(&preferences.checkpoint_delay, at)?,
                auto_rollback: *preferences.auto_rollback.get(at)?,
                skip_matching: *preferences.skip_matching.get(at)?,
                scale_in_protected_instances: protected(preferences, protects).to_owned(),
                standby_instances: preferences.standby_instances.get(at)?.clone(),
                desired_launch: None,
            },
        })
    }

    /// Whether instances that are as desired already are replaced too, when the group is changed.
    pub(super) fn replaces_all(&self) -> bool {
        !self.spec.skip_matching
    }

    /// Whether a refresh passes over protected instances, and those in standby, for good.
    pub(super) fn ignores(&self) -> Ignored {
        Ignored {
            protected: self.spec.scale_in_protected_instances == IGNORE,
            standby: self.spec.standby_instances == IGNORE,
        }
    }

    /// The refresh that leads to a launch; `None` to what the group launches already. Undoing one
    /// needs something to go back to, by a number.
    pub(super) fn spec(&self, desired: Option<&Launch>, can_go_back: bool) -> RefreshSpec {
        RefreshSpec {
            auto_rollback: self.spec.auto_rollback && desired.is_some() && can_go_back,
            desired_launch: desired.cloned(),
            ..self.spec.clone()
        }
    }
}

/// Which outdated instances no refresh ever replaces.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Ignored {
    pub(super) protected: bool,
    pub(super) standby: bool,
}

impl Ignored {
    /// What a state says, as far as it says it.
    pub(super) fn of(group: &WorkerGroup) -> Self {
        let preferences = group
            .instance_refresh
            .known()
            .filter(|refresh| refresh.strategy.text() != Some("none"))
            .and_then(|refresh| refresh.preferences.known());
        preferences.map_or_else(Self::default, |preferences| {
            let protects = group.protect_from_scale_in == Attr::Known(true);
            Self {
                protected: protected(preferences, protects) == IGNORE,
                standby: preferences.standby_instances.text() == Some(IGNORE),
            }
        })
    }
}

const IGNORE: &str = "Ignore";

/// Finds what AWS would refuse when the refresh starts, or what could never end.
pub(super) fn check(
    refresh: &Attr<InstanceRefresh>,
    policy: &Attr<InstanceMaintenancePolicy>,
    errors: &mut Diagnostics,
) {
    if let Some(policy) = policy.known() {
        let shares = (policy.min_healthy_percentage, policy.max_healthy_percentage);
        let at = Path::attribute("instance_maintenance_policy").and("max_healthy_percentage");
        check_shares(shares, at, errors);
    }
    let Some(preferences) = refresh.known().and_then(|known| known.preferences.known()) else {
        return;
    };
    let at = |name: &str| {
        Path::attribute("instance_refresh")
            .and("preferences")
            .and(name)
    };
    let said = [
        ("max_healthy_percentage", preferences.max_healthy_percentage),
        ("min_healthy_percentage", preferences.min_healthy_percentage),
    ];
    // Where it says nothing, the policy does, which has been checked.
    if let Some((name, _)) = said.iter().find(|(_, share)| !share.is_null())
        && !policy.is_unknown()
    {
        check_shares(shares(preferences, policy.known()), at(name), errors);
    }
    let percentages = &preferences.checkpoint_percentages;
    if percentages.is_null() && preferences.checkpoint_delay.known().is_some() {
        errors.push(
            Diagnostic::error(
                "Conflicting attributes",
                "There is no checkpoint to wait at. Say at which \"checkpoint_percentages\", or \
                 remove \"checkpoint_delay\".",
            )
            .at(at("checkpoint_delay")),
        );
    }
    let Some(list) = percentages.known().and_then(|list| list.all_known()) else {
        return;
    };
    let ascending = list.windows(2).all(|pair| match pair {
        [one, next] => one < next,
        _ => true,
    });
    if !ascending || list.last() != Some(&&WHOLE) {
        errors.push(
            Diagnostic::error(
                "Invalid checkpoints",
                "Checkpoints are ascending percentages, and the last is 100: instances beyond it \
                 would stay as they are. To stop on the way, interrupt the apply and cancel the \
                 refresh.",
            )
            .at(at("checkpoint_percentages")),
        );
    }
}

fn check_shares((least, most): (Attr<i64>, Attr<i64>), at: Path, errors: &mut Diagnostics) {
    let (Some(&least), Some(&most)) = (least.known(), most.known()) else {
        return;
    };
    if most - least > WIDEST {
        errors.push(
            Diagnostic::error(
                "Invalid percentages",
                format!(
                    "From {least} to {most} percent are more than {WIDEST} apart, the most that \
                     AWS takes. Raise \"min_healthy_percentage\", or lower \
                     \"max_healthy_percentage\"."
                ),
            )
            .at(at),
        );
    }
}

/// The shares that hold: what is said, or else the maintenance policy's, or else AWS's own.
fn shares(
    preferences: &Preferences,
    policy: Option<&InstanceMaintenancePolicy>,
) -> (Attr<i64>, Attr<i64>) {
    let or = |said: Attr<i64>, policy: Option<Attr<i64>>, default: i64| match said {
        Attr::Null => policy.unwrap_or(Attr::Known(default)),
        said => said,
    };
    (
        or(
            preferences.min_healthy_percentage,
            policy.map(|policy| policy.min_healthy_percentage),
            MIN_HEALTHY,
        ),
        or(
            preferences.max_healthy_percentage,
            policy.map(|policy| policy.max_healthy_percentage),
            MAX_HEALTHY,
        ),
    )
}

/// What becomes of protected instances. Where every instance is protected, protection singles out
/// none, and waiting for its end would be waiting for good.
fn protected(preferences: &Preferences, all_are: bool) -> &str {
    let default = if all_are { "Refresh" } else { "Wait" };
    preferences
        .scale_in_protected_instances
        .text()
        .unwrap_or(default)
}

fn optional(attribute: &Attr<i64>, path: &str) -> Result<Option<i32>> {
    match attribute {
        Attr::Null => Ok(None),
        attribute => number(attribute, path).map(Some),
    }
}

use crate::node_group::number;

#[cfg(test)]
mod tests {
    use tfplug::List;

    use super::*;

    fn refresh(preferences: Preferences) -> Attr<InstanceRefresh> {
        InstanceRefresh {
            strategy: "rolling".into(),
            preferences: Preferences {
                auto_rollback: true.into(),
                skip_matching: true.into(),
                standby_instances: "Wait".into(),
                ..preferences
            }
            .into(),
        }
        .into()
    }

    fn policy(least: i64, most: i64) -> Attr<InstanceMaintenancePolicy> {
        InstanceMaintenancePolicy {
            min_healthy_percentage: least.into(),
            max_healthy_percentage: most.into(),
        }
        .into()
    }

    fn group(preferences: Preferences) -> WorkerGroup {
        WorkerGroup {
            instance_refresh: refresh(preferences),
            ..WorkerGroup::default()
        }
    }

    fn faults(preferences: Preferences, policy: Attr<InstanceMaintenancePolicy>) -> Vec<String> {
        let mut errors = Diagnostics::new();
        check(&refresh(preferences), &policy, &mut errors);
        errors
            .iter()
            .map(|error| error.path().to_string())
            .collect()
    }

    #[test]
    fn what_is_not_said_is_the_policys_or_awss() {
        let found = |group: &WorkerGroup| {
            let spec = Replacing::of(group).unwrap().spec(None, true);
            (spec.min_healthy_percentage, spec.max_healthy_percentage)
        };
        let mut group = group(Preferences::default());
        assert_eq!(found(&group), (90, 100));
        group.instance_maintenance_policy = policy(50, 120);
        assert_eq!(found(&group), (50, 120));
        group.instance_refresh = refresh(Preferences {
            min_healthy_percentage: 70.into(),
            ..Preferences::default()
        });
        assert_eq!(found(&group), (70, 120));
    }

    #[test]
    fn a_group_that_protects_all_its_instances_refreshes_them() {
        let mut group = group(Preferences::default());
        let found = |group: &WorkerGroup| {
            let spec = Replacing::of(group).unwrap().spec(None, true);
            spec.scale_in_protected_instances
        };
        assert_eq!(found(&group), "Wait");
        group.protect_from_scale_in = true.into();
        assert_eq!(found(&group), "Refresh");
        let ignoring = refresh(Preferences {
            scale_in_protected_instances: "Ignore".into(),
            ..Preferences::default()
        });
        group.instance_refresh = ignoring;
        assert_eq!(found(&group), "Ignore");
        let ignored = Ignored {
            protected: true,
            standby: false,
        };
        assert_eq!(Ignored::of(&group), ignored);
        assert_eq!(Replacing::of(&group).unwrap().ignores(), ignored);
    }

    #[test]
    fn undoing_needs_something_to_go_back_to() {
        let replacing = Replacing::of(&group(Preferences::default())).unwrap();
        let launch = Launch::Other;
        assert!(replacing.spec(Some(&launch), true).auto_rollback);
        assert!(!replacing.spec(Some(&launch), false).auto_rollback);
        assert!(!replacing.spec(None, true).auto_rollback);
    }

    #[test]
    fn shares_are_a_hundred_apart_at_most() {
        let apart = |least: Option<i64>, most: Option<i64>| Preferences {
            min_healthy_percentage: least.into(),
            max_healthy_percentage: most.into(),
            ..Preferences::default()
        };
        let none = || Attr::Null;
        let at_most = "instance_refresh.preferences.max_healthy_percentage";
        let at_least = "instance_refresh.preferences.min_healthy_percentage";
        assert_eq!(faults(apart(None, None), none()), [""; 0]);
        assert_eq!(faults(apart(Some(50), Some(150)), none()), [""; 0]);
        assert_eq!(faults(apart(Some(49), Some(150)), none()), [at_most]);
        assert_eq!(faults(apart(None, Some(191)), none()), [at_most]);
        assert_eq!(faults(apart(Some(0), None), policy(50, 120)), [at_least]);
        assert_eq!(faults(apart(Some(0), None), Attr::Unknown), [""; 0]);
        assert_eq!(
            faults(apart(None, None), policy(0, 101)),
            ["instance_maintenance_policy.max_healthy_percentage"]
        );
    }

    #[test]
    fn checkpoints_ascend_to_the_whole() {
        let at = "instance_refresh.preferences.checkpoint_percentages";
        for (percentages, fine) in [
            (vec![100], true),
            (vec![20, 50, 100], true),
            (vec![], false),
            (vec![20, 50], false),
            (vec![50, 20, 100], false),
            (vec![50, 50, 100], false),
        ] {
            let text = format!("{percentages:?}");
            let preferences = Preferences {
                checkpoint_percentages: Attr::Known(List::from_iter(percentages)),
                checkpoint_delay: 60.into(),
                ..Preferences::default()
            };
            let expected: &[&str] = if fine { &[] } else { &[at] };
            assert_eq!(faults(preferences, Attr::Null), expected, "{text}");
        }
    }

    #[test]
    fn a_delay_needs_a_checkpoint() {
        let preferences = Preferences {
            checkpoint_delay: 60.into(),
            ..Preferences::default()
        };
        assert_eq!(
            faults(preferences, Attr::Null),
            ["instance_refresh.preferences.checkpoint_delay"]
        );
    }
}
