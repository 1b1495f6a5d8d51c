//! Values against the wire: whatever has a type survives it, whatever hasn't is refused.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing
)]

use std::collections::{BTreeMap, HashSet};

use proptest::collection::{btree_map, vec};
use proptest::prelude::*;
use proptest::sample::Index;
use tfplug::value::{DecodeError, Number, SetValue, Type, Value};
use tfplug::{Path, Step};

proptest! {
    #[test]
    fn values_survive_messagepack((ty, value) in typed()) {
        prop_assert_eq!(Value::from_msgpack(&value.to_msgpack(), &ty), Ok(value));
    }

    #[test]
    fn types_survive_json(ty in ty()) {
        prop_assert_eq!(Type::from_json(ty.to_json().to_string().as_bytes()), Ok(ty));
    }

    #[test]
    fn known_values_survive_json((ty, mut value) in typed()) {
        value.forget_unknowns();
        // Sets were distinct before; nulls in the place of unknowns may not be.
        let value = distinct(value);
        prop_assert_eq!(Value::from_json(&json(&value), &ty), Ok(value));
    }

    #[test]
    fn another_implementation_reads_what_is_written((_, value) in typed()) {
        let bytes = value.to_msgpack();
        let mut rest = bytes.as_slice();
        let read = rmpv::decode::read_value(&mut rest).unwrap();
        prop_assert!(rest.is_empty());
        prop_assert!(same(&value, &read), "{value:?} was written as {read}");
    }

    #[test]
    fn what_another_implementation_writes_is_read((ty, value) in typed()) {
        let mut bytes = Vec::new();
        rmpv::encode::write_value(&mut bytes, &foreign(&value)).unwrap();
        prop_assert_eq!(Value::from_msgpack(&bytes, &ty), Ok(value));
    }

    #[test]
    fn arbitrary_bytes_are_a_value_or_an_error(ty in ty(), bytes in vec(any::<u8>(), 0..200)) {
        read_hostile(&bytes, &ty)?;
    }

    #[test]
    fn damaged_values_are_a_value_or_an_error((ty, value) in typed(), damage in vec(damage(), 1..5)) {
        let mut bytes = value.to_msgpack();
        for damage in &damage {
            damage.apply(&mut bytes);
        }
        read_hostile(&bytes, &ty)?;
    }

    #[test]
    fn a_value_of_another_type_is_a_value_or_an_error(ty in ty(), (_, value) in typed()) {
        read_hostile(&value.to_msgpack(), &ty)?;
        let mut known = value;
        known.forget_unknowns();
        if let Err(error) = Value::from_json(&json(&known), &ty) {
            leads_somewhere(&error, &ty)?;
        }
    }

    #[test]
    fn a_value_that_ends_early_is_refused((ty, value) in typed(), at in any::<Index>()) {
        let bytes = value.to_msgpack();
        let cut = at.index(bytes.len());
        prop_assert!(Value::from_msgpack(&bytes[..cut], &ty).is_err());
    }

    #[test]
    fn arbitrary_json_is_a_value_or_an_error(ty in ty(), json in any_json()) {
        if let Err(error) = Value::from_json(&json, &ty) {
            leads_somewhere(&error, &ty)?;
        }
        let _ = Type::from_json(json.to_string().as_bytes());
    }

    #[test]
    fn numbers_survive_text(number in number()) {
        let text = number.to_string();
        prop_assert_eq!(text.parse::<Number>(), Ok(number));
    }

    #[test]
    fn integers_print_as_rust_prints_them(integer in any::<i128>()) {
        let number: Number = integer.to_string().parse().unwrap();
        prop_assert_eq!(number.to_string(), integer.to_string());
        prop_assert_eq!(number.to_i64(), i64::try_from(integer).ok());
        prop_assert_eq!(number.to_u64(), u64::try_from(integer).ok());
    }

    #[test]
    fn a_number_is_the_same_in_every_form(integer in any::<i64>(), zeros in 0_usize..20) {
        let nothing = "0".repeat(zeros);
        let forms = [
            format!("{integer}"),
            format!("{integer}.{nothing}0"),
            format!("{integer}{nothing}e-{zeros}"),
            format!("{integer}.0e0"),
        ];
        let distinct: HashSet<Number> = forms.iter().map(|form| form.parse().unwrap()).collect();
        prop_assert_eq!(distinct, HashSet::from([Number::from(integer)]));
    }

    #[test]
    fn floats_are_taken_exactly(float in any::<f64>()) {
        match Number::try_from(float) {
            Ok(number) => {
                // BigDecimal's own way back to floats once sent large ones as 300 letters.
                let short = Value::Number(number.clone()).to_msgpack().len() <= 9;
                prop_assert!(short, "{float}");
                prop_assert_eq!(number.to_string().parse::<f64>().ok(), Some(float));
            }
            Err(_) => prop_assert!(!float.is_finite()),
        }
    }

    #[test]
    fn number_text_is_a_number_or_an_error(text in "[+-]?[0-9]{0,4}[.]?[0-9]{0,4}([eE][+-]?[0-9]{0,22})?") {
        let _ = text.parse::<Number>();
    }

    #[test]
    fn huge_exponents_are_refused(digits in 1_u64..1000, exponent in 6000_i64.., negative: bool) {
        let sign = if negative { "-" } else { "" };
        let text = format!("{digits}e{sign}{exponent}");
        prop_assert!(text.parse::<Number>().is_err());
    }

    #[test]
    fn sets_are_equal_in_any_order(elements in vec(value_of(&Type::Number), 0..8), turn: Index) {
        let mut turned = elements.clone();
        if !turned.is_empty() {
            let by = turn.index(turned.len());
            turned.rotate_left(by);
        }
        prop_assert_eq!(SetValue::new(elements), SetValue::new(turned));
    }

    #[test]
    fn nothing_is_unknown_once_unknowns_are_forgotten((_, mut value) in typed()) {
        let known = value.is_wholly_known();
        prop_assert_eq!(value.forget_unknowns().is_empty(), known);
        prop_assert!(value.is_wholly_known());
    }
}

