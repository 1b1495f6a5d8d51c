//! Resources for the protocol: plan order, partial state, upgrades.

use std::sync::OnceLock;

use serde_json::Value as Json;

use super::timeouts::{self, Operation};
use super::{
    Answer, BoxFuture, Surroundings, failure, look, model, refuse_unknowns, validate_model,
};
use crate::block::BlockId;
use crate::context::{Cx, Private};
use crate::diagnostic::{Diagnostic, Diagnostics, Result};
use crate::model::Model;
use crate::panic::{catch, catch_now};
use crate::path::Path;
use crate::plan::{apply_defaults, forget_write_only, mark_unknown, run_modifiers};
use crate::resource::{
    DEFAULT_TIMEOUT, MoveSource, Planned, PlannedChange, Resource, Saved, Timeouts,
};
use crate::schema::Schema;
use crate::value::Value;

/// A resource of a provider, whatever its model.
pub(crate) trait AnyResource<D>: Send + Sync {
    fn type_name(&self) -> &'static str;
    fn schema(&self) -> &Schema;
    fn validate(&self, config: Value, write_only_allowed: bool) -> Diagnostics;
    fn upgrade(&self, version: u64, state: Json) -> Result<Value>;
    fn move_from(&self, source: &MoveSource) -> Option<Result<Value>>;
    fn read(&self, around: Surroundings<D>, stored: Stored) -> BoxFuture<'_, Answer>;
    fn plan(&self, around: Surroundings<D>, request: Plan) -> BoxFuture<'_, PlanAnswer>;
    fn apply(&self, around: Surroundings<D>, request: Apply) -> BoxFuture<'_, Applied>;
    fn import(&self, around: Surroundings<D>, id: String) -> BoxFuture<'_, Answer>;
}

/// What Terraform remembers of an object.
pub(crate) struct Stored {
    pub(crate) state: Value,
    pub(crate) private: Vec<u8>,
}

/// A change to be planned.
pub(crate) struct Plan {
    pub(crate) prior: Value,
    pub(crate) proposed: Value,
    pub(crate) config: Value,
    pub(crate) private: Vec<u8>,
}

/// A planned change.
pub(crate) struct PlanAnswer {
    pub(crate) answer: Answer,
    pub(crate) replace: Vec<Path>,
}

/// A planned change to be made.
pub(crate) struct Apply {
    pub(crate) prior: Value,
    pub(crate) planned: Value,
    pub(crate) config: Value,
    pub(crate) private: Vec<u8>,
}

/// The object after a change, or after a change that failed half-way.
pub(crate) type Applied = Answer;

pub(crate) struct ResourceAdapter<R> {
    resource: R,
    timeouts: Timeouts,
    schema: OnceLock<Schema>,
}

impl<R: Resource> ResourceAdapter<R> {
    pub(crate) fn new(resource: R) -> Self {
        let timeouts = resource.timeouts();
        Self {
            resource,
            timeouts,
            schema: OnceLock::new(),
        }
    }

    fn cx(
        &self,
        around: Surroundings<R::Data>,
        operation: Operation,
        timeouts: &Value,
        private: &[u8],
    ) -> Cx<R::Data> {
        let timeout = timeouts::timeout(operation, &self.timeouts, timeouts);
        let mut private = Private::from_bytes(private);
        // That of the plan, which ends here.
        BlockId::take(&mut private);
        Cx::new(around, timeout, private)
    }

    /// A model's value as state: with its timeouts, without write-only values and unknowns.
    fn state(&self, model: R::Model, timeouts: &Value, diagnostics: &mut Diagnostics) -> Value {
        let mut value = model.into_value();
        timeouts::join(self.schema(), &mut value, timeouts);
        empty_blocks(self.schema(), &mut value);
        forget_write_only(self.schema(), &mut value);
        refuse_unknowns(&mut value, diagnostics);
        value
    }

    /// The attributes' part of a plan: defaults, unknowns, modifiers.
    fn plan_attributes(&self, request: &mut Plan) -> Vec<Path> {
        let schema = self.schema();
        let Plan {
            prior,
            proposed,
            config,
            ..
        } = request;
        apply_defaults(schema, config, prior, proposed);
        forget_write_only(schema, proposed);
        // Timeouts are the framework's: changing them leaves the object as it is.
        let (prior_timeouts, timeouts) = (timeouts::split(prior), timeouts::split(proposed));
        if prior != proposed {
            mark_unknown(schema, config, proposed);
        }
        let existing = (!prior.is_null()).then_some(&*prior);
        let replace = run_modifiers(schema, config, existing, proposed);
        timeouts::join(schema, prior, &prior_timeouts);
        timeouts::join(schema, proposed, &timeouts);
        replace
    }

