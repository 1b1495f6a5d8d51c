//! Finds the terraform that tests run.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

/// The terraform (or OpenTofu) to test with: `KUBEHA_TERRAFORM` if that is set, else what
/// `tests/tools/terraform-path` finds or fetches. Looked up once for a test binary.
///
/// # Panics
/// There is none, or it is too old; the message says what to do.
pub fn terraform() -> &'static Path {
    static FOUND: OnceLock<PathBuf> = OnceLock::new();
    FOUND.get_or_init(find)
}

fn find() -> PathBuf {
    if let Some(path) = std::env::var_os("KUBEHA_TERRAFORM").filter(|path| !path.is_empty()) {
        return PathBuf::from(path);
    }
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tools/terraform-path");
    let output = Command::new(&script)
        .output()
        .unwrap_or_else(|error| panic!("{}: {error}", script.display()));
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{said}");
    let path = String::from_utf8(output.stdout).expect("a path in UTF-8");
    PathBuf::from(path.trim_end_matches('\n'))
}
