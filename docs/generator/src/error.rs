//! What can keep pages from being written.

use std::path::PathBuf;

#[derive(Debug, thiserror::Error)]
pub(crate) enum Error {
    #[error("{} pages differ from schemas and examples; run \"make docs\":\n{}", .0.len(), list(.0))]
    Drift(Vec<String>),
    #[error("{}: {source}", .path.display())]
    File {
        path: PathBuf,
        source: std::io::Error,
    },
    #[error("{}: there is no example, and every page shows one", .0.display())]
    NoExample(PathBuf),
    #[error("README.md: no code block of terraform behind the mark of examples/{0}")]
    NoBlock(String),
    #[error("the provider's schemas have problems:\n{}", list(.0))]
    Schemas(Vec<String>),
}

fn list(lines: &[String]) -> String {
    lines
        .iter()
        .map(|line| format!("  {line}"))
        .collect::<Vec<_>>()
        .join("\n")
}