/// Objects once read with null for what the bytes didn't have. A dynamic value brings its own type,
/// so a short message could make itself gigabytes of nulls: here 3,000 attributes for each byte.
#[test]
fn short_messages_do_not_become_large_values() {
    let attributes: BTreeMap<_, _> = (0..3000).map(|n| (format!("{n}"), Type::Bool)).collect();
    let ty = Type::List(Box::new(Type::Object(attributes)));
    let elements = (0..30_000).map(|_| rmpv::Value::Map(Vec::new())).collect();
    let message = rmpv::Value::Array(vec![
        ty.to_json().to_string().into_bytes().into(),
        rmpv::Value::Array(elements),
    ]);
    let mut bytes = Vec::new();
    rmpv::encode::write_value(&mut bytes, &message).unwrap();
    let error = Value::from_msgpack(&bytes, &Type::Dynamic).unwrap_err();
    assert_eq!(
        error.to_string(),
        "[0]: 3000 attributes required, but there are 0"
    );
}

/// Reading a set from JSON once named its elements by place, which sets don't have.
#[test]
fn errors_in_sets_name_no_place() {
    let ty = Type::Set(Box::new(Type::List(Box::new(Type::Number))));
    let wrong = serde_json::json!([[1], ["two"]]);
    let error = Value::from_json(&wrong, &ty).unwrap_err();
    assert_eq!(
        error.to_string(),
        "[*][0]: number required, but this is string"
    );
}

#[test]
fn several_unknown_elements_of_a_set_stay_several() {
    let set = SetValue::new(vec![
        Value::Unknown,
        Value::Unknown,
        Value::from("a"),
        Value::from("a"),
    ]);
    assert_eq!(set.len(), 3);
    let ty = Type::Set(Box::new(Type::String));
    let value = Value::Set(set);
    assert_eq!(Value::from_msgpack(&value.to_msgpack(), &ty), Ok(value));
}

