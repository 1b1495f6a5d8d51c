//! What a provider says about itself.

/// Who the plugin is; fixed when it is built.
#[derive(Debug, Clone)]
pub struct Settings {
    /// The provider's type, as in `provider "name"`; the binary is `terraform-provider-<name>`.
    pub name: &'static str,
    /// The release, without a leading `v`.
    pub version: &'static str,
    /// The source address, `host/namespace/name`, under which Terraform knows the provider.
    pub address: &'static str,
    /// Module paths (crate names, as in a tracing event's target) whose events are logged at
    /// every level. Of other crates only warnings and errors are: their details may hold
    /// requests with secrets. `tfplug` itself is always among them.
    pub log_targets: &'static [&'static str],
}

impl Settings {
    /// The Terraform plugin protocol spoken.
    pub const PROTOCOL: u32 = 6;

    /// The executable's conventional name.
    #[must_use]
    pub fn binary(&self) -> String {
        format!("terraform-provider-{}", self.name)
    }
}
