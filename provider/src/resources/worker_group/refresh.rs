//! What becomes of a group's instances when what it launches changes: decided here, done in
//! `replace`. Pure.
//!
//! A group gets a new launch by way of an instance refresh: AWS replaces the instances first and
//! changes the group last. Until then it launches what it did, so a launch that doesn't work harms
//! the instances at hand and not those to come, and AWS can undo it. All memory of it is AWS's: the
//! refresh in progress, and the instances that aren't as the group's launch has them.

use std::collections::{BTreeMap, BTreeSet};

use aws::autoscaling::{GroupInstance, Refresh};
use aws::ec2::TemplateData;

use super::preferences::{Ignored, Strategy};
use super::purchase::Purchase;
use crate::node_group::{Course, is_living};

/// What is known when the next step is chosen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Situation<'a> {
    pub(super) strategy: Strategy,
    /// Whether the group launches what is wanted.
    pub(super) is_launched: bool,
    /// Whether some instances are to be replaced.
    pub(super) replaces: bool,
    /// The refresh in progress.
    pub(super) active: Option<&'a Refresh>,
    /// Whether that one leads to what is wanted.
    pub(super) leads_there: bool,
}

/// The next step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Step {
    /// Wait for the refresh in progress, which is the one wanted.
    Follow,
    /// Wait until the refresh in progress has come to its end, whichever it is.
    LetEnd,
    /// Cancel the refresh in progress.
    Cancel,
    /// Start a refresh that leads to the launch wanted.
    Start,
    /// Let the group launch what is wanted from now on; nobody is replaced.
    Set,
    /// Nothing is left to do.
    Done,
}

/// Chooses the next step.
pub(super) fn next(now: Situation<'_>) -> Step {
    let rolls = now.strategy == Strategy::Rolling && now.replaces;
    if let Some(active) = now.active {
        return match Course::of(active) {
            // Neither can be hurried.
            Course::Cancelling | Course::GoingBack => Step::LetEnd,
            _ if now.leads_there && now.strategy == Strategy::Rolling => Step::Follow,
            // Nobody asked for another course of this group.
            _ if now.is_launched && !rolls => Step::Done,
            _ => Step::Cancel,
        };
    }
    match (rolls, now.is_launched) {
        (true, _) => Step::Start,
        (false, false) => Step::Set,
        (false, true) => Step::Done,
    }
}

/// The living instances that aren't what the group is to launch, but for those that no refresh is
/// to touch. What they are tagged with, and what is paid for them, doesn't count.
pub(super) fn outdated(
    instances: &[GroupInstance],
    template_id: &str,
    versions: &BTreeMap<i64, TemplateData>,
    wanted: &TemplateData,
    purchase: &Purchase,
    ignored: Ignored,
) -> BTreeSet<String> {
    let wanted = without_type(wanted);
    let is_as_wanted = |instance: &GroupInstance| {
        let version = instance
            .launch_template
            .as_ref()
            .filter(|from| from.id == template_id)
            .and_then(|from| versions.get(&from.version));
        version.is_some_and(|data| without_type(data).is_alike(&wanted))
            && purchase.instance_types.contains(&instance.instance_type)
    };
    let is_ignored = |instance: &GroupInstance| {
        let standby = instance.lifecycle_state.contains("Standby");
        (ignored.standby && standby)
            || (ignored.protected && !standby && instance.protected_from_scale_in)
    };
    instances
        .iter()
        .filter(|instance| is_living(instance) && !is_as_wanted(instance) && !is_ignored(instance))
        .map(|instance| instance.id.clone())
        .collect()
}

/// A mix of types says the type beside the template, so an instance's own is looked at instead.
fn without_type(data: &TemplateData) -> TemplateData {
    TemplateData {
        instance_type: None,
        ..data.clone()
    }
}

#[cfg(test)]
mod tests {
    use aws::autoscaling::TemplateVersion;
    use aws::ec2::MetadataOptions;
    use proptest::prelude::*;

    use super::super::preferences::Strategy;
    use super::*;

