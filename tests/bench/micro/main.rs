//! Micro-benchmarks: values of a large state, the keys of a cluster, the plan of a group.
//!
//! They are optimised as the profile `bench` says: as a release is, but without optimising over all
//! crates together. The plan is the exception: it is asked of the release build itself, in a process
//! of its own.
//!
//! What is measured is CPU time, and not what a clock on the wall says: a machine that compiles
//! beside it changes the figures little.

mod cpu;
mod keys;
mod plan;
mod provider;
mod values;

use std::process::ExitCode;

use provider::Provider;

/// What can go wrong in a benchmark: all of it is for a person to read.
type Result<T> = std::result::Result<T, Box<dyn std::error::Error>>;

fn main() -> ExitCode {
    match bench() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("bench-micro: {error}");
            ExitCode::FAILURE
        }
    }
}

fn bench() -> Result<()> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    let provider = runtime.block_on(Provider::start())?;
    values::bench(&mut cpu::criterion(cpu::own()), &provider.schemas)?;
    plan::bench(
        &mut cpu::criterion(cpu::of(&provider)?),
        &provider,
        &runtime,
    )?;
    keys::bench(&mut cpu::criterion(cpu::own()))
}
