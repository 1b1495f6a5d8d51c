//! The command line: people start a plugin by hand only to ask what it is or to debug it.

use std::ffi::OsString;

use super::Settings;

/// What the arguments ask for.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Command {
    /// No arguments: Terraform's way to start a plugin.
    Serve,
    Debug,
    Version,
    Help,
    Unknown(String),
}

impl Command {
    /// Reads the arguments after the program's name. Go's flag spelling with one dash works too.
    pub(super) fn parse(arguments: impl IntoIterator<Item = OsString>) -> Self {
        let mut command = Self::Serve;
        for argument in arguments {
            command = match argument.to_str() {
                Some("--debug" | "-debug") => Self::Debug,
                Some("--version" | "-version") => return Self::Version,
                Some("--help" | "-help" | "-h") => return Self::Help,
                _ => return Self::Unknown(argument.to_string_lossy().into_owned()),
            };
        }
        command
    }
}

/// The line `--version` prints.
pub(super) fn version(settings: &Settings) -> String {
    format!("{} {}\n", settings.binary(), settings.version)
}

/// What `--help` prints, and what somebody sees who starts the plugin like a program.
pub(super) fn usage(settings: &Settings) -> String {
    let Settings {
        name,
        version,
        address,
        ..
    } = settings;
    let binary = settings.binary();
    format!(
        "{binary} {version} is a provider plugin for Terraform and OpenTofu.\n\
         It is started by them, not by hand. Name it in a configuration and run `terraform init`:\n\
         \n\
         \x20 terraform {{\n\
         \x20   required_providers {{\n\
         \x20     {name} = {{\n\
         \x20       source = \"{address}\"\n\
         \x20     }}\n\
         \x20   }}\n\
         \x20 }}\n\
         \n\
         Options:\n\
         \x20 --debug    serve on its own, for a debugger; prints what to export for terraform\n\
         \x20 --version  print the version\n\
         \x20 --help     print this\n"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(arguments: &[&str]) -> Command {
        Command::parse(arguments.iter().map(OsString::from))
    }

    #[test]
    fn arguments() {
        assert_eq!(parse(&[]), Command::Serve);
        assert_eq!(parse(&["--debug"]), Command::Debug);
        assert_eq!(parse(&["-debug"]), Command::Debug);
        assert_eq!(parse(&["--debug", "--version"]), Command::Version);
        assert_eq!(parse(&["-h"]), Command::Help);
        assert_eq!(parse(&["--debug", "x"]), Command::Unknown("x".into()));
    }
}
