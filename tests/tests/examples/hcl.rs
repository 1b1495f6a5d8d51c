//! HCL that isn't terraform's, taken apart.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use hcl_edit::expr::{Expression, ObjectKey, Traversal, TraversalOperator};
use hcl_edit::structure::{Block, Body};
use hcl_edit::visit::{Visit, visit_traversal};

/// A file.
pub(crate) fn read(path: &Path) -> Body {
    let text =
        fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    text.parse()
        .unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// All that is taken from somewhere: `local.environment.locals.region` in four parts.
pub(crate) fn references(body: &Body) -> Vec<Vec<String>> {
    #[derive(Default)]
    struct Found(Vec<Vec<String>>);
    impl Visit for Found {
        fn visit_traversal(&mut self, node: &Traversal) {
            if let Expression::Variable(first) = &node.expr {
                let mut parts = vec![first.as_str().to_owned()];
                for operator in &node.operators {
                    if let TraversalOperator::GetAttr(name) = operator.value() {
                        parts.push(name.as_str().to_owned());
                    }
                }
                self.0.push(parts);
            }
            visit_traversal(self, node);
        }
    }
    let mut found = Found::default();
    found.visit_body(body);
    found.0
}

/// The blocks of a kind.
pub(crate) fn blocks(body: &Body, kind: &str) -> Vec<Block> {
    body.get_blocks(kind).cloned().collect()
}

/// The names of the blocks of a kind.
pub(crate) fn labels(body: &Body, kind: &str) -> BTreeSet<String> {
    body.get_blocks(kind).map(label_of).collect()
}

/// The name of a block.
pub(crate) fn label_of(block: &Block) -> String {
    block.labels[0].as_str().to_owned()
}

/// The source text of an attribute.
pub(crate) fn text(body: &Body, attribute: &str) -> String {
    let found = body.get_attribute(attribute);
    let found = found.unwrap_or_else(|| panic!("no {attribute} in {body}"));
    found.value.to_string()
}

/// The keys of an object.
pub(crate) fn keys(object: &Expression) -> BTreeSet<String> {
    let entries = object.as_object().unwrap().iter();
    let name = |key: &ObjectKey| key.as_ident().unwrap().as_str().to_owned();
    entries.map(|(key, _)| name(key)).collect()
}

/// What stands between two words.
pub(crate) fn between<'a>(text: &'a str, before: &str, after: &str) -> &'a str {
    let rest = text.split_once(before).map(|(_, rest)| rest);
    rest.and_then(|rest| rest.split_once(after))
        .map(|(found, _)| found)
        .unwrap_or_else(|| panic!("nothing between {before:?} and {after:?} in {text}"))
}
