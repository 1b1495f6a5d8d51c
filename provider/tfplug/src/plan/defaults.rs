//! Defaults: what an attribute is when the configuration doesn't say.

use super::pairs::pairs;
use crate::schema::{Schema, Shape};
use crate::value::Value;

/// Puts the default of every attribute that is null in the configuration into the plan, at any
/// depth. Prior values give way: removing an attribute from a configuration brings its default
/// back.
pub(crate) fn apply_defaults(schema: &Schema, config: &Value, plan: &mut Value) {
    let (Value::Map(planned), Value::Map(_)) = (plan, config) else {
        return;
    };
    for attribute in &schema.attributes {
        let configured = config.get(&attribute.name);
        let Some(value) = planned.get_mut(&attribute.name) else {
            continue;
        };
        match (&attribute.default, &attribute.shape) {
            (Some(default), _) if configured.is_null() => {
                *value = default.clone();
                // The default of a nested object may itself leave attributes to their defaults.
                if let Shape::Nested(nesting, schema) = &attribute.shape {
                    for (object, default) in pairs(schema, *nesting, value, default) {
                        apply_defaults(schema, default, object);
                    }
                }
            }
            (_, Shape::Nested(nesting, schema)) => {
                for (object, config) in pairs(schema, *nesting, value, configured) {
                    apply_defaults(schema, config, object);
                }
            }
            _ => {}
        }
    }
    for block in &schema.blocks {
        let Some(value) = planned.get_mut(&block.name) else {
            continue;
        };
        for (object, config) in pairs(&block.schema, block.nesting, value, config.get(&block.name))
        {
            apply_defaults(&block.schema, config, object);
        }
    }
}
