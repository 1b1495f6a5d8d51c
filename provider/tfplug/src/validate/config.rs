//! Holds a configuration against its schema: checks, rules, deprecations.

use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::path::Path;
use crate::schema::{Attribute, Nesting, Schema, Shape};
use crate::value::Value;

/// All that is wrong with a configured object, not only the first mistake.
pub(crate) fn validate(schema: &Schema, config: &Value, write_only_allowed: bool) -> Diagnostics {
    let mut out = Diagnostics::new();
    if let Some(instead) = &schema.deprecated {
        out.push(Diagnostic::warning("Deprecated", instead.clone()));
    }
    Walk {
        write_only_allowed,
        out: &mut out,
    }
    .object(schema, config, &Path::root(), false);
    out
}

struct Walk<'o> {
    write_only_allowed: bool,
    out: &'o mut Diagnostics,
}

impl Walk<'_> {
    fn object(&mut self, schema: &Schema, object: &Value, path: &Path, sensitive: bool) {
        let Value::Map(_) = object else { return };
        for rule in &schema.rules {
            rule.check(object, path, self.out);
        }
        for attribute in &schema.attributes {
            let path = path.clone().and(attribute.name.as_str());
            let sensitive = sensitive || attribute.sensitive || attribute.write_only;
            self.attribute(attribute, object.get(&attribute.name), &path, sensitive);
        }
        for block in &schema.blocks {
            let path = path.clone().and(block.name.as_str());
            let value = object.get(&block.name);
            if let (Some(instead), true) = (&block.schema.deprecated, stands(value)) {
                self.out.push(deprecated(&block.name, instead, &path));
            }
            self.objects(&block.schema, block.nesting, value, &path, sensitive);
        }
    }

    fn attribute(&mut self, attribute: &Attribute, value: &Value, path: &Path, sensitive: bool) {
        if value.is_null() {
            return;
        }
        if let Some(instead) = &attribute.deprecated {
            self.out.push(deprecated(&attribute.name, instead, path));
        }
        if attribute.write_only && !self.write_only_allowed {
            self.out.push(
                Diagnostic::error(
                    "Write-only attribute not supported",
                    format!(
                        "\"{}\" is never stored, which Terraform 1.11 or OpenTofu 1.11 and later \
                         can promise and this version can't. Upgrade it to use this attribute.",
                        attribute.name
                    ),
                )
                .at(path.clone()),
            );
        }
        for check in &attribute.checks {
            for problem in check.problems(value) {
                let got = match problem.got {
                    Some(got) if !sensitive => format!(", but is {got}"),
                    _ => String::new(),
                };
                let at = path.clone().join(&problem.path);
                self.out.push(
                    Diagnostic::error(
                        "Invalid value",
                        format!("\"{at}\" must be {}{got}.", problem.rule),
                    )
                    .at(at),
                );
            }
        }
        if let Shape::Nested(nesting, schema) = &attribute.shape {
            self.objects(schema, *nesting, value, path, sensitive);
        }
    }

    fn objects(
        &mut self,
        schema: &Schema,
        nesting: Nesting,
        value: &Value,
        path: &Path,
        sensitive: bool,
    ) {
        for (step, object) in nesting.objects(value) {
            let path = step.into_iter().fold(path.clone(), Path::step);
            self.object(schema, object, &path, sensitive);
        }
    }
}

/// Whether a block stands in the configuration.
fn stands(value: &Value) -> bool {
    match value {
        Value::Null => false,
        Value::List(elements) => !elements.is_empty(),
        Value::Set(set) => !set.is_empty(),
        _ => true,
    }
}

/// The schema's own mark makes Terraform say nothing; a warning does.
fn deprecated(name: &str, instead: &str, path: &Path) -> Diagnostic {
    Diagnostic::warning("Deprecated", format!("\"{name}\" is deprecated. {instead}"))
        .at(path.clone())
}
