//! What a plan says of each attribute, before the resource's own step and in this order:
//! defaults, then "known after apply", then the attributes' modifiers.
//!
//! The order is that of HashiCorp's plugin framework, so that what its users know holds here.
//!
//! As soon as anything in a resource changes, every computed attribute that the configuration
//! doesn't set is unknown, unless [`use_state_for_unknown`] keeps it. While nothing changes, all
//! attributes keep their prior values; the resource's own step runs all the same, and what it alters
//! then is an update.

mod defaults;
mod modifier;
mod pairs;
mod unknowns;
mod write_only;

pub(crate) use defaults::apply_defaults;
pub(crate) use modifier::run_modifiers;
pub use modifier::{
    Change, Modifier, requires_replace, requires_replace_if, requires_replace_if_configured,
    use_state_for_unknown,
};
pub(crate) use unknowns::mark_unknown;
pub(crate) use write_only::forget_write_only;

#[cfg(test)]
mod tests {
    //! Properties of plans for schemas and configurations of any form.

    use std::collections::BTreeMap;

    use proptest::collection::{btree_map, vec};
    use proptest::prelude::*;

    use super::pairs::came_from;
    use super::*;
    use crate::schema::{Attribute, Block, Mode, Nesting, Schema, Shape};
    use crate::value::{SetValue, Type, Value};

    proptest! {
        #[test]
        fn planning_alters_nothing_that_is_configured((schema, config) in configured(true)) {
            let plan = planned(&schema, &config);
            prop_assert!(came_from(&schema, &plan, &config), "{plan:?}");
        }

        #[test]
        fn without_a_change_nothing_is_planned((schema, config) in configured(false)) {
            let state = made(planned(&schema, &config));
            let mut proposed = state.clone();
            apply_defaults(&schema, &config, &state, &mut proposed);
            forget_write_only(&schema, &mut proposed);
            prop_assert_eq!(&proposed, &state);
            let replace = run_modifiers(&schema, &config, Some(&state), &mut proposed);
            prop_assert_eq!(replace, []);
            prop_assert_eq!(proposed, state);
        }

        #[test]
        fn planning_twice_is_planning_once((schema, config) in configured(true)) {
            let once = planned(&schema, &config);
            let mut twice = once.clone();
            apply_defaults(&schema, &config, &Value::Null, &mut twice);
            forget_write_only(&schema, &mut twice);
            mark_unknown(&schema, &config, &mut twice);
            prop_assert_eq!(twice, once);
        }

        #[test]
        fn only_what_the_provider_sets_is_open((schema, config) in configured(false)) {
            let plan = planned(&schema, &config);
            let all = every_attribute(&schema, &plan, &|attribute, value| {
                !value.is_unknown() || attribute.mode.is_computed() && attribute.default.is_none()
            });
            prop_assert!(all, "{plan:?}");
        }

        #[test]
        fn what_is_write_only_is_null_at_every_depth((schema, config) in configured(true)) {
            let plan = planned(&schema, &config);
            let all = every_attribute(&schema, &plan, &|attribute, value| {
                !attribute.write_only || value.is_null()
            });
            prop_assert!(all, "{plan:?}");
        }

        #[test]
        fn what_is_kept_is_not_open_again((mut schema, config) in configured(false)) {
            for attribute in &mut schema.attributes {
                attribute.modifiers = vec![use_state_for_unknown()];
            }
            let state = made(planned(&schema, &config));
            let mut plan = state.clone();
            mark_unknown(&schema, &config, &mut plan);
            run_modifiers(&schema, &config, Some(&state), &mut plan);
            for attribute in &schema.attributes {
                let (planned, was) = (plan.get(&attribute.name), state.get(&attribute.name));
                prop_assert!(was.is_null() || !planned.is_unknown(), "{}", attribute.name);
            }
        }
    }

    /// The plan for a new object.
    fn planned(schema: &Schema, config: &Value) -> Value {
        let mut plan = reordered(config.clone());
        apply_defaults(schema, config, &Value::Null, &mut plan);
        forget_write_only(schema, &mut plan);
        mark_unknown(schema, config, &mut plan);
        run_modifiers(schema, config, None, &mut plan);
        plan
    }

    /// The same value with its sets in another order: Terraform keeps to none.
    fn reordered(value: Value) -> Value {
        match value {
            Value::List(elements) => Value::List(elements.into_iter().map(reordered).collect()),
            Value::Set(set) => {
                let elements = set.into_elements().into_iter().rev().map(reordered);
                Value::Set(SetValue::new(elements.collect()))
            }
            Value::Map(entries) => {
                let entries = entries
                    .into_iter()
                    .map(|(key, value)| (key, reordered(value)));
                Value::Map(entries.collect())
            }
            plain => plain,
        }
    }

    /// What an apply leaves: a value for all that was open.
    fn made(plan: Value) -> Value {
        match plan {
            Value::Unknown => Value::from("made"),
            Value::List(elements) => Value::List(elements.into_iter().map(made).collect()),
            Value::Set(set) => {
                let elements = set.into_elements().into_iter().map(made);
                Value::Set(SetValue::new(elements.collect()))
            }
            Value::Map(entries) => {
                let entries = entries.into_iter().map(|(key, value)| (key, made(value)));
                Value::Map(entries.collect())
            }
            known => known,
        }
    }

