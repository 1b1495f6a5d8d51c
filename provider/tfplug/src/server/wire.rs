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