fn read_hostile(bytes: &[u8], ty: &Type) -> Result<(), TestCaseError> {
    match Value::from_msgpack(bytes, ty) {
        // What was read is a value like any other.
        Ok(value) => prop_assert_eq!(Value::from_msgpack(&value.to_msgpack(), ty), Ok(value)),
        Err(error) => leads_somewhere(&error, ty)?,
    }
    Ok(())
}

/// An error's path must be one that Terraform can follow through the type.
fn leads_somewhere(error: &DecodeError, ty: &Type) -> Result<(), TestCaseError> {
    let mut at = ty;
    for step in error.path.steps() {
        at = match (step, at) {
            (Step::Attribute(name), Type::Object(attributes)) if attributes.contains_key(name) => {
                &attributes[name]
            }
            (Step::Index(_), Type::List(element))
            | (Step::SetElement, Type::Set(element))
            | (Step::Key(_), Type::Map(element)) => element,
            (Step::Index(index), Type::Tuple(elements)) if *index < elements.len() => {
                &elements[*index]
            }
            // The value's own type goes on from here.
            (_, Type::Dynamic) => return Ok(()),
            _ => {
                let why = format!("{} leads nowhere in {ty}", error.path);
                return Err(TestCaseError::fail(why));
            }
        };
    }
    Ok(())
}

fn ty() -> BoxedStrategy<Type> {
    let leaf = prop_oneof![
        Just(Type::Bool),
        Just(Type::Number),
        Just(Type::String),
        Just(Type::Dynamic),
    ];
    leaf.prop_recursive(4, 16, 4, |inner| {
        prop_oneof![
            inner.clone().prop_map(|ty| Type::List(Box::new(ty))),
            inner.clone().prop_map(|ty| Type::Set(Box::new(ty))),
            inner.clone().prop_map(|ty| Type::Map(Box::new(ty))),
            vec(inner.clone(), 0..4).prop_map(Type::Tuple),
            btree_map("[a-c]{1,2}", inner, 0..4).prop_map(Type::Object),
        ]
    })
    .boxed()
}

fn typed() -> BoxedStrategy<(Type, Value)> {
    ty().prop_flat_map(|ty| value_of(&ty).prop_map(move |value| (ty.clone(), value)))
        .boxed()
}

fn value_of(ty: &Type) -> BoxedStrategy<Value> {
    let known = match ty {
        Type::Bool => any::<bool>().prop_map(Value::Bool).boxed(),
        Type::Number => number().prop_map(Value::Number).boxed(),
        Type::String => ".{0,40}".prop_map(Value::String).boxed(),
        Type::List(element) => vec(value_of(element), 0..4).prop_map(Value::List).boxed(),
        Type::Set(element) => vec(value_of(element), 0..4)
            .prop_map(|elements| Value::Set(SetValue::new(elements)))
            .boxed(),
        Type::Map(element) => btree_map(".{0,5}", value_of(element), 0..4)
            .prop_map(Value::Map)
            .boxed(),
        Type::Object(attributes) => attributes
            .iter()
            .map(|(name, ty)| (Just(name.clone()), value_of(ty)))
            .collect::<Vec<_>>()
            .prop_map(|attributes| Value::Map(attributes.into_iter().collect()))
            .boxed(),
        Type::Tuple(types) => types
            .iter()
            .map(value_of)
            .collect::<Vec<_>>()
            .prop_map(Value::List)
            .boxed(),
        // Unknown values of an open type are plainly unknown. One level of openness in another is
        // enough to see that types nest.
        Type::Dynamic => prop_oneof![
            Just((Type::Bool, Value::Null)),
            Just((
                Type::Dynamic,
                Value::Dynamic(Box::new((Type::Bool, Value::Bool(true))))
            )),
            ".{0,5}".prop_map(|text| (Type::String, Value::String(text))),
            vec(any::<i64>().prop_map(Value::from), 0..3)
                .prop_map(|numbers| (Type::List(Box::new(Type::Number)), Value::List(numbers))),
        ]
        .prop_map(|typed| Value::Dynamic(Box::new(typed)))
        .boxed(),
    };
    prop_oneof![1 => Just(Value::Null), 1 => Just(Value::Unknown), 6 => known].boxed()
}

