//! Writes the reference pages of `docs/` from the provider's schemas and the files of `examples/`,
//! fills the examples that README and guides show, and draws pictures of topologies.
//!
//! `kubeha-docs` writes them; `kubeha-docs --check` writes nothing and fails if a page is missing,
//! differs, or belongs to nothing the provider offers.

mod changes;
mod error;
mod marked;
mod page;
mod pages;
mod pictures;
mod schema;

use std::path::Path;
use std::process::ExitCode;

use error::Error;

fn main() -> ExitCode {
    // The tool is run from its own checkout, whatever the working directory.
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let check = std::env::args()
        .skip(1)
        .any(|argument| argument == "--check");
    let outcome = if check {
        pages::check(&root)
    } else {
        pages::write(&root)
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            complain(&error);
            ExitCode::FAILURE
        }
    }
}

fn complain(error: &Error) {
    eprintln!("kubeha-docs: {error}");
}
