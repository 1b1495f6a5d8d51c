//! The plan of a control plane group, asked of the release build.

use std::cell::Cell;

use criterion::{BatchSize, Criterion};
use serde_json::Value as Json;
use tfplug::proto::tfplugin6::{call_function, plan_resource_change};
use tfplug::value::{Type, Value};
use tokio::runtime::Runtime;

use crate::Result;
use crate::cpu::CpuTime;
use crate::provider::{Provider, encoded, with_nulls};
use crate::values::attributes;

const GROUP: &str = "kubeha_control_plane_group";

/// A new group and one that stays as it is. Beside them the cheapest call there is, which tells how
/// much of each is the way there and back.
pub(crate) fn bench(
    criterion: &mut Criterion<CpuTime>,
    provider: &Provider,
    runtime: &Runtime,
) -> Result<()> {
    let group = Group::new(provider)?;
    for request in [group.created(), group.kept()] {
        let answer = runtime.block_on(provider.client.clone().plan_resource_change(request))?;
        if let Some(problem) = answer
            .into_inner()
            .diagnostics
            .iter()
            .find(|one| one.severity == 1)
        {
            return Err(format!("{}: {}", problem.summary, problem.detail).into());
        }
    }

    let mut benchmarks = criterion.benchmark_group("plan of a control plane group");
    let plan = |request| runtime.block_on(provider.client.clone().plan_resource_change(request));
    benchmarks.bench_function("new", |bencher| {
        bencher.iter_batched(|| group.created(), plan, BatchSize::SmallInput);
    });
    benchmarks.bench_function("unchanged", |bencher| {
        bencher.iter_batched(|| group.kept(), plan, BatchSize::SmallInput);
    });
    benchmarks.bench_function("the call alone", |bencher| {
        bencher.iter_batched(
            || call_function::Request {
                name: "quorum".to_owned(),
                arguments: vec![encoded(&Value::from(3))],
            },
            |request| runtime.block_on(provider.client.clone().call_function(request)),
            BatchSize::SmallInput,
        );
    });
    benchmarks.finish();
    Ok(())
}

/// The group of the recorded state, under a name of its own each time: within one run a provider
/// takes a name for one block only.
struct Group {
    config: Value,
    state: Value,
    numbers: Cell<u64>,
}

impl Group {
    fn new(provider: &Provider) -> Result<Self> {
        let missing = || format!("the provider has no {GROUP}");
        let ty = provider.schemas.get(GROUP).ok_or_else(missing)?;
        let settable = provider.settable.get(GROUP).ok_or_else(missing)?;
        let json = attributes(GROUP)?;
        Ok(Self {
            config: config(&json, ty, settable)?,
            state: Value::from_json(&json, ty)?,
            numbers: Cell::default(),
        })
    }

    fn created(&self) -> plan_resource_change::Request {
        let config = encoded(&renamed(&self.config, self.number()));
        plan_resource_change::Request {
            type_name: GROUP.to_owned(),
            prior_state: Some(encoded(&Value::Null)),
            proposed_new_state: Some(config.clone()),
            config: Some(config),
            ..Default::default()
        }
    }

    fn kept(&self) -> plan_resource_change::Request {
        let number = self.number();
        let state = encoded(&renamed(&self.state, number));
        plan_resource_change::Request {
            type_name: GROUP.to_owned(),
            prior_state: Some(state.clone()),
            proposed_new_state: Some(state),
            config: Some(encoded(&renamed(&self.config, number))),
            ..Default::default()
        }
    }

    /// The next cluster's.
    fn number(&self) -> u64 {
        self.numbers.replace(self.numbers.get() + 1)
    }
}

/// The same group of another cluster.
fn renamed(group: &Value, number: u64) -> Value {
    let mut group = group.clone();
    if let Value::Map(attributes) = &mut group {
        let (cluster, name) = (format!("c{number}"), format!("c{number}-control-plane"));
        attributes.insert("cluster_name".to_owned(), Value::from(cluster));
        attributes.insert("name".to_owned(), Value::from(name));
    }
    group
}

/// The configuration that the recorded state came from, as far as the state tells, with a user data
/// of 4 KiB: a state has its digest alone.
fn config(json: &Json, ty: &Type, settable: &[String]) -> Result<Value> {
    let recorded = Value::from_json(json, ty)?;
    let mut config = with_nulls(ty);
    if let Value::Map(attributes) = &mut config {
        for name in settable {
            attributes.insert(name.clone(), recorded.get(name).clone());
        }
        let user_data = "#!/bin/sh\n".to_owned() + &"# a line of a script\n".repeat(200);
        attributes.insert("user_data".to_owned(), Value::from(user_data));
    }
    Ok(config)
}
