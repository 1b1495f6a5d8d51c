//! Schemas: what a resource, data source or provider block looks like and how each part behaves.
//!
//! Authors rarely build these by hand; `#[derive(Model)]` does, from the model struct.

mod check;
mod rule;
mod wire;

use std::collections::BTreeMap;

pub use rule::Rule;

use crate::path::Step;
use crate::plan::Modifier;
use crate::validate::Check;
use crate::value::{SetValue, Type, Value};

/// The shape of a resource, data source, ephemeral resource, provider block or nested object.
#[derive(Clone, Debug, Default)]
pub struct Schema {
    /// Counted up whenever state written before can't be read any more; see
    /// [`Resource::upgrades`](crate::Resource::upgrades).
    pub version: u64,
    /// What it is, in markdown.
    pub description: String,
    /// Set when it shouldn't be used any more: what to use instead.
    pub deprecated: Option<String>,
    /// The attributes, in the order of the docs.
    pub attributes: Vec<Attribute>,
    /// The nested blocks. Nested objects have none.
    pub blocks: Vec<Block>,
    /// What holds between several attributes.
    pub rules: Vec<Rule>,
}

/// One attribute.
#[derive(Clone, Debug)]
pub struct Attribute {
    /// The name in the configuration.
    pub name: String,
    /// A plain type or a nested object.
    pub shape: Shape,
    /// What it is, in markdown: meaning, unit, default, what a change does.
    pub description: String,
    /// Who sets it.
    pub mode: Mode,
    /// Terraform hides it in its output. It is still in state.
    pub sensitive: bool,
    /// Only ever in the configuration: never in plan or state.
    pub write_only: bool,
    /// Set when it shouldn't be used any more: what to use instead.
    pub deprecated: Option<String>,
    /// What it is when the configuration doesn't say.
    pub default: Option<Value>,
    /// What its value must satisfy.
    pub checks: Vec<Check>,
    /// What happens to its value at plan.
    pub modifiers: Vec<Modifier>,
}

/// Who sets an attribute.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// The provider.
    Computed,
    /// The configuration, if it wants to.
    Optional,
    /// The configuration if it wants to, else the provider.
    OptionalComputed,
    /// The configuration, always.
    Required,
}

impl Mode {
    /// Whether the provider may set it.
    pub fn is_computed(self) -> bool {
        matches!(self, Self::Computed | Self::OptionalComputed)
    }

    /// Whether the configuration may set it.
    pub fn is_configurable(self) -> bool {
        self != Self::Computed
    }
}

/// A plain type, or a nested object with attributes of its own.
#[derive(Clone, Debug)]
pub enum Shape {
    /// A type without behaviour of its parts.
    Plain(Type),
    /// One object, or a collection of them.
    Nested(Nesting, Box<Schema>),
}

impl Shape {
    /// The type of its values.
    pub fn ty(&self) -> Type {
        match self {
            Self::Plain(ty) => ty.clone(),
            Self::Nested(nesting, schema) => nesting.around(schema.ty()),
        }
    }

    /// A collection of this shape. Objects directly inside one collection stay nested objects;
    /// deeper ones become plain types, since the protocol has no collections of collections of
    /// nested objects.
    pub(crate) fn in_collection(self, nesting: Nesting, of: fn(Box<Type>) -> Type) -> Self {
        match self {
            Self::Nested(Nesting::Single, schema) => Self::Nested(nesting, schema),
            other => Self::Plain(of(Box::new(other.ty()))),
        }
    }
}

/// How often a nested object or block stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Nesting {
    /// Any number, in order.
    List,
    /// Any number, by key. Not for blocks.
    Map,
    /// Any number, without order.
    Set,
    /// At most once.
    Single,
}

impl Nesting {
    fn around(self, object: Type) -> Type {
        match self {
            Self::List => Type::List(Box::new(object)),
            Self::Map => Type::Map(Box::new(object)),
            Self::Set => Type::Set(Box::new(object)),
            Self::Single => object,
        }
    }

    /// The value of a block that doesn't stand.
    pub(crate) fn none(self) -> Value {
        match self {
            Self::List => Value::List(Vec::new()),
            Self::Map => Value::Map(BTreeMap::new()),
            Self::Set => Value::Set(SetValue::default()),
            Self::Single => Value::Null,
        }
    }

    /// The objects in a nested value, each with the step that leads to it. A value that is null,
    /// unknown or of another kind holds none.
    pub(crate) fn objects(self, value: &Value) -> Vec<(Option<Step>, &Value)> {
        match (self, value) {
            (Self::Single, Value::Map(_)) => vec![(None, value)],
            (Self::List, Value::List(elements)) => elements
                .iter()
                .enumerate()
                .map(|(index, object)| (Some(Step::Index(index)), object))
                .collect(),
            (Self::Set, Value::Set(set)) => set
                .iter()
                .map(|object| (Some(Step::SetElement), object))
                .collect(),
            (Self::Map, Value::Map(entries)) => entries
                .iter()
                .map(|(key, object)| (Some(Step::Key(key.clone())), object))
                .collect(),
            _ => Vec::new(),
        }
    }
}

/// One nested block: `name { ... }`.
#[derive(Clone, Debug)]
pub struct Block {
    /// The name in the configuration.
    pub name: String,
    /// How often it may stand.
    pub nesting: Nesting,
    /// What stands in it; its description is the block's.
    pub schema: Schema,
    /// Whether it must stand at least once.
    pub required: bool,
}

impl Block {
    /// The block that a field of a model is.
    pub fn new(
        name: &str,
        description: &str,
        deprecated: Option<String>,
        required: bool,
        shape: Shape,
    ) -> Self {
        // A plain type can't be a block; the empty schema shows that as a problem.
        let (nesting, mut schema) = match shape {
            Shape::Nested(nesting, schema) => (nesting, *schema),
            Shape::Plain(_) => (Nesting::Map, Schema::default()),
        };
        schema.description = description.to_owned();
        schema.deprecated = deprecated.or(schema.deprecated);
        Self {
            name: name.to_owned(),
            nesting,
            schema,
            required,
        }
    }
}

impl Schema {
    /// The type of its values.
    pub fn ty(&self) -> Type {
        let attributes = self
            .attributes
            .iter()
            .map(|attribute| (attribute.name.clone(), attribute.shape.ty()));
        let blocks = self
            .blocks
            .iter()
            .map(|block| (block.name.clone(), block.nesting.around(block.schema.ty())));
        Type::Object(attributes.chain(blocks).collect())
    }

    /// The attribute of a name.
    pub fn attribute(&self, name: &str) -> Option<&Attribute> {
        self.attributes
            .iter()
            .find(|attribute| attribute.name == name)
    }

    /// An object with every attribute null: what a configuration that sets nothing is.
    pub fn empty_object(&self) -> Value {
        let attributes = self
            .attributes
            .iter()
            .map(|attribute| (attribute.name.clone(), Value::Null));
        let blocks = self
            .blocks
            .iter()
            .map(|block| (block.name.clone(), block.nesting.none()));
        Value::Map(attributes.chain(blocks).collect())
    }
}
