//! Data sources: what a configuration can look up.

use std::future::Future;

use crate::context::Cx;
use crate::diagnostic::{Diagnostics, Result};
use crate::model::Model;

/// Something that can be read but not managed.
pub trait DataSource: Send + Sync + 'static {
    /// What the provider hands to its data sources once it is configured.
    type Data: Send + Sync + 'static;
    /// The attributes.
    type Model: Model;

    /// The full type name, as users type it.
    fn type_name(&self) -> &'static str;

    /// Finds mistakes that the attributes' own checks can't see. Unknown values must pass.
    fn validate(&self, config: &Self::Model, out: &mut Diagnostics) {
        let _ = (config, out);
    }

    /// Looks it up. The configuration is known: Terraform waits until it is.
    ///
    /// # Errors
    /// Why it can't be read, or that there is no such thing.
    fn read(
        &self,
        cx: &Cx<Self::Data>,
        config: Self::Model,
    ) -> impl Future<Output = Result<Self::Model>> + Send;
}
