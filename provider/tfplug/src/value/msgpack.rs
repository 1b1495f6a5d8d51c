//! Values as MessagePack: how Terraform and providers exchange them.
//!
//! Decoding is directed by the type and never trusts a length: what is declared is read, not
//! reserved.

use std::collections::BTreeMap;

use rmp::Marker;
use rmp::decode::{RmpRead, read_marker};
use rmp::encode;

use super::{DecodeError, Number, SetValue, Type, Value};
use crate::path::Step;

/// The extension type of a plain unknown value, and of one with refinements ("not null", "starts
/// with ..."). Refinements may be dropped: they only allow Terraform to show more in a plan.
const EXT_UNKNOWN: i8 = 0;
const EXT_REFINED_UNKNOWN: i8 = 12;

/// How deep values may nest. A schema's types are a handful of levels; only a value that brings its
/// own type could be deeper, and unbounded depth would be an unbounded stack.
const MAX_DEPTH: usize = 100;

/// The most elements to reserve room for before having seen them.
const MAX_RESERVED: usize = 1024;

impl Value {
    /// Reads a value of a type.
    ///
    /// # Errors
    /// The bytes are malformed, end early, go on after the value, or hold another shape than the
    /// type; the error names the part.
    pub fn from_msgpack(bytes: &[u8], ty: &Type) -> Result<Self, DecodeError> {
        let mut rest = bytes;
        let value = read(&mut rest, ty, 0)?;
        if rest.is_empty() {
            Ok(value)
        } else {
            Err(DecodeError::new(format!(
                "{} bytes follow the value",
                rest.len()
            )))
        }
    }

    /// The value as Terraform reads it.
    pub fn to_msgpack(&self) -> Vec<u8> {
        let mut out = Vec::new();
        write(&mut out, self);
        out
    }
}

fn read(rest: &mut &[u8], ty: &Type, depth: usize) -> Result<Value, DecodeError> {
    if depth > MAX_DEPTH {
        return Err(DecodeError::new(format!(
            "values nest deeper than {MAX_DEPTH} levels"
        )));
    }
    let marker = read_marker(rest).map_err(|_| ends_early())?;
    if marker == Marker::Null {
        return Ok(Value::Null);
    }
    if let Some(len) = ext_len(rest, marker)? {
        let kind = rest.read_data_i8().map_err(|_| ends_early())?;
        take(rest, len)?;
        return match kind {
            EXT_UNKNOWN | EXT_REFINED_UNKNOWN => Ok(Value::Unknown),
            other => Err(DecodeError::new(format!("extension {other} is not known"))),
        };
    }
    match ty {
        Type::Bool => match marker {
            Marker::True => Ok(Value::Bool(true)),
            Marker::False => Ok(Value::Bool(false)),
            _ => Err(mismatch(ty, marker)),
        },
        Type::Number => read_number(rest, marker).map(Value::Number),
        Type::String => {
            let len = str_len(rest, marker)?.ok_or_else(|| mismatch(ty, marker))?;
            read_str(rest, len).map(|text| Value::String(text.to_owned()))
        }
        Type::List(element) => {
            read_elements(rest, ty, marker, depth, |_| Some(element)).map(Value::List)
        }
        Type::Set(element) => read_elements(rest, ty, marker, depth, |_| Some(element))
            .map(|elements| Value::Set(SetValue::new(elements)))
            .map_err(DecodeError::in_set),
        Type::Tuple(types) => {
            let elements = read_elements(rest, ty, marker, depth, |index| types.get(index))?;
            if elements.len() == types.len() {
                Ok(Value::List(elements))
            } else {
                Err(DecodeError::new(format!(
                    "{} elements required",
                    types.len()
                )))
            }
        }
        Type::Map(element) => {
            let entries = read_entries(rest, ty, marker, depth, Step::Key, |_| Some(element))?;
            Ok(Value::Map(entries))
        }
        Type::Object(attributes) => {
            let step = Step::Attribute;
            let entries = read_entries(rest, ty, marker, depth, step, |name| attributes.get(name))?;
            // Terraform sends every attribute. Filling in the others would let a value that brings
            // its own type grow far beyond its message.
            if entries.len() != attributes.len() {
                return Err(DecodeError::new(format!(
                    "{} attributes required, but there are {}",
                    attributes.len(),
                    entries.len()
                )));
            }
            Ok(Value::Map(entries))
        }
        Type::Dynamic => {
            if array_len(rest, marker)? != Some(2) {
                return Err(mismatch(ty, marker));
            }
            let inner = read_marker(rest).map_err(|_| ends_early())?;
            let len = bin_or_str_len(rest, inner)?.ok_or_else(|| mismatch(ty, inner))?;
            let ty = Type::from_json(take(rest, len)?)
                .map_err(|error| DecodeError::new(error.to_string()))?;
            let value = read(rest, &ty, depth + 1)?;
            // The type stays even with a value that isn't known yet: a plan must repeat both.
            Ok(Value::Dynamic(Box::new((ty, value))))
        }
    }
}

