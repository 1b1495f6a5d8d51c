//! `rollout`: how the group's nodes are replaced, added and taken away. The attribute and its rules
//! are here; what is done in `drive` and `refresh`, what is said before in `forecast`.
//!
//! The decisions are those of the crate of the same name. Nothing is remembered but by AWS: which
//! nodes are outdated follows from their launch templates' versions and zones, how far a resize is
//! from the group's sizes, and whose turn it is from who is out of the target groups. So an apply
//! goes on where a killed one was.

mod drive;
mod forecast;
mod look;
mod refresh;

use std::time::Duration;

use ::rollout::{Error, Settings, Wishes};
use tfplug::validate::parse_duration;
use tfplug::{Attr, Diagnostic, Diagnostics, Model, Path};

pub(super) use drive::{Drive, Work};
pub(super) use forecast::forecast;
pub(super) use refresh::replace_by_refresh;

/// How nodes are replaced when what they are launched as changes, and how the group is resized.
#[derive(Clone, Debug, Default, PartialEq, Model)]
pub(crate) struct Rollout {
    /// `one_at_a_time`: the apply replaces outdated nodes one by one, each when all others are
    /// healthy in the API target groups and a quorum without it. `instance_refresh`: AWS replaces
    /// them, ending one before it launches the next, and the apply waits for that; it needs a
    /// `launch_hook` that is completed when the node is a voting member of etcd, since AWS looks at
    /// nothing else. `none`: the group launches the new version from now on, and
    /// `outdated_instance_ids` says who runs another; the size can then only be raised, at once.
    #[tf(
        default = ONE_AT_A_TIME,
        check(one_of([ONE_AT_A_TIME, INSTANCE_REFRESH, NONE]))
    )]
    pub(crate) strategy: Attr<String>,
    /// How long a node goes on running after the last target group has let go of it, such as
    /// `"30s"`: it serves those who are still sent to it.
    #[tf(default = DRAIN_DELAY, check(duration()))]
    pub(crate) drain_delay: Attr<String>,
    /// How long a node must have been healthy in the API target groups, in two looks at least,
    /// before the next step relies on it.
    #[tf(default = STABLE_FOR, check(duration()))]
    pub(crate) stable_for: Attr<String>,
    /// How long the replacement of one node may take: from its deregistration until its successor
    /// has been healthy for `stable_for`; likewise what is added or taken away. The apply then
    /// fails, and touches nothing further.
    #[tf(default = REPLACEMENT_TIMEOUT, check(duration()))]
    pub(crate) replacement_timeout: Attr<String>,
    /// Whether the only node may be replaced, and a group shrink to one, which both stop the
    /// Kubernetes API for a while and can lose etcd's data. Take a backup before.
    #[tf(default = false)]
    pub(crate) allow_control_plane_outage: Attr<bool>,
    /// Id of the instance to replace or take away last, such as that of etcd's leader. Once it is
    /// gone the id means nothing.
    #[tf(optional)]
    pub(crate) roll_last: Attr<String>,
}

const ONE_AT_A_TIME: &str = "one_at_a_time";
const INSTANCE_REFRESH: &str = "instance_refresh";
const NONE: &str = "none";
// As `rollout::Wishes` has them, with their reasons; a test compares.
const DRAIN_DELAY: &str = "30s";
const STABLE_FOR: &str = "60s";
const REPLACEMENT_TIMEOUT: &str = "15m";

impl Rollout {
    /// What holds where nobody says otherwise.
    pub(super) fn by_default() -> Self {
        Self {
            strategy: ONE_AT_A_TIME.into(),
            drain_delay: DRAIN_DELAY.into(),
            stable_for: STABLE_FOR.into(),
            replacement_timeout: REPLACEMENT_TIMEOUT.into(),
            allow_control_plane_outage: false.into(),
            roll_last: Attr::Null,
        }
    }
}

/// Who replaces nodes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Strategy {
    /// The apply, one by one.
    OneAtATime,
    /// AWS.
    InstanceRefresh,
    /// Nobody.
    None,
}

/// The attribute, understood.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Rolling {
    pub(super) strategy: Strategy,
    pub(super) settings: Settings,
    pub(super) roll_last: Option<String>,
}

