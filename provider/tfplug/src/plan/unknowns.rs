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
            if attribute.default.is_none() {
                *value = Value::Unknown;
            } else if let Shape::Nested(nesting, schema) = &attribute.shape {
                for (object, _) in pairs(schema, *nesting, value, &Value::Null) {
                    mark_unset_unknown(schema, object);
                }
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

/// Inside an object that stands there by default: what the default leaves open is the provider's.
fn mark_unset_unknown(schema: &Schema, plan: &mut Value) {
    let Value::Map(planned) = plan else { return };
    for attribute in &schema.attributes {
        if let Some(value) = planned.get_mut(&attribute.name)
            && value.is_null()
            && attribute.mode.is_computed()
        {
            *value = Value::Unknown;
        }
    }
}