fn read_elements<'t>(
    rest: &mut &[u8],
    ty: &Type,
    marker: Marker,
    depth: usize,
    element: impl Fn(usize) -> Option<&'t Type>,
) -> Result<Vec<Value>, DecodeError> {
    let len = array_len(rest, marker)?.ok_or_else(|| mismatch(ty, marker))?;
    let mut elements = Vec::with_capacity(len.min(MAX_RESERVED));
    for index in 0..len {
        let ty = element(index).ok_or_else(|| DecodeError::new("too many elements"))?;
        let value = read(rest, ty, depth + 1).map_err(|error| error.below(Step::Index(index)))?;
        elements.push(value);
    }
    Ok(elements)
}

fn read_entries<'t>(
    rest: &mut &[u8],
    ty: &Type,
    marker: Marker,
    depth: usize,
    step: impl Fn(String) -> Step,
    element: impl Fn(&str) -> Option<&'t Type>,
) -> Result<BTreeMap<String, Value>, DecodeError> {
    let len = map_len(rest, marker)?.ok_or_else(|| mismatch(ty, marker))?;
    let mut entries = BTreeMap::new();
    for _ in 0..len {
        let key_marker = read_marker(rest).map_err(|_| ends_early())?;
        let key_len =
            str_len(rest, key_marker)?.ok_or_else(|| DecodeError::new("a key is not a string"))?;
        let key = read_str(rest, key_len)?.to_owned();
        let ty = element(&key)
            .ok_or_else(|| DecodeError::new(format!("there is no attribute {key:?}")))?;
        let value = read(rest, ty, depth + 1).map_err(|error| error.below(step(key.clone())))?;
        if entries.insert(key.clone(), value).is_some() {
            return Err(DecodeError::new(format!("{key:?} stands there twice")));
        }
    }
    Ok(entries)
}

/// Numbers come as integers, as floats, or as decimal text where neither is exact.
fn read_number(rest: &mut &[u8], marker: Marker) -> Result<Number, DecodeError> {
    let early = |_| ends_early();
    let float = |value: f64| Number::try_from(value).map_err(|e| DecodeError::new(e.to_string()));
    Ok(match marker {
        Marker::FixPos(value) => Number::from(i64::from(value)),
        Marker::FixNeg(value) => Number::from(i64::from(value)),
        Marker::U8 => Number::from(i64::from(rest.read_data_u8().map_err(early)?)),
        Marker::U16 => Number::from(i64::from(rest.read_data_u16().map_err(early)?)),
        Marker::U32 => Number::from(i64::from(rest.read_data_u32().map_err(early)?)),
        Marker::U64 => Number::from(rest.read_data_u64().map_err(early)?),
        Marker::I8 => Number::from(i64::from(rest.read_data_i8().map_err(early)?)),
        Marker::I16 => Number::from(i64::from(rest.read_data_i16().map_err(early)?)),
        Marker::I32 => Number::from(i64::from(rest.read_data_i32().map_err(early)?)),
        Marker::I64 => Number::from(rest.read_data_i64().map_err(early)?),
        Marker::F32 => float(f64::from(rest.read_data_f32().map_err(early)?))?,
        Marker::F64 => float(rest.read_data_f64().map_err(early)?)?,
        _ => {
            let len = str_len(rest, marker)?.ok_or_else(|| mismatch(&Type::Number, marker))?;
            let text = read_str(rest, len)?;
            text.parse::<Number>()
                .map_err(|error| DecodeError::new(error.to_string()))?
        }
    })
}

fn read_str<'b>(rest: &mut &'b [u8], len: usize) -> Result<&'b str, DecodeError> {
    std::str::from_utf8(take(rest, len)?).map_err(|_| DecodeError::new("text is not UTF-8"))
}

