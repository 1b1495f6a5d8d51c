//! The RPC service: finds what a call is for, runs it as a task of its own, and answers.

pub(crate) mod adapter;
mod describe;
mod rpc;
mod wire;

use std::future::Future;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, PoisonError, RwLock};

pub use describe::{FunctionReference, Reference};

use adapter::{AnyDataSource, AnyEphemeral, AnyResource, Surroundings};

use crate::diagnostic::{Diagnostic, Diagnostics, Result};
use crate::model::Model;
use crate::panic::catch;
use crate::provider::{Provider, Registry};
use crate::schema::Schema;
use crate::transport::Lifecycle;

/// A provider as the protocol's service.
#[derive(Debug)]
pub struct Server<P: Provider>(Arc<Inner<P>>);

struct Inner<P: Provider> {
    provider: P,
    registry: Registry<P::Data>,
    lifecycle: Lifecycle,
    configured: RwLock<Option<Arc<P::Data>>>,
    /// Whether anything was applied since then.
    applying: AtomicBool,
}

impl<P: Provider> Server<P> {
    /// A service for a provider, whose operations run in `lifecycle`.
    pub fn new(provider: P, lifecycle: Lifecycle) -> Self {
        let mut registry = Registry::new();
        provider.register(&mut registry);
        let configured = RwLock::default();
        Self(Arc::new(Inner {
            provider,
            registry,
            lifecycle,
            configured,
            applying: AtomicBool::default(),
        }))
    }

    /// What is wrong with the provider's schemas, one sentence each; empty when all is well.
    ///
    /// Call it in a unit test. A provider with problems answers every run with them.
    pub fn problems(&self) -> Vec<String> {
        self.0.problems()
    }

    /// The schemas and functions of the provider, for tools that write its reference.
    pub fn reference(&self) -> Reference {
        self.0.reference()
    }

    /// Runs an operation as a task, so that it goes on when the connection breaks: what is being
    /// created must be finished, or be known to be unfinished, whoever still listens. A panic of
    /// the framework's own becomes a diagnostic too.
    async fn run<T, F, Fut>(&self, operation: F, refuse: fn(Diagnostics) -> T) -> T
    where
        T: Send + 'static,
        F: FnOnce(Arc<Inner<P>>) -> Fut,
        Fut: Future<Output = Result<T>> + Send + 'static,
    {
        let operation = operation(self.0.clone());
        let task = self.0.lifecycle.tasks.spawn(catch(operation));
        match task.await {
            Ok(Ok(Ok(answer))) => answer,
            Ok(Ok(Err(errors))) => refuse(errors),
            Ok(Err(panic)) => refuse(panic.into()),
            Err(error) => refuse(Diagnostic::bug(format!("An operation ended: {error}.")).into()),
        }
    }
}

impl<P: Provider> Inner<P> {
    fn resource(&self, name: &str) -> Result<&dyn AnyResource<P::Data>> {
        let found = self
            .registry
            .resources
            .iter()
            .find(|resource| resource.type_name() == name);
        found
            .map(Box::as_ref)
            .ok_or_else(|| unknown("resource", name))
    }

    fn data_source(&self, name: &str) -> Result<&dyn AnyDataSource<P::Data>> {
        let found = self
            .registry
            .data_sources
            .iter()
            .find(|source| source.type_name() == name);
        found
            .map(Box::as_ref)
            .ok_or_else(|| unknown("data source", name))
    }

    fn ephemeral(&self, name: &str) -> Result<&dyn AnyEphemeral<P::Data>> {
        let found = self
            .registry
            .ephemerals
            .iter()
            .find(|ephemeral| ephemeral.type_name() == name);
        found
            .map(Box::as_ref)
            .ok_or_else(|| unknown("ephemeral resource", name))
    }

    fn surroundings(&self) -> Result<Surroundings<P::Data>> {
        let configured = self
            .configured
            .read()
            .unwrap_or_else(PoisonError::into_inner);
        let data = configured.clone().ok_or_else(|| {
            Diagnostic::bug("Terraform asked for an operation before it configured the provider.")
        })?;
        Ok(Surroundings {
            data,
            stop: self.lifecycle.stop.clone(),
            looks: self.lifecycle.looks.clone(),
            applying: self.applying.load(Ordering::Relaxed),
        })
    }

    fn configure(&self, data: P::Data) {
        let mut configured = self
            .configured
            .write()
            .unwrap_or_else(PoisonError::into_inner);
        *configured = Some(Arc::new(data));
        self.applying.store(false, Ordering::Relaxed);
    }

    fn begin_to_apply(&self) {
        self.applying.store(true, Ordering::Relaxed);
    }

    fn config_schema() -> Schema {
        P::Config::schema()
    }
}

impl<P: Provider> std::fmt::Debug for Inner<P> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Server")
            .field("registry", &self.registry)
            .finish_non_exhaustive()
    }
}

fn unknown(kind: &str, name: &str) -> Diagnostics {
    Diagnostic::error(
        format!("Unknown {kind}"),
        format!("This provider has no {kind} of type \"{name}\"."),
    )
    .into()
}
