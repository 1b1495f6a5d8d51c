//! Data sources: a folder each, named as users type it.

pub(crate) mod cluster_health;
pub(crate) mod topology;
