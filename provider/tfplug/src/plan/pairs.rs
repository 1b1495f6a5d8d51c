//! Which object of a configuration or prior state belongs to which object of a plan.

use crate::schema::{Nesting, Schema, Shape};
use crate::value::Value;

/// The objects of a planned nested value, each with its counterpart in another value: by place in
/// a list, by key in a map. An element of a set has no name, so its counterpart is the first
/// unclaimed object that it could have come from: one whose configured attributes it has all.
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
            let mut unclaimed: Vec<&Value> = if let Value::Set(others) = other {
                others.iter().collect()
            } else {
                Vec::new()
            };
            set.iter_mut()
                .map(|element| {
                    let found = unclaimed
                        .iter()
                        .position(|config| came_from(schema, element, config));
                    (
                        element,
                        found.map_or(NULL, |position| unclaimed.swap_remove(position)),
                    )
                })
                .collect()
        }
        _ => Vec::new(),
    }
}

/// Whether a planned object has all that a configured object sets.
fn came_from(schema: &Schema, planned: &Value, config: &Value) -> bool {
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
    planned_objects.len() == config_objects.len()
        && config_objects.iter().all(|(step, config)| {
            planned_objects.iter().any(|(planned_step, planned)| {
                planned_step == step && came_from(schema, planned, config)
            })
        })
}