    async fn plan_change(
        &self,
        around: Surroundings<R::Data>,
        mut request: Plan,
        block: BlockId,
    ) -> (Value, Vec<Path>, Diagnostics) {
        let replace = self.plan_attributes(&mut request);
        let Plan {
            mut prior,
            mut proposed,
            mut config,
            private,
        } = request;
        timeouts::split(&mut prior);
        timeouts::split(&mut config);
        let timeouts = timeouts::split(&mut proposed);
        let cx = self.cx(around, Operation::Read, &timeouts, &private);

        let mut diagnostics = Diagnostics::new();
        let change = typed_change::<R>(prior.clone(), proposed.clone(), config, replace, block)
            .and_then(|mut change| {
                let planned = catch_now(|| self.resource.plan(cx.data(), &mut change))
                    .unwrap_or_else(|panic| Err(panic.into()));
                diagnostics.extend(std::mem::take(&mut change.warnings));
                planned.map(|()| change)
            });
        let change = match change {
            Ok(change) => change,
            Err(errors) => {
                diagnostics.extend(failure(errors));
                timeouts::join(self.schema(), &mut proposed, &timeouts);
                return (proposed, Vec::new(), diagnostics);
            }
        };

        let mut plan = change.plan.clone().into_value();
        empty_blocks(self.schema(), &mut plan);
        forget_write_only(self.schema(), &mut plan);
        // An unchanged object costs no look at the world. A replaced one is planned once more as a
        // new one, and looked at then.
        if plan != prior && change.replace.is_empty() {
            let preflight = self.resource.preflight(&cx, &change);
            match catch(look(&cx, preflight)).await {
                Ok(Ok(())) => {}
                Ok(Err(errors)) => diagnostics.extend(failure(errors)),
                Err(panic) => diagnostics.push(panic),
            }
        }
        diagnostics.extend(cx.take_warnings());
        timeouts::join(self.schema(), &mut plan, &timeouts);
        (plan, change.replace, diagnostics)
    }

    async fn create(&self, around: Surroundings<R::Data>, request: Apply) -> Applied {
        let Apply {
            mut planned,
            mut config,
            private,
            ..
        } = request;
        timeouts::split(&mut config);
        let timeouts = timeouts::split(&mut planned);
        let cx = self.cx(around, Operation::Create, &timeouts, &private);
        let saved = Saved::new();
        let shared = saved.another();
        let result = catch(async {
            let planned = Planned {
                plan: model(planned)?,
                config: model(config)?,
            };
            self.resource.create(&cx, planned, &shared).await
        })
        .await;
        let mut applied = self.finish(result, &cx, &saved, &timeouts, Value::Null);
        if applied.diagnostics.has_errors() && !applied.value.is_null() {
            applied
                .diagnostics
                .push(unfinished(self.resource.type_name()));
        }
        applied
    }

    async fn update(&self, around: Surroundings<R::Data>, request: Apply) -> Applied {
        let Apply {
            mut prior,
            mut planned,
            mut config,
            private,
        } = request;
        let whole_prior = prior.clone();
        timeouts::split(&mut prior);
        timeouts::split(&mut config);
        let timeouts = timeouts::split(&mut planned);
        let cx = self.cx(around, Operation::Update, &timeouts, &private);
        let saved = Saved::new();
        let shared = saved.another();
        let result = catch(async {
            if prior == planned {
                return model(planned);
            }
            let prior = model(prior)?;
            let planned = Planned {
                plan: model(planned)?,
                config: model(config)?,
            };
            self.resource.update(&cx, prior, planned, &shared).await
        })
        .await;
        self.finish(result, &cx, &saved, &timeouts, whole_prior)
    }

    async fn delete(&self, around: Surroundings<R::Data>, request: Apply) -> Applied {
        let mut prior = request.prior;
        let whole_prior = prior.clone();
        let timeouts = timeouts::split(&mut prior);
        let cx = self.cx(around, Operation::Delete, &timeouts, &request.private);
        let saved = Saved::new();
        let shared = saved.another();
        let result = catch(async { self.resource.delete(&cx, model(prior)?, &shared).await }).await;
        match result {
            Ok(Ok(())) => {
                let diagnostics = cx.take_warnings();
                Answer {
                    value: Value::Null,
                    private: Vec::new(),
                    diagnostics,
                }
            }
            Ok(Err(errors)) => self.finish(Ok(Err(errors)), &cx, &saved, &timeouts, whole_prior),
            Err(panic) => self.finish(Err(panic), &cx, &saved, &timeouts, whole_prior),
        }
    }

