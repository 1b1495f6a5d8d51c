//! Plan modifiers: what an attribute's change means.

use std::fmt;
use std::sync::Arc;

use super::pairs::{counterpart, pairs, steps};
use crate::path::Path;
use crate::schema::{Nesting, Schema, Shape};
use crate::value::Value;

/// A rule for an attribute's planned value.
#[derive(Clone)]
pub struct Modifier {
    description: Arc<str>,
    run: Arc<Run>,
}

type Run = dyn Fn(&mut Change<'_>) + Send + Sync;

/// One attribute in a plan.
#[derive(Debug)]
pub struct Change<'a> {
    /// What the configuration says.
    pub config: &'a Value,
    /// What the attribute was. `None` while the resource is being created.
    pub prior: Option<&'a Value>,
    /// What it is planned to be.
    pub plan: &'a mut Value,
    /// Whether the change needs a new resource in the old one's place.
    pub requires_replace: bool,
}

impl Modifier {
    /// A rule of one's own; the description is for the docs.
    pub fn new(
        description: impl Into<String>,
        run: impl Fn(&mut Change<'_>) + Send + Sync + 'static,
    ) -> Self {
        Self {
            description: description.into().into(),
            run: Arc::new(run),
        }
    }

    /// What it does, in a sentence for the docs; empty where docs needn't speak of it.
    pub fn description(&self) -> &str {
        &self.description
    }
}

impl fmt::Debug for Modifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Modifier").field(&self.description).finish()
    }
}

/// A changed value needs a new resource.
pub fn requires_replace() -> Modifier {
    requires_replace_if("Changing this forces replacement.", |_, _| true)
}

/// A changed value needs a new resource when the test says so, given the old value and the planned
/// one, which may be unknown.
pub fn requires_replace_if(
    description: impl Into<String>,
    test: impl Fn(&Value, &Value) -> bool + Send + Sync + 'static,
) -> Modifier {
    Modifier::new(description, move |change| {
        if let Some(prior) = change.prior
            && prior != change.plan
            && test(prior, change.plan)
        {
            change.requires_replace = true;
        }
    })
}

/// A changed value needs a new resource, but only if the configuration sets it: values that the
/// provider chooses may change as they like.
pub fn requires_replace_if_configured() -> Modifier {
    Modifier::new(
        "Changing a configured value forces replacement.",
        |change| {
            if let Some(prior) = change.prior
                && prior != change.plan
                && !change.config.is_null()
            {
                change.requires_replace = true;
            }
        },
    )
}

/// The value stays what it was, whatever else changes: for ids and everything else that never
/// changes during a resource's life.
pub fn use_state_for_unknown() -> Modifier {
    Modifier::new("", |change| {
        if let Some(prior) = change.prior
            && change.plan.is_unknown()
            && change.config.is_null()
            && !prior.is_null()
        {
            *change.plan = prior.clone();
        }
    })
}

/// Runs the modifiers of every attribute, outer ones first, and returns the paths whose change
/// needs a new resource. `prior` is `None` while the resource is being created.
pub(crate) fn run_modifiers(
    schema: &Schema,
    config: &Value,
    prior: Option<&Value>,
    plan: &mut Value,
) -> Vec<Path> {
    let mut replace = Vec::new();
    run(schema, config, prior, plan, &Path::root(), &mut replace);
    replace
}

fn run(
    schema: &Schema,
    config: &Value,
    prior: Option<&Value>,
    plan: &mut Value,
    path: &Path,
    replace: &mut Vec<Path>,
) {
    let Value::Map(planned) = plan else { return };
    for attribute in &schema.attributes {
        let name = &attribute.name;
        let Some(value) = planned.get_mut(name) else {
            continue;
        };
        let path = path.clone().and(name.as_str());
        let (config, prior) = (config.get(name), prior.map(|prior| prior.get(name)));
        for modifier in &attribute.modifiers {
            let mut change = Change {
                config,
                prior,
                plan: &mut *value,
                requires_replace: false,
            };
            (modifier.run)(&mut change);
            if change.requires_replace && !replace.contains(&path) {
                replace.push(path.clone());
            }
        }
        if let Shape::Nested(nesting, schema) = &attribute.shape {
            run_nested(schema, *nesting, config, prior, value, &path, replace);
        }
    }
    for block in &schema.blocks {
        let name = &block.name;
        let Some(value) = planned.get_mut(name) else {
            continue;
        };
        let path = path.clone().and(name.as_str());
        let (config, prior) = (config.get(name), prior.map(|prior| prior.get(name)));
        run_nested(
            &block.schema,
            block.nesting,
            config,
            prior,
            value,
            &path,
            replace,
        );
    }
}

fn run_nested(
    schema: &Schema,
    nesting: Nesting,
    config: &Value,
    prior: Option<&Value>,
    plan: &mut Value,
    path: &Path,
    replace: &mut Vec<Path>,
) {
    // Elements of sets have no prior value, and schemas that give them modifiers are refused.
    if nesting == Nesting::Set {
        return;
    }
    let steps = steps(nesting, plan);
    for ((object, config), step) in pairs(schema, nesting, plan, config).into_iter().zip(steps) {
        let prior = prior.map(|prior| counterpart(prior, step.as_ref()));
        let path = step.into_iter().fold(path.clone(), Path::step);
        run(schema, config, prior, object, &path, replace);
    }
}
