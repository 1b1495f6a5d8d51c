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
    #[error("{page}: no code block behind the mark of examples/{mark}")]
    NoBlock { page: String, mark: String },
    #[error("{page}: no mark says which file of examples/ this configuration is from: {block}")]
    NoMark { page: String, block: String },
    #[error("examples/{0}: the file has no such block, from column 0 to a closing brace there")]
    NoSuchBlock(String),
    #[error("a picture: {0}")]
    Picture(#[from] topology::Error),
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
