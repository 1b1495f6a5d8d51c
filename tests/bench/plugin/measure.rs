//! The measurements.

use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use crate::Result;
use crate::stand_in::{PROVIDER, RESULTS};
use crate::subject::Subject;

/// Runs of each measurement. The median is reported: the machine may be busy with other things.
const RUNS: usize = 11;

/// All figures of one provider.
pub(crate) struct Row {
    pub(crate) label: String,
    pub(crate) binary_bytes: u64,
    pub(crate) handshake: Duration,
    pub(crate) validate: Usage,
    pub(crate) schema: Usage,
}

/// What the provider used in one `terraform` command, all of its processes together.
#[derive(Clone, Copy)]
pub(crate) struct Usage {
    pub(crate) cpu_seconds: f64,
    pub(crate) peak_rss_kib: u64,
}

/// The terraform to run: the one the tests use.
pub(crate) fn terraform(root: &Path) -> Result<PathBuf> {
    let output = Command::new(root.join("tests/tools/terraform-path"))
        .stderr(Stdio::inherit())
        .output()?;
    if !output.status.success() {
        return Err("no terraform was found".into());
    }
    Ok(PathBuf::from(String::from_utf8(output.stdout)?.trim()))
}

pub(crate) fn subject(subject: &Subject, terraform: &Path) -> Result<Row> {
    Ok(Row {
        label: subject.label.clone(),
        binary_bytes: std::fs::metadata(&subject.binary)?.len(),
        handshake: handshake(subject)?,
        validate: under_terraform(subject, terraform, &["validate"])?,
        schema: under_terraform(subject, terraform, &["providers", "schema", "-json"])?,
    })
}

/// From the start of the process to its handshake line, as Terraform would see it.
fn handshake(subject: &Subject) -> Result<Duration> {
    let key = rcgen::KeyPair::generate()?;
    let certificate = rcgen::CertificateParams::new(["localhost".to_owned()])?.self_signed(&key)?;
    let mut times = Vec::new();
    for _ in 0..RUNS {
        let began = Instant::now();
        let mut child = Command::new(&subject.binary)
            .env(
                "TF_PLUGIN_MAGIC_COOKIE",
                "d602bf8f470bc67ca7faa0386276bbdd4330efaf76d1a219cb4d6991ca9872b2",
            )
            .env("PLUGIN_PROTOCOL_VERSIONS", "5,6")
            .env("PLUGIN_CLIENT_CERT", certificate.pem())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()?;
        let mut line = String::new();
        let stdout = child.stdout.take().ok_or("the provider has no stdout")?;
        BufReader::new(stdout).read_line(&mut line)?;
        times.push(began.elapsed());
        child.kill()?;
        child.wait()?;
        if !line.starts_with("1|") {
            return Err(format!("{} said no handshake: {line:?}", subject.label).into());
        }
    }
    times.sort();
    times
        .get(RUNS / 2)
        .copied()
        .ok_or_else(|| "there were no runs".into())
}

fn under_terraform(subject: &Subject, terraform: &Path, command: &[&str]) -> Result<Usage> {
    let folder = tempfile::tempdir()?;
    let (plugins, results) = (folder.path().join("plugins"), folder.path().join("results"));
    std::fs::create_dir(&plugins)?;
    std::os::unix::fs::symlink(std::env::current_exe()?, plugins.join(subject.executable))?;
    let rc = folder.path().join("terraformrc");
    std::fs::write(
        &rc,
        format!(
            "provider_installation {{\n  dev_overrides {{\n    {:?} = {plugins:?}\n  }}\n  direct \
             {{}}\n}}\n",
            subject.source
        ),
    )?;
    std::fs::write(
        folder.path().join("main.tf"),
        format!(
            "terraform {{\n  required_providers {{\n    subject = {{ source = {:?} }}\n  \
             }}\n}}\n{}",
            subject.source, subject.configuration
        ),
    )?;
    for _ in 0..RUNS {
        let output = Command::new(terraform)
            .args(command)
            .current_dir(folder.path())
            .env("TF_CLI_CONFIG_FILE", &rc)
            .env(PROVIDER, &subject.binary)
            .env(RESULTS, &results)
            .output()?;
        if !output.status.success() {
            let text = String::from_utf8_lossy(&output.stderr).into_owned();
            return Err(format!("terraform {} failed:\n{text}", command.join(" ")).into());
        }
    }
    usage(&std::fs::read_to_string(results)?)
}

/// Terraform may start a provider several times in one command; each start is one line, and every
/// command makes as many.
fn usage(results: &str) -> Result<Usage> {
    let mut lines = Vec::new();
    for line in results.lines() {
        let (cpu, rss) = line.split_once(' ').ok_or("a result is malformed")?;
        lines.push((cpu.parse::<f64>()?, rss.parse::<u64>()?));
    }
    let starts = lines.len() / RUNS;
    if starts == 0 || lines.len() % RUNS != 0 {
        return Err(format!("{} starts in {RUNS} runs can't be compared", lines.len()).into());
    }
    let mut cpu: Vec<f64> = lines
        .chunks(starts)
        .map(|run| run.iter().map(|(cpu, _)| cpu).sum())
        .collect();
    cpu.sort_by(f64::total_cmp);
    let cpu_seconds = cpu.get(RUNS / 2).copied().unwrap_or_default();
    let peak_rss_kib = lines.iter().map(|(_, rss)| *rss).max().unwrap_or_default();
    Ok(Usage {
        cpu_seconds,
        peak_rss_kib,
    })
}
