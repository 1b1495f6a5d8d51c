//! Resources: the interface for their authors.

use std::future::Future;
use std::marker::PhantomData;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use crate::block::BlockId;
use crate::context::{Cx, lock};
use crate::diagnostic::{Diagnostic, Diagnostics, Result};
use crate::model::Model;
use crate::path::Path;
use crate::value::Value;

/// A kind of object that Terraform manages.
///
/// What Terraform calls, in its order: [`validate`](Self::validate) on every run;
/// [`read`](Self::read) to refresh; [`plan`](Self::plan) and [`preflight`](Self::preflight); then
/// [`create`](Self::create), [`update`](Self::update) or [`delete`](Self::delete).
///
/// Handlers run in parallel, each in a task of its own. A panic becomes a diagnostic. An error of a
/// handler keeps what exists: what was [saved](Saved::save), else the state from before.
pub trait Resource: Send + Sync + 'static {
    /// What the provider hands to its resources once it is configured.
    type Data: Send + Sync + 'static;
    /// The attributes.
    type Model: Model;

    /// The full type name, as users type it: `kubeha_network`.
    fn type_name(&self) -> &'static str;

    /// The time each operation may take, and with that the attributes of the `timeouts` block. The
    /// framework adds the block to the schema and keeps it in state; the model has no such field.
    /// Nothing is cut off when the time is over: what waits compares with [`Cx::deadline`].
    fn timeouts(&self) -> Timeouts {
        Timeouts::default()
    }

    /// Finds mistakes in a configuration that the attributes' own checks can't see. Runs without
    /// credentials; unknown values must pass, and so must values invented by `mock_provider`:
    /// the shape of what comes from other resources is for [`plan`](Self::plan).
    fn validate(&self, config: &Self::Model, out: &mut Diagnostics) {
        let _ = (config, out);
    }

    /// Decides what the plan says beyond the attributes' own behaviour. Pure: the same arguments
    /// give the same plan. May set what the configuration doesn't, and ask for replacement.
    ///
    /// # Errors
    /// What is wrong with the plan, all of it.
    fn plan(&self, data: &Self::Data, change: &mut PlannedChange<Self::Model>) -> Result<()> {
        let _ = (data, change);
        Ok(())
    }

    /// Decides whether an object may be destroyed. Pure.
    ///
    /// # Errors
    /// Why it may not.
    fn plan_destroy(&self, data: &Self::Data, state: &Self::Model) -> Result<()> {
        let _ = (data, state);
        Ok(())
    }

    /// Looks at the world to find out at plan what would fail at apply. Changes nothing.
    ///
    /// An object of a name that exists already is no mistake while this one is being replaced: see
    /// [`PlannedChange::prior`].
    ///
    /// # Errors
    /// What would fail.
    fn preflight(
        &self,
        cx: &Cx<Self::Data>,
        change: &PlannedChange<Self::Model>,
    ) -> impl Future<Output = Result<()>> + Send {
        let _ = (cx, change);
        async { Ok(()) }
    }

    /// Makes the object. Call `saved.save` as soon as anything exists, with whatever is known, and
    /// again whenever more is: if anything fails from then on, Terraform still knows of it.
    ///
    /// # Errors
    /// Why it can't be made, or be finished.
    fn create(
        &self,
        cx: &Cx<Self::Data>,
        planned: Planned<Self::Model>,
        saved: &Saved<Self::Model>,
    ) -> impl Future<Output = Result<Self::Model>> + Send;

    /// Reads the object as it is; `None` when it is gone.
    ///
    /// # Errors
    /// Why it can't be read. Not being there is no error.
    fn read(
        &self,
        cx: &Cx<Self::Data>,
        state: Self::Model,
    ) -> impl Future<Output = Result<Option<Self::Model>>> + Send;

    /// Changes the object in place. What is [saved](Saved::save) is the state if a later step
    /// fails; without it, the prior state is.
    ///
    /// # Errors
    /// Why it can't be changed.
    fn update(
        &self,
        cx: &Cx<Self::Data>,
        prior: Self::Model,
        planned: Planned<Self::Model>,
        saved: &Saved<Self::Model>,
    ) -> impl Future<Output = Result<Self::Model>> + Send {
        let _ = (cx, prior, planned, saved);
        async {
            let what = "An update was planned for a resource that has none: an attribute lacks \
                        requires_replace.";
            Err(Diagnostic::bug(what).into())
        }
    }

    /// Removes the object. What is already gone is no error. What is [saved](Saved::save) is the
    /// state if a later step fails.
    ///
    /// # Errors
    /// Why it can't be removed; it then stays in the state.
    fn delete(
        &self,
        cx: &Cx<Self::Data>,
        state: Self::Model,
        saved: &Saved<Self::Model>,
    ) -> impl Future<Output = Result<()>> + Send;

    /// Finds an existing object by the id a user gives, which is held to no attribute's checks.
    /// Terraform [reads](Self::read) it next, so
    /// the attributes that lead `read` to it are enough.
    ///
    /// # Errors
    /// The id isn't of the documented form, or there is no such object.
    fn import(
        &self,
        cx: &Cx<Self::Data>,
        id: &str,
    ) -> impl Future<Output = Result<Self::Model>> + Send {
        let _ = (cx, id);
        async {
            Err(Diagnostic::error(
                "Import not supported",
                format!("A {} can't be imported.", self.type_name()),
            )
            .into())
        }
    }

    /// The steps from each older schema version to the next.
    fn upgrades(&self) -> Vec<Upgrade> {
        Vec::new()
    }

    /// Takes over the state of another resource type, for `moved` blocks. `None` when this
    /// resource doesn't know the source.
    fn move_from(&self, source: &MoveSource) -> Option<Result<Self::Model>> {
        let _ = source;
        None
    }
}

