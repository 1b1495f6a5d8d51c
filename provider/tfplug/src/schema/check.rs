//! Finds schemas that Terraform would refuse or that can't behave as they say.

use super::{Attribute, Mode, Nesting, Schema, Shape};
use crate::validate::Check;
use crate::value::Value;

/// Names that mean something to Terraform itself.
const RESERVED: [&str; 8] = [
    "connection",
    "count",
    "depends_on",
    "for_each",
    "lifecycle",
    "provider",
    "provisioner",
    "version",
];

impl Schema {
    /// What is wrong with the schema, one sentence each; empty when all is well. The server
    /// refuses to serve a schema with problems, and
    /// [`problems`](crate::problems) shows all of a provider's to its unit tests.
    pub fn problems(&self) -> Vec<String> {
        let mut out = Vec::new();
        self.find_problems("", false, &mut out);
        out
    }

    fn find_problems(&self, at: &str, in_set: bool, out: &mut Vec<String>) {
        if at.is_empty() && self.description.trim().is_empty() {
            out.push("there is no description".to_owned());
        }
        let names: Vec<&str> = self
            .attributes
            .iter()
            .map(|attribute| attribute.name.as_str())
            .chain(self.blocks.iter().map(|block| block.name.as_str()))
            .collect();
        for (position, name) in names.iter().enumerate() {
            if !well_formed(name) {
                out.push(format!(
                    "{at}{name}: names are lower case letters, digits and _"
                ));
            }
            if at.is_empty() && RESERVED.contains(name) {
                out.push(format!(
                    "{at}{name}: Terraform has its own meaning for this name"
                ));
            }
            if names.iter().take(position).any(|earlier| earlier == name) {
                out.push(format!("{at}{name}: there are two of this name"));
            }
        }
        for rule in &self.rules {
            for name in rule.names() {
                if !names.contains(&name) {
                    out.push(format!("{at}{name}: a rule names it, but there is none"));
                }
            }
        }
        for attribute in &self.attributes {
            attribute.find_problems(at, in_set, out);
        }
        for block in &self.blocks {
            let path = format!("{at}{}.", block.name);
            if block.schema.description.trim().is_empty() {
                out.push(format!("{at}{}: there is no description", block.name));
            }
            if block.nesting == Nesting::Map {
                out.push(format!("{at}{}: blocks can't be maps", block.name));
            }
            block
                .schema
                .find_problems(&path, in_set || block.nesting == Nesting::Set, out);
        }
    }
}

impl Attribute {
    fn find_problems(&self, at: &str, in_set: bool, out: &mut Vec<String>) {
        let name = &self.name;
        let mut problem = |what: &str| out.push(format!("{at}{name}: {what}"));
        if self.description.trim().is_empty() {
            problem("there is no description");
        }
        if let Some(default) = &self.default {
            if self.mode != Mode::OptionalComputed {
                problem("an attribute with a default is optional and computed");
            }
            if Value::from_msgpack(&default.to_msgpack(), &self.shape.ty()).is_err() {
                problem("the default is of another type");
            }
        }
        if self.write_only {
            if self.mode.is_computed() {
                problem("what is write-only can't be computed");
            }
            if in_set || matches!(&self.shape, Shape::Nested(Nesting::Set, _)) {
                problem("what is write-only can't stand in a set");
            }
        }
        for defect in self.checks.iter().filter_map(Check::defect) {
            problem(defect);
        }
        if self.mode == Mode::Computed && !self.checks.is_empty() {
            problem("what the provider sets is not validated");
        }
        if in_set && !self.modifiers.is_empty() {
            problem("elements of sets have no prior value to plan from; give the set a modifier");
        }
        if let Shape::Nested(nesting, schema) = &self.shape {
            if !schema.blocks.is_empty() {
                problem("nested objects can't have blocks");
            }
            let path = format!("{at}{name}.");
            schema.find_problems(&path, in_set || *nesting == Nesting::Set, out);
        }
    }
}

/// What HCL takes as a name and providers use by convention.
fn well_formed(name: &str) -> bool {
    let mut letters = name.bytes();
    letters
        .next()
        .is_some_and(|first| first.is_ascii_lowercase())
        && letters.all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_')
}

#[cfg(test)]
mod tests {
    use super::super::{Block, Rule};
    use super::*;
    use crate::plan::requires_replace;
    use crate::validate::length;
    use crate::value::{SetValue, Type};

    fn attribute(name: &str, mode: Mode) -> Attribute {
        Attribute {
            name: name.to_owned(),
            shape: Shape::Plain(Type::String),
            description: "Text.".to_owned(),
            mode,
            sensitive: false,
            write_only: false,
            deprecated: None,
            default: None,
            checks: Vec::new(),
            modifiers: Vec::new(),
        }
    }

    fn schema(attributes: Vec<Attribute>) -> Schema {
        Schema {
            description: "A thing.".to_owned(),
            attributes,
            ..Schema::default()
        }
    }

    fn nested(nesting: Nesting, schema: Schema) -> Shape {
        Shape::Nested(nesting, Box::new(schema))
    }

    /// What is wrong with a schema of one attribute.
    fn problems(attribute: Attribute) -> Vec<String> {
        schema(vec![attribute]).problems()
    }

    #[test]
    fn a_plain_schema_is_fine() {
        let attribute = attribute("a_1", Mode::Required);
        assert_eq!(problems(attribute), [""; 0]);
        assert_eq!(schema(Vec::new()).problems(), [""; 0]);
    }

