//! Defaults: what an attribute is when the configuration doesn't say.

use super::pairs::{counterpart, pairs, steps};
use crate::schema::{Nesting, Schema, Shape};
use crate::value::Value;

/// Puts the default of every attribute that is null in the configuration into the plan, at any
/// depth. Prior values give way: removing an attribute from a configuration brings its default
/// back. Only what the provider has set inside a default object stays.
pub(crate) fn apply_defaults(schema: &Schema, config: &Value, prior: &Value, plan: &mut Value) {
    let (Value::Map(planned), Value::Map(_)) = (plan, config) else {
        return;
    };
    for attribute in &schema.attributes {
        let name = &attribute.name;
        let (configured, prior) = (config.get(name), prior.get(name));
        let Some(value) = planned.get_mut(name) else {
            continue;
        };
        match (&attribute.default, &attribute.shape) {
            (Some(default), Shape::Nested(nesting, schema)) if configured.is_null() => {
                // Terraform proposes null for such an object, whatever it was before.
                *value = if is_default(schema, *nesting, prior, default) {
                    prior.clone()
                } else {
                    default.clone()
                };
                // The default of a nested object may itself leave attributes to their defaults.
                apply_below(schema, *nesting, default, prior, value);
            }
            (Some(default), Shape::Plain(_)) if configured.is_null() => *value = default.clone(),
            (_, Shape::Nested(nesting, schema)) => {
                apply_below(schema, *nesting, configured, prior, value);
            }
            _ => {}
        }
    }
    for block in &schema.blocks {
        let name = &block.name;
        let Some(value) = planned.get_mut(name) else {
            continue;
        };
        let (configured, prior) = (config.get(name), prior.get(name));
        apply_below(&block.schema, block.nesting, configured, prior, value);
    }
}

fn apply_below(schema: &Schema, nesting: Nesting, config: &Value, prior: &Value, plan: &mut Value) {
    let steps = steps(nesting, plan);
    for ((object, config), step) in pairs(schema, nesting, plan, config).into_iter().zip(steps) {
        apply_defaults(schema, config, counterpart(prior, step.as_ref()), object);
    }
}

/// Whether a nested value is its attribute's default but for what the provider has set in it.
fn is_default(schema: &Schema, nesting: Nesting, value: &Value, default: &Value) -> bool {
    let (objects, defaults) = (nesting.objects(value), nesting.objects(default));
    if objects.is_empty() || objects.len() != defaults.len() {
        return value == default;
    }
    defaults.iter().all(|(step, default)| {
        objects
            .iter()
            .any(|(at, object)| at == step && object_is_default(schema, object, default))
    })
}

fn object_is_default(schema: &Schema, object: &Value, default: &Value) -> bool {
    schema.attributes.iter().all(|attribute| {
        let (value, default) = (object.get(&attribute.name), default.get(&attribute.name));
        match &attribute.shape {
            _ if attribute.write_only => true,
            _ if default.is_null() => attribute.mode.is_computed() || value.is_null(),
            Shape::Plain(_) => value == default,
            Shape::Nested(nesting, schema) => is_default(schema, *nesting, value, default),
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Model as _;
    use crate::{Attr, Model};

    /// A house.
    #[derive(Clone, Debug, PartialEq, Model)]
    struct House {
        /// Its door.
        #[tf(default = Door { colour: "green".into(), number: Attr::Null, bell: Attr::Null })]
        door: Attr<Door>,
    }

    /// A door.
    #[derive(Clone, Debug, PartialEq, Model)]
    struct Door {
        /// Its colour.
        #[tf(required)]
        colour: Attr<String>,
        /// Its number, which the provider gives.
        #[tf(computed)]
        number: Attr<i64>,
        /// Its bell.
        #[tf(optional)]
        bell: Attr<String>,
    }

    /// What the door is planned to be when the configuration doesn't speak of it.
    fn planned(number: Attr<i64>, bell: Attr<String>, colour: &str) -> Value {
        let colour = colour.into();
        let door = Door {
            colour,
            number,
            bell,
        }
        .into();
        let (config, prior) = (House { door: Attr::Null }, House { door });
        let mut plan = config.clone().into_value();
        let config = config.into_value();
        apply_defaults(&House::schema(), &config, &prior.into_value(), &mut plan);
        plan.get("door").clone()
    }

    /// A second plan wasn't empty: the number was forgotten every time.
    #[test]
    fn what_the_provider_set_in_a_default_object_stays() {
        let door = planned(7.into(), Attr::Null, "green");
        assert_eq!(door.get("number"), &Value::from(7));
    }

    #[test]
    fn what_the_configuration_once_set_gives_way_to_the_default() {
        for door in [
            planned(7.into(), "loud".into(), "green"),
            planned(7.into(), Attr::Null, "red"),
        ] {
            assert_eq!(door.get("colour"), &Value::from("green"));
            assert_eq!(door.get("bell"), &Value::Null);
            assert_eq!(door.get("number"), &Value::Null);
        }
    }
}
