//! Between the protocol's messages and the crate's own types.

use std::time::SystemTime;

use crate::diagnostic::{Diagnostic, Diagnostics, Result, Severity};
use crate::path::{Path, Step};
use crate::proto::tfplugin6::{self as wire, attribute_path::step::Selector};
use crate::schema::Schema;
use crate::value::{Type, Value};

/// Reads a value that Terraform sent for an object of a schema.
pub(super) fn decode(value: Option<wire::DynamicValue>, schema: &Schema) -> Result<Value> {
    decode_as(value, &schema.ty())
}

/// Reads a value of a type that Terraform sent.
pub(super) fn decode_as(value: Option<wire::DynamicValue>, ty: &Type) -> Result<Value> {
    let value = value.unwrap_or_default();
    let read = if !value.msgpack.is_empty() {
        Value::from_msgpack(&value.msgpack, ty)
    } else if !value.json.is_empty() {
        serde_json::from_slice(&value.json)
            .map_err(|error| crate::value::DecodeError::new(error.to_string()))
            .and_then(|json| Value::from_json(&json, ty))
    } else {
        Ok(Value::Null)
    };
    read.map_err(|error| {
        let what = format!("Terraform sent a value that the provider can't read: {error}.");
        Diagnostic::bug(what).at(error.path).into()
    })
}

pub(super) fn encode(value: &Value) -> Option<wire::DynamicValue> {
    Some(wire::DynamicValue {
        msgpack: value.to_msgpack(),
        json: Vec::new(),
    })
}

/// Messages about a configuration of this schema, at paths that Terraform finds source lines for.
pub(super) fn diagnostics_in(schema: &Schema, diagnostics: Diagnostics) -> Vec<wire::Diagnostic> {
    diagnostics
        .into_iter()
        .map(|diagnostic| {
            let shown = findable(schema, diagnostic.path());
            diagnostic_to_wire(&diagnostic.at(shown))
        })
        .collect()
}

/// As much of a path as Terraform can follow through source code (`tfdiags/contextual.go`): into
/// blocks, to an attribute, to one of its elements. With more steps it would show the first line
/// of the whole resource instead.
fn findable(schema: &Schema, path: &Path) -> Path {
    let mut found = Path::root();
    let mut steps = path.steps().iter().peekable();
    let mut block = Some(schema);
    while let (Some(schema), Some(step)) = (block, steps.next()) {
        found = found.step(step.clone());
        let is_element = |next: &&Step| matches!(next, Step::Index(_) | Step::Key(_));
        if let Some(element) = steps.next_if(is_element) {
            found = found.step(element.clone());
        }
        let Step::Attribute(name) = step else { break };
        block = schema
            .blocks
            .iter()
            .find(|block| block.name == *name)
            .map(|block| &block.schema);
    }
    found
}

pub(super) fn diagnostics(diagnostics: Diagnostics) -> Vec<wire::Diagnostic> {
    diagnostics
        .into_iter()
        .map(|diagnostic| diagnostic_to_wire(&diagnostic))
        .collect()
}

fn diagnostic_to_wire(diagnostic: &Diagnostic) -> wire::Diagnostic {
    let severity = match diagnostic.severity() {
        Severity::Error => wire::diagnostic::Severity::Error,
        Severity::Warning => wire::diagnostic::Severity::Warning,
    };
    wire::Diagnostic {
        severity: severity.into(),
        summary: diagnostic.summary().to_owned(),
        detail: diagnostic.detail().to_owned(),
        attribute: (!diagnostic.path().is_root()).then(|| path(diagnostic.path())),
    }
}

/// A path for Terraform, which ends at a set, since its elements have no address.
pub(super) fn path(path: &Path) -> wire::AttributePath {
    let selector = |step: &Step| {
        Some(match step {
            Step::Attribute(name) => Selector::AttributeName(name.clone()),
            Step::Index(index) => {
                Selector::ElementKeyInt(i64::try_from(*index).unwrap_or(i64::MAX))
            }
            Step::Key(key) => Selector::ElementKeyString(key.clone()),
            Step::SetElement => return None,
        })
    };
    let steps = path.steps().iter().map_while(selector);
    wire::AttributePath {
        steps: steps
            .map(|selector| wire::attribute_path::Step {
                selector: Some(selector),
            })
            .collect(),
    }
}

/// A point in time for Terraform; times before 1970 are as good as now.
pub(super) fn timestamp(time: SystemTime) -> prost_types::Timestamp {
    let since = time
        .duration_since(SystemTime::UNIX_EPOCH)
        .unwrap_or_default();
    prost_types::Timestamp {
        seconds: i64::try_from(since.as_secs()).unwrap_or(i64::MAX),
        nanos: i32::try_from(since.subsec_nanos()).unwrap_or_default(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Model as _;
    use crate::{Attr, List, Model};

    /// A wall.
    #[derive(Clone, Debug, PartialEq, Model)]
    struct Wall {
        /// Its doors.
        #[tf(optional)]
        door: Attr<List<Opening>>,
        /// Its windows.
        #[tf(block)]
        window: Attr<List<Opening>>,
    }

    /// An opening.
    #[derive(Clone, Debug, PartialEq, Model)]
    struct Opening {
        /// Its width.
        #[tf(optional)]
        width: Attr<i64>,
    }

    /// Terraform pointed at the resource's first line for what was wrong inside a nested attribute.
    #[test]
    fn paths_end_where_terraform_can_follow() {
        let schema = Wall::schema();
        let inside = |name: &str| Path::attribute(name).index(1).and("width");
        let shown = |path: &Path| findable(&schema, path).to_string();
        assert_eq!(shown(&inside("window")), "window[1].width");
        assert_eq!(shown(&inside("door")), "door[1]");
        assert_eq!(shown(&Path::attribute("door").and("width")), "door");
        assert_eq!(shown(&Path::root()), "");
    }
}