fn number() -> BoxedStrategy<Number> {
    prop_oneof![
        any::<i64>().prop_map(Number::from),
        any::<u64>().prop_map(Number::from),
        (any::<f64>()).prop_filter_map("not finite", |float| Number::try_from(float).ok()),
        ("-?[0-9]{1,40}([.][0-9]{1,40})?", -300..300_i32).prop_map(|(digits, exponent)| format!(
            "{digits}e{exponent}"
        )
        .parse()
        .unwrap()),
    ]
    .boxed()
}

/// What can happen to bytes.
#[derive(Clone, Debug)]
enum Damage {
    Flip(Index, u8),
    Cut(Index),
    Insert(Index, Vec<u8>),
    /// Declares a length of its own, up to four billion, where something else stood.
    Lie(Index, u8, u32),
}

impl Damage {
    fn apply(&self, bytes: &mut Vec<u8>) {
        if bytes.is_empty() {
            return;
        }
        match self {
            Self::Flip(at, bit) => {
                let at = at.index(bytes.len());
                bytes[at] ^= 1 << bit;
            }
            Self::Cut(at) => bytes.truncate(at.index(bytes.len())),
            Self::Insert(at, what) => {
                let at = at.index(bytes.len());
                bytes.splice(at..at, what.iter().copied());
            }
            Self::Lie(at, marker, len) => {
                let at = at.index(bytes.len());
                let lie = std::iter::once(*marker).chain(len.to_be_bytes());
                bytes.splice(at..=at, lie);
            }
        }
    }
}

fn damage() -> impl Strategy<Value = Damage> {
    // The markers with a length of four bytes: bin, ext, str, array, map.
    let long = proptest::sample::select(vec![0xc6_u8, 0xc9, 0xdb, 0xdd, 0xdf]);
    prop_oneof![
        (any::<Index>(), 0..8_u8).prop_map(|(at, bit)| Damage::Flip(at, bit)),
        any::<Index>().prop_map(Damage::Cut),
        (any::<Index>(), vec(any::<u8>(), 1..6)).prop_map(|(at, what)| Damage::Insert(at, what)),
        (any::<Index>(), long, any::<u32>())
            .prop_map(|(at, marker, len)| Damage::Lie(at, marker, len)),
    ]
}

fn any_json() -> impl Strategy<Value = serde_json::Value> {
    let leaf = prop_oneof![
        Just(serde_json::Value::Null),
        any::<bool>().prop_map(Into::into),
        any::<i64>().prop_map(Into::into),
        "-?[1-9][0-9]{0,30}([.][0-9]{1,5})?(e-?[0-9]{1,9})?"
            .prop_map(|text| serde_json::from_str(&text).unwrap()),
        "list|set|map|object|tuple|string|.{0,5}".prop_map(serde_json::Value::String),
    ];
    leaf.prop_recursive(4, 24, 4, |inner| {
        prop_oneof![
            vec(inner.clone(), 0..4).prop_map(serde_json::Value::Array),
            btree_map("type|value|[a-c]{1,2}", inner, 0..4)
                .prop_map(|entries| serde_json::Value::Object(entries.into_iter().collect())),
        ]
    })
}

/// The same value with sets made anew, so that what became equal is there once.
fn distinct(value: Value) -> Value {
    match value {
        Value::List(elements) => Value::List(elements.into_iter().map(distinct).collect()),
        Value::Set(set) => {
            let elements = set.into_elements().into_iter().map(distinct);
            Value::Set(SetValue::new(elements.collect()))
        }
        Value::Map(entries) => {
            let entries = entries
                .into_iter()
                .map(|(key, value)| (key, distinct(value)));
            Value::Map(entries.collect())
        }
        other => other,
    }
}