/// The planned object, and the configuration it comes from. Only the configuration holds
/// write-only values.
#[derive(Clone, Debug)]
pub struct Planned<M> {
    /// What the object is to be. Unknown is what the provider decides now.
    pub plan: M,
    /// What the user wrote.
    pub config: M,
}

/// A change being planned.
#[derive(Clone, Debug)]
pub struct PlannedChange<M> {
    /// What the user wrote.
    pub config: M,
    /// What the object is; `None` when there is none yet. Also `None` for the new half of a
    /// replacement (an attribute that requires it, `-replace`, taint), while the old object still
    /// exists.
    pub prior: Option<M>,
    /// What it is to be: the one part that a plan step may change.
    pub plan: M,
    pub(crate) block: BlockId,
    pub(crate) replace: Vec<Path>,
    pub(crate) warnings: Diagnostics,
}

impl<M> PlannedChange<M> {
    /// A change as [`Resource::plan`] gets it, for unit tests of plan steps. The planned object is
    /// what the attributes' own behaviour makes of the configuration.
    pub fn new(config: M, prior: Option<M>, plan: M) -> Self {
        Self {
            config,
            prior,
            plan,
            block: BlockId::new(),
            replace: Vec::new(),
            warnings: Diagnostics::new(),
        }
    }

    /// Which block of the configuration is planned: the same in both plans of a replacement, that
    /// of the existing object and that of the new one.
    pub fn block(&self) -> BlockId {
        self.block
    }

    /// Asks for a new object in the old one's place, because of this attribute. Without effect
    /// while the object is being created.
    pub fn require_replace(&mut self, path: impl Into<Path>) {
        let path = path.into();
        if self.prior.is_some() && !self.replace.contains(&path) {
            self.replace.push(path);
        }
    }

    /// The attributes that ask for a new object so far.
    pub fn replacements(&self) -> &[Path] {
        &self.replace
    }

    /// What the user is told so far.
    pub fn warnings(&self) -> &Diagnostics {
        &self.warnings
    }

    /// Tells the user something about the plan.
    pub fn warn(&mut self, warning: Diagnostic) {
        self.warnings.push(warning);
    }
}

/// Where a handler puts the state of an object that exists but isn't finished.
#[derive(Debug)]
pub struct Saved<M> {
    value: Arc<Mutex<Option<Value>>>,
    model: PhantomData<fn(M)>,
}

impl<M: Model> Saved<M> {
    pub(crate) fn new() -> Self {
        Self {
            value: Arc::default(),
            model: PhantomData,
        }
    }

    /// Records the state as of now. The last one counts. Should the operation fail, panic or be
    /// cancelled, this is what Terraform keeps, with null for what is still unknown.
    pub fn save(&self, state: &M) {
        *lock(&self.value) = Some(state.clone().into_value());
    }

    pub(crate) fn take(&self) -> Option<Value> {
        lock(&self.value).take()
    }

    pub(crate) fn another(&self) -> Self {
        Self {
            value: self.value.clone(),
            model: PhantomData,
        }
    }
}

/// The default time for each operation. `None` means that users can't set it; the operation then
/// has [`DEFAULT_TIMEOUT`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Timeouts {
    /// For [`Resource::create`].
    pub create: Option<Duration>,
    /// For [`Resource::read`].
    pub read: Option<Duration>,
    /// For [`Resource::update`].
    pub update: Option<Duration>,
    /// For [`Resource::delete`].
    pub delete: Option<Duration>,
}

/// 20 minutes: what HashiCorp's plugin framework gives an operation without a timeout of its own.
pub const DEFAULT_TIMEOUT: Duration = Duration::from_secs(20 * 60);

/// A step from one schema version to the next.
#[derive(Clone, Copy, Debug)]
pub struct Upgrade {
    /// The version it starts from; it leads to the one after.
    pub from: u64,
    /// Rewrites the stored JSON.
    pub run: fn(serde_json::Value) -> Result<serde_json::Value>,
}

/// The object that a `moved` block brings.
#[derive(Clone, Debug)]
pub struct MoveSource {
    /// Such as `registry.terraform.io/hashicorp/aws`.
    pub provider_address: String,
    /// The type it had.
    pub type_name: String,
    /// The version of that type's schema.
    pub schema_version: u64,
    /// The state it had.
    pub state: serde_json::Value,
}
