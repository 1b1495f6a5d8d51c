//! A provider's `main`.

use std::error::Error as _;
use std::fmt::Write as _;
use std::io::{self, Write as _};
use std::process::ExitCode;

use super::cli::{self, Command};
use super::{Error, Host, Lifecycle, Settings, serve};
use crate::logging;
use crate::proto::tfplugin6::provider_server::Provider;

/// Runs the plugin: arguments, environment, logging, runtime, then [`serve()`] with what `make`
/// returns. `make` runs inside the runtime.
///
/// Exits with 0 after a served session, 1 when it can't serve, 2 on unknown arguments.
pub fn run<P, F>(settings: &Settings, make: F) -> ExitCode
where
    P: Provider,
    F: FnOnce(Lifecycle) -> P,
{
    let host = match Command::parse(std::env::args_os().skip(1)) {
        Command::Serve => Host::managed(|name| std::env::var_os(name)),
        Command::Debug => Host::debug(|name| std::env::var_os(name)),
        Command::Version => return print(&cli::version(settings)),
        Command::Help => return print(&cli::usage(settings)),
        Command::Unknown(argument) => {
            complain(&format!(
                "unknown argument {argument:?}\n\n{}",
                cli::usage(settings)
            ));
            return ExitCode::from(2);
        }
    };
    match host.and_then(|host| run_host(settings, host, make)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(Error::NotAPlugin) => {
            complain(&cli::usage(settings));
            ExitCode::FAILURE
        }
        Err(error) => {
            complain(&format!("{}: {}\n", settings.binary(), chain(&error)));
            ExitCode::FAILURE
        }
    }
}

/// Operations wait for a network most of the time. One of them that computes (an RSA key, say)
/// must not keep StopProvider from being heard, hence more than one; each costs start-up time.
const WORKERS: usize = 4;

/// Bytes of a worker's stack: what the main thread of a process has. A handler's future lies on it
/// when it is first polled, with those of all calls within, and of an unoptimized build they are
/// large. Only what is touched takes memory.
const STACK: usize = 8 << 20;

fn run_host<P, F>(settings: &Settings, host: Host, make: F) -> Result<(), Error>
where
    P: Provider,
    F: FnOnce(Lifecycle) -> P,
{
    logging::install(settings);
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(WORKERS)
        .thread_stack_size(STACK)
        .enable_all()
        .build()
        .map_err(Error::Process)?;
    let result = runtime.block_on(async {
        let lifecycle = Lifecycle::default();
        let provider = make(lifecycle.clone());
        serve(settings, host, lifecycle, provider).await
    });
    // Never wait for a blocked thread: `serve` has already waited for what matters.
    runtime.shutdown_background();
    result
}

fn print(text: &str) -> ExitCode {
    match io::stdout().write_all(text.as_bytes()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(_) => ExitCode::FAILURE,
    }
}

/// Without a panic when nobody reads stderr.
fn complain(text: &str) {
    let _ = io::stderr().write_all(text.as_bytes());
}

fn chain(error: &Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(error) = source {
        let _ = write!(text, ": {error}");
        source = error.source();
    }
    text
}