/// A known value as a state file has it.
fn json(value: &Value) -> serde_json::Value {
    match value {
        Value::Null | Value::Unknown => serde_json::Value::Null,
        Value::Bool(value) => (*value).into(),
        Value::Number(number) => serde_json::from_str(&number.to_string()).unwrap(),
        Value::String(text) => text.as_str().into(),
        Value::List(elements) => elements.iter().map(json).collect(),
        Value::Set(set) => set.iter().map(json).collect(),
        Value::Map(entries) => {
            let entries = entries
                .iter()
                .map(|(key, value)| (key.clone(), json(value)));
            serde_json::Value::Object(entries.collect())
        }
        Value::Dynamic(typed) => {
            serde_json::json!({"type": typed.0.to_json(), "value": json(&typed.1)})
        }
    }
}

/// Whether another implementation read what the value says.
fn same(value: &Value, read: &rmpv::Value) -> bool {
    match (value, read) {
        (Value::Null, rmpv::Value::Nil) => true,
        (Value::Unknown, rmpv::Value::Ext(0, data)) => data.len() == 1,
        (Value::Bool(value), rmpv::Value::Boolean(read)) => value == read,
        (Value::Number(number), rmpv::Value::Integer(read)) => {
            number.to_string() == read.to_string()
        }
        (Value::Number(number), rmpv::Value::F64(read)) => {
            Number::try_from(*read).as_ref() == Ok(number)
        }
        (Value::Number(number), rmpv::Value::String(read)) => {
            read.as_str().unwrap().parse::<Number>().as_ref() == Ok(number)
        }
        (Value::String(text), rmpv::Value::String(read)) => read.as_str() == Some(text),
        (Value::List(elements), rmpv::Value::Array(read)) => {
            elements.len() == read.len()
                && elements
                    .iter()
                    .zip(read)
                    .all(|(value, read)| same(value, read))
        }
        (Value::Set(set), rmpv::Value::Array(read)) => {
            set.len() == read.len() && set.iter().zip(read).all(|(value, read)| same(value, read))
        }
        (Value::Map(entries), rmpv::Value::Map(read)) => {
            entries.len() == read.len()
                && entries
                    .iter()
                    .zip(read)
                    .all(|((key, value), (read_key, read))| {
                        read_key.as_str() == Some(key) && same(value, read)
                    })
        }
        (Value::Dynamic(typed), rmpv::Value::Array(read)) => match read.as_slice() {
            [ty, read] => {
                ty.as_slice()
                    .is_some_and(|ty| Type::from_json(ty).as_ref() == Ok(&typed.0))
                    && same(&typed.1, read)
            }
            _ => false,
        },
        _ => false,
    }
}

/// A value as another implementation would write it: numbers as text, as Terraform may.
fn foreign(value: &Value) -> rmpv::Value {
    match value {
        Value::Null => rmpv::Value::Nil,
        // A refined unknown: "not null".
        Value::Unknown => rmpv::Value::Ext(12, vec![0x81, 0x01, 0xc2]),
        Value::Bool(value) => (*value).into(),
        Value::Number(number) => match (number.to_i64(), number.to_u64()) {
            (Some(integer), _) => integer.into(),
            (_, Some(integer)) => integer.into(),
            _ => number.to_string().into(),
        },
        Value::String(text) => text.as_str().into(),
        Value::List(elements) => rmpv::Value::Array(elements.iter().map(foreign).collect()),
        Value::Set(set) => rmpv::Value::Array(set.iter().map(foreign).collect()),
        Value::Map(entries) => rmpv::Value::Map(
            entries
                .iter()
                .map(|(key, value)| (key.as_str().into(), foreign(value)))
                .collect(),
        ),
        Value::Dynamic(typed) => rmpv::Value::Array(vec![
            typed.0.to_json().to_string().into_bytes().into(),
            foreign(&typed.1),
        ]),
    }
}

#[test]
fn paths_read_as_users_write_them() {
    let path = Path::attribute("rule")
        .index(1)
        .and("tags")
        .key("a\"b")
        .step(Step::SetElement);
    assert_eq!(path.to_string(), r#"rule[1].tags["a\"b"][*]"#);
}
