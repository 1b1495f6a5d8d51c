//! What every resource must live through, run with a real terraform against the emulator.
//!
//! A resource supplies its data once, as a [`Lifecycle`], and gets all of it:
//!
//! | | |
//! |---|---|
//! | [`whole`] | create, update, import, vanish, re-create, replace, destroy, with an empty plan after each |
//! | [`drift`] | each settable attribute, changed behind Terraform's back, shows exactly there and is repaired |
//! | [`kill`] | SIGKILL of provider and terraform before and after each call: nothing orphaned, nothing doubled |
//! | [`unseen`] | what a killed create made is overlooked by the next apply |
//! | [`cancel`] | Ctrl-C in each wait |
//! | [`slow`] | waits that take long, or too long |
//! | [`faults`] | throttling, resets, server errors, stale reads |
//! | [`refusals`] | bad input is refused at plan, where it stands |
//! | [`tags`] | `tags`, `tags_all`, `default_tags`, `ignore_tags` |
//! | [`calls`] | how many calls each phase needs, and which permissions |
//!
//! Each test has an account of its own, so that they run side by side.

mod attributes;
mod aws;
pub mod calls;
pub mod cancel;
mod desk;
pub mod drift;
pub mod faults;
mod fixture;
mod group;
mod inventory;
pub mod kill;
mod network;
mod phase;
mod points;
pub mod refusals;
mod scene;
pub mod slow;
mod stage;
pub mod tags;
pub mod unseen;
pub mod whole;

use serde_json::Value as Json;

pub use aws::{Answer, Aws};
pub use desk::Desk;
pub use group::Group;
pub use inventory::{Before, Made};
pub use network::{IMAGE_ARM64, IMAGE_X86_64, Network};
pub use phase::{Course, Phase};
pub use points::Points;
pub use scene::Scene;
pub use stage::{ADDRESS_NAME, PROVIDER, Stage};

/// All that is special about one resource.
#[derive(Debug)]
pub struct Lifecycle {
    /// The type, such as `kubeha_api_load_balancer`.
    pub resource: &'static str,
    /// The arguments of the resource block, in HCL.
    pub arguments: fn(&Network, Size) -> String,
    /// One more argument for [`Size::Minimal`] that is updated in place.
    pub one_more: &'static str,
    /// The import id of the object with these attributes.
    pub import_id: fn(&Network, &Json) -> String,
    /// Settable attributes that [`Size::Full`] doesn't set, with the reasons.
    pub never_set: &'static [(&'static str, &'static str)],
    /// Parts that somebody may delete.
    pub vanishing: &'static [Vanishing],
    /// How attributes change behind Terraform's back. Elements of nested objects are
    /// `object.element`.
    pub drift: &'static [Drift],
    /// Attributes that can't, with the reasons.
    pub driftless: &'static [(&'static str, &'static str)],
    /// The waits.
    pub waits: &'static [Waiting],
    /// What each phase calls.
    pub calls: &'static [Calls],
}

/// Which configuration.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Size {
    /// What is required, and nothing else.
    Minimal,
    /// Every attribute; an update in place of the minimal one.
    Full,
    /// All that can be changed in place, changed; an update in place of the full one.
    Changed,
}

/// A part of the object that somebody deletes.
#[derive(Debug)]
pub struct Vanishing {
    /// What it is.
    pub what: &'static str,
    /// Deletes it; given the attributes in the state.
    pub delete: fn(&Aws, &Json),
    /// What the plan then does, such as `["update"]`.
    pub planned: &'static [&'static str],
}

/// A change of one attribute behind Terraform's back.
#[derive(Debug)]
pub struct Drift {
    /// The attribute.
    pub attribute: &'static str,
    /// What tells this case from others of the attribute.
    pub how: &'static str,
    /// Changes it; given the attributes in the state, which are those of [`Size::Full`].
    pub change: fn(&Aws, &Network, &Json),
    /// Other attributes that this changes, by their nature: computed from it.
    pub also: &'static [&'static str],
    /// Whether only a new object repairs it.
    pub replaces: bool,
}

impl Drift {
    /// Of an attribute by itself, repaired in place.
    #[must_use]
    pub const fn of(
        attribute: &'static str,
        how: &'static str,
        change: fn(&Aws, &Network, &Json),
    ) -> Self {
        Self {
            attribute,
            how,
            change,
            also: &[],
            replaces: false,
        }
    }

    /// Of tags.
    #[must_use]
    pub const fn tags(how: &'static str, change: fn(&Aws, &Network, &Json)) -> Self {
        Self {
            also: &["tags_all"],
            ..Self::of("tags", how, change)
        }
    }
}

/// A wait of an operation.
#[derive(Debug)]
pub struct Waiting {
    /// For what.
    pub what: &'static str,
    /// In which operation.
    pub phase: Phase,
    /// A call before it.
    pub after: &'static str,
    /// Which of these calls, from 1.
    pub nth: usize,
    /// The call that looks.
    pub polls: &'static str,
}

/// The calls of a phase.
#[derive(Debug)]
pub struct Calls {
    /// Of which phase.
    pub phase: calls::Measured,
    /// All calls that change something, with how often each is made. Nothing else is.
    pub writes: &'static [(&'static str, usize)],
    /// The least number of calls, reads included, with which the API lets this be done.
    pub floor: usize,
}