impl Rolling {
    /// Understands the attribute; `None` while a part of it is unknown.
    ///
    /// # Errors
    /// Its parts can't work together.
    pub(super) fn of(attribute: &Attr<Rollout>) -> Result<Option<Self>, Diagnostics> {
        let said = match attribute {
            Attr::Unknown => return Ok(None),
            Attr::Null => &Rollout::default(),
            Attr::Known(said) => said,
        };
        let (Some(strategy), Some(drain_delay), Some(stable_for), Some(replacement_timeout)) = (
            strategy(&said.strategy),
            time(&said.drain_delay, Wishes::DRAIN_DELAY),
            time(&said.stable_for, Wishes::STABLE_FOR),
            time(&said.replacement_timeout, Wishes::REPLACEMENT_TIMEOUT),
        ) else {
            return Ok(None);
        };
        if said.allow_control_plane_outage.is_unknown() || said.roll_last.is_unknown() {
            return Ok(None);
        }
        let wishes = Wishes {
            drain_delay,
            stable_for,
            replacement_timeout,
            allow_control_plane_outage: said.allow_control_plane_outage == Attr::Known(true),
        };
        let settings = wishes.check().map_err(|error| impossible(&error))?;
        Ok(Some(Self {
            strategy,
            settings,
            roll_last: said.roll_last.text().map(str::to_owned),
        }))
    }
}

/// `None` if it isn't known, or is none; the attribute's own check says the latter.
fn strategy(text: &Attr<String>) -> Option<Strategy> {
    match text {
        Attr::Null => Some(Strategy::OneAtATime),
        Attr::Unknown => None,
        Attr::Known(text) => match text.as_str() {
            ONE_AT_A_TIME => Some(Strategy::OneAtATime),
            INSTANCE_REFRESH => Some(Strategy::InstanceRefresh),
            NONE => Some(Strategy::None),
            _ => None,
        },
    }
}

/// `None` if it isn't known, or is none.
fn time(text: &Attr<String>, default: Duration) -> Option<Duration> {
    match text {
        Attr::Null => Some(default),
        Attr::Unknown => None,
        Attr::Known(text) => parse_duration(text),
    }
}

fn impossible(error: &Error) -> Diagnostics {
    let text = format!("{}.", capitalized(&error.to_string()));
    let at = Path::attribute("rollout").and(error.field().as_str());
    Diagnostic::error("Rollout settings can't work together", text)
        .at(at)
        .into()
}

fn capitalized(text: &str) -> String {
    let mut characters = text.chars();
    match characters.next() {
        Some(first) => first.to_uppercase().chain(characters).collect(),
        None => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rolling(change: impl FnOnce(&mut Rollout)) -> Result<Option<Rolling>, Diagnostics> {
        let mut said = Rollout::by_default();
        change(&mut said);
        Rolling::of(&said.into())
    }

    #[test]
    fn the_defaults_are_those_of_the_rules() {
        let by_default = rolling(|_| {}).unwrap().unwrap();
        assert_eq!(by_default.settings, Wishes::default().check().unwrap());
        assert_eq!(by_default.strategy, Strategy::OneAtATime);
        assert_eq!(Rolling::of(&Attr::Null).unwrap(), Some(by_default));
    }

    #[test]
    fn what_is_unknown_leaves_all_open() {
        for change in [
            |said: &mut Rollout| said.strategy = Attr::Unknown,
            |said: &mut Rollout| said.stable_for = Attr::Unknown,
            |said: &mut Rollout| said.allow_control_plane_outage = Attr::Unknown,
            |said: &mut Rollout| said.roll_last = Attr::Unknown,
        ] {
            assert_eq!(rolling(change).unwrap(), None);
        }
        assert_eq!(Rolling::of(&Attr::Unknown).unwrap(), None);
    }

    #[test]
    fn times_that_leave_no_room_are_refused_at_the_timeout() {
        let errors = rolling(|said| said.replacement_timeout = "90s".into()).unwrap_err();
        let found: Vec<_> = errors
            .iter()
            .map(|error| (error.path().to_string(), error.detail().to_owned()))
            .collect();
        assert_eq!(
            found,
            [(
                "rollout.replacement_timeout".to_owned(),
                "A replacement may take 90 s, but drain_delay (30 s) and stable_for (60 s) alone \
                 take as long."
                    .to_owned()
            )]
        );
    }
}
