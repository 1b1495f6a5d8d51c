//! What `make install` and `make dist` lay out is found by a real `terraform init`, which locks its
//! digests, and works without a development override.

// A failed assumption here is a failed test.
#![allow(clippy::unwrap_used)]

use std::path::{Path, PathBuf};
use std::process::Command;

use kubeha_tests::{Workspace, kubeha, provider_binary};

const VERSION: &str = env!("CARGO_PKG_VERSION");
const LOCK: &str = ".terraform.lock.hcl";

fn repository() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap()
}

/// Runs `tools/package` with these arguments; returns what it printed, a path a line.
fn package(command: &str, arguments: &[&Path]) -> Vec<PathBuf> {
    let output = Command::new(repository().join("tools/package"))
        .args([command, "--version", VERSION])
        .args(arguments)
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{said}");
    let printed = String::from_utf8(output.stdout).unwrap();
    printed.lines().map(PathBuf::from).collect()
}

/// Arguments with what stands in for the notices: the same text for what is installed and archived.
fn notices<'a>(arguments: &[&'a Path]) -> Vec<&'a Path> {
    const LICENSE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../LICENSE");
    let notices = [Path::new("--notices"), Path::new(LICENSE)];
    [&notices, arguments].concat()
}

/// A workspace with the configuration of `examples/topology`, whose terraform has been told of no
/// provider: it looks in the plugin folder of its home.
fn without_override() -> Workspace {
    let mut workspace = kubeha();
    workspace.env("TF_CLI_CONFIG_FILE", "/dev/null");
    let example = repository().join("examples/topology/main.tf");
    workspace.main(&std::fs::read_to_string(example).unwrap().replace(
        "source = \"kubeha/kubeha\"",
        // OpenTofu has another registry.
        &format!("source = \"registry.terraform.io/kubeha/kubeha\"\n      version = \"{VERSION}\""),
    ));
    std::fs::remove_file(workspace.path("providers.tf")).unwrap();
    workspace
}

fn plugins(workspace: &Workspace) -> PathBuf {
    workspace.root().join("home/.terraform.d/plugins")
}

fn install(workspace: &Workspace, binary: &Path) -> PathBuf {
    let into = plugins(workspace);
    package("install", &notices(&[Path::new("--into"), &into, binary])).remove(0)
}

#[test]
fn init_finds_and_locks_what_make_install_installs() {
    let workspace = without_override();
    workspace.run(&["init"]).fails();

    let installed = install(&workspace, &provider_binary());
    workspace.run(&["init"]).succeeds().says(VERSION);
    let lock = workspace.read(LOCK);
    assert!(
        lock.contains("\"registry.terraform.io/kubeha/kubeha\""),
        "{lock}"
    );
    assert!(
        lock.contains(&format!("version     = \"{VERSION}\"")),
        "{lock}"
    );
    assert!(lock.contains("\"h1:"), "{lock}");
    workspace.plan().succeeds().says("API stays");

    // Another build under the same version isn't taken for the one that was locked.
    let license = installed.join("LICENSE");
    std::fs::write(&license, "another").unwrap();
    std::fs::remove_dir_all(workspace.path(".terraform")).unwrap();
    workspace.run(&["init"]).fails().says("checksums");
    std::fs::remove_file(workspace.path(LOCK)).unwrap();
    workspace.run(&["init"]).succeeds();
}

#[test]
#[ignore = "packs the debug build, some ten seconds of compression"]
fn an_archive_is_locked_by_the_digest_of_what_is_installed() {
    let mut workspace = without_override();
    install(&workspace, &provider_binary());
    workspace.run(&["init"]).succeeds();

    let mirror = workspace.root().join("mirror");
    let folder = mirror.join("registry.terraform.io/kubeha/kubeha");
    let binary = provider_binary();
    package("archive", &notices(&[Path::new("--out"), &folder, &binary]));
    package("sums", &[folder.as_path()]);
    let config = workspace.root().join("mirror.tfrc");
    let text = format!(
        "provider_installation {{ filesystem_mirror {{ path = \"{}\" }} }}\n",
        mirror.display()
    );
    std::fs::write(&config, text).unwrap();
    workspace.env("TF_CLI_CONFIG_FILE", &config);
    std::fs::remove_dir_all(workspace.path(".terraform")).unwrap();
    std::fs::remove_dir_all(plugins(&workspace)).unwrap();
    // The lock file of the one is right for the other.
    workspace.run(&["init", "-lockfile=readonly"]).succeeds();
    workspace.plan().succeeds().says("API stays");
}
