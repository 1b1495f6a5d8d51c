//! Lists, sets and maps of attributes. Their elements may be unknown one by one.

use std::collections::BTreeMap;

use super::{Attr, AttrType};
use crate::path::Step;
use crate::schema::{Nesting, Shape};
use crate::value::{DecodeError, SetValue, Type, Value, same_elements};

/// Elements in order.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct List<T>(pub Vec<Attr<T>>);

/// Elements without order. Two sets are equal when they hold equal elements, in whatever order.
#[derive(Clone, Debug, Default)]
pub struct Set<T>(pub Vec<Attr<T>>);

/// Elements by key.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Map<T>(pub BTreeMap<String, Attr<T>>);

impl<T> List<T> {
    /// All elements, if each of them is known. Null is no known element: Terraform allows `[null]`.
    pub fn all_known(&self) -> Option<Vec<&T>> {
        self.0.iter().map(Attr::known).collect()
    }

    /// The elements that are known.
    pub fn known(&self) -> impl Iterator<Item = &T> {
        self.0.iter().filter_map(Attr::known)
    }
}

impl<T> Set<T> {
    /// All elements, if each of them is known. Null is no known element: Terraform allows `[null]`.
    pub fn all_known(&self) -> Option<Vec<&T>> {
        self.0.iter().map(Attr::known).collect()
    }

    /// The elements that are known.
    pub fn known(&self) -> impl Iterator<Item = &T> {
        self.0.iter().filter_map(Attr::known)
    }
}

impl<T: PartialEq> PartialEq for Set<T> {
    fn eq(&self, other: &Self) -> bool {
        same_elements(&self.0, &other.0)
    }
}

impl<T> Map<T> {
    /// All entries, if each of them is known. Null is no known value: Terraform allows `{ a = null }`.
    pub fn all_known(&self) -> Option<BTreeMap<&str, &T>> {
        self.0
            .iter()
            .map(|(key, value)| Some((key.as_str(), value.known()?)))
            .collect()
    }

    /// The entries that are known.
    pub fn known(&self) -> impl Iterator<Item = (&str, &T)> {
        self.0
            .iter()
            .filter_map(|(key, value)| Some((key.as_str(), value.known()?)))
    }
}

impl<T> FromIterator<T> for List<T> {
    fn from_iter<I: IntoIterator<Item = T>>(elements: I) -> Self {
        Self(elements.into_iter().map(Attr::Known).collect())
    }
}

impl<T> FromIterator<T> for Set<T> {
    fn from_iter<I: IntoIterator<Item = T>>(elements: I) -> Self {
        Self(elements.into_iter().map(Attr::Known).collect())
    }
}

impl<T> FromIterator<(String, T)> for Map<T> {
    fn from_iter<I: IntoIterator<Item = (String, T)>>(entries: I) -> Self {
        Self(
            entries
                .into_iter()
                .map(|(key, value)| (key, Attr::Known(value)))
                .collect(),
        )
    }
}

impl<T: AttrType> AttrType for List<T> {
    fn shape() -> Shape {
        T::shape().in_collection(Nesting::List, Type::List)
    }

    fn decode(value: Value) -> Result<Self, DecodeError> {
        match value {
            Value::List(elements) => elements
                .into_iter()
                .enumerate()
                .map(|(index, element)| {
                    Attr::from_value(element).map_err(|error| error.below(Step::Index(index)))
                })
                .collect::<Result<_, _>>()
                .map(Self),
            other => Err(DecodeError::mismatch("list", &other)),
        }
    }

    fn encode(self) -> Value {
        Value::List(self.0.into_iter().map(Attr::into_value).collect())
    }
}

impl<T: AttrType> AttrType for Set<T> {
    fn shape() -> Shape {
        T::shape().in_collection(Nesting::Set, Type::Set)
    }

    fn decode(value: Value) -> Result<Self, DecodeError> {
        match value {
            Value::Set(set) => set
                .into_elements()
                .into_iter()
                .map(|element| {
                    Attr::from_value(element).map_err(|error| error.below(Step::SetElement))
                })
                .collect::<Result<_, _>>()
                .map(Self),
            other => Err(DecodeError::mismatch("set", &other)),
        }
    }

    fn encode(self) -> Value {
        Value::Set(SetValue::new(
            self.0.into_iter().map(Attr::into_value).collect(),
        ))
    }
}

impl<T: AttrType> AttrType for Map<T> {
    fn shape() -> Shape {
        T::shape().in_collection(Nesting::Map, Type::Map)
    }

    fn decode(value: Value) -> Result<Self, DecodeError> {
        match value {
            Value::Map(entries) => entries
                .into_iter()
                .map(|(key, element)| match Attr::from_value(element) {
                    Ok(element) => Ok((key, element)),
                    Err(error) => Err(error.below(Step::Key(key))),
                })
                .collect::<Result<_, _>>()
                .map(Self),
            other => Err(DecodeError::mismatch("map", &other)),
        }
    }

    fn encode(self) -> Value {
        let entries = self
            .0
            .into_iter()
            .map(|(key, element)| (key, element.into_value()));
        Value::Map(entries.collect())
    }
}
