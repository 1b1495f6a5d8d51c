//! What the derive macros make of structs.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing
)]

use std::collections::BTreeMap;

use tfplug::function::Parameters as _;
use tfplug::model::Model as _;
use tfplug::schema::{Mode, Nesting, Rule, Shape};
use tfplug::value::{Number, SetValue, Type, Value};
use tfplug::{Attr, List, Map, Model, Parameters, Secret, Set};

/// A machine.
///
/// With *two* paragraphs.
#[derive(Clone, Debug, PartialEq, Model)]
#[tf(version = 3, deprecated = "Use a better one.", rules(ExactlyOne(&["type", "size"])))]
#[tf(rules(Requires("size", &["disk"])))]
struct Machine {
    /// What kind it is.
    #[tf(optional, name = "type")]
    kind: Attr<String>,
    /// A raw name.
    #[tf(required)]
    r#loop: Attr<bool>,
    /// How large. Default: `2`.
    #[tf(default = 2, check(range(1..=4), multiple_of(2)), plan(requires_replace()))]
    size: Attr<i64>,
    /// Its price.
    #[tf(optional, computed, deprecated = "Prices change.")]
    price: Attr<Number>,
    /// Its password.
    #[tf(optional, sensitive, write_only)]
    password: Attr<Secret>,
    /// Its names.
    #[tf(default = List::from_iter(["a".to_owned()]))]
    names: Attr<List<String>>,
    /// Its groups.
    #[tf(optional)]
    groups: Attr<Set<String>>,
    /// Its disks by name.
    #[tf(optional)]
    disk: Attr<Map<Disk>>,
    /// Several lists of disks.
    #[tf(optional)]
    shelves: Attr<List<List<Disk>>>,
    /// Anything.
    #[tf(computed)]
    extra: Attr<Value>,
    /// Its network interfaces.
    #[tf(block, required)]
    interface: Attr<List<Interface>>,
    /// Its clock.
    #[tf(block, deprecated = "It has none.")]
    clock: Attr<Interface>,
}

/// A disk.
#[derive(Clone, Debug, PartialEq, Model)]
struct Disk {
    /// Its size.
    #[tf(required)]
    size: Attr<i64>,
}

/// A network interface.
#[derive(Clone, Debug, PartialEq, Model)]
struct Interface {
    /// Its address.
    #[tf(required)]
    address: Attr<String>,
}

#[test]
fn the_struct_s_words_are_the_schema_s() {
    let schema = Machine::schema();
    assert_eq!(schema.version, 3);
    assert_eq!(schema.description, "A machine.\n\nWith *two* paragraphs.");
    assert_eq!(schema.deprecated.as_deref(), Some("Use a better one."));
    assert_eq!(
        schema.rules,
        [
            Rule::ExactlyOne(&["type", "size"]),
            Rule::Requires("size", &["disk"])
        ]
    );
    assert_eq!(schema.problems(), [""; 0]);
}

#[test]
fn fields_are_attributes_in_their_order() {
    let schema = Machine::schema();
    let attributes: Vec<_> = schema
        .attributes
        .iter()
        .map(|attribute| {
            (
                attribute.name.as_str(),
                attribute.mode,
                attribute.shape.ty().to_string(),
            )
        })
        .collect();
    let row = |name, mode, ty: &str| (name, mode, ty.to_owned());
    assert_eq!(
        attributes,
        [
            row("type", Mode::Optional, "string"),
            row("loop", Mode::Required, "bool"),
            row("size", Mode::OptionalComputed, "number"),
            row("price", Mode::OptionalComputed, "number"),
            row("password", Mode::Optional, "string"),
            row("names", Mode::OptionalComputed, "list(string)"),
            row("groups", Mode::Optional, "set(string)"),
            row("disk", Mode::Optional, "map(object({size = number}))"),
            row(
                "shelves",
                Mode::Optional,
                "list(list(object({size = number})))"
            ),
            row("extra", Mode::Computed, "any"),
        ]
    );
}

#[test]
fn what_a_field_says_stands_in_its_attribute() {
    let schema = Machine::schema();
    let attribute = |name: &str| schema.attribute(name).unwrap();
    assert_eq!(attribute("size").description, "How large. Default: `2`.");
    assert_eq!(attribute("size").default, Some(Value::from(2)));
    assert_eq!(attribute("size").checks.len(), 2);
    assert_eq!(attribute("size").modifiers.len(), 1);
    assert_eq!(
        attribute("names").default,
        Some(Value::List(vec!["a".into()]))
    );
    assert_eq!(
        attribute("price").deprecated.as_deref(),
        Some("Prices change.")
    );
    assert!(attribute("password").sensitive && attribute("password").write_only);
    assert!(!attribute("size").sensitive && !attribute("size").write_only);
    assert!(attribute("size").deprecated.is_none());
}

#[test]
fn objects_one_collection_deep_are_nested_and_deeper_ones_plain() {
    let schema = Machine::schema();
    let shape = |name: &str| &schema.attribute(name).unwrap().shape;
    assert!(matches!(shape("disk"), Shape::Nested(Nesting::Map, _)));
    assert!(matches!(shape("shelves"), Shape::Plain(_)));
}

#[test]
fn blocks_are_blocks() {
    let schema = Machine::schema();
    let blocks: Vec<_> = schema
        .blocks
        .iter()
        .map(|block| {
            let schema = &block.schema;
            (
                block.name.as_str(),
                block.nesting,
                block.required,
                schema.description.as_str(),
                schema.deprecated.as_deref(),
            )
        })
        .collect();
    assert_eq!(
        blocks,
        [
            (
                "interface",
                Nesting::List,
                true,
                "Its network interfaces.",
                None
            ),
            (
                "clock",
                Nesting::Single,
                false,
                "Its clock.",
                Some("It has none.")
            ),
        ]
    );
}

