//! What a plan says of each attribute, before the resource's own step and in this order:
//! defaults, then "known after apply", then the attributes' modifiers.
//!
//! The order is that of HashiCorp's plugin framework, so that what its users know holds here.

mod defaults;
mod modifier;
mod pairs;
mod unknowns;
mod write_only;

pub(crate) use defaults::apply_defaults;
pub(crate) use modifier::run_modifiers;
pub use modifier::{
    Change, Modifier, requires_replace, requires_replace_if, requires_replace_if_configured,
    use_state_for_unknown,
};
pub(crate) use unknowns::mark_unknown;
pub(crate) use write_only::forget_write_only;
