//! Which object of a configuration or prior state belongs to which object of a plan.

use crate::path::Step;
use crate::schema::{Nesting, Schema, Shape};
use crate::value::Value;

/// The objects of a planned nested value, each with its counterpart in another value: by place in
/// a list, by key in a map. An element of a set has no name, so its counterpart is an object that it
/// could have come from: one whose configured attributes it has all.
pub(super) fn pairs<'p, 'o>(
    schema: &Schema,
    nesting: Nesting,
    plan: &'p mut Value,
    other: &'o Value,
) -> Vec<(&'p mut Value, &'o Value)> {
    const NULL: &Value = &Value::Null;
    match (nesting, plan) {
        (Nesting::Single, plan @ Value::Map(_)) => vec![(plan, other)],
        (Nesting::List, Value::List(elements)) => {
            let others = if let Value::List(others) = other {
                others.as_slice()
            } else {
                &[]
            };
            elements
                .iter_mut()
                .enumerate()
                .map(|(index, element)| (element, others.get(index).unwrap_or(NULL)))
                .collect()
        }
        (Nesting::Map, Value::Map(entries)) => entries
            .iter_mut()
            .map(|(key, element)| (element, other.get(key)))
            .collect(),
        (Nesting::Set, Value::Set(set)) => {
            let others: Vec<&Value> = if let Value::Set(others) = other {
                others.iter().collect()
            } else {
                Vec::new()
            };
            let could_be: Vec<Vec<usize>> = set
                .iter()
                .map(|element| {
                    let fits = |(at, other): (usize, &&Value)| {
                        came_from(schema, element, other).then_some(at)
                    };
                    others.iter().enumerate().filter_map(fits).collect()
                })
                .collect();
            set.iter_mut()
                .zip(assign(&could_be, others.len()))
                .map(|(element, at)| {
                    let other = at.and_then(|at| others.get(at).copied());
                    (element, other.unwrap_or(NULL))
                })
                .collect()
        }
        _ => Vec::new(),
    }
}

/// Gives as many claimants as possible one of the things that each could have, no thing twice.
///
/// First come, first served isn't enough: an object that sets little fits several elements, and
/// must leave those that set more to the elements that fit nothing else.
fn assign(could_have: &[Vec<usize>], things: usize) -> Vec<Option<usize>> {
    let mut holder = vec![None; things];
    for claimant in 0..could_have.len() {
        claim(claimant, could_have, &mut holder, &mut vec![false; things]);
    }
    let mut given = vec![None; could_have.len()];
    for (thing, claimant) in holder.into_iter().enumerate() {
        if let Some(slot) = claimant.and_then(|claimant: usize| given.get_mut(claimant)) {
            *slot = Some(thing);
        }
    }
    given
}

/// Finds a thing for a claimant, moving holders on to others of theirs where that frees one.
fn claim(
    claimant: usize,
    could_have: &[Vec<usize>],
    holder: &mut [Option<usize>],
    tried: &mut [bool],
) -> bool {
    let wanted = could_have.get(claimant).map_or(&[][..], Vec::as_slice);
    for &thing in wanted {
        match tried.get_mut(thing) {
            Some(tried) if !*tried => *tried = true,
            _ => continue,
        }
        let free = match holder.get(thing).copied().flatten() {
            None => true,
            Some(other) => claim(other, could_have, holder, tried),
        };
        if free && let Some(slot) = holder.get_mut(thing) {
            *slot = Some(claimant);
            return true;
        }
    }
    false
}

/// Where the objects of a nested value stand, in the order of [`pairs`].
pub(super) fn steps(nesting: Nesting, value: &Value) -> Vec<Option<Step>> {
    let objects = nesting.objects(value);
    objects.into_iter().map(|(step, _)| step).collect()
}

/// What stands at the same place in another value. Elements of sets have no place.
pub(super) fn counterpart<'v>(value: &'v Value, step: Option<&Step>) -> &'v Value {
    const NULL: &Value = &Value::Null;
    match (step, value) {
        (None, value) => value,
        (Some(Step::Index(index)), Value::List(elements)) => elements.get(*index).unwrap_or(NULL),
        (Some(Step::Key(key)), value) => value.get(key),
        _ => NULL,
    }
}

/// Whether a planned object has all that a configured object sets.
pub(super) fn came_from(schema: &Schema, planned: &Value, config: &Value) -> bool {
    let attributes = schema.attributes.iter().all(|attribute| {
        let (planned, config) = (planned.get(&attribute.name), config.get(&attribute.name));
        match &attribute.shape {
            // What only the configuration holds is null in every plan.
            _ if attribute.write_only || config.is_null() => true,
            Shape::Plain(_) => planned == config,
            Shape::Nested(nesting, schema) => all_came_from(schema, *nesting, planned, config),
        }
    });
    attributes
        && schema.blocks.iter().all(|block| {
            let (planned, config) = (planned.get(&block.name), config.get(&block.name));
            config.is_null() || all_came_from(&block.schema, block.nesting, planned, config)
        })
}

fn all_came_from(schema: &Schema, nesting: Nesting, planned: &Value, config: &Value) -> bool {
    let (planned_objects, config_objects) = (nesting.objects(planned), nesting.objects(config));
    if planned_objects.is_empty() && config_objects.is_empty() {
        return planned == config;
    }
    let could_be: Vec<Vec<usize>> = config_objects
        .iter()
        .map(|(step, config)| {
            let fits = |(at, (planned_step, planned)): (usize, &(Option<Step>, &Value))| {
                (planned_step == step && came_from(schema, planned, config)).then_some(at)
            };
            planned_objects
                .iter()
                .enumerate()
                .filter_map(fits)
                .collect()
        })
        .collect();
    planned_objects.len() == config_objects.len()
        && assign(&could_be, planned_objects.len())
            .iter()
            .all(Option::is_some)
}