fn take<'b>(rest: &mut &'b [u8], len: usize) -> Result<&'b [u8], DecodeError> {
    let (taken, left) = rest.split_at_checked(len).ok_or_else(ends_early)?;
    *rest = left;
    Ok(taken)
}

fn str_len(rest: &mut &[u8], marker: Marker) -> Result<Option<usize>, DecodeError> {
    len_of(match marker {
        Marker::FixStr(len) => Ok(u32::from(len)),
        Marker::Str8 => rest.read_data_u8().map(u32::from),
        Marker::Str16 => rest.read_data_u16().map(u32::from),
        Marker::Str32 => rest.read_data_u32(),
        _ => return Ok(None),
    })
}

fn bin_or_str_len(rest: &mut &[u8], marker: Marker) -> Result<Option<usize>, DecodeError> {
    len_of(match marker {
        Marker::Bin8 => rest.read_data_u8().map(u32::from),
        Marker::Bin16 => rest.read_data_u16().map(u32::from),
        Marker::Bin32 => rest.read_data_u32(),
        _ => return str_len(rest, marker),
    })
}

fn array_len(rest: &mut &[u8], marker: Marker) -> Result<Option<usize>, DecodeError> {
    len_of(match marker {
        Marker::FixArray(len) => Ok(u32::from(len)),
        Marker::Array16 => rest.read_data_u16().map(u32::from),
        Marker::Array32 => rest.read_data_u32(),
        _ => return Ok(None),
    })
}

fn map_len(rest: &mut &[u8], marker: Marker) -> Result<Option<usize>, DecodeError> {
    len_of(match marker {
        Marker::FixMap(len) => Ok(u32::from(len)),
        Marker::Map16 => rest.read_data_u16().map(u32::from),
        Marker::Map32 => rest.read_data_u32(),
        _ => return Ok(None),
    })
}

fn ext_len(rest: &mut &[u8], marker: Marker) -> Result<Option<usize>, DecodeError> {
    len_of(match marker {
        Marker::FixExt1 => Ok(1),
        Marker::FixExt2 => Ok(2),
        Marker::FixExt4 => Ok(4),
        Marker::FixExt8 => Ok(8),
        Marker::FixExt16 => Ok(16),
        Marker::Ext8 => rest.read_data_u8().map(u32::from),
        Marker::Ext16 => rest.read_data_u16().map(u32::from),
        Marker::Ext32 => rest.read_data_u32(),
        _ => return Ok(None),
    })
}

fn len_of<E>(len: Result<u32, E>) -> Result<Option<usize>, DecodeError> {
    let len = len.map_err(|_| ends_early())?;
    usize::try_from(len).map(Some).map_err(|_| ends_early())
}

fn ends_early() -> DecodeError {
    DecodeError::new("the value ends early")
}

fn mismatch(ty: &Type, marker: Marker) -> DecodeError {
    let got = match marker {
        Marker::True | Marker::False => "bool",
        Marker::FixStr(_) | Marker::Str8 | Marker::Str16 | Marker::Str32 => "string",
        Marker::FixArray(_) | Marker::Array16 | Marker::Array32 => "list",
        Marker::FixMap(_) | Marker::Map16 | Marker::Map32 => "object or map",
        Marker::Bin8 | Marker::Bin16 | Marker::Bin32 => "bytes",
        Marker::Reserved => "a reserved byte",
        _ => "number",
    };
    DecodeError::new(format!("{ty} required, but this is {got}"))
}

/// Writing into a vector can't fail, and rmp's results say so only in their types: each is
/// consumed by `written`.
fn write(out: &mut Vec<u8>, value: &Value) {
    match value {
        Value::Null => written(encode::write_nil(out)),
        Value::Unknown => out.extend_from_slice(&[0xd4, 0, 0]),
        Value::Bool(value) => written(encode::write_bool(out, *value)),
        Value::Number(number) => write_number(out, number),
        Value::String(text) => written(encode::write_str(out, text)),
        Value::List(elements) => {
            written(encode::write_array_len(out, len(elements.len())));
            for element in elements {
                write(out, element);
            }
        }
        Value::Set(set) => {
            written(encode::write_array_len(out, len(set.len())));
            for element in set.iter() {
                write(out, element);
            }
        }
        Value::Map(entries) => {
            written(encode::write_map_len(out, len(entries.len())));
            for (key, element) in entries {
                written(encode::write_str(out, key));
                write(out, element);
            }
        }
        Value::Dynamic(typed) => {
            written(encode::write_array_len(out, 2));
            written(encode::write_bin(
                out,
                typed.0.to_json().to_string().as_bytes(),
            ));
            write(out, &typed.1);
        }
    }
}

