//! The provider that this workspace is about.

use std::path::PathBuf;

use crate::Workspace;

/// A workspace for the kubeha provider as it was built last.
///
/// # Panics
/// It wasn't built.
#[must_use]
pub fn kubeha() -> Workspace {
    Workspace::new(&provider_binary(), "registry.terraform.io/kubeha/kubeha")
}

/// The kubeha provider as it was built last: test programs run in `target/<profile>/deps`, a folder
/// below it.
///
/// # Panics
/// It wasn't built: cargo builds only the binaries of the package under test, so
/// `make test` builds all of them first.
#[must_use]
pub fn provider_binary() -> PathBuf {
    let test = std::env::current_exe().unwrap();
    let folder = test.ancestors().nth(2).unwrap();
    let binary = folder.join("terraform-provider-kubeha");
    assert!(
        binary.exists(),
        "{} is missing: cargo build -p terraform-provider-kubeha",
        binary.display()
    );
    binary
}
