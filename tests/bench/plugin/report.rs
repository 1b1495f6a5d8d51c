//! The figures as a section of docs/benchmarks.md.

use std::fmt::Write as _;
use std::path::Path;
use std::process::Command;

use crate::Result;
use crate::measure::Row;

/// A figure's name, how to read it off a row, and its unit.
type Figure = (&'static str, fn(&Row) -> f64, &'static str);

/// A table with a column for each provider, and a ratio where there are two.
pub(crate) fn markdown(rows: &[Row], terraform: &Path) -> Result<String> {
    let mut page = String::new();
    let version = Command::new(terraform).arg("version").output()?.stdout;
    let version = String::from_utf8_lossy(&version)
        .lines()
        .next()
        .unwrap_or_default()
        .to_owned();
    let cores = std::thread::available_parallelism()?;
    let _ = write!(
        page,
        "## The plugin itself\n\nOne data source in the configuration; medians of 11 runs, of peak \
         memory the largest. {version}, {} {}, {cores} cores.\n\nCPU and memory are the provider's \
         own, without Terraform's.\n\n",
        std::env::consts::OS,
        std::env::consts::ARCH
    );

    let figures: [Figure; 6] = [
        ("release binary", |row| mega(row.binary_bytes), "MB"),
        (
            "start to handshake",
            |row| row.handshake.as_secs_f64() * 1e3,
            "ms",
        ),
        (
            "`terraform validate`, CPU",
            |row| row.validate.cpu_seconds,
            "s",
        ),
        (
            "`terraform validate`, peak memory",
            |row| mebi(row.validate.peak_rss_kib),
            "MiB",
        ),
        (
            "`terraform providers schema`, CPU",
            |row| row.schema.cpu_seconds,
            "s",
        ),
        (
            "`terraform providers schema`, peak memory",
            |row| mebi(row.schema.peak_rss_kib),
            "MiB",
        ),
    ];
    page.push_str("| |");
    for row in rows {
        let _ = write!(page, " {} |", row.label);
    }
    let compared = matches!(rows, [_, _]);
    page.push_str(if compared {
        " ratio |\n|---|"
    } else {
        "\n|---|"
    });
    page.push_str(&"---:|".repeat(rows.len() + usize::from(compared)));
    page.push('\n');
    for (name, figure, unit) in figures {
        let _ = write!(page, "| {name} |");
        for row in rows {
            let _ = write!(page, " {} {unit} |", rounded(figure(row)));
        }
        if let [ours, theirs] = rows {
            let _ = write!(page, " 1 : {} |", rounded(figure(theirs) / figure(ours)));
        }
        page.push('\n');
    }
    Ok(page)
}

/// The page with this section in the place of the one before.
pub(crate) fn into_page(page: &str, section: &str) -> Result<String> {
    let parts = page.split_once(BEGIN).and_then(|(before, rest)| {
        let (_, after) = rest.split_once(END)?;
        Some(format!("{before}{BEGIN}\n{section}{END}{after}"))
    });
    parts.ok_or_else(|| format!("the page has no section between {BEGIN} and {END}").into())
}

const BEGIN: &str = "<!-- begin: make bench-plugin -->";
const END: &str = "<!-- end: make bench-plugin -->";

/// Three significant digits are more than a noisy machine can promise.
fn rounded(number: f64) -> String {
    match number {
        n if n >= 100.0 => format!("{n:.0}"),
        n if n >= 10.0 => format!("{n:.1}"),
        n if n >= 1.0 => format!("{n:.2}"),
        n => format!("{n:.3}"),
    }
}

#[expect(
    clippy::cast_precision_loss,
    reason = "sizes of files, far below 2^52 bytes"
)]
fn mega(bytes: u64) -> f64 {
    bytes as f64 / 1e6
}

#[expect(
    clippy::cast_precision_loss,
    reason = "sizes of processes, far below 2^52 KiB"
)]
fn mebi(kib: u64) -> f64 {
    kib as f64 / 1024.0
}
