//! The copy of hashicorp/aws that is on this machine, if there is one.

use std::env;
use std::path::{Path, PathBuf};

/// The folder with the newest copy of hashicorp/aws, unpacked, for this platform.
///
/// `KUBEHA_AWS_PROVIDER_MIRROR` names a folder with the layout of Terraform's filesystem mirrors; else
/// Terraform's usual plugin folders are looked into.
///
/// # Panics
/// There is none; the message says where one is looked for.
#[must_use]
pub fn hashicorp_aws() -> PathBuf {
    let mirrors = mirrors();
    let found = mirrors.iter().flat_map(|mirror| copies(mirror));
    let newest = found.max_by(|one, other| one.0.cmp(&other.0));
    let Some((_, folder)) = newest else {
        panic!(
            "no hashicorp/aws, unpacked, in any of {mirrors:?}: put one there, or name a filesystem \
             mirror in KUBEHA_AWS_PROVIDER_MIRROR (`terraform providers mirror` makes one; unpack its zip)"
        );
    };
    folder
}

fn mirrors() -> Vec<PathBuf> {
    if let Some(named) = env::var_os("KUBEHA_AWS_PROVIDER_MIRROR") {
        return vec![named.into()];
    }
    let home = env::var_os("HOME").map(PathBuf::from);
    let data = env::var_os("XDG_DATA_HOME").map(PathBuf::from);
    let data = data.or_else(|| Some(home.as_ref()?.join(".local/share")));
    let cache = env::var_os("TF_PLUGIN_CACHE_DIR").map(PathBuf::from);
    let usual = ["/usr/local/share", "/usr/share"].map(PathBuf::from);
    let plugins = data.into_iter().chain(usual);
    home.map(|home| home.join(".terraform.d/plugins"))
        .into_iter()
        .chain(plugins.map(|folder| folder.join("terraform/plugins")))
        .chain(cache)
        .collect()
}

/// The folders of a mirror that hold the provider for this platform, by version.
fn copies(mirror: &Path) -> Vec<(Vec<u64>, PathBuf)> {
    let platform = match (env::consts::OS, env::consts::ARCH) {
        (os, "x86_64") => format!("{os}_amd64"),
        (os, "aarch64") => format!("{os}_arm64"),
        (os, other) => format!("{os}_{other}"),
    };
    let versions = mirror
        .join("registry.terraform.io/hashicorp/aws")
        .read_dir();
    let versions = versions.into_iter().flatten().flatten();
    versions
        .map(|version| {
            let name = version.file_name();
            let numbers = name.to_string_lossy();
            let numbers = numbers.split('.').map_while(|number| number.parse().ok());
            (numbers.collect(), version.path().join(&platform))
        })
        .filter(|(_, folder)| folder.is_dir())
        .collect()
}