#[test]
fn values_survive_the_struct() {
    let schema = Machine::schema();
    let Value::Map(mut object) = schema.empty_object() else {
        panic!("a schema's object is a map")
    };
    let disk = |size| Value::Map(BTreeMap::from([("size".to_owned(), size)]));
    let entries = [
        ("type", "a".into()),
        ("loop", true.into()),
        ("size", Value::Unknown),
        ("price", Value::Number("0.1".parse().unwrap())),
        ("password", "secret".into()),
        (
            "names",
            Value::List(vec![Value::Unknown, Value::Null, "n".into()]),
        ),
        (
            "groups",
            Value::Set(SetValue::new(vec![Value::Unknown, Value::Unknown])),
        ),
        (
            "disk",
            Value::Map(
                [
                    ("x".to_owned(), disk(Value::Unknown)),
                    ("y".to_owned(), Value::Null),
                ]
                .into(),
            ),
        ),
        (
            "shelves",
            Value::List(vec![Value::List(vec![disk(3.into())])]),
        ),
        ("extra", Value::Dynamic(Box::new((Type::Bool, true.into())))),
    ];
    object.extend(entries.map(|(name, value)| (name.to_owned(), value)));
    let value = Value::Map(object);
    let machine = Machine::from_value(value.clone()).unwrap();
    assert_eq!(machine.kind.text(), Some("a"));
    assert!(machine.r#loop == true.into() && machine.size.is_unknown());
    assert_eq!(machine.into_value(), value);
}

#[test]
fn errors_name_the_attribute_as_the_configuration_does() {
    let error = |name: &str, value| {
        let object = Value::Map([(name.to_owned(), value)].into());
        Machine::from_value(object).unwrap_err().to_string()
    };
    let shelf = Value::List(vec![Value::List(vec![Value::Map(
        [("size".to_owned(), "x".into())].into(),
    )])]);
    assert_eq!(
        error("type", true.into()),
        "type: string required, but this is bool"
    );
    assert_eq!(
        error("shelves", shelf),
        "shelves[0][0].size: number required, but this is string"
    );
    let half = Value::Number("0.5".parse().unwrap());
    assert_eq!(
        error("size", half),
        "size: whole number required, but this is 0.5"
    );
}

/// Without its type Terraform can't read a value of an open type.
#[test]
fn values_of_open_type_bring_their_type() {
    let extra = Value::Map([("a".to_owned(), Value::List(vec![1.into(), "b".into()]))].into());
    let machine = Machine {
        extra: extra.into(),
        ..Machine::from_value(Value::Map([].into())).unwrap()
    };
    let bytes = machine.into_value().to_msgpack();
    let read = Value::from_msgpack(&bytes, &Machine::schema().ty()).unwrap();
    let Value::Dynamic(typed) = read.get("extra") else {
        panic!("{read:?}")
    };
    assert_eq!(typed.0.to_string(), "object({a = tuple([number, string])})");
}

#[test]
fn secrets_are_not_shown() {
    let secret = Secret::new("hunter2".to_owned());
    assert!(!format!("{:?}", Attr::from(secret.clone())).contains("hunter2"));
    assert_eq!(secret.expose(), "hunter2");
}

/// What a function takes.
#[derive(Debug, PartialEq, Parameters)]
struct Arguments {
    /// Must be there.
    first: i64,
    /// May be null.
    #[tf(name = "type")]
    second: Attr<String>,
    /// As many as you like.
    #[tf(variadic)]
    others: Vec<Attr<bool>>,
}

#[test]
fn parameters_say_what_they_take() {
    let parameters: Vec<_> = Arguments::parameters()
        .into_iter()
        .map(|p| {
            (
                p.name,
                p.ty.to_string(),
                p.description,
                p.allow_null,
                p.variadic,
            )
        })
        .collect();
    let row = |name, ty: &str, text, null, variadic| (name, ty.to_owned(), text, null, variadic);
    assert_eq!(
        parameters,
        [
            row("first", "number", "Must be there.", false, false),
            row("type", "string", "May be null.", true, false),
            row("others", "bool", "As many as you like.", true, true),
        ]
    );
    assert_eq!(
        <List<String> as tfplug::function::Argument>::ty().to_string(),
        "list(string)"
    );
}

#[test]
fn arguments_are_read_in_their_order() {
    let read = Arguments::from_arguments(vec![7.into(), Value::Null, true.into(), Value::Null]);
    let expected = Arguments {
        first: 7,
        second: Attr::Null,
        others: vec![true.into(), Attr::Null],
    };
    assert_eq!(read, Ok(expected));
    let none = Arguments::from_arguments(vec![7.into(), "x".into()]).unwrap();
    assert_eq!((none.second.text(), none.others.len()), (Some("x"), 0));
}

#[test]
fn arguments_that_do_not_fit_are_blamed() {
    let error = |arguments| Arguments::from_arguments(arguments).unwrap_err();
    let null = error(vec![Value::Null, Value::Null]);
    assert_eq!(null.parameter, Some("first"));
    assert_eq!(null.text, "\"first\": a value required, but this is null.");
    assert_eq!(error(vec![7.into(), 8.into()]).parameter, Some("type"));
    assert_eq!(
        error(vec![7.into(), Value::Null, true.into(), 8.into()]).parameter,
        Some("others")
    );
    assert_eq!(error(vec![]).parameter, Some("first"));
}