    /// The state after a change. After an error: what was saved, else what was before. Never
    /// nothing where something may exist.
    fn finish(
        &self,
        result: Result<Result<R::Model>, Diagnostic>,
        cx: &Cx<R::Data>,
        saved: &Saved<R::Model>,
        timeouts: &Value,
        before: Value,
    ) -> Applied {
        let mut diagnostics = cx.take_warnings();
        let errors = match result {
            Ok(Ok(model)) => {
                let value = self.state(model, timeouts, &mut diagnostics);
                return Answer {
                    value,
                    private: cx.private_bytes(),
                    diagnostics,
                };
            }
            Ok(Err(errors)) => errors,
            Err(panic) => panic.into(),
        };
        diagnostics.extend(failure(errors));
        let value = saved.take().map_or(before, |mut value| {
            timeouts::join(self.schema(), &mut value, timeouts);
            empty_blocks(self.schema(), &mut value);
            forget_write_only(self.schema(), &mut value);
            value.forget_unknowns();
            value
        });
        Answer {
            value,
            private: cx.private_bytes(),
            diagnostics,
        }
    }
}

impl<R: Resource> AnyResource<R::Data> for ResourceAdapter<R> {
    fn type_name(&self) -> &'static str {
        self.resource.type_name()
    }

    fn schema(&self) -> &Schema {
        self.schema.get_or_init(|| {
            let mut schema = R::Model::schema();
            timeouts::add_block(&mut schema, &self.timeouts);
            schema
        })
    }

    fn validate(&self, config: Value, write_only_allowed: bool) -> Diagnostics {
        let mut typed = config.clone();
        timeouts::split(&mut typed);
        validate_model(
            self.schema(),
            &config,
            typed,
            write_only_allowed,
            |config, out| {
                self.resource.validate(config, out);
            },
        )
    }

    fn upgrade(&self, version: u64, state: Json) -> Result<Value> {
        let ours = self.schema().version;
        if version > ours {
            return Err(Diagnostic::error(
                "State from a newer provider",
                format!(
                    "This {} was last written by a newer version of the provider (its schema is \
                     at {version}, this provider's at {ours}). Use that version or a later one.",
                    self.type_name()
                ),
            )
            .into());
        }
        let steps = self.resource.upgrades();
        let state = (version..ours).try_fold(state, |state, from| {
            let step = steps.iter().find(|step| step.from == from).ok_or_else(|| {
                Diagnostic::bug(format!(
                    "The state of this {} is at version {from} of its schema, and the provider \
                     has no way from there to version {}.",
                    self.type_name(),
                    from + 1
                ))
            })?;
            catch_now(|| (step.run)(state)).unwrap_or_else(|panic| Err(panic.into()))
        })?;
        let mut value = Value::from_json(&state, &self.schema().ty()).map_err(|error| {
            Diagnostic::error(
                "State can't be read",
                format!(
                    "The stored state of this {} doesn't fit its schema at version {ours}: \
                     {error}. Was the state file edited by hand, or written by another build of \
                     the provider?",
                    self.type_name()
                ),
            )
        })?;
        empty_blocks(self.schema(), &mut value);
        Ok(value)
    }

    fn move_from(&self, source: &MoveSource) -> Option<Result<Value>> {
        let moved = match catch_now(|| self.resource.move_from(source)) {
            Ok(moved) => moved?,
            Err(panic) => Err(panic.into()),
        };
        Some(moved.and_then(|model| {
            let mut diagnostics = Diagnostics::new();
            let value = self.state(model, &Value::Null, &mut diagnostics);
            diagnostics.into_result().map(|_| value)
        }))
    }

    fn read(&self, around: Surroundings<R::Data>, stored: Stored) -> BoxFuture<'_, Answer> {
        Box::pin(async move {
            let before = stored.state.clone();
            let mut state = stored.state;
            let timeouts = timeouts::split(&mut state);
            let cx = self.cx(around, Operation::Read, &timeouts, &stored.private);
            let read = async { self.resource.read(&cx, model(state)?).await };
            let result = catch(look(&cx, read)).await;
            let mut diagnostics = cx.take_warnings();
            let value = match result {
                Ok(Ok(Some(model))) => self.state(model, &timeouts, &mut diagnostics),
                Ok(Ok(None)) => Value::Null,
                Ok(Err(errors)) => {
                    diagnostics.extend(failure(errors));
                    before
                }
                Err(panic) => {
                    diagnostics.push(panic);
                    before
                }
            };
            Answer {
                value,
                private: cx.private_bytes(),
                diagnostics,
            }
        })
    }

    fn plan(&self, around: Surroundings<R::Data>, request: Plan) -> BoxFuture<'_, PlanAnswer> {
        Box::pin(async move {
            let mut private = Private::from_bytes(&request.private);
            let first = BlockId::take(&mut private);
            let (value, replace, diagnostics) = if request.proposed.is_null() {
                let mut prior = request.prior;
                timeouts::split(&mut prior);
                let allowed = model(prior).and_then(|state| {
                    catch_now(|| self.resource.plan_destroy(&around.data, &state))
                        .unwrap_or_else(|panic| Err(panic.into()))
                });
                let refused = allowed.err().map(failure).unwrap_or_default();
                (Value::Null, Vec::new(), refused)
            } else {
                let is_new = request.prior.is_null();
                // What exists is planned first: a note beside it is of an earlier run.
                let block = first.filter(|_| is_new).unwrap_or_else(BlockId::new);
                if !is_new {
                    block.note(&mut private);
                }
                self.plan_change(around, request, block).await
            };
            PlanAnswer {
                answer: Answer {
                    value,
                    private: private.to_bytes(),
                    diagnostics,
                },
                replace,
            }
        })
    }

    fn apply(&self, around: Surroundings<R::Data>, request: Apply) -> BoxFuture<'_, Applied> {
        Box::pin(async move {
            match (request.prior.is_null(), request.planned.is_null()) {
                (true, _) => self.create(around, request).await,
                (false, true) => self.delete(around, request).await,
                (false, false) => self.update(around, request).await,
            }
        })
    }

    fn import(&self, around: Surroundings<R::Data>, id: String) -> BoxFuture<'_, Answer> {
        Box::pin(async move {
            let cx = Cx::new(around, DEFAULT_TIMEOUT, Private::default());
            let import = self.resource.import(&cx, &id);
            let result = catch(look(&cx, import)).await;
            let mut diagnostics = cx.take_warnings();
            let value = match result {
                // What the id doesn't tell is read next, so what is open is no mistake.
                Ok(Ok(model)) => self.state(model, &Value::Null, &mut Diagnostics::new()),
                Ok(Err(errors)) => {
                    diagnostics.extend(failure(errors));
                    Value::Null
                }
                Err(panic) => {
                    diagnostics.push(panic);
                    Value::Null
                }
            };
            Answer {
                value,
                private: cx.private_bytes(),
                diagnostics,
            }
        })
    }
}

