//! The plugin process.

use std::process::ExitCode;

use terraform_provider_kubeha::{Kubeha, SETTINGS};

fn main() -> ExitCode {
    tfplug::run(&SETTINGS, Kubeha)
}
