//! Programs other than terraform.

use std::process::{Command, Stdio};

/// Runs a command to its end: what it says on standard output, or all of it if it fails.
///
/// # Errors
/// It ends with another status than 0.
///
/// # Panics
/// There is no such program.
pub fn run(command: &mut Command) -> Result<String, String> {
    let output = command.stdin(Stdio::null()).output();
    let output = output.unwrap_or_else(|error| panic!("{command:?}: {error}"));
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    if output.status.success() {
        Ok(said)
    } else {
        Err(said + &String::from_utf8_lossy(&output.stderr))
    }
}