    /// Whether something holds for every attribute at every depth.
    fn every_attribute(
        schema: &Schema,
        object: &Value,
        holds: &dyn Fn(&Attribute, &Value) -> bool,
    ) -> bool {
        let within = |schema: &Schema, nesting: Nesting, value: &Value| {
            let mut objects = nesting.objects(value).into_iter();
            objects.all(|(_, object)| every_attribute(schema, object, holds))
        };
        let attributes = schema.attributes.iter().all(|attribute| {
            let value = object.get(&attribute.name);
            holds(attribute, value)
                && match &attribute.shape {
                    Shape::Plain(_) => true,
                    Shape::Nested(nesting, schema) => within(schema, *nesting, value),
                }
        });
        let mut blocks = schema.blocks.iter();
        attributes
            && blocks.all(|block| within(&block.schema, block.nesting, object.get(&block.name)))
    }

    /// A schema and a configuration of it.
    fn configured(unknowns: bool) -> BoxedStrategy<(Schema, Value)> {
        schema(2)
            .prop_flat_map(move |mut schema| {
                keep_out_of_sets(&mut schema, false);
                object(&schema, unknowns).prop_map(move |config| (schema.clone(), config))
            })
            .boxed()
    }

    /// Schemas with write-only attributes in sets are refused: two elements may differ in nothing
    /// else. See `Schema::problems`.
    fn keep_out_of_sets(schema: &mut Schema, in_set: bool) {
        for attribute in &mut schema.attributes {
            let is_set = matches!(attribute.shape, Shape::Nested(Nesting::Set, _));
            attribute.write_only &= !in_set && !is_set;
            if let Shape::Nested(_, schema) = &mut attribute.shape {
                keep_out_of_sets(schema, in_set || is_set);
            }
        }
        for block in &mut schema.blocks {
            keep_out_of_sets(&mut block.schema, in_set || block.nesting == Nesting::Set);
        }
    }

    fn schema(depth: u32) -> BoxedStrategy<Schema> {
        let attributes = vec(attribute(depth), 1..5);
        let blocks = if depth == 2 {
            let nesting =
                proptest::sample::select(vec![Nesting::List, Nesting::Set, Nesting::Single]);
            vec((nesting, schema(depth - 1)), 0..2).boxed()
        } else {
            Just(Vec::new()).boxed()
        };
        (attributes, blocks)
            .prop_map(|(mut attributes, blocks)| {
                for (number, attribute) in attributes.iter_mut().enumerate() {
                    attribute.name = format!("a{number}");
                }
                let block = |(number, (nesting, schema)): (usize, (Nesting, Schema))| {
                    let shape = Shape::Nested(nesting, Box::new(schema));
                    Block::new(&format!("b{number}"), "", None, false, shape)
                };
                Schema {
                    attributes,
                    blocks: blocks.into_iter().enumerate().map(block).collect(),
                    ..Schema::default()
                }
            })
            .boxed()
    }

    fn attribute(depth: u32) -> BoxedStrategy<Attribute> {
        let plain = Just(Shape::Plain(Type::String)).boxed();
        let shape = if depth == 0 {
            plain
        } else {
            let nestings = vec![Nesting::List, Nesting::Map, Nesting::Set, Nesting::Single];
            let nested = (proptest::sample::select(nestings), schema(depth - 1))
                .prop_map(|(nesting, schema)| Shape::Nested(nesting, Box::new(schema)));
            prop_oneof![2 => plain, 1 => nested].boxed()
        };
        let modes = proptest::sample::select(vec![
            Mode::Required,
            Mode::Optional,
            Mode::Computed,
            Mode::OptionalComputed,
        ]);
        (shape, modes, any::<bool>(), any::<bool>())
            .prop_map(|(shape, mode, write_only, default)| Attribute {
                name: String::new(),
                write_only: write_only && !mode.is_computed(),
                default: (default
                    && mode == Mode::OptionalComputed
                    && matches!(shape, Shape::Plain(_)))
                .then(|| Value::from("default")),
                shape,
                description: String::new(),
                mode,
                sensitive: false,
                deprecated: None,
                checks: Vec::new(),
                modifiers: vec![requires_replace_if_configured()],
            })
            .boxed()
    }

    fn object(schema: &Schema, unknowns: bool) -> BoxedStrategy<Value> {
        let attributes = schema.attributes.iter().map(|attribute| {
            let value = match &attribute.shape {
                _ if attribute.mode == Mode::Computed => Just(Value::Null).boxed(),
                Shape::Plain(_) => some("[ab]".prop_map(Value::from).boxed(), unknowns),
                Shape::Nested(nesting, schema) => {
                    some(objects(schema, *nesting, unknowns), unknowns)
                }
            };
            (Just(attribute.name.clone()), value)
        });
        let blocks = schema.blocks.iter().map(|block| {
            let value = objects(&block.schema, block.nesting, unknowns);
            (Just(block.name.clone()), value)
        });
        attributes
            .chain(blocks)
            .collect::<Vec<_>>()
            .prop_map(|entries| Value::Map(entries.into_iter().collect::<BTreeMap<_, _>>()))
            .boxed()
    }

    fn objects(schema: &Schema, nesting: Nesting, unknowns: bool) -> BoxedStrategy<Value> {
        let object = object(schema, unknowns);
        match nesting {
            Nesting::Single => object,
            Nesting::List => vec(object, 0..3).prop_map(Value::List).boxed(),
            Nesting::Map => btree_map("[xy]", object, 0..3).prop_map(Value::Map).boxed(),
            Nesting::Set => vec(object, 0..4)
                .prop_map(|elements| Value::Set(SetValue::new(elements)))
                .boxed(),
        }
    }

    fn some(value: BoxedStrategy<Value>, unknowns: bool) -> BoxedStrategy<Value> {
        let unknown = if unknowns {
            Value::Unknown
        } else {
            Value::Null
        };
        prop_oneof![1 => Just(Value::Null), 1 => Just(unknown), 3 => value].boxed()
    }
}
