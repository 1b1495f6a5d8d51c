//! The providers that are measured.

use std::path::{Path, PathBuf};

/// A provider, and a configuration that asks it for one data source.
pub(crate) struct Subject {
    pub(crate) label: String,
    pub(crate) binary: PathBuf,
    /// The name of its executable under `dev_overrides`.
    pub(crate) executable: &'static str,
    pub(crate) source: &'static str,
    pub(crate) configuration: &'static str,
}

impl Subject {
    pub(crate) fn kubeha(binary: PathBuf) -> Self {
        Self {
            label: format!("kubeha {}", env!("CARGO_PKG_VERSION")),
            binary,
            executable: "terraform-provider-kubeha",
            source: "kubeha/kubeha",
            configuration: r#"
provider "subject" {}
data "kubeha_topology" "this" {
  provider           = subject
  availability_zones = ["eu-west-1a", "eu-west-1b", "eu-west-1c"]
}
"#,
        }
    }

    pub(crate) fn aws(binary: PathBuf) -> Self {
        let name = binary
            .file_name()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned();
        let version = name.trim_start_matches("terraform-provider-aws_v");
        let version = version.split('_').next().unwrap_or(version).to_owned();
        Self {
            label: format!("hashicorp/aws {version}"),
            binary,
            executable: "terraform-provider-aws",
            source: "hashicorp/aws",
            configuration: r#"
provider "subject" {
  region = "eu-west-1"
}
data "aws_availability_zones" "this" {
  provider = subject
}
"#,
        }
    }
}

/// A copy of hashicorp/aws: the one that `KUBEHA_BENCH_AWS` names, else one in the places where
/// Terraform looks for local providers.
pub(crate) fn find_aws() -> Option<PathBuf> {
    if let Some(path) = std::env::var_os("KUBEHA_BENCH_AWS") {
        return Some(PathBuf::from(path));
    }
    let home = std::env::var_os("HOME").map(|home| Path::new(&home).join(".terraform.d"));
    let places = ["/usr/local/share/terraform", "/usr/share/terraform", "/opt"].map(PathBuf::from);
    home.into_iter()
        .chain(places)
        .find_map(|place| find_below(&place, 8))
}

fn find_below(folder: &Path, depth: usize) -> Option<PathBuf> {
    let entries: Vec<PathBuf> = std::fs::read_dir(folder)
        .ok()?
        .flatten()
        .map(|entry| entry.path())
        .collect();
    let provider = entries.iter().find(|path| {
        path.is_file()
            && path.file_name().is_some_and(|name| {
                name.to_string_lossy()
                    .starts_with("terraform-provider-aws_v")
            })
    });
    if provider.is_some() || depth == 0 {
        return provider.cloned();
    }
    entries
        .iter()
        .filter(|path| path.is_dir())
        .find_map(|path| find_below(path, depth - 1))
}
