//! "Known after apply": what the provider sets is open as soon as anything changes.

use super::pairs::pairs;
use crate::schema::{Schema, Shape};
use crate::value::Value;

/// Makes every computed attribute unknown that the configuration doesn't set and that has no
/// default, at any depth. Called only when the plan differs from the prior state.
pub(crate) fn mark_unknown(schema: &Schema, config: &Value, plan: &mut Value) {
    let Value::Map(planned) = plan else { return };
    for attribute in &schema.attributes {
        let configured = config.get(&attribute.name);
        let Some(value) = planned.get_mut(&attribute.name) else {
            continue;
        };
        if configured.is_null() && attribute.mode.is_computed() {
            match (&attribute.default, &attribute.shape) {
                (None, _) => *value = Value::Unknown,
                // An object that stands there by default is as if it were configured so.
                (Some(default), Shape::Nested(nesting, schema)) => {
                    for (object, default) in pairs(schema, *nesting, value, default) {
                        mark_unknown(schema, default, object);
                    }
                }
                (Some(_), Shape::Plain(_)) => {}
            }
        } else if let Shape::Nested(nesting, schema) = &attribute.shape {
            for (object, config) in pairs(schema, *nesting, value, configured) {
                mark_unknown(schema, config, object);
            }
        }
    }
    for block in &schema.blocks {
        let Some(value) = planned.get_mut(&block.name) else {
            continue;
        };
        for (object, config) in pairs(&block.schema, block.nesting, value, config.get(&block.name))
        {
            mark_unknown(&block.schema, config, object);
        }
    }
}
