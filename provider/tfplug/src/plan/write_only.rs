//! Write-only attributes: in the configuration, and nowhere else.

use super::pairs::pairs;
use crate::schema::{Schema, Shape};
use crate::value::Value;

/// Makes every write-only attribute null, at any depth: what plans and states must look like.
pub(crate) fn forget_write_only(schema: &Schema, value: &mut Value) {
    let Value::Map(entries) = value else { return };
    for attribute in &schema.attributes {
        let Some(value) = entries.get_mut(&attribute.name) else {
            continue;
        };
        if attribute.write_only {
            *value = Value::Null;
        } else if let Shape::Nested(nesting, schema) = &attribute.shape {
            for (object, _) in pairs(schema, *nesting, value, &Value::Null) {
                forget_write_only(schema, object);
            }
        }
    }
    for block in &schema.blocks {
        let Some(value) = entries.get_mut(&block.name) else {
            continue;
        };
        for (object, _) in pairs(&block.schema, block.nesting, value, &Value::Null) {
            forget_write_only(&block.schema, object);
        }
    }
}