    #[test]
    fn everything_is_described() {
        let mut undescribed = attribute("a", Mode::Required);
        undescribed.description = " ".to_owned();
        let block = Block::new(
            "b",
            "",
            None,
            false,
            nested(Nesting::List, schema(Vec::new())),
        );
        let schema = Schema {
            description: String::new(),
            attributes: vec![undescribed],
            blocks: vec![block],
            ..Schema::default()
        };
        let missing = "there is no description";
        assert_eq!(
            schema.problems(),
            [
                missing.to_owned(),
                format!("a: {missing}"),
                format!("b: {missing}")
            ]
        );
    }

    #[test]
    fn names_are_what_terraform_takes() {
        for name in ["A", "1a", "_a", "a-b", "", "ä"] {
            let wrong = format!("{name}: names are lower case letters, digits and _");
            assert_eq!(problems(attribute(name, Mode::Required)), [wrong]);
        }
    }

    #[test]
    fn names_of_terraform_s_own_are_taken_at_the_top_alone() {
        for name in RESERVED {
            let taken = format!("{name}: Terraform has its own meaning for this name");
            assert_eq!(problems(attribute(name, Mode::Required)), [taken]);
            let mut outer = attribute("a", Mode::Required);
            let inner = schema(vec![attribute(name, Mode::Required)]);
            outer.shape = nested(Nesting::Single, inner);
            assert_eq!(problems(outer), [""; 0]);
        }
    }

    #[test]
    fn names_stand_once() {
        let mut twice = schema(vec![attribute("a", Mode::Required)]);
        let shape = nested(Nesting::List, schema(Vec::new()));
        twice
            .blocks
            .push(Block::new("a", "A block.", None, false, shape));
        assert_eq!(twice.problems(), ["a: there are two of this name"]);
    }

    #[test]
    fn rules_speak_of_what_there_is() {
        let mut schema = schema(vec![attribute("a", Mode::Optional)]);
        schema.rules = vec![Rule::ExactlyOne(&["a", "b"]), Rule::Requires("c", &["a"])];
        assert_eq!(
            schema.problems(),
            [
                "b: a rule names it, but there is none",
                "c: a rule names it, but there is none",
            ]
        );
    }

    #[test]
    fn blocks_are_lists_sets_or_single() {
        let mut schema = schema(Vec::new());
        let plain = Shape::Plain(Type::String);
        schema
            .blocks
            .push(Block::new("b", "A block.", None, false, plain));
        assert_eq!(schema.problems(), ["b: blocks can't be maps"]);
    }

    #[test]
    fn defaults_are_of_the_attribute_s_type_and_the_provider_s_to_give() {
        let mut wrong_mode = attribute("a", Mode::Optional);
        wrong_mode.default = Some("x".into());
        assert_eq!(
            problems(wrong_mode),
            ["a: an attribute with a default is optional and computed"]
        );
        let mut wrong_type = attribute("a", Mode::OptionalComputed);
        wrong_type.default = Some(Value::Set(SetValue::default()));
        assert_eq!(problems(wrong_type), ["a: the default is of another type"]);
    }

    #[test]
    fn what_is_write_only_is_neither_computed_nor_in_a_set() {
        let write_only = |mode| {
            let mut attribute = attribute("a", mode);
            attribute.write_only = true;
            attribute
        };
        assert_eq!(problems(write_only(Mode::Optional)), [""; 0]);
        for mode in [Mode::Computed, Mode::OptionalComputed] {
            let computed = "a: what is write-only can't be computed";
            assert_eq!(problems(write_only(mode)), [computed]);
        }
        let in_set = |nesting| {
            let mut outer = attribute("s", Mode::Optional);
            outer.shape = nested(nesting, schema(vec![write_only(Mode::Optional)]));
            problems(outer)
        };
        assert_eq!(
            in_set(Nesting::Set),
            ["s.a: what is write-only can't stand in a set"]
        );
        assert_eq!(in_set(Nesting::Map), [""; 0]);

        let mut whole_set = write_only(Mode::Optional);
        whole_set.shape = nested(Nesting::Set, schema(Vec::new()));
        assert_eq!(
            problems(whole_set),
            ["a: what is write-only can't stand in a set"]
        );
    }

    #[test]
    fn what_the_provider_sets_is_not_checked() {
        let mut checked = attribute("a", Mode::Computed);
        checked.checks.push(length(1..));
        assert_eq!(
            problems(checked),
            ["a: what the provider sets is not validated"]
        );
    }

    #[test]
    fn elements_of_sets_have_no_modifiers_however_deep() {
        let mut modified = attribute("a", Mode::Optional);
        modified.modifiers.push(requires_replace());
        let mut middle = attribute("m", Mode::Optional);
        middle.shape = nested(Nesting::Single, schema(vec![modified]));
        let mut block = schema(Vec::new());
        let shape = nested(Nesting::Set, schema(vec![middle]));
        block
            .blocks
            .push(Block::new("b", "A block.", None, false, shape));
        assert_eq!(
            block.problems(),
            [
                "b.m.a: elements of sets have no prior value to plan from; give the set a \
                 modifier"
            ]
        );
    }

    #[test]
    fn nested_objects_have_no_blocks() {
        let mut inner = schema(Vec::new());
        let shape = nested(Nesting::List, schema(Vec::new()));
        inner
            .blocks
            .push(Block::new("b", "A block.", None, false, shape));
        let mut outer = attribute("a", Mode::Optional);
        outer.shape = nested(Nesting::Single, inner);
        assert_eq!(problems(outer), ["a: nested objects can't have blocks"]);
    }

    #[test]
    fn a_check_that_cannot_be_made_is_told() {
        let mut attribute = attribute("a", Mode::Required);
        attribute.checks = vec![crate::validate::pattern("[^", "anything")];
        let problems = schema(vec![attribute]).problems();
        assert_eq!(problems.len(), 1);
        assert!(
            problems[0].starts_with("a: \"[^\" is no regular expression"),
            "{problems:?}"
        );
    }
}
