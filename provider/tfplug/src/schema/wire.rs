//! Schemas as the protocol sends them.

use super::{Attribute, Block, Mode, Nesting, Schema, Shape};
use crate::proto::tfplugin6::{self as wire, schema};

impl Schema {
    pub(crate) fn to_wire(&self) -> wire::Schema {
        wire::Schema {
            version: version(self.version),
            block: Some(self.to_wire_block()),
        }
    }

    fn to_wire_block(&self) -> schema::Block {
        schema::Block {
            version: version(self.version),
            attributes: self.attributes.iter().map(Attribute::to_wire).collect(),
            block_types: self.blocks.iter().map(Block::to_wire).collect(),
            description: self.description.clone(),
            description_kind: wire::StringKind::Markdown.into(),
            deprecated: self.deprecated.is_some(),
        }
    }
}

impl Attribute {
    fn to_wire(&self) -> schema::Attribute {
        // With both a type and a nested type Terraform refuses the whole provider.
        let (ty, nested_type) = match &self.shape {
            Shape::Plain(ty) => (ty.to_json().to_string().into_bytes(), None),
            Shape::Nested(nesting, schema) => (
                Vec::new(),
                Some(schema::Object {
                    attributes: schema.attributes.iter().map(Self::to_wire).collect(),
                    nesting: match nesting {
                        Nesting::List => schema::object::NestingMode::List,
                        Nesting::Map => schema::object::NestingMode::Map,
                        Nesting::Set => schema::object::NestingMode::Set,
                        Nesting::Single => schema::object::NestingMode::Single,
                    }
                    .into(),
                    ..Default::default()
                }),
            ),
        };
        schema::Attribute {
            name: self.name.clone(),
            r#type: ty,
            nested_type,
            description: self.description.clone(),
            required: self.mode == Mode::Required,
            optional: matches!(self.mode, Mode::Optional | Mode::OptionalComputed),
            computed: self.mode.is_computed(),
            sensitive: self.sensitive,
            description_kind: wire::StringKind::Markdown.into(),
            deprecated: self.deprecated.is_some(),
            write_only: self.write_only,
        }
    }
}

impl Block {
    fn to_wire(&self) -> schema::NestedBlock {
        let nesting = match self.nesting {
            Nesting::List => schema::nested_block::NestingMode::List,
            Nesting::Map => schema::nested_block::NestingMode::Map,
            Nesting::Set => schema::nested_block::NestingMode::Set,
            Nesting::Single => schema::nested_block::NestingMode::Single,
        };
        // No bound is 0, not a large number. A single block is mandatory with both bounds at 1.
        let single = self.nesting == Nesting::Single;
        schema::NestedBlock {
            type_name: self.name.clone(),
            block: Some(self.schema.to_wire_block()),
            nesting: nesting.into(),
            min_items: i64::from(self.required),
            max_items: i64::from(self.required && single),
        }
    }
}

fn version(version: u64) -> i64 {
    i64::try_from(version).unwrap_or(i64::MAX)
}
