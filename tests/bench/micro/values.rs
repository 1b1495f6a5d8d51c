//! Values of a state of 1 MiB: read as a state file has them, read and written as Terraform and
//! provider exchange them.

use std::collections::BTreeMap;
use std::path::Path;

use criterion::{Criterion, Throughput};
use serde_json::Value as Json;
use tfplug::value::{Type, Value};

use crate::Result;
use crate::cpu::CpuTime;

/// How large the state is, in the JSON of its objects.
const BYTES: usize = 1 << 20;

/// One object's attributes, in each form.
struct Object<'t> {
    ty: &'t Type,
    json: Vec<u8>,
    msgpack: Vec<u8>,
    value: Value,
}

/// Terraform sends objects as JSON once for each command, from the state file. All else goes to and
/// fro as msgpack. A provider never writes JSON.
pub(crate) fn bench(
    criterion: &mut Criterion<CpuTime>,
    schemas: &BTreeMap<String, Type>,
) -> Result<()> {
    let state = state(schemas)?;
    let bytes =
        |sizes: Vec<usize>| u64::try_from(sizes.iter().sum::<usize>()).map(Throughput::Bytes);
    let json = bytes(state.iter().map(|object| object.json.len()).collect())?;
    let msgpack = bytes(state.iter().map(|object| object.msgpack.len()).collect())?;

    let mut group = criterion.benchmark_group("state of 1 MiB");
    group.throughput(json);
    group.bench_function("read, JSON", |bencher| {
        bencher.iter(|| state.iter().map(from_json).collect::<Result<Vec<_>>>());
    });
    group.throughput(msgpack.clone());
    group.bench_function("read, msgpack", |bencher| {
        bencher.iter(|| state.iter().map(from_msgpack).collect::<Result<Vec<_>>>());
    });
    group.throughput(msgpack);
    group.bench_function("write, msgpack", |bencher| {
        bencher.iter(|| {
            let written = state.iter().map(|object| object.value.to_msgpack());
            written.collect::<Vec<_>>()
        });
    });
    group.finish();
    Ok(())
}

fn from_json(object: &Object<'_>) -> Result<Value> {
    let json = serde_json::from_slice(&object.json)?;
    Ok(Value::from_json(&json, object.ty)?)
}

fn from_msgpack(object: &Object<'_>) -> Result<Value> {
    Ok(Value::from_msgpack(&object.msgpack, object.ty)?)
}

/// The recorded states of this version, one of each resource, as often as fits.
fn state(schemas: &BTreeMap<String, Type>) -> Result<Vec<Object<'_>>> {
    let mut kinds = Vec::new();
    for (kind, ty) in schemas {
        let json = attributes(kind)?;
        let value = Value::from_json(&json, ty)?;
        if Value::from_msgpack(&value.to_msgpack(), ty)? != value {
            return Err(format!("{kind} isn't read as it was written").into());
        }
        kinds.push((ty, json.to_string().into_bytes(), value));
    }
    let mut state = Vec::new();
    let mut room = BYTES;
    for (ty, json, value) in kinds.iter().cycle() {
        match room.checked_sub(json.len()) {
            Some(left) => room = left,
            None => break,
        }
        state.push(Object {
            ty,
            json: json.clone(),
            msgpack: value.to_msgpack(),
            value: value.clone(),
        });
    }
    Ok(state)
}

/// The attributes of a resource, as `make state-fixtures` recorded them.
pub(crate) fn attributes(kind: &str) -> Result<Json> {
    let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("../fixtures/states");
    let file = fixtures
        .join(env!("CARGO_PKG_VERSION"))
        .join(format!("{kind}.json"));
    let recorded = std::fs::read(&file).map_err(|error| format!("{}: {error}", file.display()))?;
    let mut recorded: Json = serde_json::from_slice(&recorded)?;
    let attributes = recorded.get_mut("attributes").map(Json::take);
    attributes.ok_or_else(|| format!("{} has no attributes", file.display()).into())
}