/// Puts empty collections in the place of null ones of blocks: blocks that don't stand are none,
/// and Terraform knows no null there.
fn empty_blocks(schema: &Schema, value: &mut Value) {
    let Value::Map(entries) = value else { return };
    for block in &schema.blocks {
        let Some(value) = entries.get_mut(&block.name) else {
            continue;
        };
        match (value, block.nesting) {
            (value @ Value::Null, nesting) => *value = nesting.none(),
            (Value::List(elements), _) => {
                for element in elements {
                    empty_blocks(&block.schema, element);
                }
            }
            (Value::Set(set), _) => {
                for element in set.iter_mut() {
                    empty_blocks(&block.schema, element);
                }
            }
            (value, _) => empty_blocks(&block.schema, value),
        }
    }
}

fn typed_change<R: Resource>(
    prior: Value,
    proposed: Value,
    config: Value,
    replace: Vec<Path>,
    block: BlockId,
) -> Result<PlannedChange<R::Model>> {
    let prior = if prior.is_null() {
        None
    } else {
        Some(model(prior)?)
    };
    Ok(PlannedChange {
        config: model(config)?,
        prior,
        plan: model(proposed)?,
        block,
        replace,
        warnings: Diagnostics::new(),
    })
}

fn unfinished(type_name: &str) -> Diagnostic {
    Diagnostic::warning(
        "Creation was not finished",
        format!(
            "Part of this {type_name} exists. Terraform keeps it in the state, marked as tainted: \
             the next apply destroys it and makes a new one. To finish it instead, run \
             \"terraform untaint\" with its address once the cause is mended, then apply again."
        ),
    )
}
