//! Types, and their form on the wire: JSON such as `["list","string"]`.

use std::collections::BTreeMap;
use std::fmt;

use serde_json::{Value as Json, json};

use super::Value;

/// A Terraform type.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Type {
    /// `bool`
    Bool,
    /// `number`
    Number,
    /// `string`
    String,
    /// `list(...)`
    List(Box<Self>),
    /// `set(...)`
    Set(Box<Self>),
    /// `map(...)`
    Map(Box<Self>),
    /// `object({...})`
    Object(BTreeMap<String, Self>),
    /// `tuple([...])`
    Tuple(Vec<Self>),
    /// `any`: the type travels with each value.
    Dynamic,
}

/// Why JSON doesn't say a type.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a Terraform type: {0}")]
pub struct TypeError(String);

impl Type {
    /// The type as Terraform's wire wants it.
    pub fn to_json(&self) -> Json {
        match self {
            Self::Bool => json!("bool"),
            Self::Number => json!("number"),
            Self::String => json!("string"),
            Self::Dynamic => json!("dynamic"),
            Self::List(element) => json!(["list", element.to_json()]),
            Self::Set(element) => json!(["set", element.to_json()]),
            Self::Map(element) => json!(["map", element.to_json()]),
            Self::Tuple(elements) => {
                json!([
                    "tuple",
                    elements.iter().map(Self::to_json).collect::<Vec<_>>()
                ])
            }
            Self::Object(attributes) => {
                let attributes: serde_json::Map<_, _> = attributes
                    .iter()
                    .map(|(name, ty)| (name.clone(), ty.to_json()))
                    .collect();
                json!(["object", attributes])
            }
        }
    }

    /// The type that a value shows, as Terraform would call it had it been written down: a tuple
    /// for a list, an object for a map. What is null or unknown shows none.
    pub(crate) fn of(value: &Value) -> Self {
        match value {
            Value::Null | Value::Unknown => Self::Dynamic,
            Value::Bool(_) => Self::Bool,
            Value::Number(_) => Self::Number,
            Value::String(_) => Self::String,
            Value::List(elements) => Self::Tuple(elements.iter().map(Self::of).collect()),
            Value::Set(set) => {
                let types: Vec<_> = set.iter().map(Self::of).collect();
                match types.split_first() {
                    None => Self::Set(Box::new(Self::Dynamic)),
                    Some((first, rest)) if rest.iter().all(|ty| ty == first) => {
                        Self::Set(Box::new(first.clone()))
                    }
                    Some(_) => Self::Tuple(types),
                }
            }
            Value::Map(entries) => Self::Object(
                entries
                    .iter()
                    .map(|(name, value)| (name.clone(), Self::of(value)))
                    .collect(),
            ),
            Value::Dynamic(_) => Self::Dynamic,
        }
    }

    /// Reads a type from the wire.
    ///
    /// # Errors
    /// The JSON is malformed or doesn't say a type.
    pub fn from_json(bytes: &[u8]) -> Result<Self, TypeError> {
        let json: Json =
            serde_json::from_slice(bytes).map_err(|error| TypeError(error.to_string()))?;
        Self::parse(&json)
    }

    fn parse(json: &Json) -> Result<Self, TypeError> {
        let unknown = || TypeError(json.to_string());
        if let Some(name) = json.as_str() {
            return match name {
                "bool" => Ok(Self::Bool),
                "number" => Ok(Self::Number),
                "string" => Ok(Self::String),
                "dynamic" => Ok(Self::Dynamic),
                _ => Err(unknown()),
            };
        }
        // Objects may carry a third element, the names of optional attributes; values on the wire
        // always have all attributes, so it says nothing that matters here.
        let (kind, of) = match json.as_array().map(Vec::as_slice) {
            Some([kind, of] | [kind, of, _]) => (kind.as_str().ok_or_else(unknown)?, of),
            _ => return Err(unknown()),
        };
        Ok(match kind {
            "list" => Self::List(Box::new(Self::parse(of)?)),
            "set" => Self::Set(Box::new(Self::parse(of)?)),
            "map" => Self::Map(Box::new(Self::parse(of)?)),
            "tuple" => {
                let elements = of.as_array().ok_or_else(unknown)?;
                Self::Tuple(elements.iter().map(Self::parse).collect::<Result<_, _>>()?)
            }
            "object" => {
                let attributes = of.as_object().ok_or_else(unknown)?;
                let parse = |(name, ty): (&String, &Json)| Ok((name.clone(), Self::parse(ty)?));
                Self::Object(attributes.iter().map(parse).collect::<Result<_, _>>()?)
            }
            _ => return Err(unknown()),
        })
    }
}

impl fmt::Display for Type {
    /// As it is written in configurations and docs: `list(string)`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Bool => f.write_str("bool"),
            Self::Number => f.write_str("number"),
            Self::String => f.write_str("string"),
            Self::Dynamic => f.write_str("any"),
            Self::List(element) => write!(f, "list({element})"),
            Self::Set(element) => write!(f, "set({element})"),
            Self::Map(element) => write!(f, "map({element})"),
            Self::Tuple(elements) => {
                f.write_str("tuple([")?;
                for (position, element) in elements.iter().enumerate() {
                    write!(f, "{}{element}", if position == 0 { "" } else { ", " })?;
                }
                f.write_str("])")
            }
            Self::Object(attributes) => {
                f.write_str("object({")?;
                for (position, (name, ty)) in attributes.iter().enumerate() {
                    write!(f, "{}{name} = {ty}", if position == 0 { "" } else { ", " })?;
                }
                f.write_str("})")
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn types_survive_the_wire() {
        let text = r#"["object",{"a":["list",["map","number"]],"b":["tuple",["bool","dynamic"]],"c":["set","string"]}]"#;
        let ty = Type::from_json(text.as_bytes()).unwrap();
        assert_eq!(ty.to_json().to_string(), text);
        assert_eq!(
            ty.to_string(),
            "object({a = list(map(number)), b = tuple([bool, any]), c = set(string)})"
        );
    }

    #[test]
    fn optional_attributes_of_objects_are_read_past() {
        let ty = Type::from_json(br#"["object",{"a":"string"},["a"]]"#).unwrap();
        assert_eq!(
            ty,
            Type::Object(BTreeMap::from([("a".to_owned(), Type::String)]))
        );
    }

    #[test]
    fn other_json_is_refused() {
        for text in [
            "",
            "1",
            "\"int\"",
            "[\"list\"]",
            "[\"list\",1]",
            "[1,2]",
            "[\"object\",[]]",
        ] {
            assert!(Type::from_json(text.as_bytes()).is_err(), "{text}");
        }
    }
}
