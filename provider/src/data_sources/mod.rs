//! Data sources: a folder each, named as users type it.

pub(crate) mod certificate_bundle;
pub(crate) mod cluster_health;
pub(crate) mod topology;