    fn refresh(status: &str) -> Refresh {
        Refresh {
            id: "r-1".to_owned(),
            status: status.to_owned(),
            status_reason: None,
            percentage_complete: 0,
            instances_to_update: 1,
            desired_launch: None,
            start: None,
            end: None,
        }
    }

    const IDLE: Situation<'_> = Situation {
        strategy: Strategy::Rolling,
        is_launched: false,
        replaces: true,
        active: None,
        leads_there: false,
    };

    #[test]
    fn a_change_is_a_refresh_where_there_is_somebody_to_replace() {
        assert_eq!(next(IDLE), Step::Start);
        let nobody = Situation {
            replaces: false,
            ..IDLE
        };
        assert_eq!(next(nobody), Step::Set);
        let not_asked = Situation {
            strategy: Strategy::None,
            ..IDLE
        };
        assert_eq!(next(not_asked), Step::Set);
    }

    #[test]
    fn a_group_that_launches_what_is_wanted_may_still_have_others() {
        let left = Situation {
            is_launched: true,
            ..IDLE
        };
        assert_eq!(next(left), Step::Start);
        let none_left = Situation {
            replaces: false,
            ..left
        };
        assert_eq!(next(none_left), Step::Done);
        let tolerated = Situation {
            strategy: Strategy::None,
            ..left
        };
        assert_eq!(next(tolerated), Step::Done);
    }

    #[test]
    fn the_refresh_of_a_killed_apply_is_followed_and_not_doubled() {
        for status in ["Pending", "InProgress", "Baking"] {
            let active = refresh(status);
            let found = Situation {
                active: Some(&active),
                leads_there: true,
                ..IDLE
            };
            assert_eq!(next(found), Step::Follow, "{status}");
            let all_replaced = Situation {
                replaces: false,
                ..found
            };
            assert_eq!(next(all_replaced), Step::Follow, "{status}");
        }
    }

    #[test]
    fn a_refresh_that_leads_elsewhere_is_cancelled_if_it_is_in_the_way() {
        let active = refresh("InProgress");
        let found = Situation {
            active: Some(&active),
            ..IDLE
        };
        assert_eq!(next(found), Step::Cancel);
        let not_asked = Situation {
            strategy: Strategy::None,
            leads_there: true,
            ..found
        };
        assert_eq!(next(not_asked), Step::Cancel);
        let not_in_the_way = Situation {
            is_launched: true,
            replaces: false,
            ..found
        };
        assert_eq!(next(not_in_the_way), Step::Done);
    }

    #[test]
    fn what_is_ending_is_left_to_end() {
        for status in ["Cancelling", "RollbackInProgress"] {
            let active = refresh(status);
            for leads_there in [true, false] {
                let found = Situation {
                    active: Some(&active),
                    leads_there,
                    ..IDLE
                };
                assert_eq!(next(found), Step::LetEnd, "{status}");
            }
        }
    }

    proptest! {
        /// Each step but waiting changes what the next is chosen by, so there is an end.
        #[test]
        fn every_course_ends(
            rolling in any::<bool>(),
            is_launched in any::<bool>(),
            replaces in any::<bool>(),
            status in prop::option::of(prop::sample::select(vec![
                "Pending", "InProgress", "Baking", "Cancelling", "RollbackInProgress",
            ])),
            leads_there in any::<bool>(),
        ) {
            let mut active = status.map(refresh);
            let strategy = if rolling { Strategy::Rolling } else { Strategy::None };
            let (mut is_launched, mut replaces) = (is_launched, replaces);
            let mut ended = false;
            for _ in 0..6 {
                let now = Situation {
                    strategy, is_launched, replaces, leads_there, active: active.as_ref(),
                };
                match next(now) {
                    Step::Follow | Step::Start => {
                        prop_assert!(rolling);
                        (is_launched, replaces, active) = (true, false, None);
                    }
                    Step::LetEnd => active = None,
                    Step::Cancel => active = Some(refresh("Cancelling")),
                    Step::Set => {
                        prop_assert!(active.is_none());
                        is_launched = true;
                    }
                    Step::Done => {
                        ended = true;
                        prop_assert!(is_launched);
                        prop_assert!(!rolling || !replaces);
                    }
                }
            }
            prop_assert!(ended);
        }
    }

    fn data(image: &str, instance_type: Option<&str>) -> TemplateData {
        TemplateData {
            image_id: Some(image.to_owned()),
            instance_type: instance_type.map(str::to_owned),
            iam_instance_profile: None,
            security_group_ids: BTreeSet::new(),
            key_name: None,
            monitoring: false,
            ebs_optimized: None,
            user_data: None,
            metadata_options: MetadataOptions {
                http_tokens: "required".to_owned(),
                http_put_response_hop_limit: 1,
                http_endpoint: "enabled".to_owned(),
            },
            block_devices: BTreeMap::new(),
            tags: BTreeMap::new(),
        }
    }

    fn instance(id: &str, version: i64) -> GroupInstance {
        GroupInstance {
            id: id.to_owned(),
            zone: "a".to_owned(),
            instance_type: "m5.large".to_owned(),
            lifecycle_state: "InService".to_owned(),
            health_status: "Healthy".to_owned(),
            launch_template: Some(TemplateVersion {
                id: "lt-1".to_owned(),
                version,
            }),
            protected_from_scale_in: false,
        }
    }

    fn purchase(types: &[&str]) -> Purchase {
        Purchase {
            instance_types: types.iter().map(|name| (*name).to_owned()).collect(),
            on_demand_base_capacity: 0,
            on_demand_percentage_above_base_capacity: 100,
            spot_allocation_strategy: "x".to_owned(),
            spot_max_price: None,
        }
    }

    fn found(instances: &[GroupInstance], types: &[&str], ignored: Ignored) -> Vec<String> {
        let mut tagged = data("ami-2", None);
        tagged.tags.insert("volume".to_owned(), [].into());
        let versions = BTreeMap::from([
            (1, data("ami-1", Some("m5.large"))),
            (2, data("ami-2", Some("m5.large"))),
            (3, tagged),
        ]);
        let wanted = data("ami-2", None);
        let all = outdated(
            instances,
            "lt-1",
            &versions,
            &wanted,
            &purchase(types),
            ignored,
        );
        all.into_iter().collect()
    }

    #[test]
    fn an_instance_is_outdated_by_what_it_is_and_not_by_a_number() {
        let instances = [
            instance("i-old", 1),
            instance("i-new", 2),
            instance("i-tagged", 3),
            instance("i-deleted-version", 9),
            GroupInstance {
                launch_template: None,
                ..instance("i-no-template", 0)
            },
            GroupInstance {
                lifecycle_state: "Terminating:Wait".to_owned(),
                ..instance("i-leaving", 1)
            },
            GroupInstance {
                instance_type: "c5.large".to_owned(),
                ..instance("i-other-type", 2)
            },
        ];
        let none = Ignored::default();
        assert_eq!(
            found(&instances, &["m5.large"], none),
            [
                "i-deleted-version",
                "i-no-template",
                "i-old",
                "i-other-type"
            ]
        );
        assert_eq!(
            found(&instances, &["m5.large", "c5.large"], none),
            ["i-deleted-version", "i-no-template", "i-old"]
        );
    }

    #[test]
    fn who_is_ignored_for_good_is_not_counted() {
        let protected = GroupInstance {
            protected_from_scale_in: true,
            ..instance("i-protected", 1)
        };
        let standby = GroupInstance {
            lifecycle_state: "Standby".to_owned(),
            ..instance("i-standby", 1)
        };
        let all = [protected, standby];
        let ignored = |protected, standby| Ignored { protected, standby };
        let types = ["m5.large"];
        let with = |protected, standby| found(&all, &types, ignored(protected, standby));
        assert_eq!(with(false, false), ["i-protected", "i-standby"]);
        assert_eq!(with(true, false), ["i-standby"]);
        assert_eq!(with(false, true), ["i-protected"]);
    }
}
