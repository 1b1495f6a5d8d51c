//! Measures the plugin itself: start to handshake, CPU and memory under `terraform validate` and
//! `terraform providers schema`, and its size; beside hashicorp/aws where a copy is found.
//!
//! Prints a table; `--write` also puts it into its section of `docs/benchmarks.md`.
//!
//! Terraform starts a provider and ends it, so nobody outside sees what it used. This program
//! therefore stands in for the provider: under Terraform it starts the real one, waits for it, and
//! writes down what the kernel says of it.

mod measure;
mod report;
mod stand_in;
mod subject;

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use subject::Subject;

/// What can go wrong in a benchmark: all of it is for a person to read.
type Result<T> = std::result::Result<T, Box<dyn std::error::Error>>;

fn main() -> ExitCode {
    if let Some(provider) = std::env::var_os(stand_in::PROVIDER) {
        return stand_in::run(Path::new(&provider));
    }
    match bench() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("bench-plugin: {error}");
            ExitCode::FAILURE
        }
    }
}

fn bench() -> Result<()> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let terraform = measure::terraform(&root)?;
    let mut subjects = vec![Subject::kubeha(release_binary()?)];
    match subject::find_aws() {
        Some(path) => subjects.push(Subject::aws(path)),
        None => eprintln!("bench-plugin: no copy of hashicorp/aws was found; it is left out"),
    }
    let mut rows = Vec::new();
    for subject in &subjects {
        eprintln!("bench-plugin: measuring {}", subject.label);
        rows.push(measure::subject(subject, &terraform)?);
    }
    let report = report::markdown(&rows, &terraform)?;
    std::io::stdout().write_all(report.as_bytes())?;
    if std::env::args().any(|argument| argument == "--write") {
        let path = root.join("docs/benchmarks.md");
        let page = report::into_page(&std::fs::read_to_string(&path)?, &report)?;
        std::fs::write(path, page)?;
    }
    Ok(())
}

/// The release build stands beside this program's own.
fn release_binary() -> Result<PathBuf> {
    let own = std::env::current_exe()?;
    let folder = own.parent().ok_or("this program has no folder")?;
    let path = folder.join("terraform-provider-kubeha");
    if folder.ends_with("release") && path.exists() {
        Ok(path)
    } else {
        Err("only release builds are measured: run \"make bench-plugin\"".into())
    }
}
