//! Stands in for a provider under Terraform and measures it.

use std::io::Write as _;
use std::path::Path;
use std::process::{Command, ExitCode};

use nix::sys::resource::{UsageWho, getrusage};

/// Names the provider to start; set, this program is a stand-in.
pub(crate) const PROVIDER: &str = "KUBEHA_BENCH_PROVIDER";
/// Names the file that takes one line for each run: CPU seconds, peak resident KiB.
pub(crate) const RESULTS: &str = "KUBEHA_BENCH_RESULTS";

/// Runs the provider with this process's own streams and writes down what it used.
pub(crate) fn run(provider: &Path) -> ExitCode {
    match measured(provider) {
        Ok(code) => code,
        Err(error) => {
            eprintln!("bench-plugin: {}: {error}", provider.display());
            ExitCode::FAILURE
        }
    }
}

fn measured(provider: &Path) -> crate::Result<ExitCode> {
    let status = Command::new(provider)
        .args(std::env::args_os().skip(1))
        .status()?;
    let usage = getrusage(UsageWho::RUSAGE_CHILDREN)?;
    let seconds = |time: nix::sys::time::TimeVal| {
        std::time::Duration::new(time.tv_sec().unsigned_abs(), 0).as_secs_f64()
            + std::time::Duration::from_micros(time.tv_usec().unsigned_abs()).as_secs_f64()
    };
    let cpu = seconds(usage.user_time()) + seconds(usage.system_time());
    let results = std::env::var_os(RESULTS).ok_or("no file for results is named")?;
    let mut file = std::fs::OpenOptions::new()
        .create(true)
        .append(true)
        .open(results)?;
    // One write, so that lines of several providers don't mix.
    file.write_all(format!("{cpu} {}\n", usage.max_rss()).as_bytes())?;
    Ok(status
        .code()
        .and_then(|code| u8::try_from(code).ok())
        .map_or(ExitCode::FAILURE, ExitCode::from))
}
