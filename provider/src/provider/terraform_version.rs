//! Whether this Terraform is new enough.

use tfplug::{Diagnostic, Result};

/// Write-only attributes, which keep secrets out of plan and state, came with Terraform 1.11 and with
/// OpenTofu 1.11. An older one takes them for ordinary ones and stores what they say.
/// <https://developer.hashicorp.com/terraform/language/manage-sensitive-data/write-only>
const MINIMUM: (u32, u32) = (1, 11);

/// Refuses a Terraform or OpenTofu that is too old. A text that is no version passes: whoever sends it
/// isn't one of those.
///
/// # Errors
/// It is too old.
pub(super) fn check(version: &str) -> Result<()> {
    match parse(version) {
        Some(found) if found < MINIMUM => {
            let (major, minor) = MINIMUM;
            Err(Diagnostic::error(
                "Terraform is too old",
                format!(
                    "This is version {version}, and kubeha needs Terraform {major}.{minor} or OpenTofu \
                     {major}.{minor}, or newer: older ones would write into the state what write-only \
                     attributes keep out of it.\n\nInstall a newer one, and set required_version = \">= \
                     {major}.{minor}\" in the terraform block, so that all who use this \
                     configuration hear of it at once."
                ),
            )
            .into())
        }
        _ => Ok(()),
    }
}

/// Major and minor version.
fn parse(version: &str) -> Option<(u32, u32)> {
    let mut parts = version.split('.');
    let major = parts.next()?.parse().ok()?;
    let minor = parts.next()?.parse().ok()?;
    Some((major, minor))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_older_than_the_minimum_is_refused() {
        for old in ["1.10.5", "1.9.8", "0.15.5", "1.10.0-rc1"] {
            let errors = check(old).unwrap_err();
            let error = errors.iter().next().unwrap();
            assert_eq!(error.summary(), "Terraform is too old");
            assert!(
                error.detail().contains(&format!("version {old},")),
                "{error:?}"
            );
            assert!(error.detail().contains("Terraform 1.11"), "{error:?}");
        }
        for new in [
            "1.11.0",
            "1.11.4",
            "1.12.0-alpha20250319",
            "1.100.0",
            "2.0.0",
        ] {
            assert_eq!(check(new), Ok(()), "{new}");
        }
    }

    #[test]
    fn what_is_no_version_passes() {
        for text in ["", "dev", "1", "one.two"] {
            assert_eq!(check(text), Ok(()), "{text}");
        }
    }
}