fn write_number(out: &mut Vec<u8>, number: &Number) {
    if let Some(integer) = number.to_i64() {
        written(encode::write_sint(out, integer));
    } else if let Some(float) = number.to_exact_f64() {
        written(encode::write_f64(out, float));
    } else {
        written(encode::write_str(out, &number.to_string()));
    }
}

fn written<T, E>(_: Result<T, E>) {}

/// Four billion elements don't fit into a message of 256 MiB.
fn len(len: usize) -> u32 {
    u32::try_from(len).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bytes(value: &Value) -> Vec<u8> {
        value.to_msgpack()
    }

    #[test]
    fn refined_unknowns_are_unknown() {
        // {1: false}: "not null", as Terraform 1.6 and later send it.
        let refined = [0xc7, 0x03, 0x0c, 0x81, 0x01, 0xc2];
        assert_eq!(
            Value::from_msgpack(&refined, &Type::String),
            Ok(Value::Unknown)
        );
        assert_eq!(
            Value::from_msgpack(&[0xd4, 0, 0], &Type::Dynamic),
            Ok(Value::Unknown)
        );
    }

    #[test]
    fn numbers_take_the_shortest_exact_form() {
        let number = |text: &str| Value::Number(text.parse().unwrap());
        assert_eq!(bytes(&number("3")), [3]);
        assert_eq!(bytes(&number("-1")), [0xff]);
        assert_eq!(bytes(&number("1.5")), [0xcb, 0x3f, 0xf8, 0, 0, 0, 0, 0, 0]);
        assert_eq!(bytes(&number("0.1")), b"\xa30.1");
        assert_eq!(
            bytes(&number("36893488147419103233")),
            b"\xb436893488147419103233"
        );
    }

    #[test]
    fn dynamic_values_bring_their_type() {
        let typed = (
            Type::List(Box::new(Type::String)),
            Value::List(vec![Value::from("a")]),
        );
        let value = Value::Dynamic(Box::new(typed));
        assert_eq!(
            Value::from_msgpack(&bytes(&value), &Type::Dynamic),
            Ok(value)
        );
    }

    /// Terraform refused plans that had lost the type of an unknown value.
    #[test]
    fn unknown_dynamic_values_keep_their_type() {
        let value = Value::Dynamic(Box::new((Type::String, Value::Unknown)));
        assert_eq!(
            Value::from_msgpack(&bytes(&value), &Type::Dynamic),
            Ok(value)
        );
    }

    #[test]
    fn dynamic_values_cannot_nest_without_end() {
        let mut nested = vec![0xc0];
        for _ in 0..100_000 {
            let mut outer = vec![0x92, 0xa9];
            outer.extend_from_slice(b"\"dynamic\"");
            outer.append(&mut nested);
            nested = outer;
            if nested.len() > 1 << 16 {
                break;
            }
        }
        assert!(Value::from_msgpack(&nested, &Type::Dynamic).is_err());
    }

    #[test]
    fn errors_name_the_part() {
        let ty = Type::Object(BTreeMap::from([(
            "zones".to_owned(),
            Type::Map(Box::new(Type::List(Box::new(Type::Number)))),
        )]));
        let wrong = Value::Map(BTreeMap::from([(
            "zones".to_owned(),
            Value::Map(BTreeMap::from([(
                "a".to_owned(),
                Value::List(vec![Value::from(1), Value::from(true)]),
            )])),
        )]));
        let error = Value::from_msgpack(&bytes(&wrong), &ty).unwrap_err();
        assert_eq!(
            error.to_string(),
            "zones[\"a\"][1]: number required, but this is bool"
        );
    }

    #[test]
    fn a_declared_length_reserves_no_memory() {
        let four_billion = [0xdd, 0xff, 0xff, 0xff, 0xff];
        let error = Value::from_msgpack(&four_billion, &Type::List(Box::new(Type::Bool)));
        assert_eq!(error.unwrap_err().to_string(), "[0]: the value ends early");
    }

    #[test]
    fn nothing_may_follow() {
        assert!(Value::from_msgpack(&[0xc0, 0xc0], &Type::Bool).is_err());
    }
}
