//! What all kinds of node groups share: a launch template and an Auto Scaling group of one name,
//! found or made, brought into line, watched and taken away.
//!
//! A resource has its own attributes, sizes and rules. It hands over what they come to
//! ([`Machine`], [`DesiredGroup`], [`Marks`]) and takes the steps of a [`Walk`] in turn:
//!
//! 1. [`Walk::find_template`], [`Walk::find_group`] where the state names none,
//! 2. [`Walk::create_template`] or [`Walk::version`] and [`Walk::tag_template`],
//! 3. [`Walk::create_group`], [`Walk::bring_into_line`], [`Walk::tag_nodes`],
//! 4. [`Walk::complete_group`] of one that was made, [`Walk::wait_for_capacity`] of others.

mod capacity;
mod create;
mod delete;
mod group;
mod hooks;
mod kind;
mod live;
mod machine;
mod marks;
mod model;
mod observed;
pub(crate) mod plan;
pub(crate) mod preflight;
mod private_keys;
mod refresh;
mod root;
mod settings;
mod spread;
mod template;
mod user_data;
mod volumes;
mod walk;
pub(crate) mod zones;

pub(crate) use capacity::{Capacity, Since, tainted};
pub(crate) use delete::{Leaving, delete, protected};
pub(crate) use group::DesiredGroup;
pub(crate) use hooks::{hook_attribute, hook_spec};
pub(crate) use kind::Kind;
pub(crate) use machine::{HasMachine, Machine, has_machine, number, template_deviations};
pub(crate) use marks::{Marks, planned as planned_tags, values as tag_values};
pub(crate) use model::{
    BlockDevice, LifecycleHook, MetadataOptions, RootBlockDevice, default_metrics, metric, outdates,
};
pub(crate) use observed::{Named, Observed, is_living, living};
pub(crate) use refresh::{Course, active_refresh};
pub(crate) use root::root_block_device;
pub(crate) use settings::setting_deviations;
pub(crate) use spread::{Spread, Wanted};
pub(crate) use user_data::UserData;
pub(crate) use walk::{Made, Walk};
