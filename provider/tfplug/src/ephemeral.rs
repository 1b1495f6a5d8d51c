//! Ephemeral resources: values that never reach a plan or a state.

use std::future::Future;
use std::time::SystemTime;

use crate::context::Cx;
use crate::diagnostic::{Diagnostics, Result};
use crate::model::Model;

/// Something that exists while Terraform runs and is remembered nowhere.
///
/// Terraform opens and closes it once in a plan and once in an apply.
pub trait EphemeralResource: Send + Sync + 'static {
    /// What the provider hands to its ephemeral resources once it is configured.
    type Data: Send + Sync + 'static;
    /// The attributes.
    type Model: Model;

    /// The full type name, as users type it.
    fn type_name(&self) -> &'static str;

    /// Finds mistakes that the attributes' own checks can't see. Unknown values must pass.
    fn validate(&self, config: &Self::Model, out: &mut Diagnostics) {
        let _ = (config, out);
    }

    /// Makes it. What [`renew`](Self::renew) and [`close`](Self::close) will need goes into the
    /// context's private bytes.
    ///
    /// # Errors
    /// Why it can't be made.
    fn open(
        &self,
        cx: &Cx<Self::Data>,
        config: Self::Model,
    ) -> impl Future<Output = Result<Opened<Self::Model>>> + Send;

    /// Prolongs it; returns when to do so again.
    ///
    /// # Errors
    /// Why it can't be prolonged.
    fn renew(
        &self,
        cx: &Cx<Self::Data>,
    ) -> impl Future<Output = Result<Option<SystemTime>>> + Send {
        let _ = cx;
        async { Ok(None) }
    }

    /// Ends it.
    ///
    /// # Errors
    /// Why it can't be ended.
    fn close(&self, cx: &Cx<Self::Data>) -> impl Future<Output = Result<()>> + Send {
        let _ = cx;
        async { Ok(()) }
    }
}

/// An open ephemeral resource.
#[derive(Clone, Debug)]
pub struct Opened<M> {
    /// The attributes.
    pub result: M,
    /// When Terraform should call [`EphemeralResource::renew`], if it still runs then.
    pub renew_at: Option<SystemTime>,
}
