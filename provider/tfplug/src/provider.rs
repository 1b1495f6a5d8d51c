//! The provider: its configuration, and the registry of all it offers.

use std::future::Future;

use tokio_util::sync::CancellationToken;

use crate::data_source::DataSource;
use crate::diagnostic::{Diagnostics, Result};
use crate::ephemeral::EphemeralResource;
use crate::function::Function;
use crate::model::Model;
use crate::resource::Resource;
use crate::server::adapter::{
    AnyDataSource, AnyEphemeral, AnyFunction, AnyResource, DataSourceAdapter, EphemeralAdapter,
    FunctionAdapter, ResourceAdapter,
};

/// A Terraform provider.
pub trait Provider: Send + Sync + 'static {
    /// The attributes of the `provider` block.
    type Config: Model;
    /// What resources and data sources need: clients, settings.
    type Data: Send + Sync + 'static;

    /// Finds mistakes in the `provider` block that the attributes' own checks can't see. Runs
    /// without credentials; unknown values must pass.
    fn validate(&self, config: &Self::Config, out: &mut Diagnostics) {
        let _ = (config, out);
    }

    /// Turns the `provider` block into what resources need.
    ///
    /// Unknown values are no mistake: they come from resources that don't exist yet, and must not
    /// fail a plan. Keep in `Data` that they are unknown. [`Resource::read`] then returns the state
    /// it was given, with a [warning](crate::Cx::warn); [`Resource::preflight`] asks nothing; and
    /// what can't do without, such as [`Resource::create`], fails: by then Terraform has configured
    /// the provider again with known values.
    ///
    /// # Errors
    /// What is wrong with the configuration or its surroundings.
    fn configure(
        &self,
        call: Configure<Self::Config>,
    ) -> impl Future<Output = Result<Self::Data>> + Send;

    /// Names everything that the provider offers.
    fn register(&self, registry: &mut Registry<Self::Data>);
}

/// What a provider is configured from.
#[derive(Clone, Debug)]
pub struct Configure<C> {
    /// The `provider` block.
    pub config: C,
    /// Terraform's or OpenTofu's version, such as `1.11.4`.
    pub terraform_version: String,
    /// Cancelled when the user pressed Ctrl-C.
    pub stop: CancellationToken,
}

/// All that a provider offers.
pub struct Registry<D> {
    pub(crate) resources: Vec<Box<dyn AnyResource<D>>>,
    pub(crate) data_sources: Vec<Box<dyn AnyDataSource<D>>>,
    pub(crate) ephemerals: Vec<Box<dyn AnyEphemeral<D>>>,
    pub(crate) functions: Vec<Box<dyn AnyFunction>>,
}

impl<D: Send + Sync + 'static> Registry<D> {
    pub(crate) fn new() -> Self {
        Self {
            resources: Vec::new(),
            data_sources: Vec::new(),
            ephemerals: Vec::new(),
            functions: Vec::new(),
        }
    }

    /// Offers a resource.
    pub fn resource(&mut self, resource: impl Resource<Data = D>) -> &mut Self {
        self.resources
            .push(Box::new(ResourceAdapter::new(resource)));
        self
    }

    /// Offers a data source.
    pub fn data_source(&mut self, source: impl DataSource<Data = D>) -> &mut Self {
        self.data_sources
            .push(Box::new(DataSourceAdapter::new(source)));
        self
    }

    /// Offers an ephemeral resource.
    pub fn ephemeral(&mut self, ephemeral: impl EphemeralResource<Data = D>) -> &mut Self {
        self.ephemerals
            .push(Box::new(EphemeralAdapter::new(ephemeral)));
        self
    }

    /// Offers a function.
    pub fn function(&mut self, function: impl Function) -> &mut Self {
        self.functions
            .push(Box::new(FunctionAdapter::new(function)));
        self
    }
}

impl<D> std::fmt::Debug for Registry<D> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Registry")
            .field("resources", &self.resources.len())
            .field("data_sources", &self.data_sources.len())
            .field("ephemerals", &self.ephemerals.len())
            .field("functions", &self.functions.len())
            .finish()
    }
}
