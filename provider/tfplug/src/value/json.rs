//! Values as JSON: how Terraform keeps them in state files.

use std::collections::BTreeMap;

use serde_json::Value as Json;

use super::{DecodeError, Number, SetValue, Type, Value};
use crate::path::Step;

impl Value {
    /// Reads a value of a type from JSON.
    ///
    /// Attributes that the type doesn't have are dropped: they were removed from the schema since
    /// the state was written. Attributes that the JSON doesn't have are null.
    ///
    /// # Errors
    /// The JSON is of another shape than the type; the error names the part.
    pub fn from_json(json: &Json, ty: &Type) -> Result<Self, DecodeError> {
        if json.is_null() {
            return Ok(Self::Null);
        }
        let mismatch = || DecodeError::new(format!("{ty} required, but this is {}", kind(json)));
        Ok(match ty {
            Type::Bool => Self::Bool(json.as_bool().ok_or_else(mismatch)?),
            Type::Number => {
                let Json::Number(number) = json else {
                    return Err(mismatch());
                };
                let text = number.to_string();
                Self::Number(
                    text.parse::<Number>()
                        .map_err(|error| DecodeError::new(error.to_string()))?,
                )
            }
            Type::String => Self::String(json.as_str().ok_or_else(mismatch)?.to_owned()),
            Type::List(element) => Self::List(elements(json, |_| Some(element), mismatch)?),
            Type::Set(element) => elements(json, |_| Some(element), mismatch)
                .map(|elements| Self::Set(SetValue::new(elements)))
                .map_err(DecodeError::in_set)?,
            Type::Tuple(types) => {
                if json
                    .as_array()
                    .is_none_or(|array| array.len() != types.len())
                {
                    return Err(mismatch());
                }
                Self::List(elements(json, |index| types.get(index), mismatch)?)
            }
            Type::Map(element) => {
                let entries = json.as_object().ok_or_else(mismatch)?;
                let read = |(key, json): (&String, &Json)| {
                    let value = Self::from_json(json, element)
                        .map_err(|error| error.below(Step::Key(key.clone())))?;
                    Ok((key.clone(), value))
                };
                Self::Map(entries.iter().map(read).collect::<Result<_, _>>()?)
            }
            Type::Object(attributes) => {
                let entries = json.as_object().ok_or_else(mismatch)?;
                let read = |(name, ty): (&String, &Type)| {
                    let value = Self::from_json(entries.get(name).unwrap_or(&Json::Null), ty)
                        .map_err(|error| error.below(Step::Attribute(name.clone())))?;
                    Ok((name.clone(), value))
                };
                Self::Map(
                    attributes
                        .iter()
                        .map(read)
                        .collect::<Result<BTreeMap<_, _>, _>>()?,
                )
            }
            Type::Dynamic => {
                let (Some(ty), Some(value)) = (json.get("type"), json.get("value")) else {
                    return Err(mismatch());
                };
                let ty = Type::from_json(ty.to_string().as_bytes())
                    .map_err(|error| DecodeError::new(error.to_string()))?;
                let value = Self::from_json(value, &ty)?;
                Self::Dynamic(Box::new((ty, value)))
            }
        })
    }
}

fn elements<'t>(
    json: &Json,
    ty: impl Fn(usize) -> Option<&'t Type>,
    mismatch: impl Fn() -> DecodeError,
) -> Result<Vec<Value>, DecodeError> {
    let elements = json.as_array().ok_or_else(&mismatch)?;
    let read = |(index, json): (usize, &Json)| {
        Value::from_json(json, ty(index).ok_or_else(&mismatch)?)
            .map_err(|error| error.below(Step::Index(index)))
    };
    elements.iter().enumerate().map(read).collect()
}

fn kind(json: &Json) -> &'static str {
    match json {
        Json::Null => "null",
        Json::Bool(_) => "bool",
        Json::Number(_) => "number",
        Json::String(_) => "string",
        Json::Array(_) => "array",
        Json::Object(_) => "object",
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn object() -> Type {
        Type::Object(BTreeMap::from([
            ("name".to_owned(), Type::String),
            ("sizes".to_owned(), Type::List(Box::new(Type::Number))),
        ]))
    }

    #[test]
    fn dropped_attributes_are_forgotten_and_new_ones_are_null() {
        let value = Value::from_json(&json!({"name": "a", "gone": 1}), &object()).unwrap();
        assert_eq!(value.get("name"), &Value::from("a"));
        assert_eq!(value.get("sizes"), &Value::Null);
        assert_eq!(value.get("gone"), &Value::Null);
    }

    #[test]
    fn numbers_keep_every_digit() {
        let json: Json =
            serde_json::from_str(r#"{"sizes": [0.1, 12345678901234567890123, 1e3]}"#).unwrap();
        let Value::List(sizes) = Value::from_json(&json, &object())
            .unwrap()
            .get("sizes")
            .clone()
        else {
            panic!("not a list")
        };
        let texts: Vec<_> = sizes.iter().map(|n| format!("{n:?}")).collect();
        assert_eq!(
            texts,
            [
                "Number(0.1)",
                "Number(12345678901234567890123)",
                "Number(1000)"
            ]
        );
    }

    #[test]
    fn errors_name_the_part() {
        let error = Value::from_json(&json!({"sizes": [1, "two"]}), &object()).unwrap_err();
        assert_eq!(
            error.to_string(),
            "sizes[1]: number required, but this is string"
        );
    }
}
